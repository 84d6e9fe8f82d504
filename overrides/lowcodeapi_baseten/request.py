"""A call → what goes on the wire in each format; refused here, before a byte is sent, where it would not be safe."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from lowcodeapi_baseten_api import encode
from lowcodeapi_baseten_api.types import Call, Route

from .auth import Content
from .envelope import one_line
from .errors import InvalidParameterError

# The gateway decodes an id and pastes it unencoded into a URL that carries the account's key.
_ID = re.compile(r"[A-Za-z0-9._~-]{1,256}", re.ASCII)
_NEVER = frozenset("/\\?#%$")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", re.ASCII)
_HEADER_VALUE = re.compile(r"([\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?)?", re.ASCII)
_OURS = frozenset(
    {"authorization", "proxy-authorization", "host", "content-length", "transfer-encoding", "content-encoding"}
    | {"connection", "accept-encoding", "expect", "te", "trailer", "upgrade"}
)


class Request(NamedTuple):
    """A checked call. The path and query of a format are made when it is tried."""

    call: Call
    routes: Mapping[str, Route]
    headers: Mapping[str, str]
    content: bytes | None

    def target(self, name: str, prefix: str) -> str:
        """Path and query in this format, without the token."""
        route = self.routes[name]
        query = encode.query_string(encode.query(route, self.call))
        return f"{prefix}{encode.path(route, self.call)}{'?' if query else ''}{query}"


def json_body(call: Call) -> tuple[bytes | None, Mapping[str, str]]:
    """The body of a call, and the headers that say what it is."""
    return encode.body(call), {"content-type": "application/json"}


def prepare(
    call: Call,
    routes: Mapping[str, Route],
    headers: Mapping[str, str],
    *,
    body: Callable[[Call], tuple[Any, Mapping[str, str]]] = json_body,
    path_characters: str = "",
) -> Request:
    """Check a call and encode its body. Raises `InvalidParameterError`, naming the parameter."""
    # A copy of each, as plain text: a subclass of `str` could say something else when it is sent.
    call = call._replace(path={name: check_id(name, value, path_characters) for name, value in call.path.items()})
    if call.timeout is not None:
        check_timeout(call.timeout)
    taken = {"api_token", *(name.lower() for name in call.path)}
    for name in call.extra_query or ():
        if _query_name(name) in taken:
            raise InvalidParameterError("extra_query", f"may not carry {name!r}: the client sends it itself")
    content, problem = None, None
    content_headers: Mapping[str, str] = {}
    try:
        encoded, content_headers = body(call)
        content = Content(encoded) if isinstance(encoded, bytes) else encoded
        encode.query(Route("GET", ""), call)
    except (TypeError, ValueError, RecursionError) as error:
        # A chained error would hold the body, and the body may hold secrets.
        problem = f"can't be sent: {one_line(str(error))}"
    if problem:
        raise InvalidParameterError(f"an argument of {call.operation}", problem)
    sent = dict(headers)
    if call.extra_headers:
        check_headers("extra_headers", call.extra_headers)
        sent.update((name.lower(), value) for name, value in call.extra_headers.items())
    if content is not None:
        for name, value in content_headers.items():
            sent.setdefault(name, value)
    return Request(call, routes, sent, content)


def _query_name(name: object) -> str:
    """The parameter that the gateway's server makes of a name: it reads `a[]`, `a[0]` and `[a]` as `a`."""
    return re.split(r"[\[\]]", str(name).lower().lstrip("["), maxsplit=1)[0]


def check_id(name: str, value: object, more: str = "") -> str:
    """Refuse what no id looks like: in a path, it could reach another endpoint with the account's key.

    `more` are the characters that the operation takes besides; what ends or changes a path is never among them.
    """
    if not isinstance(value, str):
        raise InvalidParameterError(name, f"is a string; got {type(value).__name__}")
    more = "".join(character for character in more if character not in _NEVER and "!" <= character <= "~")
    plain = value.translate(dict.fromkeys(map(ord, more), "~")) if more else value
    if not _ID.fullmatch(plain) or value in {".", ".."}:
        also = "".join(f", {character!r}" for character in more)
        raise InvalidParameterError(
            name, f"is no id: 1 to 256 of A-Z, a-z, 0-9, '-', '_', '.'{also} and '~' are allowed; got {value[:60]!r}"
        )
    if value.lower() == re.sub(r"[^a-z0-9]", "", name.lower()):
        raise InvalidParameterError(name, f"is {value!r}, which a gateway of the old format reads as the route itself")
    return str.__str__(value)


def check_timeout(seconds: object) -> None:
    """Refuse a timeout that is no number of seconds above 0."""
    is_number = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
    if not is_number or not 0 < seconds < math.inf:  # type: ignore[operator]
        raise InvalidParameterError("timeout", f"is a number of seconds above 0; got {seconds!r}")


def check_headers(parameter: str, headers: Mapping[str, str]) -> None:
    """Refuse headers that would split the request, or that are the client's own business."""
    for name, value in headers.items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise InvalidParameterError(parameter, f"has a name that is no header's: {name!r:.60}")
        if name.lower() in _OURS:
            raise InvalidParameterError(parameter, f"may not set {name}: the client does, or no one may")
        if not isinstance(value, str) or not _HEADER_VALUE.fullmatch(value):
            raise InvalidParameterError(parameter, f"has a value for {name} that is no printable ASCII text")
