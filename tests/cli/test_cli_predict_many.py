"""`lowcodeapi-baseten predict-many`: a line for every line, whatever happens on the way."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import pty
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten.cli.progress import Tally, ranges
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway, UpstreamError

from tests.support.shell import COMMAND, Done, environment, here, terminal_here

MANY = ["predict-many", "production"]
PREDICT = "inference.predict_environment"
GOES_ON = "the same command goes on where it stopped"
PATIENCE = 60.0  # seconds


@pytest.fixture
def gateway() -> Iterator[LocalGateway]:
    with LocalGateway(empty_answers="answered") as running:
        running.predict = lambda body: body["input"]
        yield running


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def many(*arguments: str, **options: Any) -> Done:
    """It in this process."""
    return here("predict-many", *arguments, **options)


@contextlib.contextmanager
def meanwhile(user: Callable[[], None]) -> Iterator[None]:
    """Somebody else, in a thread, while the command runs in this one."""
    thread = threading.Thread(target=user)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def stopped(gateway: LocalGateway, requests: int, stop: signal.Signals = signal.SIGINT) -> Any:
    """Send this process a signal when so many requests have come."""

    def user() -> None:
        until = time.monotonic() + PATIENCE
        while len(gateway.requests) < requests:
            assert time.monotonic() < until, f"{len(gateway.requests)} of {requests} requests have come"
            time.sleep(0.005)
        main = threading.main_thread().ident
        assert main is not None
        signal.pthread_kill(main, stop)

    return meanwhile(user)


def test_every_input_has_a_line_with_its_place_and_its_output(gateway: LocalGateway) -> None:
    inputs = [{"text": "hé"}, None, "\u2028\x1b[2J", 0, [1, {"a": None}], True]
    given = "\ufeff" + "\n \n\n".join(json.dumps(value, ensure_ascii=False) for value in inputs)
    done = many("production", "--ordered", gateway=gateway, given=given)
    assert (done.code, done.err) == (0, "")
    assert lines(done.out) == [{"index": index, "output": value} for index, value in enumerate(inputs)]
    assert "\x1b" not in done.out


def test_bytes_are_base64(gateway: LocalGateway) -> None:
    gateway.predict = lambda body: (b"\x00\x01", "application/octet-stream")
    assert lines(many("production", gateway=gateway, given="1").out) == [{"index": 0, "base64": "AAE="}]


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (["staging"], "/environments/staging/predict"),
        (["development"], "/development/predict"),
        (["--development"], "/development/predict"),
        (["--deployment", "dep1"], "/deployment/dep1/predict"),
    ],
)
def test_a_dry_run_shows_the_first_request_and_sends_nothing(target: list[str], path: str) -> None:
    done = many(*target, "--dry-run", "--url-format", "new", given="1\nno JSON\n")
    assert (done.code, done.out.count("curl")) == (0, 1)
    assert f"{path}?" in done.out and '{"input":1}' in done.out


def test_it_predicts_where_it_is_told_to(gateway: LocalGateway) -> None:
    done = many("--deployment", "dep1", gateway=gateway, given="1\n2\n")
    assert done.code == 0
    assert gateway.count("inference.predict_deployment") == 2


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "exactly one of the three"),
        (["production", "--deployment", "dep1"], "exactly one of the three"),
        (["production", "--development"], "exactly one of the three"),
        (["production", "--resend-unknown"], "--resend-unknown is for --checkpoint"),
        (["production", "--concurrency", "0"], "concurrency must be a whole number from 1 to 4096"),
        (["production", "--on-error", "ignore"], "'ignore' is not one of 'collect', 'raise'"),
        (["no/id"], "env_name is not a valid ID"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_sent(
    gateway: LocalGateway, arguments: list[str], problem: str
) -> None:
    done = many(*arguments, gateway=gateway)
    assert done.code == 2 and problem in done.err
    assert not gateway.requests


def _odd_ones_fail(body: Any) -> Any:
    if body["input"] % 2:
        raise UpstreamError(422, {"error": "odd"})
    return body["input"]


def test_an_item_that_fails_has_its_line_and_the_others_theirs(gateway: LocalGateway) -> None:
    gateway.predict = _odd_ones_fail
    done = many("production", "--ordered", gateway=gateway, given="0\n1\n2\n3\n")
    assert done.code == 1
    assert [line.get("output") for line in lines(done.out)] == [0, None, 2, None]
    assert [line.get("type") for line in lines(done.out)] == [None, "UnprocessableEntityError"] * 2
    assert "422: odd" in lines(done.out)[1]["error"]
    assert done.err == "2 of 4 items failed; their lines say why\n"


def test_the_first_error_ends_the_run_where_that_is_wanted(gateway: LocalGateway, tmp_path: Path) -> None:
    gateway.predict = _odd_ones_fail
    options = ["--on-error", "raise", "--concurrency", "1", "--checkpoint", str(tmp_path / "run")]
    done = many("production", *options, gateway=gateway, given="0\n1\n2\n")
    assert (done.code, lines(done.out)) == (1, [{"index": 0, "output": 0}])
    assert GOES_ON in done.err and "422: odd" in done.err
    assert gateway.count(PREDICT) <= 2


BAD_LINES = pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{nope}", "not JSON: Expecting property name enclosed in double quotes at character 2"),
        (b'"\xff"', "not UTF-8 text"),
        (b"[" * 100_000, "not JSON that can be read"),
    ],
    ids=["no JSON", "no UTF-8", "too deep"],
)


@BAD_LINES
def test_a_bad_line_is_an_error_with_its_index_and_the_others_go_on(
    gateway: LocalGateway, line: bytes, problem: str
) -> None:
    done = many("production", "--ordered", gateway=gateway, given=b"1\n\n2\n" + line + b"\n3\n")
    *good, bad, last = lines(done.out)
    assert [*good, last] == [{"index": 0, "output": 1}, {"index": 1, "output": 2}, {"index": 3, "output": 3}]
    assert (bad["index"], bad["type"]) == (2, "InvalidParameterError")
    assert bad["error"].startswith(f"line 4 of standard input is {problem}")
    assert (done.code, done.err) == (1, "1 of 4 items failed; their lines say why\n")
    assert gateway.count(PREDICT) == 3


def test_a_bad_line_that_is_corrected_is_sent_when_the_run_goes_on(gateway: LocalGateway, tmp_path: Path) -> None:
    command = ["production", "--ordered", "--checkpoint", str(tmp_path / "run.jsonl")]
    many(*command, gateway=gateway, given="1\n{nope}\n[NaN]\n4\n")
    done = many(*command, gateway=gateway, given="1\n2\n3\n4\n")
    assert (done.code, [line["output"] for line in lines(done.out)]) == (0, [1, 2, 3, 4])
    assert gateway.count(PREDICT) == 4
    broken = many(*command, gateway=gateway, given="1\n{nope}\n3\n4\n")
    assert broken.code == 1 and "item 1 has changed" in broken.err


@BAD_LINES
def test_where_the_first_error_ends_the_run_a_bad_line_ends_the_inputs_and_loses_nothing_before_it(
    gateway: LocalGateway, line: bytes, problem: str
) -> None:
    options = ["--ordered", "--on-error", "raise"]
    done = many("production", *options, gateway=gateway, given=b"1\n\n2\n" + line + b"\n3\n")
    assert (done.code, [made["output"] for made in lines(done.out)]) == (1, [1, 2])
    assert f"error: line 4 of standard input is {problem}" in done.err
    assert done.err.endswith("; what stands before it was sent, and nothing after it\n")
    assert gateway.count(PREDICT) == 2


def test_lines_that_are_there_are_sent_while_more_are_awaited_and_ctrl_c_ends_the_wait(gateway: LocalGateway) -> None:
    # A process of its own: its interpreter must not wait at its end for the thread that reads. Where Python buffers
    # nothing by itself, nobody would see that we forgot to flush.
    env = {name: value for name, value in environment(gateway).items() if name != "PYTHONUNBUFFERED"}
    pipes: dict[str, Any] = {name: subprocess.PIPE for name in ("stdin", "stdout", "stderr")}
    with subprocess.Popen([*COMMAND, *MANY], env=env, text=True, **pipes) as process:
        try:
            assert process.stdin is not None and process.stdout is not None and process.stderr is not None
            process.stdin.write("1\n2\n3\n")
            process.stdin.flush()
            assert {json.loads(process.stdout.readline())["output"] for _ in range(3)} == {1, 2, 3}
            process.send_signal(signal.SIGINT)
            assert (process.wait(PATIENCE), process.stderr.read()) == (130, "\n")
        finally:
            process.kill()


def test_whoever_closes_the_output_ends_the_run(gateway: LocalGateway) -> None:
    ours, theirs = os.pipe()

    def head() -> None:
        with open(ours) as file:
            assert json.loads(file.readline())["output"] == 1

    with meanwhile(head), open(theirs, "w") as out:
        done = many("production", "--concurrency", "4", gateway=gateway, given="1\n" * 10_000, out=out)
    assert (done.code, done.err) == (141, "")
    assert gateway.count(PREDICT) < 5_000


@pytest.mark.parametrize(("stop", "code", "end"), [(signal.SIGINT, 130, "\n"), (signal.SIGTERM, 143, "")])
def test_a_run_that_was_stopped_goes_on_and_names_what_nobody_knows(
    stop: signal.Signals, code: int, end: str, gateway: LocalGateway, tmp_path: Path
) -> None:
    gateway.faults = FaultPlan(script=[None, "stall"], only={PREDICT})
    command = ["production", "--concurrency", "1", "--checkpoint", str(tmp_path / "run.jsonl")]
    with stopped(gateway, 2, stop):
        done = many(*command, gateway=gateway, given="10\n11\n12\n")
    assert (done.code, lines(done.out)) == (code, [{"index": 0, "output": 10}])
    assert done.err.startswith("stopped, 1 written; 1 item was under way and may have been carried out; ")
    assert GOES_ON in done.err and done.err.endswith(f" or send them again with --resend-unknown\n{end}")
    refused = many(*command, "--on-error", "raise", gateway=gateway, given="10\n11\n12\n")
    assert (refused.code, refused.out) == (1, "") and GOES_ON not in refused.err
    assert "1 item" in refused.err and "--resend-unknown sends them again" in refused.err
    assert gateway.count(PREDICT) == 2
    resumed = many(*command, "--ordered", gateway=gateway, given="10\n11\n12\n")
    assert [line.get("output", line.get("type")) for line in lines(resumed.out)] == [10, "UnknownFateError", 12]
    assert (
        resumed.code == 1 and "1 of 3 items were sent by an earlier run" in resumed.err and ": 1; look" in resumed.err
    )
    assert gateway.count(PREDICT) == 3
    again = many(*command, "--resend-unknown", gateway=gateway, given="10\n11\n12\n")
    assert (again.code, again.err, len(lines(again.out))) == (0, "", 3)
    assert gateway.count(PREDICT) == 4


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ([*MANY, "--concurrency", "2"], "stopped, 0 written; up to 2 items were under way"),
        (["predict", "production", "--input", "-", "-v"], "stopped; inference.predict_environment was under way"),
        (["submit", "production", "--input", "-"], "stopped; inference.async_predict_environment was under way"),
    ],
    ids=["many", "one", "queued"],
)
def test_a_call_that_ctrl_c_cuts_off_may_have_been_carried_out(
    command: list[str], said: str, gateway: LocalGateway
) -> None:
    gateway.faults = FaultPlan(rates={"stall": 1.0})
    with stopped(gateway, 1):
        done = here(*command, gateway=gateway, given="10\n11\n" if command[0] == MANY[0] else "10")
    assert (done.code, done.out) == (130, "") and done.err.endswith(f"{said} and may have been carried out\n\n")
    assert "Traceback" not in done.err and gateway.api_token not in done.err


def test_a_read_that_ctrl_c_cuts_off_says_nothing(gateway: LocalGateway) -> None:
    gateway.faults = FaultPlan(rates={"stall": 1.0})
    with stopped(gateway, 1):
        assert here("models", "list", gateway=gateway) == (130, "", "\n")


@pytest.mark.parametrize("options", [["8"], ["8", "--ordered"], ["1"]], ids=" ".join)
def test_a_token_that_is_refused_ends_the_run_in_one_line(
    options: list[str], gateway: LocalGateway, tmp_path: Path
) -> None:
    stale, checkpoint = tmp_path / "stale", str(tmp_path / "run.jsonl")
    stale.write_text("lca-unknown-0123456789abcdef")
    given = "".join(f"{number}\n" for number in range(60))
    command = ["production", "--checkpoint", checkpoint, "--concurrency", *options]
    done = many(*command, "--token-file", str(stale), gateway=gateway, given=given)
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines()[:-1] == [f"stopped, 0 written; {GOES_ON}"], "no item's fate is unknown"
    assert "401: The api_token is invalid" in done.err.splitlines()[-1]
    assert len(gateway.requests) < 30
    again = many(*command, gateway=gateway, given=given)
    assert (again.code, again.err, len(lines(again.out))) == (0, "", 60)


def test_a_401_of_the_model_is_an_item_s_own(gateway: LocalGateway) -> None:
    def refuse(body: Any) -> Any:
        raise UpstreamError(401, {"error": "no key"})

    gateway.predict = refuse
    done = many("production", gateway=gateway, given="1\n2\n")
    assert (done.code, len(lines(done.out))) == (1, 2) and "2 of 2 items failed" in done.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no file that is always full")
def test_a_full_standard_output_is_named_and_no_checkpoint_is_blamed(gateway: LocalGateway, tmp_path: Path) -> None:
    command = ["production", "--checkpoint", str(tmp_path / "run.jsonl")]
    with Path("/dev/full").open("w") as full:
        done = many(*command, gateway=gateway, given="10\n", out=full)
    told, error = done.err.splitlines()
    assert (done.code, told) == (1, f"stopped, 0 written; {GOES_ON}")
    assert error == f"error: standard output: {os.strerror(errno.ENOSPC)}"
    again = many(*command, gateway=gateway, given="10\n")
    assert (again.code, lines(again.out)) == (0, [{"index": 0, "output": 10}])
    assert gateway.count(PREDICT) == 1


def test_a_standard_output_that_takes_nothing_is_named(gateway: LocalGateway) -> None:
    with open(os.open(os.devnull, os.O_RDONLY), "w") as out:
        done = many("production", gateway=gateway, given="10\n", out=out)
    assert (done.code, done.err) == (1, f"error: standard output: {os.strerror(errno.EBADF)}\n")


def test_an_input_that_breaks_off_is_not_blamed_on_the_output(gateway: LocalGateway) -> None:
    ours, theirs = pty.openpty()
    os.close(theirs)  # Linux lets every read of ours fail
    with open(ours):
        done = many("production", gateway=gateway, given=ours)
    assert done.code == 1 and done.err.endswith(f"error: {os.strerror(errno.EIO)}\n")


def test_the_end_of_the_time_has_the_exit_code_3(gateway: LocalGateway, tmp_path: Path) -> None:
    options = ["--run-timeout", "0.2", "--checkpoint", str(tmp_path / "run.jsonl"), "--json"]
    ours, theirs = os.pipe()
    with open(theirs, "w"), open(ours):  # nothing comes
        done = many("production", *options, gateway=gateway, given=ours)
    told, error = done.err.splitlines()
    assert done.code == 3
    assert GOES_ON in told and json.loads(error)["error"]["type"] == "RunTimeoutError"


@pytest.mark.parametrize(("options", "is_shown"), [([], True), (["--no-progress"], False), (["-v"], False)])
def test_who_watches_sees_how_far_it_is(gateway: LocalGateway, options: list[str], is_shown: bool) -> None:
    with terminal_here() as (err, screen):
        done = many("production", "--ordered", *options, gateway=gateway, given="1\n\n2\n3\n", err=err)
        assert (done.code, [line["output"] for line in lines(done.out)]) == (0, [1, 2, 3])
        assert ("3 of 3, " in screen()) == is_shown


def test_what_is_typed_is_answered(gateway: LocalGateway) -> None:
    with terminal_here(typed="7\n8\n\x04") as (streams, screen):
        done = many("production", gateway=gateway, given=streams.fileno(), out=streams, err=streams)
        assert done.code == 0
        shown = screen()
    assert "one JSON value a line; Ctrl-D ends them\n" in shown
    assert all(f'"output": {number}}}\n' in shown for number in (7, 8))


def test_a_tally_counts_the_last_seconds() -> None:
    tally = Tally(100, 0.0)
    assert tally.text(0.0) == "0 of 100, 0.0/s"
    for second in range(1, 11):
        tally.done += 2
        tally.rate(float(second))
    assert tally.text(10.0) == "20 of 100, 2.0/s, 0:40 left"
    tally.failed, tally.unknown = 1, [7, 8]
    assert tally.text(20.0) == "23 of 100, 1 failed, 2 of unknown fate, 0.3/s, 4:17 left"
    assert tally.text(40.0) == "23 of 100, 1 failed, 2 of unknown fate, 0.0/s"


@pytest.mark.parametrize(("rate", "said"), [(1, "2,000, 2,000/s"), (1000, "2,000, 2.0/s")], ids=["fast", "slow"])
def test_without_a_total_there_is_no_end_in_sight(rate: float, said: str) -> None:
    tally = Tally(None, 0.0)
    tally.done = 2000
    assert tally.text(float(rate)) == said


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([3], "3"),
        ([2, 1, 0, 9], "0-2 and 9"),
        ([0, 2, 3, 5], "0, 2-3 and 5"),
        (list(range(0, 200, 2)), f"{', '.join(str(n) for n in range(0, 100, 2))} and 50 more"),
    ],
    ids=["one", "a range", "several", "many"],
)
def test_places_are_named_in_few_words(numbers: list[int], said: str) -> None:
    assert ranges(numbers) == said
