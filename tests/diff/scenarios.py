"""Changes that LowCodeAPI and Baseten might make to their API, and the report of `diff` on each.

The base is a frozen part of Baseten's documents and of the overlay, in `tests/diff/base/`. The expected reports are in
`tests/diff/golden/`. `python -m tests.diff.scenarios` writes them again, for review in the git diff.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs

from codegen.diff import severity
from codegen.diff.command import render
from codegen.diff.compare import Report, compare
from codegen.diff.source import Source
from codegen.document.reading import canonical
from codegen.overlay import overlay
from codegen.pair.pair import sanitised

Json = dict[str, Any]
FOLDER = Path(__file__).parent
GOLDEN = FOLDER / "golden"
BOTH = ("openapi", "definition")
CONTENT = "application/json"


@attrs.define
class Version:
    """A version to edit."""

    documents: dict[str, Json | None]
    actions: list[overlay.Action]

    def item(self, name: str, path: str) -> Json:
        """The item of a path in a document. The path is in the new format's spelling."""
        document = self.documents[name]
        assert document is not None
        found: Json = document["paths"].setdefault(path if name == "openapi" else sanitised(path), {})
        return found

    def each(self, place: str, *, only: tuple[str, ...] = BOTH) -> Iterator[Json]:
        """An operation, such as `GET /v1/models`, in each document."""
        method, _, path = place.partition(" ")
        for name in only:
            yield self.item(name, path)[method.lower()]

    def fields(self, place: str, *, only: tuple[str, ...] = BOTH) -> Iterator[Json]:
        """The fields of an operation's body, in each document."""
        for node in self.each(place, only=only):
            yield node["requestBody"]["content"][CONTENT]["schema"]["properties"]

    def tops(self) -> Iterator[Json]:
        """Each document."""
        for name in BOTH:
            document = self.documents[name]
            assert document is not None
            yield document

    def add(self, place: str, summary: str, *, only: tuple[str, ...] = BOTH, **more: Any) -> None:
        """Add an operation as the gateway would describe it."""
        method, _, path = place.partition(" ")
        for name in only:
            parameters = [
                {"name": part[1:-1], "in": "path", "required": True, "schema": {"type": "string", "example": ""}}
                for part in path.split("/")
                if part.startswith("{")
            ]
            self.item(name, path)[method.lower()] = {
                "summary": summary,
                "description": f"{summary}.",
                "tags": ["Models"],
                "externalDocs": {"api_endpoint": f"https://api.baseten.co{path}", "api_ref": "https://docs.baseten.co"},
                "parameters": parameters,
                "responses": {"401": {"description": "API token required", "content": {CONTENT: {}}}},
                "security": [{"ApiToken": []}],
                **copy.deepcopy(more),
            }

    def remove(self, place: str, *, only: tuple[str, ...] = BOTH) -> None:
        """Remove an operation."""
        method, _, path = place.partition(" ")
        for name in only:
            item = self.item(name, path)
            del item[method.lower()]

    def move(self, old: str, new: str, *, only: tuple[str, ...] = BOTH) -> None:
        """Move an operation to another place."""
        for name in only:
            (method, _, path), (new_method, _, new_path) = old.partition(" "), new.partition(" ")
            self.item(name, new_path)[new_method.lower()] = self.item(name, path).pop(method.lower())

    def schemas(self) -> Json:
        """The shared schemas of the overlay."""
        for action in self.actions:
            if isinstance(action.update, dict) and "schemas" in action.update:
                found: Json = action.update["schemas"]
                return found
            if isinstance(action.update, dict) and "schemas" in action.update.get("components", {}):
                found = action.update["components"]["schemas"]
                return found
        raise KeyError("schemas")

    def entry(self, place: str) -> Json:
        """The overlay's update of an operation."""
        method, _, path = place.partition(" ")
        target = f"$.paths['{path}'].{method.lower()}"
        update: Json = next(action.update for action in self.actions if action.target == target)
        return update

    def source(self, label: str) -> Source:
        return Source(label, self.documents, tuple(self.actions), {})


Scenario = Callable[[Version, Version], None]
SCENARIOS: dict[str, Scenario] = {}


