"""Changes that LowCodeAPI and Baseten might make to their API, and the report of `diff` on each.

The base is a frozen part of Baseten's documents and of the overlay, in `tests/diff/base/`. The expected reports are in
`tests/diff/golden/`. `python -m tests.diff.scenarios` writes them again, for review in the git diff.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import attrs

from codegen.diff.command import render
from codegen.diff.source import Source
from codegen.document import reading
from codegen.document.shape import copied
from codegen.overlay import overlay
from codegen.overlay.overlay import Action
from tests.diff.documents import BOTH, GONE, Edits, From, Json, edited, put, report

FOLDER = Path(__file__).parent
GOLDEN = FOLDER / "golden"
Actions = list[Action]


@attrs.frozen
class Scenario:
    """Edits of the new version, or of the old one. `only` and `old_only` name the documents that are edited."""

    about: str
    new: Edits = attrs.field(factory=dict)
    old: Edits = attrs.field(factory=dict)
    entries: Edits = attrs.field(factory=dict)
    """Edits of the new overlay: `GET /v1/models#/x-safety` of an operation's update, `schemas#/Model` of a schema."""
    actions: Callable[[Actions], Actions] = lambda actions: actions
    only: Iterable[str] = BOTH
    old_only: Iterable[str] = BOTH
    without: tuple[Iterable[str], Iterable[str]] = ((), ())
    """The documents that the old and the new version lack."""


@functools.cache
def base() -> tuple[dict[str, Json], Actions]:
    documents = reading.load(FOLDER / "base")
    return {name: documents[name] or {} for name in BOTH}, list(overlay.load(FOLDER / "base" / "overlay.yaml"))


def versions(*scenarios: Scenario) -> tuple[Source, Source]:
    """The old and the new version of one scenario, or of several at once."""
    documents, actions = base()
    old = new = documents
    changed = [attrs.evolve(each, update=copied(each.update), was=copied(each.was)) for each in actions]
    for each in scenarios:
        old, new = edited(each.old, each.old_only, old), edited(each.new, each.only, new)
        for key, value in each.entries.items():
            place, _, pointer = key.partition("#")
            put(_entry(changed, place), pointer, value)
        changed = each.actions(changed)
    one, other = ({name for each in scenarios for name in each.without[side]} for side in (0, 1))
    return (
        Source("old", {name: None if name in one else old[name] for name in BOTH}, tuple(actions), {}),
        Source("new", {name: None if name in other else new[name] for name in BOTH}, tuple(changed), {}),
    )


def _entry(actions: Actions, place: str) -> Json:
    """The overlay's update of an operation, or its shared schemas."""
    method, _, path = place.partition(" ")
    target = f"$.paths['{path}'].{method.lower()}"
    updates = [each.update for each in actions if each.target == target]
    if place == "schemas":
        shared = (each.update.get("components", each.update) for each in actions if isinstance(each.update, dict))
        updates = [each["schemas"] for each in shared if "schemas" in each]
    found: Json = updates[0]
    return found


def told(name: str) -> tuple[str, dict[str, str]]:
    """The description of a scenario, and its reports by suffix of the golden file."""
    old, new = versions(*([SCENARIOS[each] for each in MANY] if name == "many-at-once" else []), SCENARIOS[name])
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for kind, document in new.documents.items():
            if document is not None:
                new.files[kind] = Path(f"{kind}.json")
                new.files[kind].write_bytes(reading.canonical(document))
        new.files["overlay"] = Path("overlay.yaml")
        found = report(old, new)
        forms = {"md": "markdown", "json": "json"}
        return SCENARIOS[name].about, {end: render(found, form, version="1.2.3") for end, form in forms.items()}


# --- pointers, and what is put there ---------------------------------------------------------------------------------


def path(place: str) -> str:
    return f"/paths/{place.partition(' ')[2].replace('/', '~1')}"


def operation(place: str) -> str:
    """The pointer to an operation, such as `GET /v1/models`."""
    return f"{path(place)}/{place.partition(' ')[0].lower()}"


SCHEMA = "requestBody/content/application~1json/schema"


def field(place: str, name: str) -> str:
    """The pointer to a field of an operation's body."""
    return f"{operation(place)}/{SCHEMA}/properties/{name.replace('/', '~1')}"


def added(place: str, summary: str, **more: Any) -> Edits:
    """An operation as the gateway would describe it."""
    parameters = [
        {"name": part[1:-1], "in": "path", "required": True, "schema": {"type": "string", "example": ""}}
        for part in place.split("/")
        if part.startswith("{")
    ]
    node = {
        "summary": summary,
        "description": f"{summary}.",
        "tags": ["Models"],
        "externalDocs": {
            "api_endpoint": f"https://api.baseten.co{place.partition(' ')[2]}",
            "api_ref": "https://docs.baseten.co",
        },
        "parameters": parameters,
        "responses": {"401": {"description": "API token required", "content": {"application/json": {}}}},
        "security": [{"ApiToken": []}],
        **more,
    }
    return {operation(place): node}


