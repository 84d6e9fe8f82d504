"""Operations as agents read them: schemas, search, `commands --json`, the skill."""

from __future__ import annotations

import inspect
import re
import sys
from typing import Any

import jsonschema
import pytest
from lowcodeapi_baseten.agents import allowed, catalogue, search
from lowcodeapi_baseten.agents.answers import LIMIT, text_of
from lowcodeapi_baseten.signatures import resource_class
from lowcodeapi_baseten_api import new_format, old_format
from lowcodeapi_baseten_api.operations import OPERATIONS

from tests.support.shell import here, run
from tests.support.tables import one_test


@one_test
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_example_fits_its_schema_and_the_schema_names_every_argument(operation: str) -> None:
    general = {"self", "timeout", "extra_query", "extra_headers", "extra_body"}
    found = catalogue.described(operation)
    assert len(text_of(found)) < LIMIT
    schema = found["arguments"]
    jsonschema.Draft202012Validator.check_schema(schema)
    group, _, method = operation.partition(".")
    parameters = inspect.signature(getattr(resource_class(group), method)).parameters
    assert set(schema["properties"]) == set(parameters) - general, operation
    required = {name for name, each in parameters.items() if each.default is each.empty} - general
    assert set(schema.get("required", ())) == required, operation
    if found["tool"] not in {"predict", "submit_prediction"}:
        jsonschema.validate(found["example"]["arguments"]["arguments"], schema)


_SUBMIT = "inference.async_predict_environment"
_KINDS = ["PERSONAL", "WORKSPACE_MANAGE_ALL", "WORKSPACE_EXPORT_METRICS", "WORKSPACE_INVOKE"]


@one_test
@pytest.mark.parametrize(
    ("operation", "path", "expected"),
    [
        ("deployments.update_autoscaling", ["min_replica", "type"], ["integer", "null"]),
        ("api_keys.create", ["type", "enum"], _KINDS),
        ("inference.predict_environment", ["input"], {}),
        # Objects inside are described to their fields.
        (_SUBMIT, ["inference_retry_config", "properties", "max_attempts"], {"type": "integer"}),
        (_SUBMIT, ["inference_retry_config", "additionalProperties"], False),
        ("training.search_jobs", ["order_by", "items", "required"], ["field", "order"]),
        ("training.search_jobs", ["order_by", "items", "properties", "field"], {"type": "string"}),
    ],
)
def test_types_are_those_of_the_method(operation: str, path: list[str], expected: Any) -> None:
    found = catalogue.entry(operation)["arguments"]["properties"]
    for name in path:
        found = found[name]
    if isinstance(found, dict):
        found = {name: value for name, value in found.items() if name != "description"}
    assert found == expected, (operation, path)


@one_test
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
    assert operation in search.found(query, OPERATIONS, 10)[:3], query


def test_without_a_word_everything_is_found_and_words_that_fit_nothing_find_nothing() -> None:
    for query in ("", "?", "  "):
        assert search.found(query, OPERATIONS, 1000) == list(OPERATIONS)
    assert search.found("xylophone", OPERATIONS, 10) == []


def test_commands_lists_every_operation_with_arguments_safety_and_routes_and_needs_no_mcp() -> None:
    source = (
        "import sys; sys.modules['mcp'] = None; from lowcodeapi_baseten.cli import main; sys.exit(main(['commands']))"
    )
    done = run("-c", source, command=[sys.executable, "-W", "error"])
    assert (done.code, done.err) == (0, "")
    rows = {row["operation"]: row for row in done.json}
    assert list(rows) == list(OPERATIONS)
    for id_, row in rows.items():
        assert (row["safety"], row["destructive"]) == (OPERATIONS[id_].safety, OPERATIONS[id_].is_destructive)
        for name, routes in (("new", new_format.ROUTES), ("old", old_format.ROUTES)):
            assert (row["routes"][name]["method"], row["routes"][name]["path"]) == routes[id_][:2]
        assert row["arguments"] == catalogue.entry(id_)["arguments"]
    assert rows["api_keys.delete"]["command"] == "lowcodeapi-baseten api-keys delete"


def test_the_skill_has_the_front_matter_that_agents_read_and_names_what_exists() -> None:
    done = here("skill")
    head = re.match(r"---\nname: ([a-z0-9-]{1,64})\ndescription: (.{1,1024})\n---\n\n# ", done.out)
    assert done.code == 0 and head is not None and head[1] == "lowcodeapi-baseten"
    named = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", done.out))
    assert named and named <= set(OPERATIONS)
    called = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)[(`]", done.out))
    assert called <= {*allowed.enabled(allowed.GROUPS), "error_code", "retry_after", "model_not_ready"}
