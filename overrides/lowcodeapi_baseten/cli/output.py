"""Results on standard output: tables for people, JSON for programs, bytes unchanged."""

from __future__ import annotations

import base64
import sys
from typing import Any

import click
from lowcodeapi_baseten_api.types import RawResponse

from .settings import Settings
from .text import clean, say, to_json


def show_raw(raw: RawResponse[Any], settings: Settings) -> None:
    """Show the result of a call, and remarks about it on standard error."""
    remark(raw)
    show(raw.result, settings)


def remark(raw: RawResponse[Any]) -> None:
    """Say on standard error what the result alone does not tell."""
    if raw.unconfirmed:
        say("sent; no answer came, as it is with answers that have no body")
    if raw.already_done:
        say("it was gone already: an earlier attempt of this call did it")


def show(value: Any, settings: Settings) -> None:
    """Show a result: any JSON value, text, bytes, or a generated class."""
    value = plain(value)
    if isinstance(value, bytes):
        _show_bytes(value, settings)
    elif settings.is_for_programs:
        print(to_json(value))
    elif isinstance(value, str):
        print(clean(value, keep_lines=True))
    elif value is not None:
        from . import tables

        tables.show(value)


def show_line(value: Any) -> None:
    """Print one JSON value on one line, at once: for programs that read while more is coming."""
    print(to_json(plain(value), indent=None), flush=True)


def plain(value: Any) -> Any:
    """The value in plain JSON types; generated classes as they were received."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _show_bytes(value: bytes, settings: Settings) -> None:
    if settings.as_json:
        print(to_json({"base64": base64.b64encode(value).decode("ascii")}))
    elif sys.stdout.isatty():
        raise click.ClickException(f"the answer is {len(value)} bytes of no text: send them to a file with > FILE")
    else:
        sys.stdout.buffer.write(value)
