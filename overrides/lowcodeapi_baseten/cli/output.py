"""Results on standard output: tables for people, JSON, YAML or CSV for programs, bytes unchanged."""

from __future__ import annotations

import base64
import sys
from typing import Any

import click
from lowcodeapi_baseten_api.types import RawResponse

from . import rows
from .columns import Listing
from .settings import Settings
from .text import clean, say, to_json, to_yaml


def show_raw(raw: RawResponse[Any], settings: Settings, listing: Listing | None = None) -> None:
    """Show the result of a call, and remarks about it on standard error."""
    remark(raw)
    show(raw.result, settings, listing)


def remark(raw: RawResponse[Any]) -> None:
    """Say on standard error what the result alone does not tell."""
    if raw.unconfirmed:
        say("sent; no answer came, as it is with answers that have no body")
    if raw.already_done:
        say("it was gone already: an earlier attempt of this call did it")


def show(value: Any, settings: Settings, listing: Listing | None = None) -> None:
    """Show a result.

    Args:
        value: Any JSON value, text, bytes, or a generated class.
        settings: The options that were given.
        listing: What is known of the list in it.
    """
    value, form = plain(value), settings.form
    if isinstance(value, bytes):
        if settings.output in {None, "table"}:
            _show_bytes(value)
            return
        value = {"base64": base64.b64encode(value).decode("ascii")}
    columns = _columns(value, settings, listing)
    if columns and form != "table":
        value = rows.chosen(value, columns, listing)
    if form == "json":
        print(to_json(value))
    elif form == "yaml":
        print(to_yaml(value), end="")
    elif form == "csv":
        text = rows.to_csv(rows.rows_of(value, listing))
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
    print(to_json(plain(value), indent=None), flush=True)


def plain(value: Any) -> Any:
    """The value in plain JSON types; generated classes as they were received."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _columns(value: Any, settings: Settings, listing: Listing | None) -> dict[str, str]:
    """The columns that were asked for, and where they are: a heading of the table stands for its field."""
    columns = {name: name if listing is None else listing.path(name) for name in settings.columns}
    found = rows.rows_of(value, listing)
    if missing := rows.unknown(columns, found) if found else []:
        there = ", ".join(rows.names_in(found))
        has = f"there is no column {' or '.join(missing)}; there are {there}" if there else "there are no columns"
        say(f"warning: {has}")
    # An answer that has none of them is better shown whole than not at all.
    return {} if missing and len(missing) == len(columns) else columns


def _show_bytes(value: bytes) -> None:
    if sys.stdout.isatty():
        raise click.ClickException(
            f"the answer is {len(value)} bytes that are not text: write them to a file with > FILE"
        )
    sys.stdout.buffer.write(value)
