"""Deployments: activated, promoted, scaled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lowcodeapi_baseten.testing.objects import AUTOSCALING, PRODUCTION, Deployment, Environment, Progress
from lowcodeapi_baseten.testing.state import Handler, State, for_development
from lowcodeapi_baseten.testing.upstream import Call, found, invalid, object_body, refusal


def _deployment(state: State, call: Call) -> Deployment:
    """The deployment that the call names: by id, or the development or production one by its route."""
    deployments = state.deployments_of(state.model(call).id)
    id = call.path.get("deployment_id")
    # The guide's autoscaling example uses this word for the production deployment.
    if id is None or id in {"production", "development"}:
        wants_development = id == "development" or (id is None and call.is_for_development)
        for deployment in deployments.values():
            if deployment.is_development if wants_development else deployment.environment == PRODUCTION:
                return deployment
    return found(deployments, id, "Deployment")


def list_deployments(state: State, call: Call) -> Any:
    shown = [deployment.look() for deployment in state.deployments_of(state.model(call).id).values()]
    return {"deployments": shown}


def get_deployment(state: State, call: Call) -> Any:
    return _deployment(state, call).look()


def delete_deployment(state: State, call: Call) -> Any:
    deployment = _deployment(state, call)
    del state.deployments[deployment.id]
    for environment in state.environments_of(deployment.model_id).values():
        if environment.current == deployment.id:
            environment.current = None
        if environment.candidate == deployment.id:
            environment.candidate = environment.promotion = None
    return {"id": deployment.id, "deleted": True, "model_id": deployment.model_id}


def activate(state: State, call: Call) -> Any:
    _deployment(state, call).activate()
    return {"success": True}


def deactivate(state: State, call: Call) -> Any:
    _deployment(state, call).deactivate()
    return {"success": True}


def promote(state: State, call: Call) -> Any:
    deployment = _deployment(state, call)
    body = object_body(call)
    if deployment.is_development:
        # Baseten publishes a copy; the development deployment stays.
        deployment = Deployment(state.new_id("dep"), state.now(), f"{deployment.name}-published", deployment.model_id)
        deployment.progress.begin("BUILDING", "DEPLOYING", "ACTIVE")
        state.deployments[deployment.id] = deployment
    key = deployment.model_id, PRODUCTION
    environment = state.environments.get(key)
    if environment is None:
        environment = state.environments[key] = Environment(PRODUCTION, state.now(), deployment.model_id)
    begin_promotion(environment, deployment, body.get("scale_down_previous_production", True))
    return deployment.show()


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


def update_autoscaling(state: State, call: Call) -> Any:
    deployment = _deployment(state, call)
    is_changed = merge_autoscaling(deployment.autoscaling, object_body(call))
    return update_result(is_changed)


def merge_autoscaling(settings: dict[str, Any], update: Mapping[str, Any]) -> bool:
    """Applies the known fields of an update, all or nothing; returns True if it changed anything. Raises 422."""
    known = {field: update[field] for field in AUTOSCALING if update.get(field) is not None}
    for field, value in known.items():
        _, lowest = AUTOSCALING[field]
        if not isinstance(value, int) or isinstance(value, bool):
            raise invalid(f"{field} must be an integer")
        if value < lowest:
            raise invalid(f"{field} must be >= {lowest}")
    merged = settings | known
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


OPERATIONS: Mapping[str, Handler] = {
    "deployments.list": list_deployments,
    "deployments.get": get_deployment,
    "deployments.get_production": get_deployment,
    "deployments.get_development": for_development(get_deployment),
    "deployments.delete": delete_deployment,
    "deployments.activate": activate,
    "deployments.activate_development": for_development(activate),
    "deployments.deactivate": deactivate,
    "deployments.deactivate_development": for_development(deactivate),
    "deployments.promote": promote,
    "deployments.promote_development": for_development(promote),
    "deployments.update_autoscaling": update_autoscaling,
    "deployments.update_development_autoscaling": for_development(update_autoscaling),
}
