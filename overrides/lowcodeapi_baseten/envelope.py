"""Body → payload, upstream headers, error. The gateway's envelope is opened once; inside is the provider's own JSON.

JSON is read as Python reads it: the last of duplicate keys counts, `NaN` and `Infinity` are numbers, and input that
Python refuses (nested too deeply, a number of more than 4,300 digits) is an answer that can't be understood.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from .decoding import loads

_KEYS = frozenset({"data", "error", "message", "provider", "headers", "response_headers"})
_MAX_MESSAGE = 300
_DEEPEST_MESSAGE = 8
# Any other name may be a codec that is not a charset, or that takes a second for each kilobyte.
_CHARSET = re.compile(r"utf-?(8|16|32)|us-ascii|iso-8859-\d{1,2}|windows-125\d", re.ASCII | re.IGNORECASE)


class Answer(NamedTuple):
    """An HTTP answer: the body decompressed, header names in lower case, the token replaced."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    # The default would show the body, also in tracebacks with locals.
    def __repr__(self) -> str:
        return f"<Answer [{self.status}] {len(self.body)} bytes>"


class Envelope(NamedTuple):
    """A decoded body, split. A bare body is all payload; `is_open` is True if there was an envelope."""

    payload: Any
    error: Any = None
    message: str | None = None
    headers: Mapping[str, str] = {}
    is_open: bool = False
    has_payload: bool = True

    def __repr__(self) -> str:
        return f"<Envelope, {'open' if self.is_open else 'bare'}>"


class Reading(NamedTuple):
    """An answer as the rest of the package sees it.

    `is_route_miss`: the gateway does not know the route, nothing was done. `is_behind_route`: it can only come from
    beyond the route. `problem` says why the body could not be understood. `retry_after` is in seconds.
    """

    status: int
    envelope: Envelope
    problem: str | None
    is_success: bool
    is_route_miss: bool
    is_behind_route: bool
    request_id: str | None
    retry_after: float | None
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"<Reading [{self.status}] {len(self.body)} bytes>"

    @property
    def is_own_failure(self) -> bool:
        """True if the gateway itself failed; this says nothing about the format."""
        return not self.is_behind_route and (self.status in {401, 403, 408, 429} or self.status >= 500)

    @property
    def error_code(self) -> str | None:
        """The provider's error code."""
        error = self.envelope.error
        code = error.get("error_code", error.get("code")) if isinstance(error, dict) else None
        return (str(code) or None) if isinstance(code, (str, int)) else None

    @property
    def message(self) -> str:
        """The error's message, on one line."""
        places = self.envelope.error, self.envelope.message, self.envelope.payload
        return next(filter(None, map(_message, places)), "no message")


def open_envelope(body: Any) -> Envelope:
    """Open the outer envelope of decoded JSON, in any of the gateway's forms."""
    if not isinstance(body, dict):
        return Envelope(body)
    if "result" in body and "provider" in body:
        key = "result"
    elif body.keys() <= _KEYS and ("data" in body or "error" in body):
        key = "data"
    else:
        return Envelope(body)
    value, error, message = body.get(key), body.get("error"), body.get("message")
    # `{"data": null, "error": "text"}` is an error; `{"data": null}` is the payload null.
    has_payload = value is not None or (key in body and not error)
    headers = _headers(body.get("response_headers"), body.get("headers"))
    text = message if isinstance(message, str) else None
    return Envelope(value, error, text, headers, True, has_payload)


def payload(body: Any) -> Any:
    """The provider's answer in decoded JSON."""
    return open_envelope(body).payload