def sent(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


MODELS = "GET /v1/models"
MODEL = "GET /v1/models/{model_id}"
METRICS = "GET /v1/models/{model_id}/metrics"
ACTIVATE = "POST /v1/models/{model_id}/deployments/{deployment_id}/activate"
DEACTIVATE = "POST /v1/models/{model_id}/deployments/{deployment_id}/deactivate"
AUTOSCALING = "PATCH /v1/models/{model_id}/deployments/{deployment_id}/autoscaling_settings"
ENVIRONMENT = "POST /v1/models/{model_id}/environments"
PREDICT = "POST /environments/{env_name}/predict"
ASYNC = "POST /environments/{env_name}/async_predict"
SECRETS = "GET /v1/secrets"
SECRET = "POST /v1/secrets"
KEY = "POST /v1/api_keys"
SEARCH = "POST /v1/training_jobs/search"
LOGS = "GET /v1/training_projects/{training_project_id}/jobs/{training_job_id}/logs"
CHANGE = "PATCH /v1/secrets"
TAGS = {"name": "tag", "in": "query", "schema": {"type": "string", "example": ""}}
TEXT = {"type": "string"}
NAMED = {"type": "object", "required": [], "properties": {"name": {**TEXT, "required": True}}}
ADDRESS = "externalDocs/api_endpoint"


def listed(**more: Any) -> Json:
    return {**TAGS, "schema": {"type": "array", "items": TEXT, **more}}


def moved(old: str, new: str) -> Edits:
    return {operation(new): From(operation(old))}


def behind(*places: str, **more: Any) -> Edits:
    """Operations whose body is behind a reference."""
    schema = {"type": "object", "properties": {"name": {**TEXT, **more}, "value": TEXT}}
    body = sent({"$ref": "#/components/schemas/InternalSecret"})
    edits = {"/components/schemas": {"InternalSecret": schema}}
    for place in places:
        edits |= added(place, "Change secret", requestBody=body)
    return edits


def _with_stored_secret(actions: Actions) -> Actions:
    updates = [json.dumps(each.update).replace('schemas/Secret"', 'schemas/StoredSecret"') for each in actions]
    renamed = [attrs.evolve(each, update=json.loads(text)) for each, text in zip(actions, updates, strict=True)]
    put(_entry(renamed, "schemas"), "/StoredSecret", From("/Secret"))
    return renamed


def _moved_hosts(paths: Json) -> Any:
    return json.loads(re.sub(r'("api_endpoint": "[^"]*)api\.baseten', r"\1api.eu.baseten", json.dumps(paths)))


def _with_renamed_place(actions: Actions) -> Actions:
    old, new = "{deployment_id}/activate", "{deployment}/activate"
    return [attrs.evolve(each, target=each.target.replace(old, new)) for each in actions]


def _with_longer_enum(actions: Actions) -> Actions:
    return [
        attrs.evolve(each, was={**each.was, "enum": [*each.was["enum"], "TEMPORARY"]})
        if each.target.endswith("properties.type")
        else each
        for each in actions
    ]


def _with_pause(actions: Actions) -> Actions:
    update = {"operationId": "models.pause", "x-safety": "idempotent"}
    node = {"target": "$.paths['/v1/models/{model_id}/pause'].post", "update": update}
    return [*actions, overlay.action(node, "overlay.yaml:1, action 99")]


# --- the scenarios ---------------------------------------------------------------------------------------------------

RENAMED = ACTIVATE.replace("deployment_id", "deployment")
MANY = ("new-endpoints-with-bodies", "endpoint-removed", "enum-grew", "required-field-added")
SCENARIOS = {
    "noise": Scenario(
        "Nothing has changed: the gateway reshuffles its tables.",
        {
            "/servers/0/url": lambda old: f"{old}/",
            f"{field(SECRET, 'name')}/description": lambda old: f"  {old}\n",
            f"{operation(MODEL)}/parameters/0/schema/example": GONE,
            f"{field(ASYNC, 'priority')}/example": "",
        },
    ),
    "new-endpoint-in-one-format-first": Scenario(
        "Baseten's new endpoint is only in the new format's document so far.",
        added(METRICS, "Get model metrics"),
        only=("openapi",),
    ),
    "new-endpoints-with-bodies": Scenario(
        "Two new endpoints, one with a body.",
        {
            **added("POST /v1/models/{model_id}/rename", "Rename model", requestBody=sent(NAMED)),
            **added("GET /v1/instance_types", "List instance types"),
        },
    ),
    "new-endpoint-with-an-entry": Scenario(
        "A new endpoint already has an overlay entry.",
        added("POST /v1/models/{model_id}/pause", "Pause model"),
        actions=_with_pause,
    ),
    "endpoint-removed": Scenario(
        "An endpoint is gone from both documents; the overlay still names it.", {operation(SECRETS): GONE}
    ),
    "endpoint-removed-from-one-format": Scenario(
        "The old format's document drops an endpoint.",
        {operation(SEARCH): GONE, operation(LOGS): GONE},
        only=("definition",),
    ),
    "field-renamed": Scenario(
        "The guide's slip in reverse: `min_replica` becomes `min_replicas`.",
        {
            field(AUTOSCALING, "min_replicas"): From(field(AUTOSCALING, "min_replica")),
            field(AUTOSCALING, "max_replicas"): From(field(AUTOSCALING, "max_replica")),
        },
    ),
    "enum-grew": Scenario(
        "A deployment has two new states.",
        entries={"schemas#/DeploymentStatus/enum": lambda old: [*old, "PAUSED", "RESUMING"]},
    ),
    "enum-shrank": Scenario(
        "A state of a deployment no longer exists.",
        entries={"schemas#/DeploymentStatus/enum": lambda old: [each for each in old if each != "SCALED_TO_ZERO"]},
    ),
    "model-id-moves-into-the-query": Scenario(
        "The new format drops its path parameter.",
        {**moved(MODEL, "GET /v1/model"), f"{operation('GET /v1/model')}/parameters/0/in": "query"},
        only=("openapi",),
    ),
    "deactivate-slip-corrected": Scenario(
        "The guide's *deactivate* had the endpoint of *activate*. Now it has its own.",
        old={f"{operation(DEACTIVATE)}/{ADDRESS}": lambda old: old.replace("deactivate", "activate")},
    ),
    "async-input-slip": Scenario(
        "The document copies the guide's slip: `input`, although Baseten reads `model_input`.",
        {field(ASYNC, "input"): From(field(ASYNC, "model_input"))},
    ),
    "required-field-added": Scenario(
        "A key needs a purpose, and a secret may have a description.",
        {
            field(KEY, "purpose"): {**TEXT, "description": "What the key is for", "required": True},
            field(SECRET, "description"): {**TEXT, "description": "What the secret is for"},
        },
    ),
    "field-becomes-required": Scenario(
        "`webhook_endpoint` becomes required.", {f"{field(ASYNC, 'webhook_endpoint')}/required": True}
    ),
    "field-becomes-required-in-one-document": Scenario(
        "Only one document says that `webhook_endpoint` is required.",
        {f"{field(ASYNC, 'webhook_endpoint')}/required": True},
        only=("openapi",),
    ),
    "type-widened-and-narrowed": Scenario(
        "A whole number becomes any number, and a text a whole number.",
        {
            f"{field(ASYNC, 'max_time_in_queue_seconds')}/type": "number",
            f"{field(ASYNC, 'webhook_endpoint')}/type": "integer",
        },
    ),
    "documents-disagree-on-a-type": Scenario(
        "One document says that `priority` is a text.",
        {f"{field(ASYNC, 'priority')}/type": "string"},
        only=("definition",),
    ),
    "list-becomes-paged": Scenario(
        "The list of models becomes paged.",
        {f"{operation(MODELS)}/parameters": [{**TAGS, "name": "page_token"}]},
        entries={
            "schemas#/Models/properties/next_page_token": {
                "type": ["string", "null"],
                "description": "Where the next page begins.",
            }
        },
    ),
    "answer-loses-a-field": Scenario(
        "A model's team is no longer in the answer, and its name may be missing.",
        entries={
            "schemas#/Model/properties/team_name": GONE,
            "schemas#/Model/required": lambda old: [each for each in old if each not in ("team_name", "name")],
        },
    ),
    "answer-becomes-nullable": Scenario(
        "A deployment's name may be null, and its replicas may be a fraction.",
        entries={
            "schemas#/Deployment/properties/name/type": ["string", "null"],
            "schemas#/Deployment/properties/active_replica_count/type": "number",
        },
    ),
    "status-codes": Scenario(
        "Creating an environment answers 201, or 409 if it exists.",
        entries={
            f"{ENVIRONMENT}#/responses": lambda old: {
                "201" if "200" in old else "200": next(iter(old.values())),
                "409": {"description": "There is an environment of this name"},
            }
        },
    ),
    "gateway-moves": Scenario(
        "The gateway's address changes.", {"/servers": [{"url": "https://gateway.lowcodeapi.com/v2/baseten"}]}
    ),
    "token-moves-into-a-header": Scenario(
        "The token moves into a header.", {"/components/securitySchemes/ApiToken": {"type": "http", "scheme": "bearer"}}
    ),
    "operation-loses-its-protection": Scenario(
        "According to the document, an operation no longer needs a token.", {f"{operation(MODELS)}/security": []}
    ),
    "old-format-is-switched-off": Scenario("The old format's document is gone.", without=((), ("definition",))),
    "paths-get-a-version": Scenario(
        "Management moves from `/v1` to `/v2`; the overlay still says `/v1`.",
        {**moved(MODELS, "GET /v2/models"), **moved(SECRETS, "GET /v2/secrets")},
    ),
    "path-parameter-renamed": Scenario(
        "A placeholder in a URL gets another name. (The old format would send the name.)",
        {**moved(ACTIVATE, RENAMED), f"{operation(RENAMED)}/parameters/1/name": "deployment"},
        actions=_with_renamed_place,
        without=(("definition",), ("definition",)),
    ),
    "method-changes": Scenario("Setting a secret uses PUT, not POST.", moved(SECRET, "PUT /v1/secrets")),
    "upstream-moves": Scenario("Baseten moves to another host.", {"/paths": _moved_hosts}),
    "overlay-renames-a-method": Scenario(
        "A name in the overlay changes, nothing on the wire.", entries={f"{MODELS}#/operationId": "models.list_all"}
    ),
    "overlay-reclassifies": Scenario(
        "Promoting becomes idempotent, waking becomes unsafe, and a deadline is doubled.",
        entries={
            f"{ENVIRONMENT}#/x-safety": "idempotent",
            "POST /production/wake#/x-safety": "unsafe",
            f"{PREDICT}#/x-timeout": 1200,
        },
    ),
    "overlay-renames-a-class": Scenario("A shared schema gets another name.", actions=_with_stored_secret),
    "overlay-hides-a-change": Scenario(
        "A key can do more. The overlay replaces the list, and was updated to fit the new one.",
        {f"{field(KEY, 'type')}/enum/-": "TEMPORARY"},
        actions=_with_longer_enum,
    ),
    "two-operations-of-one-name": Scenario(
        "Two new endpoints have the same group and summary.",
        {**added("GET /v1/gpus", "List gpus"), **added("GET /v1/all_gpus", "List gpus")},
    ),
    "reference-leads-nowhere": Scenario(
        "The document refers to a missing schema: the field may be anything.",
        {field(SECRET, "scope"): {"$ref": "#/components/schemas/Scope"}},
    ),
    "texts": Scenario(
        "Somebody improves the wording.",
        {
            f"{operation(LOGS)}/summary": "Read the logs of a training job",
            f"{field(ASYNC, 'priority')}/description": "0 (first) to 2 (last), 1 by default",
        },
    ),
    "hostile-texts": Scenario(
        "Names and texts that try to become markup, commands or escapes.",
        {
            field(KEY, "``<img src=x onerror=alert(1)>|**b**"): {**TEXT, "description": "\u001b[31m::error::x"},
            f"{operation(MODELS)}/parameters": [{**TAGS, "name": "a\r\n::warning::@everyone\u202e"}],
            f"{operation(MODELS)}/deprecated": True,
        },
    ),
    "change-behind-a-reference": Scenario(
        "A component that two operations use lowers the limit of a name's length.",
        behind(CHANGE, "PUT /v1/secrets/all", maxLength=8),
        behind(CHANGE, "PUT /v1/secrets/all", maxLength=9),
    ),
    "keywords-that-narrow": Scenario(
        "A body, its fields and a parameter get rules that types can't express.",
        {
            f"{operation(ASYNC)}/{SCHEMA}": lambda old: {
                **old,
                "dependentRequired": {"priority": ["webhook_endpoint"]},
                "propertyNames": {"maxLength": 40},
                "if": {"required": ["priority"]},
                "then": {"required": ["webhook_endpoint"]},
                "patternProperties": {"^x-": TEXT},
                "unevaluatedProperties": False,
            },
            f"{field(ASYNC, 'webhook_endpoint')}/not": {"pattern": "^http:"},
            f"{operation(MODELS)}/parameters": [listed(contains={"const": "a"}, prefixItems=[{}])],
        },
        {f"{operation(MODELS)}/parameters": [listed()]},
    ),
    "new-endpoint-reaches-the-second-format": Scenario(
        "An endpoint that was in one document is now in both.",
        added(METRICS, "Get model metrics"),
        added(METRICS, "Get model metrics"),
        old_only=("openapi",),
    ),
    "many-at-once": Scenario(
        "A release: endpoints come, go and change.",
        {f"{operation(ACTIVATE)}/deprecated": True, f"{operation(LOGS)}/parameters/-": TAGS},
    ),
}


def main() -> None:
    """Write the reports of every scenario."""
    for name in SCENARIOS:
        for end, text in told(name)[1].items():
            (GOLDEN / f"{name}.{end}").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
