"""A call as a line that can be pasted into a shell. The token is a variable in it, and secrets are masked."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from lowcodeapi_baseten_api.client import RawClient
from lowcodeapi_baseten_api.operations import OPERATIONS
from lowcodeapi_baseten_api.types import UNSET, Call

from ..auth import VARIABLE
from ..errors import ConfigurationError, InvalidParameterError
from ..memory import NEW, OLD
from ..plan import Plan, plan
from ..request import Request

MASK = "***"
BODY = "@body.json"
"""What stands for a body that is not shown: curl reads it from this file."""

# Characters that mean nothing to a shell between double quotes.
_PLAIN = re.compile(r"[A-Za-z0-9:/?&=._~%,;@+\[\]-]*", re.ASCII)
_SHOWN = frozenset({"accept", "content-type"})


def call_of(operation: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Call:
    """The call that a method makes of these arguments. Raises `InvalidParameterError`, or TypeError as the method."""
    if operation not in OPERATIONS:
        near = ", ".join(name for name in OPERATIONS if name.partition(".")[0] == operation.partition(".")[0])
        raise InvalidParameterError("operation", f"is one such as {near or 'models.list'}; got {operation[:60]!r}")
    group, _, method = operation.partition(".")
    made: Call = getattr(getattr(RawClient(lambda call: call), group), method)(*args, **kwargs)
    return made


def line(plan: Plan, call: Call, url_format: str | None = None, *, shows_body: bool = True) -> str:
    """The call as one line, in this format; by default in the one that the client would try first."""
    request = _masked(plan, call)
    name = url_format or (plan.formats.first(call.operation) if plan.url_format == "auto" else plan.url_format)
    if url_format not in {None, NEW, OLD}:
        raise ConfigurationError(f"url_format is 'new' or 'old'; got {url_format!r}")
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
    words.append(_with_token(f"{url}{'&' if '?' in url else '?'}api_token="))
    for header, value in request.headers.items():
        if header == "user-agent":
            continue
        # A header may hold somebody's credentials, wherever it came from.
        words += ["-H", shlex.quote(f"{header}: {value if header in _SHOWN else MASK}")]
    if request.content is not None:
        words += ["--data-binary", shlex.quote(request.content.decode()) if shows_body else BODY]
    return " ".join(words)


def curl_line(
    operation: str,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    *,
    base_url: str | None = None,
    url_format: str | None = None,
) -> str:
    """The line for a call, without a client and so without a token."""
    options: dict[str, Any] = {"headers": UNSET, "url_format": UNSET, "timeout": UNSET, "max_retries": UNSET}
    made = plan(base_url=base_url, remember=False, **options, retry_unsafe=UNSET)
    return line(made, call_of(operation, args, kwargs or {}), url_format)


def _masked(plan: Plan, call: Call) -> Request:
    secrets = plan.operations[call.operation].secrets
    if isinstance(call.body, Mapping):
        hidden = {name: MASK for name in secrets if call.body.get(name, UNSET) is not UNSET}
        call = call._replace(body={**call.body, **hidden})
    if call.extra_body:
        hidden = {name: MASK for name in secrets if name in call.extra_body}
        call = call._replace(extra_body={**call.extra_body, **hidden})
    return plan.prepared(call)


def _with_token(url: str) -> str:
    """The URL as a word for the shell, in which the shell puts the token from its environment."""
    if _PLAIN.fullmatch(url):
        return f'"{url}${VARIABLE}"'
    return f'{shlex.quote(url)}"${VARIABLE}"'


def of_error(error: Exception) -> str:
    """The line of the call that an error ended; its body is in none."""
    text = vars(error).get(_KEPT)
    if text is None:
        raise ValueError("this error belongs to no call")
    return str(text)


def keep(error: Exception, plan: Plan, call: Call) -> None:
    """Let an error know the line of its call."""
    tried = [attempt.format for attempt in getattr(error, "attempts", ()) if attempt.purpose == "call"]
    vars(error)[_KEPT] = line(plan, call, tried[-1] if tried else None, shows_body=False)


_KEPT = "_curl"
