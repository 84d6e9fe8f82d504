"""Faults of the local gateway: each does as its name says, where and as often as asked for."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway

from tests.support.tables import one_test
from tests.testing.caller import JOB, Caller

PREDICT = "/development/predict"


@pytest.mark.parametrize(("fault", "acted"), [("refuse", 0), ("reset_before", 0), ("reset_after", 1)])
@pytest.mark.parametrize("is_warm", [True, False])
def test_a_connection_is_reset_and_not_closed_in_order(call: Caller, fault: str, acted: int, is_warm: bool) -> None:
    if is_warm:
        call("GET", "/v1/models")
    call.gateway.faults = FaultPlan(script=[fault])
    # An accepted connection that is refused may look closed.
    with pytest.raises((httpx.NetworkError, httpx.RemoteProtocolError) if fault == "refuse" else httpx.NetworkError):
        call("POST", PREDICT, {})
    assert call.gateway.count("inference.predict_development") == acted
    assert call.gateway.faults.played == {fault: 1}
    assert call("POST", PREDICT, {}).status_code == 200


@pytest.mark.parametrize(("before", "acted"), [(True, 0), (False, 1)])
def test_a_stall_is_silence(call: Caller, before: bool, acted: int) -> None:
    call.gateway.faults = FaultPlan(script=["stall"], stall_before=before)
    assert call.is_silent("POST", PREDICT, {})
    assert call.gateway.count("inference.predict_development") == acted


def test_an_answer_is_late_trickles_is_no_json_or_is_cut_off(call: Caller) -> None:
    plan = call.gateway.faults = FaultPlan(latency_seconds=0.05, trickle_seconds=0)
    plain = call.result("GET", "/v1/models")
    plan.script = ["latency", "trickle", "malformed", "truncate"]
    started = time.monotonic()
    assert call.result("GET", "/v1/models") == plain
    assert time.monotonic() - started >= 0.05
    assert call.result("GET", "/v1/models") == plain
    malformed = call("GET", "/v1/models")
    assert malformed.headers["content-type"].startswith("application/json")
    with pytest.raises(ValueError):
        malformed.json()
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        call("GET", "/v1/models")


@one_test
@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize(("suffix", "acted"), [("", 0), ("_after", 1)])
def test_a_status_fault_is_an_upstream_error(status: int, suffix: str, acted: int, call: Caller) -> None:
    call.gateway.reset()
    call.gateway.faults = FaultPlan(script=[f"{status}{suffix}"], retry_after="7")
    response = call("POST", PREDICT, {})
    assert response.status_code == status
    assert list(response.json()) == ["message", "provider", "error", "headers"]
    assert response.json()["headers"].get("retry-after") == ("7" if status in (429, 503) else None)
    assert call.gateway.count() == acted
    assert (response.json()["error"]["error_code"] == "model_not_ready") is (status == 503 and not acted)


def test_the_gateway_can_fail_itself(call: Caller) -> None:
    call.gateway.faults = FaultPlan(script=["503", "hangup"], errors_from="gateway")
    assert list(call("GET", "/v1/models").json()) == ["message", "provider", "error"]
    assert call("GET", "/v1/models").json()["message"] == "socket hang up"


def test_faults_can_be_kept_to_some_operations_and_spare_downloads_that_are_not_named(call: Caller) -> None:
    call.gateway.faults = FaultPlan(script=["500"], only={"models.get"})
    answers = [call("GET", path).status_code for path in ("/v1/models", "/v1/models/abc123", "/v1/models/abc123")]
    assert answers == [200, 500, 200]
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


@one_test
@pytest.mark.parametrize("options", [{"rates": {"501": 0.1}}, {"script": ["boom"]}, {"rates": {"500": 1.5}}])
def test_a_plan_that_makes_no_sense_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        FaultPlan(**options)


def test_a_gateway_can_drop_a_format_and_switch_its_envelope_in_the_middle_of_a_run(gateway: LocalGateway) -> None:
    gateway.faults = FaultPlan(script=[None, "drop_format", None, "drop_format", "envelope"])
    url, params = f"{gateway.base_url}/v1/models/abc123", {"api_token": gateway.api_token}
    with httpx.Client(trust_env=False) as client:
        answers = [client.get(url, params=params) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 404, 404, 200, 200]
    assert [list(answer.json())[-1] for answer in answers[3:]] == ["response_headers", "data"]
    assert gateway.faults.played == {"drop_format": 2, "envelope": 1}
