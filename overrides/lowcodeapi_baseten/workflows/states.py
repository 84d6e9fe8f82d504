"""Baseten's states and their meaning for a wait. A state not named here counts as still in progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lowcodeapi_baseten_api.models import AsyncRequestError, Deployment, InProgressPromotion
from lowcodeapi_baseten_api.models import AsyncRequestState as Asynchronous
from lowcodeapi_baseten_api.models import DeploymentStatus as Deploying
from lowcodeapi_baseten_api.models import InProgressPromotionStatus as Promoting

from .fields import items, line, of
from .waiting import Judge, Verdict

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import AsyncRequestStatus, Environment, TrainingJob

_ASYNCHRONOUS_FAILED = {Asynchronous.FAILED, Asynchronous.EXPIRED, Asynchronous.CANCELED, Asynchronous.WEBHOOK_FAILED}
_DEPLOYMENT_FAILED = {Deploying.DEPLOY_FAILED, Deploying.BUILD_FAILED, Deploying.BUILD_STOPPED, Deploying.FAILED}
_RESTING = {
    Deploying.INACTIVE: "activate it with deployments.activate",
    Deploying.SCALED_TO_ZERO: "wake it with inference.wake",
}
_PROMOTION_FAILED = {Promoting.FAILED, Promoting.CANCELED}

# Baseten documents no enum of these.
TRAINING_DONE = "TRAINING_JOB_COMPLETED"
TRAINING_FAILED = frozenset({"TRAINING_JOB_FAILED", "TRAINING_JOB_DEPLOY_FAILED", "TRAINING_JOB_STOPPED"})


def of_async_request(answer: AsyncRequestStatus) -> Verdict:
    """Judge an asynchronous prediction."""
    state = line(answer.status)
    if state == Asynchronous.SUCCEEDED:
        return Verdict("done", state)
    if state in _ASYNCHRONOUS_FAILED:
        return Verdict("failed", state, "; ".join(filter(None, map(_why, items(answer.errors) or [answer.errors]))))
    return _going(state)


def of_deployment(answer: Deployment) -> Verdict:
    """Judge a deployment that should become active."""
    state = line(answer.status)
    if state == Deploying.ACTIVE:
        return Verdict("done", state)
    if state in _DEPLOYMENT_FAILED:
        return Verdict("failed", state)
    return Verdict("resting", state, _RESTING[Deploying(state)]) if state in _RESTING else _going(state)


def of_training_job(job: TrainingJob | None) -> Verdict:
    """Judge a training job; None if the answer has none."""
    state = line(job and job.current_status)
    if state == TRAINING_DONE:
        return Verdict("done", state)
    if state in TRAINING_FAILED:
        return Verdict("failed", state, line(job and job.error_message))
    return _going(state)


def of_promotion(deployment_id: str | None) -> Judge:
    """Return a judge of a promotion, by answers about its environment.

    Answers do not show a finished promotion, so earlier ones decide: the candidate, or the deployment that the caller
    names, has become the current one, or has not.
    """
    wanted = {deployment_id} - {None}
    first: list[str | None] = []
    was_seen = False

    def judge(answer: Environment) -> Verdict:
        nonlocal was_seen
        current = _id(answer.current_deployment)
        first[:] = first or [current]
        if answer.in_progress_promotion is not None:
            was_seen = True
            wanted.update({_id(answer.candidate_deployment)} - {None})
            promotion = of(InProgressPromotion, answer.in_progress_promotion)
            state = line(promotion and promotion.status)
            if state == Promoting.SUCCEEDED:
                return Verdict("done", state)
            if state in _PROMOTION_FAILED:
                return Verdict("failed", state, line(promotion and promotion.error_message))
            return _going(state)
        has_changed = current not in {first[0], None} if was_seen and not wanted else current in wanted
        if has_changed or not (wanted or was_seen):
            return Verdict("done", "no promotion in progress")
        why = f"the current deployment is {current}"
        if was_seen:
            return Verdict("failed", "over without success", why)
        return Verdict("resting", "no promotion in progress", f"{why}; start one with environments.promote")

    return judge


def _going(state: str) -> Verdict:
    """In progress; if no answer shows a state, only for a while."""
    return Verdict("going", state) if state else Verdict("resting", "unknown", "the answers show no state")


def _id(deployment: object) -> str | None:
    known = of(Deployment, deployment)
    return line(known and known.id) or None


def _why(error: object) -> str:
    known = of(AsyncRequestError, error)
    return line(known.message) or line(known.code) if known else line(error)
