"""The rules of one call, case by case: requests, formats, retries, and results."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lowcodeapi_baseten import (
    APIConnectionError,
    APITimeoutError,
    ConfigurationError,
    EndpointUnavailableError,
    LowCodeAPIError,
    NotFoundError,
    RateLimitError,
    ResponseError,
    ServerError,
)
from lowcodeapi_baseten.formats import MADE_UP_ID
from lowcodeapi_baseten.memory import Memory
from lowcodeapi_baseten.steps import Send
from lowcodeapi_baseten_api.operations import OPERATIONS

from tests.client.stage import (
    GOOD,
    LOST,
    MISS,
    PAGE,
    REFUSED,
    TIMEOUT,
    UNSENT,
    Outcome,
    Stage,
    answer,
    call_of,
    own,
    upstream,
)
from tests.support.tables import one_test

READ, END, ACT = "models.get", "models.delete", "inference.predict_deployment"
NOT_READY = upstream(503, "model_not_ready")
GARBAGE = answer(200, '{"unfinished')
ODD = answer(400, '{"odd": 1}')

# operation, outcomes, expected requests, expected error
CASES: dict[str, tuple[str, list[Outcome], list[str], type[Exception] | None]] = {
    # format choice: a safe operation asks by itself
    "the new format goes first": (READ, [GOOD], ["new"], None),
    "a miss gives the old one its turn": (READ, [MISS, GOOD], ["new", "old"], None),
    "so does a page": (READ, [PAGE, GOOD], ["new", "old"], None),
    "and a 404 of any shape": (READ, [upstream(404), GOOD], ["new", "old"], None),
    "and silence": (READ, [TIMEOUT, GOOD], ["new", "old"], None),
    "and an answer that can't be classified": (READ, [ODD, GOOD], ["new", "old"], None),
    "and one that can't be read": (READ, [GARBAGE, GOOD], ["new", "old"], None),
    "and one that is not read": (READ, [REFUSED, GOOD], ["new", "old"], None),
    "and one of another shape": (READ, [answer(200, "[]"), GOOD], ["new", "old"], None),
    "not an upstream error other than 404": (READ, [upstream(400)], ["new"], LowCodeAPIError),
    "not the gateway's own 401": (READ, [own(401)], ["new"], LowCodeAPIError),
    "nor its 403": (READ, [own(403)], ["new"], LowCodeAPIError),
    "not the gateway's own 503": (READ, [own(503), GOOD], ["new", "new"], None),
    "not a lost connection": (READ, [LOST, GOOD], ["new", "new"], None),
    "the turn comes once": (READ, [MISS, MISS], ["new", "old"], EndpointUnavailableError),
    "what says most is raised": (READ, [upstream(404), MISS], ["new", "old"], NotFoundError),
    "what is from behind says more": (READ, [upstream(404), own(401)], ["new", "old"], NotFoundError),
    "whichever came first": (READ, [MISS, upstream(404)], ["new", "old"], NotFoundError),
    # format choice: any other operation probes first
    "a probe goes first": (ACT, [upstream(404), GOOD], ["probe", "new"], None),
    "a probe that misses": (ACT, [MISS, GOOD], ["probe", "old"], None),
    "a probe that is not answered": (ACT, [TIMEOUT, GOOD], ["probe", "old"], None),
    "a page for a probe": (ACT, [PAGE, GOOD], ["probe", "old"], None),
    "a probe whose connection is lost": (ACT, [LOST, upstream(404), GOOD], ["probe", "probe", "new"], None),
    "a probe that meets the gateway's own 503": (ACT, [own(503), MISS, GOOD], ["probe", "probe", "old"], None),
    "a probe whose token is not taken": (ACT, [own(401)], ["probe"], LowCodeAPIError),
    "a probe that says nothing": (ACT, [ODD, GOOD], ["probe", "new"], None),
    "a probe costs no retry": (
        ACT,
        [own(503), own(503), MISS, own(429), own(429), GOOD],
        ["probe", "probe", "probe", "old", "old", "old"],
        None,
    ),
    "then a 404 does nothing": (ACT, [ODD, answer(404, '{"odd": 1}'), GOOD], ["probe", "new", "old"], None),
    "a probe for a delete": (END, [upstream(404), GOOD], ["probe", "new"], None),
    "a miss in spite of the probe": (ACT, [upstream(404), MISS, GOOD], ["probe", "new", "old"], None),
    # an old route that may match a template of the new format
    "an old 404 is doubted": (ACT, [TIMEOUT, upstream(404), upstream(404)], ["probe", "old", "new"], NotFoundError),
    # never twice
    "a prediction is not sent again after silence": (ACT, [upstream(404), TIMEOUT], ["probe", "new"], APITimeoutError),
    "nor after a lost connection": (ACT, [upstream(404), LOST], ["probe", "new"], APIConnectionError),
    "nor after a 500": (ACT, [upstream(404), own(500)], ["probe", "new"], ServerError),
    "nor after a 408": (ACT, [upstream(404), upstream(408)], ["probe", "new"], LowCodeAPIError),
    "nor after another error of that name": (
        ACT,
        [upstream(404), upstream(500, "model_not_ready")],
        ["probe", "new"],
        ServerError,
    ),
    "nor after any other 503": (ACT, [upstream(404), upstream(503)], ["probe", "new"], ServerError),
    "nor where the answer is not read": (ACT, [upstream(404), REFUSED], ["probe", "new"], ResponseError),
    "nor where it can't be": (ACT, [upstream(404), GARBAGE], ["probe", "new"], ResponseError),
    "but after a 429": (ACT, [upstream(404), upstream(429), GOOD], ["probe", "new", "new"], None),
    "and where the model was not ready": (ACT, [upstream(404), NOT_READY, GOOD], ["probe", "new", "new"], None),
    "and where nothing was sent": (ACT, [upstream(404), UNSENT, GOOD], ["probe", "new", "new"], None),
    # retries
    "a read is sent again after a 500": (READ, [upstream(500), GOOD], ["new", "new"], None),
    "and after a 408": (READ, [own(408), GOOD], ["new", "new"], None),
    "and after a 429": (READ, [own(429), GOOD], ["new", "new"], None),
    "twice at most": (READ, [own(502), own(502), own(504)], ["new", "new", "new"], ServerError),
    "not after a 400": (READ, [upstream(422)], ["new"], LowCodeAPIError),
    "an idempotent one is, too": (END, [upstream(404), LOST, GOOD], ["probe", "new", "new"], None),
    "a wait that is too long is not begun": (READ, [upstream(429, retry_after="61")], ["new"], RateLimitError),
    # a delete or cancel that an earlier attempt has done
    "a 404 after an unknown fate": (END, [upstream(404), LOST, upstream(404)], ["probe", "new", "new"], None),
    "a 404 after a 500": (END, [upstream(404), own(500), upstream(404)], ["probe", "new", "new"], None),
    "a 404 after a 429": (END, [upstream(404), own(429), upstream(404)], ["probe", "new", "new"], NotFoundError),
    "a 404 alone": (END, [upstream(404), upstream(404)], ["probe", "new"], NotFoundError),
    "a miss is no 404": (
        END,
        [upstream(404), LOST, MISS, MISS],
        ["probe", "new", "new", "old"],
        APIConnectionError,
    ),
    "a 404 of an update": ("secrets.upsert", [LOST, upstream(404)], ["new", "new"], NotFoundError),
    # without two routes there is no choice
    "one route": ("models.list", [MISS], ["new"], EndpointUnavailableError),
    "one route and silence": ("models.list", [TIMEOUT, GOOD], ["new", "new"], None),
    "one unsafe route": ("inference.predict_development", [TIMEOUT], ["new"], APITimeoutError),
    # silence alone may be the answer to a wake
    "a wake whose connection is lost": ("inference.wake_production", [LOST] * 3, ["new"] * 3, APIConnectionError),
}


@one_test
@pytest.mark.parametrize("case", CASES)
def test_a_call_sends_what_the_rules_say(case: str) -> None:
    operation, outcomes, told, ends_in = CASES[case]
    stage = Stage()
    result = stage.script(call_of(operation), *outcomes)
    assert stage.told == told
    if ends_in is None:
        assert stage.error is None
        assert result is not None and len(result.attempts) == len(told)
    else:
        assert isinstance(stage.error, ends_in)
        assert len(stage.error.attempts) == len(told)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("operation", "is_done"),
    [
        (END, True),
        ("environments.cancel_promotion", True),
        ("inference.cancel_async_request", True),
        # They leave a thing that can be found: a 404 says that there never was one.
        ("deployments.deactivate", False),
        ("training.stop_job", False),
    ],
)
def test_only_a_removal_of_unknown_fate_is_done_by_a_404_and_marked(operation: str, is_done: bool) -> None:
    stage = Stage()
    result = stage.script(call_of(operation), upstream(404), TIMEOUT, upstream(404))
    assert (result is not None and result.already_done) == is_done
    assert isinstance(stage.error, NotFoundError) != is_done


def test_a_delete_is_not_done_because_an_old_route_is_gone() -> None:
    """On a gateway with templates, Baseten's 404 for an old path is about the id `modelid` and proves nothing."""
    stage = Stage()
    stage.plan.formats.shown("old")
    result = stage.script(call_of(END), LOST, upstream(404), GOOD)
    assert stage.told == ["old", "old", "new"]
    assert result is not None and not result.already_done


