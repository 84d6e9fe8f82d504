"""Requests to the local gateway, handled like the published server's: route, path parameters and token."""

from __future__ import annotations

import http.client
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import attrs
import httpx
import pytest
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway
from lowcodeapi_baseten_api import models
from lowcodeapi_baseten_api.operations import OPERATIONS

from tests.support.guide_table import TABLE
from tests.support.tables import one_test
from tests.testing.caller import Caller

NEW, OLD = "/v1/models/abc123", "/v1/models/modelid?model_id=abc123"
MISS = b'{"message":"Not Found"}'


def missing_fields(operation: str, response: httpx.Response) -> set[str]:
    """The fields missing from the answer that its class always has."""
    described = OPERATIONS[operation]
    if described.result in (None, "Any"):
        return set()
    answered = response.json()["result"]
    if described.list_key is not None:
        [answered, *_] = answered[described.list_key]
    fields = attrs.fields(getattr(models, described.result))
    return {field.name for field in fields if field.default is attrs.NOTHING} - set(answered)


def test_every_operation_answers_in_both_formats(call: Caller) -> None:
    call.gateway.empty_answers = "answered"
    for row in TABLE:
        body = {"name": "canary"} if row.id == "environments.create" else row.body
        for url in (row.new, row.old):
            call.gateway.reset()
            call.result("POST", "/development/async_predict", {"model_input": {}})
            if row.id == "environments.cancel_promotion":
                call.result("POST", "/v1/models/abc123/environments/staging/promote", {"deployment_id": "dep4"})
            before = call.gateway.count(row.id)
            response = call(row.method, url.replace("model_abc123", "abc123").replace("req_456", "async_000001"), body)
            assert response.status_code in (200, 201, 202), f"{row.id}: {response.text}"
            assert call.gateway.count(row.id) == before + 1
            assert call.gateway.received[-1].operation == row.id
            assert missing_fields(row.id, response) == set(), row.id


def test_an_unknown_route_or_method_is_a_404_or_a_page_with_nothing_of_baseten_in_it(call: Caller) -> None:
    for method, path in [("GET", "/v1/nothing"), ("POST", "/v1/nothing"), ("PUT", "/v1/models"), ("GET", "")]:
        response = call(method, path)
        assert (response.status_code, response.content) == (404, MISS), (method, path)
        assert response.headers["content-type"] == "application/json; charset=utf-8"
    call.gateway.unknown_route = "html"
    page = call("GET", "/v1/nothing")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert call("POST", "/v1/nothing", {}).content == MISS
    assert call.gateway.count() == 0


def test_a_format_can_be_dropped_while_it_runs(call: Caller) -> None:
    assert call("GET", NEW).status_code == 200
    call.gateway.new_format = "missing"
    assert call("GET", NEW).content == MISS
    assert call.result("GET", OLD)["id"] == "abc123"
    assert call("GET", "/v1/models").status_code == 200, "a route without parameters is in both formats"
    call.gateway.new_format, call.gateway.old_format = "served", "missing"
    response = call("GET", OLD)
    assert response.status_code == 404
    assert response.json()["error"] == {"code": "NOT_FOUND", "message": "Model not found"}
    assert call.gateway.received[-1].path == "/v1/models/modelid", "an old URL matches a template"


def test_a_silent_new_format_never_answers_and_never_acts(call: Caller) -> None:
    call.gateway.new_format = "silent"
    assert call.is_silent("GET", NEW)
    assert call.gateway.count() == 0
    assert call.result("GET", "/v1/models")["models"]
    assert call.result("GET", OLD)["id"] == "abc123"


@one_test
@pytest.mark.parametrize(
    "name", ["new_format", "old_format", "envelope", "documents", "empty_answers", "unknown_route", "models_list"]
)
def test_an_option_that_does_not_exist_is_refused(name: str, gateway: LocalGateway) -> None:
    with pytest.raises(ValueError, match=name):
        setattr(gateway, name, "mising")
    with pytest.raises(ValueError, match=name):
        LocalGateway(**{name: "mising"})  # type: ignore[arg-type]


# ---- path parameters


def test_the_old_format_pastes_a_value_unencoded(call: Caller) -> None:
    pasted: list[tuple[str, str | None, str, list[tuple[str, str]]]] = [
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
    ]
    for query, *expected in pasted:
        call("GET", f"/v1/models/modelid{query}")
        received = call.gateway.received[-1]
        assert [received.operation, received.path, received.query] == expected, query


