"""The local gateway, over real sockets: it must do what gateway-facts.md says that the real ones do."""

from __future__ import annotations

import concurrent.futures
import hashlib
import hmac
import http.server
import io
import json
import re
import socket
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from typing import Any

import attrs
import httpx
import pytest
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway, UpstreamError
from lowcodeapi_baseten.testing.plugin import baseten_gateway as baseten_gateway_fixture
from lowcodeapi_baseten_api import models, new_format, old_format
from lowcodeapi_baseten_api.operations import OPERATIONS

SHORT = 0.25
"""Seconds: how long a test waits to call it silence."""
UPSTREAM_HEADERS = {"content-type", "x-baseten-request-id", "date", "connection", "keep-alive", "transfer-encoding"}


@pytest.fixture
def gateway() -> Iterator[LocalGateway]:
    with LocalGateway() as running:
        yield running


@pytest.fixture
def http_client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=10, trust_env=False) as client:
        yield client


class Caller:
    """Sends requests with the token, as any HTTP client would."""

    def __init__(self, gateway: LocalGateway, client: httpx.Client) -> None:
        self.gateway = gateway
        self.client = client

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        url = f"{self.gateway.base_url}{path}{'&' if '?' in path else '?'}api_token={self.gateway.api_token}"
        if body is not None:
            options["json"] = body
        return self.client.request(method, url, **options)

    def result(self, method: str, path: str, body: Any = None) -> Any:
        response = self(method, path, body)
        assert response.status_code < 300, response.text
        return response.json()["result"]

    def is_silent(self, method: str, path: str, body: Any = None) -> bool:
        with pytest.raises(httpx.ReadTimeout):
            self(method, path, body, timeout=SHORT)
        return True


@pytest.fixture
def call(gateway: LocalGateway, http_client: httpx.Client) -> Caller:
    return Caller(gateway, http_client)


# ---- the routes


NAMES = {
    "model_id": "abc123",
    "deployment_id": "dep1",
    "env_name": "production",
    "chain_id": "chain_abc",
    "training_project_id": "proj_123",
    "training_job_id": "job_456",
    "request_id": "async_000001",
    "prefix": "abcd1234",
}
BODIES: dict[str, Any] = {
    "environments.promote": {"deployment_id": "dep4"},
    "environments.create": {"name": "canary"},
    "environments.update": {"autoscaling_settings": {"max_replica": 3}},
    "secrets.upsert": {"name": "n", "value": "v"},
    "api_keys.create": {"type": "PERSONAL"},
}


def new_url(operation: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: NAMES[name[1]], new_format.ROUTES[operation].path)


def old_url(operation: str) -> str:
    route = old_format.ROUTES[operation]
    return route.path + ("?" + "&".join(f"{name}={NAMES[name]}" for name in route.query) if route.query else "")


def missing_fields(operation: str, response: httpx.Response) -> set[str]:
    """What the answer lacks of the fields that its class always has."""
    described = OPERATIONS[operation]
    if described.result in (None, "Any"):
        return set()
    answered = response.json()["result"]
    if described.list_key is not None:
        [answered, *_] = answered[described.list_key]
    fields = attrs.fields(getattr(models, described.result))
    return {field.name for field in fields if field.default is attrs.NOTHING} - set(answered)


@pytest.mark.parametrize("url_of", [new_url, old_url])
@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_every_operation_answers_in_both_formats(operation: str, url_of: Any, http_client: httpx.Client) -> None:
    with LocalGateway(empty_answers="answered") as gateway:
        call = Caller(gateway, http_client)
        call.result("POST", "/development/async_predict", {"model_input": {}})
        if operation == "environments.cancel_promotion":
            call.result("POST", "/v1/models/abc123/deployments/dep4/promote", {})
        body = {"model_input": {}} if "async_predict" in operation else BODIES.get(operation)
        url = url_of(operation) + ("?prefix=abcd1234" if operation == "api_keys.delete" else "")
        before = gateway.count(operation)
        response = call(new_format.ROUTES[operation].method, url, body)
        assert response.status_code in (200, 201, 202), response.text
        assert gateway.count(operation) == before + 1
        assert gateway.received[-1].operation == operation
        assert missing_fields(operation, response) == set()


def test_an_unknown_route_or_method_is_a_404_with_nothing_of_baseten_in_it(call: Caller) -> None:
    for method, path in [("GET", "/v1/nothing"), ("POST", "/v1/nothing"), ("PUT", "/v1/models"), ("GET", "")]:
        response = call(method, path)
        assert (response.status_code, response.content) == (404, b'{"message":"Not Found"}')
        assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert call.gateway.count() == 0


def test_an_unknown_get_can_be_answered_with_a_page(call: Caller) -> None:
    call.gateway.unknown_route = "html"
    response = call("GET", "/v1/nothing")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert call("POST", "/v1/nothing", {}).json() == {"message": "Not Found"}


def test_a_format_can_be_dropped_while_it_runs(call: Caller) -> None:
    assert call("GET", "/v1/models/abc123").status_code == 200
    call.gateway.new_format = "missing"
    assert call("GET", "/v1/models/abc123").content == b'{"message":"Not Found"}'
    assert call.result("GET", "/v1/models/modelid?model_id=abc123")["id"] == "abc123"
    assert call("GET", "/v1/models").status_code == 200, "a route without parameters is in both formats"


