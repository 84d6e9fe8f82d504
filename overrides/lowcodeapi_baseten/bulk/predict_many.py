"""`client.inference.predict_many`: a run behind an iterator, sync or async."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any

from ..errors import APIConnectionError, ConfigurationError, LowCodeAPIError
from ..forks import renew_in_child
from .checkpoint import Journal
from .inputs import InputSource, source_of
from .run import Bulk, Item
from .sender import RUN, refuse_closed, sender

if TYPE_CHECKING:
    from ..transport._async.shared import AsyncShared
    from ..transport._sync.shared import Shared
    from ..workflows.base import AnyClient
    from .options import RunOptions

_PATIENCE = 0.005  # seconds; a consumer slower than this makes room for more inputs item by item


def predict_many(client: AnyClient[Shared], inputs: Iterable[Any], options: RunOptions) -> Generator[Item, None, None]:
    """Predict for many inputs, in a thread of its own. Closing the generator ends the run."""
    refuse_closed(client._shared)
    run = _ThreadRun(client, options, source_of(inputs, options.made, is_sync=True), options.journal())
    items = _items(options, run)
    next(items)
    return items


def _items(options: RunOptions, run: _ThreadRun) -> Generator[Item, None, None]:
    try:
        # `predict_many` runs it up to here, so that closing it before its first item also closes the checkpoint.
        yield Item(-1, None)
        run.start()
        while True:
            if run.is_parents:
                # A forked child doesn't have the thread, so nothing would ever come.
                raise ConfigurationError("this run belongs to the parent process; start a new one in the forked child")
            if (items := run.said.get()) is None:
                break
            taken, since = 0, time.monotonic()
            for item in items:
                if options.does_raise and item.error is not None:
                    raise item.error
                yield item
                taken += 1
                if time.monotonic() - since > _PATIENCE:
                    run.taken(taken)
                    taken, since = 0, time.monotonic()
            run.taken(taken)
    finally:
        if not run.is_parents:
            run.close()
    if run.problem is not None:
        raise run.problem


class _ThreadRun:
    """A run in its own thread and event loop. `is_parents` is True in a forked child."""

    def __init__(
        self, client: AnyClient[Shared], options: RunOptions, source: InputSource, journal: Journal | None
    ) -> None:
        self._client, self._options, self._source, self._journal = client, options, source, journal
        self.said: queue.SimpleQueue[list[Item] | None] = queue.SimpleQueue()
        self.problem: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bulk: Bulk | None = None
        self._main: asyncio.Task[Any] | None = None
        self._is_ready = threading.Event()
        self._is_closed = self.is_parents = False
        self._thread = threading.Thread(target=self._work, name="lowcodeapi-baseten-bulk", daemon=True)
        renew_in_child(self)

    def in_child(self) -> None:
        """Leave the run to the parent: a forked child has neither its thread nor its connections."""
        self.is_parents = True

    def start(self) -> None:
        self._thread.start()
        self._is_ready.wait()
        self._client._shared.opened(self)
        if self._client._shared.is_closed:  # meanwhile
            self.cut_off()

    def cut_off(self) -> None:
        """End the run because its client is closed. Earlier items can still be taken; then the iterator raises."""
        if self.is_parents:
            return
        if threading.current_thread() is self._thread:  # a hook closes the client: end before the next item begins
            if self._bulk is not None:
                self._bulk.end(_closed())
            return
        self._tell(lambda: None if self._bulk is None else self._bulk.end(_closed()))
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
            with contextlib.suppress(RuntimeError):  # the loop has ended
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
        sending = sender(self._client._shared, self._options.concurrency)
        self._bulk = Bulk(self._options, sending.exchange, self._source, self._journal, self.said.put)
        self._is_ready.set()
        try:
            await self._bulk.run()
        finally:
            await sending.aclose()


def _closed() -> APIConnectionError:
    """The error for a run whose client was closed."""
    text = f"{RUN}: the client is closed; items under way may have been carried out: check before you send them again"
    return APIConnectionError(text, operation=RUN)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's event loop if the extra `fast` is installed, since a run spends half of its time in the loop."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def apredict_many(
    client: AnyClient[AsyncShared], inputs: Iterable[Any] | AsyncIterable[Any], options: RunOptions
) -> AsyncGenerator[Item, None]:
    """Asynchronous `predict_many`. It runs in the event loop that iterates over it."""
    refuse_closed(client._shared)
    return _aitems(client, options, source_of(inputs, options.made, is_sync=False), options.journal())


async def _aitems(
    client: AnyClient[AsyncShared], options: RunOptions, source: InputSource, journal: Journal | None
) -> AsyncGenerator[Item, None]:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise ConfigurationError("predict_many needs asyncio; with trio, use Baseten in a thread") from None
    waiting: list[Item] = []
    news = asyncio.Event()

    def hand_over(items: list[Item]) -> None:
        waiting.extend(items)
        news.set()

    try:
        sending = sender(client._shared, options.concurrency)
    except LowCodeAPIError:
        source.close()
        if journal is not None:
            journal.close()
        raise
    bulk = Bulk(options, sending.exchange, source, journal, hand_over)

    async def whole() -> None:
        try:
            await bulk.run()
        finally:
            await sending.aclose()

    main = asyncio.create_task(whole())
    main.add_done_callback(lambda _: news.set())
    run = _TaskRun(bulk.end, main)  # kept here, as the client only has a weak reference
    client._shared.opened(run)
    try:
        while waiting or not main.done():
            if not waiting:
                news.clear()
                await news.wait()
            items, waiting[:] = list(waiting), []
            for item in items:
                if options.does_raise and item.error is not None:
                    raise item.error
                yield item
                bulk.taken(1)
        await main
    finally:
        main.cancel()
        await asyncio.gather(main, return_exceptions=True)
        bulk.close()  # `run` closes it too, but may have been cancelled before it began


class _TaskRun:
    """A run in the running event loop. `end` makes its `task` raise an error."""

    def __init__(self, end: Callable[[APIConnectionError], object], task: asyncio.Task[Any]) -> None:
        self._end, self._task = end, task
        self._loop, self._is_parents = asyncio.get_running_loop(), False
        renew_in_child(self)

    def in_child(self) -> None:
        """Leave the run to the parent."""
        self._is_parents = True

    async def cut_off(self) -> None:
        """End the run because its client is closed. A run in another event loop ends later, by itself."""
        if self._is_parents:
            return
        with contextlib.suppress(RuntimeError):  # there is no such loop on trio, or ours is closed
            if asyncio.get_running_loop() is self._loop:
                self._end(_closed())
                # Async inputs run in that task, and may themselves close the client.
                if self._task is not asyncio.current_task():
                    await asyncio.wait([self._task])
                return
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end, _closed())
