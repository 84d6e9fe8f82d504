"""Results on standard output: tables for people, JSON, YAML or CSV for programs, bytes unchanged."""

from __future__ import annotations

import base64
import sys
from typing import Any

import click

from .columns import Listing, to_csv, unknown
from .settings import Settings
from .text import clean, say, to_json, to_yaml

_ANY = Listing()


def show(value: Any, settings: Settings, listing: Listing | None = None) -> None:
    """Show a result.

    Args:
        value: Any JSON value, text, bytes, or a generated class.
        settings: The options that were given.
        listing: What is known of the list in it.
    """
    value, form, listing = _plain(value), settings.form, listing or _ANY
    if isinstance(value, bytes):
        if settings.output in {None, "table"}:
            _show_bytes(value)
            return
        value = {"base64": base64.b64encode(value).decode("ascii")}
    columns = _columns(value, settings, listing)
    if columns and form != "table":
        value = listing.chosen(value, columns)
    if form == "json":
        print(to_json(value))
    elif form == "yaml":
        print(to_yaml(value), end="")
    elif form == "csv":
        text = to_csv(listing.rows(value))
        print(clean(text, keep_lines=True) if sys.stdout.isatty() else text, end="")
    elif isinstance(value, str):
        print(clean(value, keep_lines=True))
    elif value is None:
        say("done: there is no answer to show")
    else:
        from . import tables

        tables.show(value, listing, columns, wide=settings.wide)


def show_line(value: Any) -> None:
    """Print one JSON value on one line, at once: for programs that read while more is coming."""
    print(to_json(_plain(value), indent=None), flush=True)


def _plain(value: Any) -> Any:
    """The value in plain JSON types; generated classes as they were received."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _columns(value: Any, settings: Settings, listing: Listing) -> dict[str, str]:
    """The columns that were asked for, and where they are: a heading of the table stands for its field."""
    columns = {name: listing.path(name) for name in settings.columns}
    rows = listing.rows(value)
    missing, problem = unknown(columns, rows)
    if missing and rows:
        say(f"warning: {problem}")
    # An answer that has none of them is better shown whole than not at all.
    return {} if rows and len(missing) == len(columns) else columns


def _show_bytes(value: bytes) -> None:
    if sys.stdout.isatty():
        raise click.ClickException(
            f"the answer is {len(value)} bytes that are not text: write them to a file with > FILE"
        )
    sys.stdout.buffer.write(value)
