"""Webhooks: only Baseten's signature is accepted, and no replay."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import hmac
import json
import socket
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lowcodeapi_baseten import Baseten, InvalidParameterError
from lowcodeapi_baseten.testing import LocalGateway
from lowcodeapi_baseten.testing.server import ServerThread
from lowcodeapi_baseten.workflows import WaitFailedError, WebhookError
from lowcodeapi_baseten.workflows.webhooks import AsyncPredictResult, parse, verify
from lowcodeapi_baseten_api.models import AsyncRequestError

from tests.project import examples as documented
from tests.support.pairs import in_turn
from tests.support.profiles import examples
from tests.support.tables import one_test

BODY = b'{"request_id":"r"}'
FIELDS = st.sampled_from(["request_id", "model_id", "deployment_id", "type", "time", "data", "errors", "message"])
JSON: Any = st.none() | st.booleans() | st.floats() | st.integers() | st.text()
JSON |= st.sampled_from(["\ud800", "2026-01-01T12:00:00Z", "9999-12-31T23:59:59-14:00", 10**40])
NOW = datetime.datetime(2026, 1, 1, 12, 0, tzinfo=datetime.UTC)


def signed(body: bytes, *secrets: str) -> str:
    return ",".join("v1=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets)


@pytest.mark.parametrize(
    ("signature", "secret"),
    [
        (signed(BODY, "a"), "a"),
        (signed(BODY, "a", "b"), "b"),
        (signed(BODY, "b"), ["a", "b"]),
        (signed(BODY, "a", "b"), ["b", "c"]),
        (signed(BODY, "a").replace(",", " , ") + " , v2=0", ("a",)),
    ],
)
def test_a_body_that_was_signed_is_believed(signature: str, secret: str | Sequence[str]) -> None:
    verify(BODY, signature, secret)


@one_test
@pytest.mark.parametrize(
    ("body", "signature", "secret", "problem"),
    [
        (BODY + b" ", signed(BODY, "a"), "a", "does not match"),
        (BODY, signed(BODY, "a"), "b", "does not match"),
        (BODY, signed(BODY, "a").upper(), "a", "does not match"),
        (BODY, signed(BODY, "a")[:-1], "a", "does not match"),
        (BODY, signed(BODY, "a")[3:], "a", "does not match"),
        (BODY, "v1=", "a", "does not match"),
        (BODY, "v1=ü", "a", "does not match"),
        (BODY, "", "a", "has no X-BASETEN-SIGNATURE"),
        (BODY, None, "a", "has no X-BASETEN-SIGNATURE"),
        (BODY, signed(BODY, ""), "", "no webhook secret"),
        (BODY, signed(BODY, "a"), [], "no webhook secret"),
        (BODY, signed(BODY, "a", ""), ["a", ""], "no webhook secret"),
        (BODY, signed(BODY, "a"), None, "no webhook secret"),
        (BODY, signed(BODY, "a"), 5, "no webhook secret"),
        (BODY, signed(BODY, "a").encode(), "a", "must be text; got bytes"),
        ("text", signed(BODY, "a"), "a", "must be the bytes as received"),
        (BODY, "\ud800", "a", "does not match"),
        (BODY, signed(BODY, "a") + "\ud800", "a", "does not match"),
        (BODY, signed(BODY, "a"), "\ud800", "secret is not valid text"),
        (BODY, signed(BODY, "a"), ["a", "b\udcff"], "secret is not valid text"),
        (BODY, signed(BODY, "a"), b"a", "no webhook secret"),
    ],
)
def test_anything_else_is_not(body: Any, signature: str | None, secret: Any, problem: str) -> None:
    with pytest.raises(WebhookError, match=problem):
        verify(body, signature, secret)


def webhook(**changed: Any) -> bytes:
    content = {
        "request_id": "req_1",
        "model_id": "abc123",
        "deployment_id": "dep1",
        "type": "async_request_completed",
        "time": "2026-01-01T12:00:00Z",
        "data": {"text": "hi"},
        "errors": [],
    }
    return json.dumps({**content, **changed}).encode()


def test_a_webhook_is_read() -> None:
    result = parse(webhook(), now=NOW)
    assert (result.request_id, result.model_id, result.deployment_id) == ("req_1", "abc123", "dep1")
    assert (result.data, result.is_success, result.time) == ({"text": "hi"}, True, NOW)
    assert "hi" not in repr(result)


@one_test
@pytest.mark.parametrize(
    ("errors", "messages"),
    [
        (None, []),
        ([], []),
        ("out of memory", ["out of memory"]),
        (["out of memory"], ["out of memory"]),
        ({"code": "X", "message": "out of memory"}, ["out of memory"]),
        ([{"code": "X", "message": "no"}], ["no"]),
        (["", {"message": "b"}], ["an error that is a str", "b"]),
        (True, ["an error that is a bool"]),
        (False, ["an error that is a bool"]),
        (0, ["an error that is a int"]),
        ("", ["an error that is a str"]),
        ([None], ["an error that is a NoneType"]),
        ([[]], ["an error that is a list"]),
        ({}, [None]),
        ([{}], [None]),
    ],
)
def test_whatever_a_webhook_says_of_errors_is_no_success(errors: Any, messages: list[Any]) -> None:
    result = parse(webhook(errors=errors), now=NOW)
    assert [error.message for error in result.errors] == messages
    assert [error.code for error in result.errors if error.message == "no"] in ([], ["X"])
    assert result.is_success == (not messages)


@in_turn(odd=[5, True, [], {}, ["a"]], field=["model_id", "deployment_id", "type"])
def test_a_field_of_another_kind_is_left_out_and_kept_as_it_came(field: str, odd: Any) -> None:
    result = parse(webhook(**{field: odd}), now=NOW)
    assert getattr(result, field) is None and result.received[field] == odd


@given(
    st.sampled_from([300, None]),
    st.recursive(JSON, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner), max_leaves=8),
)
@examples(20)
def test_any_body_is_read_or_refused_in_words(max_age: float | None, content: Any) -> None:
    whole = {"request_id": "r", "time": "2026-01-01T12:00:00Z", **content} if isinstance(content, dict) else content
    try:
        result = parse(json.dumps(whole).encode(), max_age=max_age, now=NOW)
    except WebhookError as error:
        assert str(error).isprintable()
        return
    assert result.is_success == (not whole.get("errors") and whole.get("errors") in (None, []))
    assert all(isinstance(error, AsyncRequestError) for error in result.errors)


@one_test
@pytest.mark.parametrize(
    ("time", "max_age", "problem"),
    [
        ("2026-01-01T11:54:59Z", 300, "301 s old"),
        ("2026-01-01T12:05:01Z", 300, "301 s in the future"),
        ("2026-01-01T11:59:00", 30, "60 s old"),
        ("yesterday", 300, "does not say when"),
        (None, 300, "does not say when"),
        (5, 300, "does not say when"),
        ("\ud800", 300, "does not say when"),
        ("2026-01-01T12:00:01Z", float("nan"), "at most nan s are allowed"),
        ("0001-01-01T00:00:00+14:00", 300, "s old"),
        ("9999-12-31T23:59:59-14:00", 300, "s in the future"),
    ],
)
def test_a_webhook_that_is_not_fresh_is_refused(time: Any, max_age: float, problem: str) -> None:
    with pytest.raises(WebhookError, match=problem):
        parse(webhook(time=time), max_age=max_age, now=NOW)


def test_a_time_without_a_time_zone_is_refused_and_freshness_can_be_waived() -> None:
    with pytest.raises(InvalidParameterError, match="now must have a time zone"):
        parse(webhook(), now=datetime.datetime(2026, 1, 1))
    assert isinstance(parse(webhook(time="2020-01-01T00:00:00Z"), max_age=None), AsyncPredictResult)


def test_by_default_a_webhook_may_be_five_minutes_old() -> None:
    assert parse(webhook(time="2026-01-01T11:55:00Z"), now=NOW).is_success
    with pytest.raises(WebhookError, match="301 s old"):
        parse(webhook(time="2026-01-01T11:54:59Z"), now=NOW)


NO_WEBHOOK = [b"", b"{", b"[]", b"{}", b'{"request_id": 1}', b'{"request_id": ""}', b"\xff", b"[" * 100_000]


@one_test
@pytest.mark.parametrize(
    ("body", "problem"),
    [
        *((body, "webhook's body is not") for body in NO_WEBHOOK),
        *((body, "must be the bytes as received; got") for body in (None, {"request_id": "r"}, 5)),
    ],
)
def test_anything_but_a_webhook_is_refused(body: Any, problem: str) -> None:
    with pytest.raises(WebhookError, match=problem):
        parse(body)


@pytest.mark.parametrize(
    "kind", [bytearray, memoryview, lambda body: memoryview(b"".join(b"%c " % n for n in body))[::2]]
)
def test_a_body_may_be_any_kind_of_bytes(kind: Any) -> None:
    body = kind(webhook())
    verify(body, signed(webhook(), "a"), "a")
    text: Any = webhook().decode()
    assert parse(body, now=NOW).request_id == parse(text, now=NOW).request_id == "req_1"


# --- the receiver of the documentation

EXAMPLE = next(example.source for example in documented.examples() if "webhooks.verify(" in example.source)


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("example")
    monkeypatch.setitem(sys.modules, "example", module)
    exec(EXAMPLE, module.__dict__)
    return module


@pytest.fixture
def hook_url(gateway: LocalGateway, receiver: ModuleType) -> Iterator[str]:
    """The receiver's URL, as the gateway knows it."""
    server = ServerThread(receiver.app, 0, gateway)
    server.start()
    with contextlib.closing(server):
        url = f"http://127.0.0.1:{server.port}/webhook"
        gateway.webhook_endpoints = [url]
        yield url


