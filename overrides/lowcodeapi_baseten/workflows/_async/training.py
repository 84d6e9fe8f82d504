"""`client.training`, and workflows around it: waiting, logs, metrics, checkpoints, downloads."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lowcodeapi_baseten_api.resources.training import AsyncTraining
from lowcodeapi_baseten_api.types import UNSET, Unset

from ..base import INTERVAL, MAX_INTERVAL, AnyClient, Workflows
from ..downloads import CONCURRENCY, Order, async_carried_out, download
from ..driving import AsyncWalk, async_finish
from ..logs import AsyncLogFollower, Follower, JobLogs, Since, read
from ..metrics import Metrics
from ..training import PAGE_SIZE, files, finding_artifacts, finding_files, until_complete
from ..waiting import Watch

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import CheckpointFile, Log, LogLevel, LogLevelValue, TrainingJob

    from ...transport._async.shared import AsyncShared
    from ..fetching import Progress


class AsyncTrainingWorkflows(Workflows, AsyncTraining):
    """The operations of the group `training`, and the workflows around them.

    Every operation also takes `timeout` (seconds for the whole call), `extra_query` (more query parameters),
    `extra_headers`, and `extra_body` (more fields of the JSON body, merged at its top level).
    """

    def __init__(self, client: AnyClient[AsyncShared]) -> None:
        super().__init__(client._run)
        self._client = client

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
        watch = Watch(
            f"training job {training_job_id}",
            self._clock,
            timeout=timeout,
            interval=interval,
            max_interval=max_interval,
        )
        steps = until_complete(self.get_job, watch, training_project_id, training_job_id, on_change)
        return await async_finish(steps, self._clock)

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
        watch = Watch(
            f"logs of training job {training_job_id}",
            self._clock,
            timeout=timeout,
            interval=interval,
            max_interval=max_interval,
        )
        level = UNSET if min_level is None else min_level
        logs = JobLogs(self.get_job, self.get_logs, training_project_id, training_job_id, level)
        return AsyncLogFollower(Follower(logs, since), watch, self._clock)

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
        watch = Watch(f"logs of training job {training_job_id}", self._clock, timeout=timeout)
        level = UNSET if min_level is None else min_level
        logs = JobLogs(self.get_job, self.get_logs, training_project_id, training_job_id, level)
        return AsyncWalk(read(logs, watch, since, latest), self._clock)

    def iter_checkpoint_files(
        self, training_project_id: str, training_job_id: str, *, page_size: int = PAGE_SIZE
    ) -> AsyncIterator[CheckpointFile]:
        """Every file of a job's checkpoints, from all pages. Pages are requested as needed.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            page_size: Files per page
        """
        watch = Watch(f"checkpoint files of training job {training_job_id}", self._clock, timeout=None)
        steps = files(self.list_checkpoint_files, watch, training_project_id, training_job_id, page_size=page_size)
        return AsyncWalk(steps, self._clock)

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
        find = finding_artifacts(self.download, training_project_id, training_job_id)
        order = Order(f"artifacts of training job {training_job_id}", find, Path(to), progress, timeout, concurrency)
        return await async_finish(download(order, self._clock, async_carried_out), self._clock)

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
        find = finding_files(self.list_checkpoint_files, training_project_id, training_job_id, only)
        order = Order(f"checkpoints of training job {training_job_id}", find, Path(to), progress, timeout, concurrency)
        return await async_finish(download(order, self._clock, async_carried_out), self._clock)
