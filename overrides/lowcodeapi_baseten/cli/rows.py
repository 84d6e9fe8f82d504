"""An answer as rows: for CSV, and for the columns that were asked for."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any

from .columns import Listing
from .text import to_json

_MISSING = object()


def listed(value: Any, listing: Listing | None) -> list[Any] | None:
    """The answer if it is a list, else the list that is known to be in it; None if there is none."""
    if listing is not None and isinstance(value, Mapping):
        value = value.get(listing.key)
    return value if isinstance(value, list) else None


def rows_of(value: Any, listing: Listing | None) -> list[Any]:
    """The rows of the list; an answer without one is one row."""
    found = listed(value, listing)
    return [value] if found is None else found


def at(row: Any, path: str, default: Any = None) -> Any:
    """The value at a path, such as `user.email`. A field whose own name has dots is found too."""
    if not isinstance(row, Mapping):
        return default
    if path in row:
        return row[path]
    first, dot, rest = path.partition(".")
    return at(row.get(first), rest, default) if dot else default


def chosen(value: Any, columns: Mapping[str, str], listing: Listing | None) -> Any:
    """The answer with these columns alone, by their names: rows where it is a list or has one, else one object."""
    picked = [{name: at(row, path) for name, path in columns.items()} for row in rows_of(value, listing)]
    return picked[0] if listed(value, listing) is None else picked


def unknown(columns: Mapping[str, str], rows: Sequence[Any]) -> list[str]:
    """The columns that no row has."""
    return [name for name, path in columns.items() if all(at(row, path, _MISSING) is _MISSING for row in rows)]


def names_in(rows: Sequence[Any]) -> list[str]:
    """The names of all fields, in the order in which they first come."""
    return list(dict.fromkeys(str(name) for row in rows if isinstance(row, Mapping) for name in row))


def to_csv(rows: Sequence[Any]) -> str:
    """CSV with a line of names. A nested value is JSON in its cell; null is an empty cell."""
    names = names_in(rows) or ["value"]
    lines = _Lines()
    writer = csv.writer(lines)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in names] if isinstance(row, Mapping) else [_cell(row)])
    return "".join(lines)


class _Lines(list[str]):
    """The lines that are written, each ended as the system's tools expect it.

    The writer quotes only what its own line ending contains, and some readers take a bare `\\r` for one.
    """

    def write(self, line: str) -> None:
        self.append(line.removesuffix("\r\n") + "\n")


def _cell(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return to_json(value, indent=None)
