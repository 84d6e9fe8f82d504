"""Command-line text → values: JSON, files, numbers, choices."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from .streams import is_input_closed

if TYPE_CHECKING:
    Type = click.ParamType[Any]
else:
    # generic in newer versions only
    Type = click.ParamType

_STDIN = "lowcodeapi_baseten.stdin_taken_by"


def read_reference(value: str, parameter: click.Parameter | None, context: click.Context | None) -> str:
    """Read the text of `@FILE` or `-` (standard input); return any other text unchanged."""
    if value == "-":
        taken = {} if context is None else context.meta
        name = "it" if parameter is None else parameter.opts[0]
        if _STDIN in taken:
            raise click.BadParameter(f"standard input is already read for {taken[_STDIN]}", context, parameter)
        if is_input_closed():
            raise click.BadParameter("standard input is closed", context, parameter)
        taken[_STDIN] = name
        data, source = sys.stdin.buffer.read(), "standard input"
    elif value.startswith("@"):
        source = value[1:]
        try:
            with open(source, "rb") as file:
                data = file.read()
        except (OSError, ValueError) as error:
            problem = getattr(error, "strerror", None) or "not a file name"
            raise click.BadParameter(f"{source!r} can't be read: {problem}", context, parameter) from None
    else:
        return value
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.BadParameter(f"{source} is not UTF-8 text", context, parameter) from None


class Form(click.Choice[str]):
    """A form of output. What it needs is looked for before anything is sent."""

    def __init__(self) -> None:
        super().__init__(["table", "json", "yaml", "csv"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "yaml" and find_spec("yaml") is None:
            self.fail("pyyaml is not installed: pip install 'lowcodeapi-baseten[cli]'", param, ctx)
        return super().convert(value, param, ctx)


class Names(Type):
    """Names, with commas between them."""

    name = "names"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        return tuple(name.strip() for name in value.split(",") if name.strip())


class Json(Type):
    """JSON, written out, or taken from `@FILE` or `-`."""

    name = "json"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "JSON|@FILE|-"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = read_reference(value, param, ctx)
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            where = "" if text is value else f" in {'standard input' if value == '-' else value[1:]}"
            hint = ""
            if text is value and text[:1] not in {"{", "[", '"'}:
                hint = "; a string has quotes of its own: '\"text\"'"
            self.fail(f"not JSON{where}: {error}{hint}", param, ctx)


class Text(Type):
    """A secret: written out, or kept out of the shell's history in `@FILE` or `-`."""

    name = "text"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "TEXT|@FILE|-"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = read_reference(value, param, ctx)
        # An editor ends a file with a line break, which does not belong to the secret.
        return text if text is value else text.removesuffix("\n").removesuffix("\r")


class Number(Type):
    """A number; `null` where the field may be null."""

    def __init__(self, kind: type[int] | type[float], *, is_nullable: bool = False) -> None:
        self.kind, self.is_nullable = kind, is_nullable
        self.name = "integer" if kind is int else "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if self.is_nullable and value == "null":
            return None
        try:
            return self.kind(value)
        except ValueError:
            self.fail(f"{value!r} is not {'an' if self.kind is int else 'a'} {self.name}", param, ctx)


class Seconds(Type):
    """A number of seconds above 0."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not 0 < seconds < math.inf:
            self.fail(f"{value!r} is not a number of seconds above 0", param, ctx)
        return seconds


class OneOf(click.Choice[str]):
    """The values of an enum, whatever their case."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        super().__init__(list(members))
        self.members = members

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        spelled = {name.casefold(): name for name in self.members}
        return self.members[super().convert(spelled.get(value.casefold(), value), param, ctx)]
