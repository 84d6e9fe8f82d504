"""Any JSON → tables and lists of fields that fit a width. First the layout, then its drawing with rich, which handles
colours, NO_COLOR and the window's width."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .columns import Listing, at, names_in
from .text import clean, to_json

_GAP = 2  # between two columns
_MOST = 48  # a cell counts as at most this many characters wide; longer ones wrap
_LEAST_COLUMNS = 2
_FIRST = ("id", "name", "status")  # columns that people look for; the rest gets the room that is left
_IDENTITIES = ("id", "name")
_STATES = ("status", "current_status")
_UNKNOWN = 80  # characters, where nobody knows the window's width
_NARROW = 50  # characters; in a narrower window names and values share lines
_ENDLESS = 100_000  # characters; --wide and --columns leave nothing out, and keep each row on one line


class Grid(NamedTuple):
    """Rows with the same columns.

    `same` has the columns that would say the same in every row, with their texts; `left_out` names those that had no
    room.
    """

    title: str
    columns: list[str]
    rows: list[list[str]]
    same: list[tuple[str, str]]
    left_out: list[str]


class Record(NamedTuple):
    """The fields of one object."""

    title: str
    fields: list[tuple[str, str]]


Block = Grid | Record

# --- drawing ---------------------------------------------------------------------------------------------------------


def console(*, stderr: bool = False, width: int | None = None) -> Console:
    """A console that prints text unchanged: no markup, no emoji codes, no highlighting."""
    made = Console(stderr=stderr, markup=False, emoji=False, highlight=False, width=width)
    if not made.width:
        made.width = _UNKNOWN  # COLUMNS=0, in which nothing would be drawn
    return made


def aligned(rows: Sequence[Sequence[str | Text]], heads: Sequence[str] = (), *, first_style: str = "") -> Table:
    """Cells in columns, each as wide as its longest text."""
    table = Table(box=None, show_header=bool(heads), pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for number in range(max(map(len, [heads, *rows]))):
        head, style = Text(heads[number] if heads else ""), first_style if number == 0 else ""
        table.add_column(head, overflow="fold", style=style)
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return table


def show(value: Any, listing: Listing, columns: Mapping[str, str], *, wide: bool) -> None:
    """Draw any JSON; remarks go to standard error.

    Args:
        listing: What is known of the list in it.
        columns: The columns that were asked for, and where they are.
        wide: Show all columns.
    """
    out = console()
    # A file or pipe has no window to fit, and whoever reads it may never see standard error.
    width = out.width if sys.stdout.isatty() and not wide else _ENDLESS
    made = _chosen(value, width, listing, columns, wide)
    for number, block in enumerate(made):
        if number:
            out.print()
        if block.title:
            out.print(Text(block.title, style="bold cyan"))
        if isinstance(block, Grid):
            (console(width=_ENDLESS) if width == _ENDLESS or columns else out).print(aligned(block.rows, block.columns))
            _remark("the same in all:", [f"{name} {text}" for name, text in block.same])
            _remark("no room for", block.left_out, "; --wide shows all")
        elif out.width < _NARROW or not any(name for name, _ in block.fields):
            for name, text in block.fields:
                # Keep lines whole, so that they can be copied.
                out.print(Text.assemble((f"{name}: " if name else "", "bold"), text), soft_wrap=not name)
        else:
            out.print(aligned(block.fields, first_style="bold"))
    if not made:
        _remark("the answer is empty", [""])


def _remark(what: str, names: Sequence[str], more: str = "") -> None:
    if names:
        console(stderr=True).print(Text(f"{what} {', '.join(names)}".rstrip() + more, style="dim"))


# --- layout ----------------------------------------------------------------------------------------------------------


def _chosen(value: Any, width: int, listing: Listing, columns: Mapping[str, str], wide: bool) -> list[Block]:
    """The blocks of an answer, with the columns that are known or asked for."""
    if columns:
        texts = word if listing.columns else cell
        cells = [[texts(at(row, path)) for path in columns.values()] for row in listing.rows(value)]
        return [Grid("", [clean(name) for name in columns], cells, [], [])] if cells else []
    rows = listing.listed(value)
    if not listing.columns or not _is_list_of_objects(rows):
        return blocks(value, width)
    known = {name: name for name in names_in(rows)} if wide else listing.columns
    shown = [{name: word(at(row, path)) for name, path in known.items()} for row in rows]
    if all(text == "-" for row in shown for text in row.values()):
        return blocks(value, width)
    others = {} if value is rows else {key: item for key, item in value.items() if item is not rows}
    # Beside the list, a page's number and a total say something; the object that it belongs to rarely does.
    beside = {key: item for key, item in others.items() if wide or not isinstance(item, (list, dict))}
    return [*blocks(beside, width), *blocks(shown, width, is_known=True)]


def blocks(value: Any, width: int, title: str = "", *, is_known: bool = False) -> list[Block]:
    """The blocks to draw, from top to bottom.

    `is_known`: the columns are Baseten's, the first ones matter most, and one with a single value needs no room.
    """
    if isinstance(value, Mapping):
        lists = {key: item for key, item in value.items() if _is_list_of_objects(item)}
        fields = _fields({key: item for key, item in value.items() if key not in lists})
        made: list[Block] = [Record(title, fields)] if fields else []
        for key, item in lists.items():
            made += blocks(item, width, f"{title} {clean(str(key))}".lstrip())
        return made
    if _is_list_of_objects(value):
        return _of_objects(value, width, title, is_known)
    items = value if isinstance(value, list) else [value]
    return [Record(title, [("", cell(item)) for item in items])] if items else []


def cell(value: Any) -> str:
    """A value on one line."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list) and value and not any(isinstance(item, (list, dict)) for item in value):
        return ", ".join(map(cell, value))
    return to_json(value, indent=None)


