"""A call → its path, query and body."""

from __future__ import annotations

import datetime
import enum
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .types import UNSET, Call, Route, revealed

# No ID has more digits than these bits make, and Python refuses to write thousands.
_MOST_BITS = 800
_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]*")
_DEEPEST = 20  # steps to a place that an error names


def path(route: Route, call: Call) -> str:
    """The route's path with its parameters filled in, percent-encoded. What goes into the query is not filled in."""
    result = route.path
    for name, value in call.path.items():
        if name in route.query:
            continue
        # An encoded value has no braces, so it can't become a placeholder of another one.
        result = result.replace(f"{{{name}}}", _quoted(str(value)))
    return result


def digits(value: Any) -> Any:
    """An integer as its decimal digits; anything else unchanged."""
    is_integer = isinstance(value, int) and not isinstance(value, bool) and value.bit_length() < _MOST_BITS
    return format(value, "d") if is_integer else value


def query(route: Route, call: Call) -> list[tuple[str, str]]:
    """The query as pairs: path parameters sent there, the call's own, then `extra_query`.

    A list becomes a pair for each item, a mapping one for each key. None is not sent: a query has no null.
    """
    return [*path_query(route, call), *own_query(call)]


def path_query(route: Route, call: Call) -> list[tuple[str, str]]:
    """The path parameters sent in this route's query, as pairs."""
    return [(name, str(call.path[name])) for name in route.query if call.path[name] is not UNSET]


def own_query(call: Call) -> list[tuple[str, str]]:
    """The query of the call itself, which is the same for every route, as pairs."""
    pairs: list[tuple[str, str]] = []
    for given in (call.query, call.extra_query):
        if given:
            for name, value in given.items():
                pairs.extend(_pairs(name, value))
    return pairs


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if value is None or value is UNSET:
        return
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        for index, item in enumerate(value):
            yield from _pairs(f"{name}[{index}]" if isinstance(item, Mapping) else name, item)
    elif isinstance(value, bool):
        yield name, "true" if value else "false"
    elif isinstance(value, (datetime.datetime, datetime.date)):
        yield name, written(name, value)
    elif isinstance(value, enum.Enum):
        yield name, str(value.value)
    elif isinstance(value, (str, int, float)):
        yield name, str(value)
    elif isinstance(value, Mapping):
        # The gateway's notation: `created={"gte": 1}` is `created[gte]=1`.
        for key, item in value.items():
            yield from _pairs(f"{name}[{key}]", item)
    else:
        raise TypeError(f"query parameter {name}: a query can't express the type {type(value).__name__}")


def query_string(pairs: Sequence[tuple[str, str]]) -> str:
    """The query as written in a URL, without the question mark."""
    return "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in pairs])


def _quoted(text: str) -> str:
    # Most names and values are plain, and `quote` takes its time to find that out. The match is a plain `str`, whatever
    # class the text has.
    plain = _UNRESERVED.fullmatch(text)
    return plain[0] if plain else quote(text, safe="")


def body(call: Call) -> bytes | None:
    """The JSON body, or None if no field is given.

    Raises TypeError for a value that JSON can't express, ValueError for NaN, infinities, lone surrogates and a time
    without a time zone.
    """
    value = call.body
    if isinstance(value, dict):
        value = (
            {key: item for key, item in value.items() if item is not UNSET} or UNSET
            if UNSET in value.values()
            else value
        )
    if call.extra_body is not None:
        if value is UNSET:
            value = {}
        if not isinstance(value, Mapping):
            raise TypeError("extra_body needs a body that is an object")
        value = {**value, **call.extra_body}
    if value is UNSET:
        return None
    try:
        return _JSON.encode(value).encode()
    except (TypeError, ValueError) as error:
        cls = TypeError if isinstance(error, TypeError) else ValueError
        problem = f"{_place(value)}{error}"
    raise cls(problem)


def written(name: str, value: datetime.datetime | datetime.date) -> str:
    """A moment or a date in ISO 8601. Raises ValueError for a moment without a time zone: each end reads it as its own."""
    if isinstance(value, datetime.datetime) and value.utcoffset() is None:
        raise ValueError(f"{name} is a time without a time zone; give it one, such as tzinfo=datetime.UTC")
    return value.isoformat()


def _place(value: Any) -> str:
    """Where in a body the value is that can't be sent, as `input.x[0]: `; empty if it is the body itself."""
    path = ""
    for _ in range(_DEEPEST):
        step, value = next(((step, part) for step, part in _parts(value) if not _is_json(part)), ("", value))
        if not step:
            break
        path += step
    return f"{path.removeprefix('.')}: " if path else ""


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if hasattr(value, "to_dict"):
        value = value.to_dict()
    if isinstance(value, Mapping):
        yield from ((f".{name}", part) for name, part in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray, memoryview)):
        yield from ((f"[{index}]", part) for index, part in enumerate(value))


def _is_json(value: Any) -> bool:
    try:
        _JSON.encode(value).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def plain(value: Any) -> Any:
    """A value in the types of JSON: the `default` of its encoder. Raises TypeError for a type that JSON can't express."""
    if value is UNSET:
        raise TypeError("UNSET can't be sent inside a value; leave the key out")
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if (text := revealed(value)) is not value:
        return text
    if isinstance(value, (datetime.datetime, datetime.date)):
        return written("it", value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return list(value)
    raise TypeError(f"JSON can't express the type {type(value).__name__}")


_JSON = json.JSONEncoder(default=plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def either(method: str, fields: dict[str, Any], body: Any) -> Any:
    """The body of a method that takes either its fields or `body`."""
    has_fields = any(value is not UNSET for value in fields.values())
    if has_fields == (body is not UNSET):
        names = " and ".join(f"{name}=" for name in fields)
        raise TypeError(f"{method}() needs {names} or body=, and not both")
    return fields if has_fields else body


def renamed(method: str, name: str, value: Any, alias: str, other: Any) -> Any:
    """The value of an argument with two names, exactly one of which is given."""
    if (value is UNSET) == (other is UNSET):
        raise TypeError(f"{method}() needs exactly one of {name}= and {alias}=")
    return other if value is UNSET else value
