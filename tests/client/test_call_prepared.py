"""A call is checked and written once, with its options, and sent as it was checked, whatever changes afterwards."""

from __future__ import annotations

import enum
import json
import math
from collections.abc import Mapping
from typing import Any

import pytest
from lowcodeapi_baseten import Baseten, InvalidParameterError
from lowcodeapi_baseten.hooks import RequestEvent
from lowcodeapi_baseten.plan import plan
from lowcodeapi_baseten.request import Request
from lowcodeapi_baseten.steps import Send
from lowcodeapi_baseten_api.types import UNSET, Call

from tests.client.stage import BASE_URL, GOOD, Stage, call_of, upstream
from tests.support.tables import one_test
from tests.support.wire import TOKEN, Wire, in_result

PREDICT, READ = "inference.predict_environment", "models.get"
FORMATS = ("new", "old")


def prepared(operation: str, /, headers: Mapping[str, str] | None = None, **known: Any) -> Request:
    return plan(base_url=BASE_URL, remember=False, headers=headers).prepared(call_of(operation, **known))


def test_options_reach_the_wire_in_their_order_the_token_last() -> None:
    extra: dict[str, Any] = {"flag": True, "many": ["a", 2], "none": None, "spaced": "a b&c", "share": 0.5}
    headers = {"X-Trace": "client", "x-kept": "yes"}
    with (
        Wire(in_result({"logs": [], "models": []})) as wire,
        Baseten(api_token=TOKEN, base_url=wire.base_url, url_format="old", headers=headers) as client,
    ):
        client.training.get_logs("proj_123", "job_456", limit=10, extra_query=extra, extra_headers={"x-trace": "call"})
        client.models.list(extra_query={})
    first, second = wire.received
    assert first.query == [
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
    assert [each.header("x-trace") for each in (first, second)] == ["call", "client"]
    assert [each.header("x-kept") for each in (first, second)] == ["yes", "yes"]


NO_MAPPINGS: list[Any] = [[("a", "b")], (), "a=b", "", b"a", 0, True, iter([("a", "b")])]
HEADERS: list[Any] = [
    *({name: "x"} for name in ("authorization", "Authorization", "HOST", "content-length", "transfer-encoding")),
    *({name: "x"} for name in ("Proxy-Authorization", "content-encoding", "accept-encoding", "expect", "te")),
    *({name: "x"} for name in ("trailer", "Upgrade", "Connection", "a b", "", "x-split\r\nx-injected", "x-ünicode")),
    *({"x-a": value} for value in ("a\r\nx-injected: b", "a\x00b", "ü", " a", "a ", "a\n", "a\rb", "\N{EURO SIGN}", 1)),
]
TIMEOUTS: list[Any] = [10**5000, [10**5000], 0, -0.1, math.nan, math.inf, "1", True]


@one_test
@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        *((name, odd) for name in ("extra_query", "extra_headers", "extra_body") for odd in NO_MAPPINGS),
        *(("extra_headers", odd) for odd in HEADERS),
        *(("timeout", odd) for odd in TIMEOUTS),
    ],
    ids=lambda value: value if value in ("extra_query", "extra_headers", "extra_body", "timeout") else "",
)
def test_an_option_of_a_call_that_cannot_be_sent_is_refused(parameter: str, value: Any) -> None:
    with pytest.raises(InvalidParameterError, match=f"^{parameter} ") as caught:
        prepared(READ, **{parameter: value})
    assert caught.value.parameter == parameter and str(caught.value).isprintable()


class Point:
    def to_dict(self) -> Any:
        return {"x": [1, {"y": object()}]}


ENDLESS: dict[str, Any] = {}
ENDLESS["x"] = ENDLESS