@pytest.mark.parametrize("secret", ["whsec_old", ["whsec_older", "whsec_new"]])
def test_the_documented_receiver_takes_what_the_gateway_delivers(
    gateway: LocalGateway, client: Baseten, receiver: ModuleType, hook_url: str, secret: Any
) -> None:
    gateway.webhook_secret = secret
    handle = client.inference.submit(environment="production", input={"a": 1}, webhook_endpoint=hook_url)
    assert handle.wait().status == "SUCCEEDED"
    assert [delivery.status for delivery in gateway.webhooks] == [204]
    assert receiver.outputs[handle.request_id].data == {"echo": {"a": 1}}


@pytest.mark.parametrize("secret", [None, "whsec_of_somebody"])
def test_the_documented_receiver_refuses_a_body_that_was_not_signed_for_it(
    gateway: LocalGateway, client: Baseten, receiver: ModuleType, hook_url: str, secret: str | None
) -> None:
    gateway.webhook_secret = secret
    handle = client.inference.submit(environment="production", input={"a": 1}, webhook_endpoint=hook_url)
    with pytest.raises(WaitFailedError, match=r"WEBHOOK_FAILED: the webhook's receiver answered 400: the webhook"):
        handle.wait()
    assert [delivery.status for delivery in gateway.webhooks] == [400, 400]
    assert handle.request_id not in receiver.outputs


def test_a_wait_says_that_nobody_took_the_webhook(gateway: LocalGateway, client: Baseten) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/webhook"
    gateway.webhook_endpoints = [nobody]
    problem = "WEBHOOK_FAILED: the webhook was not delivered: ConnectionRefusedError"
    with pytest.raises(WaitFailedError, match=problem):
        client.inference.submit(environment="production", input={}, webhook_endpoint=nobody).wait()
