"""Every recorded exchange of the published server, replayed: the right request, and the right payload or error."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lowcodeapi_baseten import (
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    EndpointUnavailableError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ResponseError,
    ServerError,
    UnprocessableEntityError,
)
from lowcodeapi_baseten.curl import call_of
from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.steps import Failure, Send

from tests.client.stage import TIMEOUT, Stage
from tests.support.tables import one_test

RECORDED: Mapping[str, Any] = {
    exchange["name"]: exchange
    for exchange in json.loads((Path(__file__).parent / "recorded" / "gateway-recorded.json").read_text("utf-8"))
}


class Payload(NamedTuple):
    """A success: this payload, with this request ID."""

    value: Any
    request_id: str | None = "req_789"


class Error(NamedTuple):
    """A failure, as an exception of exactly this class."""

    cls: type[APIStatusError]
    status: int
    message: str
    code: str | None = None
    retry_after: float | None = None


class Unanswered(NamedTuple):
    """Silence: a timeout with this advice."""

    advice: str


class Damaged(NamedTuple):
    """A binary answer that the server has decoded as text: reported, with the received body."""

    body: bytes


class Unconfirmed(NamedTuple):
    """Silence after a request whose answers have no body: a result, marked as unconfirmed."""


Expected = Payload | Error | Unanswered | Damaged | Unconfirmed


class Replay(NamedTuple):
    """The call whose exchange was recorded, or another that can get the same answer if no call sends such a request."""

    method: str
    arguments: tuple[str, ...]
    options: Mapping[str, Any]
    expected: Expected
    is_exact: bool = True


def predicted(case: str, expected: Expected) -> Replay:
    return Replay("inference.predict_deployment", (f"case_{case}",), {"input": {"a": 1}}, expected)


def got(id_: str, expected: Expected, **options: Any) -> Replay:
    return Replay("models.get", (id_,), options, expected)


def like(replay: Replay) -> Replay:
    """Mark that no call sends this very request."""
    return replay._replace(is_exact=False)


def echo(url: str, method: str = "GET", body: Any = None) -> Payload:
    return Payload({"echo": {"method": method, "url": url, "body": body}})


MAY_HAVE_ACTED = "may have been carried out"
TEXT_OF_401 = "A valid API token is required to access this API."
UNKNOWN_ROUTE = Error(EndpointUnavailableError, 404, "the gateway does not know the route")
PNG = RECORDED["old_post_png"]["response"]["body"].encode()
EMBEDDING = {"object": "list", "data": [{"index": 0, "embedding": [0.1]}], "model": "m"}
PREDICTED = echo("/deployment/case_abc/predict?deployment_id=case_abc", "POST", {"input": {"a": 1}})
SILENT = Unanswered(MAY_HAVE_ACTED)
LISTED = {
    "id": "abc123",
    "created_at": "2025-01-01T00:00:00Z",
    "name": "my-model",
    "deployments_count": 2,
    "production_deployment_id": "dep1",
    "development_deployment_id": None,
    "instance_type_name": "1x4",
    "team_name": "t",
}

REPLAYS: Mapping[str, Replay] = {
    "list_ok": Replay("models.list", (), {}, Payload({"models": [LISTED]}, request_id=None)),
    "old_get_ok": got("abc", echo("/v1/models/abc?model_id=abc")),
    "new_get": got("abc", Unanswered("check base_url")),
    "new_post_predict": Replay("inference.predict_environment", ("production",), {"input": {"a": 1}}, SILENT),
    "old_post_notfound": predicted("notfound", Error(NotFoundError, 404, "Model not found", "NOT_FOUND")),
    "old_post_bad": predicted("bad", Error(BadRequestError, 400, "bad input", "client_error")),
    "old_post_unprocessable": predicted(
        "unprocessable", Error(UnprocessableEntityError, 422, "min_replica must be >= 0", "VALIDATION_ERROR")
    ),
    "old_post_rate": predicted("rate", Error(RateLimitError, 429, "slow down", "rate_limited", retry_after=3.0)),
    "old_post_unauth": predicted("unauth", Error(AuthenticationError, 401, "Invalid API key")),
    "old_post_forbidden": predicted("forbidden", Error(PermissionDeniedError, 403, "no access")),
    "old_post_html500": predicted("html500", Error(ServerError, 500, "502 Bad Gateway")),
    "old_post_e503": predicted("e503", Error(ServerError, 503, "model not ready", "model_not_ready", retry_after=1.0)),
    "old_post_png": predicted("png", Damaged(PNG)),
    "old_post_text": predicted("text", Payload("hello", request_id=None)),
    "old_post_sse": predicted(
        "sse", Payload('data: {"t":"a"}\n\ndata: {"t":"b"}\n\ndata: [DONE]\n\n', request_id=None)
    ),
    "old_post_list": predicted("list", Payload([0.1, 0.2, 0.3], request_id=None)),
    "old_post_null": predicted("null", SILENT),
    "old_post_string": predicted("string", Payload("plain", request_id=None)),
    "old_post_number": predicted("number", Payload(42, request_id=None)),
    "old_post_empty202": predicted("empty202", SILENT),
    "old_post_nodata": predicted("nodata", SILENT),
    "old_post_embed": predicted("embed", Payload(EMBEDDING, request_id=None)),
    "old_post_badjson": predicted("badjson", Payload('{"a": ', request_id=None)),
    "old_post_reset": predicted("reset", Error(ServerError, 500, "socket hang up")),
    "old_post_ok": predicted("abc", PREDICTED),
    "old_get_notfound": got("case_notfound", Error(NotFoundError, 404, "Model not found", "NOT_FOUND")),
    "old_delete_ok": Replay("models.delete", ("abc",), {}, echo("/v1/models/abc?model_id=abc", "DELETE", {})),
    "old_wake": Replay("inference.wake_deployment", ("case_empty202",), {}, Unconfirmed()),
    # A client always has a token; the server answered the same to a wrong one as to none.
    "no_token": like(Replay("models.list", (), {}, Error(AuthenticationError, 401, TEXT_OF_401, "401"))),
    "bad_token": Replay("models.list", (), {}, Error(AuthenticationError, 401, TEXT_OF_401, "401")),
    "unknown_token": Replay("models.list", (), {}, Error(AuthenticationError, 401, "The api_token is invalid.", "401")),
    "route_miss_get": like(got("abc", UNKNOWN_ROUTE)),
    "route_miss_post": like(predicted("abc", UNKNOWN_ROUTE)),
    "method_miss": like(Replay("models.delete", ("abc",), {}, UNKNOWN_ROUTE)),
    # Sent to probe the server: a client refuses to send these (below), but may read the answers.
    "old_param_missing": like(got("abc", echo("/v1/models/null"))),
    "old_param_traversal": like(got("abc", echo("/v1/secrets?model_id=a%2F..%2F..%2Fsecrets"))),
    "old_param_dollar": like(got("abc", echo("/v1/models/a%7Bmodel_id%7Db?model_id=a%24%26b"))),
    "old_param_question": like(got("abc", echo("/v1/models/a?x=1"))),
    "old_extra_query": got("abc", echo("/v1/models/abc?model_id=abc&extra=1"), extra_query={"extra": 1}),
    "api_key_delete": Replay("api_keys.delete", (), {"prefix": "ab"}, echo("/v1/api_keys?prefix=ab", "DELETE", {})),
}


def recorded(name: str) -> Answer | Failure:
    response = RECORDED[name]["response"]
    if "no_answer" in response:
        return TIMEOUT
    # The recording keeps text: it has the image as the server damaged it.
    return Answer(response["status"], response["headers"], response["body"].encode())


def check_request(name: str, sent: Send) -> None:
    request = RECORDED[name]["request"]
    assert sent.method == request["method"]
    assert re.sub(r"[?&]api_token=[^&]*$", "", request["path"]) == sent.target
    assert (json.loads(sent.content) if sent.content else None) == request["body"]


@one_test
@pytest.mark.parametrize("name", REPLAYS)
def test_a_recorded_exchange_is_understood(name: str) -> None:
    replay = REPLAYS[name]
    stage = Stage(url_format="new" if name.startswith(("new_", "list_")) else "old", max_retries=0)
    raw = stage.script(call_of(replay.method, replay.arguments, replay.options), recorded(name))
    expected, error = replay.expected, stage.error
    if isinstance(expected, Payload):
        assert raw is not None and (raw.payload, raw.request_id) == expected
        assert raw.status_code == RECORDED[name]["response"]["status"]
    elif isinstance(expected, Unconfirmed):
        assert raw is not None and raw.unconfirmed and raw.result is None
    elif isinstance(expected, Damaged):
        assert isinstance(error, ResponseError) and "damaged" in str(error)
        assert (error.status_code, error.body) == (200, expected.body)
    elif isinstance(expected, Error):
        assert isinstance(error, APIStatusError) and type(error) is expected.cls
        assert (error.status_code, error.message, error.error_code, error.retry_after) == expected[1:]
        assert str(error).startswith(f"{replay.method}: {expected.status}: {expected.message}")
    else:
        assert type(error) is APITimeoutError and expected.advice in str(error)
    if replay.is_exact:
        check_request(name, stage.sent[0][1])


def test_every_recorded_exchange_is_replayed() -> None:
    assert list(REPLAYS) == list(RECORDED)
