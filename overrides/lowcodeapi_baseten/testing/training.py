"""Training projects and jobs: statuses, checkpoints, search, stop and recreate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from lowcodeapi_baseten.testing.objects import (
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
from lowcodeapi_baseten.testing.state import Handler, State
from lowcodeapi_baseten.testing.upstream import Call, found, integer, invalid, object_body, refusal

_DEFAULT_PAGE, _MAX_PAGE = 10, 1000


def show_job(state: State, job: Job) -> dict[str, Any]:
    """``TrainingJob``."""
    return {
        "id": job.id,
        "created_at": job.created_at,
        "current_status": job.progress.status,
        "error_message": None,
        "instance_type": INSTANCE_TYPE,
        "updated_at": job.updated_at,
        "training_project_id": job.project_id,
        "training_project": {"id": job.project_id, "name": state.training_projects[job.project_id].name},
        "name": job.name,
        "checkpoint_sync_status": "COMPLETED" if job.progress.status in (COMPLETED, STOPPED) else "SYNCING",
        "priority": 0,
        "availability_model": "dedicated",
        "user": {"email": "local@example.com"},
    }


def find_job(state: State, call: Call) -> Job:
    """The job that the path names. Raises 404."""
    return found(state.jobs_of(_project(state, call).id), call.path["training_job_id"], "Training job")


def _project(state: State, call: Call) -> Project:
    return found(state.training_projects, call.path["training_project_id"], "Training project")


def _show_project(state: State, project: Project) -> dict[str, Any]:
    jobs = list(state.jobs_of(project.id).values())
    return {**attrs.asdict(project), "team_name": TEAM, "latest_job": show_job(state, jobs[-1]) if jobs else None}


def list_jobs(state: State, call: Call) -> Any:
    project = _project(state, call)
    jobs = state.jobs_of(project.id).values()
    for job in jobs:
        job.look()
    return {
        "training_project": _show_project(state, project),
        "training_jobs": [show_job(state, job) for job in jobs],
    }


def get_job(state: State, call: Call) -> Any:
    job = find_job(state, call)
    job.look()
    project = _show_project(state, state.training_projects[job.project_id])
    return {"training_project": project, "training_job": show_job(state, job)}


def search_jobs(state: State, call: Call) -> Any:
    body = object_body(call)
    statuses = body.get("statuses")
    matching = [
        job
        for job in state.training_jobs.values()
        if body.get("project_id") in (None, job.project_id)
        and body.get("job_id") in (None, job.id)
        and (statuses is None or job.progress.status in statuses)
    ]
    shown = []
    for job in matching:
        job.look()
        shown.append(show_job(state, job))
    for order in reversed(body.get("order_by") or []):
        field, direction = order.get("field"), order.get("order")
        if field not in ("created_at", "updated_at", "id", "name") or direction not in ("asc", "desc"):
            raise invalid("order_by needs a field that a job has, and asc or desc")
        shown.sort(key=lambda job: str(job[field]), reverse=direction == "desc")
    return {"training_jobs": shown}


def stop_job(state: State, call: Call) -> Any:
    job = find_job(state, call)
    if job.progress.status == COMPLETED:
        raise refusal(400, "BAD_REQUEST", f"training job {job.id} is complete")
    if job.progress.status != STOPPED:
        job.progress.begin(STOPPED)
        job.updated_at = state.now()
    return {"training_job": show_job(state, job)}


def recreate_job(state: State, call: Call) -> Any:
    original = find_job(state, call)
    now = state.now()
    progress = starting(CREATED, DEPLOYING, RUNNING)
    job = Job(state.new_id("job"), original.project_id, original.name, now, now, progress)
    job.checkpoints = [Checkpoint(c.id, dict(c.files), max(c.step, 1)) for c in original.checkpoints]
    state.add_job(job)
    return {"training_job": show_job(state, job)}


def list_checkpoints(state: State, call: Call) -> Any:
    job = find_job(state, call)
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
    return {"training_job": show_job(state, job), "checkpoints": shown}


def list_checkpoint_files(state: State, call: Call) -> Any:
    job = find_job(state, call)
    size = integer(call, "page_size", _DEFAULT_PAGE, 1, _MAX_PAGE)
    first = integer(call, "page_token", 0, 0, None)
    files = [
        (f"{checkpoint.id}/{name}", length) for checkpoint in job.written() for name, length in checkpoint.files.items()
    ]
    shown = [
        {
            "url": state.artifacts.url(f"{job.id}/{name}"),
            "relative_file_name": name,
            "node_rank": 0,
            "size_bytes": length,
            "last_modified": job.created_at,
        }
        for name, length in files[first : first + size]
    ]
    following = first + size if first + size < len(files) else None
    return {"presigned_urls": shown, "next_page_token": following, "total_count": len(files)}


def download(state: State, call: Call) -> Any:
    job = find_job(state, call)
    return {"artifact_presigned_urls": [state.artifacts.url(f"{job.id}/artifacts.tgz")]}


OPERATIONS: Mapping[str, Handler] = {
    "training.list_jobs": list_jobs,
    "training.get_job": get_job,
    "training.search_jobs": search_jobs,
    "training.stop_job": stop_job,
    "training.recreate_job": recreate_job,
    "training.list_checkpoints": list_checkpoints,
    "training.list_checkpoint_files": list_checkpoint_files,
    "training.download": download,
}
