"""Deployments: activated, promoted, scaled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .baseten import Baseten, handles
from .objects import AUTOSCALING, PRODUCTION, Deployment, Environment, Progress
from .upstream import Call, invalid, object_body, refusal


@handles("deployments.list")
def list_deployments(baseten: Baseten, call: Call) -> Any:
    shown = [deployment.look() for deployment in baseten.deployments_of(baseten.model(call).id).values()]
    return {"deployments": shown}


@handles("deployments.get", "deployments.get_production", "deployments.get_development")
def get_deployment(baseten: Baseten, call: Call) -> Any:
    return baseten.deployment(call).look()


@handles("deployments.delete")
def delete_deployment(baseten: Baseten, call: Call) -> Any:
    deployment = baseten.deployment(call)
    del baseten.deployments[deployment.id]
    for environment in baseten.environments_of(deployment.model_id).values():
        if environment.current == deployment.id:
            environment.current = None
        if environment.candidate == deployment.id:
            environment.candidate = environment.promotion = None
    return {"id": deployment.id, "deleted": True, "model_id": deployment.model_id}


@handles("deployments.activate", "deployments.activate_development", "environments.activate")
def activate(baseten: Baseten, call: Call) -> Any:
    baseten.deployment(call).activate()
    return {"success": True}


@handles("deployments.deactivate", "deployments.deactivate_development", "environments.deactivate")
def deactivate(baseten: Baseten, call: Call) -> Any:
    baseten.deployment(call).deactivate()
    return {"success": True}


@handles("deployments.promote", "deployments.promote_development")
def promote(baseten: Baseten, call: Call) -> Any:
    deployment = baseten.deployment(call)
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


@handles("deployments.update_autoscaling", "deployments.update_development_autoscaling")
def update_autoscaling(baseten: Baseten, call: Call) -> Any:
    deployment = baseten.deployment(call)
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