def test_an_old_404_of_a_proven_format_is_doubted_once_a_minute() -> None:
    stage = Stage()
    stage.plan.formats.worked(READ, "old")
    assert stage.script(call_of(READ), upstream(404), MISS) is None
    assert stage.told == ["old", "probe"]
    assert stage.script(call_of(READ), upstream(404)) is None
    stage.now += 60
    assert stage.script(call_of(READ), upstream(404), upstream(404), GOOD) is not None
    assert stage.told == ["old", "probe", "new"]
    assert stage.script(call_of(READ), GOOD) is not None
    assert stage.told == ["new"]


def test_a_call_that_waited_while_another_one_asked_does_not_ask_again() -> None:
    stage = Stage()
    stage.plan.formats.worked(READ, "old")

    def respond(send: Send) -> tuple[Outcome, float]:
        if "=abc123" in send.target:
            stage.plan.formats.shown("new")  # the other call, which asks meanwhile
            return upstream(404), 0.01
        return GOOD, 0.01

    assert stage.play(call_of(READ), respond) is not None
    assert stage.told == ["old", "new"]


@pytest.mark.parametrize("first", ["new", "old"])
def test_a_proven_format_stays_unless_a_route_is_missed(first: str) -> None:
    stage = Stage()
    stage.plan.formats.worked(READ, first)
    assert stage.script(call_of(READ), TIMEOUT, GOOD) is not None
    assert stage.told == [first, first]
    stage.script(call_of(ACT), TIMEOUT)
    assert stage.script(call_of(ACT), GOOD) is not None
    assert stage.told == [first]
    assert stage.script(call_of(READ), MISS, GOOD) is not None
    assert stage.told[0] == first and stage.told[1] != first


