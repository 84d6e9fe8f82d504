"""`client.inference.predict_many`: a run of `engines.bulk` behind an iterator, sync or async."""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Literal

from lowcodeapi_baseten_api.resources.inference import Inference
from lowcodeapi_baseten_api.types import Call

from ..engines.bulk import Bulk, Exchange, Item, Options
from ..engines.journal import Journal
from ..engines.sources import source_of
from ..envelope import Answer
from ..errors import ConfigurationError, InvalidParameterError
from ..request import check_timeout
from ..steps import Failure, Send, Steps
from .calls import run
from .predictions import method_of

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
        self._concurrency, self._is_ordered, self._does_raise = concurrency, ordered, on_error == "raise"
        self._timeout, self._run_timeout = timeout, run_timeout
        self._checkpoint, self._resend_unknown = checkpoint, resend_unknown

    def call_of(self, value: Any, timeout: float | None) -> Call:
        """The call of one input."""
        call: Call = self._method(input=value, timeout=timeout)
        return call

    def options(self) -> Options:
        """The options of the run, which begins now."""
        until = None if self._run_timeout is None else time.monotonic() + self._run_timeout
        return Options(self._concurrency, self._is_ordered, self._does_raise, self._timeout, until)

    def journal(self, base_url: str) -> Journal | None:
        """The checkpoint, opened. Raises `JournalError`."""
        if self._checkpoint is None:
            return None
        call = self.call_of(None, None)
        header = {"operation": call.operation, **call.path, "base_url": base_url}
        return Journal(self._checkpoint, header, resend_unknown=self._resend_unknown)


def predict_many(client: Baseten, inputs: Iterable[Any], asked: Run) -> Generator[Item, None, None]:
    """Predict for many inputs. The run is in a thread of its own; closing the generator ends it."""
    source = source_of(inputs, is_sync=True)
    plan = client._plan
    journal = asked.journal(plan.origin + plan.prefix)
    return _items(client, asked, _Course(client, asked, source, journal))


def _items(client: Baseten, asked: Run, course: _Course) -> Generator[Item, None, None]:
    course.start()
    try:
        while (items := course.said.get()) is not None:
            taken, since = 0, time.monotonic()
            for item in items:
                if asked._does_raise and item.error is not None:
                    raise item.error
                yield item
                taken += 1
                if time.monotonic() - since > _PATIENCE:
                    course.taken(taken)
                    taken, since = 0, time.monotonic()
            course.taken(taken)
    finally:
        course.close()
    if course.problem is not None:
        raise course.problem


class _Course:
    """A run in an event loop in a thread of its own."""

    def __init__(self, client: Baseten, asked: Run, source: Any, journal: Journal | None) -> None:
        self._client, self._asked, self._source, self._journal = client, asked, source, journal
        self.said: queue.SimpleQueue[list[Item] | None] = queue.SimpleQueue()
        self.problem: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bulk: Bulk | None = None
        self._main: asyncio.Task[Any] | None = None
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=self._work, name="lowcodeapi-baseten-bulk", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._is_ready.wait()

    def taken(self, items: int) -> None:
        self._tell(lambda: None if self._bulk is None else self._bulk.taken(items))

    def close(self) -> None:
        self._tell(lambda: None if self._main is None else self._main.cancel())
        self._thread.join()

    def _tell(self, what: Callable[[], object]) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # It has ended.
            self._loop.call_soon_threadsafe(what)

    def _work(self) -> None:
        try:
            with asyncio.Runner() as runner:
                self._loop = runner.get_loop()
                runner.run(self._run())
        except BaseException as error:
            self.problem = error
        finally:
            self._is_ready.set()
            self.said.put(None)

    async def _run(self) -> None:
        self._main = asyncio.current_task()
        exchange, close = _exchange_of(self._client, self._asked._concurrency)
        self._bulk = Bulk(
            _steps_of(self._client),
            exchange,
            self._asked.call_of,
            self._source,
            self._asked.options(),
            self._journal,
            self.said.put,
        )
        self._is_ready.set()
        try:
            await self._bulk.run()
        finally:
            await close()


def _steps_of(client: Baseten | AsyncBaseten) -> Callable[[Call], Steps[Any]]:
    return lambda call: run(client._plan, call, time.monotonic, client._hooks)


def _exchange_of(client: Baseten, concurrency: int) -> tuple[Exchange, Callable[[], Awaitable[None]]]:
    """How a sync client sends in an event loop: with an engine of the loop's own, or its own transport in threads."""
    shared = client._shared
    if shared.transport is None:
        from ..engines.stock import AsyncEngine

        engine = AsyncEngine(shared.origin, shared.token, shared.max_bytes)
        return engine.exchange, engine.aclose
    threads = ThreadPoolExecutor(concurrency, "lowcodeapi-baseten-transport")

    async def exchange(send: Send) -> Answer | Failure:
        return await asyncio.get_running_loop().run_in_executor(threads, shared.engine.exchange, send)

    async def close() -> None:
        threads.shutdown(wait=False, cancel_futures=True)

    return exchange, close


def apredict_many(
    client: AsyncBaseten, inputs: Iterable[Any] | AsyncIterable[Any], asked: Run
) -> AsyncGenerator[Item, None]:
    """`predict_many`, asynchronous, in the event loop that it is iterated in."""
    source = source_of(inputs, is_sync=False)
    plan = client._plan
    journal = asked.journal(plan.origin + plan.prefix)
    return _aitems(client, asked, source, journal)


async def _aitems(client: AsyncBaseten, asked: Run, source: Any, journal: Journal | None) -> AsyncGenerator[Item, None]:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise ConfigurationError("predict_many runs on asyncio; with trio, use Baseten in a thread") from None
    waiting: list[Item] = []
    news = asyncio.Event()

    def hand_over(items: list[Item]) -> None:
        waiting.extend(items)
        news.set()

    exchange = client._shared.engine.exchange
    bulk = Bulk(_steps_of(client), exchange, asked.call_of, source, asked.options(), journal, hand_over)
    main = asyncio.create_task(bulk.run())
    main.add_done_callback(lambda _: news.set())
    try:
        while waiting or not main.done():
            if not waiting:
                news.clear()
                await news.wait()
            items, waiting[:] = list(waiting), []
            for item in items:
                if asked._does_raise and item.error is not None:
                    raise item.error
                yield item
                bulk.taken(1)
        await main
    finally:
        main.cancel()
        await asyncio.gather(main, return_exceptions=True)