def scenario(run: Scenario) -> Scenario:
    """Register a scenario under its function's name."""
    SCENARIOS[run.__name__.replace("_", "-")] = run
    return run


def base() -> Version:
    """A copy of the base, to edit."""
    documents: dict[str, Json | None] = {
        name: json.loads((FOLDER / "base" / f"{name}.json").read_text(encoding="utf-8")) for name in BOTH
    }
    return Version(documents, copy.deepcopy(list(_actions())))


@functools.cache
def _actions() -> tuple[overlay.Action, ...]:
    return overlay.load(FOLDER / "base" / "overlay.yaml")


def told(name: str) -> tuple[str, dict[str, str]]:
    """The description of a scenario, and its reports by suffix of the golden file."""
    run = SCENARIOS[name]
    old, new = base(), base()
    run(old, new)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        new_source = new.source("new")
        for kind, document in new.documents.items():
            if document is not None:
                new_source.files[kind] = Path(f"{kind}.json")
                new_source.files[kind].write_bytes(canonical(document))
        new_source.files["overlay"] = Path("overlay.yaml")
        report: Report = compare(old.source("old"), new_source, severity.load())
        forms = {"md": "markdown", "json": "json"}
        return str(run.__doc__), {end: render(report, form, version="1.2.3") for end, form in forms.items()}


MODELS = "GET /v1/models"
MODEL = "GET /v1/models/{model_id}"
DEPLOYMENT = "GET /v1/models/{model_id}/deployments/{deployment_id}"
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
TAGS = {"name": "tag", "in": "query", "schema": {"type": "string", "example": ""}}


@scenario
def nothing(old: Version, new: Version) -> None:
    """Nothing has changed."""


@scenario
def noise(old: Version, new: Version) -> None:
    """The gateway reshuffles its tables: white space, empty examples, a missing `required`."""
    for fields in new.fields(SECRET):
        fields["name"]["description"] = f"  {fields['name']['description']}\n"
    for node in new.each(MODEL):
        node["parameters"][0]["schema"].pop("example", None)
    for fields in new.fields(ASYNC):
        fields["priority"]["example"] = ""


@scenario
def new_endpoint_in_one_format_first(old: Version, new: Version) -> None:
    """Baseten's new endpoint is only in the new format's document so far."""
    new.add("GET /v1/models/{model_id}/metrics", "Get model metrics", only=("openapi",))


@scenario
def new_endpoint_reaches_the_second_format(old: Version, new: Version) -> None:
    """An endpoint that was in one document is now in both."""
    old.add("GET /v1/models/{model_id}/metrics", "Get model metrics", only=("openapi",))
    new.add("GET /v1/models/{model_id}/metrics", "Get model metrics")


@scenario
def new_endpoints_with_bodies(old: Version, new: Version) -> None:
    """Two new endpoints, one with a body."""
    schema = {"type": "object", "required": [], "properties": {"name": {"type": "string", "required": True}}}
    new.add("POST /v1/models/{model_id}/rename", "Rename model", requestBody={"content": {CONTENT: {"schema": schema}}})
    new.add("GET /v1/instance_types", "List instance types")


@scenario
def endpoint_removed(old: Version, new: Version) -> None:
    """An endpoint is gone from both documents; the overlay still names it."""
    new.remove(SECRETS)


@scenario
def endpoint_removed_from_one_format(old: Version, new: Version) -> None:
    """The old format's document drops an endpoint."""
    new.remove(SEARCH, only=("definition",))
    new.remove(LOGS, only=("definition",))


@scenario
def field_renamed(old: Version, new: Version) -> None:
    """The guide's slip in reverse: `min_replica` becomes `min_replicas`."""
    for fields in new.fields(AUTOSCALING):
        fields["min_replicas"] = fields.pop("min_replica")
        fields["max_replicas"] = fields.pop("max_replica")


@scenario
def enum_grew(old: Version, new: Version) -> None:
    """A deployment has two new states."""
    new.schemas()["DeploymentStatus"]["enum"] += ["PAUSED", "RESUMING"]


