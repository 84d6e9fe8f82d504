"""Models, chains, secrets and API keys."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import attrs

from lowcodeapi_baseten.testing.objects import PRODUCTION, TEAM, APIKey, Model, Secret
from lowcodeapi_baseten.testing.state import Handler, State
from lowcodeapi_baseten.testing.upstream import Call, found, invalid, not_found, object_body, required

KEY_TYPES = ("PERSONAL", "WORKSPACE_MANAGE_ALL", "WORKSPACE_EXPORT_METRICS", "WORKSPACE_INVOKE")


def _show_model(state: State, model: Model) -> dict[str, Any]:
    deployments = state.deployments_of(model.id).values()
    return {
        **attrs.asdict(model),
        "deployments_count": len(deployments),
        "production_deployment_id": next((d.id for d in deployments if d.environment == PRODUCTION), None),
        "development_deployment_id": next((d.id for d in deployments if d.is_development), None),
        "instance_type_name": "1x4",
        "team_name": TEAM,
    }


def list_models(state: State, call: Call) -> Any:
    shown = [_show_model(state, model) for model in state.models.values()]
    return shown if state.settings.models_list == "bare" else {"models": shown}


def get_model(state: State, call: Call) -> Any:
    return _show_model(state, state.model(call))


def delete_model(state: State, call: Call) -> Any:
    model = state.model(call)
    del state.models[model.id]
    state.deployments = {id: d for id, d in state.deployments.items() if d.model_id != model.id}
    state.environments = {key: e for key, e in state.environments.items() if e.model_id != model.id}
    return {"id": model.id, "deleted": True}


def list_chains(state: State, call: Call) -> Any:
    return {"chains": [chain.show() for chain in state.chains.values()]}


def get_chain(state: State, call: Call) -> Any:
    return found(state.chains, call.path["chain_id"], "Chain").show()


def delete_chain(state: State, call: Call) -> Any:
    chain = found(state.chains, call.path["chain_id"], "Chain")
    del state.chains[chain.id]
    return {"id": chain.id, "deleted": True}


def list_secrets(state: State, call: Call) -> Any:
    return {"secrets": [secret.show() for secret in state.secrets.values()]}


def upsert_secret(state: State, call: Call) -> Any:
    body = object_body(call)
    name, value = required(body, "name"), required(body, "value")
    secret = state.secrets.get(name)
    if secret is None:
        secret = state.secrets[name] = Secret(state.new_id("secret"), state.now(), name, value)
    secret.value = value
    return secret.show()


def list_api_keys(state: State, call: Call) -> Any:
    return {"keys": [key.show() for key in state.api_keys.values()]}


def create_api_key(state: State, call: Call) -> Any:
    body = object_body(call)
    kind = required(body, "type")
    if kind not in KEY_TYPES:
        raise invalid(f"type must be one of {', '.join(KEY_TYPES)}")
    digest = hashlib.sha256(state.new_id("key").encode()).hexdigest()
    prefix, secret = digest[:8], digest[8:40]
    state.api_keys[prefix] = APIKey(prefix, body.get("name"), kind, body.get("model_ids"))
    return {"api_key": f"{prefix}.{secret}"}


def delete_api_key(state: State, call: Call) -> Any:
    prefix = call.path.get("prefix")
    if prefix is None:
        if state.settings.api_key_delete == "path":
            raise not_found("Route")
        prefix = call.query.get("prefix")
    if not prefix:
        raise invalid("prefix is required")
    del state.api_keys[found(state.api_keys, prefix, "API key").prefix]
    return {"prefix": prefix}


OPERATIONS: Mapping[str, Handler] = {
    "models.list": list_models,
    "models.get": get_model,
    "models.delete": delete_model,
    "chains.list": list_chains,
    "chains.get": get_chain,
    "chains.delete": delete_chain,
    "secrets.list": list_secrets,
    "secrets.upsert": upsert_secret,
    "api_keys.list": list_api_keys,
    "api_keys.create": create_api_key,
    "api_keys.delete": delete_api_key,
}
