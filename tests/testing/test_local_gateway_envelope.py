"""The local gateway's envelopes: recorded exchanges of the published server, replayed, and those of the guide."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.tables import one_test
from tests.testing.caller import Caller, answers, raises

PREDICT = "/development/predict"
GENERIC = "Error received from the baseten API"
UPSTREAM_HEADERS = {"content-type", "x-baseten-request-id", "date", "connection", "keep-alive", "transfer-encoding"}
# The model's answer (status, body and headers), and the gateway's message for it.
RECORDED_ERRORS: list[tuple[int, Any, dict[str, str], str]] = [
    (404, {"code": "NOT_FOUND", "message": "Model not found"}, {}, "Model not found"),
    (400, {"error": "bad input", "error_code": "client_error"}, {}, GENERIC),
    (429, {"error": "slow down", "error_code": "rate_limited"}, {"Retry-After": "3"}, GENERIC),
    (500, "<html><h1>502 Bad Gateway</h1></html>", {"content-type": "text/html"}, GENERIC),
    (503, {"error": "model not ready", "error_code": "model_not_ready"}, {"retry-after": "1"}, GENERIC),
]


@one_test
@pytest.mark.parametrize(("status", "error", "headers", "message"), RECORDED_ERRORS)
def test_an_upstream_error_has_the_recorded_shape(
    status: int, error: Any, headers: dict[str, str], message: str, call: Caller
) -> None:
    call.gateway.predict = raises(status, error, headers)
    response = call("POST", PREDICT, {})
    body = response.json()
    assert response.status_code == status
    assert list(body) == ["message", "provider", "error", "headers"]
    upstream = body.pop("headers")
    assert body == {"message": message, "provider": "baseten", "error": error}
    assert set(upstream) - {"retry-after"} == UPSTREAM_HEADERS
    assert upstream.get("retry-after") == {k.lower(): v for k, v in headers.items()}.get("retry-after")
    assert upstream["content-type"] == headers.get("content-type", "application/json")
    assert set(response.headers) == {"content-type", "content-length"}, "upstream headers are in the body alone"


VALUES: list[Any] = [
    {"object": "list", "data": [{"embedding": [0.1]}], "model": "m"},
    [0.1],
    42,
    False,
    "é\u2028\ud800",
]


@one_test
@pytest.mark.parametrize("value", VALUES)
def test_any_json_value_arrives_in_result(value: Any, call: Caller) -> None:
    call.gateway.predict = answers((json.dumps(value), "application/json"))
    response = call("POST", PREDICT, {"input": {"a": 1}})
    body = json.loads(response.content.decode("utf-8", "surrogatepass"))
    assert list(body) == ["message", "provider", "result", "response_headers"]
    assert (body["message"], body["provider"], body["result"]) == ("Request completed", "baseten", value)
    assert set(body["response_headers"]) == UPSTREAM_HEADERS
    assert response.headers["content-type"] == "application/json; charset=utf-8"


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
EVENTS = 'data: {"t":"a"}\n\ndata: [DONE]\n\n'


BARE: list[tuple[Any, str, str]] = [
    ("hello", "hello", "text/plain; charset=utf-8"),
    ((EVENTS, "text/event-stream"), EVENTS, "text/event-stream; charset=utf-8"),
    ((PNG, "image/png"), "\ufffdPNG\r\n\x1a\n\0\0\0\rIHDR", "image/png; charset=utf-8"),
    (b"\xff\xfe", "\ufffd\ufffd", "application/octet-stream; charset=utf-8"),
]


@one_test
@pytest.mark.parametrize("envelope", ["result", "data"])
@pytest.mark.parametrize(("answer", "content", "content_type"), BARE)
def test_what_is_not_json_comes_bare(answer: Any, content: str, content_type: str, call: Caller, envelope: Any) -> None:
    call.gateway.envelope = envelope
    call.gateway.predict = answers(answer)
    response = call("POST", PREDICT, {})
    assert (response.status_code, response.content.decode()) == (200, content)
    assert response.headers["content-type"] == content_type


def test_xml_and_broken_json_arrive_as_a_string_in_their_envelope(call: Caller) -> None:
    for answer in (("<a/>", "application/xml"), ('{"a": ', "application/json")):
        call.gateway.predict = answers(answer)
        assert call.result("POST", PREDICT, {}) == answer[0]


def test_a_lost_upstream_connection_is_a_socket_hang_up(call: Caller) -> None:
    def predict(body: Any) -> Any:
        raise ConnectionResetError

    call.gateway.predict = predict
    response = call("POST", PREDICT, {})
    assert response.status_code == 500
    assert response.json() == {"message": (lost := "socket hang up"), "provider": "baseten", "error": {"message": lost}}


def test_a_model_that_fails_is_reported_as_baseten_does(call: Caller) -> None:
    call.gateway.predict = lambda body: 1 / 0
    response = call("POST", PREDICT, {})
    assert (response.status_code, response.json()["error"]["error_code"]) == (500, "application_error")


def test_the_default_model_echoes_and_a_get_has_no_body_where_a_post_has_an_empty_one(call: Caller) -> None:
    assert call.result("POST", PREDICT, {"input": [1]}) == {"echo": {"input": [1]}}
    assert call.result("POST", PREDICT) == {"echo": {}}
    last = call("GET", "/v1/models").json()
    assert call.gateway.received[-1].body is None
    assert last["response_headers"]["x-baseten-request-id"] == "req_000003", "each request has its own id"


def test_a_body_that_is_no_json_is_the_gateways_own_error(call: Caller) -> None:
    assert call("POST", PREDICT, content=b"{").status_code == 400
    assert call.gateway.count() == 0


@pytest.mark.parametrize("predict", [lambda body: None, raises(204, b"")])
def test_an_empty_answer_is_silence_although_it_was_carried_out(call: Caller, predict: Any) -> None:
    call.gateway.predict = predict
    assert call.is_silent("POST", PREDICT, {})
    assert call.gateway.count("inference.predict_development") == 1
    call.gateway.empty_answers = "answered"
    response = call("POST", "/production/wake")
    assert (response.status_code, response.content, "content-type" in response.headers) == (202, b"", False)


def test_the_guides_envelope(call: Caller) -> None:
    call.gateway.envelope = "data"
    call.gateway.models_list = "bare"
    models = call("GET", "/v1/models").json()
    assert list(models) == ["data"]
    assert models["data"][0]["id"] == "abc123"
    missing = call("GET", "/v1/models/nope")
    assert missing.status_code == 404
    assert missing.json() == {"data": {"code": "NOT_FOUND", "message": (no := "Model not found")}, "error": no}
    call.gateway.predict = raises(502, "<html>", {"content-type": "text/html"})
    assert call("POST", PREDICT, {}).json() == {"error": "<html>"}
    call.gateway.predict = raises(429, {"error": "slow down"}, {"retry-after": "2"})
    assert call("POST", PREDICT, {}).headers["retry-after"] == "2"
    call.gateway.api_token = "lca-other"
    refused = call.client.get(f"{call.gateway.base_url}/v1/models?api_token=lca-local-0123456789abcdef")
    assert (refused.status_code, refused.json()) == (401, {"error": "The api_token is invalid."})
