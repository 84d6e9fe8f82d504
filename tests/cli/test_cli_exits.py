"""The end of a command: the exit code, and one line or one JSON object on standard error."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway

from tests.support.shell import COMMAND, Done, environment, here, run
from tests.support.tables import one_test

# A command line → its exit code, and the line on standard error.
REFUSED: list[tuple[str, int, str]] = [
    ("models get nope", 1, r"models\.get: 404: .*check the ids"),
    ("models get a/b", 2, "model_id is not a valid ID"),
    ("models get", 2, "Missing argument 'MODEL_ID'; see lowcodeapi-baseten models get --help"),
    ("models get a b", 2, "unexpected extra argument"),
    ("models frobnicate", 2, "there is no command 'frobnicate'; see lowcodeapi-baseten models --help"),
    ("modles", 2, r"there is no command 'modles'; did you mean models\?; see lowcodeapi-baseten --help"),
    ("models", 2, "Missing command; see lowcodeapi-baseten models --help"),
    ("models list --frob", 2, "No such option"),
    ("models list --url-format middle", 2, "'middle' is not one of"),
    ("models list --timeout 0", 2, "not a number of seconds above 0"),
    ("models list --timeout nan", 2, "not a number of seconds above 0"),
    ("models delete abc123", 2, "models delete abc123: this can't be taken back.*give --yes"),
    ("predict production", 2, "give --input or --body"),
    ("predict production --input 1 --body 1", 2, "give --input or --body"),
    ("predict production --input hi", 2, "not JSON: .*a string has quotes of its own"),
    ("predict production --input @no-such-file", 2, "'no-such-file' can't be read: No such file"),
    ("predict production --input -", 2, "not JSON in standard input"),
    ("predict production --input '[NaN]'", 2, "can't be sent"),
    ("predict --input 1", 2, "give ENV or --deployment"),
    ("predict production --deployment dep1 --input 1", 2, "give ENV or --deployment"),
    ("environments create abc123", 2, "--name must be given"),
    ("environments create abc123 --body '[]'", 2, "--body is a JSON object"),
    ("secrets upsert --name - --value - --body -", 2, "standard input is already read"),
    ("api-keys create --type NEW_KIND", 2, "'NEW_KIND' is not one of 'PERSONAL'"),
    (
        "inference async-predict-development --input '{}' --model-input '{}'",
        2,
        "needs exactly one of model_input= and input=",
    ),
    ("submit development --input @large.json", 2, "262,144 at most"),
    ("wake abc123 --development --deployment dep1", 2, "give one of"),
    ("logs proj_123 job_456 --since 12+1", 2, "--since: a position is for --follow"),
    ("logs proj_123 job_456 --since noon", 2, r"'--since': 'noon' is none of 2026-01-31T12:00 \(UTC"),
    ("logs proj_123 job_456 -f --since -1", 2, r"'--since': '-1' is none of 2026-01-31T12:00 \(UTC"),
    ("logs proj_123 job_456 --all --limit 5", 2, "give one of --follow, --all and --limit"),
    ("logs proj_123 job_456 --limit 0", 2, "--limit is a whole number above 0"),
    ("models list -o xml", 2, "'xml' is not one of 'table', 'json', 'yaml', 'csv'"),
    ("submit development -o csv", 2, "--input must be given"),
    ("download proj_123 job_456", 2, "Missing option '--to'"),
    ("models list --api-token secret-of-mine", 2, "the token is never an option"),
    ("models list --token=secret-of-mine", 2, "the token is never an option"),
    ("models list --base-url http://example.com", 4, r"plain HTTP to example\.com"),
    ("models list --base-url localhost:8000", 4, "such as https://.*; https:// or http:// is missing$"),
    (
        """environments create abc123 --name x --autoscaling-settings '{"max_replicas": 1}'""",
        2,
        r"autoscaling_settings has no field 'max_replicas': did you mean 'max_replica'\?$",
    ),
    ("models list --token-file no-such-file", 4, "'no-such-file' can't be read"),
]


def is_one_line(done: Done) -> bool:
    return done.err.startswith("error: ") and done.err.count("\n") == 1 and "Traceback" not in done.err


@one_test
@pytest.mark.parametrize(("line", "code", "says"), REFUSED)
def test_what_is_refused_has_its_exit_code_and_one_line(
    line: str, code: int, says: str, gateway: LocalGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "large.json").write_text(json.dumps({"x": "y" * 300_000}))
    done = here(*shlex.split(line), gateway=gateway)
    assert (done.code, done.out) == (code, ""), done
    assert is_one_line(done) and re.search(says, done.err), done.err
    assert "secret-of-mine" not in done.err
    assert {request.method for request in gateway.requests} <= {"GET"}


def test_without_a_token_nothing_is_sent_and_the_exit_code_of_the_process_is_4(gateway: LocalGateway) -> None:
    done = run("models", "list", env={"LOWCODEAPI_BASE_URL": gateway.base_url})
    assert done.code == 4 and is_one_line(done) and not gateway.requests
    assert "set LOWCODEAPI_API_TOKEN, or give --token-file FILE" in done.err and "api_token=" not in done.err


@pytest.mark.parametrize("arguments", [["models", "list"], ["wait", "request", "r1", "--interval", "0.01"]], ids=str)
def test_a_deadline_that_passes_has_the_exit_code_3(gateway: LocalGateway, arguments: list[str]) -> None:
    gateway.faults = FaultPlan(rates={"stall": 1.0})
    # The first attempt gets a quarter of it: on a busy machine, connecting takes a while.
    done = here(*arguments, "--timeout", "1", gateway=gateway)
    assert done.code == 3 and is_one_line(done), done


@pytest.mark.parametrize(
    "arguments",
    [
        ["logs", "proj_123", "job_456"],
        ["logs", "proj_123", "job_456", "--follow"],
        ["wait", "deployment", "abc123", "dep1"],
        ["wake", "abc123"],
    ],
    ids=" ".join,
)
def test_where_nobody_answers_a_wait_ends_like_a_call(arguments: list[str]) -> None:
    nobody = {"LOWCODEAPI_API_TOKEN": TOKEN, "LOWCODEAPI_BASE_URL": "http://127.0.0.1:1/baseten"}
    done = here(*arguments, "--timeout", "0.2", env=nobody)
    assert done.code == 1 and is_one_line(done) and "it continues" not in done.err, done


@pytest.mark.parametrize("words", [["--json"], ["-o", "json"], ["-ojson"], ["--output=json"]], ids=" ".join)
def test_an_error_as_json_carries_what_a_program_decides_by(gateway: LocalGateway, words: list[str]) -> None:
    done = here("models", "get", "nope", *words, gateway=gateway)
    error = json.loads(done.err)["error"]
    assert done.err.count("\n") == 1 and done.out == ""
    assert {name: error[name] for name in ("type", "exit_code", "operation", "status_code", "error_code")} == {
        "type": "NotFoundError",
        "exit_code": 1,
        "operation": "models.get",
        "status_code": 404,
        "error_code": "NOT_FOUND",
    }
    assert error["message"].startswith("models.get: 404") and error["request_id"]
    assert {attempt["status_code"] for attempt in error["attempts"] if attempt["purpose"] == "call"} == {404}
    refused = here("models", "get", *words, gateway=gateway)
    assert json.loads(refused.err)["error"]["exit_code"] == refused.code == 2


TOKEN = "lca-Test-0123456789-ABCDEF"


# Command lines, each with variables of the environment.
WITH_TOKEN: list[tuple[str, dict[str, str]]] = [
    ("models list", {}),
    ("login TOKEN", {}),
    ("TOKEN", {}),
    ("models TOKEN", {}),
    ("models get TOKEN/x", {}),
    ("models get TOKEN", {}),
    *((f"models list --{option} TOKEN", {}) for option in ("token-file", "profile", "base-url", "url-format")),
    *((f"models list --{option} TOKEN", {}) for option in ("timeout", "columns")),
    ("logs a b --since TOKEN", {}),
    ("models list", {"LOWCODEAPI_LOG": "TOKEN"}),
    ("models list", {"LOWCODEAPI_PROFILE": "TOKEN", "LOWCODEAPI_URL_FORMAT": "TOKEN"}),
]


@one_test
@pytest.mark.parametrize("token", [TOKEN, f"{TOKEN}{'xyz0' * 80}"], ids=["short", "long"])
@pytest.mark.parametrize("option", ["-v", "--json"])
@pytest.mark.parametrize(("line", "env"), WITH_TOKEN)
def test_a_token_that_is_refused_or_typed_in_the_wrong_place_is_not_shown(
    line: str, env: dict[str, str], option: str, token: str, gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = line.replace("TOKEN", token).split()
    given = {name: value.replace("TOKEN", token) for name, value in env.items()}
    monkeypatch.setattr("lowcodeapi_baseten.logger._is_set_up", False)
    done = here(*words, option, gateway=gateway, env={**given, "LOWCODEAPI_API_TOKEN": token})
    assert done.code and done.err
    assert token[:20].lower() not in (done.out + done.err).lower(), done


@pytest.mark.parametrize("words", ["--version", "models get --help"])
def test_a_reader_that_has_seen_enough_ends_it_without_a_word(words: str) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    with open(theirs, "w") as out:  # at its end, too, Python has nothing to add
        done = subprocess.run([*COMMAND, *words.split()], stdout=out, stderr=subprocess.PIPE, env=environment(None))
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_fault_of_ours_is_one_line_too_and_shows_no_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    def text() -> str:
        raise KeyError("a fault")

    monkeypatch.setattr("lowcodeapi_baseten.cli.overview.text", text)
    done = here("--json")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert json.loads(done.err)["error"]["message"] == "this is a bug: KeyError: 'a fault'; -v shows where"
    with pytest.raises(KeyError):
        here("--json", "-v")
