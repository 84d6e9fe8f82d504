"""A call is prepared once, and sent as it was checked, whatever changes afterwards."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Any

import pytest
from lowcodeapi_baseten import Baseten, InvalidParameterError
from lowcodeapi_baseten.plan import plan
from lowcodeapi_baseten.steps import Send
from lowcodeapi_baseten.workflows.hooks import RequestEvent
from lowcodeapi_baseten_api.types import UNSET, Call

from tests.client.stage import BASE_URL, GOOD, Stage, call_of, upstream
from tests.support.wire import TOKEN, Wire, in_result

PREDICT = "inference.predict_environment"
FORMATS = ("new", "old")


class Counted:
    """A value of a body that counts how often it is encoded."""

    def __init__(self) -> None:
        self.times = 0

    def to_dict(self) -> dict[str, Any]:
        self.times += 1
        return {"a": 1}


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire(in_result({"request_id": "r1"})) as wire:
        yield wire


def test_a_body_is_encoded_once_whoever_measures_and_watches_it(wire: Wire) -> None:
    value = Counted()
    seen: list[RequestEvent] = []
    with Baseten(api_token=TOKEN, base_url=wire.base_url, url_format="new", on_request=seen.append) as client:
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
    stage.play(Call("models.get", path=path, extra_query=query, extra_headers=headers), respond)
    first, second = (send for _, send in stage.sent)
    assert second[:4] == first[:4]
    assert first.target == "/baseten/v1/models/modelid?model_id=abc123&page=1"


class Team(str, enum.Enum):  # noqa: UP042
    RED = "r e d"


@pytest.mark.parametrize(
    "extra",
    [
        {"extra_query": {b"api_token": "another"}},
        {"extra_query": {"lone": "\ud800"}},
    ],
    ids=["a name of bytes", "a lone surrogate"],
)
def test_what_is_no_text_of_a_query_is_refused(extra: dict[str, Any]) -> None:
    made = plan(base_url=BASE_URL, remember=False)
    with pytest.raises(InvalidParameterError):
        made.prepared(call_of("models.get", **extra))


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
    made = plan(base_url=BASE_URL, remember=False)
    with pytest.raises(InvalidParameterError) as caught:
        made.prepared(call_of("models.get", **{where: smuggled}))
    (name,) = smuggled
    assert caught.value.parameter == (name if where == "query" and name else "extra_query")


@pytest.mark.parametrize("value", [None, UNSET])
def test_a_name_that_is_not_sent_is_not_refused(value: Any) -> None:
    request = plan(base_url=BASE_URL, remember=False).prepared(call_of("models.get", query={"model_id": value}))
    assert request.target("old", "") == "/v1/models/modelid?model_id=abc123"


def test_a_member_of_an_enum_is_sent_as_its_value() -> None:
    request = plan(base_url=BASE_URL, remember=False).prepared(
        call_of("models.get", extra_query={"a": Team.RED}, extra_headers={"X-Team": Team.RED})
    )
    assert request.target("new", "") == "/v1/models/abc123?a=r%20e%20d"
    assert f"{request.headers['x-team']}" == "r e d"


# --- a call that is like another one

BODIES: list[Any] = [{"input": 2}, {"input": {"a": [None, "ü"]}}, [1], None]
LIKES: list[dict[str, Any]] = [
    {},
    {"extra_query": {"a": "b c"}, "extra_headers": {"X-Team": "a"}, "timeout": 3.0},
    {"extra_headers": {"Content-Type": "application/x-ours"}},
    {"extra_body": {"more": 1}},
]


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


@pytest.mark.parametrize("body", [{"input": float("nan")}, {"input": object()}, {"input": UNSET}, UNSET])
def test_another_body_is_checked(body: Any) -> None:
    like = plan(base_url=BASE_URL, remember=False).prepared(call_of(PREDICT, body={"input": 1}))
    with pytest.raises(InvalidParameterError):
        like.with_body(body, None)


@pytest.mark.parametrize("timeout", [0, "1", True, float("inf")])
def test_another_timeout_is_checked(timeout: Any) -> None:
    like = plan(base_url=BASE_URL, remember=False).prepared(call_of(PREDICT, body={"input": 1}))
    with pytest.raises(InvalidParameterError):
        like.with_body({"input": 1}, timeout)
