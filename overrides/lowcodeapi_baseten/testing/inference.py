"""Predictions and wake-ups. The paths have no model id: it comes with the account's credential."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lowcodeapi_baseten.testing.state import PRODUCTION, Deployment
from lowcodeapi_baseten.testing.upstream import Answer, Call, Outside, UpstreamError, not_found, predicted

if TYPE_CHECKING:
    from lowcodeapi_baseten.testing.baseten import Baseten


def target(baseten: Baseten, call: Call) -> Deployment:
    """The deployment that an inference call goes to. Raises 404 as recorded."""
    model_id = baseten.inference_model_id
    if model_id not in baseten.models:
        raise not_found("Model")
    id = call.path.get("deployment_id")
    if id is None and "development" not in call.operation:
        environment = baseten.environments.get((model_id, call.path.get("env_name", PRODUCTION)))
        id = "" if environment is None else environment.current or ""
    if id is None:
        id = next((d.id for d in baseten.deployments_of(model_id) if d.is_development), "")
    found = baseten.deployments.get(id)
    if found is None or found.model_id != model_id:
        raise not_found("Model")
    return found


def predict(baseten: Baseten, call: Call) -> Outside:
    deployment = target(baseten, call)
    if deployment.status in ("INACTIVE", "DEACTIVATING", "FAILED"):
        raise UpstreamError(503, {"error": "the deployment is not active", "error_code": "model_unavailable"})
    if deployment.status == "SCALED_TO_ZERO":
        deployment.progress.begin("ACTIVE")  # a prediction wakes it, and waits until it is active
    model, body = baseten.settings.predict, call.body
    return lambda: predicted(model, body)


def wake(baseten: Baseten, call: Call) -> Answer:
    target(baseten, call).wake()
    return Answer(202, raw=b"")


OPERATIONS: Mapping[str, Callable[[Baseten, Call], Answer | Outside]] = {
    "inference.predict_environment": predict,
    "inference.predict_development": predict,
    "inference.predict_deployment": predict,
    "inference.wake_production": wake,
    "inference.wake_development": wake,
    "inference.wake_deployment": wake,
}
