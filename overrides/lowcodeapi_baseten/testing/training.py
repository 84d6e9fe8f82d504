"""Training projects and jobs: statuses, checkpoints, search, stop and recreate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from lowcodeapi_baseten.testing.artifacts import Checkpoint
from lowcodeapi_baseten.testing.progress import Progress
from lowcodeapi_baseten.testing.state import TEAM, instance_type
from lowcodeapi_baseten.testing.upstream import Answer, Call, invalid, not_found, object_body, refusal

if TYPE_CHECKING:
    from lowcodeapi_baseten.testing.baseten import Baseten

CREATED, DEPLOYING, RUNNING, STOPPED, COMPLETED = (
    f"TRAINING_JOB_{name}" for name in ("CREATED", "DEPLOYING", "RUNNING", "STOPPED", "COMPLETED")
)
STEPS = 8
"""Looks until a running job completes."""
_DEFAULT_PAGE, _MAX_PAGE = 10, 1000


@attrs.define
class Project:
    """A training project."""

    id: str
    name: str
    created_at: str
    updated_at: str


@attrs.define
class Job:
    """A training job. ``step`` counts the looks at it while it ran: logs and metrics grow with it."""

    id: str
    project_id: str
    name: str
    created_at: str
    updated_at: str
    progress: Progress
    checkpoints: list[Checkpoint] = attrs.field(factory=list)
    step: int = 0

    def written(self) -> list[Checkpoint]:
        """The checkpoints written so far."""
        return [checkpoint for checkpoint in self.checkpoints if checkpoint.step <= self.step]

    def look(self) -> None:
        """Moves it one step: every status and log and metrics request is a look."""
        was_running = self.progress.status == RUNNING and self.progress.seen
        self.progress.look()
        if was_running:
            self.step += 1


def starting(*first: str) -> Progress:
    """A job's way through its statuses, from the first one given to COMPLETED."""
    return Progress(first[0], [*first[1:], *[RUNNING] * (STEPS - 1), COMPLETED])


def show_job(baseten: Baseten, job: Job) -> dict[str, Any]:
    """``TrainingJob``."""
    return {
        "id": job.id,
        "created_at": job.created_at,
        "current_status": job.progress.status,
        "error_message": None,
        "instance_type": instance_type(),
        "updated_at": job.updated_at,
        "training_project_id": job.project_id,
        "training_project": {"id": job.project_id, "name": baseten.training_projects[job.project_id].name},
        "name": job.name,
        "checkpoint_sync_status": "COMPLETED" if job.progress.status in (COMPLETED, STOPPED) else "SYNCING",
        "priority": 0,
        "availability_model": "dedicated",
        "user": {"email": "local@example.com"},
    }


def find_job(baseten: Baseten, call: Call) -> Job:
    """The job that the path names. Raises 404."""
    project = _project(baseten, call)
    job = baseten.training_jobs.get(call.path["training_job_id"])
    if job is None or job.project_id != project.id:
        raise not_found("Training job")
    return job


def _project(baseten: Baseten, call: Call) -> Project:
    found = baseten.training_projects.get(call.path["training_project_id"])
    if found is None:
        raise not_found("Training project")
    return found


def _show_project(baseten: Baseten, project: Project) -> dict[str, Any]:
    jobs = [job for job in baseten.training_jobs.values() if job.project_id == project.id]
    return {
        "id": project.id,
        "name": project.name,
        "created_at": project.created_at,
        "updated_at": project.updated_at,
        "team_name": TEAM,
        "latest_job": show_job(baseten, jobs[-1]) if jobs else None,
    }


def list_jobs(baseten: Baseten, call: Call) -> Answer:
    project = _project(baseten, call)
    jobs = [job for job in baseten.training_jobs.values() if job.project_id == project.id]
    for job in jobs:
        job.look()
    return Answer(
        200,
        {
            "training_project": _show_project(baseten, project),
            "training_jobs": [show_job(baseten, job) for job in jobs],
        },
    )


def get_job(baseten: Baseten, call: Call) -> Answer:
    job = find_job(baseten, call)
    job.look()
    project = _show_project(baseten, baseten.training_projects[job.project_id])
    return Answer(200, {"training_project": project, "training_job": show_job(baseten, job)})