def test_with_the_new_format_only_an_old_url_matches_a_template(call: Caller) -> None:
    call.gateway.old_format = "missing"
    response = call("GET", "/v1/models/modelid?model_id=abc123")
    assert response.status_code == 404
    assert response.json()["error"] == {"code": "NOT_FOUND", "message": "Model not found"}
    assert call.gateway.received[-1].path == "/v1/models/modelid"


def test_a_silent_new_format_never_answers_and_never_acts(call: Caller) -> None:
    call.gateway.new_format = "silent"
    assert call.is_silent("GET", "/v1/models/abc123")
    assert call.is_silent("POST", "/environments/production/predict", {"input": 1})
    assert call.gateway.count() == 0
    assert call.result("GET", "/v1/models")["models"]
    assert call.result("GET", "/v1/models/modelid?model_id=abc123")["id"] == "abc123"


def test_an_option_that_does_not_exist_is_refused(gateway: LocalGateway) -> None:
    with pytest.raises(ValueError, match="new_format"):
        gateway.new_format = "mising"  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(ValueError, match="envelope"):
        LocalGateway(envelope="results")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# ---- path parameters


@pytest.mark.parametrize(
    ("query", "operation", "path", "upstream_query"),
    [
        ("?model_id=abc123", "models.get", "/v1/models/abc123", [("model_id", "abc123")]),
        ("?model_id=a%2F..%2F..%2Fsecrets", "secrets.list", "/v1/secrets", [("model_id", "a/../../secrets")]),
        ("?model_id=a%2F%252e%252e%2Fb", "models.get", "/v1/models/b", [("model_id", "a/%2e%2e/b")]),
        ("?model_id=a%3Fx%3D1%23", "models.get", "/v1/models/a", [("x", "1")]),
        ("?model_id=a%24%26b", "models.get", "/v1/models/a%7Bmodel_id%7Db", [("model_id", "a$&b")]),
        ("?model_id=a%24%24b", "models.get", "/v1/models/a$b", [("model_id", "a$$b")]),
        ("?model_id=a%20b", "models.get", "/v1/models/a%20b", [("model_id", "a b")]),
        ("?model_id=a&model_id=b", "models.get", "/v1/models/a,b", [("model_id", "a"), ("model_id", "b")]),
        ("?model_id=abc123&extra=1", "models.get", "/v1/models/abc123", [("model_id", "abc123"), ("extra", "1")]),
        ("", "models.get", "/v1/models/null", []),
        ("?model_id=..%2Fnowhere", None, "/v1/nowhere", [("model_id", "../nowhere")]),
    ],
)
def test_the_old_format_pastes_a_value_unencoded(
    call: Caller, query: str, operation: str | None, path: str, upstream_query: list[tuple[str, str]]
) -> None:
    call("GET", f"/v1/models/modelid{query}")
    received = call.gateway.received[-1]
    assert (received.operation, received.path, received.query) == (operation, path, upstream_query)


def test_the_new_format_pastes_too_and_passes_on_the_query_only(call: Caller) -> None:
    assert "secrets" in call.result("GET", "/v1/models/a%2F..%2F..%2Fsecrets?extra=1")
    assert call.gateway.received[-1].query == [("extra", "1")]


# ---- the token


def test_a_missing_or_malformed_token_is_echoed_back(gateway: LocalGateway, http_client: httpx.Client) -> None:
    for token, echoed in [(None, {}), ("nope", {"api_token": "nope"})]:
        url = f"{gateway.base_url}/v1/models" + (f"?api_token={token}" if token else "")
        response = http_client.get(url, headers={"authorization": f"Bearer {gateway.api_token}"})
        body = response.json()
        assert response.status_code == 401
        assert list(body) == ["message", "provider", "error"]
        assert list(body["error"]) == ["code", "logging"]
        logging = body["error"]["logging"]
        assert list(logging) == ["method", "status_code", "message", "path", "headers", "query"]
        assert logging["query"] == echoed
        assert logging["path"] == "/baseten/v1/models"
        assert logging["headers"]["host"] == gateway.base_url.split("/")[2]
    assert gateway.count() == 0


def test_an_unknown_token_gets_the_short_answer(gateway: LocalGateway, http_client: httpx.Client) -> None:
    response = http_client.get(f"{gateway.base_url}/v1/models?api_token=lca-unknown")
    assert response.status_code == 401
    assert response.content == b'{"message":"The api_token is invalid.","provider":"baseten","error":{"code":401}}'


def test_the_token_is_in_no_record_and_does_not_reach_baseten(call: Caller) -> None:
    call("GET", "/v1/models?extra=1")
    assert call.gateway.requests[-1].query == [("extra", "1"), ("api_token", "[redacted]")]
    assert call.gateway.received[-1].query == [("extra", "1")]
    assert call.gateway.received[-1].request is call.gateway.requests[-1]
    assert call.gateway.api_token not in repr((call.gateway.requests, call.gateway.received))


# ---- the envelope: recorded exchanges of the published server, replayed
# (what the model answers, status, content type, and the recorded body without `headers` or `response_headers`)


def raises(*arguments: Any) -> Any:
    def predict(body: Any) -> Any:
        raise UpstreamError(*arguments)

    return predict


GENERIC = "Error received from the baseten API"
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


