"""Every recorded exchange of the published server, replayed by a real socket: the right payload or the right error."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
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

from tests.support.drivers import DRIVERS
from tests.support.pairs import in_turn
from tests.support.wire import TOKEN, Reply, Wire

RECORDED: Mapping[str, Any] = {
    exchange["name"]: exchange
    for exchange in json.loads((Path(__file__).parent / "recorded" / "gateway-recorded.json").read_text("utf-8"))
}
SILENCE_IS_OVER_AFTER = 1.0  # a busy machine needs a while to send a request


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
    """Silence: this class of error, and the advice in its message."""

    cls: type[Exception]
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
    token: str = TOKEN
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
SILENT = Unanswered(APITimeoutError, MAY_HAVE_ACTED)
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
    "new_get": got("abc", Unanswered(APITimeoutError, "check base_url")),
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
    "bad_token": Replay("models.list", (), {}, Error(AuthenticationError, 401, TEXT_OF_401, "401"), "nope"),
    "unknown_token": Replay(
        "models.list", (), {}, Error(AuthenticationError, 401, "The api_token is invalid.", "401"), "at_unknown"
    ),
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


def recorded_reply(name: str) -> Reply | None:
    response = RECORDED[name]["response"]
    if "no_answer" in response:
        return None
    body = response["body"].encode()
    # The recording keeps text: it has the image as the server damaged it.
    assert len(body) == int(response["headers"]["content-length"])
    return Reply(response["status"], body, response["headers"]["content-type"])


def options_of(name: str, wire: Wire) -> dict[str, Any]:
    return {
        "api_token": REPLAYS[name].token,
        "base_url": wire.base_url,
        "url_format": "new" if name.startswith(("new_", "list_")) else "old",
        "timeout": SILENCE_IS_OVER_AFTER if recorded_reply(name) is None else 30,
        "max_retries": 0,
        "remember": False,
    }


def check_request(name: str, wire: Wire) -> None:
    request, sent = RECORDED[name]["request"], wire.only
    assert sent.method == request["method"]
    assert sent.target == request["path"].replace("$TOKEN", TOKEN)
    assert (json.loads(sent.body) if sent.body else None) == request["body"]


def check_outcome(name: str, call: Callable[[], Any]) -> None:
    expected = REPLAYS[name].expected
    if isinstance(expected, Payload):
        raw = call()
        assert (raw.payload, raw.request_id) == expected
        assert raw.status_code == RECORDED[name]["response"]["status"]
    elif isinstance(expected, Unconfirmed):
        raw = call()
        assert raw.unconfirmed
        assert raw.result is None
    elif isinstance(expected, Damaged):
        with pytest.raises(ResponseError, match="damaged") as damaged:
            call()
        assert (damaged.value.status_code, damaged.value.body) == (200, expected.body)
    elif isinstance(expected, Error):
        with pytest.raises(expected.cls) as caught:
            call()
        error = caught.value
        assert type(error) is expected.cls
        found = (error.status_code, error.message, error.error_code, error.retry_after)
        assert found == expected[1:]
        assert str(error).startswith(f"{REPLAYS[name].method}: {expected.status}: {expected.message}")
    else:
        with pytest.raises(expected.cls, match=expected.advice) as silent:
            call()
        assert type(silent.value) is expected.cls


@in_turn(name=[*REPLAYS], driver=[*DRIVERS])
def test_a_recorded_exchange_is_understood(name: str, driver: str) -> None:
    replay = REPLAYS[name]
    with Wire(recorded_reply(name)) as wire, DRIVERS[driver](**options_of(name, wire)) as client:
        check_outcome(name, lambda: client.raw(replay.method, *replay.arguments, **replay.options))
        if REPLAYS[name].is_exact:
            check_request(name, wire)
        assert len(wire.received) == 1


def test_every_recorded_exchange_is_replayed() -> None:
    assert list(REPLAYS) == list(RECORDED)
