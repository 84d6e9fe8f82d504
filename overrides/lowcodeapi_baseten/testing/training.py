"""Training projects and jobs: statuses, checkpoints, search, stop and recreate."""

from __future__ import annotations

from typing import Any

import attrs

from .baseten import Baseten, handles
from .objects import (
    COMPLETED,
    CREATED,
    DEPLOYING,
    INSTANCE_TYPE,
    RUNNING,
    STOPPED,
    TEAM,
    Checkpoint,
    Job,
    Project,
    starting,
)
from .upstream import Call, found, integer, invalid, object_body, refusal

_DEFAULT_PAGE, _MAX_PAGE = 10, 1000


def show_job(baseten: Baseten, job: Job) -> dict[str, Any]:
    """``TrainingJob``."""
    return {
        "id": job.id,
        "created_at": job.created_at,
        "current_status": job.progress.status,
        "error_message": None,
        "instance_type": INSTANCE_TYPE,
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
    return found(baseten.jobs_of(_project(baseten, call).id), call.path["training_job_id"], "Training job")


def _project(baseten: Baseten, call: Call) -> Project:
    return found(baseten.training_projects, call.path["training_project_id"], "Training project")


def _show_project(baseten: Baseten, project: Project) -> dict[str, Any]:
    jobs = list(baseten.jobs_of(project.id).values())
    return {**attrs.asdict(project), "team_name": TEAM, "latest_job": show_job(baseten, jobs[-1]) if jobs else None}


@handles("training.list_jobs")
def list_jobs(baseten: Baseten, call: Call) -> Any:
    project = _project(baseten, call)
    jobs = baseten.jobs_of(project.id).values()
    for job in jobs:
        job.look()
    return {
        "training_project": _show_project(baseten, project),
        "training_jobs": [show_job(baseten, job) for job in jobs],
    }


@handles("training.get_job")
def get_job(baseten: Baseten, call: Call) -> Any:
    job = find_job(baseten, call)
    job.look()
    project = _show_project(baseten, baseten.training_projects[job.project_id])
    return {"training_project": project, "training_job": show_job(baseten, job)}


@handles("training.search_jobs")
def search_jobs(baseten: Baseten, call: Call) -> Any:
    body = object_body(call)
    statuses = body.get("statuses")
    matching = [
        job
        for job in baseten.training_jobs.values()
        if body.get("project_id") in (None, job.project_id)
        and body.get("job_id") in (None, job.id)
        and (statuses is None or job.progress.status in statuses)
    ]
    shown = []
    for job in matching:
        job.look()
        shown.append(show_job(baseten, job))
    for order in reversed(body.get("order_by") or []):
        field, direction = order.get("field"), order.get("order")
        if field not in ("created_at", "updated_at", "id", "name") or direction not in ("asc", "desc"):
            raise invalid("order_by needs a field that a job has, and asc or desc")
        shown.sort(key=lambda job: str(job[field]), reverse=direction == "desc")
    return {"training_jobs": shown}


@handles("training.stop_job")
def stop_job(baseten: Baseten, call: Call) -> Any:
    job = find_job(baseten, call)
    if job.progress.status == COMPLETED:
        raise refusal(400, "BAD_REQUEST", f"training job {job.id} is complete")
    if job.progress.status != STOPPED:
        job.progress.begin(STOPPED)
        job.updated_at = baseten.now()
    return {"training_job": show_job(baseten, job)}


@handles("training.recreate_job")
def recreate_job(baseten: Baseten, call: Call) -> Any:
    original = find_job(baseten, call)
    now = baseten.now()
    progress = starting(CREATED, DEPLOYING, RUNNING)
    job = Job(baseten.new_id("job"), original.project_id, original.name, now, now, progress)
    job.checkpoints = [Checkpoint(c.id, dict(c.files), max(c.step, 1)) for c in original.checkpoints]
    baseten.add_job(job)
    return {"training_job": show_job(baseten, job)}


@handles("training.list_checkpoints")
def list_checkpoints(baseten: Baseten, call: Call) -> Any:
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
    return {"training_job": show_job(baseten, job), "checkpoints": shown}


@handles("training.list_checkpoint_files")
def list_checkpoint_files(baseten: Baseten, call: Call) -> Any:
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
    return {"presigned_urls": shown, "next_page_token": following, "total_count": len(files)}


@handles("training.download")
def download(baseten: Baseten, call: Call) -> Any:
    job = find_job(baseten, call)
    return {"artifact_presigned_urls": [baseten.artifacts.url(f"{job.id}/artifacts.tgz")]}
