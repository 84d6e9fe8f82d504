"""The small Baseten behind the local gateway: it refuses what Baseten refuses, and it remembers every change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.testing.caller import JOB, Account, Caller

MODEL = "/v1/models/abc123"
DEPLOYMENT = f"{MODEL}/deployments/dep1"
PRODUCTION = f"{MODEL}/environments/production"
SUBMIT = "/development/async_predict"

REFUSED: list[tuple[int, str, str, Any]] = [
    *((404, "GET", path, None) for path in ("/v1/models/nope", f"{MODEL}/deployments/dep5", "/async_request/nope")),
    (404, "POST", "/deployment/nope/predict", None),
    (404, "DELETE", "/v1/chains/nope", None),
    (404, "GET", JOB.replace("456", "nope"), None),
    (404, "GET", "/v1/nowhere", None),
    (422, "POST", "/v1/secrets", {"name": "n"}),
    (400, "POST", "/v1/secrets", ["n"]),
    (422, "POST", "/v1/api_keys", {"type": "ROOT"}),
    (422, "POST", SUBMIT, {"input": {}}),
    (422, "POST", SUBMIT, {"model_input": {}, "priority": 3}),
    (422, "POST", SUBMIT, {"model_input": {}, "webhook_endpoint": "http://example.com"}),
    (413, "POST", SUBMIT, {"model_input": {"text": "x" * 300_000}}),
    *((422, "PATCH", f"{DEPLOYMENT}/autoscaling_settings", {"min_replica": number}) for number in (-1, 9, "2")),
    (409, "POST", f"{MODEL}/environments", {"name": "staging"}),
    (422, "POST", f"{PRODUCTION}/promote", {}),
    (400, "POST", f"{PRODUCTION}/cancel_promotion", {}),
    (422, "GET", f"{JOB}/logs?limit=0", None),
    (422, "GET", f"{JOB}/checkpoint_files?page_size=x", None),
]
CODES = {400: "BAD_REQUEST", 404: "NOT_FOUND", 409: "ALREADY_EXISTS", 413: "payload_too_large", 422: "VALIDATION_ERROR"}


def test_a_bad_request_changes_nothing(ask: Account) -> None:
    before = repr(ask.baseten.deployments), repr(ask.baseten.secrets)
    for number, (status, method, path, body) in enumerate(REFUSED, 1):
        answer = ask(method, path, body)
        code = answer.value.get("code", answer.value.get("error_code"))
        assert (answer.status, code) == (status, CODES[status]), (method, path)
        assert answer.headers == {"x-baseten-request-id": f"req_{number:06}"}
        assert (repr(ask.baseten.deployments), repr(ask.baseten.secrets)) == before


def test_a_deleted_model_is_gone_with_what_belongs_to_it(ask: Account) -> None:
    assert ask.result("DELETE", MODEL) == {"id": "abc123", "deleted": True}
    assert ask.status("DELETE", MODEL) == 404
    assert ask.status("POST", "/environments/production/predict") == 404
    assert [model["id"] for model in ask.result("GET", "/v1/models")["models"]] == ["model_abc123"]
    assert "dep1" not in ask.baseten.deployments


def test_a_deployment_is_deactivated_and_activated_by_looking(ask: Account) -> None:
    assert ask.looks(2, DEPLOYMENT, "status") == ["ACTIVE", "ACTIVE"]
    assert ask.result("POST", f"{DEPLOYMENT}/deactivate") == {"success": True}
    assert ask.status("POST", "/environments/production/predict") == 503
    assert ask.looks(3, DEPLOYMENT, "status") == ["DEACTIVATING", "INACTIVE", "INACTIVE"]
    assert ask.result("POST", f"{PRODUCTION}/activate") == {"success": True}
    assert ask.looks(4, DEPLOYMENT, "status") == ["DEPLOYING", "LOADING_MODEL", "ACTIVE", "ACTIVE"]


def test_a_wake_wakes_and_so_does_a_prediction(ask: Account) -> None:
    assert ask("POST", "/deployment/dep3/wake").raw == b""
    assert ask.looks(3, f"{MODEL}/deployments/dep3", "status") == ["WAKING_UP", "ACTIVE", "ACTIVE"]
    ask.baseten.reset()
    assert ask.result("POST", "/environments/staging/predict", {"input": 1}) == {"echo": {"input": 1}}
    assert ask.baseten.deployments["dep3"].status == "ACTIVE"


def test_a_promotion_is_in_progress_then_done(ask: Account) -> None:
    assert ask.result("POST", f"{PRODUCTION}/promote", {"deployment_id": "dep3"})["id"] == "dep3"
    assert ask.status("POST", f"{PRODUCTION}/promote", {"deployment_id": "dep4"}) == 409
    looks = [ask.result("GET", PRODUCTION) for _ in range(4)]
    in_progress = [look["in_progress_promotion"] for look in looks]
    statuses = [progress and progress["status"] for progress in in_progress]
    assert statuses == ["RELEASING", "RAMPING_UP", "SUCCEEDED", None]
    assert [look["current_deployment"]["id"] for look in looks] == ["dep1", "dep1", "dep3", "dep3"]
    assert looks[-1]["current_deployment"]["is_production"]
    assert ask.baseten.deployments["dep1"].status == "SCALED_TO_ZERO"
    assert ask.result("GET", MODEL)["production_deployment_id"] == "dep3"


@pytest.mark.parametrize(("looks", "statuses"), [(1, ["CANCELED"]), (2, ["RAMPING_DOWN", "CANCELED"])])
def test_a_promotion_can_be_cancelled(ask: Account, looks: int, statuses: list[str]) -> None:
    ask.result("POST", f"{PRODUCTION}/promote", {"deployment_id": "dep4"})
    ask.looks(looks, PRODUCTION)
    assert ask.result("POST", f"{PRODUCTION}/cancel_promotion")["status"] == statuses[0]
    assert ask.looks(len(statuses) + 1, PRODUCTION, "in_progress_promotion", "status") == [*statuses, None]
    after = ask.result("GET", PRODUCTION)
    assert (after["candidate_deployment"], after["current_deployment"]["id"]) == (None, "dep1")


def test_a_development_deployment_is_promoted_as_a_copy(ask: Account) -> None:
    promoted = ask.result("POST", f"{MODEL}/deployments/development/promote")
    assert promoted["id"] not in ("dep1", "dep2")
    ask.looks(3, PRODUCTION)
    assert ask.result("GET", f"{MODEL}/deployments/production")["id"] == promoted["id"]
    assert ask.result("GET", f"{MODEL}/deployments/development")["id"] == "dep2"


def test_autoscaling_says_whether_it_changed_anything(ask: Account) -> None:
    path = f"{DEPLOYMENT}/autoscaling_settings"
    assert ask.result("PATCH", path, {"min_replica": 2, "max_replica": 4})["status"] == "ACCEPTED"
    assert ask.result("PATCH", path, {"min_replica": 2})["status"] == "UNCHANGED"
    guide_form = {"autoscaling_settings": {"min_instances": 1}}
    assert ask.result("PATCH", path, guide_form)["status"] == "UNCHANGED", "the guide's example is not read"
    shown = ask.result("GET", DEPLOYMENT)
    assert (shown["autoscaling_settings"]["max_replica"], shown["active_replica_count"]) == (4, 2)


def test_environments_are_created_and_updated(ask: Account) -> None:
    path = f"{MODEL}/environments"
    made = ask.result("POST", path, {"name": "canary", "promotion_settings": {"rolling_deploy": True}})
    assert (made["current_deployment"], made["promotion_settings"]["rolling_deploy"]) == (None, True)
    update = {"autoscaling_settings": {"max_replica": 5}}
    assert ask.result("PATCH", f"{path}/canary", update)["status"] == "ACCEPTED"
    assert ask.result("GET", f"{path}/canary")["autoscaling_settings"]["max_replica"] == 5
    names = [environment["name"] for environment in ask.result("GET", path)["environments"]]
    assert names == ["production", "staging", "canary"]


def test_a_secret_never_shows_its_value(ask: Account) -> None:
    first = ask.result("POST", "/v1/secrets", {"name": "token", "value": "hush-1"})
    assert ask.result("POST", "/v1/secrets", {"name": "token", "value": "hush-2"}) == first
    assert ask.baseten.secrets["token"].value == "hush-2"
    assert "hush" not in repr((ask.result("GET", "/v1/secrets"), ask.baseten.secrets))


def test_an_api_key_is_shown_once(ask: Account) -> None:
    key = ask.result("POST", "/v1/api_keys", {"type": "PERSONAL", "name": "mine"})["api_key"]
    prefix, _, secret = key.partition(".")
    listed = repr(ask.result("GET", "/v1/api_keys"))
    assert prefix in listed and secret not in listed
    assert ask.result("DELETE", f"/v1/api_keys?prefix={prefix}") == {"prefix": prefix}
    assert ask.status("DELETE", f"/v1/api_keys?prefix={prefix}") == 404


def test_baseten_itself_does_not_know_the_guides_deletion_of_a_key(ask: Account) -> None:
    ask.gateway.api_key_delete = "path"
    assert ask.status("DELETE", "/v1/api_keys?prefix=abcd1234") == 404
    assert "abcd1234" in ask.baseten.api_keys


def test_reset_brings_back_the_seed(call: Caller) -> None:
    first = call("GET", "/v1/models").content
    call.result("DELETE", MODEL)
    call.gateway.reset()
    assert (call.gateway.count(), call.gateway.requests, call.gateway.received) == (0, [], [])
    assert call("GET", "/v1/models").content == first
