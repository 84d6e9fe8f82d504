"""Operations as agents read them: schemas, search, `commands --json`, the skill."""

from __future__ import annotations

import inspect
import re
import sys

import jsonschema
import pytest
from lowcodeapi_baseten.agents import allowed, catalogue, search
from lowcodeapi_baseten.agents.answers import LIMIT, text_of
from lowcodeapi_baseten.signatures import resource_class
from lowcodeapi_baseten_api import new_format, old_format
from lowcodeapi_baseten_api.operations import OPERATIONS

from tests.support.shell import here, run


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_example_fits_its_schema_and_the_schema_names_every_argument(operation: str) -> None:
    found = catalogue.described(operation)
    assert len(text_of(found)) < LIMIT
    schema = found["arguments"]
    jsonschema.Draft202012Validator.check_schema(schema)
    group, _, method = operation.partition(".")
    parameters = inspect.signature(getattr(resource_class(group), method)).parameters
    general = {"self", "timeout", "extra_query", "extra_headers", "extra_body"}
    assert set(schema["properties"]) == set(parameters) - general
    required = {name for name, each in parameters.items() if each.default is each.empty} - general
    assert set(schema.get("required", ())) == required
    if found["tool"] not in {"predict", "submit_prediction"}:
        jsonschema.validate(found["example"]["arguments"]["arguments"], schema)


@pytest.mark.parametrize(
    ("operation", "name", "expected"),
    [
        ("deployments.update_autoscaling", "min_replica", {"type": ["integer", "null"]}),
        (
            "api_keys.create",
            "type",
            {"enum": ["PERSONAL", "WORKSPACE_MANAGE_ALL", "WORKSPACE_EXPORT_METRICS", "WORKSPACE_INVOKE"]},
        ),
        ("inference.predict_environment", "input", {}),
    ],
)
def test_types_are_those_of_the_method(operation: str, name: str, expected: dict[str, object]) -> None:
    found = catalogue.entry(operation)["arguments"]["properties"][name]
    assert {key: value for key, value in found.items() if key != "description"} == expected


def test_objects_inside_are_described_to_their_fields() -> None:
    found = catalogue.entry("inference.async_predict_environment")["arguments"]["properties"]["inference_retry_config"]
    assert found["properties"]["max_attempts"] == {"type": "integer"} and found["additionalProperties"] is False
    items = catalogue.entry("training.search_jobs")["arguments"]["properties"]["order_by"]["items"]
    assert items["required"] == ["field", "order"] and items["properties"]["field"] == {"type": "string"}


@pytest.mark.parametrize(
    ("query", "operation"),
    [
        ("list my models", "models.list"),
        ("remove a model", "models.delete"),
        ("logs of a training job", "training.get_logs"),
        ("scale a deployment", "deployments.update_autoscaling"),
        ("wake production", "inference.wake_production"),
        ("promote to an environment", "environments.promote"),
        ("stop training", "training.stop_job"),
        ("cancel async request", "inference.cancel_async_request"),
        ("queue status", "inference.get_environment_queue_status"),
        ("delete an API key", "api_keys.delete"),
        ("checkpoints", "training.list_checkpoints"),
        ("secrets", "secrets.list"),
    ],
)
def test_an_operation_is_found_by_words(query: str, operation: str) -> None:
    assert operation in search.found(query, OPERATIONS, 10)[:3]


@pytest.mark.parametrize("query", ["", "?", "  "])
def test_without_a_word_everything_is_found(query: str) -> None:
    assert search.found(query, OPERATIONS, 1000) == list(OPERATIONS)


def test_words_that_fit_nothing_find_nothing() -> None:
    assert search.found("xylophone", OPERATIONS, 10) == []


def test_commands_lists_every_operation_with_arguments_safety_and_routes() -> None:
    rows = {row["operation"]: row for row in here("commands", "--json").json}
    assert list(rows) == list(OPERATIONS)
    for id_, row in rows.items():
        assert (row["safety"], row["destructive"]) == (OPERATIONS[id_].safety, OPERATIONS[id_].is_destructive)
        for name, routes in (("new", new_format.ROUTES), ("old", old_format.ROUTES)):
            assert (row["routes"][name]["method"], row["routes"][name]["path"]) == routes[id_][:2]
        jsonschema.Draft202012Validator.check_schema(row["arguments"])
    assert rows["api_keys.delete"]["command"] == "lowcodeapi-baseten api-keys delete"


def test_commands_needs_no_token_and_no_mcp() -> None:
    done = run("commands", command=_WITHOUT_MCP)
    assert (done.code, done.err) == (0, "") and '"operation": "models.list"' in done.out


_SOURCE = "import sys; sys.modules['mcp'] = None; from lowcodeapi_baseten.cli import main; sys.exit(main(sys.argv[1:]))"
_WITHOUT_MCP = [sys.executable, "-W", "error", "-c", _SOURCE]


def test_the_skill_has_the_front_matter_that_agents_read_and_names_what_exists() -> None:
    done = here("skill")
    head = re.match(r"---\nname: ([a-z0-9-]{1,64})\ndescription: (.{1,1024})\n---\n\n# ", done.out)
    assert done.code == 0 and head is not None and head[1] == "lowcodeapi-baseten"
    named = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", done.out))
    assert named and named <= set(OPERATIONS)
    called = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)[(`]", done.out))
    known = {*allowed.enabled(allowed.GROUPS), "error_code", "retry_after", "model_not_ready"}
    assert called <= known