def read(answer: Answer, *, method: str) -> Reading:
    """Read an answer to a request with this method."""
    decoded, problem = _decode(answer)
    envelope = open_envelope(decoded)
    headers = envelope.headers
    status = answer.status
    is_miss = (status == 404 or method == "GET") and _is_route_miss(answer, decoded, method)
    is_ok = 200 <= status < 300
    if not is_ok and status < 400:
        problem = problem or f"status {status}"
    is_success = is_ok and envelope.has_payload and not is_miss and problem is None
    is_behind = envelope.is_open and (envelope.has_payload or bool(headers))
    request_id = _request_id(headers.get("x-baseten-request-id") or answer.headers.get("x-baseten-request-id"))
    retry_after = _retry_after(headers.get("retry-after") or answer.headers.get("retry-after"))
    # By position: every answer passes here, and keywords take twice as long.
    return Reading(
        status,
        envelope,
        problem,
        is_success,
        is_miss,
        is_behind,
        request_id,
        retry_after,
        answer.headers,
        answer.body,
    )


def _request_id(value: str | None) -> str | None:
    # It is shown in messages, which are one line.
    return value if value and len(value) <= 200 and value.isprintable() else None


def _is_route_miss(answer: Answer, decoded: Any, method: str) -> bool:
    if answer.status == 404 and decoded == {"message": "Not Found"}:
        return True
    # Some set-ups answer unknown GETs with a page; a failing proxy's 5xx page is not one of these.
    return method == "GET" and answer.status in {200, 404} and _is_page(answer)


def _is_page(answer: Answer) -> bool:
    if "html" in answer.headers.get("content-type", "").lower():
        return True
    return answer.body[:256].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _decode(answer: Answer) -> tuple[Any, str | None]:
    """Return the body as JSON, text or bytes, and the problem with it, if any."""
    content_type, _, parameters = answer.headers.get("content-type", "").partition(";")
    content_type = content_type.strip().lower()
    if not answer.body:
        return None, None
    if content_type in {"", "application/json"} or content_type.endswith("+json"):
        try:
            return loads(answer.body), None
        except (ValueError, RecursionError) as error:
            if content_type or answer.status >= 400:
                return _text(answer.body, parameters), f"not valid JSON: {one_line(str(error))}"
            return answer.body, None
    if content_type.startswith("text/"):
        return _text(answer.body, parameters), None
    return answer.body, None


def _text(body: bytes, parameters: str) -> str:
    match = re.search(r"charset\s*=\s*\"?([\w.:-]+)", parameters, re.ASCII | re.IGNORECASE)
    charset = match[1] if match and _CHARSET.fullmatch(match[1]) else "utf-8"
    try:
        return body.decode(charset, errors="replace")
    except LookupError:  # iso-8859-12 does not exist
        return body.decode("utf-8", errors="replace")


def _headers(*candidates: Any) -> Mapping[str, str]:
    for candidate in candidates:
        if isinstance(candidate, dict):
            return {str(name).lower(): value for name, value in candidate.items() if isinstance(value, str)}
    return {}


def _retry_after(value: str | None) -> float | None:
    """Seconds, from seconds or an HTTP date; None if it is neither."""
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value.strip(), re.ASCII):
        return float(value)
    import email.utils  # here since it takes ten milliseconds, which a program that sends nothing need not wait

    try:
        then = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=datetime.UTC)
    return max(0.0, (then - datetime.datetime.now(datetime.UTC)).total_seconds())


def _message(error: Any) -> str | None:
    """Return the text inside an error of any shape."""
    for _ in range(_DEEPEST_MESSAGE):
        if isinstance(error, dict):
            error = next((error[key] for key in ("message", "error", "detail", "msg") if error.get(key)), None)
        elif isinstance(error, list) and error:
            error = error[0]
        else:
            break
    if isinstance(error, bytes):
        return f"{len(error)} bytes"
    if isinstance(error, bool) or not isinstance(error, (str, int, float)):
        return None
    return one_line(re.sub(r"<[^<>]{0,200}>", " ", str(error)[:4096])) or None


def one_line(text: str) -> str:
    """Return the text on one line of printable characters, cut if too long."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= _MAX_MESSAGE else line[: _MAX_MESSAGE - 1] + "…"