def word(value: Any) -> str:
    """A value of Baseten's in a word or two: an object by its ID and state, as `dep4 ACTIVE`."""
    if isinstance(value, Mapping):
        named = [next((value[key] for key in keys if value.get(key)), None) for keys in (_IDENTITIES, _STATES)]
        if texts := [cell(item) for item in named if item is not None]:
            return " ".join(texts)
    return cell(value)


def _of_objects(items: Sequence[Mapping[str, Any]], width: int, title: str, is_known: bool) -> list[Block]:
    texts = {name: [cell(item.get(name)) for item in items] for name in dict.fromkeys(key for i in items for key in i)}
    names = [*texts]
    columns = [name for name in names if not set(texts[name]) <= {"-", "", "{}", "[]"}] or names[:1]
    is_short = is_known and width < _ENDLESS and len(items) > 1
    same = [name for name in columns[1:] if is_short and len(set(texts[name])) == 1]
    columns = [name for name in columns if name not in same]
    if width == _ENDLESS:
        columns.sort(key=lambda name: max(map(len, texts[name])) > _MOST)
    chosen: set[str] = set()
    for name in columns if is_known else sorted(columns, key=lambda name: _rank(name, items)):
        needed = min(_MOST, max(len(name), *map(len, texts[name]))) + _GAP
        if needed <= width:
            chosen.add(name)
            width -= needed
    if len(chosen) < min(_LEAST_COLUMNS, len(columns)):
        return [Record(f"{title} {number}".lstrip(), _fields(item)) for number, item in enumerate(items, 1)]
    shown = [name for name in columns if name in chosen]
    rows = [[texts[name][number] for name in shown] for number in range(len(items))]
    left_out = [clean(name) for name in columns if name not in chosen]
    below = [(clean(name), texts[name][0]) for name in same]
    return [Grid(title, [clean(name) for name in shown], rows, below, left_out)]


def _fields(value: Mapping[str, Any], indent: str = "") -> list[tuple[str, str]]:
    """The fields of an object; those of nested objects are indented under their name."""
    made: list[tuple[str, str]] = []
    for key, item in value.items():
        is_object = isinstance(item, Mapping) and bool(item)
        made.append((indent + clean(str(key)), "" if is_object else cell(item)))
        made += _fields(item, f"{indent}  ") if is_object else []
    return made


def _rank(key: str, items: Sequence[Mapping[str, Any]]) -> int:
    """A column's priority for room: names and states first, times late, nested values last."""
    if any(isinstance(item.get(key), (dict, list)) for item in items):
        return 3
    if key.endswith("_at"):
        return 2
    return 0 if key in _FIRST or key.endswith("_status") else 1


def _is_list_of_objects(value: Any) -> TypeGuard[list[dict[str, Any]]]:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
