"""Models, chains, secrets and API keys."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from lowcodeapi_baseten.testing.state import PRODUCTION, TEAM, APIKey, Model, Secret
from lowcodeapi_baseten.testing.upstream import Answer, Call, invalid, not_found, object_body, required

if TYPE_CHECKING:
    from lowcodeapi_baseten.testing.baseten import Baseten

KEY_TYPES = ("PERSONAL", "WORKSPACE_MANAGE_ALL", "WORKSPACE_EXPORT_METRICS", "WORKSPACE_INVOKE")


def _show_model(baseten: Baseten, model: Model) -> dict[str, Any]:
    deployments = baseten.deployments_of(model.id)
    return {
        "id": model.id,
        "created_at": model.created_at,
        "name": model.name,
        "deployments_count": len(deployments),
        "production_deployment_id": next((d.id for d in deployments if d.environment == PRODUCTION), None),
        "development_deployment_id": next((d.id for d in deployments if d.is_development), None),
        "instance_type_name": "1x4",
        "team_name": TEAM,
    }


def list_models(baseten: Baseten, call: Call) -> Answer:
    shown = [_show_model(baseten, model) for model in baseten.models.values()]
    return Answer(200, shown if baseten.settings.models_list == "bare" else {"models": shown})


def get_model(baseten: Baseten, call: Call) -> Answer:
    return Answer(200, _show_model(baseten, baseten.model(call)))


def delete_model(baseten: Baseten, call: Call) -> Answer:
    model = baseten.model(call)
    del baseten.models[model.id]
    baseten.deployments = {id: d for id, d in baseten.deployments.items() if d.model_id != model.id}
    baseten.environments = {key: e for key, e in baseten.environments.items() if e.model_id != model.id}
    return Answer(200, {"id": model.id, "deleted": True})


def list_chains(baseten: Baseten, call: Call) -> Answer:
    return Answer(200, {"chains": [chain.show() for chain in baseten.chains.values()]})


def get_chain(baseten: Baseten, call: Call) -> Answer:
    chain = baseten.chains.get(call.path["chain_id"])
    if chain is None:
        raise not_found("Chain")
    return Answer(200, chain.show())


def delete_chain(baseten: Baseten, call: Call) -> Answer:
    chain = baseten.chains.pop(call.path["chain_id"], None)
    if chain is None:
        raise not_found("Chain")
    return Answer(200, {"id": chain.id, "deleted": True})


def list_secrets(baseten: Baseten, call: Call) -> Answer:
    return Answer(200, {"secrets": [secret.show() for secret in baseten.secrets.values()]})


def upsert_secret(baseten: Baseten, call: Call) -> Answer:
    body = object_body(call)
    name, value = required(body, "name"), required(body, "value")
    secret = baseten.secrets.get(name)
    if secret is None:
        secret = baseten.secrets[name] = Secret(baseten.new_id("secret"), baseten.now(), name, value)
    secret.value = value
    return Answer(200, secret.show())


def list_api_keys(baseten: Baseten, call: Call) -> Answer:
    return Answer(200, {"keys": [key.show() for key in baseten.api_keys.values()]})


def create_api_key(baseten: Baseten, call: Call) -> Answer:
    body = object_body(call)
    kind = required(body, "type")
    if kind not in KEY_TYPES:
        raise invalid(f"type must be one of {', '.join(KEY_TYPES)}")
    id = baseten.new_id("key")
    digest = hashlib.sha256(id.encode()).hexdigest()
    prefix, secret = digest[:8], digest[8:40]
    baseten.api_keys[prefix] = APIKey(prefix, body.get("name"), kind, body.get("model_ids"))
    return Answer(200, {"api_key": f"{prefix}.{secret}"})


def delete_api_key(baseten: Baseten, call: Call) -> Answer:
    prefix = call.path.get("prefix")
    if prefix is None:
        if baseten.settings.api_key_delete == "path":
            raise not_found("Route")
        prefix = call.query.get("prefix")
    if not prefix:
        raise invalid("prefix is required")
    if baseten.api_keys.pop(prefix, None) is None:
        raise not_found("API key")
    return Answer(200, {"prefix": prefix})


OPERATIONS = {
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
