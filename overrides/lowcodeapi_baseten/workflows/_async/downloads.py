"""Download many files, with fresh URLs when the old ones have expired."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...errors import InvalidParameterError
from ...request import shown
from ..downloads import async_fetch_all, placed
from ..errors import DownloadError
from ..fetching import Progress, Terms
from ..fields import whole
from .waiting import AsyncWatch

CONCURRENCY, MOST = 4, 64  # files at a time: by default, and the most
ROUNDS = 3  # in a row in which fresh URLs bring no file


async def async_download(
    watch: AsyncWatch,
    find: Callable[[], Any],
    to: Path,
    progress: Callable[[Progress], Any] | None,
    concurrency: int,
) -> list[Path]:
    """Fetch the files that `find` returns, with fresh URLs each time. Returns their paths in the same order."""
    if not 1 <= (whole(concurrency) or 0) <= MOST:
        raise InvalidParameterError("concurrency", f"must be a whole number from 1 to {MOST}; got {shown(concurrency)}")
    done: dict[str, Path] = {}
    idle = 0
    while True:
        fetches = placed(await find(), to)
        missing = [fetch for fetch in fetches if fetch.name not in done]
        terms = Terms(watch.clock, watch.deadline, progress)
        expired = await async_fetch_all(missing, terms, concurrency) if missing else []
        again = {fetch.name for fetch in expired}
        done.update((fetch.name, fetch.path) for fetch in missing if fetch.name not in again)
        if not again:
            return [done[fetch.name] for fetch in fetches]
        idle = idle + 1 if len(again) == len(missing) else 0
        if idle >= ROUNDS:
            raise DownloadError(expired[0].name, "its host refused a new URL: check this machine's clock")
        await watch.pause()
