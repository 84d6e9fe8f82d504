"""Any JSON → tables and lists of fields that fit a width. First the layout, then its drawing with rich, which handles
colours, NO_COLOR and the window's width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .text import clean, to_json

_GAP = 2  # between two columns
_MOST = 48  # a cell counts as at most this many characters wide; longer ones wrap
_LEAST_COLUMNS = 2
_FIRST = ("id", "name", "status")  # columns that people look for; the rest gets the room that is left
_NARROW = 50  # characters; in a narrower window names and values share lines


def console(*, stderr: bool = False) -> Console:
    """A console that prints text unchanged: no markup, no emoji codes, no highlighting."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def show(value: Any) -> None:
    """Draw any JSON."""
    out = console()
    made = blocks(value, out.width)
    for number, block in enumerate(made):
        if number:
            out.print()
        if block.title:
            out.print(Text(block.title, style="bold cyan"))
        if isinstance(block, Grid):
            out.print(_grid(block))
            if block.left_out:
                out.print(Text(f"no room for {', '.join(block.left_out)}; --json shows all", style="dim"))
        elif out.width < _NARROW or not any(name for name, _ in block.fields):
            for name, value in block.fields:
                # Keep lines whole, so that they can be copied.
                out.print(Text.assemble((f"{name}: " if name else "", "bold"), value), soft_wrap=not name)
        else:
            out.print(_record(block))


def _grid(block: Grid) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in block.columns:
        table.add_column(Text(column), overflow="fold")
    for row in block.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _record(block: Record) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", overflow="fold")
    table.add_column(overflow="fold")
    for name, value in block.fields:
        table.add_row(Text(name), Text(value))
    return table


class Grid(NamedTuple):
    """Rows with the same columns. `left_out` names the columns that had no room."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    left_out: list[str]


class Record(NamedTuple):
    """The fields of one object."""

    title: str
    fields: list[tuple[str, str]]


def blocks(value: Any, width: int, title: str = "") -> list[Grid | Record]:
    """The blocks to draw, from top to bottom."""
    if isinstance(value, Mapping):
        lists = {key: item for key, item in value.items() if _is_list_of_objects(item)}
        fields = _fields({key: item for key, item in value.items() if key not in lists})
        made: list[Grid | Record] = [Record(title, fields)] if fields else []
        for key, item in lists.items():
            made += blocks(item, width, _joined(title, clean(str(key))))
        return made
    if _is_list_of_objects(value):
        return _of_objects(value, width, title)
    items = value if isinstance(value, list) else [value]
    return [Record(title, [("", cell(item)) for item in items])]


def cell(value: Any) -> str:
    """A value on one line."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list) and not any(isinstance(item, (list, dict)) for item in value):
        return ", ".join(cell(item) for item in value)
    return to_json(value, indent=None)


def _of_objects(items: Sequence[Mapping[str, Any]], width: int, title: str) -> list[Grid | Record]:
    columns = list(dict.fromkeys(key for item in items for key in item))
    # Dropping empty columns loses nothing.
    columns = [key for key in columns if any(item.get(key) not in (None, [], {}) for item in items)]
    widths = {key: _width(key, items) for key in columns}
    chosen: list[str] = []
    room = width
    for key in sorted(columns, key=lambda key: (_rank(key, items), columns.index(key))):
        if widths[key] + _GAP <= room:
            chosen.append(key)
            room -= widths[key] + _GAP
    if len(chosen) < min(_LEAST_COLUMNS, len(columns)):
        return [Record(_joined(title, str(number)), _fields(item)) for number, item in enumerate(items, 1)]
    shown = [key for key in columns if key in chosen]
    rows = [[cell(item.get(key)) for key in shown] for item in items]
    left_out = [clean(key) for key in columns if key not in chosen]
    return [Grid(title, [clean(key) for key in shown], rows, left_out)]


def _fields(value: Mapping[str, Any], indent: str = "") -> list[tuple[str, str]]:
    """The fields of an object; those of nested objects are indented under their name."""
    made: list[tuple[str, str]] = []
    for key, item in value.items():
        is_object = isinstance(item, Mapping) and bool(item)
        made.append((indent + clean(str(key)), "" if is_object else cell(item)))
        made += _fields(item, f"{indent}  ") if is_object else []
    return made


def _width(key: str, items: Sequence[Mapping[str, Any]]) -> int:
    return min(_MOST, max(len(key), *(len(cell(item.get(key))) for item in items)))


def _rank(key: str, items: Sequence[Mapping[str, Any]]) -> int:
    """A column's priority for room: names and states first, times late, nested values last."""
    if any(isinstance(item.get(key), (dict, list)) for item in items):
        return 3
    if key.endswith("_at"):
        return 2
    return 0 if key in _FIRST or key.endswith("_status") else 1


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _joined(first: str, second: str) -> str:
    return f"{first} {second}" if first else second
