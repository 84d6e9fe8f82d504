"""Asynchronous predictions of the local gateway: they move on with each look, and end in a webhook."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.wire import Reply, Wire
from tests.testing.caller import Account, Caller, raises


class Receiver(Wire):
    """Accepts webhooks, and answers with the next of its statuses."""

    def __init__(self) -> None:
        super().__init__(lambda request: Reply(self.statuses.pop(0) if self.statuses else 200))
        self.statuses: list[int] = []

    @property
    def url(self) -> str:
        return f"{self.origin}/hook?a=1"


@pytest.fixture
def receiver(ask: Account) -> Iterator[Receiver]:
    """A receiver whose address the gateway knows."""
    with Receiver() as server:
        ask.gateway.webhook_endpoints = [server.url]
        yield server


def submitted(ask: Account | Caller, **more: Any) -> str:
    """The path of a new request."""
    path = "/environments/production/async_predict"
    return f"/async_request/{ask.result('POST', path, {'model_input': {'a': 1}, **more})['request_id']}"


def test_an_asynchronous_request_moves_by_looking(ask: Account) -> None:
    path = submitted(ask)
    queue = ask.result("GET", "/environments/production/async_queue_status")
    assert (queue["num_queued_requests"], queue["num_in_progress_requests"]) == (1, 0)
    assert ask.looks(4, path, "status") == ["QUEUED", "IN_PROGRESS", "SUCCEEDED", "SUCCEEDED"]
    end = ask.result("GET", path)
    assert (end["webhook_status"], end["errors"]) == ("NO_WEBHOOK_PROVIDED", [])


def test_only_a_queued_request_can_be_cancelled(ask: Account) -> None:
    first, second = submitted(ask), submitted(ask)
    assert ask.looks(1, first, "status") == ["QUEUED"]
    assert ask.result("DELETE", first)["canceled"] is True
    assert ask.looks(1, first, "status") == ["CANCELED"]
    ask.looks(2, second)
    assert ask.result("DELETE", second)["canceled"] is False
    assert ask.looks(1, second, "status") == ["SUCCEEDED"]


def test_a_webhook_is_signed_and_delivered_before_the_end_is_seen(ask: Account, receiver: Receiver) -> None:
    ask.gateway.webhook_secret = ("new", "old")
    path = submitted(ask, webhook_endpoint=receiver.url)
    assert ask.looks(4, path, "webhook_status") == ["PENDING", "PENDING", "SUCCEEDED", "SUCCEEDED"]
    headers, body = dict(receiver.only.headers), receiver.only.body
    signatures = [f"v1={hmac.new(key, body, hashlib.sha256).hexdigest()}" for key in (b"new", b"old")]
    assert headers["x-baseten-signature"] == ",".join(signatures)
    request_id = headers["x-baseten-request-id"]
    assert path.endswith(request_id)
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
    [delivery] = ask.gateway.webhooks
    assert (delivery.url, delivery.body, delivery.status) == (receiver.url, body, 200)


@pytest.mark.parametrize(("statuses", "end"), [([500, 200], "SUCCEEDED"), ([500, 500], "WEBHOOK_FAILED")])
def test_a_webhook_has_two_attempts(ask: Account, receiver: Receiver, statuses: list[int], end: str) -> None:
    receiver.statuses = [*statuses]
    path = submitted(ask, webhook_endpoint=receiver.url)
    ask.gateway.settle()
    assert [delivery.status for delivery in ask.gateway.webhooks] == statuses
    assert ask.looks(1, path, "status") == [end]
    assert "x-baseten-signature" not in dict(receiver.received[0].headers), "unsigned without a secret"


def test_a_model_that_fails_is_told_to_the_webhook(ask: Account, receiver: Receiver) -> None:
    ask.gateway.predict = raises(500, {"error": "boom"})
    path = submitted(ask, webhook_endpoint=receiver.url)
    assert ask.looks(3, path, "status")[-1] == "FAILED"
    content = json.loads(receiver.only.body)
    assert content["data"] is None
    errors = [{"code": "MODEL_PREDICT_ERROR", "message": "boom"}]
    assert content["errors"] == ask.result("GET", path)["errors"] == errors


def test_a_request_that_nobody_looks_at_can_be_carried_out_all_the_same(call: Caller) -> None:
    call.gateway.settle_after = 0
    path = submitted(call)
    request = call.gateway.baseten.async_requests[path.rpartition("/")[2]]
    deadline = time.monotonic() + 10
    while not request.is_done and time.monotonic() < deadline:
        threading.Event().wait(0.005)
    assert request.is_done


def test_a_request_is_carried_out_once_however_many_look(ask: Account) -> None:
    seen: list[Any] = []

    def model(body: Any) -> Any:
        seen.append(ask.looks(1, path, "status"))  # somebody looks while the model works
        return body

    ask.gateway.predict = model
    path = submitted(ask)
    assert ask.looks(3, path, "status")[-1] == "SUCCEEDED"
    assert seen == [["IN_PROGRESS"]]


# --- where webhooks may go -------------------------------------------------------------------------------------------


def test_no_address_is_called_that_was_not_named_and_whoever_waits_is_told_why(ask: Account) -> None:
    with Receiver() as bystander:
        ask.gateway.webhook_endpoints = [f"{bystander.origin}/hook"]
        for url in (f"{bystander.origin}/admin", f"{bystander.origin}/hook?x", "http://127.0.0.1:1/hook"):
            body = {"model_input": {}, "webhook_endpoint": url}
            assert ask.status("POST", "/development/async_predict", body) == 422
        endpoints = (bystander.origin.replace("http", "https"), "https://example.com/hook", "https://[::1")
        paths = {url: submitted(ask, webhook_endpoint=url) for url in endpoints}
        ask.gateway.settle()
        assert bystander.connections == 0
    assert [delivery.status for delivery in ask.gateway.webhooks] == [None] * 6
    for url, path in paths.items():
        [error] = ask.result("GET", path)["errors"]
        assert f"LocalGateway(webhook_endpoints=[...]) does not name {url}" in error["message"]


@pytest.mark.parametrize(
    "named",
    ["http://127.0.0.1:1/hook", ["https://127.0.0.1/hook"], ["http://example.com/hook"], ["http://127.evil.example/"]],
)
def test_only_addresses_on_this_machine_can_be_named(ask: Account, named: Any) -> None:
    with pytest.raises(ValueError, match="webhook_endpoints must be a list of http URLs on this machine; got"):
        ask.gateway.webhook_endpoints = named
