"""Requests and answers of Baseten as plain data, independent of HTTP connections and the gateway in front."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

import attrs

Thing = TypeVar("Thing")

NO_HEADERS: Mapping[str, str] = {}


@attrs.frozen
class Answer:
    """One answer of Baseten.

    ``value`` is sent as JSON; if ``raw`` is given, those bytes are sent unchanged instead, under ``content_type``.
    """

    status: int = 200
    value: Any = None
    content_type: str = "application/json"
    raw: bytes | None = None
    headers: Mapping[str, str] = NO_HEADERS


@attrs.frozen
class Reply:
    """An answer as it goes over the wire: the gateway's, or the object store's."""

    status: int
    body: bytes
    content_type: str | None = None
    headers: Mapping[str, str] = NO_HEADERS


@attrs.frozen
class Call:
    """The arguments of one request that Baseten understood."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    is_for_development: bool
    """True if the route itself names the development deployment."""


class UpstreamError(Exception):
    """Raise it in ``predict`` to make Baseten answer with this status.

    ``status`` is any HTTP status, a successful one too. ``body`` is a JSON value, or a ``str`` or ``bytes`` that is
    sent unchanged (``text/plain`` unless ``headers`` has a ``content-type``; ``b""`` is an answer without a body).
    ``headers`` reach the caller only inside the gateway's envelope, as on the published server.
    """

    def __init__(self, status: int, body: Any = None, headers: Mapping[str, str] = NO_HEADERS) -> None:
        super().__init__(f"{status}: {body!r}")
        self.status = status
        self.body = body
        self.headers = {name.lower(): value for name, value in headers.items()}

    def answer(self) -> Answer:
        """The same as an :class:`Answer`."""
        headers = dict(self.headers)
        content_type = headers.pop("content-type", None)
        return answer_of(self.body, content_type, status=self.status, headers=headers)


Predict: TypeAlias = Callable[[Any], Any]
"""Takes the body of a prediction; returns an argument for :func:`answer_of`, or a pair of that and its content type."""

Outside: TypeAlias = Callable[[], Answer]
"""The rest of a call that must run without the state's lock, since a model or a webhook receiver may be slow or call
back."""


def answer_of(
    value: Any, content_type: str | None = None, *, status: int = 200, headers: Mapping[str, str] = NO_HEADERS
) -> Answer:
    """An answer with a JSON value, or with an unchanged ``str`` or ``bytes``: text, or ``application/octet-stream``."""
    if isinstance(value, str):
        return Answer(status, None, content_type or "text/plain", value.encode(), headers)
    if isinstance(value, bytes):
        return Answer(status, None, content_type or "application/octet-stream", value, headers)
    return Answer(status, value, content_type or "application/json", None, headers)


def predicted(predict: Predict, body: Any) -> Answer:
    """Asks the model. Any other exception is reported as the model's own failure, as Baseten does."""
    try:
        value = predict(body)
    except UpstreamError as error:
        return error.answer()
    except ConnectionError:
        raise  # Baseten closed the connection: not an answer at all
    except Exception as error:
        return Answer(500, {"error": f"{type(error).__name__}: {error}", "error_code": "application_error"})
    if isinstance(value, tuple):
        content, content_type = value
        return answer_of(content, content_type)
    return answer_of(value)


def refusal(status: int, code: str, message: str) -> UpstreamError:
    """An error of the management API: ``{"code", "message"}``."""
    return UpstreamError(status, {"code": code, "message": message})


def not_found(thing: str) -> UpstreamError:
    """404, ``NOT_FOUND``."""
    return refusal(404, "NOT_FOUND", f"{thing} not found")


def found(things: Mapping[str, Thing], id: str | None, kind: str) -> Thing:
    """The thing with this id. Raises 404."""
    if id is None or id not in things:
        raise not_found(kind)
    return things[id]


def invalid(message: str) -> UpstreamError:
    """422, ``VALIDATION_ERROR``."""
    return refusal(422, "VALIDATION_ERROR", message)


def object_body(call: Call) -> dict[str, Any]:
    """The body, which must be an object. Raises 400 for anything else."""
    if not isinstance(call.body, dict):
        raise refusal(400, "BAD_REQUEST", "the body must be a JSON object")
    return call.body


def required(body: Mapping[str, Any], field: str, kind: type = str) -> Any:
    """A field that Baseten requires. Raises 422 if it is missing or of another type."""
    value = body.get(field)
    if value is None:
        raise invalid(f"{field} is required")
    if not isinstance(value, kind):
        raise invalid(f"{field} must be of type {kind.__name__}")
    return value


def integer(call: Call, name: str, default: int, low: int, high: int | None) -> int:
    """An integer of the query. Raises 422 if it is not one, or out of bounds."""
    text = call.query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < low or (high is not None and int(text) > high):
        raise invalid(f"{name} must be an integer from {low}" + ("" if high is None else f" to {high}"))
    return int(text)
