"""The small Baseten behind the local gateway: it refuses what Baseten refuses, and it remembers every change."""

from __future__ import annotations

from typing import Any

import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.testing.caller import Caller


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
