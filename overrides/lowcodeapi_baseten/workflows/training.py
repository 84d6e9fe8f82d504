"""Lookups for a training job: its end, the files of its checkpoints, the URLs of its artifacts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from lowcodeapi_baseten_api.models import CheckpointFile, TrainingJob
from lowcodeapi_baseten_api.types import UNSET

from ..errors import LowCodeAPIError
from ..request import shown
from . import filenames
from .driving import Emit, Workflow
from .errors import DownloadError
from .fields import items, number, of, whole
from .states import of_training_job
from .waiting import Verdict, Watch, wait

T = TypeVar("T")

PAGE_SIZE, LARGE_PAGE = 100, 1000

Found = list[tuple[str, str, int | None]]
"""The name, URL and size of each file."""


def until_complete(
    get_job: Callable[..., Any],
    watch: Watch,
    project: str,
    job: str,
    on_change: Callable[[TrainingJob], Any] | None,
) -> Workflow[TrainingJob]:
    """Poll a job until it is complete."""

    def tell(answer: Any) -> Any:
        known = of(TrainingJob, answer.training_job)
        return None if on_change is None or known is None else on_change(known)

    def judge(answer: Any) -> Verdict:
        return of_training_job(of(TrainingJob, answer.training_job))

    answer = yield from wait(watch, partial(get_job, project, job), judge, tell)
    result: TrainingJob = answer.training_job
    return result


def files(list_files: Callable[..., Any], watch: Watch, project: str, job: str, *, page_size: int) -> Workflow[None]:
    """Emit every file of every page."""
    token: int | None = 0
    while token is not None:
        page, token = yield from _page(list_files, watch, project, job, page_size, token)
        for file in page:
            yield Emit(file)


def finding_files(
    list_files: Callable[..., Any], project: str, job: str, only: Callable[[CheckpointFile], bool] | None
) -> Callable[[Watch], Workflow[Found]]:
    """Return a function that finds the checkpoints' files."""

    def find(watch: Watch) -> Workflow[Found]:
        chosen: list[CheckpointFile] = []
        token: int | None = 0
        while token is not None:
            watch.rest()
            page, token = yield from _page(list_files, watch, project, job, LARGE_PAGE, token)
            for file in page:
                filenames.check_named(file)
                if only is None or only(file):
                    chosen.append(file)
        named = zip(filenames.checkpoint_names(chosen), chosen, strict=True)
        return [(name, file.url, _size(name, file.size_bytes)) for name, file in named]

    return find


def finding_artifacts(download: Callable[..., Any], project: str, job: str) -> Callable[[Watch], Workflow[Found]]:
    """Return a function that finds the artifacts."""

    def find(watch: Watch) -> Workflow[Found]:
        answer = yield from watch.ask(partial(download, project, job))
        urls: list[str] = _listed("training.download", answer.artifact_presigned_urls, str)
        return [(name, url, None) for name, url in zip(filenames.artifact_names(urls), urls, strict=True)]

    return find


def _page(
    list_files: Callable[..., Any], watch: Watch, project: str, job: str, page_size: int, token: int
) -> Workflow[tuple[list[CheckpointFile], int | None]]:
    """One page, and the token of the next one."""
    look = partial(list_files, project, job, page_size=page_size, page_token=token or UNSET)
    answer = yield from watch.ask(look)
    files = _listed("training.list_checkpoint_files", answer.presigned_urls, CheckpointFile)
    if answer.next_page_token is None:
        return files, None
    following = whole(answer.next_page_token)
    if following is None or following <= token or not files:
        # The pages might never end.
        verb = "names" if files else "has no files but names"
        raise LowCodeAPIError(
            f"training.list_checkpoint_files: page {token} {verb} page {shown(answer.next_page_token)} as the next one"
        )
    return files, following


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
