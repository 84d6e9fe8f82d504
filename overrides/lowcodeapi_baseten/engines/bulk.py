"""Many predictions, a bounded number of them at a time: what is sent when, and what is handed over when.

All of it runs in one asyncio event loop. `workflows.predict_many` puts it behind an iterator, sync or async.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from lowcodeapi_baseten_api.types import Call

from ..envelope import Answer, read
from ..errors import APIConnectionError, APIStatusError, LowCodeAPIError, ResponseError
from ..steps import Failure, Outcome, Send, Sleep, Steps
from .journal import Journal
from .pace import Pace
from .sources import Source

Exchange = Callable[[Send], Awaitable[Answer | Failure]]


class RunTimeoutError(LowCodeAPIError, TimeoutError):
    """The time of a whole run is over, and inputs are left that were not sent."""


class Item(NamedTuple):
    """What became of one input: its place among the inputs, and the output or the error."""

    position: int
    output: Any

    @property
    def error(self) -> LowCodeAPIError | None:
        """The error, or None where there is an output."""
        return self.output if isinstance(self.output, LowCodeAPIError) else None


class Options(NamedTuple):
    """How a run goes. Times are in seconds; `until` is on the monotonic clock."""

    concurrency: int
    is_ordered: bool
    does_raise: bool
    timeout: float | None
    until: float | None

    @property
    def window(self) -> int:
        """How many inputs may be pulled and not yet handed over."""
        return 2 * self.concurrency


class Bulk:
    """One run.

    `begin` gives the steps of a call, `exchange` sends. `hand_over` is called with items that have ended; `taken` says
    that so many of them were consumed.
    """

    def __init__(
        self,
        begin: Callable[[Call], Steps[Any]],
        exchange: Exchange,
        call_of: Callable[[Any, float | None], Call],
        source: Source,
        options: Options,
        journal: Journal | None,
        hand_over: Callable[[list[Item]], None],
    ) -> None:
        self._begin, self._exchange, self._call_of = begin, exchange, call_of
        self._source, self._options, self._journal, self._hand_over = source, options, journal, hand_over
        self._pace = Pace(options.concurrency)
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()
        self._held = self._next = 0
        self._ended: list[Item] = []
        self._early: dict[int, Item] = {}
        self._handed_over = 0
        self._is_flush_due = self._is_stopped = False
        self._problem: BaseException | None = None

    async def run(self) -> None:
        """Pull, send and hand over, until all is done. Raises what the source raised, and `RunTimeoutError`."""
        try:
            is_whole = await self._pull()
            while self._tasks:
                await asyncio.wait(self._tasks)
            self._flush()
        finally:
            await self._cancel()
            if self._journal is not None:
                self._journal.close()
        if self._problem is not None:
            raise self._problem
        if not is_whole and not self._is_stopped:
            raise RunTimeoutError(f"the time of the run is over after {self._next} inputs, and there may be more")

    async def _cancel(self) -> None:
        left = set(self._tasks)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)

    def taken(self, items: int) -> None:
        """So many items were consumed."""
        self._held -= items
        self._room.set()

    async def _pull(self) -> bool:
        """Start what there is room for, until the inputs end. Returns whether they did, before the time was over."""
        most = self._options
        while not self._is_stopped:
            room = min(most.concurrency - len(self._tasks), most.window - self._held)
            if room <= 0:
                self._room.clear()
                await self._room.wait()
                continue
            if (inputs := await self._inputs(room)) is None:
                return False
            if not inputs:
                return True
            items = list(enumerate(inputs, self._next))
            self._next += len(items)
            self._held += len(items)
            if self._journal is not None:
                items = await self._journaled(self._journal, items)
            for index, value in items:
                task = asyncio.create_task(self._one(index, value))
                self._tasks.add(task)
                task.add_done_callback(self._let_go)
        return False

    async def _inputs(self, room: int) -> list[Any] | None:
        """The next inputs; None where the time of the run is over."""
        if self._options.until is None:
            return await self._source.take(room)
        left = self._options.until - time.monotonic()
        try:
            return await asyncio.wait_for(self._source.take(room), left) if left > 0 else None
        except TimeoutError:
            if time.monotonic() < self._options.until:
                raise
            return None

    async def _journaled(self, journal: Journal, items: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
        """The items that are to be sent; what earlier runs say of the others is handed over."""
        fresh = []
        for index, value in items:
            past = journal.past(index, value)
            if past is None:
                fresh.append((index, value))
            else:
                self._end(Item(index, past.output if past.error is None else past.error))
        if fresh:
            await asyncio.get_running_loop().run_in_executor(None, journal.begin, fresh)
        return fresh

    def _let_go(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            self._problem, self._is_stopped = self._problem or problem, True
        self._room.set()

    async def _one(self, index: int, value: Any) -> None:
        error: LowCodeAPIError | None = None
        output = None
        try:
            until = self._options.until
            left = None if until is None else max(until - time.monotonic(), 0.001)
            timeout = self._options.timeout
            output = await self._predicted(
                self._call_of(value, left if timeout is None else min(timeout, left or timeout))
            )
        except LowCodeAPIError as raised:
            error = raised
        if self._journal is not None:
            if error is None:
                self._journal.done(index, output)
            else:
                self._journal.failed(index, error, is_fate_unknown=is_fate_unknown(error))
        self._end(Item(index, output if error is None else error))

    def _timeout(self) -> float | None:
        """Seconds for an item: its own, and no more than the run has left."""
        timeout, until = self._options.timeout, self._options.until
        if until is None:
            return timeout
        left = max(until - time.monotonic(), 0.001)
        return left if timeout is None else min(timeout, left)

    async def _predicted(self, call: Call) -> Any:
        """What `client._run_raw` does, through the gate of the run."""
        steps = self._begin(call)
        outcome: Outcome = None
        has_turn = False
        try:
            while True:
                step = steps.send(outcome)
                if isinstance(step, Send):
                    outcome = await self._sent(step)
                elif isinstance(step, Sleep):
                    await asyncio.sleep(step.seconds)
                elif step.take:
                    outcome = has_turn = await self._had_turn(step.timeout)
                else:
                    has_turn = False
                    self._turn.release()
        except StopIteration as done:
            return done.value.result
        finally:
            if has_turn:
                self._turn.release()

    async def _had_turn(self, timeout: float) -> bool:
        try:
            return await asyncio.wait_for(self._turn.acquire(), timeout)
        except TimeoutError:
            return False

    async def _sent(self, send: Send) -> Answer | Failure:
        """Send; and where the answer is that it was too much and nothing was done, again, as long as there is time."""
        until = time.monotonic() + send.timeout
        refusal: Answer | None = None
        while True:
            try:
                # Setting a time limit costs more than the gate does.
                if self._pace.is_open():
                    await self._pace.enter()
                else:
                    async with asyncio.timeout(until - time.monotonic()):
                        await self._pace.enter()
            except TimeoutError:
                return refusal or Failure("late", "no time was left")
            retry_after: float | None = None
            is_refused = False
            try:
                left = max(until - time.monotonic(), 0.001)
                outcome = await self._exchange(send._replace(timeout=left))
                if isinstance(outcome, Answer) and outcome.status in {429, 503}:
                    reading = read(outcome, method=send.method)
                    is_refused = outcome.status == 429 or reading.error_code == "model_not_ready"
                    retry_after = reading.retry_after
            finally:
                self._pace.leave(was_refused=is_refused, retry_after=retry_after)
            if not is_refused or time.monotonic() + self._pace.seconds_left() >= until:
                return outcome
            assert isinstance(outcome, Answer)
            refusal = outcome

    def _end(self, item: Item) -> None:
        """An item has ended. It is handed over once the event loop has looked at what else has."""
        if self._options.does_raise and item.error is not None:
            self._is_stopped = True
            self._room.set()
        if not self._options.is_ordered:
            self._ended.append(item)
        else:
            self._early[item.position] = item
            while (following := self._early.pop(self._handed_over, None)) is not None:
                self._handed_over += 1
                self._ended.append(following)
        if not self._is_flush_due:
            self._is_flush_due = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._is_flush_due = False
        if self._journal is not None:
            # Whoever is handed a result may rely on it being written down.
            self._journal.flush()
        if self._ended:
            items, self._ended = self._ended, []
            self._hand_over(items)


def is_fate_unknown(error: LowCodeAPIError) -> bool:
    """Whether the item of this error may have been carried out."""
    if isinstance(error, APIStatusError):
        # A gateway that has lost its connection to Baseten answers 500, and Baseten may have acted.
        return error.status_code in {408} or error.status_code >= 500
    if isinstance(error, ResponseError):
        return True
    return isinstance(error, APIConnectionError) and any(
        attempt.purpose == "call" and attempt.outcome in {"timeout", "lost"} for attempt in error.attempts
    )
