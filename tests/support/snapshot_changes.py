"""Changes of both documents at once, as a gateway makes them, which `make update` must carry through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from codegen.pair import pair

Json = dict[str, Any]
Change = Callable[[Json, Callable[[str], str]], object]
"""Changes a document. The function spells a new path in that document's format."""

AUTOSCALING = "/v1/models/{model_id}/deployments/development/autoscaling_settings"
LOGS = "/v1/training_projects/{training_project_id}/jobs/{training_job_id}/logs"


def added_operation() -> Json:
    answer = {
        "type": "object",
        "required": ["total"],
        "properties": {"total": {"type": "number"}, "currency": {"type": "string"}},
    }
    model_id = {"name": "model_id", "in": "path", "required": True, "schema": {"type": "string", "example": ""}}
    return {
        "summary": "Get model cost",
        "description": "Get model cost.",
        "tags": ["Models"],
        "externalDocs": {"api_endpoint": "https://api.baseten.co/v1/models/{model_id}/cost"},
        "parameters": [model_id],
        "responses": {"200": {"description": "The cost", "content": {"application/json": {"schema": answer}}}},
        "security": [{"ApiToken": []}],
    }


def fields(document: Json, path: str, method: str) -> Json:
    """The schema of a body."""
    schema: Json = document["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    return schema


def _add(document: Json, spelled: Callable[[str], str]) -> None:
    document["paths"][spelled("/v1/models/{model_id}/cost")] = {"get": added_operation()}


def _remove(document: Json, spelled: Callable[[str], str]) -> None:
    del document["paths"][spelled("/v1/chains/{chain_id}")]["delete"]


def _move(document: Json, spelled: Callable[[str], str]) -> None:
    document["paths"]["/v2/secrets"] = document["paths"].pop("/v1/secrets")
    for node in document["paths"]["/v2/secrets"].values():
        node["externalDocs"]["api_endpoint"] = node["externalDocs"]["api_endpoint"].replace("/v1/", "/v2/")


def _field(document: Json, spelled: Callable[[str], str]) -> None:
    fields(document, spelled(AUTOSCALING), "patch")["properties"]["cool_down"] = {"type": "integer"}


def _required(document: Json, spelled: Callable[[str], str]) -> None:
    fields(document, spelled(AUTOSCALING), "patch")["required"] = ["max_replica"]


def _no_field(document: Json, spelled: Callable[[str], str]) -> None:
    del fields(document, "/v1/training_jobs/search", "post")["properties"]["job_id"]


def _retyped(document: Json, spelled: Callable[[str], str]) -> None:
    fields(document, spelled(AUTOSCALING), "patch")["properties"]["max_replica"]["type"] = "number"


def _value(document: Json, spelled: Callable[[str], str]) -> None:
    fields(document, "/v1/api_keys", "post")["properties"]["type"]["enum"].append("TEMPORARY")


def _no_value(document: Json, spelled: Callable[[str], str]) -> None:
    del fields(document, "/v1/api_keys", "post")["properties"]["type"]["enum"][0]


def _parameter(document: Json, spelled: Callable[[str], str]) -> None:
    parameters = document["paths"][spelled(LOGS)]["get"]["parameters"]
    next(each for each in parameters if each["name"] == "limit")["name"] = "max_lines"


def _tag(document: Json, spelled: Callable[[str], str]) -> None:
    for item in document["paths"].values():
        for node in item.values():
            node["tags"] = ["Secret store" if tag == "Secrets" else tag for tag in node["tags"]]


def _schema(document: Json, spelled: Callable[[str], str]) -> None:
    predict = fields(document, spelled("/environments/{env_name}/predict"), "post")
    predict["properties"]["input"] = {"type": "array", "items": {"type": "object"}}


def _server(document: Json, spelled: Callable[[str], str]) -> None:
    document["servers"][0]["url"] = "https://gateway.lowcodeapi.com/baseten"


def _description(document: Json, spelled: Callable[[str], str]) -> None:
    document["paths"]["/v1/models"]["get"]["description"] = "List all models of the workspace."


CHANGES: dict[str, Change] = {
    "an operation added": _add,
    "an operation removed": _remove,
    "an operation moved": _move,
    "a field added": _field,
    "a field made required": _required,
    "a field removed": _no_field,
    "a field retyped": _retyped,
    "an enum value added": _value,
    "an enum value removed": _no_value,
    "a query parameter renamed": _parameter,
    "a tag renamed": _tag,
    "a schema of the overlay": _schema,
    "the server's URL": _server,
    "a description": _description,
}


def changed(openapi: Json, definition: Json, *names: str) -> None:
    """Make the changes in both documents, in place."""
    for name in names:
        CHANGES[name](openapi, str)
        CHANGES[name](definition, pair.sanitised)
