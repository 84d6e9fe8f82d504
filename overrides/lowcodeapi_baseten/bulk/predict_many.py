"""`client.inference.predict_many`: a run behind an iterator, sync or async."""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any, Literal

from lowcodeapi_baseten_api.resources.inference import Inference
from lowcodeapi_baseten_api.types import Call

from ..errors import ConfigurationError, InvalidParameterError, LowCodeAPIError
from ..request import check_timeout
from ..steps import Steps
from ..workflows.calls import sent
from ..workflows.predictions import method_of
from .checkpoint import Journal
from .closing import AsyncRun, cut_off, refuse_closed
from .run import Bulk, Item, Options, StepsOf
from .sender import sender
from .sources import Source, source_of

if TYPE_CHECKING:
    from ..client import AsyncBaseten, Baseten

OnError = Literal["raise", "collect"]
_PATIENCE = 0.005  # seconds; a slow consumer makes room for the next inputs item by item
_CALLS = Inference(lambda call: call)


class Run:
    """What is asked of a run, checked: where its items go, and how."""

    def __init__(
        self,
        *,
        environment: str | None,
        deployment: str | None,
        development: bool,
        concurrency: int,
        ordered: bool,
        on_error: OnError,
        timeout: float | None,
        run_timeout: float | None,
        checkpoint: str | os.PathLike[str] | None,
        resend_unknown: bool,
    ) -> None:
        if isinstance(concurrency, bool) or not isinstance(concurrency, int) or not 1 <= concurrency <= 4096:
            raise InvalidParameterError("concurrency", f"is a whole number, 1 to 4096; got {concurrency!r}")
        if on_error not in {"raise", "collect"}:
            raise InvalidParameterError("on_error", f"is 'raise' or 'collect'; got {on_error!r}")
        for seconds in (timeout, run_timeout):
            if seconds is not None:
                check_timeout(seconds)
        self._method = method_of(_CALLS, "predict", environment, deployment, development)
        self.concurrency, self._is_ordered, self.does_raise = concurrency, ordered, on_error == "raise"
        self._timeout, self._run_timeout = timeout, run_timeout
        self._checkpoint, self._resend_unknown = checkpoint, resend_unknown

    def call(self) -> Call:
        """What is called for each input."""
        call: Call = self._method(input=None)
        return call

    def steps_of(self, client: Baseten | AsyncBaseten) -> StepsOf:
        """What gives the steps of the call of one input, with so many seconds for it.

        Raises `InvalidParameterError` where no input could be sent.
        """
        plan, hooks = client._plan, client._hooks
        # They differ in their inputs alone: all else of the request is checked and made once.
        like = plan.prepared(self.call())

        def steps_of(value: Any, timeout: float | None) -> Steps[Any]:
            return sent(plan, like.with_body({"input": value}, timeout), time.monotonic, hooks)

        return steps_of

    def options(self) -> Options:
        """The options of the run, which begins now."""
        until = None if self._run_timeout is None else time.monotonic() + self._run_timeout
        return Options(self.concurrency, self._is_ordered, self.does_raise, self._timeout, until)

    def journal(self, base_url: str) -> Journal | None:
        """The checkpoint, opened. Raises `JournalError`."""
        if self._checkpoint is None:
            return None
        call = self.call()
        header = {"operation": call.operation, **call.path, "base_url": base_url}
        return Journal(self._checkpoint, header, resend_unknown=self._resend_unknown)


def predict_many(client: Baseten, inputs: Iterable[Any], asked: Run) -> Generator[Item, None, None]:
    """Predict for many inputs. The run is in a thread of its own; closing the generator ends it."""
    refuse_closed(client._shared)
    source, steps_of, plan = source_of(inputs, is_sync=True), asked.steps_of(client), client._plan
    journal = asked.journal(plan.origin + plan.prefix)
    items = _items(asked, _Course(client, asked, source, steps_of, journal))
    next(items)
    return items


def _items(asked: Run, course: _Course) -> Generator[Item, None, None]:
    process = os.getpid()
    try:
        # As far as here it goes at once: whoever closes it before its first item lets go of the checkpoint, too.
        yield Item(-1, None)
        course.start()
        while True:
            if os.getpid() != process:
                # Its thread is not in a forked child, and nothing would ever come.
                raise ConfigurationError("this run is another process's; begin a new one in the forked child")
            if (items := course.said.get()) is None:
                break
            taken, since = 0, time.monotonic()
            for item in items:
                if asked.does_raise and item.error is not None:
                    raise item.error
                yield item
                taken += 1
                if time.monotonic() - since > _PATIENCE:
                    course.taken(taken)
                    taken, since = 0, time.monotonic()
            course.taken(taken)
    finally:
        if os.getpid() == process:
            course.close()
    if course.problem is not None:
        raise course.problem


