"""Models, chains, secrets and API keys."""

from __future__ import annotations

import hashlib
from typing import Any

import attrs

from .baseten import Baseten, handles
from .objects import PRODUCTION, TEAM, APIKey, Model, Secret
from .upstream import Call, found, invalid, not_found, object_body, required

KEY_TYPES = ("PERSONAL", "WORKSPACE_MANAGE_ALL", "WORKSPACE_EXPORT_METRICS", "WORKSPACE_INVOKE")


def _show_model(baseten: Baseten, model: Model) -> dict[str, Any]:
    deployments = baseten.deployments_of(model.id).values()
    return {
        **attrs.asdict(model),
        "deployments_count": len(deployments),
        "production_deployment_id": next((d.id for d in deployments if d.environment == PRODUCTION), None),
        "development_deployment_id": next((d.id for d in deployments if d.is_development), None),
        "instance_type_name": "1x4",
        "team_name": TEAM,
    }


@handles("models.list")
def list_models(baseten: Baseten, call: Call) -> Any:
    shown = [_show_model(baseten, model) for model in baseten.models.values()]
    return shown if baseten.settings.models_list == "bare" else {"models": shown}


@handles("models.get")
def get_model(baseten: Baseten, call: Call) -> Any:
    return _show_model(baseten, baseten.model(call))


@handles("models.delete")
def delete_model(baseten: Baseten, call: Call) -> Any:
    model = baseten.model(call)
    del baseten.models[model.id]
    baseten.deployments = {id: d for id, d in baseten.deployments.items() if d.model_id != model.id}
    baseten.environments = {key: e for key, e in baseten.environments.items() if e.model_id != model.id}
    return {"id": model.id, "deleted": True}


@handles("chains.list")
def list_chains(baseten: Baseten, call: Call) -> Any:
    return {"chains": [chain.show() for chain in baseten.chains.values()]}


@handles("chains.get")
def get_chain(baseten: Baseten, call: Call) -> Any:
    return found(baseten.chains, call.path["chain_id"], "Chain").show()


@handles("chains.delete")
def delete_chain(baseten: Baseten, call: Call) -> Any:
    chain = found(baseten.chains, call.path["chain_id"], "Chain")
    del baseten.chains[chain.id]
    return {"id": chain.id, "deleted": True}


@handles("secrets.list")
def list_secrets(baseten: Baseten, call: Call) -> Any:
    return {"secrets": [secret.show() for secret in baseten.secrets.values()]}


@handles("secrets.upsert")
def upsert_secret(baseten: Baseten, call: Call) -> Any:
    body = object_body(call)
    name, value = required(body, "name"), required(body, "value")
    secret = baseten.secrets.get(name)
    if secret is None:
        secret = baseten.secrets[name] = Secret(baseten.new_id("secret"), baseten.now(), name, value)
    secret.value = value
    return secret.show()


@handles("api_keys.list")
def list_api_keys(baseten: Baseten, call: Call) -> Any:
    return {"keys": [key.show() for key in baseten.api_keys.values()]}


@handles("api_keys.create")
def create_api_key(baseten: Baseten, call: Call) -> Any:
    body = object_body(call)
    kind = required(body, "type")
    if kind not in KEY_TYPES:
        raise invalid(f"type must be one of {', '.join(KEY_TYPES)}")
    digest = hashlib.sha256(baseten.new_id("key").encode()).hexdigest()
    prefix, secret = digest[:8], digest[8:40]
    baseten.api_keys[prefix] = APIKey(prefix, body.get("name"), kind, body.get("model_ids"))
    return {"api_key": f"{prefix}.{secret}"}


@handles("api_keys.delete")
def delete_api_key(baseten: Baseten, call: Call) -> Any:
    prefix = call.path.get("prefix")
    if prefix is None:
        if baseten.settings.api_key_delete == "path":
            raise not_found("Route")
        prefix = call.query.get("prefix")
    if not prefix:
        raise invalid("prefix is required")
    del baseten.api_keys[found(baseten.api_keys, prefix, "API key").prefix]
    return {"prefix": prefix}
