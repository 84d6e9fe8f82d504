"""Requests for the documents of a gateway other than LowCodeAPI's own, and their effect on a call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten import (
    APIConnectionError,
    APITimeoutError,
    EndpointUnavailableError,
    LowCodeAPIError,
    NotFoundError,
    ResponseError,
)
from lowcodeapi_baseten.memory import Memory
from lowcodeapi_baseten.plan import plan
from lowcodeapi_baseten.steps import Send
from lowcodeapi_baseten.verdicts import documented, understood
from lowcodeapi_baseten_api.types import RawResponse

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
DOCUMENT = answer(200, '{"openapi": "3.0.0", "paths": {"/v1/models": {}}}')
THERE = answer(302, b"", {"location": "/docs/openapi"})
GONE = upstream(404)
ODD = answer(400, "{}")
TRUNCATED = LOST._replace(status=200)
NO_DOCUMENTS = ["openapi", "definition"]
NEVER_NEW = 'url_format="old"'


@one_test
@pytest.mark.parametrize(
    ("openapi", "definition", "told"),
    [
        (DOCUMENT, None, "new"),
        (answer(200, '{"swagger": "2.0", "paths": {"/v1": {}}}'), None, "new"),
        (answer(200, '{"data": {"openapi": "3.1.0", "paths": {"/v1": {}}}}'), None, "new"),
        (MISS, DOCUMENT, "old"),
        (answer(404, "<html>", {"content-type": "text/html"}), DOCUMENT, "old"),
        (answer(404, ""), DOCUMENT, "old"),
        (MISS, MISS, None),
        (MISS, None, None),
        (MISS, PAGE, None),
        (MISS, own(401), None),
        (MISS, TIMEOUT, None),
        # Only a 404 says that there is no such document.
        (PAGE, DOCUMENT, None),
        (own(401), DOCUMENT, None),
        (own(500), DOCUMENT, None),
        (TIMEOUT, DOCUMENT, None),
        (LOST, DOCUMENT, None),
        (REFUSED, DOCUMENT, None),
        # A document names its version, and paths.
        (answer(200, "[]"), None, None),
        (answer(200, '{"data": {}}'), None, None),
        (answer(200, '{"openapi": 3, "paths": {"/v1": {}}}'), None, None),
        (answer(200, '{"openapi": "3.0.0", "paths": []}'), None, None),
        (answer(200, '{"openapi": "3.0.0", "paths": {}}'), None, None),
        (answer(200, '{"openapi": "3.0.0", "paths": {"/v1": {}}'), None, None),
        (answer(200, '{"openapi": "3.0.0", "paths": {"/v1": {}}}', {"content-type": "text/plain"}), None, None),
        (answer(206, '{"openapi": "3.0.0", "paths": {"/v1": {}}}'), None, None),
    ],
)
def test_what_the_documents_say(openapi: Outcome, definition: Outcome | None, told: str | None) -> None:
    read = [outcome and understood(outcome, "GET", "https://example.com", "/") for outcome in (openapi, definition)]
    assert documented(*read) == told  # type: ignore[arg-type]


# operation, outcomes, expected requests, expected error
CASES: dict[str, tuple[str, list[Outcome], list[str], type[Exception] | None]] = {
    # the documented format goes first, for every operation
    "new": (READ, [DOCUMENT, GOOD], ["openapi", "new"], None),
    "new, before a prediction": (ACT, [DOCUMENT, GOOD], ["openapi", "new"], None),
    "old": (READ, [MISS, DOCUMENT, GOOD], [*NO_DOCUMENTS, "old"], None),
    "old, before a prediction": (ACT, [MISS, DOCUMENT, GOOD], [*NO_DOCUMENTS, "old"], None),
    "old, before a delete": (END, [MISS, DOCUMENT, GOOD], [*NO_DOCUMENTS, "old"], None),
    # documents are no proof of the new format
    "new, and it is missed": (READ, [DOCUMENT, MISS, GOOD], ["openapi", "new", "old"], None),
    "new, and a 404": (ACT, [DOCUMENT, GONE, GOOD], ["openapi", "new", "old"], None),
    "new, and silence": (READ, [DOCUMENT, TIMEOUT, GOOD], ["openapi", "new", "old"], None),
    "new, and a lost connection": (READ, [DOCUMENT, LOST, GOOD], ["openapi", "new", "new"], None),
    # nor a reason to send a prediction again
    "new, and silence for a prediction": (ACT, [DOCUMENT, TIMEOUT], ["openapi", "new"], APITimeoutError),
    "new, and its connection lost": (ACT, [DOCUMENT, LOST], ["openapi", "new"], APIConnectionError),
    "new, and an odd answer to it": (ACT, [DOCUMENT, ODD], ["openapi", "new"], LowCodeAPIError),
    "new, and one that is not read": (ACT, [DOCUMENT, REFUSED], ["openapi", "new"], ResponseError),
    "new, and one that can't be": (ACT, [DOCUMENT, answer(200, "{")], ["openapi", "new"], ResponseError),
    # if they say old, nothing leads to the new format
    "old, and a 404": (READ, [MISS, DOCUMENT, GONE], [*NO_DOCUMENTS, "old"], NotFoundError),
    "old, and a miss": (READ, [MISS, DOCUMENT, MISS], [*NO_DOCUMENTS, "old"], EndpointUnavailableError),
    "old, and a page": (READ, [MISS, DOCUMENT, PAGE], [*NO_DOCUMENTS, "old"], EndpointUnavailableError),
    "old, and an odd answer": (READ, [MISS, DOCUMENT, ODD], [*NO_DOCUMENTS, "old"], LowCodeAPIError),
    "old, and silence": (READ, [MISS, DOCUMENT, TIMEOUT, GOOD], [*NO_DOCUMENTS, "old", "old"], None),
    "old, and a lost connection": (READ, [MISS, DOCUMENT, LOST, GOOD], [*NO_DOCUMENTS, "old", "old"], None),
    "old, and a 404 for a prediction": (ACT, [MISS, DOCUMENT, GONE], [*NO_DOCUMENTS, "old"], NotFoundError),
    # if they say nothing, the usual rules apply
    "nothing": (READ, [MISS, MISS, GOOD], [*NO_DOCUMENTS, "new"], None),
    "nothing, before a prediction": (ACT, [MISS, MISS, GONE, GOOD], [*NO_DOCUMENTS, "probe", "new"], None),
    "nothing, as they take no stranger": (READ, [own(401), MISS, GOOD], ["openapi", "new", "old"], None),
    "nothing, as they are silent": (READ, [TIMEOUT, GOOD], ["openapi", "new"], None),
    "nothing but a page": (ACT, [PAGE, MISS, GOOD], ["openapi", "probe", "old"], None),
    "nothing, and silence": (READ, [MISS, MISS, TIMEOUT, GOOD], [*NO_DOCUMENTS, "new", "old"], None),
    # passing failures are retried, within the documents' time
    "a document that was lost": (READ, [LOST, DOCUMENT, GOOD], ["openapi", "openapi", "new"], None),
    "a gateway that begins": (READ, [UNSENT, own(502), MISS, own(503), DOCUMENT, GOOD], [], None),
    "no gateway": (READ, [UNSENT] * 3, ["openapi"] * 3, APIConnectionError),
    "no gateway, for a prediction": (ACT, [UNSENT] * 3, ["openapi"] * 3, APIConnectionError),
    "a redirect": (READ, [THERE, DOCUMENT, GOOD], ["openapi", "openapi", "new"], None),
    # a gateway that ends with a request in the new format
    "it ends with a read": (READ, [MISS, MISS, LOST, GOOD], [*NO_DOCUMENTS, "new", "old"], None),
    "it ends with a probe": (ACT, [MISS, MISS, LOST, GOOD], [*NO_DOCUMENTS, "probe", "old"], None),
    "it ends, and begins": (READ, [MISS, MISS, LOST, UNSENT, GOOD], [*NO_DOCUMENTS, "new", "old", "old"], None),
    "it ends, and there is a 404": (READ, [MISS, MISS, LOST, GONE], [*NO_DOCUMENTS, "new", "old"], NotFoundError),
    "it ends, a 404 for a prediction": (ACT, [MISS, MISS, LOST, GONE], [*NO_DOCUMENTS, "probe", "old"], NotFoundError),
    "it ends, and is silent": (READ, [MISS, MISS, LOST, TIMEOUT, GOOD], [*NO_DOCUMENTS, "new", "old", "old"], None),
    "it ends, and stays away": (
        READ,
        [MISS, MISS, LOST, UNSENT, UNSENT, UNSENT],
        [*NO_DOCUMENTS, "new", "old", "old", "old"],
        APIConnectionError,
    ),
    "it ends with a prediction": (ACT, [MISS, MISS, ODD, LOST], [*NO_DOCUMENTS, "probe", "new"], APIConnectionError),
    # a connection lost by chance
    "the old format is missed": (READ, [MISS, MISS, LOST, MISS, GOOD], [*NO_DOCUMENTS, "new", "old", "new"], None),
    "an answer had begun": (READ, [MISS, MISS, TRUNCATED, GOOD], [*NO_DOCUMENTS, "new", "new"], None),
    # if both formats are alike, there is nothing to ask
    "one route": ("models.list", [LOST, GOOD], ["new", "new"], None),
}


@one_test
@pytest.mark.parametrize("case", CASES)
def test_a_call_asks_the_documents_and_sends_what_they_allow(case: str) -> None:
    operation, outcomes, told, ends_in = CASES[case]
    stage = Stage(asks_documents=True, max_retries=4 if not told else 2)
    result = stage.script(call_of(operation), *outcomes)
    assert not told or stage.told == told
    assert all(send.with_token == (send.purpose != "documents") for _, send in stage.sent)
    if ends_in is None:
        assert result is not None, stage.error
        attempts = result.attempts
    else:
        assert isinstance(stage.error, ends_in)
        attempts = stage.error.attempts  # type: ignore[attr-defined]
    assert [attempt.purpose for attempt in attempts] == [send.purpose for _, send in stage.sent]
    assert stage.turns.count(True) == stage.turns.count(False) or ends_in is APIConnectionError


@pytest.mark.parametrize("openapi", [DOCUMENT, MISS, own(401), TIMEOUT])
def test_they_are_asked_once_whatever_they_say(openapi: Outcome) -> None:
    stage = Stage(asks_documents=True)
    outcomes = [openapi, MISS] if openapi == MISS else [openapi]
    stage.script(call_of(READ), *outcomes, own(401))
    stage.script(call_of(READ), own(401))
    assert stage.told == ["new"]


@pytest.mark.parametrize("timeout", [60.0, 8.0])
def test_all_of_them_are_asked_for_a_quarter_of_the_time_and_five_seconds_at_most(timeout: float) -> None:
    stage, most = Stage(asks_documents=True, timeout=timeout), min(timeout / 4, 5)
    stage.play(call_of(READ), lambda send: (MISS, 0.75 * send.timeout))
    assert [send.timeout for _, send in stage.sent[:2]] == pytest.approx([most, most / 4])
    stage = Stage(asks_documents=True, timeout=timeout)
    stage.play(call_of(READ), lambda send: (own(503), 0.01) if send.purpose == "documents" else (GOOD, 0.01))
    assert stage.sent[-1][0] <= most


def test_they_are_asked_without_the_token_and_with_the_headers_of_the_client() -> None:
    stage = Stage(asks_documents=True, headers={"x-team": "a"})
    stage.script(call_of(READ, extra_headers={"x-call": "b"}), MISS, DOCUMENT, GOOD)
    first, second = (send for _, send in stage.sent[:2])
    assert (first.target, second.target) == ("/baseten/openapi", "/baseten/definition")
    for send in (first, second):
        assert (send.method, send.content, send.with_token) == ("GET", None, False)
        assert send.headers["x-team"] == "a" and "x-call" not in send.headers


OWN = ["https://api.lowcodeapi.com/baseten", "https://lowcodeapi.com", "https://API.LowCodeAPI.com.:443/baseten"]
FOREIGN = ["https://lowcodeapi.com.example.com", "https://notlowcodeapi.com", "http://127.0.0.1:9/baseten"]


@pytest.mark.parametrize("base_url", [*OWN, *FOREIGN])
def test_lowcodeapis_own_hosts_are_not_asked(base_url: str) -> None:
    assert (plan(base_url=base_url, remember=False).documents is None) == (base_url in OWN)


# --- what is remembered


def tried(stage: Stage, operation: str, *outcomes: Outcome) -> list[str]:
    stage.script(call_of(operation), *outcomes)
    return stage.told


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ([DOCUMENT, own(500)] * 1 + [own(500)] * 2, ["new"]),
        ([MISS, DOCUMENT, own(401)], ["old"]),
        ([MISS, DOCUMENT, GOOD], ["old"]),
        ([MISS, MISS, LOST, GOOD], ["old"]),
        ([MISS, MISS, LOST, GONE], ["old"]),
    ],
    ids=["they say new", "they say old", "old, and it is", "it ended", "it ended, and a 404"],
)
@pytest.mark.parametrize("operation", [READ, ACT])
def test_another_process_knows(first: list[Outcome], then: list[str], operation: str, tmp_path: Path) -> None:
    memory = Memory(tmp_path / "formats.json")
    Stage(asks_documents=True, memory=memory).script(call_of(READ), *first)
    stage = Stage(asks_documents=True, memory=memory)
    assert tried(stage, operation, GOOD) == then


def test_another_process_knows_that_the_new_format_is_barred(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "formats.json")
    Stage(asks_documents=True, memory=memory).script(call_of(READ), MISS, MISS, LOST, GOOD)
    stage = Stage(asks_documents=True, memory=memory)
    # A 404 may also come from a template of the new format: its documents are asked, and nothing is sent in it.
    assert tried(stage, READ, GONE, MISS, MISS) == ["old", *NO_DOCUMENTS]
    assert tried(stage, READ, MISS) == ["old"]
    assert tried(stage, ACT, GONE) == ["old"]


def test_what_was_lost_is_not_remembered_before_the_old_format_has_answered(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "formats.json")
    Stage(asks_documents=True, memory=memory).script(call_of(READ), MISS, MISS, LOST, *[UNSENT] * 3)
    assert not (tmp_path / "formats.json").exists()


def test_a_gateway_that_is_renewed_is_found_by_its_documents_once_a_minute() -> None:
    stage = Stage(asks_documents=True)
    assert tried(stage, READ, MISS, DOCUMENT, GOOD) == [*NO_DOCUMENTS, "old"]
    stage.now += 60
    assert tried(stage, READ, GONE, MISS, DOCUMENT) == ["old", *NO_DOCUMENTS]
    assert tried(stage, READ, GONE) == ["old"]
    stage.now += 60
    assert tried(stage, READ, MISS, DOCUMENT, GOOD) == ["old", "openapi", "new"]
    assert tried(stage, ACT, GOOD) == ["new"]


def test_documents_that_cannot_be_asked_again_leave_the_answer_as_it_was() -> None:
    stage = Stage(asks_documents=True, max_retries=0)
    stage.script(call_of(READ), MISS, DOCUMENT, GOOD)
    stage.now += 60
    assert tried(stage, READ, GONE, UNSENT) == ["old", "openapi"]
    assert isinstance(stage.error, NotFoundError)


def test_a_format_that_worked_in_another_process_is_asked_about_when_the_gateway_breaks_off(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "formats.json")
    Stage(asks_documents=True, memory=memory).script(call_of(READ), DOCUMENT, GOOD)
    stage = Stage(asks_documents=True, memory=memory)
    assert tried(stage, READ, LOST, MISS, DOCUMENT, GOOD) == ["new", *NO_DOCUMENTS, "old"]


def test_what_was_seen_goes_before_what_is_said() -> None:
    stage = Stage(asks_documents=True)
    stage.plan.formats.worked(READ, "new")
    stage.plan.formats.said("old")
    assert tried(stage, ACT, GOOD) == ["new"]


def test_a_connection_that_is_lost_in_a_format_that_works_is_chance() -> None:
    stage = Stage(asks_documents=True)
    stage.plan.formats.worked(READ, "new")
    assert tried(stage, READ, LOST, GOOD) == ["new", "new"]
    stage.script(call_of(ACT), LOST)
    assert NEVER_NEW not in str(stage.error)


# --- the error


@one_test
@pytest.mark.parametrize(
    ("operation", "options", "outcomes", "is_told"),
    [
        (READ, {}, [MISS, MISS, LOST, UNSENT, UNSENT, UNSENT], True),
        (READ, {}, [MISS, MISS, LOST, GONE], True),
        (ACT, {}, [MISS, MISS, LOST, own(500)], True),
        (ACT, {}, [MISS, MISS, LOST, TIMEOUT], True),
        (ACT, {"url_format": "new"}, [LOST], True),
        (READ, {"url_format": "new"}, [LOST] * 3, True),
        (READ, {}, [DOCUMENT, LOST, LOST, LOST], False),
        (READ, {}, [MISS, DOCUMENT, LOST, LOST, LOST], False),
        (READ, {}, [MISS, MISS, MISS, MISS], False),
    ],
)
def test_the_error_names_the_way_out_where_it_is_one(
    operation: str, options: dict[str, Any], outcomes: list[Outcome], is_told: bool
) -> None:
    stage = Stage(asks_documents=True, **options)
    assert stage.script(call_of(operation), *outcomes) is None
    assert (NEVER_NEW in str(stage.error)) == is_told


# --- many calls at once


def test_while_one_call_asks_the_others_wait_and_then_know() -> None:
    stage = Stage(asks_documents=True)

    def respond(send: Send) -> tuple[Outcome, float]:
        assert stage.turns.count(True) == stage.turns.count(False) + 1, "nobody else may send now"
        return (MISS if send.purpose == "documents" else LOST if send.format == "new" else GOOD), 0.01

    result: RawResponse[Any] | None = stage.play(call_of(READ), respond)
    assert result is not None and result.format == "old"
    assert stage.turns == [True, False]


def test_a_call_that_waits_too_long_for_its_turn_is_not_sent() -> None:
    stage = Stage(asks_documents=True)
    assert stage.play(call_of(READ), lambda send: (GOOD, 0.0), has_turn=False) is None
    assert isinstance(stage.error, APITimeoutError) and not stage.sent