@scenario
def enum_shrank(old: Version, new: Version) -> None:
    """A state of a deployment no longer exists."""
    new.schemas()["DeploymentStatus"]["enum"].remove("SCALED_TO_ZERO")


@scenario
def model_id_moves_into_the_query(old: Version, new: Version) -> None:
    """The new format drops its path parameter."""
    new.move(MODEL, "GET /v1/model", only=("openapi",))
    for node in new.each("GET /v1/model", only=("openapi",)):
        node["parameters"][0]["in"] = "query"


@scenario
def deactivate_slip_corrected(old: Version, new: Version) -> None:
    """The guide's *deactivate* had the endpoint of *activate*. Now it has its own."""
    for node in old.each(DEACTIVATE):
        node["externalDocs"]["api_endpoint"] = node["externalDocs"]["api_endpoint"].replace("deactivate", "activate")


@scenario
def async_input_slip(old: Version, new: Version) -> None:
    """The document copies the guide's slip: `input`, although Baseten reads `model_input`."""
    for fields in new.fields(ASYNC):
        fields["input"] = fields.pop("model_input")


@scenario
def required_field_added(old: Version, new: Version) -> None:
    """A key needs a purpose, and a secret may have a description."""
    for fields in new.fields(KEY):
        fields["purpose"] = {"type": "string", "description": "What the key is for", "required": True}
    for fields in new.fields(SECRET):
        fields["description"] = {"type": "string", "description": "What the secret is for"}


@scenario
def field_becomes_required(old: Version, new: Version) -> None:
    """`webhook_endpoint` becomes required."""
    for fields in new.fields(ASYNC):
        fields["webhook_endpoint"]["required"] = True


@scenario
def field_becomes_required_in_one_document(old: Version, new: Version) -> None:
    """Only one document says that `webhook_endpoint` is required."""
    for fields in new.fields(ASYNC, only=("openapi",)):
        fields["webhook_endpoint"]["required"] = True


@scenario
def type_widened_and_narrowed(old: Version, new: Version) -> None:
    """A whole number becomes any number, and a text a whole number."""
    for fields in new.fields(ASYNC):
        fields["max_time_in_queue_seconds"]["type"] = "number"
        fields["webhook_endpoint"]["type"] = "integer"


@scenario
def documents_disagree_on_a_type(old: Version, new: Version) -> None:
    """One document says that `priority` is a text."""
    for fields in new.fields(ASYNC, only=("definition",)):
        fields["priority"]["type"] = "string"


@scenario
def list_becomes_paged(old: Version, new: Version) -> None:
    """The list of models becomes paged."""
    models = new.schemas()["Models"]
    models["properties"]["next_page_token"] = {"type": ["string", "null"], "description": "Where the next page begins."}
    for node in new.each(MODELS):
        node.setdefault("parameters", []).append(
            {"name": "page_token", "in": "query", "schema": {"type": "string", "example": ""}}
        )


@scenario
def answer_loses_a_field(old: Version, new: Version) -> None:
    """A model's team is no longer in the answer, and its name may be missing."""
    model = new.schemas()["Model"]
    del model["properties"]["team_name"]
    model["required"].remove("team_name")
    model["required"].remove("name")


@scenario
def answer_becomes_nullable(old: Version, new: Version) -> None:
    """A deployment's name may be null, and its replicas may be a fraction."""
    fields = new.schemas()["Deployment"]["properties"]
    fields["name"]["type"] = ["string", "null"]
    fields["active_replica_count"]["type"] = "number"


@scenario
def status_codes(old: Version, new: Version) -> None:
    """Creating an environment answers 201, or 409 if it exists."""
    update = new.entry(ENVIRONMENT)
    status = next(iter(update["responses"]))
    update["responses"] = {
        "201" if status == "200" else "200": update["responses"][status],
        "409": {"description": "There is an environment of this name"},
    }


@scenario
def gateway_moves(old: Version, new: Version) -> None:
    """The gateway's address changes."""
    for document in new.tops():
        document["servers"] = [{"url": "https://gateway.lowcodeapi.com/v2/baseten"}]


@scenario
def token_moves_into_a_header(old: Version, new: Version) -> None:
    """The token moves into a header."""
    for document in new.tops():
        document["components"]["securitySchemes"]["ApiToken"] = {"type": "http", "scheme": "bearer"}


