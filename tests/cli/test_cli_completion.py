"""Completion: the text for a shell, bash's use of it, and IDs from lists that only read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from lowcodeapi_baseten.cli.ids import SOURCES
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway
from lowcodeapi_baseten.testing.objects import Model
from lowcodeapi_baseten_api.operations import OPERATIONS

from tests.support.needed import needs
from tests.support.shell import Terminal, here, path_with_it, run
from tests.support.tables import one_test

_BASH = """
eval "$(lowcodeapi-baseten completion bash)"
COMP_WORDS=(lowcodeapi-baseten api-keys '')
COMP_CWORD=2
_lowcodeapi_baseten_completion lowcodeapi-baseten
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(line: str, gateway: LocalGateway | None = None, **env: str) -> list[tuple[str, str]]:
    """The values offered at the end of a line, each with its help."""
    words = {"_LOWCODEAPI_BASETEN_COMPLETE": "zsh_complete", "COMP_WORDS": f"lowcodeapi-baseten {line}"}
    done = here(gateway=gateway, env={**words, "COMP_CWORD": str(1 + line.count(" ")), **env})
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    return list(zip(lines[1::3], lines[2::3], strict=True))


@needs("bash")
def test_bash_completes(tmp_path: Path) -> None:
    done = run("-c", _BASH, command=["bash"], env={"PATH": path_with_it(tmp_path)})
    assert (done.code, done.err, done.out.split()) == (0, "", ["create", "delete", "list"])


WORDS = [
    ("depl", ["deployments"]),
    ("", ["predict", "doctor", "api-keys", "training"]),
    ("api-keys ", ["create", "delete", "list"]),
    ("wait ", ["request", "deployment", "promotion", "job"]),
    ("deployments update-autoscaling a b --min", ["--min-replica"]),
    ("models list --url-format ", ["auto", "new", "old"]),
    ("api-keys create --type PERS", ["PERSONAL"]),
    ("help dep", ["deployments"]),
    ("help keys ", ["rotate"]),
]


@one_test
@pytest.mark.parametrize(("line", "offered"), WORDS)
def test_commands_options_and_choices_are_completed(line: str, offered: list[str]) -> None:
    assert set(offered) <= {value for value, _ in completed(line)}


@pytest.mark.parametrize(
    ("shell", "marks"),
    [
        ("bash", ["complete -o nosort -F", "bash_complete"]),
        ("zsh", ["#compdef lowcodeapi-baseten", "zsh_complete"]),
        ("fish", ["complete --no-files --command lowcodeapi-baseten", "fish_complete"]),
        ("powershell", ["Register-ArgumentCompleter -Native -CommandName lowcodeapi-baseten", "powershell_complete"]),
    ],
)
def test_there_is_a_script_for_each_shell_and_an_answer(shell: str, marks: list[str]) -> None:
    done = here("completion", shell)
    assert done.code == 0 and all(mark in done.out for mark in marks)
    assert all(mark.replace("lowcodeapi-baseten", "lcb") in done.out for mark in marks)
    variables = {"_LOWCODEAPI_BASETEN_COMPLETE": f"{shell}_complete", "COMP_CWORD": "doc" if shell == "fish" else "1"}
    done = here(env={**variables, "COMP_WORDS": "lowcodeapi-baseten doc"})
    assert done.code == 0 and "doctor" in done.out


def test_a_shell_without_completion_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    done = here("completion", "csh")
    assert done.code == 2 and "'csh' is not one of 'bash', 'zsh', 'fish', 'powershell'" in done.err
    monkeypatch.setattr("click.shell_completion.get_completion_class", lambda shell: None)
    older = here("completion", "powershell")
    assert older.code == 4 and "click 8.5 or later" in older.err


IDS: list[tuple[str, list[str]]] = [
    ("models get ", ["abc123", "model_abc123"]),
    ("models get mod", ["model_abc123"]),
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
    ("wait promotion abc123 staging --deployment dep4", ["dep4"]),
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
]


@one_test
@pytest.mark.parametrize(("line", "offered"), IDS)
def test_ids_come_from_lists_that_only_read(line: str, offered: list[str], gateway: LocalGateway) -> None:
    assert [value for value, _ in completed(line, gateway)] == offered
    assert all(request.method == "GET" or request.path == "/v1/training_jobs/search" for request in gateway.received)
    assert {OPERATIONS[source.operation].safety for source in SOURCES.values()} == {"safe"}


def test_an_id_is_shown_with_its_name_unless_a_shell_could_read_it_as_something_else(gateway: LocalGateway) -> None:
    gateway.baseten.models["abc123"].name = "a\nname\x1b[31m"
    for id_ in ("a b", "$(id)", "`id`", "a;b", "a\nplain,b", "-rf", "~root", "é"):
        gateway.baseten.models[id_] = Model(id_, "2025-01-01T00:00:00Z", "bad")
    assert completed("models get ", gateway) == [("abc123", "a\\nname\\x1b[31m"), ("model_abc123", "my-other-model")]


@pytest.mark.parametrize(
    ("line", "env", "is_sent"),
    [
        ("models get ", {"LOWCODEAPI_API_TOKEN": ""}, False),
        ("models get ", {"LOWCODEAPI_API_TOKEN": "wrong-token"}, True),
        ("models get ", {"LOWCODEAPI_BASE_URL": "http://example.com"}, False),
        ("models get --url-format middle ", {}, True),
        ("models get --token-file no-such-file ", {}, False),
        ("models get --profile no-such-profile ", {}, False),
    ],
)
def test_every_failure_is_silent_and_without_a_token_nothing_is_sent(
    gateway: LocalGateway, line: str, env: dict[str, str], is_sent: bool
) -> None:
    assert completed(line, gateway, **env) in ([], [("abc123", "my-model"), ("model_abc123", "my-other-model")])
    assert bool(gateway.requests) == is_sent


@pytest.mark.parametrize("fault", ["500", "reset_after", "malformed", "truncate", "stall"])
def test_a_gateway_in_trouble_is_silent_or_given_up(
    gateway: LocalGateway, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lowcodeapi_baseten.cli.ids.PATIENCE", 0.3 if fault == "stall" else 10.0)
    gateway.faults = FaultPlan(rates={fault: 1.0})
    # With a stalled gateway the look is still under way, and has no standard error any more.
    verbose = "" if fault == "stall" else "-v "
    assert completed(f"deployments get {verbose}abc123 ", gateway, TERM="dumb") == []


def test_standard_input_is_not_read() -> None:
    variables = {"_LOWCODEAPI_BASETEN_COMPLETE": "zsh_complete", "COMP_CWORD": "5"}
    line = "lowcodeapi-baseten predict production --input - --"
    with Terminal(env={**variables, "COMP_WORDS": line}) as terminal:
        assert terminal.end() == 0 and "--deployment" in terminal.screen


def test_the_short_name_is_the_same_command() -> None:
    scripts = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts["lcb"] == scripts["lowcodeapi-baseten"] == "lowcodeapi_baseten.cli:main"
