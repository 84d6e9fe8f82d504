"""A copy of schemas for the parser: only keywords for types, and tokens for a document's names and values; and back.

The parser checks every keyword of OpenAPI and stops at an invalid value, even if it does not use that keyword. So it
gets only those that it makes types of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from ..document.shape import Json
from . import names
from .merged import Merged, lifted

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")
_TOKEN = re.compile(r"_n[0-9]+$")
_NUMBER = re.compile(r"N([0-9]+)(?=[A-Z]|$)")
_WORD = re.compile(r"[A-Za-z0-9]+")
_WORDS = frozenset(
    {"$ref", "type", "format", "description", "enum", "const", "properties", "required", "additionalProperties"}
    | {"items", "allOf", "anyOf", "oneOf"}
)
_OF_A_PARAMETER = ("name", "in", "required", "description")


def bare(name: str) -> str:
    """The part of a name by which the parser tells it from others."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


class Tokens:
    """Copies parts of a document, and remembers the meanings of its tokens: values of enums, names, operations."""

    def __init__(self, components: Json) -> None:
        self._components = components
        self._merged = Merged(components.get("schemas", {}))
        self.lines: list[str] = []
        self.values: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.operations: dict[str, str] = {}

    def components(self) -> Json:
        """The schemas and answers that others refer to."""
        found: Json = {"schemas": {}, "responses": {}}
        for kind, read in (("schemas", self.schema), ("responses", self._response)):
            nodes = self._components.get(kind, {})
            for name, node in (lifted(nodes) if kind == "schemas" else nodes).items():
                found[kind][name] = read(node)
                self.lines += self._merged.taken(f"components, {name}")
        return found

    def operation(self, node: Json, place: str) -> Json:
        """Parameters, body and answers; the parameters under names that the parser can tell apart."""
        copied: Json = {}
        if "parameters" in node:
            tokens = self._named([parameter["name"] for parameter in node["parameters"]])
            copied["parameters"] = [
                {
                    **{key: parameter[key] for key in _OF_A_PARAMETER if key in parameter},
                    "name": tokens[parameter["name"]],
                    "schema": self.schema(parameter.get("schema", {})),
                }
                for parameter in node["parameters"]
            ]
        if "requestBody" in node:
            copied["requestBody"] = {**node["requestBody"], "content": self._content(node["requestBody"])}
        copied["responses"] = {status: self._response(each) for status, each in node["responses"].items()}
        self.lines += self._merged.taken(place)
        return copied

    def _response(self, node: Json) -> Json:
        if "$ref" in node:
            return {"$ref": node["$ref"]}
        content = {"content": self._content(node)} if "content" in node else {}
        return {"description": node.get("description", ""), **content}

    def _content(self, node: Json) -> Json:
        return {
            name: {"schema": self.schema(media["schema"])} if "schema" in media else {}
            for name, media in node["content"].items()
        }

    def schema(self, node: Json) -> Json:
        """A schema with everything in it."""
        node = self._merged.of(node) if "allOf" in node else node
        kept = {key: value for key, value in node.items() if key in _WORDS}
        if isinstance(kept.get("const"), str | int) and not isinstance(kept["const"], bool):
            # The parser gives a constant no type.
            kept.setdefault("enum", [kept.pop("const")])
        if isinstance(kept.get("enum"), list):
            kept["enum"] = self._enum(kept["enum"])
            if isinstance(kept.get("type"), list):
                # The parser reads an enum of several types by its values, and only if no types are stated.
                del kept["type"]
        if isinstance(kept.get("properties"), dict):
            tokens = self._named(kept["properties"])
            kept["properties"] = {tokens[name]: self.schema(inner) for name, inner in kept["properties"].items()}
            if isinstance(kept.get("required"), list):
                kept["required"] = [tokens.get(name) or self._named([name])[name] for name in kept["required"]]
        for key in ("items", "additionalProperties"):
            if isinstance(kept.get(key), dict):
                kept[key] = self.schema(kept[key])
        for key in ("allOf", "anyOf", "oneOf"):
            if key in kept:
                kept[key] = [self.schema(inner) for inner in kept[key]]
        return kept

    def _named(self, wires: Iterable[str]) -> dict[str, str]:
        met: set[str] = set()
        named = {}
        for wire in dict.fromkeys(wires):
            is_fine = _PLAIN.fullmatch(wire) and not _TOKEN.search(wire) and bare(wire) not in met
            named[wire] = wire if is_fine else self._token(wire)
            met.add(bare(named[wire]))
        return named

    def _token(self, wire: str) -> str:
        if wire not in self.names:
            self.names[wire] = self._numbered(names.identifier(names.snake_case(wire))[:40].strip("_"))
        return self.names[wire]

    def operation_id(self, name: str, place: str) -> str:
        """The ID from which the parser makes an operation's class names, unique among operations."""
        self.operations[place] = self._numbered(name)
        return self.operations[place]

    def _numbered(self, stem: str) -> str:
        return f"{stem}_n{len(self.names) + len(self.operations)}"

    def _enum(self, values: list[Any]) -> list[Any]:
        tokens = [
            f"v{self.values.setdefault(value, len(self.values))}" if isinstance(value, str) else value
            for value in values
        ]
        return list({repr(token): token for token in tokens}.values())


@attrs.frozen
class Numbers:
    """The meanings of tokens, by number. A token's number depends on the rest of the document."""

    _tokens: dict[str, tuple[str, str]]

    @classmethod
    def of(cls, tokens: Mapping[str, str]) -> Numbers:
        """`tokens` maps each token to its meaning."""
        parts = ((token.rpartition("_n"), meaning) for token, meaning in tokens.items())
        return cls({number: (names.pascal_case(stem).lower(), meaning) for (stem, _, number), meaning in parts})

    def read(self, name: str) -> tuple[str, tuple[str, ...]]:
        """Return a class name without the numbers of tokens, and the meanings of these tokens.

        `N7` is the seventh token's only after that token's stem: otherwise the number belongs to the name.
        """
        meanings: list[str] = []

        def cut(match: re.Match[str]) -> str:
            stem, meaning = self._tokens.get(match[1], ("", ""))
            # The parser spells `1st` as `1St`.
            if not stem or not name[: match.start()].lower().endswith(stem):
                return match[0]
            meanings.append(meaning)
            return ""

        return _NUMBER.sub(cut, name), tuple(meanings)

    def cut(self, text: str) -> str:
        """Remove the numbers from class names in a text."""
        return _WORD.sub(lambda match: self.read(match[0])[0], text)