def test_the_new_format_pastes_too_and_passes_on_the_query_only(call: Caller) -> None:
    assert "secrets" in call.result("GET", "/v1/models/a%2F..%2F..%2Fsecrets?extra=1")
    assert call.gateway.received[-1].query == [("extra", "1")]


# ---- the token


def test_a_missing_or_malformed_token_is_echoed_back_an_unknown_one_is_not(call: Caller) -> None:
    gateway, url = call.gateway, f"{call.gateway.base_url}/v1/models"
    for query, echoed in [("", {}), ("?api_token=nope", {"api_token": "nope"})]:
        response = call.client.get(f"{url}{query}", headers={"authorization": f"Bearer {gateway.api_token}"})
        assert response.status_code == 401
        assert list(response.json()) == ["message", "provider", "error"]
        assert list(response.json()["error"]) == ["code", "logging"]
        logging = response.json()["error"]["logging"]
        assert list(logging) == ["method", "status_code", "message", "path", "headers", "query"]
        assert (logging["query"], logging["path"]) == (echoed, "/baseten/v1/models")
        assert logging["headers"]["host"] == gateway.base_url.split("/")[2]
    unknown = call.client.get(f"{url}?api_token=lca-unknown")
    assert (unknown.status_code, gateway.count()) == (401, 0)
    assert unknown.content == b'{"message":"The api_token is invalid.","provider":"baseten","error":{"code":401}}'
    assert gateway.api_token not in unknown.text


def test_the_token_is_in_no_record_and_does_not_reach_baseten(call: Caller) -> None:
    call("GET", "/v1/models?extra=1")
    assert call.gateway.requests[-1].query == [("extra", "1"), ("api_token", "[redacted]")]
    assert call.gateway.received[-1].query == [("extra", "1")]
    assert call.gateway.received[-1].request is call.gateway.requests[-1]
    assert call.gateway.api_token not in repr((call.gateway.requests, call.gateway.received))


# --- its documents, and what the new format does to it


def test_its_documents_are_those_of_such_a_gateway(http_client: httpx.Client) -> None:
    gateways: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["openapi", "definition"]),
        ({"new_format": "missing"}, ["definition"]),
        ({"new_format": "silent"}, ["definition"]),
        ({"new_format": "fatal"}, ["definition"]),
        ({"new_format": "served", "documents": "none"}, []),
        ({"new_format": "fatal", "documents": "both"}, ["openapi", "definition"]),
    ]
    for options, served in gateways:
        with LocalGateway(**options) as gateway:
            for name in ("openapi", "definition"):
                answer = http_client.get(f"{gateway.base_url}/{name}")
                assert answer.status_code == (200 if name in served else 404), options
                if name in served:
                    has_template = "/v1/models/{model_id}" in answer.json()["paths"]
                    assert has_template == (name == "openapi"), options
            assert (gateway.count(), len(gateway.requests), len(gateway.document_requests)) == (0, 0, 2)


def test_its_documents_are_spared_from_faults_and_one_that_it_has_not_is_as_unknown_as_any_route(call: Caller) -> None:
    url = f"{call.gateway.base_url}/openapi"
    call.gateway.faults = FaultPlan(script=["500"])
    assert call.client.get(url).status_code == 200
    assert call("GET", "/v1/models").status_code == 500
    call.gateway.documents, call.gateway.unknown_route = "none", "html"
    assert "html" in call.client.get(url).headers["content-type"]


def test_it_dies_of_the_new_format_even_without_a_token_and_ends_the_requests_of_everybody(call: Caller) -> None:
    began, goes_on = threading.Event(), threading.Event()

    def slow(body: Any) -> Any:
        began.set()
        goes_on.wait(10)
        return body

    gateway = call.gateway
    gateway.new_format, gateway.predict = "fatal", slow
    with ThreadPoolExecutor(1) as pool:
        idle = http.client.HTTPConnection("127.0.0.1", urlsplit(gateway.base_url).port)
        idle.request("GET", "/baseten/definition")
        idle.getresponse().read()
        waiting = pool.submit(call, "POST", "/environments/envname/predict?env_name=production", 1)
        assert began.wait(10)
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{gateway.base_url}{NEW}", trust_env=False)
        with pytest.raises(httpx.TransportError):
            waiting.result(timeout=10)
        goes_on.set()
        assert idle.sock is not None and idle.sock.recv(1) == b""
        idle.close()
    assert (gateway.deaths, gateway.count("models.get")) == (1, 0)
    assert call("GET", OLD).status_code == 200
    assert gateway.deaths == 1
    gateway.reset()
    assert gateway.deaths == 0