@pytest.mark.parametrize("name", ["new", "old"])
def test_a_format_that_was_asked_for_is_the_only_one(name: str) -> None:
    for operation in (READ, END, ACT):
        stage = Stage(url_format=name)
        assert stage.script(call_of(operation), MISS) is None
        assert stage.told == [name]
        assert isinstance(stage.error, EndpointUnavailableError)


def test_an_operation_without_a_route_in_the_format_that_was_asked_for_is_not_sent() -> None:
    stage = Stage(url_format="new")
    routes = {name: dict(known) for name, known in stage.plan.routes.items()}
    del routes["new"][READ]
    stage.plan = stage.plan._replace(routes=routes)
    assert stage.script(call_of(READ)) is None
    assert isinstance(stage.error, ConfigurationError)


def test_silence_may_mean_that_it_was_carried_out() -> None:
    stage = Stage()
    stage.script(call_of("inference.predict_development"), upstream(429), TIMEOUT)
    assert isinstance(stage.error, APITimeoutError)
    assert "may have been carried out" in str(stage.error)
    assert "req_1" in str(stage.error) and stage.error.request_id == "req_1"


def test_where_predictions_may_run_twice_they_are_sent_again() -> None:
    stage = Stage(retry_unsafe=True)
    assert stage.script(call_of("inference.predict_development"), TIMEOUT, own(500), GOOD) is not None
    # No attempt may use up the time of the others, and none is cut short for possible later ones.
    assert stage.sent[0][1].timeout == pytest.approx(300)
    for most in (1, 2, 20):
        stage = Stage(retry_unsafe=True, max_retries=most)
        stage.script(call_of("inference.predict_development"), *[own(500)] * most, GOOD)
        timeouts = [send.timeout for _, send in stage.sent]
        assert timeouts[0] == pytest.approx(300)
        assert timeouts[-1] == pytest.approx(600 - stage.sent[-1][0] + stage.sent[0][0])


