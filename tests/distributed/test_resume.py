"""A block whose worker is killed at any moment: run again, it sends nothing twice, and has every row."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lowcodeapi_baseten.distributed import resume, store
from lowcodeapi_baseten.distributed.blocks import Answer, Chunk, chunks, read, written

CALL = {
    "operation": "inference.predict_environment",
    "env_name": "production",
    "base_url": "https://example.com/baseten",
}
SOON = 0.001  # seconds


class Killed(BaseException):
    """The end of a worker: it does nothing more."""


class World:
    """The files that outlive workers, and the times that each row was sent. Everything that happens may be the last."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.sent: Counter[int] = Counter()
        self.left: int | None = None  # until the worker is killed
        self.torn = 0  # bytes that are missing of the file that is written at that moment

    def happens(self) -> bool:
        """True if this is the last that happens. After it, raise `Killed`."""
        if self.left is None:
            return False
        if self.left < 0:
            raise Killed
        self.left -= 1
        return self.left < 0

    def create(self, name: str, content: bytes, *, is_synced: bool = True) -> bool:
        assert is_synced or name.endswith(".done")
        is_last = self.happens()
        is_new = name not in self.files
        if is_new:
            self.files[name] = content[: len(content) - self.torn] if is_last and self.torn else content
        if is_last:
            raise Killed
        return is_new

    def read(self, name: str) -> bytes | None:
        if self.happens():
            raise Killed
        return self.files.get(name)

    def sender(self, values: list[int], window: int, chance: random.Random) -> resume.Send:
        """Send as many as the window holds, and answer them in any order."""

        def send(rows: Iterator[int]) -> Generator[tuple[int, Answer], None, None]:
            waiting: list[tuple[int, int]] = []
            for place, row in enumerate(rows):
                is_last = self.happens()
                self.sent[row] += 1
                if is_last:
                    raise Killed
                waiting.append((place, row))
                if len(waiting) == window:
                    place, row = waiting.pop(chance.randrange(window))
                    yield place, Answer(str(values[row]))
            chance.shuffle(waiting)
            for place, row in waiting:
                yield place, Answer(str(values[row]))

        return send


blocks = st.lists(st.integers(0, 3), max_size=12)


@given(
    blocks,
    st.integers(1, 5),
    st.integers(1, 4),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 60)), max_size=3),
    st.randoms(use_true_random=False),
)
def test_a_worker_that_is_killed_at_any_moment_sends_nothing_twice(
    values: list[int], size: int, window: int, kills: list[tuple[int, int]], chance: random.Random
) -> None:
    world = World()

    def answered() -> dict[int, Answer]:
        # Each worker splits the block itself.
        return resume.answered(chunks(CALL, values, size), world, world.sender(values, window, chance), SOON)

    begun: Counter[int] = Counter()
    for world.left, world.torn in kills:
        try:
            answered()
        except Killed:
            begun = world.sent.copy()
    world.left = None
    found = answered()
    assert found.keys() == set(range(len(values)))
    assert max(world.sent.values(), default=1) == 1
    announced = {
        row for chunk in chunks(CALL, values, size) if f"{chunk.name}.sent" in world.files for row in chunk.rows
    }
    for row, answer in found.items():
        assert answer.output == str(values[row]) or (answer.error_type == "UnknownFateError" and row in announced)
        if not kills:
            assert answer.error is None
    assert begun.keys() <= announced
    assert answered() == found  # it stays as it is


