"""A run decides when to send and when to hand over, in one asyncio event loop, with a task for each item."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from ..errors import APIConnectionError, LowCodeAPIError
from ..request import Request
from .checkpoint import Journal
from .inputs import InputSource
from .item import Calls, Exchange, is_fate_unknown
from .options import Prepared, RunOptions
from .pace import Pace

_OVER = "the run timed out"
_PROMPT = 0.001  # seconds; finished items are handed over after this time even if they are few


class RunTimeoutError(LowCodeAPIError, TimeoutError):
    """The run timed out, and some inputs were not sent."""


class Item(NamedTuple):
    """The result of one input: its index among the inputs, and its output or error."""

    position: int
    output: Any

    @property
    def error(self) -> LowCodeAPIError | None:
        """The error, or None if there is an output."""
        return self.output if isinstance(self.output, LowCodeAPIError) else None


class Bulk:
    """One run. Create it in the event loop that it runs in.

    `exchange` sends a request. `hand_over` is called with finished items; call `taken` when some were consumed.
    """

    def __init__(
        self,
        options: RunOptions,
        exchange: Exchange,
        source: InputSource,
        journal: Journal | None,
        hand_over: Callable[[list[Item]], None],
    ) -> None:
        self._source, self._options, self._journal, self._hand_over = source, options, journal, hand_over
        self._loop = asyncio.get_running_loop()
        self._pace = Pace(options.concurrency)
        self._calls = Calls(options, exchange, self._pace)
        options.begin()
        # By the positions of their items.
        self._under_way: dict[int, asyncio.Task[None]] = {}
        # Pulling may wait for a thread, and writing for a disk, so do it for several items at a time.
        self._least = options.batch if source.is_slow or journal is not None else 1
        self._held = self._next = self._handed_over = 0
        self._ended_since = 0
        self._ready: list[Item] = []
        self._early: dict[int, Item] = {}
        self._flush_due: asyncio.Handle | None = None
        self._is_flush_next = self._has_waited = self._is_stopped = False
        self._news = asyncio.Event()
        self._limit: asyncio.Timeout | None = None
        self._problem: BaseException | None = None
        self._raised: Exception | None = None

    async def run(self) -> None:
        """Pull, send and hand over until all is done. Raises the source's exception, or `RunTimeoutError`.

        If errors are raised and earlier runs left items of unknown fate, it raises `UnknownFateError` and sends
        nothing: ending the run at such an item would leave the fate of all calls under way unknown too.
        """
        try:
            if self._journal is not None and self._options.does_raise:
                self._journal.refuse_unknown()
            is_whole = await self._pull()
            while self._under_way and self._problem is None:
                await self._wait()
        finally:
            await self._cut_off()
            self.close()
        if (problem := self._problem or self._raised) is not None:
            raise problem
        if not is_whole and not self._is_stopped:
            raise RunTimeoutError(f"{_OVER} after {self._next} inputs; there may be more")

    def close(self) -> None:
        """Write down and hand over finished items, and release everything. `run` does this too, if it began."""
        self._pace.close()
        self._source.close()
        if self._flush_due is not None:
            self._flush_due.cancel()
        try:
            self._give_out()
        finally:
            if self._journal is not None:
                self._journal.close()

    def end(self, problem: LowCodeAPIError) -> None:
        """Send nothing more. `run` cuts off the calls under way and raises this error."""
        self._broken(problem)

    async def _cut_off(self) -> None:
        under_way = list(self._under_way.values())
        for task in under_way:
            task.cancel()
        if under_way:
            # They still have to close their connections.
            await asyncio.wait(under_way)

    def taken(self, items: int) -> None:
        """Record that this many items were consumed."""
        was_full = self._options.window - self._held < self._least
        self._held -= items
        if was_full:
            self._news.set()

    def _stop(self) -> None:
        """Start nothing more, and stop waiting for inputs."""
        self._is_stopped = True
        self._news.set()
        if self._limit is not None and not self._limit.expired():
            self._limit.reschedule(self._loop.time())

    def _broken(self, problem: BaseException) -> None:
        self._problem = self._problem or problem
        self._stop()

    async def _wait(self) -> None:
        self._news.clear()
        await self._news.wait()

    # --- inputs

    async def _pull(self) -> bool:
        """Start calls while there is room, until the inputs end. False if the run ended before they did."""
        most = self._options
        while not self._is_stopped:
            room = min(most.concurrency - len(self._under_way), most.window - self._held)
            if room < self._least and not (room > 0 and self._has_waited):
                if room > 0:
                    self._flush_soon(is_next=False)
                await self._wait()
                continue
            self._has_waited = False
            try:
                inputs = await self._inputs(room)
            except Exception as error:
                # The inputs end here. Calls under way may have been paid for, so wait for them first.
                self._raised = error
                return True
            if inputs is None:
                return False
            if not inputs:
                return True
            items = list(enumerate(inputs, self._next))
            self._next += len(items)
            self._held += len(items)
            if self._journal is not None:
                items = await self._journaled(self._journal, items)
            for position, prepared in items:
                if self._problem is not None:
                    break  # a problem came up while they were written down
                if isinstance(prepared, LowCodeAPIError):
                    self._add(Item(position, prepared))
                    continue
                self._under_way[position] = self._loop.create_task(self._item(position, prepared))
        return False

    async def _item(self, position: int, request: Request) -> None:
        """Make the call for an input."""
        try:
            try:
                output = await self._calls.output(request)
            except LowCodeAPIError as error:
                # Its frames would keep the whole run alive for as long as the error is kept.
                output = error.with_traceback(None)
            del self._under_way[position]
            self._ended(position, output)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            # A task would only log it, and the run would wait for the item for ever.
            self._broken(error)
        finally:
            self._under_way.pop(position, None)

    async def _inputs(self, room: int) -> list[Any] | None:
        """The next inputs, prepared; None if the run's time is over, or it has stopped."""
        left = None if self._options.until is None else self._options.until - time.monotonic()
        if left is not None and left <= 0:
            return None
        limit = asyncio.timeout(left)
        try:
            async with limit:
                self._limit = limit
                return await self._source.take(room)
        except TimeoutError:
            if not limit.expired():
                raise
            return None
        finally:
            self._limit = None

    async def _journaled(
        self, journal: Journal, items: list[tuple[int, tuple[int, Prepared]]]
    ) -> list[tuple[int, Prepared]]:
        """Return the items to send, and hand over the results of the others from earlier runs."""
        fresh, begun = [], []
        for index, (of, prepared) in items:
            past = journal.past(index, of)
            if past is None:
                fresh.append((index, prepared))
                # What can't be sent is not written down: corrected, it is sent when the run goes on.
                if not isinstance(prepared, LowCodeAPIError):
                    begun.append((index, of))
            else:
                self._add(Item(index, past.output if past.error is None else past.error))
        if begun:
            journal.begin(begun)
            await self._loop.run_in_executor(None, journal.sync)
        return fresh

    # --- results

    def _ended(self, position: int, output: Any) -> None:
        if self._journal is not None:
            if isinstance(output, LowCodeAPIError):
                self._journal.failed(position, output, is_fate_unknown=is_fate_unknown(output))
            else:
                self._journal.done(position, output)
        self._add(Item(position, output))

    def _add(self, item: Item) -> None:
        if self._options.does_raise and item.error is not None:
            self._stop()
            if self._options.is_over() and isinstance(item.error, APIConnectionError):
                # The caller set a time for the run, so the error is the run's, not the item's.
                item = Item(item.position, RunTimeoutError(f"{_OVER}; item {item.position} was under way"))
        if not self._options.is_ordered:
            self._ready.append(item)
        else:
            self._early[item.position] = item
            while (following := self._early.pop(self._handed_over, None)) is not None:
                self._handed_over += 1
                self._ready.append(following)
        self._ended_since += 1
        self._flush_soon(is_next=self._ended_since >= self._options.batch or not self._under_way)

    def _flush_soon(self, *, is_next: bool) -> None:
        """Flush in the next turn of the event loop, when more may have finished, or a moment later."""
        if self._is_flush_next or (self._flush_due is not None and not is_next):
            return
        if self._flush_due is not None:
            self._flush_due.cancel()
        self._is_flush_next = is_next
        self._flush_due = self._loop.call_soon(self._flush) if is_next else self._loop.call_later(_PROMPT, self._flush)

    def _flush(self) -> None:
        self._flush_due, self._is_flush_next, self._ended_since = None, False, 0
        try:
            self._give_out()
        except BaseException as error:
            self._broken(error)
        self._has_waited = True
        self._news.set()

    def _give_out(self) -> None:
        if self._journal is not None:
            # A result is handed over only once it is written down.
            self._journal.flush()
        if self._ready:
            items, self._ready = self._ready, []
            self._hand_over(items)
