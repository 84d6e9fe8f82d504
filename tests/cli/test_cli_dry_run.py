"""`--dry-run` and `-v`: the request is shown, the secrets are not."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.support.needed import needs
from tests.support.shell import environment, here
from tests.support.tables import one_test


def test_the_guides_line_is_ours_in_both_formats_and_needs_no_token() -> None:
    done = here("predict", "production", "--input", '{"text": "What is the capital of France?"}', "--dry-run")
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
LOOK, PAGE = "training.get_job", "training.get_logs"
DRY: list[tuple[str, list[str]]] = [
    ("models delete abc123", ["models.delete"]),
    ("submit production --input '{}' --wait", ["inference.async_predict_environment"]),
    ("wait request r1", ["inference.get_async_request"]),
    ("wait promotion abc123 production", ["environments.get"]),
    ("wake abc123", ["deployments.get_production", "inference.wake_deployment"]),
    ("wake abc123 --environment staging", ["environments.get", "inference.wake_deployment"]),
    ("wake abc123 --development", ["deployments.get_development", "inference.wake_deployment"]),
    ("wake abc123 --deployment dep3", ["deployments.get", "inference.wake_deployment"]),
    ("logs proj_123 job_456", [PAGE]),
    ("logs proj_123 job_456 --follow --since 2026-01-01T00:00+00:00", [LOOK, PAGE]),
    ("logs proj_123 job_456 --follow --since 1767225600000000000+2", [LOOK, PAGE]),
    ("logs proj_123 job_456 --all", [LOOK, PAGE]),
    ("logs proj_123 job_456 --limit 2000 --since 1767225600000", [PAGE]),
    ("metrics proj_123 job_456 --step-seconds 10", ["training.get_metrics"]),
    ("download proj_123 job_456 --to out", ["training.download"]),
    ("download proj_123 job_456 --to out --checkpoints", ["training.list_checkpoint_files"]),
    ("keys rotate abcd1234", ["api_keys.list", "api_keys.create", "api_keys.delete"]),
]


@one_test
@pytest.mark.parametrize(("line", "operations"), DRY)
def test_a_dry_run_shows_each_request_sends_nothing_asks_nothing_and_leaves_nothing(
    line: str, operations: list[str], tmp_path: Path, gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = here(*shlex.split(line), "--dry-run", "--json", env={"LOWCODEAPI_BASE_URL": gateway.base_url})
    assert not gateway.requests and not list(tmp_path.iterdir())
    is_paged = any(word in line for word in ("--follow", "--all", "2000"))
    assert (done.code, done.err) == (0, PAGES if is_paged else "")
    assert [request["operation"] for request in done.json] == operations
    for request in done.json:
        assert request["new"].startswith("curl ") and request["old"].startswith("curl ")
        if is_paged and request["operation"] == PAGE:
            start = "1767225600000" if "--since" in line else "OF_THE_JOB"
            direction = "desc" if "--limit" in line else "asc"
            assert all(f"{each}&" in request["new"] for each in (start, "limit=1000", f"direction={direction}"))


@needs("curl")
@pytest.mark.parametrize("name", ["new", "old"])
def test_the_lines_work_in_a_shell(name: str, gateway: LocalGateway) -> None:
    arguments = ["deployments", "update-autoscaling", "abc123", "dep1", "--min-replica", "1"]
    line = here(*arguments, "--dry-run", "--url-format", name, gateway=gateway).out.splitlines()[-1]
    answer = subprocess.run(["sh", "-c", line], env=environment(gateway), capture_output=True, check=True, timeout=60)
    assert json.loads(answer.stdout)["result"]["status"]
    assert gateway.received[-1].body == {"min_replica": 1}


@pytest.mark.parametrize("option", ["--dry-run", "-v"])
@pytest.mark.parametrize("source", [["--value", "hush-hush"], ["--body", '{"value": "hush-hush"}']])
def test_a_secret_is_masked_where_a_request_is_shown(gateway: LocalGateway, option: str, source: list[str]) -> None:
    done = here("secrets", "upsert", "--name", "a", *source, option, gateway=gateway)
    assert done.code == 0
    assert gateway.api_token not in done.out + done.err and "hush-hush" not in done.out + done.err


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