@scenario
def operation_loses_its_protection(old: Version, new: Version) -> None:
    """According to the document, an operation no longer needs a token."""
    for node in new.each(MODELS):
        node["security"] = []


@scenario
def old_format_is_switched_off(old: Version, new: Version) -> None:
    """The old format's document is gone."""
    new.documents["definition"] = None


@scenario
def paths_get_a_version(old: Version, new: Version) -> None:
    """Management moves from `/v1` to `/v2`; the overlay still says `/v1`."""
    for name in ("/v1/models", "/v1/secrets"):
        new.move(f"GET {name}", f"GET {name.replace('v1', 'v2')}")


@scenario
def method_changes(old: Version, new: Version) -> None:
    """Setting a secret uses PUT, not POST."""
    new.move(SECRET, "PUT /v1/secrets")


@scenario
def overlay_renames_a_method(old: Version, new: Version) -> None:
    """A name in the overlay changes, nothing on the wire."""
    new.entry(MODELS)["operationId"] = "models.list_all"


@scenario
def overlay_reclassifies(old: Version, new: Version) -> None:
    """Promoting becomes idempotent, waking becomes unsafe, and a deadline is doubled."""
    new.entry(ENVIRONMENT)["x-safety"] = "idempotent"
    new.entry("POST /production/wake")["x-safety"] = "unsafe"
    new.entry(PREDICT)["x-timeout"] = 1200


@scenario
def overlay_renames_a_class(old: Version, new: Version) -> None:
    """A shared schema gets another name."""
    schemas = new.schemas()
    text = json.dumps(schemas).replace('schemas/Secret"', 'schemas/StoredSecret"')
    schemas.clear()
    schemas.update(json.loads(text))
    schemas["StoredSecret"] = schemas.pop("Secret")
    for place in (SECRETS, SECRET):
        entry = new.entry(place)
        changed = json.loads(json.dumps(entry).replace('schemas/Secret"', 'schemas/StoredSecret"'))
        entry.clear()
        entry.update(changed)


@scenario
def two_operations_of_one_name(old: Version, new: Version) -> None:
    """Two new endpoints have the same group and summary."""
    new.add("GET /v1/gpus", "List gpus")
    new.add("GET /v1/all_gpus", "List gpus")


@scenario
def reference_leads_nowhere(old: Version, new: Version) -> None:
    """The document refers to a missing schema: the field may be anything."""
    for fields in new.fields(SECRET):
        fields["scope"] = {"$ref": "#/components/schemas/Scope"}


@scenario
def texts(old: Version, new: Version) -> None:
    """Somebody improves the wording."""
    for node in new.each(LOGS):
        node["summary"] = "Read the logs of a training job"
    for fields in new.fields(ASYNC):
        fields["priority"]["description"] = "0 (first) to 2 (last), 1 by default"


@scenario
def hostile_texts(old: Version, new: Version) -> None:
    """Names and texts that try to become markup, commands or escapes."""
    for fields in new.fields(KEY):
        fields["``<img src=x onerror=alert(1)>|**b**"] = {"type": "string", "description": "\u001b[31m::error::x"}
    for node in new.each(MODELS):
        node["parameters"] = [{**TAGS, "name": "a\r\n::warning::@everyone\u202e"}]
        node["deprecated"] = True


@scenario
def overlay_hides_a_change(old: Version, new: Version) -> None:
    """A key can do more. The overlay replaces the list, and was updated to fit the new one."""
    for fields in new.fields(KEY):
        fields["type"]["enum"].append("TEMPORARY")
    entry = next(each for each in new.actions if each.target.endswith("properties.type"))
    entry.was["enum"].append("TEMPORARY")


CHANGE = "PATCH /v1/secrets"


def behind(version: Version, place: str, **more: Any) -> None:
    """Add an operation with its body behind a reference."""
    version.add(place, "Change secret")
    for document, node in zip(version.tops(), version.each(place), strict=True):
        schema = {"type": "object", "properties": {"name": {"type": "string", **more}, "value": {"type": "string"}}}
        document["components"].setdefault("schemas", {})["InternalSecret"] = schema
        node["requestBody"] = {"content": {CONTENT: {"schema": {"$ref": "#/components/schemas/InternalSecret"}}}}