class _Course:
    """A run in an event loop in a thread of its own."""

    def __init__(self, client: Baseten, asked: Run, source: Source, steps_of: StepsOf, journal: Journal | None) -> None:
        self._client, self._asked, self._source, self._steps_of = client, asked, source, steps_of
        self._journal = journal
        self.said: queue.SimpleQueue[list[Item] | None] = queue.SimpleQueue()
        self.problem: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bulk: Bulk | None = None
        self._main: asyncio.Task[Any] | None = None
        self._is_ready = threading.Event()
        self._is_closed, self._pid = False, os.getpid()
        self._thread = threading.Thread(target=self._work, name="lowcodeapi-baseten-bulk", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._is_ready.wait()
        self._client._shared.opened(self)
        if self._client._shared.is_closed:  # meanwhile
            self.cut_off()

    def cut_off(self) -> None:
        """End it, as its client is closed: whoever iterates is told. What came before that can still be taken."""
        if self._pid != os.getpid():
            return
        self._tell(lambda: None if self._bulk is None else self._bulk.end(cut_off()))
        if threading.current_thread() is not self._thread:  # a hook may close the client
            self._thread.join()

    def taken(self, items: int) -> None:
        self._tell(lambda: None if self._bulk is None else self._bulk.taken(items))

    def close(self) -> None:
        self._is_closed = True
        self._tell(lambda: None if self._main is None else self._main.cancel())
        if self._thread.ident is not None:
            self._thread.join()
        if self._bulk is None:
            self._source.close()
            if self._journal is not None:
                self._journal.close()

    def _tell(self, what: Callable[[], object]) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # It has ended.
                self._loop.call_soon_threadsafe(what)

    def _work(self) -> None:
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                self._loop = runner.get_loop()
                runner.run(self._run())
        except BaseException as error:
            self.problem = error
        finally:
            self._is_ready.set()
            self.said.put(None)

    async def _run(self) -> None:
        self._main = asyncio.current_task()
        if self._is_closed:
            return
        asked = self._asked
        sending = sender(self._client._shared, asked.concurrency)
        self._bulk = Bulk(
            asked.call(), self._steps_of, sending.exchange, self._source, asked.options(), self._journal, self.said.put
        )
        self._is_ready.set()
        try:
            await self._bulk.run()
        finally:
            await sending.aclose()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's event loop, where the extra `fast` is installed: a run spends half of its time in the loop."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def apredict_many(
    client: AsyncBaseten, inputs: Iterable[Any] | AsyncIterable[Any], asked: Run
) -> AsyncGenerator[Item, None]:
    """`predict_many`, asynchronous, in the event loop that it is iterated in."""
    refuse_closed(client._shared)
    source, steps_of, plan = source_of(inputs, is_sync=False), asked.steps_of(client), client._plan
    journal = asked.journal(plan.origin + plan.prefix)
    return _aitems(client, asked, source, steps_of, journal)


async def _aitems(
    client: AsyncBaseten, asked: Run, source: Source, steps_of: StepsOf, journal: Journal | None
) -> AsyncGenerator[Item, None]:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise ConfigurationError("predict_many runs on asyncio; with trio, use Baseten in a thread") from None
    waiting: list[Item] = []
    news = asyncio.Event()

    def hand_over(items: list[Item]) -> None:
        waiting.extend(items)
        news.set()

    try:
        sending = sender(client._shared, asked.concurrency)
    except LowCodeAPIError:
        source.close()
        if journal is not None:
            journal.close()
        raise
    bulk = Bulk(asked.call(), steps_of, sending.exchange, source, asked.options(), journal, hand_over)

    async def whole() -> None:
        try:
            await bulk.run()
        finally:
            await sending.aclose()

    main = asyncio.create_task(whole())
    main.add_done_callback(lambda _: news.set())
    run = AsyncRun(bulk.end, main)  # kept here: the client does not
    client._shared.opened(run)
    try:
        while waiting or not main.done():
            if not waiting:
                news.clear()
                await news.wait()
            items, waiting[:] = list(waiting), []
            for item in items:
                if asked.does_raise and item.error is not None:
                    raise item.error
                yield item
                bulk.taken(1)
        await main
    finally:
        main.cancel()
        await asyncio.gather(main, return_exceptions=True)
        bulk.close()  # again: it was perhaps cancelled before it began
