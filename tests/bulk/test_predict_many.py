"""`client.inference.predict_many`: the requests it sends, how often and when, and their results."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import threading
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import aclosing, closing
from typing import Any

import httpx
import pytest
from lowcodeapi_baseten import AsyncBaseten, Baseten
from lowcodeapi_baseten.bulk.pace import Pace, Refusal
from lowcodeapi_baseten.bulk.run import Item, RunTimeoutError
from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.errors import (
    APIConnectionError,
    APITimeoutError,
    BadRequestError,
    ConfigurationError,
    InvalidParameterError,
    LowCodeAPIError,
    RateLimitError,
    ServerError,
)
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway, UpstreamError

from tests.bulk.runs import PREDICT, both, opened, over_each_transport, run
from tests.support.pairs import in_turn


def _outputs(items: Iterable[Item]) -> dict[int, Any]:
    return {position: output for position, output in items}


@over_each_transport
@in_turn(kind=["sync", "async", "sync"], source=[list, iter, iter])
def test_every_input_is_answered_once(kind: str, source: Any, gateway: LocalGateway) -> None:
    items = run(kind, gateway, source([{"n": n} for n in range(40)]), concurrency=16)
    assert _outputs(items) == {n: {"echo": {"input": {"n": n}}} for n in range(40)}
    assert gateway.count(PREDICT) == 40


@both
def test_results_come_in_order_where_that_is_asked_for(kind: str, gateway: LocalGateway) -> None:
    gateway.faults = FaultPlan(rates={"latency": 0.3}, latency_seconds=0.02)
    items = run(kind, gateway, range(40), concurrency=16, ordered=True)
    assert [item.position for item in items] == list(range(40))


def test_results_come_as_they_are_done_otherwise(gateway: LocalGateway) -> None:
    is_first_free = threading.Event()

    def predict(body: Any) -> Any:
        if body["input"] == 0:
            is_first_free.wait(10)
        return body["input"]

    gateway.predict = predict
    with Baseten(**opened(gateway)) as client:
        client.inference.predict_environment("production", input=-1)
        items = client.inference.predict_many(range(3), environment="production", concurrency=2)
        seen = [next(items).position, next(items).position]
        is_first_free.set()
        assert [*seen, next(items).position] == [1, 2, 0]
        assert list(items) == []


@both
@pytest.mark.parametrize("is_ordered", [True, False])
def test_no_more_is_pulled_than_there_is_room_for(kind: str, is_ordered: bool, gateway: LocalGateway) -> None:
    pulled = seen = most = 0
    is_too_many = threading.Event()

    def predict(body: Any) -> Any:
        # The first stays long enough for as many others as there is room for.
        if body["input"] == 0:
            is_too_many.wait(0.2)
        elif body["input"] == 8:
            is_too_many.set()

    def inputs() -> Iterator[int]:
        nonlocal pulled, most
        for n in range(30):
            pulled += 1
            most = max(most, pulled - seen)
            yield n

    def see(item: Item) -> None:
        nonlocal seen
        seen += 1

    gateway.predict = predict
    gateway.empty_answers = "answered"
    run(kind, gateway, inputs(), see=see, concurrency=4, ordered=is_ordered)
    assert seen == 30
    assert most <= 8


@both
def test_at_most_so_many_are_under_way(kind: str, gateway: LocalGateway) -> None:
    under_way, most, lock = 0, 0, threading.Lock()

    def predict(body: Any) -> Any:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        with lock:
            under_way -= 1
        return body

    gateway.predict = predict
    assert len(run(kind, gateway, range(30), concurrency=3)) == 30
    assert 1 <= most <= 3


@both
def test_an_error_stands_in_the_place_of_its_output(kind: str, gateway: LocalGateway) -> None:
    def predict(body: Any) -> Any:
        if body["input"] % 10 == 3:
            raise UpstreamError(400, {"error": "no threes"})
        return body["input"]

    gateway.predict = predict
    items = run(kind, gateway, range(24), ordered=True)
    assert [item.position for item in items if isinstance(item.error, BadRequestError)] == [3, 13, 23]
    assert [item.output for item in items if item.error is None] == [n for n in range(24) if n % 10 != 3]
    assert gateway.count(PREDICT) == 24


@both
def test_the_first_error_ends_the_run_where_that_is_asked_for(kind: str, gateway: LocalGateway) -> None:
    def predict(body: Any) -> Any:
        if body["input"] == 5:
            raise UpstreamError(400, {"error": "no fives"})
        return body["input"]

    gateway.predict = predict
    with pytest.raises(BadRequestError, match="no fives"):
        run(kind, gateway, itertools.count(), on_error="raise", concurrency=2, ordered=True)
    assert gateway.count(PREDICT) < 20


@both
def test_a_value_that_can_not_be_sent_is_an_error_of_its_item(kind: str, gateway: LocalGateway) -> None:
    items = _outputs(run(kind, gateway, [1, {1, 2}, 3]))
    assert isinstance(items[1], InvalidParameterError)
    assert gateway.count(PREDICT) == 2


@over_each_transport
@both
def test_too_many_requests_slow_the_run_down_and_cost_no_item(kind: str, gateway: LocalGateway) -> None:
    gateway.faults = FaultPlan(script=["429"] * 6, only={PREDICT})
    items = run(kind, gateway, range(30), concurrency=8, client={"max_retries": 0})
    assert all(item.error is None for item in items)
    assert gateway.count(PREDICT) == 30
    assert gateway.faults.played["429"] == 6


@over_each_transport
@both
def test_a_prediction_that_may_have_been_carried_out_is_not_sent_again(kind: str, gateway: LocalGateway) -> None:
    gateway.faults = FaultPlan(script=["reset_after", "500_after", None, "truncate", "503_after"], only={PREDICT})
    items = run(kind, gateway, range(20), concurrency=1, ordered=True)
    assert [item.position for item in items if item.error is not None] == [0, 1, 3, 4]
    assert isinstance(items[1].error, ServerError)
    assert gateway.count(PREDICT) == 20


@over_each_transport
def test_each_item_has_a_deadline(gateway: LocalGateway) -> None:
    gateway.faults = FaultPlan(script=[None, "stall"], only={PREDICT})
    items = run("sync", gateway, range(4), concurrency=1, ordered=True, timeout=1)
    assert [type(item.error) for item in items] == [type(None), APITimeoutError, type(None), type(None)]


@over_each_transport
@both
def test_the_run_has_a_deadline(kind: str, gateway: LocalGateway) -> None:
    with pytest.raises(RunTimeoutError):
        run(kind, gateway, itertools.count(), concurrency=2, run_timeout=0.05)


@both
def test_a_run_whose_items_are_under_way_at_its_end_says_that_its_time_is_over(
    kind: str, gateway: LocalGateway
) -> None:
    gateway.faults = FaultPlan(rates={"stall": 1.0}, only={PREDICT})
    with pytest.raises(RunTimeoutError, match="item 0 was under way"):
        run(kind, gateway, range(1), run_timeout=0.4, on_error="raise")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_does_not_wait_for_a_run_of_its_parent(gateway: LocalGateway) -> None:
    with Baseten(**opened(gateway)) as client:
        items = client.inference.predict_many(range(8), environment="production", concurrency=2)
        next(items)
        child = os.fork()
        if child == 0:
            try:
                list(items)
            except ConfigurationError:
                os._exit(3)
            finally:
                os._exit(4)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
        assert len(list(items)) == 7


def test_the_deadline_of_the_run_does_not_wait_for_an_input(gateway: LocalGateway) -> None:
    never = threading.Event()

    def inputs() -> Iterator[int]:
        yield 1
        never.wait(20)

    with pytest.raises(RunTimeoutError):
        run("sync", gateway, inputs(), run_timeout=0.2)
    never.set()


@in_turn(kind=["sync", "async"], error=[KeyError("mine"), TimeoutError("mine")])
def test_what_the_source_raises_comes_out(kind: str, error: Exception, gateway: LocalGateway) -> None:
    def inputs() -> Iterator[int]:
        yield 1
        raise error

    with pytest.raises(type(error), match="mine"):
        run(kind, gateway, inputs(), run_timeout=60)


def test_a_lost_connection_is_not_the_end_of_the_run_s_time(gateway: LocalGateway) -> None:
    gateway.faults = FaultPlan(script=["reset_after"], only={PREDICT})
    with pytest.raises(APIConnectionError) as caught:
        run("sync", gateway, range(1), run_timeout=60, on_error="raise")
    assert not isinstance(caught.value, RunTimeoutError)


def test_inputs_may_come_asynchronously(gateway: LocalGateway) -> None:
    async def inputs() -> AsyncIterator[int]:
        for n in range(20):
            await asyncio.sleep(0)
            yield n

    assert sorted(item.position for item in run("async", gateway, inputs())) == list(range(20))


def test_inputs_that_are_there_are_sent_while_more_are_awaited(gateway: LocalGateway) -> None:
    is_more_there = threading.Event()

    def inputs() -> Iterator[int]:
        yield from range(3)
        is_more_there.wait(20)
        yield 3

    with Baseten(**opened(gateway)) as client:
        items = client.inference.predict_many(inputs(), environment="production")
        assert {next(items).position for _ in range(3)} == {0, 1, 2}
        is_more_there.set()
        assert [item.position for item in items] == [3]


@pytest.mark.parametrize("kind", [KeyError, SystemExit, KeyboardInterrupt])
def test_a_source_in_a_thread_may_end_in_any_way(kind: type[BaseException], gateway: LocalGateway) -> None:
    def inputs() -> Iterator[int]:
        yield 1
        raise kind("mine")

    with pytest.raises(kind, match="mine"):
        run("sync", gateway, inputs())


async def _awaited(inputs: Iterable[Any]) -> AsyncIterator[Any]:
    for value in inputs:
        yield value


def _plain(inputs: Iterable[Any]) -> Iterable[Any]:
    return inputs


each_source = pytest.mark.parametrize(
    ("kind", "source"),
    [("sync", _plain), ("async", _plain), ("async", _awaited)],
    ids=["in a thread", "in the event loop", "awaited"],
)


@each_source
@pytest.mark.parametrize("is_ordered", [True, False])
def test_what_is_under_way_is_handed_over_though_the_source_fails(
    kind: str, source: Any, is_ordered: bool, gateway: LocalGateway
) -> None:
    has_failed = threading.Event()

    def inputs() -> Iterator[int]:
        yield from range(8)
        has_failed.set()
        raise KeyError("mine")

    def predict(body: Any) -> Any:
        has_failed.wait(20)
        return body["input"]

    gateway.predict = predict
    seen: list[Any] = []
    options: dict[str, Any] = {"concurrency": 16, "ordered": is_ordered, "on_error": "raise"}
    with pytest.raises(KeyError, match="mine"):
        run(kind, gateway, source(inputs()), see=lambda item: seen.append(item.output), **options)
    assert (seen if is_ordered else sorted(seen)) == list(range(8))
    assert gateway.count(PREDICT) == 8


@pytest.mark.parametrize("problem", [KeyboardInterrupt, SystemExit])
def test_a_source_that_ends_the_program_is_not_waited_for(problem: type[BaseException], gateway: LocalGateway) -> None:
    is_over, seen = threading.Event(), list[Item]()

    def inputs() -> Iterator[int]:
        yield from range(3)
        while gateway.count(PREDICT) < 3:
            time.sleep(0.001)
        raise problem("mine")

    gateway.predict = lambda body: is_over.wait(10)
    with pytest.raises(problem, match="mine"):
        run("sync", gateway, inputs(), see=seen.append)
    is_over.set()
    assert seen == []


@each_source
def test_an_input_is_sent_as_it_was_when_it_was_pulled(kind: str, source: Any, gateway: LocalGateway) -> None:
    def inputs() -> Iterator[dict[str, int]]:
        same = {}
        for same["n"] in range(20):
            yield same

    items = run(kind, gateway, source(inputs()), ordered=True)
    assert [item.output for item in items] == [{"echo": {"input": {"n": n}}} for n in range(20)]


@both
def test_a_place_that_no_id_can_be_is_refused_before_anything_is_sent(kind: str, gateway: LocalGateway) -> None:
    with pytest.raises(InvalidParameterError, match="env_name"):
        run(kind, gateway, [1, 2], environment="../secrets")
    assert gateway.count() == 0


@both
def test_an_item_whose_time_ends_before_anything_is_sent_again_is_refused_at_once(
    kind: str, gateway: LocalGateway
) -> None:
    gateway.faults = FaultPlan(rates={"429": 1.0}, only={PREDICT}, retry_after="99999")
    items = run(kind, gateway, range(20), concurrency=4, client={"max_retries": 0})
    assert [type(item.error) for item in items] == [RateLimitError] * 20
    assert all("try again in 99999 s" in str(item.error) for item in items)
    assert gateway.faults.played["429"] <= 4


def test_who_waits_is_sent_away_where_the_pause_becomes_longer_than_there_is_time() -> None:
    async def told() -> list[bool | None]:
        now = time.monotonic()
        pace = Pace(2)
        assert pace.entered() and pace.entered()
        waiting = [asyncio.ensure_future(pace.enter(now + seconds)) for seconds in (600, 99_999)]
        await asyncio.sleep(0)
        pace.leave(Refusal("/predict", Answer(429, {}, b""), 3600))
        await asyncio.wait(waiting, timeout=0.01)
        said = [place.result() if place.done() else None for place in waiting]
        waiting[1].cancel()
        pace.close()
        return said

    assert asyncio.run(told()) == [False, None]


@both
def test_a_transport_of_the_users_own_sends_a_run(kind: str, gateway: LocalGateway) -> None:
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path)
        return httpx.Response(200, json=json.loads(request.content)["input"] if request.content else {})

    transport = httpx.MockTransport(answer)
    items = run(kind, gateway, range(20), concurrency=4, ordered=True, client={"transport": transport})
    assert [item.output for item in items] == list(range(20))
    assert gateway.count() == 0 < len(seen)


@both
def test_a_transport_that_breaks_the_rules_does_not_stop_the_run(kind: str, gateway: LocalGateway) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.content and json.loads(request.content)["input"] == 2:
            raise asyncio.CancelledError
        return httpx.Response(200, json="an answer")

    items = run(kind, gateway, range(4), ordered=True, client={"transport": httpx.MockTransport(answer)})
    assert [item.position for item in items if isinstance(item.error, APIConnectionError)] == [2]


@over_each_transport
def test_leaving_the_loop_ends_the_run(gateway: LocalGateway) -> None:
    gateway.faults = FaultPlan(script=[None, "stall", "stall", "stall"], only={PREDICT})
    before = threading.active_count()
    with Baseten(**opened(gateway)) as client:
        items = client.inference.predict_many([1, 2, 3, 4, 5, 6], environment="production", concurrency=3)
        with closing(items):
            assert next(items).error is None
        assert not [thread for thread in threading.enumerate() if "bulk" in thread.name]
    assert gateway.count(PREDICT) <= 4
    assert threading.active_count() <= before + 2


@over_each_transport
def test_leaving_the_loop_ends_an_asynchronous_run(gateway: LocalGateway) -> None:
    gateway.faults = FaultPlan(script=[None, "stall", "stall", "stall"], only={PREDICT})

    async def first() -> None:
        async with AsyncBaseten(**opened(gateway)) as client:
            items = client.inference.predict_many(range(6), environment="production", concurrency=3)
            async with aclosing(items):
                assert (await anext(items)).error is None
            assert len(asyncio.all_tasks()) == 1

    asyncio.run(first())


def test_a_sync_client_works_where_an_event_loop_runs(gateway: LocalGateway) -> None:
    async def inside() -> int:
        return len(run("sync", gateway, range(5)))

    assert asyncio.run(inside()) == 5


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"concurrency": 0}, InvalidParameterError),
        ({"concurrency": True}, InvalidParameterError),
        ({"on_error": "ignore"}, InvalidParameterError),
        ({"timeout": -1}, InvalidParameterError),
        ({"run_timeout": 0}, InvalidParameterError),
        ({"deployment": "abc"}, InvalidParameterError),
        ({"environment": None}, InvalidParameterError),
    ],
    ids=str,
)
def test_an_option_that_can_not_work_is_refused_before_anything_is_sent(
    options: dict[str, Any], problem: type[LowCodeAPIError], gateway: LocalGateway
) -> None:
    for kind in ("sync", "async"):
        with pytest.raises(problem):
            run(kind, gateway, [1], **options)
    assert gateway.count() == 0


def test_text_is_no_iterable_of_inputs(gateway: LocalGateway) -> None:
    for inputs in ("abc", {"a": 1}, 5):
        with pytest.raises(TypeError, match=rf"must be an iterable, such as a list; got {type(inputs).__name__}$"):
            run("sync", gateway, inputs)


def test_who_is_cancelled_as_it_gets_its_place_leaves_it_to_others() -> None:
    async def main() -> None:
        pace = Pace(1)
        assert pace.entered()
        waiting = asyncio.ensure_future(pace.enter(time.monotonic() + 60))
        await asyncio.sleep(0)
        pace.leave()  # gives the place to the one that waits
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled() and pace.under_way == 0 and pace.entered()

    asyncio.run(main())