@scenario
def change_behind_a_reference(old: Version, new: Version) -> None:
    """A component that two operations use lowers the limit of a name's length."""
    for version, length in ((old, 9), (new, 8)):
        for place in (CHANGE, "PUT /v1/secrets/all"):
            behind(version, place, maxLength=length)


@scenario
def body_moves_behind_a_reference(old: Version, new: Version) -> None:
    """The schema of a body moves to another place in the document."""
    behind(old, CHANGE)
    behind(new, CHANGE)
    for document, node in zip(old.tops(), old.each(CHANGE), strict=True):
        schema = document["components"].pop("schemas")["InternalSecret"]
        node["requestBody"]["content"][CONTENT]["schema"] = schema


@scenario
def slash_after_the_server(old: Version, new: Version) -> None:
    """The server's URL gets a trailing slash."""
    for document in new.tops():
        document["servers"][0]["url"] += "/"


@scenario
def path_parameter_renamed(old: Version, new: Version) -> None:
    """A placeholder in a URL gets another name. (The old format would send the name.)"""
    old.documents["definition"] = new.documents["definition"] = None
    renamed = ACTIVATE.replace("deployment_id", "deployment")
    new.move(ACTIVATE, renamed, only=("openapi",))
    for node in new.each(renamed, only=("openapi",)):
        node["parameters"][1]["name"] = "deployment"
    new.actions = [
        attrs.evolve(each, target=each.target.replace("{deployment_id}/activate", "{deployment}/activate"))
        for each in new.actions
    ]


@scenario
def upstream_moves(old: Version, new: Version) -> None:
    """Baseten moves to another host."""
    for document in new.tops():
        for item in document["paths"].values():
            for node in item.values():
                endpoint = node["externalDocs"]["api_endpoint"]
                node["externalDocs"]["api_endpoint"] = endpoint.replace("api.baseten.co", "api.eu.baseten.co")


@scenario
def new_endpoint_with_an_entry(old: Version, new: Version) -> None:
    """A new endpoint already has an overlay entry."""
    new.add("POST /v1/models/{model_id}/pause", "Pause model")
    update = {"operationId": "models.pause", "x-safety": "idempotent"}
    node = {"target": "$.paths['/v1/models/{model_id}/pause'].post", "update": update}
    new.actions.append(overlay.action(node, "overlay.yaml:1, action 99"))


@scenario
def keywords_that_narrow(old: Version, new: Version) -> None:
    """A body, its fields and a parameter get rules that types can't express."""
    for node in new.each(ASYNC):
        schema = node["requestBody"]["content"][CONTENT]["schema"]
        schema |= {"dependentRequired": {"priority": ["webhook_endpoint"]}, "propertyNames": {"maxLength": 40}}
        schema |= {"if": {"required": ["priority"]}, "then": {"required": ["webhook_endpoint"]}}
        schema |= {"patternProperties": {"^x-": {"type": "string"}}, "unevaluatedProperties": False}
        schema["properties"]["webhook_endpoint"]["not"] = {"pattern": "^http:"}
    for node in new.each(MODELS):
        listed = {"type": "array", "items": {"type": "string"}, "contains": {"const": "a"}, "prefixItems": [{}]}
        node["parameters"] = [{**TAGS, "schema": listed}]
    for node in old.each(MODELS):
        node["parameters"] = [{**TAGS, "schema": {"type": "array", "items": {"type": "string"}}}]


@scenario
def many_at_once(old: Version, new: Version) -> None:
    """A release: endpoints come, go and change."""
    new_endpoints_with_bodies(old, new)
    endpoint_removed(old, new)
    enum_grew(old, new)
    required_field_added(old, new)
    for node in new.each(ACTIVATE):
        node["deprecated"] = True
    for node in new.each(LOGS):
        node["parameters"] += [TAGS]


def main() -> None:
    """Write the reports of every scenario."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name in SCENARIOS:
        for end, text in told(name)[1].items():
            (GOLDEN / f"{name}.{end}").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
