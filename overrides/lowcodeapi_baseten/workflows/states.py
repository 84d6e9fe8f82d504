"""Baseten's states and their meaning for a wait. A state not named here counts as still in progress."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from lowcodeapi_baseten_api.models import AsyncRequestError, Deployment, InProgressPromotion
from lowcodeapi_baseten_api.models import AsyncRequestState as Asynchronous
from lowcodeapi_baseten_api.models import DeploymentStatus as Deploying
from lowcodeapi_baseten_api.models import InProgressPromotionStatus as Promoting

from .fields import items, line, of

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import AsyncRequestStatus, Environment, TrainingJob

_ASYNCHRONOUS_FAILED = {Asynchronous.FAILED, Asynchronous.EXPIRED, Asynchronous.CANCELED, Asynchronous.WEBHOOK_FAILED}
_DEPLOYMENT_FAILED = {Deploying.DEPLOY_FAILED, Deploying.BUILD_FAILED, Deploying.BUILD_STOPPED, Deploying.FAILED}
_RESTING: Mapping[str, str] = {
    Deploying.INACTIVE: "activate it with deployments.activate",
    Deploying.SCALED_TO_ZERO: "wake it with inference.wake",
}
_PROMOTION_FAILED = {Promoting.FAILED, Promoting.CANCELED}

# Baseten documents no enum of these.
_TRAINING_FAILED = {"TRAINING_JOB_FAILED", "TRAINING_JOB_DEPLOY_FAILED", "TRAINING_JOB_STOPPED"}


class Verdict(NamedTuple):
    """The state in an answer, and its meaning for the wait.

    "going" is in progress, or in a state that this version does not know. "resting" is a state that it leaves only when
    somebody acts; that may have happened a moment ago, so it counts as failed only after a while.
    """

    outcome: Literal["done", "failed", "going", "resting"]
    state: str
    why: str = ""


def of_async_request(answer: AsyncRequestStatus) -> Verdict:
    """Judge an asynchronous prediction."""
    why = "; ".join(filter(None, map(_why, items(answer.errors) or [answer.errors])))
    return _judged(answer.status, Asynchronous.SUCCEEDED, _ASYNCHRONOUS_FAILED, why)


def of_deployment(answer: Deployment) -> Verdict:
    """Judge a deployment that should become active."""
    verdict = _judged(answer.status, Deploying.ACTIVE, _DEPLOYMENT_FAILED)
    why = _RESTING.get(verdict.state)
    return verdict if why is None else Verdict("resting", verdict.state, why)


def of_training_job(job: TrainingJob | None) -> Verdict:
    """Judge a training job; None if the answer has none."""
    why = line(job and job.error_message)
    return _judged(job and job.current_status, "TRAINING_JOB_COMPLETED", _TRAINING_FAILED, why)


def of_promotion(deployment_id: str | None) -> Callable[[Environment], Verdict]:
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
            why = line(promotion and promotion.error_message)
            return _judged(promotion and promotion.status, Promoting.SUCCEEDED, _PROMOTION_FAILED, why)
        has_changed = current not in {first[0], None} if was_seen and not wanted else current in wanted
        if has_changed or not (wanted or was_seen):
            return Verdict("done", "no promotion in progress")
        why = f"the current deployment is {current}"
        if was_seen:
            return Verdict("failed", "over without success", why)
        return Verdict("resting", "no promotion in progress", f"{why}; start one with environments.promote")

    return judge


def _judged(status: object, done: str, failed: Collection[str], why: str = "") -> Verdict:
    """Judge a status. `why` is told if it has failed."""
    state = line(status)
    if state == done:
        return Verdict("done", state)
    if state in failed:
        return Verdict("failed", state, why)
    # It counts as in progress; if no answer shows a state, only for a while.
    return Verdict("going", state) if state else Verdict("resting", "unknown", "the answers show no state")


def _id(deployment: object) -> str | None:
    known = of(Deployment, deployment)
    return line(known and known.id) or None


def _why(error: object) -> str:
    known = of(AsyncRequestError, error)
    return line(known.message) or line(known.code) if known else line(error)
