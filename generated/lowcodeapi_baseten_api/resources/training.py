"""The operations of the group `training`: sync and async, and the raw form of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..types import UNSET, Call, Query, Unset
from ._raw import async_raw, raw

if TYPE_CHECKING:
    from ..models import (
        DownloadTrainingJobResponse,
        GetLogsResponse,
        GetTrainingJobCheckpointFilesResponse,
        GetTrainingJobCheckpointsResponse,
        GetTrainingJobMetricsResponse,
        GetTrainingJobResponse,
        ListTrainingJobsResponse,
        LogLevel,
        LogLevelValue,
        OrderBy,
        OrderByDict,
        RecreateTrainingJobResponse,
        SearchTrainingJobsResponse,
        SortOrder,
        SortOrderValue,
        StopTrainingJobResponse,
    )


class Training:
    """The operations of the group `training`."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    def download(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> DownloadTrainingJobResponse:
        """Download training job artifacts

        Gives presigned URLs from which the artifacts of a training job can be fetched. It does not fetch them.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `DownloadTrainingJobResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.download("training_project_id", "training_job_id")`
        """
        result: DownloadTrainingJobResponse = self._run(
            Call(
                "training.download",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def get_job(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> GetTrainingJobResponse:
        """Get training job by ID

        Reads one training job: its status, its instance type and why it failed, if it did.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `GetTrainingJobResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.get_job("training_project_id", "training_job_id")`
        """
        result: GetTrainingJobResponse = self._run(
            Call(
                "training.get_job",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def get_logs(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        start_epoch_millis: int | Unset | None = UNSET,
        end_epoch_millis: int | Unset | None = UNSET,
        direction: SortOrder | SortOrderValue | Unset | None = UNSET,
        limit: int | Unset | None = UNSET,
        min_level: LogLevel | LogLevelValue | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> GetLogsResponse:
        """Get training job logs

        Reads log lines of a training job within a range of time.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            start_epoch_millis: Start of the range, epoch milliseconds
            end_epoch_millis: End of the range, epoch milliseconds
            direction: Sort direction
            limit: Most lines to return
            min_level: Lowest severity to return; lines without one are then left out
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `GetLogsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.get_logs("training_project_id", "training_job_id")`
        """
        result: GetLogsResponse = self._run(
            Call(
                "training.get_logs",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                query={
                    "start_epoch_millis": start_epoch_millis,
                    "end_epoch_millis": end_epoch_millis,
                    "direction": direction,
                    "limit": limit,
                    "min_level": min_level,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def get_metrics(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        start_epoch_millis: int | Unset | None = UNSET,
        end_epoch_millis: int | Unset | None = UNSET,
        step_seconds: int | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> GetTrainingJobMetricsResponse:
        """Get training job metrics

        Reads the GPU, CPU, memory and storage figures of a training job within a range of time, in all and for each
        node.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            start_epoch_millis: Start of the range, epoch milliseconds
            end_epoch_millis: End of the range, epoch milliseconds
            step_seconds: Seconds between two figures
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `GetTrainingJobMetricsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.get_metrics("training_project_id", "training_job_id")`
        """
        result: GetTrainingJobMetricsResponse = self._run(
            Call(
                "training.get_metrics",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                query={
                    "start_epoch_millis": start_epoch_millis,
                    "end_epoch_millis": end_epoch_millis,
                    "step_seconds": step_seconds,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def list_checkpoint_files(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        page_size: int | Unset = UNSET,
        page_token: int | Unset = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> GetTrainingJobCheckpointFilesResponse:
        """Get training job checkpoint files

        Lists the files of a job's checkpoints, each with a presigned URL to fetch it from. The answer comes in pages:
        while next_page_token is not null, send it as page_token.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            page_size: Files per page
            page_token: Offset of the page
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `GetTrainingJobCheckpointFilesResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.list_checkpoint_files("training_project_id", "training_job_id")`
        """
        result: GetTrainingJobCheckpointFilesResponse = self._run(
            Call(
                "training.list_checkpoint_files",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                query={
                    "page_size": page_size,
                    "page_token": page_token,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def list_checkpoints(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> GetTrainingJobCheckpointsResponse:
        """Get training job checkpoints

        Lists the checkpoints that a training job has saved.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `GetTrainingJobCheckpointsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.list_checkpoints("training_project_id", "training_job_id")`
        """
        result: GetTrainingJobCheckpointsResponse = self._run(
            Call(
                "training.list_checkpoints",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def list_jobs(
        self,
        training_project_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> ListTrainingJobsResponse:
        """Get all training jobs

        Lists the jobs of a training project, and the project itself.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `ListTrainingJobsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.list_jobs("training_project_id")`
        """
        result: ListTrainingJobsResponse = self._run(
            Call(
                "training.list_jobs",
                path={
                    "training_project_id": training_project_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def recreate_job(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> RecreateTrainingJobResponse:
        """Recreate training job

        Starts a new training job with the configuration of an earlier one, and answers with the new job. A second
        call starts a second one.

        Sent again only if it is certain that nothing was done.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `RecreateTrainingJobResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.recreate_job("training_project_id", "training_job_id")`
        """
        result: RecreateTrainingJobResponse = self._run(
            Call(
                "training.recreate_job",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def search_jobs(
        self,
        *,
        job_id: str | Unset | None = UNSET,
        order_by: Sequence[OrderBy | OrderByDict] | Unset = UNSET,
        project_id: str | Unset | None = UNSET,
        statuses: Sequence[str] | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> SearchTrainingJobsResponse:
        """Search training jobs

        Finds training jobs by project, id or status, in the order asked for. It only reads, though it is a POST.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            job_id: Training job ID
            order_by: Sort fields, each with its order
            project_id: Training project ID
            statuses: Job statuses to keep
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `SearchTrainingJobsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.search_jobs()`
        """
        result: SearchTrainingJobsResponse = self._run(
            Call(
                "training.search_jobs",
                body={"job_id": job_id, "order_by": order_by, "project_id": project_id, "statuses": statuses},
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def stop_job(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> StopTrainingJobResponse:
        """Stop training job

        Stops a training job and answers with it.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `StopTrainingJobResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.stop_job("training_project_id", "training_job_id")`
        """
        result: StopTrainingJobResponse = self._run(
            Call(
                "training.stop_job",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class AsyncTraining:
    """The operations of the group `training`, asynchronous."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    async def download(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> DownloadTrainingJobResponse:
        """Download training job artifacts

        Gives presigned URLs from which the artifacts of a training job can be fetched. It does not fetch them.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `DownloadTrainingJobResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.download("training_project_id", "training_job_id")`
        """
        result: DownloadTrainingJobResponse = await self._run(
            Call(
                "training.download",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def get_job(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> GetTrainingJobResponse:
        """Get training job by ID

        Reads one training job: its status, its instance type and why it failed, if it did.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `GetTrainingJobResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.get_job("training_project_id", "training_job_id")`
        """
        result: GetTrainingJobResponse = await self._run(
            Call(
                "training.get_job",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def get_logs(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        start_epoch_millis: int | Unset | None = UNSET,
        end_epoch_millis: int | Unset | None = UNSET,
        direction: SortOrder | SortOrderValue | Unset | None = UNSET,
        limit: int | Unset | None = UNSET,
        min_level: LogLevel | LogLevelValue | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> GetLogsResponse:
        """Get training job logs

        Reads log lines of a training job within a range of time.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            start_epoch_millis: Start of the range, epoch milliseconds
            end_epoch_millis: End of the range, epoch milliseconds
            direction: Sort direction
            limit: Most lines to return
            min_level: Lowest severity to return; lines without one are then left out
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `GetLogsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.get_logs("training_project_id", "training_job_id")`
        """
        result: GetLogsResponse = await self._run(
            Call(
                "training.get_logs",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                query={
                    "start_epoch_millis": start_epoch_millis,
                    "end_epoch_millis": end_epoch_millis,
                    "direction": direction,
                    "limit": limit,
                    "min_level": min_level,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def get_metrics(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        start_epoch_millis: int | Unset | None = UNSET,
        end_epoch_millis: int | Unset | None = UNSET,
        step_seconds: int | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> GetTrainingJobMetricsResponse:
        """Get training job metrics

        Reads the GPU, CPU, memory and storage figures of a training job within a range of time, in all and for each
        node.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            start_epoch_millis: Start of the range, epoch milliseconds
            end_epoch_millis: End of the range, epoch milliseconds
            step_seconds: Seconds between two figures
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `GetTrainingJobMetricsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.get_metrics("training_project_id", "training_job_id")`
        """
        result: GetTrainingJobMetricsResponse = await self._run(
            Call(
                "training.get_metrics",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                query={
                    "start_epoch_millis": start_epoch_millis,
                    "end_epoch_millis": end_epoch_millis,
                    "step_seconds": step_seconds,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def list_checkpoint_files(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        page_size: int | Unset = UNSET,
        page_token: int | Unset = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> GetTrainingJobCheckpointFilesResponse:
        """Get training job checkpoint files

        Lists the files of a job's checkpoints, each with a presigned URL to fetch it from. The answer comes in pages:
        while next_page_token is not null, send it as page_token.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            page_size: Files per page
            page_token: Offset of the page
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `GetTrainingJobCheckpointFilesResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.list_checkpoint_files("training_project_id", "training_job_id")`
        """
        result: GetTrainingJobCheckpointFilesResponse = await self._run(
            Call(
                "training.list_checkpoint_files",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                query={
                    "page_size": page_size,
                    "page_token": page_token,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def list_checkpoints(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> GetTrainingJobCheckpointsResponse:
        """Get training job checkpoints

        Lists the checkpoints that a training job has saved.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `GetTrainingJobCheckpointsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.list_checkpoints("training_project_id", "training_job_id")`
        """
        result: GetTrainingJobCheckpointsResponse = await self._run(
            Call(
                "training.list_checkpoints",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def list_jobs(
        self,
        training_project_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> ListTrainingJobsResponse:
        """Get all training jobs

        Lists the jobs of a training project, and the project itself.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `ListTrainingJobsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.list_jobs("training_project_id")`
        """
        result: ListTrainingJobsResponse = await self._run(
            Call(
                "training.list_jobs",
                path={
                    "training_project_id": training_project_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def recreate_job(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> RecreateTrainingJobResponse:
        """Recreate training job

        Starts a new training job with the configuration of an earlier one, and answers with the new job. A second
        call starts a second one.

        Sent again only if it is certain that nothing was done.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `RecreateTrainingJobResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.recreate_job("training_project_id", "training_job_id")`
        """
        result: RecreateTrainingJobResponse = await self._run(
            Call(
                "training.recreate_job",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def search_jobs(
        self,
        *,
        job_id: str | Unset | None = UNSET,
        order_by: Sequence[OrderBy | OrderByDict] | Unset = UNSET,
        project_id: str | Unset | None = UNSET,
        statuses: Sequence[str] | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> SearchTrainingJobsResponse:
        """Search training jobs

        Finds training jobs by project, id or status, in the order asked for. It only reads, though it is a POST.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            job_id: Training job ID
            order_by: Sort fields, each with its order
            project_id: Training project ID
            statuses: Job statuses to keep
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `SearchTrainingJobsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.search_jobs()`
        """
        result: SearchTrainingJobsResponse = await self._run(
            Call(
                "training.search_jobs",
                body={"job_id": job_id, "order_by": order_by, "project_id": project_id, "statuses": statuses},
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def stop_job(
        self,
        training_project_id: str,
        training_job_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> StopTrainingJobResponse:
        """Stop training job

        Stops a training job and answers with it.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            training_project_id: Training project ID
            training_job_id: Training job ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `StopTrainingJobResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.training.stop_job("training_project_id", "training_job_id")`
        """
        result: StopTrainingJobResponse = await self._run(
            Call(
                "training.stop_job",
                path={
                    "training_project_id": training_project_id,
                    "training_job_id": training_job_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class RawTraining:
    """`Training`, each answer as a `RawResponse`."""

    def __init__(self, methods: Training) -> None:
        self.download = raw(methods.download)
        self.get_job = raw(methods.get_job)
        self.get_logs = raw(methods.get_logs)
        self.get_metrics = raw(methods.get_metrics)
        self.list_checkpoint_files = raw(methods.list_checkpoint_files)
        self.list_checkpoints = raw(methods.list_checkpoints)
        self.list_jobs = raw(methods.list_jobs)
        self.recreate_job = raw(methods.recreate_job)
        self.search_jobs = raw(methods.search_jobs)
        self.stop_job = raw(methods.stop_job)


class AsyncRawTraining:
    """`AsyncTraining`, each answer as a `RawResponse`."""

    def __init__(self, methods: AsyncTraining) -> None:
        self.download = async_raw(methods.download)
        self.get_job = async_raw(methods.get_job)
        self.get_logs = async_raw(methods.get_logs)
        self.get_metrics = async_raw(methods.get_metrics)
        self.list_checkpoint_files = async_raw(methods.list_checkpoint_files)
        self.list_checkpoints = async_raw(methods.list_checkpoints)
        self.list_jobs = async_raw(methods.list_jobs)
        self.recreate_job = async_raw(methods.recreate_job)
        self.search_jobs = async_raw(methods.search_jobs)
        self.stop_job = async_raw(methods.stop_job)
