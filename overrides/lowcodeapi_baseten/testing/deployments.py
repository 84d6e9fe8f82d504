"""Deployments: activated, promoted, scaled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lowcodeapi_baseten.testing.progress import Progress
from lowcodeapi_baseten.testing.state import PRODUCTION, Deployment, Environment
from lowcodeapi_baseten.testing.upstream import Answer, Call, invalid, not_found, object_body, refusal

if TYPE_CHECKING:
    from lowcodeapi_baseten.testing.baseten import Baseten

AUTOSCALING_LIMITS = {
    "min_replica": 0,
    "max_replica": 1,
    "autoscaling_window": 10,
    "scale_down_delay": 0,
    "concurrency_target": 1,
    "target_utilization_percentage": 1,
    "target_in_flight_tokens": 1,
    "max_scale_down_rate": 1,
}
"""The lowest allowed value of each field in an update."""


def _deployment(baseten: Baseten, call: Call) -> Deployment:
    """The deployment that the call names: by id, or the development or production one by its route."""
    model = baseten.model(call)
    id = call.path.get("deployment_id")
    # The guide's autoscaling example uses this word for the production deployment.
    if id is None or id in {"production", "development"}:
        wants_development = "development" in (id or call.operation)
        for deployment in baseten.deployments_of(model.id):
            if deployment.is_development if wants_development else deployment.environment == PRODUCTION:
                return deployment
        raise not_found("Deployment")
    found = baseten.deployments.get(id)
    if found is None or found.model_id != model.id:
        raise not_found("Deployment")
    return found


def list_deployments(baseten: Baseten, call: Call) -> Answer:
    shown = [deployment.look() for deployment in baseten.deployments_of(baseten.model(call).id)]
    return Answer(200, {"deployments": shown})


def get_deployment(baseten: Baseten, call: Call) -> Answer:
    return Answer(200, _deployment(baseten, call).look())


def delete_deployment(baseten: Baseten, call: Call) -> Answer:
    deployment = _deployment(baseten, call)
    del baseten.deployments[deployment.id]
    for environment in baseten.environments_of(deployment.model_id):
        if environment.current == deployment.id:
            environment.current = None
        if environment.candidate == deployment.id:
            environment.candidate = environment.promotion = None
    return Answer(200, {"id": deployment.id, "deleted": True, "model_id": deployment.model_id})


def activate(baseten: Baseten, call: Call) -> Answer:
    _deployment(baseten, call).activate()
    return Answer(200, {"success": True})


def deactivate(baseten: Baseten, call: Call) -> Answer:
    _deployment(baseten, call).deactivate()
    return Answer(200, {"success": True})


def promote(baseten: Baseten, call: Call) -> Answer:
    deployment = _deployment(baseten, call)
    body = object_body(call)
    if deployment.is_development:
        # Baseten publishes a copy; the development deployment stays.
        deployment = Deployment(
            baseten.new_id("dep"), baseten.now(), f"{deployment.name}-published", deployment.model_id
        )
        deployment.progress.begin("BUILDING", "DEPLOYING", "ACTIVE")
        baseten.deployments[deployment.id] = deployment
    key = deployment.model_id, PRODUCTION
    environment = baseten.environments.get(key)
    if environment is None:
        environment = baseten.environments[key] = Environment(PRODUCTION, baseten.now(), deployment.model_id)
    begin_promotion(environment, deployment, body.get("scale_down_previous_production", True))
    return Answer(200, deployment.show())


def begin_promotion(environment: Environment, deployment: Deployment, scale_down_previous: Any) -> None:
    """Starts a deployment's promotion to an environment. Raises 409 while another promotion runs."""
    if not isinstance(scale_down_previous, bool):
        raise invalid("scale_down_previous must be a boolean")
    if environment.promotion is not None and environment.promotion.coming:
        raise refusal(409, "CONFLICT", f"a promotion to {environment.name} is in progress")
    environment.candidate = deployment.id
    environment.scale_down_previous = scale_down_previous
    environment.promotion = Progress("RELEASING", ["RAMPING_UP", "SUCCEEDED"])
    deployment.wake()
    deployment.activate()


def update_autoscaling(baseten: Baseten, call: Call) -> Answer:
    deployment = _deployment(baseten, call)
    is_changed = merge_autoscaling(deployment.autoscaling, object_body(call))
    return Answer(200, update_result(is_changed))


def merge_autoscaling(settings: dict[str, Any], update: Mapping[str, Any]) -> bool:
    """Applies the known fields of an update, all or nothing; returns True if it changed anything. Raises 422."""
    known = {field: update[field] for field in AUTOSCALING_LIMITS if field in update}
    for field, value in known.items():
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise invalid(f"{field} must be an integer")
        if value is not None and value < AUTOSCALING_LIMITS[field]:
            raise invalid(f"{field} must be >= {AUTOSCALING_LIMITS[field]}")
    merged = settings | {field: value for field, value in known.items() if value is not None}
    if merged["min_replica"] > merged["max_replica"]:
        raise invalid("min_replica must be <= max_replica")
    is_changed = merged != settings
    settings.update(merged)
    return is_changed


def update_result(is_changed: bool) -> dict[str, Any]:
    """``UpdateAutoscalingSettingsResponse``."""
    if is_changed:
        return {"status": "ACCEPTED", "message": "Settings are being applied"}
    return {"status": "UNCHANGED", "message": "Settings are what they were"}


OPERATIONS = {
    "deployments.list": list_deployments,
    "deployments.get": get_deployment,
    "deployments.get_production": get_deployment,
    "deployments.get_development": get_deployment,
    "deployments.delete": delete_deployment,
    "deployments.activate": activate,
    "deployments.activate_development": activate,
    "deployments.deactivate": deactivate,
    "deployments.deactivate_development": deactivate,
    "deployments.promote": promote,
    "deployments.promote_development": promote,
    "deployments.update_autoscaling": update_autoscaling,
    "deployments.update_development_autoscaling": update_autoscaling,
}
