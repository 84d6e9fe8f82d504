"""An error → an exit code, and one line or one JSON object on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from .. import errors
from ..structures import EXTRA_BODY
from .streams import name_full_output
from .text import clean, to_json, without_token

OK, API_ERROR, USAGE, TIMEOUT, CONFIGURATION = 0, 1, 2, 3, 4

_SHOWN = ("operation", "status_code", "error_code", "request_id", "retry_after", "parameter", "state", "name")
_TOKEN_OPTIONS = frozenset({"--token", "--api-token", "--api-key", "--key"})
_JSON_ASKED_FOR = ("--json", "-o json", "-ojson", "--output json", "--output=json")


class NotAvailable(click.ClickException):
    """A package of an extra is not installed."""

    exit_code = CONFIGURATION


def failed(error: Exception, words: Sequence[str]) -> int:
    """Report the error of a command line on standard error. Returns the exit code."""
    name_full_output(error)
    before_words = words[: words.index("--")] if "--" in words else words
    if not isinstance(error, (click.ClickException, errors.LowCodeAPIError, OSError)):
        # A bug of ours. Show the message alone, since frames hold bodies; -v raises it.
        if {"-v", "--verbose"} & set(before_words):
            raise error
        error = RuntimeError(f"this is a bug: {type(error).__name__}: {error}; -v shows where")
    # The line itself, since it may be one that can't be parsed.
    text = f" {' '.join(before_words)} "
    if any(f" {option} " in text for option in _JSON_ASKED_FOR):
        print(without_token(to_json(_as_object(error), indent=None)), file=sys.stderr)
    else:
        print(f"{_red('error:')} {without_token(_line_of(error))}", file=sys.stderr)
    return _code_of(error)


def _code_of(error: Exception) -> int:
    if isinstance(error, click.ClickException):
        return error.exit_code
    if isinstance(error, errors.InvalidParameterError):
        return USAGE
    if isinstance(error, errors.ConfigurationError):
        return CONFIGURATION
    if isinstance(error, (errors.APITimeoutError, TimeoutError)):
        cause = error.__cause__
        is_unreachable = isinstance(cause, errors.APIConnectionError) and _code_of(cause) == API_ERROR
        # A wait that has seen nothing ends like the call that it repeated.
        return API_ERROR if is_unreachable and getattr(error, "state", None) is None else TIMEOUT
    return API_ERROR


def _line_of(error: Exception) -> str:
    """The error's message, on one line."""
    if isinstance(error, click.NoSuchOption) and error.option_name in _TOKEN_OPTIONS:
        return "the token is never an option, where others could read it: set LOWCODEAPI_API_TOKEN or use --token-file"
    if isinstance(error, click.UsageError):
        hint = "" if error.ctx is None else f"; see {error.ctx.command_path} --help"
        text = f"{error.format_message().rstrip('.')}{hint}"
    elif isinstance(error, click.ClickException):
        text = error.format_message()
    elif isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    else:
        # The command line has no such argument.
        text = str(error).removesuffix(EXTRA_BODY) or type(error).__name__
    return clean(" ".join(text.split()))


def _as_object(error: Exception) -> dict[str, Any]:
    """The error as JSON: its line, and fields that a program may act on."""
    known = {name: getattr(error, name, None) for name in _SHOWN}
    shown: dict[str, Any] = {
        "type": type(error).__name__,
        "message": _line_of(error),
        "exit_code": _code_of(error),
        **{name: value for name, value in known.items() if isinstance(value, (str, int, float))},
    }
    if attempts := getattr(error, "attempts", ()):
        shown["attempts"] = [attempt._asdict() for attempt in attempts]
    return {"error": shown}


def _red(text: str) -> str:
    is_coloured = sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return f"\x1b[31m{text}\x1b[0m" if is_coloured else text
