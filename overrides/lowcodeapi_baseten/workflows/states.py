"""What the states of Baseten mean for who waits. A state that is not named here is taken as being on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lowcodeapi_baseten_api.models import AsyncRequestState as Asynchronous
from lowcodeapi_baseten_api.models import DeploymentStatus as Deploying
from lowcodeapi_baseten_api.models import InProgressPromotionStatus as Promoting

from .waiting import Judge, Verdict

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import AsyncRequestStatus, Deployment, Environment, GetTrainingJobResponse

_ASYNCHRONOUS_FAILED = {Asynchronous.FAILED, Asynchronous.EXPIRED, Asynchronous.CANCELED, Asynchronous.WEBHOOK_FAILED}
_DEPLOYMENT_FAILED = {Deploying.DEPLOY_FAILED, Deploying.BUILD_FAILED, Deploying.BUILD_STOPPED, Deploying.FAILED}
_RESTING = {
    Deploying.INACTIVE: "nobody has activated it: deployments.activate",
    Deploying.SCALED_TO_ZERO: "nobody has woken it: inference.wake",
}
_PROMOTION_FAILED = {Promoting.FAILED, Promoting.CANCELED}

# Baseten documents no enum of these.
TRAINING_DONE = "TRAINING_JOB_COMPLETED"
TRAINING_FAILED = frozenset({"TRAINING_JOB_FAILED", "TRAINING_JOB_DEPLOY_FAILED", "TRAINING_JOB_STOPPED"})


def of_async_request(answer: AsyncRequestStatus) -> Verdict:
    """An asynchronous prediction."""
    state = _text(answer.status)
    if state == Asynchronous.SUCCEEDED:
        return Verdict("done", state)
    if state in _ASYNCHRONOUS_FAILED:
        errors = answer.errors if isinstance(answer.errors, list) else []
        return Verdict("failed", state, "; ".join(_line(getattr(error, "message", error)) for error in errors))
    return Verdict("going", state)


def of_deployment(answer: Deployment) -> Verdict:
    """A deployment that is to become active."""
    state = _text(answer.status)
    if state == Deploying.ACTIVE:
        return Verdict("done", state)
    if state in _DEPLOYMENT_FAILED:
        return Verdict("failed", state)
    return Verdict("resting", state, _RESTING[Deploying(state)]) if state in _RESTING else Verdict("going", state)


def of_training_job(answer: GetTrainingJobResponse) -> Verdict:
    """A training job."""
    job = answer.training_job
    state = _text(getattr(job, "current_status", None))
    if state == TRAINING_DONE:
        return Verdict("done", state)
    if state in TRAINING_FAILED:
        return Verdict("failed", state, _line(job.error_message or ""))
    return Verdict("going", state)


def of_promotion(deployment_id: str | None) -> Judge:
    """A promotion, by the answers about its environment.

    A promotion that is over is gone from the answers, so what they said before decides: the candidate, or the
    deployment that the caller names, is the current one now, or it is not.
    """
    wanted = {deployment_id} - {None}
    first: list[str | None] = []
    was_seen = False

    def judge(answer: Environment) -> Verdict:
        nonlocal was_seen
        promotion, current = answer.in_progress_promotion, getattr(answer.current_deployment, "id", None)
        first[:] = first or [current]
        if promotion is not None:
            was_seen = True
            wanted.update({getattr(answer.candidate_deployment, "id", None)} - {None})
            state = _text(promotion.status)
            if state == Promoting.SUCCEEDED:
                return Verdict("done", state)
            if state in _PROMOTION_FAILED:
                return Verdict("failed", state, _line(promotion.error_message or ""))
            return Verdict("going", state)
        has_changed = current != first[0] if was_seen and not wanted else current in wanted
        if has_changed or not (wanted or was_seen):
            return Verdict("done", "no promotion in progress")
        why = f"the current deployment is {current}"
        if was_seen:
            return Verdict("failed", "over, without having succeeded", why)
        return Verdict("resting", "no promotion in progress", f"{why}; begin one with environments.promote")

    return judge


def _text(state: Any) -> str:
    return str(state) if state is not None else "unknown"


def _line(text: Any) -> str:
    """Text of somebody else, on one line of bounded length."""
    return " ".join("".join(char if char.isprintable() else " " for char in str(text)).split())[:300]
