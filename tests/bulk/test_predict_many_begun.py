"""Once one item of a run has worked, the others are sent directly. All but a plain success goes the ordinary way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten import UnknownFateError, verdicts
from lowcodeapi_baseten.call import Begun
from lowcodeapi_baseten.call import run as call
from lowcodeapi_baseten.envelope import Answer, read
from lowcodeapi_baseten.errors import APIConnectionError, LowCodeAPIError, ResponseError, ServerError
from lowcodeapi_baseten.plan import plan
from lowcodeapi_baseten.steps import Failure, Send, Sleep
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway
from lowcodeapi_baseten_api.types import Call

from tests.bulk.runs import PREDICT, both, over_each_transport, run
from tests.support.pairs import in_turn

ONE_BY_ONE: dict[str, Any] = {"concurrency": 1, "ordered": True}


# A fault, the error in which it ends if it is not sent again, and how many of four inputs are carried out.
FAULTS = [
    ("429", None, 4),
    ("drop_format", None, 4),
    ("envelope", None, 4),
    ("reset_before", APIConnectionError, 3),
    ("reset_after", APIConnectionError, 4),
    ("500", ServerError, 3),
    ("500_after", ServerError, 4),
    ("truncate", APIConnectionError, 4),
    ("malformed", ResponseError, 4),
]


@over_each_transport
@in_turn(fault=FAULTS, kind=["sync", "async"])
def test_what_a_fault_means_does_not_depend_on_what_worked_before(
    kind: str, fault: tuple[str, type[LowCodeAPIError] | None, int], gateway: LocalGateway
) -> None:
    name, error, carried_out = fault
    gateway.faults = FaultPlan(script=[None, name], only={PREDICT})
    found = run(kind, gateway, range(4), **ONE_BY_ONE)
    assert [item.error is None for item in found] == [True, error is None, True, True]
    assert gateway.count(PREDICT) == carried_out
    if error is not None:
        assert isinstance(found[1].error, error)
        assert len(getattr(found[1].error, "attempts", ())) == 1


@both
def test_an_answer_of_bytes_is_handed_over_as_it_came(kind: str, gateway: LocalGateway) -> None:
    gateway.predict = lambda body: bytes([65 + body["input"]])
    assert [item.output for item in run(kind, gateway, range(4), **ONE_BY_ONE)] == [b"A", b"B", b"C", b"D"]


@over_each_transport
def test_an_answer_that_can_not_be_worked_on_leaves_the_fate_of_its_item_open(
    gateway: LocalGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(answer: Answer, *, method: str) -> Any:
        if b'"input":1' in answer.body.replace(b" ", b""):
            raise RuntimeError("no room")
        return read(answer, method=method)

    options: dict[str, Any] = {**ONE_BY_ONE, "checkpoint": tmp_path / "run"}
    monkeypatch.setattr(verdicts, "read", failing)
    first = run("sync", gateway, range(3), **options)
    monkeypatch.undo()
    again = run("sync", gateway, range(3), **options)
    assert [item.error is None for item in first] == [True, False, True]
    assert isinstance(again[1].error, UnknownFateError)
    assert gateway.count(PREDICT) == 3


@both
def test_whoever_watches_sees_every_request(kind: str, gateway: LocalGateway) -> None:
    seen: list[str] = []
    gateway.faults = FaultPlan(script=[None, "429"], only={PREDICT})
    client = {"on_response": lambda event: seen.append(event.outcome)}
    run(kind, gateway, range(4), client, **ONE_BY_ONE)
    assert seen.count("answered") >= 4


@pytest.mark.parametrize(("late", "is_sent_again"), [(0.0, True), (61.0, False)])
def test_the_time_of_a_call_begins_with_its_first_request(late: float, is_sent_again: bool) -> None:
    known = plan(base_url=None, remember=False, timeout=60.0)
    request = known.prepared(Call(PREDICT, path={"env_name": "production"}, body={"input": 1}))
    begun = Begun(1000.0, "new", Failure("unsent", "nothing was reached"))
    steps = call(known, request, lambda: 1000.0 + late, begun)
    if is_sent_again:
        assert isinstance(next(steps), Sleep)
        again = next(steps)
        assert isinstance(again, Send) and again.format == "new"
    else:
        with pytest.raises(APIConnectionError):
            next(steps)