@one_test
@pytest.mark.parametrize(
    ("known", "problem"),
    [
        ({"body": {"input": {"x": object()}}}, "input.x: JSON can't express the type object"),
        ({"body": {"input": [0, {"a": b"x"}]}}, "input[1].a: JSON can't express the type bytes"),
        ({"body": {"input": Point()}}, "input.x[1].y: JSON can't express the type object"),
        ({"body": {"input": {"a": math.nan}}}, "input.a: Out of range float values are not JSON compliant"),
        ({"body": {"input": ["\ud800"]}}, "input[0]: 'utf-8' codec can't encode character"),
        ({"body": {"input": {"a": UNSET}}}, "input.a: UNSET can't be sent inside a value"),
        ({"body": {"input": {(1, 2): 3}}}, "input: keys must be str, int, float, bool or None"),
        ({"body": {"input": ENDLESS}}, "Circular"),
        ({"extra_body": {"a": object()}}, "a: JSON can't express the type object"),
        ({"body": ["a"], "extra_body": {"b": 1}}, "extra_body needs a body that is an object"),
        ({"extra_query": {"a": object()}}, "query parameter a: a query can't express the type object"),
        ({"extra_query": {"lone": "\ud800"}}, "'utf-8' codec can't encode character"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_can_not_be_written_is_refused_and_named_with_its_place(known: Any, problem: str) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        prepared(PREDICT, **known)
    assert f"an argument of {PREDICT} can't be sent: " in str(caught.value) and problem in str(caught.value)
    assert caught.value.__context__ is None  # it would hold the body


@pytest.mark.parametrize(
    ("own", "extra", "sent"),
    [
        (UNSET, {"new_field": 1}, {"new_field": 1}),
        ({"a": 2}, {"new_field": {"of": None}}, {"a": 2, "new_field": {"of": None}}),
        ({"a": 2}, {"a": 3}, {"a": 3}),
        ({"a": 2}, {}, {"a": 2}),
    ],
)
def test_extra_body_is_merged_at_the_top_level_and_wins(own: Any, extra: Any, sent: Any) -> None:
    assert json.loads(prepared(PREDICT, body=own, extra_body=extra).content or b"") == sent


def test_the_caller_says_what_a_body_is() -> None:
    mine = prepared(PREDICT, body={"a": 2}, extra_headers={"Content-Type": "application/x-ours"})
    assert mine.headers["content-type"] == "application/x-ours"


# --- once


class Counted:
    """A value of a body that counts how often it is encoded."""

    def __init__(self) -> None:
        self.times = 0

    def to_dict(self) -> dict[str, Any]:
        self.times += 1
        return {"a": 1}


def test_a_body_is_encoded_once_whoever_measures_and_watches_it() -> None:
    value, seen = Counted(), list[RequestEvent]()
    with (
        Wire(in_result({"request_id": "r1"})) as wire,
        Baseten(api_token=TOKEN, base_url=wire.base_url, url_format="new", on_request=seen.append) as client,
    ):
        client.inference.async_predict_environment("production", model_input={"x": value})
    assert (value.times, len(seen)) == (1, 1)
    assert wire.only.body == b'{"model_input":{"x":{"a":1}}}'


def test_a_body_is_encoded_once_however_often_it_is_sent() -> None:
    value = Counted()
    stage = Stage(retry_unsafe=True, url_format="new")
    stage.script(call_of(PREDICT, body={"input": value}), upstream(500), upstream(500), GOOD)
    assert (value.times, len(stage.sent)) == (1, 3)


def test_what_the_caller_changes_between_two_attempts_is_not_sent() -> None:
    path: dict[str, Any] = {"model_id": "abc123"}
    query: dict[str, Any] = {"page": 1}
    headers = {"x-team": "a"}
    outcomes = iter([upstream(500), GOOD])

    def respond(send: Send) -> Any:
        path["model_id"] = "../admin"
        query["api_token"] = "another"
        headers["host"] = "example.com"
        return next(outcomes), 0.01

    stage = Stage(url_format="old")
    stage.play(Call(READ, path=path, extra_query=query, extra_headers=headers), respond)
    first, second = (send for _, send in stage.sent)
    assert second[:4] == first[:4]
    assert first.target == "/baseten/v1/models/modelid?model_id=abc123&page=1"


# --- the query


@one_test
@pytest.mark.parametrize("where", ["query", "extra_query"])
@pytest.mark.parametrize(
    "smuggled",
    [
        *({name: "../x"} for name in ("model_id", "model_id[]", "[model_id]", "MODEL_ID", "model_id[0]")),
        *({"model_id": value} for value in ({"a": "../x"}, [{"a": "../x"}], ["../x"])),
        *({"": {name: "../x"}} for name in ("model_id", "api_token")),
        *({name: "another"} for name in ("api_token", "api_token[]", "[api_token]", "API_TOKEN")),
    ],
    ids=repr,
)
def test_nothing_of_the_query_takes_the_place_of_a_path_parameter_or_of_the_token(where: str, smuggled: Any) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        prepared(READ, **{where: smuggled})
    (name,) = smuggled
    assert caught.value.parameter == (name if where == "query" and name else "extra_query")


def test_a_name_of_bytes_is_refused() -> None:
    extra: Any = {b"api_token": "another"}
    with pytest.raises(InvalidParameterError):
        prepared(READ, extra_query=extra)


@pytest.mark.parametrize("value", [None, UNSET])
def test_a_name_that_is_not_sent_is_not_refused(value: Any) -> None:
    assert prepared(READ, query={"model_id": value}).target("old", "") == "/v1/models/modelid?model_id=abc123"


def test_a_member_of_an_enum_is_sent_as_its_value() -> None:
    class Team(str, enum.Enum):  # noqa: UP042
        RED = "r e d"

    request = prepared(READ, extra_query={"a": Team.RED}, extra_headers={"X-Team": Team.RED})
    assert request.target("new", "") == "/v1/models/abc123?a=r%20e%20d"
    assert f"{request.headers['x-team']}" == "r e d"


# --- a call that is like another one

BODIES: list[Any] = [{"input": 2}, {"input": {"a": [None, "ü"]}}, [1], None]
LIKES: list[dict[str, Any]] = [
    {"extra_query": {"a": "b c"}, "extra_headers": {"X-Team": "a"}, "timeout": 3.0},
    {"extra_headers": {"Content-Type": "application/x-ours"}},
    {"extra_body": {"more": 1}},
]


@one_test
@pytest.mark.parametrize("known", LIKES)
@pytest.mark.parametrize("body", BODIES)
def test_a_call_with_another_body_is_sent_as_if_it_were_the_first(body: Any, known: dict[str, Any]) -> None:
    made = plan(base_url=BASE_URL, remember=False, headers={"x-client": "b"})
    like = made.prepared(call_of(PREDICT, body={"input": 1}, **known))
    if "extra_body" in known and not isinstance(body, dict):
        with pytest.raises(InvalidParameterError):
            like.with_body(body, 7.0)
        return
    again, alone = like.with_body(body, 7.0), made.prepared(like.call._replace(body=body, timeout=7.0))
    assert [again.target(name, "/p") for name in FORMATS] == [alone.target(name, "/p") for name in FORMATS]
    assert (again.call, again.headers, again.content) == (alone.call, alone.headers, alone.content)


@one_test
@pytest.mark.parametrize(
    ("body", "timeout"),
    [
        *((body, None) for body in ({"input": math.nan}, {"input": object()}, {"input": UNSET}, UNSET)),
        *(({"input": 1}, timeout) for timeout in (0, "1", True, math.inf)),
    ],
)
def test_another_body_and_another_timeout_are_checked(body: Any, timeout: Any) -> None:
    like = prepared(PREDICT, body={"input": 1})
    with pytest.raises(InvalidParameterError):
        like.with_body(body, timeout)
