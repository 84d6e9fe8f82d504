"""Compare everything that concerns all operations: servers, security schemes, the token's place, the documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..document import reading
from ..document.reading import NAMES
from ..document.shape import Json
from .finding import Change
from .prepare import Prepared, components, unused
from .sentence import MISSING, Words
from .shape import differing, same, spaced

_APART = frozenset({"openapi", "paths", "servers", "security", "components", "info"})


def gateway(old: Prepared, new: Prepared) -> Iterator[Change]:
    """Yield the changes at the top of the paired document, and documents gained or lost."""
    yield from _documents(old, new)
    before, after = old.document, new.document
    yield from _servers(before, after)
    values = before.get("security", MISSING), after.get("security", MISSING)
    if not same(*values):
        yield Change("security-requirement-changed", None, ("security",), *values)
    yield from _schemes(before, after)
    yield from _texts(before, after)
    for key, was, now in differing(before, after, _APART):
        yield Change("document-changed", None, (key,), was, now, key)


def _documents(old: Prepared, new: Prepared) -> Iterator[Change]:
    for name in NAMES:
        before, after = old.source.documents[name], new.source.documents[name]
        if (before is None) != (after is None):
            document = before if after is None else after
            words = (("document", Words(f"{name}.json")), ("count", Words(reading.count_operations(document))))
            yield Change("document-lost" if after is None else "document-gained", None, (), words=words, document=name)


def _servers(before: Json, after: Json) -> Iterator[Change]:
    old, new = before.get("servers", []), after.get("servers", [])
    for index in range(max(len(old), len(new))):
        urls = [_url(side, index) for side in (old, new)]
        if not same(*urls):
            yield Change("server-url-changed", None, ("servers", str(index), "url"), *urls)
        if index < min(len(old), len(new)):
            said = _but(old[index], "url"), _but(new[index], "url")
            if not same(*said):
                at = ("servers", str(index))
                yield Change("gateway-text-changed", None, at, said[0], said[1], field="What is said of a server")


def _url(servers: list[Any], index: int) -> Any:
    url = servers[index].get("url", MISSING) if index < len(servers) else MISSING
    # A trailing slash has no meaning: the paths begin with one.
    return url.rstrip("/") if isinstance(url, str) else url


def _schemes(before: Json, after: Json) -> Iterator[Change]:
    old_components, new_components = before.get("components", {}), after.get("components", {})
    old, new = old_components.get("securitySchemes", {}), new_components.get("securitySchemes", {})
    places = [sorted(_place(scheme) for scheme in side.values()) for side in (old, new)]
    if places[0] != places[1]:
        at = ("components", "securitySchemes")
        yield Change(
            "token-place-changed", None, at, " or ".join(places[0]) or "nothing", " or ".join(places[1]) or "nothing"
        )
    for name in sorted(old.keys() | new.keys()):
        if not same(_without_place(old.get(name)), _without_place(new.get(name))):
            place = ("components", "securitySchemes", name)
            yield Change("security-scheme-changed", None, place, old.get(name, MISSING), new.get(name, MISSING), name)
    apart = {"schemas", "responses", "securitySchemes"}
    for key, was, now in differing(old_components, new_components, apart):
        yield Change("document-changed", None, ("components", key), was, now, f"components.{key}")
    idle = unused(before), unused(after)
    # Components that either version uses are compared where they are used.
    used = {name for side, left in zip((before, after), idle, strict=True) for name in components(side).keys() - left}
    if not all(same(*(side.get(name) for side in idle)) for name in (idle[0].keys() | idle[1].keys()) - used):
        yield Change("unused-schema-changed", None, ("components", "schemas"))


def _texts(before: Json, after: Json) -> Iterator[Change]:
    sides = ({key: spaced(value) for key, value in (side.get("info") or {}).items()} for side in (before, after))
    for key, was, now in differing(*sides):
        yield Change("gateway-text-changed", None, ("info", key), was, now, f"info.{key}")


def _place(scheme: Json) -> str:
    """The place of the token in a scheme: `query parameter api_token`."""
    if scheme.get("type") == "apiKey":
        return f"{scheme.get('in')} parameter {scheme.get('name')}"
    return f"the Authorization header ({scheme.get('scheme') or scheme.get('type')})"


def _without_place(scheme: Any) -> Any:
    return _but(scheme, "in", "name") if isinstance(scheme, dict) and scheme.get("type") == "apiKey" else scheme


def _but(node: Any, *keys: str) -> Any:
    return {key: value for key, value in node.items() if key not in keys} if isinstance(node, dict) else node
