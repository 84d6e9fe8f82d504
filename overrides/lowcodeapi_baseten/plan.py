"""A client's checked options, and everything about its calls that can be prepared in advance. No I/O."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from lowcodeapi_baseten_api import decode, new_format, old_format
from lowcodeapi_baseten_api.operations import OPERATIONS
from lowcodeapi_baseten_api.types import UNSET, Call, Operation, Route

from . import logger
from ._version import __version__
from .errors import ConfigurationError, InvalidParameterError
from .formats import MADE_UP_ID, Formats, probe_operation
from .memory import Memory
from .request import Body, Request, check_headers, check_timeout, json_body, prepare
from .structures import check_structures
from .urls import checked_base_url

UrlFormat = Literal["auto", "new", "old"]
_OWN = "lowcodeapi.com"
_DOCUMENTS = {new_format.NAME: Route("GET", "/openapi"), old_format.NAME: Route("GET", "/definition")}


class Tables(NamedTuple):
    """The parts of a generated package that a plan needs."""

    provider: str
    operations: Mapping[str, Operation]
    new: Mapping[str, Route]
    old: Mapping[str, Route]
    base_url: str
    decode: Any
    """The module that reads answers into the package's classes."""
    body: Body


BASETEN = Tables("baseten", OPERATIONS, new_format.ROUTES, old_format.ROUTES, new_format.BASE_URL, decode, json_body)


class Plan(NamedTuple):
    """Prepared once for each client, shared by all of its calls."""

    operations: Mapping[str, Operation]
    routes: Mapping[str, Mapping[str, Route]]
    origin: str
    prefix: str
    headers: Mapping[str, str]
    formats: Formats
    probe: Request | None
    documents: Request | None
    """Fetches the gateway's document of each format, to tell which it serves. None for LowCodeAPI's hosts: no
    documents."""
    url_format: UrlFormat = "auto"
    timeout: float | None = None
    max_retries: int = 2
    retry_unsafe: bool = False
    tables: Tables = BASETEN

    def prepared(self, call: Call) -> Request:
        """Check and encode the call. Raises `InvalidParameterError`."""
        routes = {name: known[call.operation] for name, known in self.routes.items() if call.operation in known}
        operation = self.operations[call.operation]
        if operation.structures:
            check_structures(call, operation.structures, self.tables.decode.__package__)
        return prepare(call, routes, self.headers, body=self.tables.body, path_characters=operation.path_characters)

    def changed(self, *, headers: Any = UNSET, **options: Any) -> Plan:
        """A copy with other options; `UNSET` ones stay. Raises `ConfigurationError`."""
        given = {name: value for name, value in options.items() if value is not UNSET}
        problem = None
        if given.get("url_format", "auto") not in ("auto", "new", "old"):
            problem = f"url_format must be 'auto', 'new' or 'old'; got {given['url_format']!r}"
        retries = given.get("max_retries", 0)
        if isinstance(retries, bool) or not isinstance(retries, int) or retries < 0:
            problem = f"max_retries must be a whole number, 0 or more; got {retries!r}"
        try:
            if given.get("timeout") is not None:
                check_timeout(given["timeout"])
            if headers:
                check_headers("headers", headers)
                given["headers"] = {**self.headers, **{name.lower(): value for name, value in headers.items()}}
        except InvalidParameterError as error:
            problem = str(error)
        if problem:
            raise ConfigurationError(problem)
        return self._replace(**given)


def plan(tables: Tables = BASETEN, /, *, base_url: str | None, remember: bool, **options: Any) -> Plan:
    """Make the plan of a new client, and open the log if the environment asks for it. Raises `ConfigurationError`."""
    logger.set_up()
    given = base_url or os.environ.get("LOWCODEAPI_BASE_URL") or tables.base_url
    origin, prefix = checked_base_url(given, tables.provider)
    headers = {"user-agent": f"lowcodeapi-baseten/{__version__}", "accept": "*/*"}
    probe = probe_operation(tables.operations, tables.new, tables.old)
    made = Plan(
        operations=tables.operations,
        routes={new_format.NAME: tables.new, old_format.NAME: tables.old},
        origin=origin,
        prefix=prefix,
        headers=headers,
        formats=Formats(origin + prefix, Memory.of_user() if remember else None),
        probe=None if probe is None else _probe(probe, tables.new[probe], headers),
        documents=None if _is_own(origin) else prepare(Call("documents"), _DOCUMENTS, headers),
        tables=tables,
    )
    return made.changed(**options)


def _probe(operation: str, route: Route, headers: Mapping[str, str]) -> Request:
    names = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
    return prepare(Call(operation, path=dict.fromkeys(names, MADE_UP_ID)), {new_format.NAME: route}, headers)


def _is_own(origin: str) -> bool:
    """True for LowCodeAPI's own hosts, whose documents are on another host."""
    host = (urlsplit(origin).hostname or "").rstrip(".")
    return host == _OWN or host.endswith(f".{_OWN}")