@pytest.mark.parametrize("size", [1, 3, 100])
def test_many_workers_with_one_block_send_each_row_once_and_all_get_the_answers(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = SimpleNamespace(sleep=lambda seconds: time.sleep(SOON), monotonic=time.monotonic)
    monkeypatch.setattr(resume, "time", soon)
    values, sent = [row % 7 for row in range(50)], list[int]()
    results: list[dict[int, Answer]] = []

    def send(rows: Iterator[int]) -> Generator[tuple[int, Answer], None, None]:
        for place, row in enumerate(rows):
            sent.append(row)
            yield place, Answer(str(values[row]))

    def work() -> None:
        results.append(resume.answered(chunks(CALL, values, size), store.opened(str(tmp_path)), send, 60.0))

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(sent) == list(range(50))
    assert results == [{row: Answer(str(value)) for row, value in enumerate(values)}] * 6


class Full(World):
    """A place that refuses files whose name ends so."""

    def __init__(self, ending: str) -> None:
        super().__init__()
        self._ending = ending

    def create(self, name: str, content: bytes, *, is_synced: bool = True) -> bool:
        if name.endswith(self._ending):
            raise OSError("the disk is full")
        return super().create(name, content, is_synced=is_synced)


def test_answers_that_can_not_be_recorded_are_handed_over_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    world = Full(".done")
    send = world.sender([1, 2, 3], 2, random.Random(1))
    found = resume.answered(chunks(CALL, [1, 2, 3], 2), world, send, SOON)
    assert [found[row].output for row in range(3)] == ["1", "2", "3"]
    assert "the answers of 2 rows are not in the checkpoint: the disk is full" in caplog.text


def test_rows_that_can_not_be_announced_are_not_sent() -> None:
    world = Full(".sent")
    found = resume.answered(chunks(CALL, [1, 2], 2), world, world.sender([1, 2], 2, random.Random(1)), SOON)
    assert not world.sent
    assert {answer.error_type for answer in found.values()} == {"JournalError"}
    assert "nothing was sent" in str(found[0].error)


class Unreadable(World):
    """A place that refuses to give anything back."""

    def read(self, name: str) -> bytes | None:
        raise PermissionError("no access")


class Repeating(World):
    """A place whose requests are repeated: what has this very content counts as created."""

    def create(self, name: str, content: bytes, *, is_synced: bool = True) -> bool:
        return super().create(name, content, is_synced=is_synced) or self.files[name] == content


def test_two_workers_announce_rows_in_other_words() -> None:
    world = Repeating()
    for _ in range(2):
        resume.answered(chunks(CALL, [1], 1), world, world.sender([1], 1, random.Random(1)), SOON)
    assert world.sent == {0: 1}


def test_answers_that_can_not_be_read_are_unknown_and_the_reason_is_named() -> None:
    world = Unreadable()
    first, found = (
        resume.answered(chunks(CALL, [1], 1), world, world.sender([1], 1, random.Random(1)), SOON) for _ in range(2)
    )
    assert first[0].output == "1"
    assert world.sent == {0: 1}
    assert found[0].error_type == "UnknownFateError"
    assert "PermissionError: no access" in str(found[0].error)


def test_a_run_that_is_cut_off_records_the_answers_that_it_has() -> None:
    world = World()

    def cut_off(rows: Iterator[int]) -> Generator[tuple[int, Answer], None, None]:
        yield from list(world.sender([1, 2, 3], 3, random.Random(1))(rows))[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        resume.answered(chunks(CALL, [1, 2, 3], 3), world, cut_off, SOON)
    send = world.sender([1, 2, 3], 3, random.Random(1))
    found = resume.answered(chunks(CALL, [1, 2, 3], 3), world, send, SOON)
    assert sorted(str(answer.error_type) for answer in found.values()) == ["None", "None", "UnknownFateError"]


# --- names and files


def names(rows: list[object], size: int = 2, **call: str) -> list[str]:
    return [chunk.name for chunk in chunks({**CALL, **call}, rows, size)]


def test_chunks_are_named_by_what_is_sent_and_where_to() -> None:
    assert names([1, {"a": 1, "b": 2}]) == names([1, {"b": 2, "a": 1}])
    others = [names([1, 2]), names([2, 1]), names([1, "2"]), names([1, 2], env_name="staging"), names([[1], 2])]
    assert len({name for each in others for name in each}) == len(others)


def test_equal_chunks_of_a_block_have_different_names_which_the_next_worker_finds_again() -> None:
    assert len(set(names([1, 1, 1, 1, 1, 1]))) == 3
    assert names([1, 1, 1, 1]) == names([1, 1, 1, 1, 1, 1])[:2]


texts = st.none() | st.text()
answers = st.builds(Answer, texts, texts, texts)


@given(st.dictionaries(st.integers(5, 9), answers), st.integers(0, 200))
def test_answers_come_back_as_they_were_and_an_unfinished_file_has_its_whole_lines(
    known: dict[int, Answer], cut: int
) -> None:
    chunk = Chunk("name", range(5, 10))
    content = written(chunk, known)
    assert read(chunk, content) == known
    some = read(chunk, content[:cut])
    assert some.items() <= known.items()
    assert len(some) == content[:cut].count(b"\n")


def test_a_damaged_line_is_left_out() -> None:
    chunk = Chunk("name", range(2))
    first, second = ({row: Answer(str(row))} for row in chunk.rows)
    rows = (b'{"row": 9}', b'{"row": "0"}', b'{"row": 0, "more": 1}')
    for line in (b"", b"1", b"[]", b"null", b"{}", *rows, b"\xff", b"[" * 10**5):
        found = read(chunk, written(chunk, first) + line + b"\n" + written(chunk, second))
        assert found == first | second, line[:20]
