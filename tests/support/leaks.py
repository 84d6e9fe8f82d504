"""Everything that a failed call leaves behind, as text, and every way to write a secret in it."""

from __future__ import annotations

import base64
import json
import pickle
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote

from rich.traceback import Traceback

TESTS = str(Path(__file__).parents[1])
_URL = b"https://x/?api_token="


def forms(secret: str) -> dict[str, str]:
    """The secret as servers, libraries and JSON write it: every form that must be replaced."""
    once, plain = quote(secret, safe=""), secret.encode()
    escaped = "".join(f"\\u{ord(char):04x}" for char in secret)
    return {
        "raw": secret,
        "percent": once,
        "percent, lower case": "".join(f"%{byte:02x}" for byte in plain),
        "percent twice": quote(once, safe=""),
        "json": json.dumps(secret)[1:-1],
        "json escapes": escaped,
        "json escapes, upper case": escaped.upper().replace("\\U", "\\u"),
        "base64": base64.b64encode(plain).decode().rstrip("="),
        "base64 of a url": base64.b64encode(_URL + plain).decode(),
        "base64, url-safe": base64.urlsafe_b64encode(plain).decode().rstrip("="),
    }


def found(secret: str, text: str) -> list[str]:
    """The forms in which the text has the secret, including those of a `repr`, or cut off like long values."""
    own = {"repr": repr(secret)[1:-1], "json in json": json.dumps(json.dumps(secret)[1:-1])[1:-1]}
    if len(secret) > 24:
        own["the beginning"] = repr(secret[:24])[1:-1]
    return [name for name, form in (forms(secret) | own).items() if _own(name, form) in text]


def _own(name: str, form: str) -> str:
    """The part of a form that belongs to the secret alone: base64 shares its last character with what follows."""
    start = len(base64.b64encode(_URL)) if name == "base64 of a url" else 0
    return form.rstrip("=")[start:-1] if name.startswith("base64") else form


def rendered(error: BaseException, *, by_rich: bool = True) -> str:
    """An error with its chain, its frames with their locals (not those of the tests), and all of its attributes.

    Rich takes as long as a whole workflow.
    """
    whole = traceback.TracebackException.from_exception(error, capture_locals=True)
    parts: list[str] = []
    for part in _chain(whole):
        part.stack = traceback.StackSummary.from_list(
            [frame for frame in part.stack if not frame.filename.startswith(TESTS)]
        )
        parts.extend(part.format(chain=False))
    parts += _shown_by_rich(error) if by_rich else ()
    for known in _errors(error):
        parts += [str(known), repr(known), repr(vars(known)), repr(getattr(known, "args", ()))]
        parts.append(_dumped(known))
    return "\n".join(parts)


def _shown_by_rich(error: BaseException) -> Iterator[str]:
    """The locals of all frames as rich shows them, which differs from their `repr`."""
    trace = Traceback.extract(type(error), error, error.__traceback__, show_locals=True)
    for stack in trace.stacks:
        for frame in stack.frames:
            if not frame.filename.startswith(TESTS):
                for name, node in (frame.locals or {}).items():
                    yield f"{name} = {node.render(max_width=100_000)}"


def shown(value: Any) -> str:
    """A raw response, attribute by attribute, without its result."""
    names = [name for name in value.__slots__ if name != "result"]
    return "\n".join([repr(value), *(f"{name}={getattr(value, name)!r}" for name in names)])


def frames(error: BaseException) -> Iterator[FrameType]:
    """The frames of a traceback, without the tests'."""
    step = error.__traceback__
    while step is not None:
        if not step.tb_frame.f_code.co_filename.startswith(TESTS):
            yield step.tb_frame
        step = step.tb_next


def _dumped(error: BaseException) -> str:
    try:
        return pickle.dumps(error).decode("latin-1")
    except (TypeError, AttributeError, pickle.PicklingError):
        return ""


def _chain(part: traceback.TracebackException | None) -> Iterator[traceback.TracebackException]:
    if part is not None:
        yield part
        yield from _chain(part.__cause__)
        yield from _chain(part.__context__)


def _errors(error: BaseException | None) -> Iterator[BaseException]:
    if error is not None:
        yield error
        yield from _errors(error.__cause__)
        yield from _errors(error.__context__)