def search_jobs(baseten: Baseten, call: Call) -> Answer:
    body = object_body(call)
    statuses = body.get("statuses")
    found = [
        job
        for job in baseten.training_jobs.values()
        if body.get("project_id") in (None, job.project_id)
        and body.get("job_id") in (None, job.id)
        and (statuses is None or job.progress.status in statuses)
    ]
    shown = []
    for job in found:
        job.look()
        shown.append(show_job(baseten, job))
    for order in reversed(body.get("order_by") or []):
        field, direction = order.get("field"), order.get("order")
        if field not in ("created_at", "updated_at", "id", "name") or direction not in ("asc", "desc"):
            raise invalid("order_by needs a field that a job has, and asc or desc")
        shown.sort(key=lambda job: str(job[field]), reverse=direction == "desc")
    return Answer(200, {"training_jobs": shown})


def stop_job(baseten: Baseten, call: Call) -> Answer:
    job = find_job(baseten, call)
    if job.progress.status == COMPLETED:
        raise refusal(400, "BAD_REQUEST", f"training job {job.id} is complete")
    if job.progress.status != STOPPED:
        job.progress.begin(STOPPED)
        job.updated_at = baseten.now()
    return Answer(200, {"training_job": show_job(baseten, job)})


def recreate_job(baseten: Baseten, call: Call) -> Answer:
    original = find_job(baseten, call)
    now = baseten.now()
    progress = starting(CREATED, DEPLOYING, RUNNING)
    job = Job(baseten.new_id("job"), original.project_id, original.name, now, now, progress)
    job.checkpoints = [Checkpoint(c.id, dict(c.files), max(c.step, 1)) for c in original.checkpoints]
    baseten.add_job(job)
    return Answer(200, {"training_job": show_job(baseten, job)})


def list_checkpoints(baseten: Baseten, call: Call) -> Answer:
    job = find_job(baseten, call)
    shown = [
        {
            "checkpoint_id": checkpoint.id,
            "created_at": job.created_at,
            "checkpoint_type": "full",
            "base_model": None,
            "lora_adapter_config": None,
            "size_bytes": sum(checkpoint.files.values()),
            "sync_status": "COMPLETED",
            "training_job_id": job.id,
        }
        for checkpoint in job.written()
    ]
    return Answer(200, {"training_job": show_job(baseten, job), "checkpoints": shown})


def list_checkpoint_files(baseten: Baseten, call: Call) -> Answer:
    job = find_job(baseten, call)
    size = integer(call, "page_size", _DEFAULT_PAGE, 1, _MAX_PAGE)
    first = integer(call, "page_token", 0, 0, None)
    files = [
        (f"{checkpoint.id}/{name}", length) for checkpoint in job.written() for name, length in checkpoint.files.items()
    ]
    shown = [
        {
            "url": baseten.artifacts.url(f"{job.id}/{name}"),
            "relative_file_name": name,
            "node_rank": 0,
            "size_bytes": length,
            "last_modified": job.created_at,
        }
        for name, length in files[first : first + size]
    ]
    following = first + size if first + size < len(files) else None
    return Answer(200, {"presigned_urls": shown, "next_page_token": following, "total_count": len(files)})


def download(baseten: Baseten, call: Call) -> Answer:
    job = find_job(baseten, call)
    return Answer(200, {"artifact_presigned_urls": [baseten.artifacts.url(f"{job.id}/artifacts.tgz")]})


def integer(call: Call, name: str, default: int, low: int, high: int | None) -> int:
    """An integer of the query. Raises 422 if it is not one, or out of bounds."""
    text = call.query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < low or (high is not None and int(text) > high):
        raise invalid(f"{name} must be an integer from {low}" + ("" if high is None else f" to {high}"))
    return int(text)


OPERATIONS = {
    "training.list_jobs": list_jobs,
    "training.get_job": get_job,
    "training.search_jobs": search_jobs,
    "training.stop_job": stop_job,
    "training.recreate_job": recreate_job,
    "training.list_checkpoints": list_checkpoints,
    "training.list_checkpoint_files": list_checkpoint_files,
    "training.download": download,
}
