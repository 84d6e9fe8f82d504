"""`client.training`, and workflows around it: waiting, logs, metrics, checkpoints, downloads."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from lowcodeapi_baseten_api.models import CheckpointFile, TrainingJob
from lowcodeapi_baseten_api.resources.training import AsyncTraining
from lowcodeapi_baseten_api.types import UNSET, Unset

from ...errors import InvalidParameterError, LowCodeAPIError
from ...request import shown
from .. import filenames
from ..base import INTERVAL, MAX_INTERVAL, Workflows, async_told
from ..downloads import Found
from ..errors import DownloadError
from ..fields import items, number, of, whole
from ..logs import Since
from ..metrics import Metrics
from ..states import Verdict, of_training_job
from .downloads import CONCURRENCY, async_download
from .logs import AsyncJobLogs, AsyncLogFollower
from .waiting import AsyncWatch

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import GetTrainingJobResponse, Log, LogLevel, LogLevelValue

    from ..fetching import Progress

T = TypeVar("T")

PAGE_SIZE, LARGE_PAGE = 100, 1000  # checkpoint files


class AsyncTrainingWorkflows(Workflows, AsyncTraining):
    """The operations of the group `training`, and the workflows around them."""

    async def wait(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        timeout: float | None = None,
        interval: float = INTERVAL,
        max_interval: float = MAX_INTERVAL,
        on_change: Callable[[TrainingJob], Any] | None = None,
    ) -> TrainingJob:
        """Wait until a training job is complete.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            timeout: Seconds to wait in all; None for no limit.
            interval: Seconds between the first two polls; later gaps are longer.
            max_interval: Most seconds between two polls.
            on_change: Called, and awaited if asynchronous, with the first answer, and whenever the status changes.

        Returns:
            The job as last seen.

        Raises:
            WaitFailedError: It failed, or was stopped.
            WaitTimeoutError: It was still running.
        """
        watch = AsyncWatch(f"training job {training_job_id}", self._client.clock, timeout, interval, max_interval)

        def judge(answer: GetTrainingJobResponse) -> Verdict:
            return of_training_job(of(TrainingJob, answer.training_job))

        async def tell(answer: GetTrainingJobResponse) -> None:
            known = of(TrainingJob, answer.training_job)
            if on_change is not None and known is not None:
                await async_told(on_change, known)

        look = partial(self.get_job, training_project_id, training_job_id)
        return (await watch.until(look, judge, tell)).training_job

    def follow_logs(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        since: Since = None,
        min_level: LogLevel | LogLevelValue | None = None,
        timeout: float | None = None,
        interval: float = INTERVAL,
        max_interval: float = MAX_INTERVAL,
    ) -> AsyncLogFollower:
        """Every log line of a training job, until the job has ended: no line twice, none lost between two polls.

        Lines come in the order of their time. A line that reaches Baseten up to 10 seconds late is not lost: it comes
        late. The lines end for a failed or stopped job, too: check `job` of the returned follower.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            since: Where to begin: epoch milliseconds, a datetime with a time zone, or the `position` of an earlier
                follower, to go on after its last line; by default where the job began.
            min_level: Lowest severity to return; lines without one are then left out
            timeout: Seconds to follow in all; None for no limit.
            interval: Seconds between the first two polls; the gaps grow while nothing happens.
            max_interval: Most seconds between two polls.

        Raises:
            InvalidParameterError: `since` is none of these.
            WaitFailedError: While iterating, if no answer has shown the job's state for a minute.
            WaitTimeoutError: While iterating, if the job goes on after `timeout`.
        """
        what, job = f"logs of training job {training_job_id}", (training_project_id, training_job_id)
        watch = AsyncWatch(what, self._client.clock, timeout, interval, max_interval)
        return AsyncLogFollower(AsyncJobLogs(self, job, watch, since, min_level))

    def iter_logs(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        since: Since = None,
        min_level: LogLevel | LogLevelValue | None = None,
        latest: int | None = None,
        timeout: float | None = None,
    ) -> AsyncIterator[Log]:
        """Every log line that a training job has written so far, oldest first, from all pages.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            since: Where to begin: epoch milliseconds, a datetime with a time zone, or the `position` of a follower; by
                default where the job began.
            min_level: Lowest severity to return; lines without one are then left out
            latest: At most so many lines, those written last. They are held in memory; without it, one page is.
            timeout: Seconds in all; None for no limit.

        Raises:
            InvalidParameterError: `since` or `latest` is none of these, or `since` is a position beside `latest`.
            WaitTimeoutError: While iterating, if `timeout` is over.
        """
        if latest is not None:
            if not whole(latest):
                raise InvalidParameterError("latest", f"must be a whole number above 0; got {shown(latest)}")
            if isinstance(since, str):
                raise InvalidParameterError("since", "is a time together with latest=, not a position")
        what, job = f"logs of training job {training_job_id}", (training_project_id, training_job_id)
        watch = AsyncWatch(what, self._client.clock, timeout, last_look=0.0)  # nothing is waited for
        return AsyncJobLogs(self, job, watch, since, min_level).written(latest)

    def iter_checkpoint_files(
        self, training_project_id: str, training_job_id: str, *, page_size: int = PAGE_SIZE
    ) -> AsyncIterator[CheckpointFile]:
        """Every file of a job's checkpoints, from all pages. Pages are requested as needed.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            page_size: Files per page
        """
        watch = AsyncWatch(f"checkpoint files of training job {training_job_id}", self._client.clock, None)
        return self._files(watch, training_project_id, training_job_id, page_size)

    async def metrics(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        start_epoch_millis: int | Unset | None = UNSET,
        end_epoch_millis: int | Unset | None = UNSET,
        step_seconds: int | Unset | None = UNSET,
    ) -> Metrics:
        """The metrics of a training job, for tables: `metrics(…).to_rows()`.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            start_epoch_millis: Start of the range, epoch milliseconds
            end_epoch_millis: End of the range, epoch milliseconds
            step_seconds: Seconds between two figures
        """
        return Metrics(
            await self.get_metrics(
                training_project_id,
                training_job_id,
                start_epoch_millis=start_epoch_millis,
                end_epoch_millis=end_epoch_millis,
                step_seconds=step_seconds,
            )
        )

    async def download_artifacts(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        to: str | os.PathLike[str],
        progress: Callable[[Progress], Any] | None = None,
        timeout: float | None = None,
        concurrency: int = CONCURRENCY,
    ) -> list[Path]:
        """Fetch the artifacts of a training job into a folder.

        Each file is streamed to disk, resumed if the connection breaks or its URL expires, checked against its size
        and ETag, and renamed in one step. After an error or a Ctrl-C, call it again to resume.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            to: The folder; created if missing.
            progress: Called as bytes arrive, on a thread of the download, one call at a time.
            timeout: Seconds in all; None for no limit.
            concurrency: Files fetched at a time.

        Returns:
            The paths of the files.

        Raises:
            DownloadError: A file could not be fetched, or has a name that leads out of the folder.
            WaitTimeoutError: The download timed out.
        """
        watch = AsyncWatch(f"artifacts of training job {training_job_id}", self._client.clock, timeout)

        async def find() -> Found:
            answer = await watch.ask(partial(self.download, training_project_id, training_job_id))
            urls = _listed("training.download", answer.artifact_presigned_urls, str)
            return [(name, url, None) for name, url in zip(filenames.artifact_names(urls), urls, strict=True)]

        return await async_download(watch, find, Path(to), progress, concurrency)

    async def download_checkpoint_files(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        to: str | os.PathLike[str],
        only: Callable[[CheckpointFile], bool] | None = None,
        progress: Callable[[Progress], Any] | None = None,
        timeout: float | None = None,
        concurrency: int = CONCURRENCY,
    ) -> list[Path]:
        """Fetch the files of a job's checkpoints into a folder, each checkpoint in a folder of its own.

        It works as `download_artifacts` does.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            to: The folder; created if missing.
            only: Returns True for the files to fetch; by default all.
            progress: Called as bytes arrive, on a thread of the download, one call at a time.
            timeout: Seconds in all; None for no limit.
            concurrency: Files fetched at a time.

        Returns:
            The paths of the files.

        Raises:
            DownloadError: A file could not be fetched, or has a name that leads out of the folder.
            WaitTimeoutError: The download timed out.
        """
        watch = AsyncWatch(f"checkpoints of training job {training_job_id}", self._client.clock, timeout)

        async def find() -> Found:
            chosen: list[CheckpointFile] = []
            async for file in self._files(watch, training_project_id, training_job_id, LARGE_PAGE):
                filenames.check_named(file)
                if only is None or only(file):
                    chosen.append(file)
            named = zip(filenames.checkpoint_names(chosen), chosen, strict=True)
            return [(name, file.url, _size(name, file.size_bytes)) for name, file in named]

        return await async_download(watch, find, Path(to), progress, concurrency)

    async def _files(self, watch: AsyncWatch, project: str, job: str, page_size: int) -> AsyncIterator[CheckpointFile]:
        """The files of a job's checkpoints, from all pages."""
        token = 0
        while True:
            watch.rest()
            look = partial(self.list_checkpoint_files, project, job, page_size=page_size, page_token=token or UNSET)
            answer = await watch.ask(look)
            files = _listed("training.list_checkpoint_files", answer.presigned_urls, CheckpointFile)
            for file in files:
                yield file
            if answer.next_page_token is None:
                return
            following = whole(answer.next_page_token)
            if following is None or following <= token or not files:
                # The pages might never end.
                problem = f"page {token} {'names' if files else 'has no files but names'}"
                given = shown(answer.next_page_token)
                raise LowCodeAPIError(f"training.list_checkpoint_files: {problem} page {given} as the next one")
            token = following


def _listed(operation: str, listed: object, cls: type[T]) -> list[T]:
    """Return a listing's items. Raises `LowCodeAPIError` if any item can't be read: a file would be left out."""
    known = [] if listed is None else items(listed)
    if not isinstance(listed, list | None) or not all(isinstance(item, cls) for item in known):
        raise LowCodeAPIError(f"{operation}: its list of files can't be read")
    return known


def _size(name: str, listed: object) -> int | None:
    """The file's size in bytes as Baseten lists it; None if it doesn't."""
    size = number(listed)
    if size is None and listed is not None:
        raise DownloadError(name, "its listed size can't be read; nothing was fetched")
    return size
