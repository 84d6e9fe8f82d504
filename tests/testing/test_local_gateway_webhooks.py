"""Asynchronous predictions of the local gateway: they move on with each look, and end in a webhook."""

from __future__ import annotations

import concurrent.futures
import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Iterator

import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.support.wire import Reply, Wire
from tests.testing.caller import Caller, raises


class Receiver(Wire):
    """Accepts webhooks, and answers with the next of its statuses."""

    def __init__(self) -> None:
        super().__init__(lambda request: Reply(self.statuses.pop(0) if self.statuses else 200))
        self.statuses: list[int] = []

    @property
    def url(self) -> str:
        return f"{self.origin}/hook?a=1"


@pytest.fixture
def receiver(gateway: LocalGateway) -> Iterator[Receiver]:
    """A receiver whose address the gateway knows."""
    with Receiver() as server:
        gateway.webhook_endpoints = [server.url]
        yield server


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
    headers, body = dict(receiver.only.headers), receiver.only.body
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
    assert "x-baseten-signature" not in dict(receiver.received[0].headers), "unsigned without a secret"


def test_a_model_that_fails_is_told_to_the_webhook(call: Caller, receiver: Receiver) -> None:
    call.gateway.predict = raises(500, {"error": "boom"})
    submitted = {"model_input": {}, "webhook_endpoint": receiver.url}
    request_id = call.result("POST", "/development/async_predict", submitted)["request_id"]
    looks = [call.result("GET", f"/async_request/{request_id}") for _ in range(3)]
    assert looks[-1]["status"] == "FAILED"
    content = json.loads(receiver.only.body)
    assert content["data"] is None
    assert content["errors"] == looks[-1]["errors"] == [{"code": "MODEL_PREDICT_ERROR", "message": "boom"}]


def test_a_request_that_nobody_looks_at_can_be_carried_out_all_the_same(call: Caller, receiver: Receiver) -> None:
    call.gateway.settle_after = 0
    call.result("POST", "/development/async_predict", {"model_input": {}, "webhook_endpoint": receiver.url})
    deadline = time.monotonic() + 10
    while not call.gateway.webhooks and time.monotonic() < deadline:
        threading.Event().wait(0.005)
    assert len(receiver.received) == 1


def test_a_request_is_carried_out_once_however_many_look(call: Caller, receiver: Receiver) -> None:
    submitted = {"model_input": {}, "webhook_endpoint": receiver.url}
    request_id = call.result("POST", "/development/async_predict", submitted)["request_id"]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: call.result("GET", f"/async_request/{request_id}"), range(32)))
    assert len(receiver.received) == 1
