"""A request path → the operation, and the URL that the gateway makes of it for Baseten. Pure.

The published server decodes a path parameter and pastes it into the upstream URL unencoded: the model id
`a/../../secrets` asks for the account's secrets. So Baseten's own routes match the resulting URL again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote

import attrs
from lowcodeapi_baseten_api.types import Route

Query = list[tuple[str, str]]
NewFormat = Literal["served", "missing", "silent", "fatal"]
OldFormat = Literal["served", "missing"]

# encodeURIComponent and Node's querystring leave these alone
_JS_UNRESERVED = "-_.!~*'()"
# WHATWG URL: characters that a path keeps; everything else is percent-encoded
_PATH_SAFE = "/!$%&'()*+,-.:;=@[\\]^_|~"


@attrs.frozen
class Target:
    """The target of a request: the operation, the upstream path template, and the values to paste into it."""

    operation: str
    template: str
    values: Mapping[str, str]
    takes_values_from_path: bool
    """True if the route has path parameters in its path: the handler that fails on the published server."""


class Routes:
    """Path templates of one table. A literal segment matches before a placeholder."""

    def __init__(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """``rows``: (operation, method, template)."""
        self._literal: dict[tuple[str, str], Target] = {}
        self._templates: dict[tuple[str, int], list[tuple[list[str], str, str]]] = {}
        for operation, method, template in rows:
            if "{" not in template:
                self._literal[method, template] = Target(operation, template, {}, False)
                continue
            segments = template.split("/")
            self._templates.setdefault((method, len(segments)), []).append((segments, operation, template))
        for candidates in self._templates.values():
            candidates.sort(key=lambda candidate: [segment.startswith("{") for segment in candidate[0]])

    def find(self, method: str, path: str) -> Target | None:
        """The target of a path, with its decoded parameters; ``None`` for a route miss."""
        if (method, path) in self._literal:
            return self._literal[method, path]
        segments = path.split("/")
        for template_segments, operation, template in self._templates.get((method, len(segments)), ()):
            values: dict[str, str] = {}
            for expected, got in zip(template_segments, segments, strict=True):
                if expected.startswith("{"):
                    if not got:
                        break
                    values[expected[1:-1]] = unquote(got)
                elif expected != got:
                    break
            else:
                return Target(operation, template, values, True)
        return None


class GatewayRoutes:
    """The gateway's routes in the two formats."""

    def __init__(self, new: Mapping[str, Route], old: Mapping[str, Route]) -> None:
        self._new = Routes((operation, row.method, row.path) for operation, row in new.items())
        self._old: dict[tuple[str, str], tuple[str, str, tuple[str, ...]]] = {
            (row.method, row.path): (operation, template_of(row), row.query) for operation, row in old.items()
        }

    def find(
        self, method: str, path: str, query: Query, *, new_format: NewFormat, old_format: OldFormat
    ) -> Target | None:
        """The request's target, or ``None`` for a route miss. ``query`` is without ``api_token``."""
        if old_format == "served":
            old = self._old.get((method, path))
            if old is not None:
                operation, template, names = old
                return Target(operation, template, {name: _from_query(query, name) for name in names}, False)
        return None if new_format == "missing" else self._new.find(method, path)


def baseten_routes(new: Mapping[str, Route], old: Mapping[str, Route]) -> Routes:
    """Baseten's own routes: the templates of every operation of the two tables, and the documented key deletion."""
    rows = {operation: (row.method, template_of(row)) for operation, row in old.items()}
    rows.update({operation: (row.method, row.path) for operation, row in new.items()})
    # The guide deletes a key with ?prefix=; Baseten itself has the prefix in the path.
    return Routes(
        [(operation, *row) for operation, row in rows.items()]
        + [("api_keys.delete", "DELETE", "/v1/api_keys/{prefix}")]
    )


def template_of(row: Route) -> str:
    """The path with its placeholders, for a route of either format: ``modelid`` → ``{model_id}``."""
    placeholders = {name.replace("_", ""): f"{{{name}}}" for name in row.query}
    return "/".join(placeholders.get(segment, segment) for segment in row.path.split("/"))


def upstream_url(target: Target, query: Query) -> tuple[str, str]:
    """The path and the query that Baseten receives, after pasting and the usual clean-up of a URL."""
    path = target.template
    for name, value in target.values.items():
        path = paste(path, name, value)
    passed_on = "&".join(f"{_js_quote(name)}={_js_quote(value)}" for name, value in query)
    return clean(f"{path}?{passed_on}" if passed_on else path)


def paste(template: str, name: str, value: str) -> str:
    """``template.replace("{name}", value)`` as in JavaScript, with its replacement patterns ``$& $$ $` $'``."""
    placeholder = f"{{{name}}}"
    before, found, after = template.partition(placeholder)
    if not found:
        return template
    if "$" in value:
        patterns = {"$$": "$", "$&": placeholder, "$`": before, "$'": after}
        value = re.sub(r"\$[$&`']", lambda match: patterns[match[0]], value)
    return before + value + after


def clean(url: str) -> tuple[str, str]:
    """Path and query of a pasted URL as a WHATWG parser reads it: no fragment, dot segments resolved, encoded."""
    url = re.sub(r"[\t\n\r]", "", url) if any(character in url for character in "\t\n\r") else url
    path, _, query = url.partition("#")[0].partition("?")
    if "." in path or "%" in path or "\\" in path:
        path = _without_dot_segments(path.replace("\\", "/"))
    return quote(path, safe=_PATH_SAFE), query


def pairs(query: str) -> Query:
    """The decoded pairs of a query string, in order."""
    return parse_qsl(query, keep_blank_values=True) if query else []


def _without_dot_segments(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:]
    for position, segment in enumerate(segments):
        dots = segment.lower().replace("%2e", ".")
        if dots == "..":
            del kept[-1:]
        elif dots != ".":
            kept.append(segment)
        if dots in ("..", ".") and position == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def _from_query(query: Query, name: str) -> str:
    values = [value for key, value in query if key == name]
    # JavaScript writes a missing value as null, and several as one list
    return ",".join(values) if values else "null"


def _js_quote(text: str) -> str:
    return text if text.isalnum() and text.isascii() else quote(text, safe=_JS_UNRESERVED)
