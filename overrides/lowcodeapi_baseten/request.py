"""A call → its request in each format. Unsafe calls are refused here, before a byte is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from lowcodeapi_baseten_api import encode
from lowcodeapi_baseten_api.types import UNSET, Call, Route

from .envelope import one_line
from .errors import InvalidParameterError
from .secrets import Content

# The gateway decodes an ID and pastes it unencoded into a URL that carries the account's key.
_ID = re.compile(r"[A-Za-z0-9._~-]{1,256}", re.ASCII)
_NEVER = frozenset("/\\?#%$")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", re.ASCII)
_HEADER_VALUE = re.compile(r"([\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?)?", re.ASCII)
_OURS = frozenset(
    {"authorization", "proxy-authorization", "host", "content-length", "transfer-encoding", "content-encoding"}
    | {"connection", "accept-encoding", "expect", "te", "trailer", "upgrade"}
)
_LONGEST = 1e9  # seconds; the system's limit for one wait is far less, and far more than anybody waits
_JSON = {"content-type": "application/json"}

Body = Callable[[Call], tuple[Any, Mapping[str, str]]]
"""Encodes the body of a call, and returns the headers that describe it."""


class Request(NamedTuple):
    """A checked call. The path and query of a format are made when it is tried, and kept.

    `query` is the part common to all formats.
    """

    call: Call
    routes: Mapping[str, Route]
    query: str
    targets: dict[tuple[str, str], str]
    headers: Mapping[str, str]
    content: bytes | None

    def target(self, name: str, prefix: str) -> str:
        """Path and query in this format, without the token."""
        known = self.targets.get((name, prefix))
        if known is None:
            route, query = self.routes[name], self.query
            if route.query:
                first = encode.query_string(encode.path_query(route, self.call))
                query = f"{first}&{query}" if query else first
            known = f"{prefix}{encode.path(route, self.call)}{'?' if query else ''}{query}"
            self.targets[name, prefix] = known
        return known

    def with_body(self, body: Any, timeout: float | None) -> Request:
        """The same call with another JSON body and another timeout. The rest was checked and stays.

        Raises `InvalidParameterError`.
        """
        if timeout is not None:
            check_timeout(timeout)
        known = self.call
        call = Call(known.operation, known.path, known.query, body, timeout, *known[5:])
        content, _ = _encoded(call, json_body)
        if content is None:
            raise InvalidParameterError(f"an argument of {call.operation}", "is missing")
        return Request(call, self.routes, self.query, self.targets, self.headers, content)


def json_body(call: Call) -> tuple[bytes | None, Mapping[str, str]]:
    """Return the body of a call, and the headers that describe it."""
    return encode.body(call), _JSON


def prepare(
    call: Call,
    routes: Mapping[str, Route],
    headers: Mapping[str, str],
    *,
    body: Body = json_body,
    path_characters: str = "",
) -> Request:
    """Check a call and encode its body. Raises `InvalidParameterError`, naming the parameter."""
    # An inferred parameter that is not given keeps its name taken.
    path = {
        name: value if value is UNSET else check_id(name, value, path_characters) for name, value in call.path.items()
    }
    call = Call(call.operation, path, *call[2:])
    if call.timeout is not None:
        check_timeout(call.timeout)
    for parameter in ("extra_query", "extra_headers", "extra_body"):
        given = getattr(call, parameter)
        if given is not None:
            _check_mapping(parameter, given)
    content, content_headers = _encoded(call, body)
    query = _query(call) if call.query or call.extra_query else ""
    if call.extra_headers:
        check_headers("extra_headers", call.extra_headers)
        more = {name.lower(): _plain(value) for name, value in call.extra_headers.items()}
        headers = {**headers, **more}
    return Request(call, routes, query, {}, _headers(headers, content, content_headers), content)


def _encoded(call: Call, body: Body) -> tuple[bytes | None, Mapping[str, str]]:
    try:
        encoded, headers = body(call)
        return Content(encoded) if isinstance(encoded, bytes) else encoded, headers
    except (TypeError, ValueError, RecursionError) as error:
        problem = _problem(error)
    # A chained error would hold the body, and the body may hold secrets.
    raise InvalidParameterError(f"an argument of {call.operation}", problem)


def _query(call: Call) -> str:
    try:
        pairs = encode.own_query(call)
        query = encode.query_string(pairs)
    except (TypeError, ValueError, RecursionError) as error:
        problem = _problem(error)
    else:
        _check_names(call, [name for name, _ in pairs])
        return query
    raise InvalidParameterError(f"an argument of {call.operation}", problem)


def _check_names(call: Call, names: list[str]) -> None:
    """Refuse a name that the gateway reads as the token's or a path parameter's: it would paste an unchecked value."""
    taken = {"api_token", *map(str.lower, call.path)}
    for name in names:
        read = _query_name(name)
        if read in taken:
            parameter = next((own for own in call.query if _query_name(own) == read), "extra_query")
            problem = "is" if parameter in call.query else f"has {name!r}, which is"
            raise InvalidParameterError(parameter, f"{problem} sent by the client itself: leave it out")


def _problem(error: Exception) -> str:
    return f"can't be sent: {one_line(str(error))}"


def _headers(own: Mapping[str, str], content: bytes | None, of_content: Mapping[str, str]) -> Mapping[str, str]:
    """All headers of a request. The caller's description of the body wins over ours."""
    sent = dict(own)
    if content is not None:
        for name, value in of_content.items():
            sent.setdefault(name, value)
    return sent


