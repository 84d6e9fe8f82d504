"""A call as a line to paste into a shell. The token is a shell variable, and secrets are masked."""

from __future__ import annotations

import datetime
import enum
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from lowcodeapi_baseten_api.client import RawClient
from lowcodeapi_baseten_api.operations import OPERATIONS
from lowcodeapi_baseten_api.types import UNSET, Call

from .errors import ConfigurationError, InvalidParameterError
from .memory import NEW, OLD
from .plan import Plan, plan
from .request import Request, shown
from .secrets import VARIABLE

MASK = "***"
BODY = {"json": "@body.json", "form": "@body.txt"}
"""Placeholders for a hidden body: curl reads it from this file. (The parts of an upload are named one by one.)"""

# Characters without a meaning for a shell between double quotes.
_PLAIN = re.compile(r"[A-Za-z0-9:/?&=._~%,;@+\[\]-]*", re.ASCII)
_SHOWN = frozenset({"accept", "content-type"})
_TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}
# Sent as text in a part; everything else is a file, or becomes one.
_TEXTS = (str, int, float, Mapping, enum.Enum, datetime.date)


def call_of(operation: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Call:
    """Return the call that the method would make. Raises `InvalidParameterError`, or TypeError as the method would."""
    if not isinstance(operation, str):
        raise InvalidParameterError("operation", f"must be text such as 'models.list'; got {shown(operation)}")
    if operation not in OPERATIONS:
        near = ", ".join(name for name in OPERATIONS if name.partition(".")[0] == operation.partition(".")[0])
        raise InvalidParameterError("operation", f"must be one such as {near or 'models.list'}; got {operation[:60]!r}")
    group, _, method = operation.partition(".")
    made: Call = getattr(getattr(RawClient(lambda call: call), group), method)(*args, **kwargs)
    return made


def line(plan: Plan, call: Call, url_format: str | None = None, *, shows_body: bool = True) -> str:
    """The call as one line in this format; by default in the format that the client would try first."""
    is_encoded = shows_body and call.media != "multipart"
    # Don't encode a hidden body again: its file may be closed by now, and no file is read for a line.
    request = _masked(plan, call) if is_encoded else plan.prepared(call._replace(body=UNSET, extra_body=None))
    name = url_format or (plan.formats.first(call.operation) if plan.url_format == "auto" else plan.url_format)
    if url_format not in {None, NEW, OLD}:
        raise ConfigurationError(f"url_format must be 'new' or 'old'; got {url_format!r}")
    if name not in request.routes:
        if url_format is not None or plan.url_format != "auto":
            raise ConfigurationError(f"{call.operation} has no route in the {name} URL format")
        name = next(iter(request.routes))
    words = ["curl", "-sS"]
    method = request.routes[name].method
    if method != "GET":
        words += ["-X", method]
    url = plan.origin + request.target(name, plan.prefix)
    if "[" in url:
        words.append("--globoff")
    url += f"{'&' if '?' in url else '?'}api_token="
    # The shell inserts the token from its environment.
    words.append(f'"{url}${VARIABLE}"' if _PLAIN.fullmatch(url) else f'{shlex.quote(url)}"${VARIABLE}"')
    for header, value in request.headers.items():
        # Any header may hold credentials.
        if header != "user-agent":
            words += ["-H", shlex.quote(f"{header}: {value if header in _SHOWN else MASK}")]
    if not is_encoded:
        words += _unshown(call, request.headers)
    elif request.content is not None:
        words += ["--data-binary", shlex.quote(request.content.decode())]
    return " ".join(words)


def curl_line(call: Call, *, base_url: str | None = None, url_format: str | None = None) -> str:
    """The line for a call, without a client and so without a token."""
    options: dict[str, Any] = {"headers": UNSET, "url_format": UNSET, "timeout": UNSET, "max_retries": UNSET}
    made = plan(base_url=base_url, remember=False, **options, retry_unsafe=UNSET)
    return line(made, call, url_format)


def _unshown(call: Call, headers: Mapping[str, str]) -> list[str]:
    """Arguments for a hidden body. Of an upload each part: a file by the name of its field, a text masked."""
    fields = _fields(call)
    if call.media == "multipart":
        parts = [f"{name}={MASK if isinstance(value, _TEXTS) else f'@{name}'}" for name, value in fields]
        return [word for part in parts for word in ("-F", shlex.quote(part))]
    # JSON may also be an empty object, or missing.
    is_bare = call.media == "json" and call.body is not UNSET and not (isinstance(call.body, Mapping) and call.body)
    if not fields and not is_bare:
        return []
    type_ = [] if "content-type" in headers else ["-H", shlex.quote(f"content-type: {_TYPES[call.media]}")]
    return [*type_, "--data-binary", BODY[call.media]]


def _fields(call: Call) -> list[tuple[str, Any]]:
    """The fields of the body that are sent. A form has no null."""
    body = call.body.to_dict() if hasattr(call.body, "to_dict") else call.body
    given = {**(body if isinstance(body, Mapping) else {}), **(call.extra_body or {})}
    fields: list[tuple[str, Any]] = []
    for name, value in given.items():
        if value is UNSET or (value is None and call.media != "json"):
            continue
        several = value if call.media == "multipart" and isinstance(value, (list, tuple)) else [value]
        fields += [(name, each) for each in several]
    return fields


def _masked(plan: Plan, call: Call) -> Request:
    for part in ("body", "extra_body"):
        given = getattr(call, part)
        if isinstance(given, Mapping):
            secrets = [name for name in plan.operations[call.operation].secrets if given.get(name, UNSET) is not UNSET]
            masked: Any = {part: {**given, **dict.fromkeys(secrets, MASK)}}
            call = call._replace(**masked)
    return plan.prepared(call)


def keep(error: Exception, plan: Plan, call: Call) -> None:
    """Attach the line of the call to an error, for its `curl`."""
    tried = [attempt.format for attempt in getattr(error, "attempts", ()) if attempt.purpose == "call"]
    vars(error)["_curl"] = line(plan, call, tried[-1] if tried else None, shows_body=False)
