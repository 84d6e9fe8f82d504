"""Completion: the text for a shell, and bash's use of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from lowcodeapi_baseten.cli.ids import SOURCES
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway
from lowcodeapi_baseten.testing.objects import Model
from lowcodeapi_baseten_api.operations import OPERATIONS

from tests.support.needed import needs
from tests.support.shell import Terminal, here, path_with_it, run

_BASH = """
eval "$(lowcodeapi-baseten completion bash)"
COMP_WORDS=({words})
COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
_lowcodeapi_baseten_completion lowcodeapi-baseten
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("depl", ["deployments"]),
        ("''", ["predict", "doctor", "api-keys", "training"]),
        ("api-keys ''", ["create", "delete", "list"]),
        ("wait ''", ["request", "deployment", "promotion", "job"]),
        ("deployments update-autoscaling a b --min", ["--min-replica"]),
        ("models list --url-format ''", ["auto", "new", "old"]),
        ("api-keys create --type PERS", ["PERSONAL"]),
    ],
)
@needs("bash")
def test_bash_completes_commands_options_and_choices(words: str, offered: list[str], tmp_path: Path) -> None:
    script = _BASH.format(words=f"lowcodeapi-baseten {words}")
    done = run("-c", script, command=["bash"], env={"PATH": path_with_it(tmp_path)})
    assert (done.code, done.err) == (0, "")
    assert set(offered) <= set(done.out.split()), done.out


@pytest.mark.parametrize(
    ("shell", "marks"),
    [
        ("bash", ["complete -o nosort -F", "bash_complete"]),
        ("zsh", ["#compdef lowcodeapi-baseten", "zsh_complete"]),
        ("fish", ["complete --no-files --command lowcodeapi-baseten", "fish_complete"]),
        ("powershell", ["Register-ArgumentCompleter -Native -CommandName lowcodeapi-baseten", "powershell_complete"]),
    ],
)
def test_there_is_a_script_for_each_shell(shell: str, marks: list[str]) -> None:
    done = here("completion", shell)
    assert done.code == 0 and all(mark in done.out for mark in marks)
    assert all(mark.replace("lowcodeapi-baseten", "lcb") in done.out for mark in marks)


def test_a_shell_without_completion_is_refused() -> None:
    done = here("completion", "csh")
    assert done.code == 2 and "'csh' is not one of 'bash', 'zsh', 'fish', 'powershell'" in done.err


@pytest.mark.parametrize("shell", ["zsh", "fish", "powershell"])
def test_other_shells_are_answered_too(shell: str) -> None:
    variables = {"_LOWCODEAPI_BASETEN_COMPLETE": f"{shell}_complete", "COMP_CWORD": "doc" if shell == "fish" else "1"}
    done = here(env={**variables, "COMP_WORDS": "lowcodeapi-baseten doc"})
    assert done.code == 0 and "doctor" in done.out and "Look for what is wrong" in done.out


def test_an_older_click_has_no_powershell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.shell_completion.get_completion_class", lambda shell: None)
    done = here("completion", "powershell")
    assert done.code == 4 and "click 8.5 or later" in done.err


# --- ids -------------------------------------------------------------------------------------------------------------


def _completed(line: str, gateway: LocalGateway | None = None, **env: str) -> list[tuple[str, str]]:
    """The values offered at the end of a line, each with its help."""
    words = {"_LOWCODEAPI_BASETEN_COMPLETE": "zsh_complete", "COMP_WORDS": f"lowcodeapi-baseten {line}"}
    done = here(gateway=gateway, env={**words, "COMP_CWORD": str(1 + line.count(" ")), **env})
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    return list(zip(lines[1::3], lines[2::3], strict=True))