def _query_name(name: object) -> str:
    """The parameter name as the gateway's server reads it: `a[]`, `a[0]` and `[a]` are all `a`."""
    text = name if isinstance(name, str) else str(name)
    return re.split(r"[\[\]]", text.lower().lstrip("["), maxsplit=1)[0]


def check_id(name: str, value: object, more: str = "") -> str:
    """Refuse a value that is not an ID: in a path, it could reach another endpoint with the account's key.

    `more` lists further characters that the operation allows; those that end or change a path never are.
    """
    if not isinstance(value, str):
        raise InvalidParameterError(name, f"must be a string; got {type(value).__name__}")
    value = _plain(value)
    allowed = _allowed(more)
    plain = value.translate(dict.fromkeys(map(ord, allowed), "~")) if allowed else value
    if allowed and _is_dots(value, allowed):
        raise InvalidParameterError(
            name, f"must not begin like a path segment of dots, nor like an empty one; got {value[:60]!r}"
        )
    if not _ID.fullmatch(plain) or value in {".", ".."}:
        also = "".join(f", {character!r}" for character in allowed)
        raise InvalidParameterError(
            name,
            f"is not a valid ID: use 1 to 256 of A-Z, a-z, 0-9, '-', '_', '.'{also} and '~'; got {value[:60]!r}",
        )
    if value.lower() == _placeholder(name):
        raise InvalidParameterError(
            name, f"can't be {value!r}: a gateway of the old format reads that as the route itself"
        )
    return value


def _is_dots(value: str, allowed: str) -> bool:
    """True if it begins with dots and then a character not allowed in IDs, where some servers cut a segment.

    `..;a=b` is `..` for Tomcat, and `;a=b` is an empty segment. Without a dot, `@me` and `:a` are IDs.
    """
    rest = value.lstrip(".")
    return rest[:1] == ";" or (rest != value and rest != "" and rest[0] in allowed)


@lru_cache(maxsize=64)
def _allowed(more: str) -> str:
    """Keep only the characters that can't end or change a path."""
    return "".join(character for character in more if character not in _NEVER and "!" <= character <= "~")


@lru_cache(maxsize=1024)
def _placeholder(name: str) -> str:
    """The placeholder for this parameter in a path of the old format."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def check_timeout(seconds: object, name: str = "timeout") -> None:
    """Refuse a timeout or other wait that is not a number of seconds above 0, up to 1e9."""
    is_number = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
    if not is_number or not 0 < seconds <= _LONGEST:  # type: ignore[operator]
        raise InvalidParameterError(name, f"must be a number of seconds above 0 and up to 1e9; got {shown(seconds)}")


def check_headers(parameter: str, headers: Mapping[str, str]) -> None:
    """Refuse headers that would split the request, or that only the client may set."""
    _check_mapping(parameter, headers)
    for name, value in headers.items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise InvalidParameterError(parameter, f"has an invalid header name: {name!r:.60}")
        if name.lower() in _OURS:
            raise InvalidParameterError(parameter, f"must not set {name}: it is reserved")
        if not isinstance(value, str) or not _HEADER_VALUE.fullmatch(value):
            raise InvalidParameterError(parameter, f"has a value for {name} that is not printable ASCII text")


def _plain(text: str) -> str:
    """The text itself, also of a member of an enum, which `str` would show by its name."""
    return str.__str__(text)


def _check_mapping(parameter: str, given: object) -> None:
    if not isinstance(given, Mapping):
        raise InvalidParameterError(parameter, f"must be a mapping of names to values; got {type(given).__name__}")


def shown(value: object) -> str:
    """A value as shown in errors, cut short."""
    try:
        return f"{value!r:.40}"
    except (ValueError, RecursionError):  # an integer with more digits than Python writes, or a list nested too deeply
        return f"a {type(value).__name__}"
