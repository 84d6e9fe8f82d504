"""`api`: raw calls of known operations. `help`: the same as `--help`."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from lowcodeapi_baseten.cli.api import matched
from lowcodeapi_baseten.testing import LocalGateway
from lowcodeapi_baseten_api import new_format
from lowcodeapi_baseten_api.types import Route

from tests.support.shell import here
from tests.support.tables import one_test


def test_every_path_of_the_new_format_is_its_own_operation_and_a_fixed_word_goes_before_an_id() -> None:
    for operation, route in new_format.ROUTES.items():
        found, ids = matched(route.method, route.path.replace("{", "an-").replace("}", ""))
        assert found == operation
        assert list(ids) == [word[1:-1] for word in route.path.split("/") if word.startswith("{")]
    routes = {"fixed": Route("GET", "/a/b"), "any": Route("GET", "/a/{id}")}
    for known in (routes, dict(reversed(routes.items()))):
        assert matched("GET", "/a/b", known) == ("fixed", {})
        assert matched("GET", "/a/c", known) == ("any", {"id": "c"})


@pytest.mark.parametrize("served", ["new", "old"])
def test_it_calls_the_operation_and_shows_what_baseten_answers(served: str) -> None:
    calls: list[tuple[list[str], str, set[str]]] = [
        (["get", "/v1/models"], "models.list", {"models"}),
        (["GET", "/v1/models/abc123"], "models.get", {"id", "name"}),
        (["GET", "/v1/models/abc123/deployments/development"], "deployments.get_development", {"is_development"}),
        (["POST", "/v1/models/abc123/environments", "--body", '{"name": "qa"}'], "environments.create", {"name"}),
        (["DELETE", "/v1/api_keys", "-q", "prefix=abcd1234", "--yes"], "api_keys.delete", {"prefix"}),
        (["POST", "/environments/production/predict", "-d", '{"a": 1}'], "inference.predict_environment", {"echo"}),
    ]
    dialect: dict[str, Any] = {} if served == "new" else {"new_format": "fatal", "envelope": "result"}
    with LocalGateway(**dialect) as gateway:
        for arguments, operation, shows in calls:
            done = here("api", *arguments, gateway=gateway)
            assert done.code == 0 and shows <= done.json.keys(), done
            assert gateway.count(operation) == 1
        assert not gateway.deaths


@pytest.mark.parametrize(
    ("given", "body"), [(["-d", "-"], {"x": [1]}), (["-d", "null"], None)], ids=["standard input", "null"]
)
def test_the_body_is_sent_as_it_is_given(gateway: LocalGateway, given: list[str], body: Any) -> None:
    call = ["api", "POST", "/development/predict"]
    assert here(*call, *given, gateway=gateway, given='{"x": [1]}').code == 0
    assert gateway.received[-1].body == body
    lines = [here(*call, *words, "--dry-run", "--json").json[0]["new"] for words in (["-d", "null"], [])]
    assert ["--data-binary" in line for line in lines] == [True, False]


REFUSED = [
    ("GET /v1/model", "the nearest are GET /v1/models"),
    ("GET /v1/models/abc123/deployment", "GET /v1/models/{model_id}/deployments"),
    ("DELETE /v1/models", "no operation has the path DELETE /v1/models; the nearest are"),
    ("GET '/v1/models?a=1'", "give the query with -q NAME=VALUE"),
    ("GET https://example.com/v1/models", "no operation has the path"),
    ("GET ''", "no operation has the path"),
    ("FETCH /v1/models", "'FETCH' is not one of"),
    ("GET /v1/models/a%2Fb", "model_id is not a valid ID"),
    ("GET /v1/models/..", "model_id is not a valid ID"),
    ("GET /v1/models/", "model_id is not a valid ID"),
    ("GET /v1/models/modelid", "model_id can't be 'modelid'"),
    ("GET /v1/models/abc123 -q model_id=x", "model_id is sent by the client itself: leave it out"),
    ("GET /v1/models -q api_token=x", "api_token is sent by the client itself: leave it out"),
    ("GET /v1/models -q alone", "--query 'alone' is not NAME=VALUE"),
    ("POST /development/predict -d '{'", "JSON"),
    ("DELETE /v1/models/a%2Fb", "model_id is not a valid ID"),
    ("DELETE /v1/models/abc123", "api DELETE /v1/models/abc123: this can't be taken back"),
]


@one_test
@pytest.mark.parametrize(("line", "says"), REFUSED)
def test_what_no_operation_takes_is_refused(line: str, says: str, gateway: LocalGateway) -> None:
    done = here("api", *shlex.split(line), gateway=gateway)
    assert done.code == 2 and says in done.err, done
    assert not gateway.requests


def test_a_dry_run_shows_both_formats_and_no_secret() -> None:
    data = '{"name": "hf", "value": "hf_secret"}'
    done = here("api", "POST", "/v1/secrets", "-d", data, "--dry-run", "--json")
    assert done.json[0]["operation"] == "secrets.upsert" and "hf_secret" not in done.out
    done = here("api", "GET", "/v1/models/abc/environments", "-q", "a=1", "-q", "a=2", "--dry-run")
    assert "/v1/models/abc/environments?a=1&a=2&" in done.out
    assert "/v1/models/modelid/environments?model_id=abc&a=1&a=2&" in done.out


def test_help_is_the_help_option_and_carries_nothing_out(gateway: LocalGateway) -> None:
    for words in ([], ["models"], ["models", "list"], ["predict"], ["keys", "rotate"], ["help"], ["gateway"]):
        asked = here("help", *words)
        assert asked.code == 0 and asked == here(*words, "--help")
    for words in (["models", "delete", "abc123"], ["--", "models", "delete", "abc123", "--", "--yes"]):
        done = here("help", *words, gateway=gateway)
        assert done.code == 0 and "Usage: lowcodeapi-baseten models delete" in done.out
    assert not gateway.requests
    wrong = here("help", "modles")
    assert wrong.code == 2 and "did you mean models?" in wrong.err
