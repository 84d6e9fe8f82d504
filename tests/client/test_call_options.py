"""Options of one call beside its own arguments, and values that are never sent."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from lowcodeapi_baseten import Baseten, InvalidParameterError, ResponseError

from tests.support import guide_payloads as payloads
from tests.support.wire import TOKEN, Reply, Wire, in_result


@pytest.fixture(scope="module")
def shared_wire() -> Iterator[Wire]:
    with Wire() as wire:
        yield wire


@pytest.fixture
def wire(shared_wire: Wire) -> Wire:
    shared_wire.says(in_result({"models": []}))
    return shared_wire


def test_extra_query_is_sent_between_the_operations_own_and_the_token(wire: Wire) -> None:
    extra: dict[str, Any] = {"flag": True, "many": ["a", 2], "none": None, "spaced": "a b&c", "share": 0.5}
    wire.says(in_result(payloads.LOGS))
    with Baseten(api_token=TOKEN, base_url=wire.base_url, url_format="old") as client:
        client.training.get_logs("proj_123", "job_456", limit=10, extra_query=extra)
    assert wire.only.query == [
        ("training_project_id", "proj_123"),
        ("training_job_id", "job_456"),
        ("limit", "10"),
        ("flag", "true"),
        ("many", "a"),
        ("many", "2"),
        ("spaced", "a b&c"),
        ("share", "0.5"),
        ("api_token", TOKEN),
    ]


NO_MAPPINGS: list[Any] = [[("a", "b")], (), "a=b", "", b"a", 0, True, iter([("a", "b")])]
REFUSED_CALLS: list[tuple[str, dict[str, Any]]] = [
    ("extra_headers", {"extra_headers": {"authorization": "Api-Key abc"}}),
    ("extra_headers", {"extra_headers": {"Authorization": "Api-Key abc"}}),
    ("extra_headers", {"extra_headers": {"HOST": "example.com"}}),
    ("extra_headers", {"extra_headers": {"content-length": "0"}}),
    ("extra_headers", {"extra_headers": {"transfer-encoding": "chunked"}}),
    ("extra_headers", {"extra_headers": {"x-split": "a\r\nx-injected: b"}}),
    ("extra_headers", {"extra_headers": {"x-split\r\nx-injected": "b"}}),
    ("extra_headers", {"extra_headers": {"x-nul": "a\x00b"}}),
    ("extra_headers", {"extra_headers": {"x-ünicode": "a"}}),
    ("extra_headers", {"extra_headers": {"x-unicode": "ü"}}),
    *((name, {name: odd}) for name in ("extra_query", "extra_headers", "extra_body") for odd in NO_MAPPINGS),
    ("timeout", {"timeout": 10**5000}),
    ("timeout", {"timeout": [10**5000]}),
    ("timeout", {"timeout": 0}),
    ("timeout", {"timeout": -0.1}),
    ("timeout", {"timeout": math.nan}),
    ("timeout", {"timeout": "1"}),
    ("timeout", {"timeout": math.inf}),
    ("timeout", {"timeout": True}),
    *(("extra_headers", {"extra_headers": {name: "x"}}) for name in ("Connection", "a b", "")),
    *(("extra_headers", {"extra_headers": {"x-a": value}}) for value in (" a", "a ", "a\n", "a\rb", "\N{EURO SIGN}")),
]


@pytest.mark.parametrize(("parameter", "options"), REFUSED_CALLS)
def test_an_option_of_a_call_that_cannot_be_sent_is_refused(
    parameter: str, options: dict[str, Any], wire: Wire
) -> None:
    with Baseten(api_token=TOKEN, base_url=wire.base_url) as client:
        with pytest.raises(InvalidParameterError, match=f"^{parameter} ") as caught:
            client.models.get("abc123", **options)
        with pytest.raises(ValueError, match=f"^{parameter} "):
            client.models.delete("abc123", **options)
    assert caught.value.parameter == parameter
    assert "\n" not in str(caught.value)
    assert wire.received == []


UNWRITABLE: list[tuple[str, Any]] = [("extra_query", object())]
UNWRITABLE += [("extra_body", value) for value in (object(), math.nan, b"x", "\ud800")]


@pytest.mark.parametrize(("option", "value"), UNWRITABLE)
def test_a_value_that_can_not_be_written_is_refused(option: str, value: Any, wire: Wire) -> None:
    options: dict[str, Any] = {option: {"a": value}}
    with (
        Baseten(api_token=TOKEN, base_url=wire.base_url) as client,
        pytest.raises(InvalidParameterError, match=r"an argument of models\.get can't be sent"),
    ):
        client.models.get("abc123", **options)
    assert wire.received == []


class Point:
    def to_dict(self) -> Any:
        return {"x": [1, {"y": object()}]}


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"x": object()}, "input.x: JSON can't express the type object"),
        ([0, {"a": b"x"}], "input[1].a: JSON can't express the type bytes"),
        (Point(), "input.x[1].y: JSON can't express the type object"),
        ({"a": {"b": math.nan}}, "input.a.b: Out of range float values are not JSON compliant"),
        ({"a": ["\ud800"]}, "input.a[0]: 'utf-8' codec can't encode character"),
        ({"a": {(1, 2): 3}}, "input.a: keys must be str, int, float, bool or None"),
        (object(), "input: JSON can't express the type object"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_can_not_be_written_is_named_with_its_place(value: Any, problem: str, wire: Wire) -> None:
    with (
        Baseten(api_token=TOKEN, base_url=wire.base_url) as client,
        pytest.raises(InvalidParameterError) as caught,
    ):
        client.inference.predict_environment("production", input=value)
    assert f"predict_environment can't be sent: {problem}" in str(caught.value)
    assert wire.received == []


def test_a_body_that_holds_itself_is_refused(wire: Wire) -> None:
    value: dict[str, Any] = {}
    value["x"] = value
    with (
        Baseten(api_token=TOKEN, base_url=wire.base_url) as client,
        pytest.raises(InvalidParameterError, match="Circular"),
    ):
        client.inference.predict_environment("production", input=value)


def test_extra_headers_of_a_call_win_over_those_of_the_client(wire: Wire) -> None:
    with Baseten(api_token=TOKEN, base_url=wire.base_url, headers={"X-Trace": "client", "x-kept": "yes"}) as client:
        client.models.list(extra_headers={"x-trace": "call"})
        client.models.list()
    assert [received.header("x-trace") for received in wire.received] == ["call", "client"]
    assert [received.header("x-kept") for received in wire.received] == ["yes", "yes"]


def test_an_answer_that_is_larger_than_allowed_is_not_read(wire: Wire) -> None:
    wire.says(Reply(200, b'"' + b"x" * 2000 + b'"'))
    client = Baseten(api_token=TOKEN, base_url=wire.base_url, max_response_bytes=1000)
    with client, pytest.raises(ResponseError, match="max_response_bytes"):
        client.inference.predict_development(input={})
    assert wire.only


@pytest.mark.parametrize(
    ("own", "extra", "sent"),
    [
        ({}, {"new_field": 1}, {"new_field": 1}),
        ({"max_replica": 2}, {"new_field": {"of": None}}, {"max_replica": 2, "new_field": {"of": None}}),
        ({"max_replica": 2}, {"max_replica": 3}, {"max_replica": 3}),
        ({"max_replica": 2}, {}, {"max_replica": 2}),
    ],
)
def test_extra_body_is_merged_at_the_top_level_and_wins(own: Any, extra: Any, sent: Any, wire: Wire) -> None:
    wire.says(in_result(payloads.ACCEPTED))
    with Baseten(api_token=TOKEN, base_url=wire.base_url, url_format="new") as client:
        client.deployments.update_autoscaling("model_abc123", "dep1", **own, extra_body=extra)
    assert json.loads(wire.only.body) == sent


def test_extra_body_is_not_merged_into_what_is_no_object(wire: Wire) -> None:
    client = Baseten(api_token=TOKEN, base_url=wire.base_url)
    with client, pytest.raises(InvalidParameterError, match="extra_body"):
        client.inference.predict_development(body=["a"], extra_body={"b": 1})
    assert wire.received == []


@pytest.mark.parametrize("parameter", ["extra_query", "extra_headers", "extra_body"])
def test_what_is_no_mapping_is_refused(wire: Wire, parameter: str) -> None:
    with Baseten(api_token=TOKEN, base_url=wire.base_url) as client:
        refused: Any = {parameter: 5}
        with pytest.raises(
            InvalidParameterError, match=rf"^{parameter} must be a mapping of names to values; got int$"
        ):
            client.models.list(**refused)
    assert not wire.received