# ---- Baseten's state


def test_an_unknown_id_is_baseten_s_404(call: Caller) -> None:
    for method, path in [
        ("GET", "/v1/models/nope"),
        ("POST", "/deployment/nope/predict"),
        ("DELETE", "/v1/chains/nope"),
        ("GET", "/v1/models/abc123/deployments/dep5"),
        ("GET", "/async_request/nope"),
        ("GET", "/v1/training_projects/proj_123/jobs/nope"),
    ]:
        response = call(method, path)
        assert response.status_code == 404
        assert response.json()["error"]["code"] == "NOT_FOUND"
        assert response.json()["headers"]["x-baseten-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/secrets", {"name": "n"}, 422),
        ("POST", "/v1/secrets", ["n"], 400),
        ("POST", "/v1/api_keys", {"type": "ROOT"}, 422),
        ("POST", "/development/async_predict", {"input": {}}, 422),
        ("POST", "/development/async_predict", {"model_input": {}, "priority": 3}, 422),
        ("POST", "/development/async_predict", {"model_input": {}, "webhook_endpoint": "http://example.com"}, 422),
        ("POST", "/development/async_predict", {"model_input": {"text": "x" * 300_000}}, 413),
        ("PATCH", "/v1/models/abc123/deployments/dep1/autoscaling_settings", {"min_replica": -1}, 422),
        ("PATCH", "/v1/models/abc123/deployments/dep1/autoscaling_settings", {"min_replica": 9}, 422),
        ("PATCH", "/v1/models/abc123/deployments/dep1/autoscaling_settings", {"max_replica": "2"}, 422),
        ("POST", "/v1/models/abc123/environments", {"name": "staging"}, 409),
        ("POST", "/v1/models/abc123/environments/production/promote", {}, 422),
        ("POST", "/v1/models/abc123/environments/production/cancel_promotion", {}, 400),
        ("GET", "/v1/training_projects/proj_123/jobs/job_456/logs?limit=0", None, 422),
        ("GET", "/v1/training_projects/proj_123/jobs/job_456/checkpoint_files?page_size=x", None, 422),
    ],
)
def test_a_bad_request_changes_nothing(call: Caller, method: str, path: str, body: Any, status: int) -> None:
    before = repr(call.gateway.baseten.deployments), repr(call.gateway.baseten.secrets)
    assert call(method, path, body).status_code == status
    assert (repr(call.gateway.baseten.deployments), repr(call.gateway.baseten.secrets)) == before


def test_a_deleted_model_is_gone_with_what_belongs_to_it(call: Caller) -> None:
    assert call.result("DELETE", "/v1/models/abc123") == {"id": "abc123", "deleted": True}
    assert call("DELETE", "/v1/models/abc123").status_code == 404
    assert call("POST", "/environments/production/predict", {}).status_code == 404
    assert [model["id"] for model in call.result("GET", "/v1/models")["models"]] == ["model_abc123"]
    assert "dep1" not in call.gateway.baseten.deployments


def test_a_deployment_is_deactivated_and_activated_by_looking(call: Caller) -> None:
    def statuses(looks: int) -> list[str]:
        return [call.result("GET", "/v1/models/abc123/deployments/dep1")["status"] for _ in range(looks)]

    assert statuses(2) == ["ACTIVE", "ACTIVE"]
    assert call.result("POST", "/v1/models/abc123/deployments/dep1/deactivate") == {"success": True}
    assert call("POST", "/environments/production/predict", {}).status_code == 503
    assert statuses(3) == ["DEACTIVATING", "INACTIVE", "INACTIVE"]
    assert call.result("POST", "/v1/models/abc123/environments/production/activate") == {"success": True}
    assert statuses(4) == ["DEPLOYING", "LOADING_MODEL", "ACTIVE", "ACTIVE"]


def test_a_wake_is_silent_and_wakes(call: Caller) -> None:
    assert call.is_silent("POST", "/deployment/deploymentid/wake?deployment_id=dep3")
    looks = [call.result("GET", "/v1/models/abc123/deployments/dep3")["status"] for _ in range(3)]
    assert looks == ["WAKING_UP", "ACTIVE", "ACTIVE"]


def test_a_prediction_against_a_sleeping_deployment_answers_and_wakes_it(call: Caller) -> None:
    assert call.result("POST", "/environments/staging/predict", {"input": 1}) == {"echo": {"input": 1}}
    assert call.gateway.baseten.deployments["dep3"].status == "ACTIVE"


def test_a_promotion_is_in_progress_then_done(call: Caller) -> None:
    path = "/v1/models/abc123/environments/production"
    promoted = call.result("POST", f"{path}/promote", {"deployment_id": "dep3"})
    assert promoted["id"] == "dep3"
    assert call("POST", f"{path}/promote", {"deployment_id": "dep4"}).status_code == 409
    looks = [call.result("GET", path) for _ in range(4)]
    in_progress = [look["in_progress_promotion"] for look in looks]
    assert [progress and progress["status"] for progress in in_progress] == [
        *("RELEASING", "RAMPING_UP", "SUCCEEDED"),
        None,
    ]
    assert [look["current_deployment"]["id"] for look in looks] == ["dep1", "dep1", "dep3", "dep3"]
    assert looks[-1]["current_deployment"]["is_production"]
    assert call.gateway.baseten.deployments["dep1"].status == "SCALED_TO_ZERO"
    assert call.result("GET", "/v1/models/abc123")["production_deployment_id"] == "dep3"


