"""Environments, and the course of a promotion to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .baseten import Baseten, handles
from .deployments import begin_promotion, merge_autoscaling, update_result
from .objects import INSTANCE_TYPE, Environment
from .upstream import Call, found, invalid, object_body, refusal, required

_TRAFFIC = {"RELEASING": 0, "RAMPING_UP": 50, "RAMPING_DOWN": 25, "SUCCEEDED": 100}


def _environment(baseten: Baseten, call: Call) -> Environment:
    return found(baseten.environments_of(baseten.model(call).id), call.path["env_name"], "Environment")


def _look(baseten: Baseten, environment: Environment) -> dict[str, Any]:
    """``Environment``; moves its promotion and its deployments one step."""
    promotion = environment.promotion
    if promotion is not None:
        if promotion.is_over():  # its last status has been shown once
            environment.promotion = environment.candidate = None
        elif promotion.look() == "SUCCEEDED":
            _finish_promotion(baseten, environment)
    for id in {environment.current, environment.candidate} - {None}:
        baseten.deployments[str(id)].progress.look()
    return _show(baseten, environment)


def _finish_promotion(baseten: Baseten, environment: Environment) -> None:
    previous = baseten.deployments.get(environment.current or "")
    candidate = baseten.deployments[environment.candidate or ""]
    if previous is not None and previous is not candidate:
        previous.environment = None
        if environment.scale_down_previous:
            previous.progress.begin("SCALED_TO_ZERO")
    candidate.environment = environment.name
    environment.current, environment.candidate = candidate.id, None


def _show(baseten: Baseten, environment: Environment) -> dict[str, Any]:
    def shown(id: str | None) -> dict[str, Any] | None:
        return None if id is None else baseten.deployments[id].show()

    promotion = environment.promotion
    return {
        "name": environment.name,
        "created_at": environment.created_at,
        "model_id": environment.model_id,
        "current_deployment": shown(environment.current),
        "candidate_deployment": shown(environment.candidate),
        "in_progress_promotion": promotion
        and {
            "status": promotion.status,
            "percent_traffic_to_new_version": _TRAFFIC.get(promotion.status, 0),
            "error_message": None,
            "rolling_deploy": environment.promotion_settings["rolling_deploy"],
        },
        "autoscaling_settings": dict(environment.autoscaling),
        "promotion_settings": dict(environment.promotion_settings),
        "instance_type": INSTANCE_TYPE,
    }


@handles("environments.list")
def list_environments(baseten: Baseten, call: Call) -> Any:
    environments = baseten.environments_of(baseten.model(call).id).values()
    return {"environments": [_look(baseten, environment) for environment in environments]}


@handles("environments.get")
def get_environment(baseten: Baseten, call: Call) -> Any:
    return _look(baseten, _environment(baseten, call))


@handles("environments.create")
def create_environment(baseten: Baseten, call: Call) -> Any:
    model, body = baseten.model(call), object_body(call)
    name = required(body, "name")
    if (model.id, name) in baseten.environments:
        raise refusal(409, "ALREADY_EXISTS", f"environment {name} exists")
    environment = Environment(name, baseten.now(), model.id)
    _apply_settings(environment, body)
    baseten.environments[model.id, name] = environment
    return _show(baseten, environment)


@handles("environments.update")
def update_environment(baseten: Baseten, call: Call) -> Any:
    environment = _environment(baseten, call)
    is_changed = _apply_settings(environment, object_body(call))
    current = baseten.deployments.get(environment.current or "")
    if is_changed and current is not None:
        current.autoscaling = dict(environment.autoscaling)
    return update_result(is_changed)


def _apply_settings(environment: Environment, body: Mapping[str, Any]) -> bool:
    update = body.get("promotion_settings") or {}
    scaling = body.get("autoscaling_settings") or {}
    if not isinstance(update, dict) or not isinstance(scaling, dict):
        raise invalid("autoscaling_settings and promotion_settings must be objects")
    is_changed = merge_autoscaling(environment.autoscaling, scaling)
    settings = environment.promotion_settings
    merged = settings | {name: value for name, value in update.items() if name in settings}
    is_changed = is_changed or merged != settings
    settings.update(merged)
    return is_changed


@handles("environments.promote")
def promote(baseten: Baseten, call: Call) -> Any:
    environment, body = _environment(baseten, call), object_body(call)
    deployment = found(baseten.deployments_of(environment.model_id), required(body, "deployment_id"), "Deployment")
    begin_promotion(environment, deployment, body.get("scale_down_previous_deployment", True))
    return deployment.show()


@handles("environments.cancel_promotion")
def cancel_promotion(baseten: Baseten, call: Call) -> Any:
    environment = _environment(baseten, call)
    promotion = environment.promotion
    if promotion is None or promotion.status == "SUCCEEDED":
        raise refusal(400, "BAD_REQUEST", f"no promotion to {environment.name} is in progress")
    if promotion.status in ("RELEASING", "CANCELED"):
        promotion.begin("CANCELED")
        environment.candidate = None
        return {"status": "CANCELED", "message": "The promotion was canceled"}
    if promotion.status != "RAMPING_DOWN":  # traffic has moved already, and has to move back
        promotion.begin("RAMPING_DOWN", "CANCELED")
    return {"status": "RAMPING_DOWN", "message": "Traffic is moving back"}
