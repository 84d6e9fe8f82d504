"""A call as a line for a shell, without a secret."""

from __future__ import annotations

import inspect
import json
import os
import pickle
import shlex
import subprocess
from typing import Any

import pytest
from lowcodeapi_baseten import (
    APIConnectionError,
    Baseten,
    ConfigurationError,
    InvalidParameterError,
    NotFoundError,
    ResponseError,
)
from lowcodeapi_baseten.curl import call_of, curl_line
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway
from lowcodeapi_baseten_api import new_format
from lowcodeapi_baseten_api.client import RawClient
from lowcodeapi_baseten_api.operations import OPERATIONS

from tests.support.needed import needs
from tests.support.tables import one_test
from tests.workflows.patience import connected

TOKEN = "lca-curl-0123456789abcdef"
BASE = new_format.BASE_URL


@pytest.fixture
def client() -> Baseten:
    return Baseten(api_token=TOKEN, remember=False)


@pytest.mark.parametrize(
    ("operation", "arguments", "line"),
    [
        ("models.list", {}, f"curl -sS \"{BASE}/v1/models?api_token=$LOWCODEAPI_API_TOKEN\" -H 'accept: */*'"),
        ("models.get", {"model_id": "abc"}, f'curl -sS "{BASE}/v1/models/abc?api_token=$LOWCODEAPI_API_TOKEN"'),
        (
            "models.get",
            {"model_id": "abc", "url_format": "old"},
            f'curl -sS "{BASE}/v1/models/modelid?model_id=abc&api_token=$LOWCODEAPI_API_TOKEN"',
        ),
        ("models.delete", {"model_id": "abc"}, f'curl -sS -X DELETE "{BASE}/v1/models/abc?api_token='),
        (
            "inference.predict_environment",
            {"env_name": "production", "input": {"text": "it's"}},
            """--data-binary '{"input":{"text":"it'"'"'s"}}'""",
        ),
        ("models.list", {"extra_query": {"q": "a b&$`\"'"}}, "/v1/models?q=a%20b%26%24%60%22%27&api_token="),
    ],
)
def test_a_call_is_a_line_for_a_shell(client: Baseten, operation: str, arguments: dict[str, Any], line: str) -> None:
    made = client.curl(operation, **arguments)
    assert line in made
    assert "\n" not in made
    assert TOKEN not in made
    assert client.curl("models.get", "abc") == client.curl("models.get", model_id="abc")


def test_secrets_are_masked(client: Baseten) -> None:
    made = client.curl("secrets.upsert", name="hf", value="hf_secret", extra_headers={"x-key": "k_secret"})
    assert "secret" not in made.replace("/v1/secrets", "")
    assert '{"name":"hf","value":"***"}' in made
    made = client.curl("secrets.upsert", name="hf", value="a", extra_body={"value": "hf_secret"})
    assert "hf_secret" not in made


@one_test
@pytest.mark.parametrize(
    "operation", ["models", "models.nothing", "nothing.list", "", "models.list; rm -rf /", None, 5, []]
)
def test_there_is_no_line_for_what_is_no_operation(client: Baseten, operation: Any) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        client.curl(operation)
    assert caught.value.parameter == "operation"


def test_what_could_not_be_sent_is_refused(client: Baseten) -> None:
    with pytest.raises(InvalidParameterError):
        client.curl("models.get", model_id="../secrets")
    with pytest.raises(TypeError):
        client.curl("models.get", model="abc")
    with pytest.raises(ConfigurationError):
        client.curl("models.get", model_id="abc", url_format="newest")  # type: ignore[arg-type]


@pytest.mark.parametrize("base_url", ["https://h.example/a$(id)`id`'b", 'https://h.example/a"b', "https://[::1]/x"])
def test_a_strange_base_url_is_quoted_too(base_url: str) -> None:
    made = curl_line(call_of("models.list", (), {}), base_url=base_url)
    words = shlex.split(made)
    assert f"{base_url}/v1/models?api_token=$LOWCODEAPI_API_TOKEN" in words
    assert ("--globoff" in words) == ("[" in base_url)


def test_every_operation_has_a_line_without_a_token() -> None:
    plain = RawClient(lambda call: call)
    for operation in OPERATIONS:
        group, _, method = operation.partition(".")
        parameters = inspect.signature(getattr(getattr(plain, group), method)).parameters.values()
        required = {p.name: "PERSONAL" if p.name == "type" else "x1" for p in parameters if p.default is p.empty}
        if "predict" in method:
            required["input"] = {}  # type: ignore[assignment]
        for url_format in ("new", "old"):
            made = curl_line(call_of(operation, (), required), url_format=url_format)
            assert made.startswith("curl -sS ")


@needs("curl")
@pytest.mark.parametrize("url_format", ["new", "old"])
def test_a_line_does_what_the_call_does(baseten_gateway: LocalGateway, url_format: Any) -> None:
    gateway, asked = baseten_gateway, {"text": 'it\'s $HOME `id` "ü"'}
    with Baseten(api_token=gateway.api_token, base_url=gateway.base_url, remember=False) as client:
        line = client.curl("inference.predict_environment", "production", input=asked, url_format=url_format)
    environment = {**os.environ, "LOWCODEAPI_API_TOKEN": gateway.api_token}
    ended = subprocess.run(["sh", "-c", line], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout)["result"] == {"echo": {"input": asked}}


def test_an_error_has_the_line_of_its_call(baseten_gateway: LocalGateway) -> None:
    with connected(baseten_gateway, url_format="old") as client, pytest.raises(NotFoundError) as caught:
        client.models.get("nobody")
    line = caught.value.curl()
    assert "/v1/models/modelid?model_id=nobody&api_token=$LOWCODEAPI_API_TOKEN" in line
    assert baseten_gateway.api_token not in line
    assert pickle.loads(pickle.dumps(caught.value)).curl() == line


@pytest.mark.parametrize(("fault", "cls"), [("reset_before", APIConnectionError), ("malformed", ResponseError)])
def test_the_line_of_an_error_does_not_show_the_body(
    baseten_gateway: LocalGateway, fault: str, cls: type[APIConnectionError | ResponseError]
) -> None:
    baseten_gateway.faults = FaultPlan(script=[fault], only=["inference.predict_development"])
    with connected(baseten_gateway) as client, pytest.raises(cls) as caught:
        client.inference.predict_development(input={"patient": "Jane"})
    assert "Jane" not in caught.value.curl()
    assert caught.value.curl().endswith("--data-binary @body.json")


def test_an_error_of_no_call_has_no_line() -> None:
    with pytest.raises(ValueError, match="no client raised this error"):
        APIConnectionError("lost", operation="models.get").curl()