@pytest.mark.parametrize(("looks", "statuses"), [(1, ["CANCELED"]), (2, ["RAMPING_DOWN", "CANCELED"])])
def test_a_promotion_can_be_cancelled(call: Caller, looks: int, statuses: list[str]) -> None:
    path = "/v1/models/abc123/environments/production"
    call.result("POST", f"{path}/promote", {"deployment_id": "dep4"})
    for _ in range(looks):
        call.result("GET", path)
    assert call.result("POST", f"{path}/cancel_promotion")["status"] == statuses[0]
    assert [call.result("GET", path)["in_progress_promotion"]["status"] for _ in statuses] == statuses
    after = call.result("GET", path)
    assert after["in_progress_promotion"] is None
    assert after["candidate_deployment"] is None
    assert after["current_deployment"]["id"] == "dep1"


def test_a_development_deployment_is_promoted_as_a_copy(call: Caller) -> None:
    promoted = call.result("POST", "/v1/models/abc123/deployments/development/promote", {})
    assert promoted["id"] not in ("dep1", "dep2")
    for _ in range(3):
        call.result("GET", "/v1/models/abc123/environments/production")
    assert call.result("GET", "/v1/models/abc123/deployments/production")["id"] == promoted["id"]
    assert call.result("GET", "/v1/models/abc123/deployments/development")["id"] == "dep2"


def test_autoscaling_says_whether_it_changed_anything(call: Caller) -> None:
    path = "/v1/models/abc123/deployments/dep1/autoscaling_settings"
    assert call.result("PATCH", path, {"min_replica": 2, "max_replica": 4})["status"] == "ACCEPTED"
    assert call.result("PATCH", path, {"min_replica": 2})["status"] == "UNCHANGED"
    guide_form = {"autoscaling_settings": {"min_instances": 1}}
    assert call.result("PATCH", path, guide_form)["status"] == "UNCHANGED", "the guide's example is not read"
    shown = call.result("GET", "/v1/models/abc123/deployments/dep1")
    assert (shown["autoscaling_settings"]["max_replica"], shown["active_replica_count"]) == (4, 2)


def test_environments_are_created_and_updated(call: Caller) -> None:
    path = "/v1/models/abc123/environments"
    made = call.result("POST", path, {"name": "canary", "promotion_settings": {"rolling_deploy": True}})
    assert made["current_deployment"] is None
    assert made["promotion_settings"]["rolling_deploy"] is True
    update = {"autoscaling_settings": {"max_replica": 5}}
    assert call.result("PATCH", f"{path}/canary", update)["status"] == "ACCEPTED"
    assert call.result("GET", f"{path}/canary")["autoscaling_settings"]["max_replica"] == 5
    names = [environment["name"] for environment in call.result("GET", path)["environments"]]
    assert names == ["production", "staging", "canary"]


def test_a_secret_never_shows_its_value(call: Caller) -> None:
    first = call.result("POST", "/v1/secrets", {"name": "token", "value": "hush-1"})
    again = call.result("POST", "/v1/secrets", {"name": "token", "value": "hush-2"})
    assert first == again
    assert call.gateway.baseten.secrets["token"].value == "hush-2"
    assert "hush" not in call("GET", "/v1/secrets").text + repr(call.gateway.baseten.secrets)


def test_an_api_key_is_shown_once(call: Caller) -> None:
    key = call.result("POST", "/v1/api_keys", {"type": "PERSONAL", "name": "mine"})["api_key"]
    prefix, _, secret = key.partition(".")
    listed = call("GET", "/v1/api_keys")
    assert prefix in listed.text and secret not in listed.text
    assert call.result("DELETE", f"/v1/api_keys?prefix={prefix}") == {"prefix": prefix}
    assert call("DELETE", f"/v1/api_keys?prefix={prefix}").status_code == 404


def test_baseten_itself_does_not_know_the_guides_deletion_of_a_key(call: Caller) -> None:
    call.gateway.api_key_delete = "path"
    assert call("DELETE", "/v1/api_keys?prefix=abcd1234").status_code == 404
    assert "abcd1234" in call.gateway.baseten.api_keys


def test_baseten_can_be_asked_without_http() -> None:
    baseten = LocalGateway().baseten
    answer = baseten.handle("GET", "/v1/chains/chain_abc", {}, None)
    assert (answer.status, answer.value["name"]) == (200, "my-chain")
    assert baseten.handle("GET", "/v1/nowhere", {}, None).status == 404


def test_reset_brings_back_the_seed(call: Caller) -> None:
    first = call("GET", "/v1/models").content
    call.result("DELETE", "/v1/models/abc123")
    call.gateway.reset()
    assert (call.gateway.count(), call.gateway.requests, call.gateway.received) == (0, [], [])
    assert call("GET", "/v1/models").content == first


# ---- asynchronous predictions and webhooks


