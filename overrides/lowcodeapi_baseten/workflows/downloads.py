"""Download many files, several at a time, with fresh URLs when the old ones have expired."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import InvalidParameterError
from ..request import shown
from ..transport.files import Pools
from . import filenames
from .driving import Clock, Do, Workflow
from .errors import DownloadError
from .fetching import Fetch, FileFetcher, Progress, Stopped, Terms
from .fields import whole
from .waiting import Watch

CONCURRENCY = 4
ROUNDS = 3  # in a row in which fresh URLs bring no file
_MOST = 64  # files at a time

Work = Callable[[Callable[[], list[Fetch]], threading.Event], list[Fetch] | Awaitable[list[Fetch]]]
"""Runs blocking work in a suitable place. It sets the event when nobody waits for it any longer."""


class Order(NamedTuple):
    """A download's files and settings. `find` returns the name, URL and size of each file, with fresh URLs."""

    what: str
    find: Callable[[Watch], Workflow[list[tuple[str, str, int | None]]]]
    to: Path
    progress: Callable[[Progress], Any] | None
    timeout: float | None
    concurrency: int


def download(order: Order, clock: Clock, work: Work) -> Workflow[list[Path]]:
    """Fetch every file, and return their paths in Baseten's order."""
    if not 1 <= (whole(order.concurrency) or 0) <= _MOST:
        got = shown(order.concurrency)
        raise InvalidParameterError("concurrency", f"must be a whole number from 1 to {_MOST}; got {got}")
    watch = Watch(order.what, clock, timeout=order.timeout)
    left = watch.left()
    deadline = None if left is None else clock.now() + left
    done: dict[str, Path] = {}
    idle = 0
    while True:
        found = yield from order.find(watch)
        fetches = _placed(found, order.to)
        missing = [fetch for fetch in fetches if fetch.name not in done]
        terms = Terms(clock, deadline, _one_at_a_time(order.progress), threading.Event(), Pools())
        expired: list[Fetch] = []
        if missing:
            expired = yield Do(partial(work, partial(fetch_all, missing, terms, order.concurrency), terms.stop))
        again = {fetch.name for fetch in expired}
        done.update((fetch.name, fetch.path) for fetch in missing if fetch.name not in again)
        if not again:
            return [done[fetch.name] for fetch in fetches]
        idle = idle + 1 if len(again) == len(missing) else 0
        if idle >= ROUNDS:
            raise DownloadError(expired[0].name, "its host refused a new URL: check this machine's clock")
        yield from watch.pause()


def fetch_all(fetches: Sequence[Fetch], terms: Terms, concurrency: int) -> list[Fetch]:
    """Fetch the files, `concurrency` at a time; return those that need a fresh URL. The first error stops all."""
    try:
        with ThreadPoolExecutor(concurrency, "lowcodeapi-download") as pool:
            running = {pool.submit(FileFetcher(fetch, terms).run): fetch for fetch in fetches}
            try:
                wait_for(running, return_when=FIRST_EXCEPTION)
            finally:
                # Ctrl-C also ends here: each thread stops at its next chunk.
                has_failed = any(future.done() and future.exception() for future in running)
                if has_failed or not all(future.done() for future in running):
                    terms.stop.set()
                    pool.shutdown(wait=False, cancel_futures=True)
        # A file stopped because of an error is not the error.
        errors = [future.exception() for future in running if not future.cancelled()]
        for error in errors:
            if error is not None and not isinstance(error, Stopped):
                raise error
        return [fetch for future, fetch in running.items() if not future.result()]
    finally:
        terms.pools.close()


def _placed(found: Sequence[tuple[str, str, int | None]], to: Path) -> list[Fetch]:
    filenames.check_apart([name for name, _, _ in found])
    to.mkdir(parents=True, exist_ok=True)
    return [Fetch(name, filenames.inside(to, name), url, size) for name, url, size in found]


def _one_at_a_time(progress: Callable[[Progress], Any] | None) -> Callable[[Progress], None]:
    lock = threading.Lock()

    def tell(event: Progress) -> None:
        if progress is not None:
            with lock:
                progress(event)

    return tell


def carried_out(action: Callable[[], list[Fetch]], stop: threading.Event) -> list[Fetch]:
    """Run it on this thread."""
    return action()


async def async_carried_out(action: Callable[[], list[Fetch]], stop: threading.Event) -> list[Fetch]:
    """Run it on its own thread. A cancelled task leaves the thread, which then stops by itself."""
    import anyio.to_thread

    try:
        return await anyio.to_thread.run_sync(action, abandon_on_cancel=True)
    finally:
        stop.set()