def test_max_retries_bounds_what_is_sent_again_and_the_backoff_stays_bounded() -> None:
    for most in (0, 1, 4):
        assert Stage(max_retries=most).script(call_of("models.list"), *[own(503)] * (most + 1)) is None
    stage = Stage(max_retries=5000, timeout=1e6)
    assert stage.script(call_of("models.list"), *[own(503)] * 2000, GOOD) is not None
    before = [0.0, *stage.slept[:-1]]
    assert max(until - since for since, until in zip(before, stage.slept, strict=True)) < 8.1


DATE = {"content-type": "application/json", "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}


@pytest.mark.parametrize(
    ("busy", "at"),
    [*((upstream(429, retry_after=wait), 3.01) for wait in ("3", "3.0", " 3 ")), (answer(503, "{}", DATE), 0.01)],
)
def test_retry_after_is_waited_for_in_the_envelope_or_a_header(busy: Outcome, at: float) -> None:
    stage = Stage()
    assert stage.script(call_of("models.list"), busy, GOOD) is not None
    assert stage.sent[1][0] == pytest.approx(at)


def test_a_wake_that_is_not_answered_is_unconfirmed_and_sent_once() -> None:
    stage = Stage()
    result = stage.script(call_of("inference.wake_production"), TIMEOUT)
    assert result is not None and result.unconfirmed and result.result is None
    assert stage.sent[0][1].timeout == 5


def test_a_wake_in_a_format_that_was_only_remembered_is_asked_about_afterwards(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "formats.json")
    Stage(memory=memory).script(call_of(READ), GOOD)
    stage = Stage(memory=memory)
    assert stage.script(call_of("inference.wake_deployment"), TIMEOUT) is not None
    stage.script(call_of("inference.wake_deployment"), MISS, TIMEOUT)
    assert stage.told == ["probe", "old"]


def test_silence_alone_is_not_remembered(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "formats.json")
    Stage(memory=memory).script(call_of(ACT), TIMEOUT, TIMEOUT)
    assert not (tmp_path / "formats.json").exists()


def test_a_silent_gateway_leaves_time_for_the_other_format() -> None:
    stage = Stage()
    assert stage.script(call_of(READ), TIMEOUT, GOOD) is not None
    assert [send.timeout for _, send in stage.sent] == [5, 5]
    short = Stage(timeout=2.0)
    assert short.script(call_of(READ), TIMEOUT, GOOD) is not None
    assert short.sent[0][1].timeout == 0.5


def test_an_unsafe_call_has_all_of_the_time_that_is_left() -> None:
    stage = Stage()
    assert stage.script(call_of(ACT), TIMEOUT, GOOD) is not None
    assert [send.timeout for _, send in stage.sent] == [5, 595]


def test_the_probe_is_waited_for_as_long_as_there_is_time() -> None:
    stage = Stage(timeout=9.0)
    assert stage.play(call_of(ACT), lambda send: (GOOD, 0), has_turn=False) is None
    assert isinstance(stage.error, APITimeoutError) and stage.sent == []
    assert "was not sent" in str(stage.error)


# A redirect: a GET's answer, its target, or the word in the error.
REDIRECTS = {
    "/baseten/v1/models/": "/baseten/v1/models/",
    "http://127.0.0.1:1/x?a=1": "/x?a=1",
    "/x?api_token=lca-secret&a=1": "/x?a=1",
    "?b=2": "/baseten/v1/models?b=2",
    "http://127.0.0.1:2/x": "127.0.0.1",
    "https://127.0.0.1:1/x": "another host",
    "//evil.example/x": "evil.example",
    "http://user@127.0.0.1:1/x": "/x",
    "http://[bad": "an invalid URL",
    "http://127.0.0.1:99999/": "an invalid URL",
    "/\x7f": "an invalid URL",
    "/ü": "an invalid URL",
    "": "without a location",
}


@one_test
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", REDIRECTS)
def test_a_get_follows_redirects_to_the_same_origin_alone(location: str, status: int) -> None:
    stage = Stage()
    expected = REDIRECTS[location]
    there = answer(status, b"", {"location": location})
    if expected.startswith("/"):
        assert stage.script(call_of("models.list"), there, GOOD) is not None
        assert [send.target for _, send in stage.sent] == ["/baseten/v1/models", expected]
        assert {send.method for _, send in stage.sent} == {"GET"}
    else:
        assert stage.script(call_of("models.list"), there) is None
        assert isinstance(stage.error, ResponseError) and expected in str(stage.error)
        assert stage.error.status_code == status


def test_three_redirects_are_followed_and_no_more() -> None:
    there = answer(302, b"", {"location": "/baseten/v1/models"})
    assert Stage().script(call_of("models.list"), there, there, there, GOOD) is not None
    stage = Stage()
    assert stage.script(call_of("models.list"), there, there, there, there) is None
    assert "more than 3 times" in str(stage.error)


@one_test
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("operation", ["inference.predict_development", "secrets.upsert", "training.search_jobs", END])
def test_what_is_no_get_is_never_redirected(operation: str, status: int) -> None:
    stage = Stage(url_format="new")
    assert stage.script(call_of(operation), answer(status, b"", {"location": "/baseten/x"})) is None
    assert [send.method for _, send in stage.sent] == ["DELETE" if operation == END else "POST"]
    assert isinstance(stage.error, ResponseError)


def test_every_message_is_one_line_and_names_the_operation() -> None:
    texts = []
    for operation, outcomes, _, ends_in in CASES.values():
        stage = Stage()
        stage.script(call_of(operation), *outcomes)
        if ends_in is not None:
            texts.append(str(stage.error))
            assert str(stage.error).startswith(f"{operation}: ")
    assert texts and not any(re.search(r"[\x00-\x1f\x7f]", text) for text in texts)


def test_a_hostile_request_id_does_not_break_the_line() -> None:
    stage = Stage()
    hostile = answer(400, "{}", {"content-type": "application/json", "x-baseten-request-id": "a\nb"})
    stage.script(call_of("models.list"), hostile)
    assert "\n" not in str(stage.error) and stage.error.request_id is None  # type: ignore[union-attr]


def test_a_probe_asks_with_a_made_up_id_in_the_new_format() -> None:
    stage = Stage(headers={"x-team": "a"})
    stage.script(call_of(ACT), upstream(404), GOOD)
    probe = stage.sent[0][1]
    assert (probe.method, probe.content) == ("GET", None)
    assert probe.target.endswith(f"/{MADE_UP_ID}") and probe.headers["x-team"] == "a"


def test_no_operation_but_the_safe_ones_is_a_get() -> None:
    stage = Stage()
    for operation in OPERATIONS.values():
        for known in stage.plan.routes.values():
            assert (known[operation.id].method == "GET") <= (operation.safety == "safe")
