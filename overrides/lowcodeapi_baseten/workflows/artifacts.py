"""What is looked up of a training job: its end, the files of its checkpoints, where its artifacts are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from lowcodeapi_baseten_api.models import CheckpointFile, TrainingJob
from lowcodeapi_baseten_api.types import UNSET

from ..errors import LowCodeAPIError
from . import names
from .driving import Emit, Steps
from .states import of_training_job
from .waiting import wait
from .watching import Watch

PAGE_SIZE, LARGE_PAGE = 100, 1000

Found = list[tuple[str, str, int | None]]
"""The name, URL and size of each file."""


def until_complete(
    get_job: Callable[..., Any],
    watch: Watch,
    project: str,
    job: str,
    on_change: Callable[[TrainingJob], Any] | None,
) -> Steps[TrainingJob]:
    """Look at a job until it is complete."""

    def tell(answer: Any) -> Any:
        return None if on_change is None else on_change(answer.training_job)

    answer = yield from wait(watch, lambda seconds: get_job(project, job, timeout=seconds), of_training_job, tell)
    result: TrainingJob = answer.training_job
    return result


def files(list_files: Callable[..., Any], watch: Watch, project: str, job: str, *, page_size: int) -> Steps[None]:
    """Emit every file of every page."""
    token: int | None = 0
    while token is not None:
        page, token = yield from _page(list_files, watch, project, job, page_size, token)
        for file in page:
            yield Emit(file)


def finding_files(
    list_files: Callable[..., Any], project: str, job: str, only: Callable[[CheckpointFile], bool] | None
) -> Callable[[Watch], Steps[Found]]:
    """How to find the files of the checkpoints."""

    def find(watch: Watch) -> Steps[Found]:
        chosen: list[CheckpointFile] = []
        token: int | None = 0
        while token is not None:
            page, token = yield from _page(list_files, watch, project, job, LARGE_PAGE, token)
            chosen += [file for file in page if only is None or only(file)]
        named = zip(names.checkpoint_names(chosen), chosen, strict=True)
        return [(name, file.url, file.size_bytes) for name, file in named]

    return find


def finding_artifacts(download: Callable[..., Any], project: str, job: str) -> Callable[[Watch], Steps[Found]]:
    """How to find the artifacts."""

    def find(watch: Watch) -> Steps[Found]:
        answer = yield from watch.ask(lambda seconds: download(project, job, timeout=seconds))
        urls = answer.artifact_presigned_urls or []
        return [(name, url, None) for name, url in zip(names.artifact_names(urls), urls, strict=True)]

    return find


def _page(
    list_files: Callable[..., Any], watch: Watch, project: str, job: str, page_size: int, token: int
) -> Steps[tuple[list[CheckpointFile], int | None]]:
    """One page, and the token of the next one."""
    query = {"page_size": page_size, "page_token": token or UNSET}
    answer = yield from watch.ask(partial(_ask, list_files, project, job, query))
    following = answer.next_page_token
    if following is not None and following <= token:
        raise LowCodeAPIError(f"training.list_checkpoint_files: page {token} names page {following} as the next one")
    return answer.presigned_urls or [], following


def _ask(list_files: Callable[..., Any], project: str, job: str, query: dict[str, Any], seconds: float) -> Any:
    return list_files(project, job, timeout=seconds, **query)