class Receiver(http.server.ThreadingHTTPServer):
    """Takes webhooks, and answers with the next of its statuses."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _TakesWebhooks)
        self.statuses: list[int] = []
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hook?a=1"


class _TakesWebhooks(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver = self.server
        assert isinstance(receiver, Receiver)
        body = self.rfile.read(int(self.headers["content-length"]))
        receiver.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_an_asynchronous_request_moves_by_looking(call: Caller) -> None:
    response = call("POST", "/environments/production/async_predict", {"model_input": {"a": 1}})
    assert response.status_code == 201
    request_id = response.json()["result"]["request_id"]
    queue = call.result("GET", "/environments/production/async_queue_status")
    assert (queue["num_queued_requests"], queue["num_in_progress_requests"]) == (1, 0)
    looks = [call.result("GET", f"/async_request/{request_id}") for _ in range(4)]
    assert [look["status"] for look in looks] == ["QUEUED", "IN_PROGRESS", "SUCCEEDED", "SUCCEEDED"]
    assert looks[-1]["webhook_status"] == "NO_WEBHOOK_PROVIDED"
    assert looks[-1]["errors"] == []


def test_only_a_queued_request_can_be_cancelled(call: Caller) -> None:
    ids = [call.result("POST", "/development/async_predict", {"model_input": {}})["request_id"] for _ in range(2)]
    assert call.result("GET", f"/async_request/{ids[0]}")["status"] == "QUEUED"
    assert call.result("DELETE", f"/async_request/{ids[0]}")["canceled"] is True
    assert call.result("GET", f"/async_request/{ids[0]}")["status"] == "CANCELED"
    call.result("GET", f"/async_request/{ids[1]}")
    call.result("GET", f"/async_request/{ids[1]}")
    assert call.result("DELETE", f"/async_request/{ids[1]}")["canceled"] is False
    assert call.result("GET", f"/async_request/{ids[1]}")["status"] == "SUCCEEDED"


def test_a_webhook_is_signed_and_delivered_before_the_end_is_seen(call: Caller, receiver: Receiver) -> None:
    call.gateway.webhook_secret = ("new", "old")
    submitted = {"model_input": {"a": 1}, "webhook_endpoint": receiver.url}
    request_id = call.result("POST", "/environments/production/async_predict", submitted)["request_id"]
    looks = [call.result("GET", f"/async_request/{request_id}") for _ in range(4)]
    assert [look["webhook_status"] for look in looks] == ["PENDING", "PENDING", "SUCCEEDED", "SUCCEEDED"]
    [(headers, body)] = receiver.taken
    signatures = [f"v1={hmac.new(key, body, hashlib.sha256).hexdigest()}" for key in (b"new", b"old")]
    assert headers["x-baseten-signature"] == ",".join(signatures)
    assert headers["x-baseten-request-id"] == request_id
    content = json.loads(body)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", content.pop("time"))
    assert content == {
        "request_id": request_id,
        "model_id": "abc123",
        "deployment_id": "dep1",
        "type": "async_request_completed",
        "data": {"echo": {"a": 1}},
        "errors": [],
    }
    [delivery] = call.gateway.webhooks
    assert (delivery.url, delivery.body, delivery.status) == (receiver.url, body, 200)


@pytest.mark.parametrize(("statuses", "end"), [([500, 200], "SUCCEEDED"), ([500, 500], "WEBHOOK_FAILED")])
def test_a_webhook_has_two_attempts(call: Caller, receiver: Receiver, statuses: list[int], end: str) -> None:
    receiver.statuses = [*statuses]
    submitted = {"model_input": {}, "webhook_endpoint": receiver.url}
    request_id = call.result("POST", "/development/async_predict", submitted)["request_id"]
    call.gateway.settle()
    assert [delivery.status for delivery in call.gateway.webhooks] == statuses
    assert call.result("GET", f"/async_request/{request_id}")["status"] == end
    assert "x-baseten-signature" not in receiver.taken[0][0], "unsigned without a secret"


def test_a_model_that_fails_is_told_to_the_webhook(call: Caller, receiver: Receiver) -> None:
    call.gateway.predict = raises(500, {"error": "boom"})
    submitted = {"model_input": {}, "webhook_endpoint": receiver.url}
    request_id = call.result("POST", "/development/async_predict", submitted)["request_id"]
    looks = [call.result("GET", f"/async_request/{request_id}") for _ in range(3)]
    assert looks[-1]["status"] == "FAILED"
    content = json.loads(receiver.taken[0][1])
    assert content["data"] is None
    assert content["errors"] == looks[-1]["errors"] == [{"code": "MODEL_PREDICT_ERROR", "message": "boom"}]


def test_nothing_is_sent_off_this_machine(call: Caller) -> None:
    submitted = {"model_input": {}, "webhook_endpoint": "https://example.com/hook"}
    call.result("POST", "/development/async_predict", submitted)
    call.gateway.settle()
    assert [delivery.status for delivery in call.gateway.webhooks] == [None, None]


def test_a_request_that_nobody_looks_at_can_be_carried_out_all_the_same(call: Caller, receiver: Receiver) -> None:
    call.gateway.settle_after = 0
    call.result("POST", "/development/async_predict", {"model_input": {}, "webhook_endpoint": receiver.url})
    deadline = time.monotonic() + 10
    while not call.gateway.webhooks and time.monotonic() < deadline:
        threading.Event().wait(0.005)
    assert len(receiver.taken) == 1


def test_a_request_is_carried_out_once_however_many_look(call: Caller, receiver: Receiver) -> None:
    submitted = {"model_input": {}, "webhook_endpoint": receiver.url}
    request_id = call.result("POST", "/development/async_predict", submitted)["request_id"]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: call.result("GET", f"/async_request/{request_id}"), range(32)))
    assert len(receiver.taken) == 1


# ---- training


JOB = "/v1/training_projects/proj_123/jobs/job_456"


def test_a_training_job_completes_by_looking_and_its_logs_grow(call: Caller) -> None:
    seen: list[int] = []
    statuses: list[str] = []
    for _ in range(5):
        statuses.append(call.result("GET", JOB)["training_job"]["current_status"])
        seen.append(len(call.result("GET", f"{JOB}/logs")["logs"]))
    assert seen == sorted(seen) and seen[0] < seen[-1]
    assert (statuses[0], statuses[-1]) == ("TRAINING_JOB_RUNNING", "TRAINING_JOB_COMPLETED")
    final = [call.result("GET", f"{JOB}/logs?direction=asc")["logs"] for _ in range(2)]
    assert final[0] == final[1], "a complete job logs no more"


def test_logs_can_be_narrowed(call: Caller) -> None:
    for _ in range(10):
        call.result("GET", JOB)
    logs = call.result("GET", f"{JOB}/logs?direction=asc")["logs"]
    assert logs == call.result("GET", f"{JOB}/logs")["logs"][::-1]
    millis = [int(log["timestamp"]) // 1_000_000 for log in logs]
    start, end = millis[3], millis[-3]
    narrowed = call.result("GET", f"{JOB}/logs?direction=asc&start_epoch_millis={start}&end_epoch_millis={end}")
    assert narrowed["logs"] == [log for log, at in zip(logs, millis, strict=True) if start <= at < end]
    assert call.result("GET", f"{JOB}/logs?direction=asc&limit=2")["logs"] == logs[:2]
    assert {log["level"] for log in call.result("GET", f"{JOB}/logs?min_level=WARNING")["logs"]} == {"WARNING"}


def test_metrics_grow_with_the_job(call: Caller) -> None:
    lengths = [len(call.result("GET", f"{JOB}/metrics")["cpu_usage"]) for _ in range(3)]
    assert lengths == sorted(lengths) and lengths[0] < lengths[-1]


def test_jobs_are_stopped_recreated_and_found(call: Caller) -> None:
    for _ in range(2):
        assert call.result("POST", f"{JOB}/stop")["training_job"]["current_status"] == "TRAINING_JOB_STOPPED"
    job = call.result("POST", f"{JOB}/recreate")["training_job"]
    assert job["current_status"] == "TRAINING_JOB_CREATED"

    def found(**search: Any) -> list[str]:
        return [job["id"] for job in call.result("POST", "/v1/training_jobs/search", search)["training_jobs"]]

    assert found() == ["job_456", job["id"]]
    assert found(order_by=[{"field": "created_at", "order": "desc"}]) == [job["id"], "job_456"]
    assert found(statuses=["TRAINING_JOB_STOPPED"]) == ["job_456"]
    assert found(project_id="proj_123", job_id=job["id"]) == [job["id"]]
    assert found(project_id="other") == []
    assert [j["id"] for j in call.result("GET", "/v1/training_projects/proj_123/jobs")["training_jobs"]] == found()


def checkpoint_files(call: Caller, page_size: int) -> tuple[list[dict[str, Any]], int]:
    files: list[dict[str, Any]] = []
    pages, token = 0, 0
    while token is not None:
        page = call.result("GET", f"{JOB}/checkpoint_files?page_size={page_size}&page_token={token}")
        files += page["presigned_urls"]
        pages, token = pages + 1, page["next_page_token"]
        assert page["total_count"] == 25
    return files, pages


def test_checkpoint_files_come_in_pages(call: Caller) -> None:
    files, pages = checkpoint_files(call, 10)
    assert (len(files), pages) == (25, 3)
    assert len({file["relative_file_name"] for file in files}) == 25
    assert checkpoint_files(call, 25) == (files, 1)
    assert len(call.result("GET", f"{JOB}/checkpoint_files")["presigned_urls"]) == 10


def test_a_checkpoint_is_written_while_the_job_runs(call: Caller) -> None:
    before = call.result("GET", f"{JOB}/checkpoints")["checkpoints"]
    for _ in range(9):
        call.result("GET", JOB)
    after = call.result("GET", f"{JOB}/checkpoints")["checkpoints"]
    assert (len(before), len(after)) == (2, 3)


def test_a_presigned_url_serves_the_same_bytes_with_ranges(call: Caller) -> None:
    files, _ = checkpoint_files(call, 25)
    file = max(files, key=lambda file: int(file["size_bytes"]))
    whole = call.client.get(file["url"])
    assert whole.status_code == 200
    assert len(whole.content) == file["size_bytes"] == int(whole.headers["content-length"])
    assert call.client.get(file["url"]).headers["etag"] == whole.headers["etag"]
    for wanted, got, content_range in [
        ("bytes=0-9", whole.content[:10], "bytes 0-9/"),
        ("bytes=1499990-", whole.content[-10:], "bytes 1499990-1499999/"),
        ("bytes=-5", whole.content[-5:], "bytes 1499995-1499999/"),
        ("bytes=1499990-9999999", whole.content[-10:], "bytes 1499990-1499999/"),
    ]:
        part = call.client.get(file["url"], headers={"range": wanted})
        assert (part.status_code, part.content) == (206, got)
        assert part.headers["content-range"] == content_range + "1500000"
    assert call.client.get(file["url"], headers={"range": "bytes=1500000-"}).status_code == 416
    stale = call.client.get(file["url"], headers={"range": "bytes=5-", "if-range": '"other"'})
    assert stale.status_code == 200, "If-Range with another ETag gets the whole file"
    head = call.client.head(file["url"])
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "1500000")


def test_a_presigned_url_takes_no_other_credentials(call: Caller) -> None:
    [url] = call.result("GET", f"{JOB}/download")["artifact_presigned_urls"]
    assert call.client.get(f"{url}&api_token={call.gateway.api_token}").status_code == 400
    assert call.client.get(url, headers={"authorization": "Bearer x"}).status_code == 400
    assert call.client.get(url[:-1] + ("0" if url[-1] != "0" else "1")).status_code == 403
    assert call.client.post(url).status_code == 405
    call.gateway.baseten.artifacts.expire()
    assert call.client.get(url).status_code == 403


def test_the_artifacts_are_a_real_archive(call: Caller) -> None:
    [url] = call.result("GET", f"{JOB}/download")["artifact_presigned_urls"]
    content = call.client.get(url).content
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        assert archive.getnames() == ["config.json", "train.py", "outputs/model.safetensors"]


# ---- faults


LOST = httpx.NetworkError, httpx.RemoteProtocolError


@pytest.mark.parametrize(("fault", "acted"), [("refuse", 0), ("reset_before", 0), ("reset_after", 1)])
@pytest.mark.parametrize("is_warm", [True, False])
def test_a_connection_is_reset(call: Caller, fault: str, acted: int, is_warm: bool) -> None:
    if is_warm:
        call("GET", "/v1/models")
    call.gateway.faults = FaultPlan(script=[fault])
    with pytest.raises(LOST):
        call("POST", "/development/predict", {})
    assert call.gateway.count("inference.predict_development") == acted
    assert call.gateway.faults.played == {fault: 1}
    assert call("POST", "/development/predict", {}).status_code == 200


@pytest.mark.parametrize("fault", ["reset_before", "reset_after"])
def test_a_reset_is_a_reset_and_not_an_orderly_close(gateway: LocalGateway, fault: str) -> None:
    gateway.faults = FaultPlan(script=[fault])
    host, _, port = gateway.base_url.split("/")[2].partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(
            b"GET /baseten/v1/models?api_token=%s HTTP/1.1\r\nHost: x\r\n\r\n" % gateway.api_token.encode()
        )
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


@pytest.mark.parametrize(("before", "acted"), [(True, 0), (False, 1)])
def test_a_stall_is_silence(call: Caller, before: bool, acted: int) -> None:
    call.gateway.faults = FaultPlan(script=["stall"], stall_before=before)
    assert call.is_silent("POST", "/development/predict", {})
    assert call.gateway.count("inference.predict_development") == acted


def test_a_truncated_body_promises_more_than_it_brings(call: Caller) -> None:
    call.gateway.faults = FaultPlan(script=["truncate"])
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        call("GET", "/v1/models")


def test_a_trickled_answer_arrives_whole(call: Caller) -> None:
    plain = call("GET", "/v1/models").json()["result"]
    call.gateway.faults = FaultPlan(script=["trickle"], trickle_seconds=0)
    assert call.result("GET", "/v1/models") == plain


def test_a_malformed_body_is_no_json(call: Caller) -> None:
    call.gateway.faults = FaultPlan(script=["malformed"])
    response = call("GET", "/v1/models")
    assert response.headers["content-type"].startswith("application/json")
    with pytest.raises(ValueError):
        response.json()


def test_latency_changes_nothing_but_the_time(call: Caller) -> None:
    call.gateway.faults = FaultPlan(script=["latency"], latency_seconds=0.05)
    started = time.monotonic()
    assert call.result("GET", "/v1/models")["models"]
    assert time.monotonic() - started >= 0.05


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize(("suffix", "acted"), [("", 0), ("_after", 1)])
def test_a_status_fault_is_an_upstream_error(call: Caller, status: int, suffix: str, acted: int) -> None:
    call.gateway.faults = FaultPlan(script=[f"{status}{suffix}"], retry_after="7")
    response = call("POST", "/development/predict", {})
    assert response.status_code == status
    assert list(response.json()) == ["message", "provider", "error", "headers"]
    assert response.json()["headers"].get("retry-after") == ("7" if status in (429, 503) else None)
    assert call.gateway.count() == acted
    assert (response.json()["error"]["error_code"] == "model_not_ready") is (status == 503 and not acted)


def test_the_gateway_can_fail_itself(call: Caller) -> None:
    call.gateway.faults = FaultPlan(script=["503", "hangup"], errors_from="gateway")
    assert list(call("GET", "/v1/models").json()) == ["message", "provider", "error"]
    assert call("GET", "/v1/models").json()["message"] == "socket hang up"


def test_faults_can_be_kept_to_some_operations(call: Caller) -> None:
    call.gateway.faults = FaultPlan(script=["500"], only={"models.get"})
    assert call("GET", "/v1/models").status_code == 200
    assert call("GET", "/v1/models/abc123").status_code == 500
    assert call("GET", "/v1/models/abc123").status_code == 200


def test_downloads_are_spared_unless_they_are_named(call: Caller) -> None:
    [url] = call.result("GET", f"{JOB}/download")["artifact_presigned_urls"]
    call.gateway.faults = FaultPlan(script=["truncate"])
    assert call.client.get(url).status_code == 200
    call.gateway.faults = FaultPlan(script=["truncate", "503"], only={"artifacts"})
    with pytest.raises(httpx.RemoteProtocolError):
        call.client.get(url)
    assert call.client.get(url).status_code == 503


def test_the_same_seed_gives_the_same_faults() -> None:
    def drawn(seed: int) -> list[str | None]:
        plan = FaultPlan(seed=seed, rates={"500": 0.3, "reset_after": 0.2})
        return [plan.next("models.get") for _ in range(200)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert {None, "500", "reset_after"} == set(drawn(1))
    assert 40 < drawn(1).count("500") < 80


@pytest.mark.parametrize("options", [{"rates": {"501": 0.1}}, {"script": ["boom"]}, {"rates": {"500": 1.5}}])
def test_a_plan_that_makes_no_sense_is_refused(options: Any) -> None:
    with pytest.raises(ValueError):
        FaultPlan(**options)


# ---- the server


def test_it_closes_at_once_with_silent_requests_open(http_client: httpx.Client) -> None:
    gateway = LocalGateway(new_format="silent").start()
    caller = Caller(gateway, http_client)
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        open_requests = [pool.submit(caller, "GET", "/v1/models/abc123") for _ in range(3)]
        deadline = time.monotonic() + 10
        while len(gateway.requests) < 3 and time.monotonic() < deadline:
            threading.Event().wait(0.005)
        started = time.monotonic()
        gateway.close()
        assert time.monotonic() - started < 1
        for request in open_requests:
            with pytest.raises(httpx.TransportError):
                request.result(timeout=5)
    with pytest.raises(RuntimeError, match="start"):
        _ = gateway.base_url
    gateway.close()


def test_it_can_start_again() -> None:
    gateway = LocalGateway()
    for _ in range(2):
        with gateway:
            url = f"{gateway.base_url}/v1/models?api_token={gateway.api_token}"
            assert httpx.get(url, trust_env=False).status_code == 200
    assert gateway.count() == 2


def test_a_taken_port_is_an_os_error(gateway: LocalGateway) -> None:
    port = int(gateway.base_url.split(":")[2].split("/")[0])
    with pytest.raises(OSError):
        LocalGateway(port=port).start()


def test_a_slow_model_holds_up_nobody_else(call: Caller) -> None:
    may_answer = threading.Event()

    def slow(body: Any) -> Any:
        assert may_answer.wait(10)
        return body

    call.gateway.predict = slow
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(call.result, "POST", "/development/predict", {"n": n}) for n in range(20)]
        assert call.result("GET", "/v1/models")["models"]
        may_answer.set()
        assert [done.result()["n"] for done in waiting] == list(range(20))


def test_nothing_is_lost_or_mixed_up_under_load(http_client: httpx.Client) -> None:
    with LocalGateway(record=False) as gateway:
        call = Caller(gateway, http_client)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: call.result("POST", "/development/predict", {"n": n}), range(400)))
        assert [answer["echo"]["n"] for answer in answers] == list(range(400))
        assert gateway.count() == gateway.count("inference.predict_development") == 400
        assert (gateway.requests, gateway.received) == ([], [])


def test_importing_the_package_or_the_plugin_does_not_import_starlette() -> None:
    code = (
        "import sys, lowcodeapi_baseten.testing, lowcodeapi_baseten.testing.plugin as p;"
        "sys.exit(any(m in sys.modules for m in ('starlette', 'uvicorn', 'h11')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_fixture_is_a_running_gateway() -> None:
    fixture = baseten_gateway_fixture.__wrapped__()  # type: ignore[attr-defined]
    running = next(fixture)
    assert running.base_url.endswith("/baseten")
    assert next(fixture, None) is None


def test_the_command_runs_until_it_is_told_to_end() -> None:
    command = [sys.executable, "-m", "lowcodeapi_baseten.testing", "--envelope", "data", "--models-list", "bare"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        lines = [process.stdout.readline().strip() for _ in range(3)]
        base_url = lines[0].removeprefix("LOWCODEAPI_BASE_URL=")
        token = lines[1].removeprefix("LOWCODEAPI_API_TOKEN=")
        models = httpx.get(f"{base_url}/v1/models?api_token={token}", trust_env=False).json()
        assert models["data"][0]["id"] == "abc123"
        process.send_signal(2)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""


def test_a_gateway_can_drop_a_format_and_switch_its_envelope_in_the_middle_of_a_run() -> None:
    plan = FaultPlan(script=[None, "drop_format", None, "drop_format", "envelope"])
    with LocalGateway(faults=plan) as gateway, httpx.Client() as client:
        url, params = f"{gateway.base_url}/v1/models/abc123", {"api_token": gateway.api_token}
        answers = [client.get(url, params=params) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 404, 404, 200, 200]
    assert [sorted(answer.json()) for answer in answers[3:]] == [
        ["message", "provider", "response_headers", "result"],
        ["data"],
    ]
    assert plan.played == {"drop_format": 2, "envelope": 1}
