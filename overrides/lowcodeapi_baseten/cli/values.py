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


def misuse(text: str) -> click.UsageError:
    """The error of a command line that can't work; its line names the command's help."""
    return click.UsageError(text, click.get_current_context(silent=True))


def is_given(name: str) -> bool:
    """True if this parameter was given on the command line; null counts."""
    return click.get_current_context().get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def _read(value: str, parameter: click.Parameter | None, context: click.Context | None) -> str:
    """Read the text of `@FILE` or `-` (standard input); return any other text unchanged."""
    if value == "-":
        taken = {} if context is None else context.meta
        if _STDIN in taken:
            raise click.BadParameter(f"standard input is already read for {taken[_STDIN]}", context, parameter)
        if is_input_closed():
            raise click.BadParameter("standard input is closed", context, parameter)
        taken[_STDIN] = "it" if parameter is None else parameter.opts[0]
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


class Text(Type):
    """A secret: written out, or kept out of the shell's history in `@FILE` or `-`."""

    name = "text"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return f"{self.name.upper()}|@FILE|-"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = _read(value, param, ctx)
        # An editor ends a file with a line break, which does not belong to the secret.
        return text if text is value else text.removesuffix("\n").removesuffix("\r")


class Json(Text):
    """JSON, written out, or taken from `@FILE` or `-`."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = _read(value, param, ctx)
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            where = "" if text is value else f" in {'standard input' if value == '-' else value[1:]}"
            is_bare = text is value and text[:1] not in {"{", "[", '"'}
            hint = "; a string has quotes of its own: '\"text\"'" if is_bare else ""
            self.fail(f"not JSON{where}: {error}{hint}", param, ctx)


class Made(Type):
    """A value that `made` makes of a text. Its ValueError says why there is none."""

    name = "text"

    def made(self, text: str) -> Any:
        raise NotImplementedError

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return self.made(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Names(Made):
    """Names, with commas between them."""

    def made(self, text: str) -> tuple[str, ...]:
        return tuple(name.strip() for name in text.split(",") if name.strip())


class Number(Made):
    """A number; `null` where the field may be null."""

    def __init__(self, kind: type[int] | type[float], *, is_nullable: bool = False) -> None:
        self.kind, self.is_nullable = kind, is_nullable
        self.name = "integer" if kind is int else "number"

    def made(self, text: str) -> float | None:
        if self.is_nullable and text == "null":
            return None
        try:
            return self.kind(text)
        except ValueError:
            raise ValueError(f"{text!r} is not {'an' if self.kind is int else 'a'} {self.name}") from None


class Seconds(Made):
    """A number of seconds above 0."""

    def made(self, text: str) -> float:
        try:
            seconds = float(text)
        except ValueError:
            seconds = math.nan
        if not 0 < seconds < math.inf:
            raise ValueError(f"{text!r} is not a number of seconds above 0")
        return seconds


class Form(click.Choice[str]):
    """A form of output. What it needs is looked for before anything is sent."""

    def __init__(self) -> None:
        super().__init__(["table", "json", "yaml", "csv"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "yaml" and find_spec("yaml") is None:
            self.fail("pyyaml is not installed: pip install 'lowcodeapi-baseten[cli]'", param, ctx)
        return super().convert(value, param, ctx)


class OneOf(click.Choice[str]):
    """The values of an enum, whatever their case."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        super().__init__(list(members))
        self.members = members

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        spelled = {name.casefold(): name for name in self.members}
        return self.members[super().convert(spelled.get(value.casefold(), value), param, ctx)]
