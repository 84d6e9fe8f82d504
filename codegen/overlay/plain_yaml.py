"""YAML limited to JSON's data, each value in one notation: for files that people write.

A plain value is what JSON says, or else a text: `yes`, `017`, `1:30` and `2024-01-01`, which versions of YAML read
differently, are texts here.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import yaml

from ..document.reading import DocumentError, clipped

if TYPE_CHECKING or not yaml.__with_libyaml__:
    _SafeLoader = yaml.SafeLoader
else:

    class _SafeLoader(yaml.composer.Composer, yaml.CSafeLoader):
        """Scan with libyaml, which takes a fifth of the time. Its own composer would follow any depth into a crash."""

        def __init__(self, text: str) -> None:
            yaml.CSafeLoader.__init__(self, text)
            yaml.composer.Composer.__init__(self)


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
        raise DocumentError(f"{path.name}: no readable YAML: {_on_one_line(error)}") from None


def read(written: str, name: str) -> Loaded:
    """Read the text of a file. Raises `DocumentError` with its name and the line for any other YAML."""
    try:
        loader = _Loader(written)
        return Loaded(loader.get_single_data(), loader.lines)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = f"{name}:{mark.line + 1}" if mark else name
        said = _on_one_line(getattr(error, "problem", None) or error)
        raise DocumentError(f"{place}: no readable YAML: {said}") from None


def _on_one_line(said: object) -> str:
    return clipped(" ".join(str(said).split()))


class _Loader(_SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.lines: dict[tuple[int, str | None], int] = {}

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


_DIGITS = "-0123456789"
for _name, _pattern, _first in (
    ("bool", r"(?:true|false)\Z", "tf"),
    ("null", r"(?:null|~|)\Z", ["n", "~", ""]),
    ("int", r"-?(?:0|[1-9][0-9]*)\Z", _DIGITS),
    ("float", r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\Z", _DIGITS),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(_pattern), list(_first))
_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.mapping)
