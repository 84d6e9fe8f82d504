"""Fetch several files at a time, on threads of their own."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from pathlib import Path

from . import filenames
from .fetching import Fetch, FileFetcher, Stopped, Terms

Found = list[tuple[str, str, int | None]]
"""The name, URL and size of each file."""


def placed(found: Found, to: Path) -> list[Fetch]:
    """Give each file its place in a folder. Raises `DownloadError` for names that can't be files beside each other."""
    filenames.check_apart([name for name, _, _ in found])
    to.mkdir(parents=True, exist_ok=True)
    return [Fetch(name, filenames.inside(to, name), url, size) for name, url, size in found]


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


async def async_fetch_all(fetches: Sequence[Fetch], terms: Terms, concurrency: int) -> list[Fetch]:
    """`fetch_all` on a thread. A cancelled task leaves the thread, which then stops by itself."""
    import anyio.to_thread

    try:
        return await anyio.to_thread.run_sync(fetch_all, fetches, terms, concurrency, abandon_on_cancel=True)
    finally:
        terms.stop.set()
