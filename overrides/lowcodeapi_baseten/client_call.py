"""A call as a client makes it: with a size limit, hooks, a check of the answer, and the line of curl on its errors."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from lowcodeapi_baseten_api.types import Call, RawResponse

from . import call as plain
from . import curl
from .errors import APIConnectionError, APIStatusError, InvalidParameterError, ResponseError
from .hooks import Hooks, observed
from .plan import Plan
from .request import Request
from .steps import Steps

MAX_ASYNC_BYTES = 256 * 1024
_REPLACED = b"\xef\xbf\xbd"  # written by decoders in the place of bytes that are not UTF-8
_TEXT = re.compile(r"text/|application/(json|xml|javascript|x-ndjson|[\w.+-]+\+(json|xml))\b")


def run(plan: Plan, call: Call, now: Callable[[], float], hooks: Hooks) -> Steps[RawResponse[Any]]:
    """`call.run`, with these additions. Raises `InvalidParameterError` at once."""
    return sent(plan, plan.prepared(call), now, hooks)


def sent(
    plan: Plan, request: Request, now: Callable[[], float], hooks: Hooks, begun: plain.Begun | None = None
) -> Steps[RawResponse[Any]]:
    """`run`, for a prepared or begun call."""
    if plan.operations[request.call.operation].is_asynchronous:
        check_size(request)
    steps = plain.run(plan, request, now, begun)
    if hooks.is_watched(logging.INFO):
        steps = observed(steps, plan, request, hooks, now, begun)
    try:
        raw = yield from steps
        check_bytes(request.call, raw)
    except (APIConnectionError, APIStatusError, ResponseError) as error:
        curl.keep(error, plan, request.call)
        raise
    return raw


def check_size(request: Request) -> None:
    """Refuse an asynchronous prediction that is too large for Baseten."""
    size = len(request.content or b"")
    if size > MAX_ASYNC_BYTES:
        raise InvalidParameterError(
            "model_input",
            f"makes a request of {size:,} bytes; an asynchronous one may have {MAX_ASYNC_BYTES:,} at most: "
            "send a link to the data, or use predict",
        )


def check_bytes(call: Call, raw: RawResponse[Any]) -> None:
    """Raise an error if the gateway damaged a binary answer: it decodes bytes as UTF-8, and names a charset."""
    if not isinstance(raw.payload, bytes):
        return
    content_type = raw.headers.get("content-type", "").lower()
    if "charset" in content_type and not _TEXT.match(content_type) and _REPLACED in raw.payload:
        raise ResponseError(
            f"{call.operation}: the gateway damaged a binary answer ({content_type[:60]}) by decoding it as UTF-8; "
            "make the model answer base64 in JSON; the error has the damaged `body`",
            status_code=raw.status_code,
            body=raw.payload,
            operation=call.operation,
            attempts=raw.attempts,
            request_id=raw.request_id,
        )
