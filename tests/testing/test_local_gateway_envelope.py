"""The local gateway's envelopes: recorded exchanges of the published server, replayed, and those of the guide."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.testing.caller import Caller, raises

UPSTREAM_HEADERS = {"content-type", "x-baseten-request-id", "date", "connection", "keep-alive", "transfer-encoding"}

GENERIC = "Error received from the baseten API"
# The model's answer (status, body and headers), and the gateway's message for it.
RECORDED_ERRORS = [
    (404, {"code": "NOT_FOUND", "message": "Model not found"}, {}, "Model not found"),
    (400, {"error": "bad input", "error_code": "client_error"}, {}, GENERIC),
    (422, {"code": "VALIDATION_ERROR", "message": "min_replica must be >= 0"}, {}, "min_replica must be >= 0"),
    (429, {"error": "slow down", "error_code": "rate_limited"}, {"Retry-After": "3"}, GENERIC),
    (401, {"error": "Invalid API key"}, {}, GENERIC),
    (403, {"error": "no access"}, {}, GENERIC),
    (500, "<html><h1>502 Bad Gateway</h1></html>", {"content-type": "text/html"}, GENERIC),
    (503, {"error": "model not ready", "error_code": "model_not_ready"}, {"retry-after": "1"}, GENERIC),
]


@pytest.mark.parametrize(("status", "error", "headers", "message"), RECORDED_ERRORS)
def test_an_upstream_error_has_the_recorded_shape(
    call: Caller, status: int, error: Any, headers: dict[str, str], message: str
) -> None:
    call.gateway.predict = raises(status, error, headers)
    response = call("POST", "/deployment/deploymentid/predict?deployment_id=dep1", {"input": {"a": 1}})
    body = response.json()
    assert response.status_code == status
    assert list(body) == ["message", "provider", "error", "headers"]
    upstream = body.pop("headers")
    assert body == {"message": message, "provider": "baseten", "error": error}
    assert set(upstream) - {"retry-after"} == UPSTREAM_HEADERS
    assert upstream.get("retry-after") == {k.lower(): v for k, v in headers.items()}.get("retry-after")
    assert upstream["content-type"] == headers.get("content-type", "application/json")
    assert set(response.headers) == {"content-type", "content-length"}, "upstream headers are in the body alone"


@pytest.mark.parametrize(
    "value",
    [
        {"predictions": ["I'm doing well!"], "model_id": "abc123"},
        {"object": "list", "data": [{"index": 0, "embedding": [0.1]}], "model": "m"},
        [0.1, 0.2, 0.3],
        42,
        False,
        "é\u2028\ud800",
    ],
)
def test_any_json_value_arrives_in_result(call: Caller, value: Any) -> None:
    call.gateway.predict = lambda body: (json.dumps(value), "application/json")
    response = call("POST", "/deployment/deploymentid/predict?deployment_id=dep1", {"input": {"a": 1}})
    body = json.loads(response.content.decode("utf-8", "surrogatepass"))
    assert list(body) == ["message", "provider", "result", "response_headers"]
    assert (body["message"], body["provider"], body["result"]) == ("Request completed", "baseten", value)
    assert set(body["response_headers"]) == UPSTREAM_HEADERS
    assert response.headers["content-type"] == "application/json; charset=utf-8"


def test_broken_upstream_json_arrives_as_a_string(call: Caller) -> None:
    call.gateway.predict = lambda body: ('{"a": ', "application/json")
    response = call("POST", "/development/predict", {})
    assert (response.status_code, response.json()["result"]) == (200, '{"a": ')


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


@pytest.mark.parametrize(
    ("answer", "content", "content_type"),
    [
        ("hello", b"hello", "text/plain; charset=utf-8"),
        (
            ('data: {"t":"a"}\n\ndata: [DONE]\n\n', "text/event-stream"),
            b'data: {"t":"a"}\n\ndata: [DONE]\n\n',
            "text/event-stream; charset=utf-8",
        ),
        ((PNG, "image/png"), "\ufffdPNG\r\n\x1a\n\0\0\0\rIHDR".encode(), "image/png; charset=utf-8"),
        (b"\xff\xfe", "\ufffd\ufffd".encode(), "application/octet-stream; charset=utf-8"),
    ],
)
@pytest.mark.parametrize("envelope", ["result", "data"])
def test_what_is_not_json_comes_bare(
    call: Caller, envelope: Any, answer: Any, content: bytes, content_type: str
) -> None:
    call.gateway.envelope = envelope
    call.gateway.predict = lambda body: answer
    response = call("POST", "/development/predict", {})
    assert (response.status_code, response.content) == (200, content)
    assert response.headers["content-type"] == content_type


def test_xml_keeps_its_envelope(call: Caller) -> None:
    call.gateway.predict = lambda body: ("<a/>", "application/xml")
    assert call.result("POST", "/development/predict", {}) == "<a/>"


def test_a_lost_upstream_connection_is_a_socket_hang_up(call: Caller) -> None:
    def predict(body: Any) -> Any:
        raise ConnectionResetError

    call.gateway.predict = predict
    response = call("POST", "/development/predict", {})
    assert response.status_code == 500
    assert response.content == (
        b'{"message":"socket hang up","provider":"baseten","error":{"message":"socket hang up"}}'
    )


def test_a_model_that_fails_is_reported_as_baseten_does(call: Caller) -> None:
    call.gateway.predict = lambda body: 1 / 0
    response = call("POST", "/development/predict", {})
    assert response.status_code == 500
    assert response.json()["error"]["error_code"] == "application_error"


def test_the_default_model_echoes_and_a_get_has_no_body_where_a_post_has_an_empty_one(call: Caller) -> None:
    assert call.result("POST", "/environments/production/predict", {"input": [1]}) == {"echo": {"input": [1]}}
    assert call.result("POST", "/environments/production/predict") == {"echo": {}}
    call("GET", "/v1/models")
    assert call.gateway.received[-1].body is None


def test_a_body_that_is_no_json_is_the_gateways_own_error(call: Caller) -> None:
    response = call("POST", "/development/predict", content=b"{")
    assert response.status_code == 400
    assert call.gateway.count() == 0


def test_every_upstream_request_has_its_own_id(call: Caller) -> None:
    ids = [call("GET", "/v1/models").json()["response_headers"]["x-baseten-request-id"] for _ in range(3)]
    assert ids == ["req_000001", "req_000002", "req_000003"]


@pytest.mark.parametrize("predict", [lambda body: None, raises(204, b""), lambda body: b""])
def test_an_empty_answer_is_silence_although_it_was_carried_out(call: Caller, predict: Any) -> None:
    call.gateway.predict = predict
    assert call.is_silent("POST", "/development/predict", {})
    assert call.gateway.count("inference.predict_development") == 1


def test_empty_answers_can_be_passed_on(call: Caller) -> None:
    call.gateway.empty_answers = "answered"
    response = call("POST", "/production/wake")
    assert (response.status_code, response.content) == (202, b"")
    assert "content-type" not in response.headers
    call.gateway.predict = lambda body: None
    assert call("POST", "/development/predict", {}).json()["result"] is None


def test_the_guides_envelope(call: Caller) -> None:
    call.gateway.envelope = "data"
    call.gateway.models_list = "bare"
    models = call("GET", "/v1/models").json()
    assert list(models) == ["data"]
    assert models["data"][0]["id"] == "abc123"
    missing = call("GET", "/v1/models/nope")
    assert missing.status_code == 404
    assert missing.json() == {
        "data": {"code": "NOT_FOUND", "message": "Model not found"},
        "error": "Model not found",
    }
    call.gateway.predict = raises(502, "<html>", {"content-type": "text/html"})
    assert call("POST", "/development/predict", {}).json() == {"error": "<html>"}
    call.gateway.predict = raises(429, {"error": "slow down"}, {"retry-after": "2"})
    assert call("POST", "/development/predict", {}).headers["retry-after"] == "2"
    call.gateway.api_token = "lca-other"
    refused = call.client.get(f"{call.gateway.base_url}/v1/models?api_token=lca-local-0123456789abcdef")
    assert (refused.status_code, refused.json()) == (401, {"error": "The api_token is invalid."})
