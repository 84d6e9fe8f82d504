"""YAML limited to JSON's data, each value in one notation: for files that people write.

YAML 1.1 and 1.2 read some plain values differently: `yes`, `017`, `1:30`, `2024-01-01`. They are refused; write them in
quotes or as JSON. Constructs that could be infinite, such as aliases, are refused too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import attrs
import yaml

from ..document.reading import MAX_DIGITS, DocumentError, clipped

_JSON = (
    (re.compile(r"true|false"), "bool"),
    (re.compile(r"null|~|"), "null"),
    (re.compile(r"-?(?:0|[1-9][0-9]*)"), "int"),
    (re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"), "float"),
)
# YAML 1.2 also reads these as numbers. PyYAML resolves those of 1.1, except `y` and `n`, which are seldom meant so.
_CORE = re.compile(r"0o[0-7]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_TAG = "tag:yaml.org,2002:"
_ODD = "tag:codegen,odd"


@attrs.frozen
class Loaded:
    """The contents of a file, and their lines."""

    value: Any
    _lines: dict[tuple[int, str | None], int]

    def line(self, mapping: Any, key: str | None = None) -> int:
        """The line of a mapping of the value, or of one of its keys. 0 for anything else."""
        return self._lines.get((id(mapping), key), 0)


def text(path: Path) -> str:
    """Read a file as text. Raises `DocumentError` with its name if it is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except ValueError as error:
        raise DocumentError(f"{path.name}: no readable YAML: {clipped(' '.join(str(error).split()))}") from None


def read(written: str, name: str) -> Loaded:
    """Read the text of a file. Raises `DocumentError` with its name and the line for any other YAML."""
    try:
        loader = _Loader(written)
        return Loaded(loader.get_single_data(), loader.lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}" if mark else name
        raise DocumentError(f"{place}: no readable YAML: {clipped(' '.join(str(error.problem).split()))}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        said = clipped(" ".join(str(error).split()))
        raise DocumentError(f"{name}: no readable YAML: {said}") from None


class _Loader(yaml.SafeLoader):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.lines: dict[tuple[int, str | None], int] = {}

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="an alias; write it out", problem_mark=self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        tag = str(super().resolve(kind, value, implicit))  # type: ignore[no-untyped-call]
        if kind is not yaml.ScalarNode or not implicit[0]:
            return tag
        for pattern, name in _JSON:
            if pattern.fullmatch(value):
                return f"{_TAG}{name}"
        return tag if tag == f"{_TAG}str" and not _CORE.fullmatch(value) else _ODD

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        found: dict[Hashable, Any] = {}
        self.lines[id(found), None] = node.start_mark.line + 1
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.MarkedYAMLError(problem="a key that is no text; quote it", problem_mark=key_node.start_mark)
            if key in found:
                raise yaml.MarkedYAMLError(problem=f"the key {key!r} twice", problem_mark=key_node.start_mark)
            found[key] = self.construct_object(value_node, deep=deep)
            self.lines[id(found), key] = key_node.start_mark.line + 1
        return found

    def mapping(self, node: yaml.MappingNode) -> dict[Hashable, Any]:
        return self.construct_mapping(node, deep=True)

    def number(self, node: yaml.ScalarNode) -> int | float:
        text = str(node.value)
        if len(text) <= MAX_DIGITS and re.fullmatch("-?[0-9]+", text):
            return int(text)
        if len(text) <= MAX_DIGITS and _JSON[-1][0].fullmatch(text) and math.isfinite(float(text)):
            return float(text)
        raise yaml.MarkedYAMLError(problem="a number that JSON can't say", problem_mark=node.start_mark)

    def refused(self, node: yaml.Node) -> None:
        what = f"{clipped(repr(node.value))}, which YAML 1.1 and 1.2 read differently" if node.tag == _ODD else node.tag
        raise yaml.MarkedYAMLError(problem=f"{what}; quote it", problem_mark=node.start_mark)


_Loader.add_constructor(f"{_TAG}map", _Loader.mapping)
for _name in ("int", "float"):
    _Loader.add_constructor(f"{_TAG}{_name}", _Loader.number)
for _name in ("timestamp", "binary", "set", "omap", "pairs", "merge", "value"):
    _Loader.add_constructor(f"{_TAG}{_name}", _Loader.refused)
_Loader.add_constructor(_ODD, _Loader.refused)
