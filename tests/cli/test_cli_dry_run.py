"""`--dry-run` and `-v`: the request is shown, the secrets are not."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.support.needed import needs
from tests.support.shell import environment, here, run

_HERE = {"LOWCODEAPI_BASE_URL": "https://api.lowcodeapi.com/baseten"}


def test_the_guides_line_is_ours_in_both_formats_and_needs_no_token() -> None:
    arguments = ["predict", "production", "--input", '{"text": "What is the capital of France?"}', "--dry-run"]
    done = run(*arguments, env=_HERE)
    rest = (
        """ -H 'content-type: application/json' --data-binary '{"input":{"text":"What is the capital of France?"}}'"""
    )
    new, old = (line for line in done.out.splitlines() if not line.startswith("#"))
    where = "https://api.lowcodeapi.com/baseten/environments"
    assert f'"{where}/production/predict?api_token=$LOWCODEAPI_API_TOKEN"' in new
    assert f'"{where}/envname/predict?env_name=production&api_token=$LOWCODEAPI_API_TOKEN"' in old
    assert new.endswith(rest) and old.endswith(rest)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[::2] == ["# new URL format", "# old URL format"]


PAGES = "the last request is sent again for each page of 1,000 lines, from where the one before ended\n"
DRY: list[list[str]] = [
    ["models", "delete", "abc123"],
    ["submit", "production", "--input", "{}", "--wait"],
    ["wait", "request", "r1"],
    ["wait", "promotion", "abc123", "production"],
    ["wake", "abc123"],
    ["wake", "abc123", "--environment", "staging"],
    ["wake", "abc123", "--development"],
    ["wake", "abc123", "--deployment", "dep3"],
    ["logs", "proj_123", "job_456", "--follow", "--since", "2026-01-01T00:00+00:00"],
    ["metrics", "proj_123", "job_456", "--step-seconds", "10"],
    ["download", "proj_123", "job_456", "--to", "out"],
    ["download", "proj_123", "job_456", "--to", "out", "--checkpoints"],
    ["keys", "rotate", "abcd1234"],
]


@pytest.mark.parametrize("arguments", DRY, ids=" ".join)
def test_a_dry_run_sends_nothing_asks_nothing_and_leaves_nothing(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with LocalGateway() as gateway:
        done = here(*arguments, "--dry-run", "--json", env={"LOWCODEAPI_BASE_URL": gateway.base_url})
        assert not gateway.requests
    assert (done.code, done.err) == (0, PAGES if "--follow" in arguments else "")
    for request in done.json:
        assert request["new"].startswith("curl ") and request["old"].startswith("curl ")
    assert not list((tmp_path / "empty").iterdir())


@needs("curl")
@pytest.mark.parametrize("name", ["new", "old"])
def test_the_lines_work_in_a_shell(name: str) -> None:
    with LocalGateway() as gateway:
        arguments = ["deployments", "update-autoscaling", "abc123", "dep1", "--min-replica", "1"]
        done = run(*arguments, "--dry-run", "--url-format", name, gateway=gateway)
        line = done.out.splitlines()[-1]
        answer = subprocess.run(
            ["sh", "-c", line], env=environment(gateway), capture_output=True, text=True, check=True, timeout=60
        )
        assert json.loads(answer.stdout)["result"]["status"]
        assert gateway.received[-1].body == {"min_replica": 1}


@pytest.mark.parametrize("option", ["--dry-run", "-v"])
@pytest.mark.parametrize("source", [["--value", "hush-hush"], ["--body", '{"value": "hush-hush"}']])
def test_a_secret_is_masked_where_a_request_is_shown(option: str, source: list[str]) -> None:
    with LocalGateway() as gateway:
        done = here("secrets", "upsert", "--name", "a", *source, option, gateway=gateway)
        assert gateway.api_token not in done.out + done.err
    assert done.code == 0
    assert "hush-hush" not in done.out + done.err


def test_verbose_tells_each_request_the_fallback_and_no_query() -> None:
    with LocalGateway(new_format="missing", documents="none") as gateway:
        done = here("models", "get", "abc123", "-v", gateway=gateway)
    assert done.json["id"] == "abc123"
    said = [line for line in done.err.splitlines() if line.startswith(("> ", "info: models.get"))]
    assert said == [
        "> GET /baseten/openapi (models.get, new format, to learn which format is served)",
        "> GET /baseten/definition (models.get, old format, to learn which format is served)",
        "> GET /baseten/v1/models/abc123 (models.get, new format)",
        "info: models.get: fallback to the old URL format (last attempt: 404)",
        "> GET /baseten/v1/models/modelid (models.get, old format)",
    ]
