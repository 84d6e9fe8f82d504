"""Faults of the local gateway: each does as its name says, where and as often as asked for."""

from __future__ import annotations

import socket
import time
from typing import Any

import httpx
import pytest
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway

from tests.testing.caller import JOB, Caller

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
            b"GET /baseten/v1/models?api_token=%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % gateway.api_token.encode()
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
