"""The gateway's own words: Baseten's answer in each envelope, its errors, its two documents. Pure.

The shapes are the guide's, with `data`, and the published server's, with `result` and the upstream headers in the body.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from lowcodeapi_baseten_api.types import Route

from .routing import NewFormat, Query
from .upstream import NO_HEADERS, Answer, Reply

PROVIDER = "baseten"
Envelope = Literal["result", "data"]
Documents = Literal["both", "definition", "none"]
DOCUMENTS = ("openapi", "definition")

_JSON = "application/json; charset=utf-8"
_TOKEN_REQUIRED = "A valid API token is required to access this API."
_PAGE = b"<!DOCTYPE html><html><head><title>LowCodeAPI</title></head><body><h1>LowCodeAPI</h1></body></html>"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


NOT_FOUND = Reply(404, b'{"message":"Not Found"}', _JSON)
MALFORMED = Reply(200, b'{"message":"Request completed","result":{"unfinished', _JSON)
PAGE = Reply(200, _PAGE, "text/html; charset=utf-8")


def wrap(answer: Answer, envelope: Envelope, *, date: str, empty_is_silent: bool) -> Reply | None:
    """The gateway's answer for one of Baseten's; ``None`` if the gateway never answers.

    ``date`` is the value of Baseten's ``date`` header.
    """
    is_empty = answer.raw == b""
    is_null = answer.raw is None and answer.value is None
    if answer.status < 400:
        if is_empty or is_null:
            if empty_is_silent:
                return None
            if is_empty:
                return Reply(answer.status, b"", None)
        if answer.raw is not None and not _is_structured(answer.content_type):
            return _bare(answer)
    content = answer.value if answer.raw is None else _read(answer)
    if envelope == "data":
        return _guide_form(answer, content)
    headers = _header_object(answer, date)
    if answer.status < 400:
        return _json(
            answer.status,
            {"message": "Request completed", "provider": PROVIDER, "result": content, "response_headers": headers},
        )
    return _json(
        answer.status,
        {"message": _message(content), "provider": PROVIDER, "error": content, "headers": headers},
    )


def connection_lost(envelope: Envelope) -> Reply:
    """Baseten closed the connection before it answered; it may have acted."""
    return own_error(500, "socket hang up", envelope, {"message": "socket hang up"})


def own_error(status: int, message: str, envelope: Envelope, detail: Mapping[str, Any] | None = None) -> Reply:
    """An error of the gateway itself: no upstream headers, no data. The published server adds a detail."""
    if envelope == "data":
        return _json(status, {"error": message})
    return _json(status, {"message": message, "provider": PROVIDER, "error": detail or {"code": status}})


def token_refused(method: str, path: str, headers: Mapping[str, str], query: Query, envelope: Envelope) -> Reply:
    """No token, or one in the wrong form. The published server echoes the query: **the token too**."""
    logging = {
        "method": method,
        "status_code": 401,
        "message": _TOKEN_REQUIRED,
        "path": path,
        "headers": dict(headers),
        "query": _query_object(query),
    }
    return own_error(401, _TOKEN_REQUIRED, envelope, {"code": 401, "logging": logging})


def serves(name: str, documents: Documents | None, new_format: NewFormat) -> bool:
    """True if this document is served. By default ``/openapi`` is only there with the new format."""
    documents = documents or ("both" if new_format == "served" else "definition")
    return documents == "both" or documents == name


def document(title: str, url: str, table: Mapping[str, Route]) -> Reply:
    """The routes of a table as an OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation, row in table.items():
        in_path = [part[1:-1] for part in row.path.split("/") if part.startswith("{")]
        places = [*((name, "path") for name in in_path), *((name, "query") for name in row.query)]
        parameters = [
            {"name": name, "in": place, "required": True, "schema": {"type": "string"}} for name, place in places
        ]
        described = {"operationId": operation, "parameters": parameters, "responses": {"200": {"description": "OK"}}}
        paths.setdefault(row.path, {})[row.method.lower()] = described
    info = {"title": title, "version": "1.0.0"}
    described = {"openapi": "3.0.0", "info": info, "servers": [{"url": url}], "paths": paths}
    return Reply(200, json.dumps(described).encode(), _JSON)


def _guide_form(answer: Answer, content: Any) -> Reply:
    if answer.status < 400:
        return _json(answer.status, {"data": content})
    # The guide has no place for upstream headers; the client also reads these two from real headers.
    passed_on = {
        name: answer.headers[name] for name in ("retry-after", "x-baseten-request-id") if name in answer.headers
    }
    if isinstance(content, str):  # `data` may be missing: there is no object to show
        return _json(answer.status, {"error": content}, passed_on)
    return _json(answer.status, {"data": content, "error": _message(content)}, passed_on)


def _message(content: Any) -> str:
    # Recorded: the upstream's `message` is taken over; an `error` text is not.
    if isinstance(content, dict) and isinstance(content.get("message"), str):
        return str(content["message"])
    return f"Error received from the {PROVIDER} API"


def _read(answer: Answer) -> Any:
    text = (answer.raw or b"").decode("utf-8", "replace")
    if "json" in answer.content_type:
        try:
            return json.loads(text)
        except ValueError:
            return text  # broken upstream JSON arrives as a string, status unchanged
    return text


def _bare(answer: Answer) -> Reply:
    text = (answer.raw or b"").decode("utf-8", "replace")  # damages every image, as the server does
    media_type = answer.content_type.partition(";")[0].strip()
    return Reply(answer.status, text.encode(), f"{media_type}; charset=utf-8")


def _is_structured(content_type: str) -> bool:
    return "json" in content_type or "xml" in content_type


def _header_object(answer: Answer, date: str) -> dict[str, str]:
    return {
        "content-type": answer.content_type,
        **answer.headers,
        "date": date,
        "connection": "keep-alive",
        "keep-alive": "timeout=5",
        "transfer-encoding": "chunked",
    }


def _query_object(query: Query) -> dict[str, Any]:
    """The query as Express parses it: a repeated name has a list."""
    found: dict[str, list[str]] = {}
    for name, value in query:
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _json(status: int, body: Any, headers: Mapping[str, str] = NO_HEADERS) -> Reply:
    return Reply(status, _encode(body).encode("utf-8", "surrogatepass"), _JSON, headers)
