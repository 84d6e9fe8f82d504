"""Environments, and the course of a promotion to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lowcodeapi_baseten.testing.deployments import begin_promotion, merge_autoscaling, update_result
from lowcodeapi_baseten.testing.state import Deployment, Environment, instance_type
from lowcodeapi_baseten.testing.upstream import Answer, Call, invalid, not_found, object_body, refusal, required

if TYPE_CHECKING:
    from lowcodeapi_baseten.testing.baseten import Baseten

_TRAFFIC = {"RELEASING": 0, "RAMPING_UP": 50, "RAMPING_DOWN": 25, "SUCCEEDED": 100}


def _environment(baseten: Baseten, call: Call) -> Environment:
    found = baseten.environments.get((baseten.model(call).id, call.path["env_name"]))
    if found is None:
        raise not_found("Environment")
    return found


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
        "instance_type": instance_type(),
    }


def list_environments(baseten: Baseten, call: Call) -> Answer:
    environments = baseten.environments_of(baseten.model(call).id)
    return Answer(200, {"environments": [_look(baseten, environment) for environment in environments]})


def get_environment(baseten: Baseten, call: Call) -> Answer:
    return Answer(200, _look(baseten, _environment(baseten, call)))


def create_environment(baseten: Baseten, call: Call) -> Answer:
    model, body = baseten.model(call), object_body(call)
    name = required(body, "name")
    if (model.id, name) in baseten.environments:
        raise refusal(409, "ALREADY_EXISTS", f"environment {name} exists")
    environment = Environment(name, baseten.now(), model.id)
    _apply_settings(environment, body)
    baseten.environments[model.id, name] = environment
    return Answer(200, _show(baseten, environment))


def update_environment(baseten: Baseten, call: Call) -> Answer:
    environment = _environment(baseten, call)
    is_changed = _apply_settings(environment, object_body(call))
    current = baseten.deployments.get(environment.current or "")
    if is_changed and current is not None:
        current.autoscaling = dict(environment.autoscaling)
    return Answer(200, update_result(is_changed))


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


def _current(baseten: Baseten, call: Call) -> Deployment:
    current = baseten.deployments.get(_environment(baseten, call).current or "")
    if current is None:
        raise not_found("Deployment")
    return current


def activate(baseten: Baseten, call: Call) -> Answer:
    _current(baseten, call).activate()
    return Answer(200, {"success": True})


def deactivate(baseten: Baseten, call: Call) -> Answer:
    _current(baseten, call).deactivate()
    return Answer(200, {"success": True})


def promote(baseten: Baseten, call: Call) -> Answer:
    environment, body = _environment(baseten, call), object_body(call)
    deployment = baseten.deployments.get(required(body, "deployment_id"))
    if deployment is None or deployment.model_id != environment.model_id:
        raise not_found("Deployment")
    begin_promotion(environment, deployment, body.get("scale_down_previous_deployment", True))
    return Answer(200, deployment.show())


def cancel_promotion(baseten: Baseten, call: Call) -> Answer:
    environment = _environment(baseten, call)
    promotion = environment.promotion
    if promotion is None or promotion.status == "SUCCEEDED":
        raise refusal(400, "BAD_REQUEST", f"no promotion to {environment.name} is in progress")
    if promotion.status in ("RELEASING", "CANCELED"):
        promotion.begin("CANCELED")
        environment.candidate = None
        return Answer(200, {"status": "CANCELED", "message": "The promotion was canceled"})
    if promotion.status != "RAMPING_DOWN":  # traffic has moved already, and has to move back
        promotion.begin("RAMPING_DOWN", "CANCELED")
    return Answer(200, {"status": "RAMPING_DOWN", "message": "Traffic is moving back"})


OPERATIONS = {
    "environments.list": list_environments,
    "environments.get": get_environment,
    "environments.create": create_environment,
    "environments.update": update_environment,
    "environments.activate": activate,
    "environments.deactivate": deactivate,
    "environments.promote": promote,
    "environments.cancel_promotion": cancel_promotion,
}