@pytest.fixture
def gateway() -> Iterator[LocalGateway]:
    with LocalGateway() as running:
        yield running


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("models get ", ["abc123", "model_abc123"]),
        ("models get mod", ["model_abc123"]),
        ("models delete ", ["abc123", "model_abc123"]),
        ("chains get ", ["chain_abc"]),
        ("deployments get abc123 ", ["dep1", "dep2", "dep3", "dep4"]),
        ("deployments activate model_abc123 ", ["dep5", "dep6", "dep7"]),
        ("environments get abc123 ", ["production", "staging"]),
        ("environments promote abc123 staging --deployment-id dep", ["dep1", "dep2", "dep3", "dep4"]),
        ("environments promote abc123 staging --deployment-id=dep4", ["dep4"]),
        ("environments promote abc123 staging extra --deployment-id=dep4", ["dep4"]),
        ("wake abc123 --deployment ", ["dep1", "dep2", "dep3", "dep4"]),
        ("wake abc123 --environment s", ["staging"]),
        ("wait deployment abc123 ", ["dep1", "dep2", "dep3", "dep4"]),
        ("wait promotion abc123 staging --deployment-id dep4", ["dep4"]),
        ("training get-job ", ["proj_123"]),
        ("training get-job proj_123 ", ["job_456"]),
        ("training get-job another ", []),
        ("logs proj_123 ", ["job_456"]),
        ("download ", ["proj_123"]),
        ("api-keys delete --prefix ", ["abcd1234"]),
        ("secrets upsert --name ", ["hf_access_token"]),
        ("environments create abc123 --name ", []),
        ("predict ", []),
        ("inference wake-deployment ", []),
        ("deployments get no-such-model ", []),
        ("deployments get a/b ", []),
        ("help dep", ["deployments"]),
        ("help keys ", ["rotate"]),
    ],
)
def test_ids_come_from_lists_that_only_read(gateway: LocalGateway, line: str, offered: list[str]) -> None:
    assert [value for value, _ in _completed(line, gateway)] == offered
    assert all(request.method == "GET" or request.path == "/v1/training_jobs/search" for request in gateway.received)


def test_every_list_of_ids_is_a_safe_operation() -> None:
    assert {OPERATIONS[source.operation].safety for source in SOURCES.values()} == {"safe"}


def test_an_id_is_shown_with_its_name(gateway: LocalGateway) -> None:
    gateway.baseten.models["abc123"].name = "a\nname\x1b[31m"
    assert _completed("models get abc", gateway) == [("abc123", "a\\nname\\x1b[31m")]


def test_an_id_that_a_shell_could_read_as_something_else_is_left_out(gateway: LocalGateway) -> None:
    for id_ in ("a b", "$(id)", "`id`", "a;b", "a\nplain,b", "-rf", "~root", "é"):
        gateway.baseten.models[id_] = Model(id_, "2025-01-01T00:00:00Z", "bad")
    assert [value for value, _ in _completed("models get ", gateway)] == ["abc123", "model_abc123"]


@pytest.mark.parametrize(
    ("line", "env"),
    [
        ("models get ", {"LOWCODEAPI_API_TOKEN": ""}),
        ("models get ", {"LOWCODEAPI_API_TOKEN": "wrong-token"}),
        ("models get ", {"LOWCODEAPI_BASE_URL": "http://example.com"}),
        ("models get --url-format middle ", {}),
        ("models get --token-file no-such-file ", {}),
        ("models get --profile no-such-profile ", {}),
    ],
)
def test_every_failure_is_silent(gateway: LocalGateway, line: str, env: dict[str, str]) -> None:
    assert _completed(line, gateway, **env) in ([], [("abc123", "my-model"), ("model_abc123", "my-other-model")])


def test_without_a_token_nothing_is_sent(gateway: LocalGateway) -> None:
    assert _completed("models get ", gateway, LOWCODEAPI_API_TOKEN="") == []
    assert not gateway.requests


@pytest.mark.parametrize("faults", [{"500": 1.0}, {"reset_after": 1.0}, {"malformed": 1.0}, {"truncate": 1.0}])
def test_a_gateway_in_trouble_is_silent(faults: dict[str, float]) -> None:
    with LocalGateway(faults=FaultPlan(rates=faults)) as gateway:
        assert _completed("deployments get abc123 ", gateway, TERM="dumb") == []


def test_a_gateway_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lowcodeapi_baseten.cli.ids._PATIENCE", 0.3)
    with LocalGateway(faults=FaultPlan(rates={"stall": 1.0})) as gateway:
        assert _completed("models get -v ", gateway) == []


def test_standard_input_is_not_read(gateway: LocalGateway) -> None:
    variables = {"_LOWCODEAPI_BASETEN_COMPLETE": "zsh_complete", "COMP_CWORD": "5"}
    line = "lowcodeapi-baseten predict production --input - --"
    with Terminal(gateway=gateway, env={**variables, "COMP_WORDS": line}) as terminal:
        assert terminal.end() == 0 and "--deployment" in terminal.screen


def test_the_short_name_is_the_same_command() -> None:
    scripts = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts["lcb"] == scripts["lowcodeapi-baseten"] == "lowcodeapi_baseten.cli:main"
