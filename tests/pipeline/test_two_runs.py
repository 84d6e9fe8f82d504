"""Two concurrent runs of codegen, and one that was killed: the output is from one of them, and whole."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from codegen import pipeline, report
from codegen.document.reading import DocumentError
from codegen.files import locks
from codegen.files.write import write_all
from tests.support.small_documents import answer, document, operation, parsed, store

ROOT = pipeline.ROOT.parent
LEFT = (".0123456789abcdef.tmp", ".fedcba9876543210.tmp")


def started(program: str, *arguments: object) -> subprocess.Popen[str]:
    """A short Python program that can import codegen."""
    command = [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


HOLD = """
    import sys
    from pathlib import Path
    from codegen.files.locks import locked
    with locked(Path(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Any:
    """A process that holds the folder until it is told to end, or killed."""
    process = started(HOLD, tmp_path)
    assert line_of(process) == "held"
    yield process
    process.kill()
    process.communicate()


def test_a_folder_that_another_run_holds_is_refused_in_words(holder: Any, tmp_path: Path) -> None:
    with (
        pytest.raises(DocumentError, match="another run writes there; nothing was changed"),
        locks.locked(tmp_path, wait=0),
    ):
        pytest.fail("held twice")


def test_a_run_waits_for_the_end_of_the_other(holder: Any, tmp_path: Path) -> None:
    process = started(HOLD, tmp_path)
    holder.communicate("\n")
    assert line_of(process) == "held"
    process.communicate("\n")


def test_the_lock_dies_with_its_process(holder: Any, tmp_path: Path) -> None:
    holder.kill()
    holder.wait()
    with locks.locked(tmp_path, wait=0):
        assert list(tmp_path.iterdir()) == [], "and leaves no file"


def test_one_process_may_hold_a_folder_twice(tmp_path: Path) -> None:
    with locks.locked(tmp_path), locks.locked(tmp_path / ".." / tmp_path.name, wait=0):
        write_all({tmp_path / "a": b"a"}, inside=tmp_path)
    assert (tmp_path / "a").read_bytes() == b"a"


def test_a_folder_that_was_made_for_nothing_goes_again(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locks.locked(tmp_path / "new" / "deep"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("write", ["generate", "report", "snapshot"])
def test_whatever_writes_takes_its_turn(
    holder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    monkeypatch.setattr(locks, "WAIT", 0.0)
    target = {tmp_path / "file": b"new"}
    with pytest.raises(DocumentError, match="another run writes there"):
        if write == "generate":
            package = parsed(document({"/a": {"get": operation()}})).package
            pipeline.write(pipeline.Generated(package, {}, report.Report("small", 1, {}, {})), tmp_path)
        else:
            write_all(target, inside=tmp_path if write == "snapshot" else None)
    assert list(tmp_path.iterdir()) == []


GENERATE = """
    import sys
    from codegen import cli
    from codegen.files import locks, write
    out, specs = sys.argv[1:3]
    told, sys.stdout = sys.stdout, sys.stderr
    changes, is_taken = write._changes, locks._is_taken
    def slow(*given):
        found = changes(*given)
        print("amid", file=told, flush=True)
        sys.stdin.readline()
        return found
    def asked(handle):
        taken = is_taken(handle)
        if not taken:
            print("waits", file=told, flush=True)
        return taken
    write._changes, locks._is_taken = slow, asked
    sys.exit(cli.main(["generate", "--provider", "small", "--specs", specs, "--out", out]))
"""


def test_two_runs_at_once_leave_the_package_of_one_of_them(tmp_path: Path) -> None:
    """Each has other documents. The first is between reading the folder and writing."""
    for number in (1, 2):
        schema = {"type": "object", "properties": {f"field_{number}": {"type": "string"}}}
        node = operation("Get it", responses=answer(schema))
        store(tmp_path / str(number) / "small", document({"/a": {"get": node}, f"/b{number}": {"get": node}}))
    first = started(GENERATE, tmp_path / "out", tmp_path / "1")
    assert line_of(first) == "amid"
    second = started(GENERATE, tmp_path / "out", tmp_path / "2")
    assert line_of(second) == "waits"
    first.communicate("\n")
    second.communicate("\n")
    assert (first.returncode, second.returncode) == (0, 0)
    found = {
        path.relative_to(tmp_path / "out").as_posix(): path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert found == pipeline.generate("small", specs=tmp_path / "2", say=lambda line: None).files


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from codegen.files import write
    folder = Path(sys.argv[1])
    write._apply = lambda change: os.kill(os.getpid(), signal.SIGKILL)
    write.write_all({folder / "a": b"new", folder / "b" / "c": b"new"}, inside=folder)
"""


def test_what_a_killed_run_leaves_is_ignored_by_git_and_swept_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    process = started(KILLED, tmp_path)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "a"]
    assert left
    for path in left:
        asked = subprocess.run(
            ["git", "check-ignore", "-q", "--no-index", f"generated/{path.name}"], cwd=ROOT, check=False
        )
        assert asked.returncode == 0, path.name
    write_all({tmp_path / "a": b"old", tmp_path / "b" / "c": b"new"}, inside=tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["a", "c"]


def test_only_temporary_files_of_codegen_are_swept(tmp_path: Path) -> None:
    kept = ["a.tmp", ".short.tmp", ".0123456789abcdeg.tmp", ".0123456789abcdef.tmp.py"]
    for name in (*kept, *LEFT):
        (tmp_path / name).write_bytes(b"")
    write_all({tmp_path / "a": b"a"})
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["a", *kept])
