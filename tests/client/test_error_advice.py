"""The last part of an error's message is true of its status, and says what may have happened."""

from __future__ import annotations

from typing import Any

import pytest
from lowcodeapi_baseten import Baseten, PermissionDeniedError

from tests.client.stage import LOST, TIMEOUT, UNSENT, Outcome, Stage, answer, call_of, own, upstream
from tests.support.wire import TOKEN, Wire, reply

READ, DELETE, ACTIVATE, PREDICT = "models.get", "models.delete", "deployments.activate", "inference.predict_deployment"
HARMLESS = "; the request may have been carried out, and sending it again does no harm"
LOOK = "; the request may have been carried out: check before you send it again"


def said(operation: str, *outcomes: Outcome, **options: Any) -> str:
    """The message of the error that these outcomes end in."""
    stage = Stage(url_format="new", max_retries=len(outcomes) - 1, **options)
    assert stage.script(call_of(operation), *outcomes) is None
    return str(stage.error)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (402, "check the billing of the account"),
        (405, "the API does not offer this operation here: look for a newer version of this package"),
        (410, "the resource is gone for good"),
        (415, "the API does not accept this type of body: check extra_headers"),
        (424, "something that this call depends on failed: fix that first"),
        (418, "sending it again unchanged won't help"),
        (451, "sending it again unchanged won't help"),
        (403, "check what the account may do"),
        (408, "try again later"),
        (423, "try again later"),
        (500, "try again later"),
        (503, "try again later"),
    ],
)
def test_an_error_advises_what_is_true_of_its_status(status: int, advice: str) -> None:
    assert said(READ, upstream(status)).endswith(f"; {advice}")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
@pytest.mark.parametrize("place", ["the envelope", "a header"])
def test_an_answer_that_asks_for_a_wait_is_quoted(status: int, place: str) -> None:
    inside = answer(status, "{}", {"content-type": "application/json", "retry-after": "7"})
    outcome = upstream(status, retry_after="7") if place == "the envelope" else inside
    assert said(READ, outcome).endswith("; try again in 7 s, as it asks")


def test_so_it_is_where_a_prediction_may_have_been_carried_out() -> None:
    told = said(PREDICT, upstream(503, retry_after="7"))
    assert told.endswith(f"{LOOK}; try again in 7 s, as it asks")


def test_a_wait_is_not_quoted_where_waiting_does_not_help() -> None:
    assert said(READ, upstream(400, retry_after="7")).endswith("; check the arguments")


@pytest.mark.parametrize("operation", [READ, DELETE, PREDICT])
def test_a_refusal_by_the_gateway_itself_says_that_it_is_the_token(operation: str) -> None:
    told = said(operation, own(403))
    assert "; the gateway refuses the token: check the token in LOWCODEAPI_API_TOKEN" in told


def test_it_is_of_the_same_class_as_every_403() -> None:
    body = {"message": "Access denied", "provider": "baseten", "error": {"code": 403}}
    refused = pytest.raises(PermissionDeniedError, match=r"Access denied .* refuses the token")
    with Wire(reply(body, 403)) as wire, Baseten(api_token=TOKEN, base_url=wire.base_url) as client, refused as caught:
        client.models.list()
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("operation", [DELETE, ACTIVATE])
@pytest.mark.parametrize(
    ("outcomes", "rest"),
    [
        ([TIMEOUT], "; timeout was 60 s: raise it to wait longer"),
        ([LOST], ""),
        ([LOST, UNSENT], ""),
        ([upstream(500)], "; try again later"),
        ([upstream(503, retry_after="7")], "; try again in 7 s, as it asks"),
        ([TIMEOUT, upstream(409)], "; check the current state of the resource"),
    ],
    ids=["silence", "lost", "lost, then unsent", "500", "503", "silence, then 409"],
)
def test_a_change_of_unknown_fate_may_have_happened(operation: str, outcomes: list[Outcome], rest: str) -> None:
    assert said(operation, *outcomes).endswith(HARMLESS + rest)


@pytest.mark.parametrize(
    ("operation", "outcome"),
    [(DELETE, UNSENT), (DELETE, upstream(400)), (DELETE, upstream(429)), (READ, TIMEOUT), (READ, upstream(500))],
)
def test_nothing_is_said_to_have_happened_where_it_has_not(operation: str, outcome: Outcome) -> None:
    assert "carried out" not in said(operation, outcome)


def test_a_prediction_that_may_be_repeated_may_still_have_happened() -> None:
    assert said(PREDICT, LOST, LOST, retry_unsafe=True).endswith(LOOK)
