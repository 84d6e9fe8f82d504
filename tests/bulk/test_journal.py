"""The checkpoint is a user's file: only lines that are certainly a run's own are used."""

from __future__ import annotations

import errno
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten.bulk.checkpoint import Journal, JournalError, UnknownFateError, digest

from tests.support.tables import one_test

HEADER = {"operation": "inference.predict_environment", "env_name": "production"}
FIRST = json.dumps({"journal": 1, **HEADER}).encode()
SENT = b'{"sent": 0, "of": "%016x"}' % digest("an input")
DONE = b'{"done": 0, "output": "an answer"}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


def opened(path: Any) -> Journal:
    return Journal(path, HEADER, resend_unknown=False)


NO_CHECKPOINTS = {
    "no end": b"my diary",
    "a line": b"my diary\n",
    "two lines": b"my diary\nof today",
    "an object": b'{"model": "what json.dump writes"}',
    "the like": b'{"operation": "inference.predict_environment"}',
    "another run": FIRST.replace(b"production", b"staging"),
    "another run that was killed": FIRST[:-2].replace(b"production", b"staging"),
    "more than a header": FIRST + b" and more",
    "a version to come": b'{"journal": 99}\n',
    "an empty line": b"\n",
    "zeros": b"\0" * 1000,
    "no text": b"\xff\xfe\n",
    "deep": b"[" * 100_000,
    "a deep line": b"[" * 100_000 + b"\n",
    "large": b"x" * 3_000_000,
}


@one_test
@pytest.mark.parametrize("content", NO_CHECKPOINTS.values(), ids=NO_CHECKPOINTS)
def test_a_file_that_is_something_else_is_left_as_it_was(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    with pytest.raises(JournalError, match=r"run\.jsonl' is not a checkpoint of this run") as caught:
        opened(path)
    assert path.read_bytes() == content
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kept", [0, 1, 10, len(FIRST)])
def test_a_run_that_was_killed_while_it_wrote_its_first_line_begins_anew(path: Path, kept: int) -> None:
    path.write_bytes(FIRST[:kept])
    opened(path).close()
    assert path.read_bytes() == FIRST + b"\n"


TORN = [
    SENT[:1],
    SENT[:9],
    SENT[:20],
    SENT[:3] + b"\0" * 5,
    SENT[:9] + b"\0" * 500,
    b"\0" * 9,
    DONE[:-1],
    b'{"failed": 0, "fa',
]


@one_test
@pytest.mark.parametrize("torn", TORN)
def test_a_last_line_that_was_not_written_to_its_end_is_cut_off(torn: bytes, path: Path) -> None:
    whole = b"\n".join([FIRST, SENT, b""])
    path.write_bytes(whole + torn)
    journal = opened(path)
    past = journal.past(0, digest("an input"))
    journal.close()
    assert past is not None and isinstance(past.error, UnknownFateError)
    assert path.read_bytes() == whole


DAMAGED = [
    b"a note of mine",
    b'{"seen": 1',
    b"{}\n",
    b"[]\n",
    b"7\n",
    b'{"sent": 0}\n',
    b'{"sent": -1, "of": "0"}\n',
    b'{"sent": "0", "of": "0"}\n',
    b'{"sent": 0, "of": "%b"}\n' % (b"f" * 17),
    b'{"sent": 0, "of": 5}\n',
    b'{"failed": 0}\n',
    SENT[:-3] + b"\n",
]


@one_test
@pytest.mark.parametrize("line", DAMAGED)
def test_a_line_that_no_run_wrote_is_named_and_the_file_left_as_it_was(line: bytes, path: Path) -> None:
    content = b"\n".join([FIRST, SENT, DONE, line])
    path.write_bytes(content)
    with pytest.raises(JournalError, match=r"line 4 of .*run\.jsonl' is damaged: restore the file, or begin a new"):
        opened(path)
    assert path.read_bytes() == content


def test_a_file_that_is_reached_by_a_link_is_the_one_that_is_kept_and_refused(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    try:
        link.symlink_to(path)
    except OSError:
        pytest.skip("no links on this system")
    path.write_bytes(b"my diary")
    with pytest.raises(JournalError):
        opened(link)
    assert path.read_bytes() == b"my diary"
    path.unlink()
    opened(link).close()
    assert link.is_symlink() and path.read_bytes() == FIRST + b"\n"


def test_what_can_not_be_opened_is_an_error_of_ours_that_names_it(tmp_path: Path) -> None:
    for bad in (tmp_path, tmp_path / "no folder" / "run.jsonl", f"{tmp_path}/run\0"):
        with pytest.raises(JournalError, match="can't be opened"):
            opened(bad)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name on this system")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for bad in (tmp_path / "pipe", os.devnull):
        with pytest.raises(JournalError, match="is not a regular file"):
            opened(bad)


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (errno.EWOULDBLOCK, "is in use by another run"),
        (errno.ENOLCK, r"can't be locked \(.+\), so another run could use it too"),
        (errno.EOPNOTSUPP, r"can't be locked \(.+\), so another run could use it too"),
    ],
)
def test_a_file_that_can_not_be_kept_from_another_run_is_refused_and_the_reason_is_named(
    number: int, problem: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def flock(file: Any, how: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    path.write_bytes(FIRST)
    with pytest.raises(JournalError, match=rf"run\.jsonl' {problem}"):
        opened(path)
    assert path.read_bytes() == FIRST


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_does_not_take_what_was_written_is_an_error_of_ours_that_names_the_file(
    number: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    journal = opened(path)
    journal.begin([(0, digest("an input"))])
    with monkeypatch.context() as patch, pytest.raises(JournalError, match=r"run\.jsonl' can't be written") as caught:
        patch.setattr(os, "fsync", fsync)
        journal.sync()
    journal.close()
    assert os.strerror(number) in str(caught.value)
    assert ("free space" in str(caught.value)) == (number == errno.ENOSPC)
    assert "was sent" not in str(caught.value)


def test_what_a_disk_takes_in_parts_is_written_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(io.FileIO):
        def write(self, content: Any, /) -> int:
            return super().write(content[:7])

    monkeypatch.setattr(io, "FileIO", Slow)
    journal = opened(path)
    journal.begin([(0, digest("an input"))])
    journal.done(0, "an answer")
    synced: list[bytes] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(path.read_bytes()))
    journal.close()
    assert path.read_bytes().splitlines() == [FIRST, SENT, DONE]
    assert synced == [path.read_bytes()]
