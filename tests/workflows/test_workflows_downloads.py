"""Downloads: whole or not at all, resumed after faults, inside their folder, and with nothing of ours sent along."""

from __future__ import annotations

import logging
import os
import random
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten import Baseten, InvalidParameterError, LowCodeAPIError
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway
from lowcodeapi_baseten.workflows import Clock, DownloadError, Progress, WaitTimeoutError, fetching
from lowcodeapi_baseten.workflows.filenames import artifact_names, checkpoint_names
from lowcodeapi_baseten_api.models import CheckpointFile

from tests.support.tables import check_each, one_test
from tests.workflows.odd_answers import FILE, JOB, PROJECT, answering
from tests.workflows.patience import Quick, connected
from tests.workflows.store import Answer, Handler, Store, md5_of, refusing, serving

FILES = "training.list_checkpoint_files"
CONTENT = random.Random(1).randbytes(300_000)
SIZE = len(CONTENT)


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(serving(CONTENT)) as store:
        yield store


def fetched(
    files: list[tuple[str, str, int | None]], to: Path, *, clock: Clock | None = None, **options: Any
) -> list[Path]:
    """Download the files of these names, URLs and sizes."""
    listed = [{**FILE, "relative_file_name": name, "url": url, "size_bytes": size} for name, url, size in files]
    client = answering(FILES, {"presigned_urls": listed}).client
    client.clock = clock or Quick()
    paths: list[Path] = client.training.download_checkpoint_files(PROJECT, JOB, to=to, **options)
    return paths


def one(store: Store, to: Path, size: int | None = None, **options: Any) -> Path:
    """Download the store's file, and see that nothing else is left in its folder."""
    (path,) = fetched([("model.bin", f"{store.url}/model.bin?sig=secret", size)], to, **options)
    assert list(to.iterdir()) == [path]
    return path


# --- from the local gateway


@pytest.mark.parametrize("seed", [None, 0, 1])
def test_every_checkpoint_file_arrives_in_a_folder_of_its_checkpoint(
    gateway: LocalGateway, client: Baseten, tmp_path: Path, seed: int | None
) -> None:
    if seed is not None:
        rates = {"truncate": 0.2, "reset_before": 0.1, "reset_after": 0.05, "503": 0.05}
        gateway.faults = FaultPlan(seed=seed, rates=rates, only=["artifacts", FILES])
    paths = client.training.download_checkpoint_files(PROJECT, JOB, to=tmp_path / "new")
    assert tmp_path / "new" / "checkpoint-100" / "config.json" in paths
    for path in paths:
        assert path.read_bytes() == gateway.baseten.artifacts.content(f"{JOB}/{path.parent.name}/{path.name}")
    assert len(paths) == 25
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {*paths}


def test_only_what_was_chosen_is_fetched(client: Baseten, tmp_path: Path) -> None:
    def chosen(file: CheckpointFile) -> bool:
        return file.relative_file_name.endswith("config.json")

    paths = client.training.download_checkpoint_files(PROJECT, JOB, to=tmp_path, only=chosen)
    names = [path.relative_to(tmp_path).as_posix() for path in paths]
    assert names == ["checkpoint-100/config.json", "checkpoint-200/config.json"]


def test_artifacts_arrive_and_their_host_sees_nothing_of_ours(
    gateway: LocalGateway, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with connected(gateway, headers={"x-secret": "of mine"}) as client:
        (path,) = client.training.download_artifacts(PROJECT, JOB, to=str(tmp_path))
    assert path == tmp_path / "artifacts.tgz"
    assert path.read_bytes() == gateway.baseten.artifacts.content(f"{JOB}/artifacts.tgz")
    request = next(request for request in gateway.requests if request.path.startswith("/_artifacts"))
    assert set(request.headers) == {"host", "accept", "accept-encoding"}
    assert "api_token" not in dict(request.query)
    assert "X-Amz-Signature" not in caplog.text


def test_a_url_that_has_expired_is_asked_for_again(gateway: LocalGateway, client: Baseten, tmp_path: Path) -> None:
    artifacts, seen = gateway.baseten.artifacts, list[str]()

    def progress(event: Progress) -> None:
        if not seen:
            artifacts.expire()
        seen.append(event.name)

    gateway.faults = FaultPlan(script=["truncate"], only=["artifacts"])
    training = client.training
    assert len(training.download_checkpoint_files(PROJECT, JOB, to=tmp_path, progress=progress, concurrency=1)) == 25
    assert gateway.count(FILES) == 2


# --- resuming


def test_a_download_is_resumed_where_it_broke_off(store: Store, tmp_path: Path) -> None:
    store.script = [serving(CONTENT, cut_after=100_000), serving(CONTENT, cut_after=50_000), refusing(503)]
    events = list[Progress]()
    path = one(store, tmp_path, SIZE, progress=events.append)
    assert path.read_bytes() == CONTENT
    assert store.asked("range") == [None, "bytes=100000-", "bytes=150000-", "bytes=150000-"]
    assert store.asked("if-match") == [None, *[md5_of(CONTENT)] * 3]
    done = [event.done_bytes for event in events]
    assert done == sorted(done) and events[-1] == Progress("model.bin", path, SIZE, SIZE)


def test_a_later_run_goes_on_where_an_earlier_one_was_given_up(store: Store, tmp_path: Path) -> None:
    store.script = [serving(CONTENT, cut_after=100_000), *[refusing(503)] * 6]
    with pytest.raises(DownloadError, match=r"given up after 6 attempts: status 503; 100,000 bytes are kept") as caught:
        one(store, tmp_path)
    assert "secret" not in str(caught.value) and caught.value.__cause__ is None
    assert caught.value.name == "model.bin"
    (part,) = tmp_path.iterdir()
    assert part.suffix == ".part"
    store.requests.clear()
    assert one(store, tmp_path).read_bytes() == CONTENT
    assert store.asked("range") == [None, "bytes=100000-"]
    # All of its bytes are there, and only its place is missing.
    store.requests.clear()
    (tmp_path / "model.bin").rename(part)
    assert one(store, tmp_path).read_bytes() == CONTENT
    assert store.asked("range") == [None]


OLD = b"old" * 100_000


def answers_with_another_range(request: Handler) -> None:
    headers = {"etag": '"a-2"', "content-range": f"bytes 99995-{len(CONTENT) - 1}/{len(CONTENT)}"}
    request.say(206, headers, CONTENT[99_995:])


@pytest.mark.parametrize(
    ("script", "otherwise"),
    [
        *(([serving(OLD, cut_after=100_000), *more], serving(CONTENT)) for more in ([], [refusing(412)])),
        ([serving(OLD, cut_after=100_000), refusing(416)], serving(CONTENT)),
        # It ignores If-Match, or has no ranges.
        ([serving(OLD, cut_after=100_000, etag='"a-2"')], serving(CONTENT, etag='"b-2"', conditions=False)),
        ([serving(CONTENT, cut_after=100_000)], serving(CONTENT, ranges=False)),
        (
            [serving(CONTENT, cut_after=100_000, etag='"a-2"'), answers_with_another_range],
            serving(CONTENT, etag='"a-2"'),
        ),
    ],
)
def test_bytes_of_two_versions_are_never_put_together(
    store: Store, tmp_path: Path, script: list[Answer], otherwise: Answer
) -> None:
    store.script, store.otherwise = script, otherwise
    assert one(store, tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("etag", "resumes"),
    [
        ('"d41d8cd98f00b204e9800998ecf8427e-7"', True),
        *((etag, False) for etag in (None, 'W/"weak"', '"\xe9"', '"a b"', f'"{"a" * 2000}"')),
    ],
)
def test_bytes_are_put_together_only_where_an_etag_says_that_they_belong_together(
    store: Store, tmp_path: Path, etag: str | None, resumes: bool
) -> None:
    store.script = [serving(CONTENT, cut_after=100_000, etag=etag)]
    store.otherwise = serving(CONTENT, etag=etag)
    assert one(store, tmp_path).read_bytes() == CONTENT
    assert store.asked("range") == [None, "bytes=100000-" if resumes else None]


# --- checks of what arrived


NO_MD5 = {"etag": f'"{"0" * 32}"', "x-amz-server-side-encryption": "aws:kms"}
DAMAGED = [serving(bytes([n]) + CONTENT[1:], etag=md5_of(CONTENT)) for n in range(6) if n != CONTENT[0]]


@pytest.mark.parametrize(
    ("script", "otherwise", "size", "requests"),
    [
        (DAMAGED[:1], serving(CONTENT), SIZE, 2),
        # An ETag that looks like an MD5 and is none: the same mismatch comes twice.
        ([], serving(CONTENT, etag=f'"{"a" * 32}"'), SIZE, 2),
        ([], serving(CONTENT, etag=f'"{"a" * 32}"'), None, 2),
        ([], lambda request: request.say(200, NO_MD5, CONTENT), SIZE, 1),
    ],
    ids=["damaged once", "no MD5", "no MD5 and no size", "encrypted"],
)
def test_bytes_are_checked_against_an_etag_that_is_their_md5(
    store: Store, tmp_path: Path, script: list[Answer], otherwise: Answer, size: int | None, requests: int
) -> None:
    store.script, store.otherwise = [*script], otherwise
    assert one(store, tmp_path, size).read_bytes() == CONTENT
    assert len(store.requests) == requests


@pytest.mark.parametrize(
    ("script", "size", "problem"),
    [
        (DAMAGED * 2, SIZE, "do not match its ETag"),
        ([serving(CONTENT, etag=f'"{digit * 32}"') for digit in "ababab"], SIZE, "do not match its ETag"),
        ([serving(CONTENT)], SIZE + 1, "300,000 bytes, but Baseten lists 300,001"),
        ([serving(CONTENT, etag=f'"{"a" * 32}"')], SIZE + 1, "300,000 bytes, but Baseten lists 300,001"),
        (
            [serving(CONTENT[:1000], cut_after=800, etag='"a-1"'), serving(CONTENT, etag='"a-1"')],
            1000,
            "has more bytes than the 1,000 that Baseten lists",
        ),
    ],
    ids=["damaged", "other ETags in turn", "too short", "too short and no MD5", "too long after a part"],
)
def test_bytes_that_fail_a_check_are_not_kept(
    store: Store, tmp_path: Path, script: list[Answer], size: int, problem: str
) -> None:
    store.script = [*script]
    with pytest.raises(DownloadError, match=problem):
        one(store, tmp_path, size)
    assert list(tmp_path.iterdir()) == []


def endless(request: Handler) -> None:
    """Send for as long as the client reads."""
    request.send_response(200)
    request.send_header("etag", '"a-1"')
    request.end_headers()
    request.close_connection = True
    for _ in range(10_000):
        request.wfile.write(bytes(10_000))


@pytest.mark.parametrize("size", [0, 5, 20_000])
def test_no_more_is_written_than_baseten_lists(store: Store, tmp_path: Path, size: int) -> None:
    store.otherwise = endless
    most = list[int]()

    def progress(event: Progress) -> None:
        most.append(sum(path.stat().st_size for path in tmp_path.iterdir()))

    with pytest.raises(DownloadError, match=f"has more bytes than the {size:,} that Baseten lists"):
        one(store, tmp_path, size, progress=progress)
    assert max(most) <= size
    assert len(store.requests) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_already_is_not_fetched_again(store: Store, tmp_path: Path) -> None:
    path = one(store, tmp_path)
    before = path.stat().st_mtime_ns
    assert one(store, tmp_path, SIZE).stat().st_mtime_ns == before
    path.write_bytes(b"x" * SIZE)
    assert one(store, tmp_path).read_bytes() == CONTENT


def test_until_it_is_whole_a_file_is_not_in_its_place(store: Store, tmp_path: Path) -> None:
    place, seen = tmp_path / "model.bin", list[bool]()
    place.write_bytes(b"what was there before")
    one(store, tmp_path, progress=lambda event: seen.append(place.read_bytes() == b"what was there before"))
    assert all(seen)
    assert place.read_bytes() == CONTENT


# --- errors


def test_an_error_of_the_progress_callback_ends_the_download(store: Store, tmp_path: Path) -> None:
    def broken(event: Progress) -> None:
        raise RuntimeError("no terminal")

    with pytest.raises(RuntimeError, match="no terminal"):
        one(store, tmp_path, progress=broken)


@pytest.mark.parametrize("status", [301, 307, 404, 410])
def test_anything_but_a_file_is_an_error_at_once_and_a_redirect_is_not_followed(
    store: Store, tmp_path: Path, status: int
) -> None:
    store.otherwise = refusing(status, location=f"{store.url}/elsewhere")
    with pytest.raises(DownloadError, match=f"its host answered {status}"):
        one(store, tmp_path)
    assert len(store.requests) == 1


def test_the_first_error_ends_the_others(store: Store, tmp_path: Path) -> None:
    store.script = [refusing(404)]
    with pytest.raises(DownloadError, match="404"):
        fetched([(f"file-{n}", f"{store.url}/{n}", None) for n in range(50)], tmp_path, concurrency=1)
    assert len(store.requests) < 50


def test_a_fresh_url_that_is_refused_is_an_error_in_the_end(store: Store, tmp_path: Path) -> None:
    store.otherwise = refusing(403)
    with pytest.raises(DownloadError, match="refused a new URL"):
        one(store, tmp_path)
    assert len(store.requests) == 3


HTTP = "http://store.example/model.bin", "http://127.0.0.1.example/model.bin", "ftp://127.0.0.1/a", "file:///etc/passwd"
NO_URL = [
    "model.bin",
    "",
    "x",
    "https://",
    "https://[/a",
    "http://[::1",
    "https://h:0/a",
    "https://store.example:99999/a",
]
NO_URL += [f"https://{'a' * 64}.example/a", "https://a..b/a", "https://store.example/a b", "https://store.example/a\nb"]
NO_TEXT: list[Any] = [None, 5, [], {}, True]
ODD_SIZES: list[Any] = ["x", "", "-1", "9" * 400, "5.0", [], {}, True, -1, 5.5, 5.0, 2**63, 10**40, "\u0665"]
NO_NAME = [
    *("", ".", "..", "../x", "a/../../x", "/etc/passwd", "a//b", "a/", "a/.", "C:x", "a\\b", "\\\\host\\x"),
    *("a\0b", "a\nb", "a:b", "con", "NUL.txt", "a ", " a", "a.", "x" * 201, "a\u202eb", "~\n", "a*", "a|b"),
    *("com0", "LPT1.a"),
    *("\ud800", "a/" * 500 + "a", "é" * 101, ".a.0123456789abcdef.part", "x/.a\u00e9.0123456789abcdef.part"),
]
NO_FILE: list[tuple[dict[str, Any], str]] = [
    *(({"url": url}, r"only https|can't be read") for url in HTTP),
    *(({"url": url}, "its URL can't be read") for url in [*NO_TEXT, *NO_URL]),
    *(({"relative_file_name": name}, "has no name") for name in NO_TEXT),
    *(({"relative_file_name": name}, "nothing was written") for name in NO_NAME),
    *(({"size_bytes": size}, "its listed size can't be read") for size in ODD_SIZES),
]


@one_test
@pytest.mark.parametrize(("changed", "problem"), NO_FILE)
def test_an_entry_that_is_no_file_stops_a_download_before_it_begins(
    changed: dict[str, Any], problem: str, tmp_path: Path
) -> None:
    def is_chosen(file: CheckpointFile) -> bool:
        return file.relative_file_name.endswith("") and file.url.endswith("")

    training = answering(FILES, {"presigned_urls": [FILE, {**FILE, **changed}]}).client.training
    with pytest.raises(DownloadError, match=problem) as caught:
        training.download_checkpoint_files(PROJECT, JOB, to=tmp_path, only=is_chosen)
    assert str(caught.value).isprintable()
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


@one_test
@pytest.mark.parametrize("listed", [5, "x", {}, True, [5], [None], [[]], [{}, "x"]])
def test_a_listing_that_cannot_be_read_is_an_error_and_no_file_is_left_out(listed: Any, tmp_path: Path) -> None:
    training = answering(FILES, {"presigned_urls": listed}).client.training
    artifacts = answering("training.download", {"artifact_presigned_urls": listed}).client.training
    for work in (
        lambda: list(training.iter_checkpoint_files(PROJECT, JOB)),
        lambda: training.download_checkpoint_files(PROJECT, JOB, to=tmp_path / "new"),
        lambda: artifacts.download_artifacts(PROJECT, JOB, to=tmp_path / "new"),
    ):
        with pytest.raises(LowCodeAPIError, match="its list of files can't be read"):
            work()
    assert not (tmp_path / "new").exists()


@one_test
@pytest.mark.parametrize("concurrency", [0, 65, True, -1, "4", None, 1.5, pytest.param(10**5000, id="huge")])
def test_a_concurrency_that_cannot_work_is_refused(tmp_path: Path, concurrency: Any) -> None:
    with pytest.raises(InvalidParameterError):
        fetched([], tmp_path, concurrency=concurrency)


def test_four_files_are_fetched_at_a_time(store: Store, tmp_path: Path) -> None:
    together = threading.Barrier(4)

    def meeting(request: Handler) -> None:
        together.wait(10)
        request.say(200, {}, b"x")

    store.otherwise = meeting
    fetched([(f"file-{n}", f"{store.url}/{n}", None) for n in range(12)], tmp_path)
    assert store.most_at_once == 4


# --- deadlines


def test_the_deadline_of_a_download_is_a_clear_error(store: Store, tmp_path: Path) -> None:
    store.script = [serving(CONTENT, cut_after=100_000)]
    store.otherwise = refusing(503)
    kept = r"model\.bin: the download timed out; 100,000 bytes are kept: call again"
    with pytest.raises(WaitTimeoutError, match=kept):
        one(store, tmp_path, timeout=2)
    assert [path.stat().st_size for path in tmp_path.iterdir()] == [100_000]


def test_bytes_that_are_told_to_be_kept_are_on_disk(store: Store, tmp_path: Path) -> None:
    clock, on_disk = Quick(), list[tuple[int, int]]()

    def progress(event: Progress) -> None:
        on_disk.append((event.done_bytes, sum(path.stat().st_size for path in tmp_path.iterdir())))
        clock.sleep(event.done_bytes)

    store.otherwise = serving(b"a few bytes", etag='"a-1"')
    with pytest.raises(WaitTimeoutError, match=r"; 11 bytes are kept"):
        one(store, tmp_path, timeout=5, clock=clock, progress=progress)
    assert on_disk == [(0, 0), (11, 11)]


class Dripping:
    """A host that sends this, and then one byte after the other: until released, or for ten seconds."""

    def __init__(self, head: bytes, drop: bytes) -> None:
        self._head, self._drop = head, drop
        self.let_go, self.gave_up = threading.Event(), threading.Event()

    def __call__(self, request: Handler) -> None:
        request.close_connection = True
        request.wfile.write(self._head)
        for _ in range(200):
            if self.let_go.wait(0.05):
                return
            request.wfile.write(self._drop)
        self.gave_up.set()


HEAD = b'HTTP/1.1 200 OK\r\netag: "a-1"\r\ncontent-length: 1000\r\n'


# What comes at once, and what comes again and again.
DRIPPING = [(b"", b""), (HEAD + b"x: ", b"x"), (HEAD + b"\r\n", b""), (HEAD + b"\r\n", b"x")]


def test_a_host_that_drips_or_is_silent_holds_no_download_beyond_its_deadline(tmp_path: Path) -> None:
    def check(sent: tuple[bytes, bytes]) -> None:
        host = Dripping(*sent)
        folder = tmp_path / str(id(host))
        with Store(host) as store, pytest.raises(WaitTimeoutError, match=r"model\.bin: the download timed out"):
            one(store, folder, timeout=0.3, clock=Clock())
        host.let_go.set()
        assert not host.gave_up.is_set(), "it was the host that ended it"

    check_each(DRIPPING, check, at_once=len(DRIPPING))


def test_a_head_that_drips_is_given_up_where_there_is_no_deadline(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "HEAD", 0.2)
    store.script = [host := Dripping(HEAD + b"x: ", b"x")]
    assert one(store, tmp_path).read_bytes() == CONTENT
    host.let_go.set()
    assert not host.gave_up.is_set()


def test_the_limit_of_a_head_is_none_of_its_body(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "HEAD", 0.3)

    def slow(request: Handler) -> None:
        request.wfile.write(HEAD + b"\r\n")
        for _ in range(10):
            request.wfile.write(b"x" * 100)
            threading.Event().wait(0.04)

    store.otherwise = slow
    assert one(store, tmp_path).read_bytes() == b"x" * 1000


def test_memory_stays_small_however_large_a_file_is(store: Store, tmp_path: Path) -> None:
    block, blocks = bytes(100_000), 100

    def large(request: Handler) -> None:
        request.wfile.write(b'HTTP/1.1 200 OK\r\netag: "a-1"\r\ncontent-length: %d\r\n\r\n' % (len(block) * blocks))
        for _ in range(blocks):
            request.wfile.write(block)

    store.otherwise = large
    tracemalloc.start()
    try:
        path = one(store, tmp_path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert path.stat().st_size == len(block) * blocks
    assert peak < 3_000_000, f"{peak:,} bytes"


# --- names


def test_ordinary_names_are_taken(store: Store, tmp_path: Path) -> None:
    names = ["a", "b/b/c.json", "a b", ".hidden", "~", "ü.bin", "..a", "console"]
    paths = fetched([(name, f"{store.url}/0f3a", None) for name in names], tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == names


def test_a_link_that_leads_out_of_the_folder_is_refused(store: Store, tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "to"
    outside.mkdir()
    folder.mkdir()
    (folder / "checkpoint").symlink_to(outside)
    with pytest.raises(DownloadError, match="a link leads out"):
        fetched([("checkpoint/model.bin", f"{store.url}/a", None)], folder)
    (folder / "checkpoint").unlink()
    (folder / "model.bin").symlink_to(outside / "model.bin")
    assert not one(store, folder).is_symlink()
    assert list(outside.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="this system follows links")
def test_a_link_in_the_place_of_a_part_is_not_written_through(store: Store, tmp_path: Path) -> None:
    store.script = [serving(CONTENT, cut_after=1000), *[refusing(503)] * 6]
    folder, outside = tmp_path / "to", tmp_path / "outside"
    folder.mkdir()
    with pytest.raises(DownloadError):
        one(store, folder)
    (part,) = folder.iterdir()
    part.unlink()
    part.symlink_to(outside)
    with pytest.raises(OSError, match="symbolic link"):
        one(store, folder)
    assert not outside.exists()


SAME = [("a", "a"), ("a", "A"), ("x/a", "x/a"), ("x/a", "X/A"), ("\u00e9", "e\u0301"), ("\u00df", "SS")]
NESTED = [("a", "a/b"), ("a/b", "a"), ("a/b/c/d", "A/b"), ("x/a", "x/A/b")]


@one_test
@pytest.mark.parametrize(
    ("names", "problem"),
    [
        *((names, "two files would have this name") for names in SAME),
        *((names, "a file would have the name of its folder") for names in NESTED),
    ],
)
def test_two_files_for_one_place_are_refused(tmp_path: Path, names: tuple[str, str], problem: str) -> None:
    with pytest.raises(DownloadError, match=f"{problem}; nothing was fetched"):
        fetched([(name, "https://store.example/0f3a", None) for name in names], tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("there", "name", "problem"),
    [
        ("a", "a/b", "a file has the name of its folder"),
        ("a", "a/b/c", "a file has the name of its folder"),
        ("a/b", "a", "a folder has its name"),
    ],
)
def test_a_file_in_the_way_is_an_error_and_stays(tmp_path: Path, there: str, name: str, problem: str) -> None:
    (tmp_path / there).parent.mkdir(exist_ok=True)
    (tmp_path / there).write_bytes(b"mine")
    with pytest.raises(DownloadError, match=f"{problem}; nothing was written"):
        fetched([(name, "https://store.example/0f3a", None)], tmp_path)
    assert (tmp_path / there).read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["x/artifacts.tgz?a=1", "y/artifacts.tgz?a=2", "a%20b"], ["artifacts.tgz", "artifacts-2.tgz", "a b"]),
        (["1/a.tgz", "2/a.tgz", "a-2.tgz"], ["a.tgz", "a-2.tgz", "a-2-2.tgz"]),
        (["a-2.tgz", "1/a.tgz", "2/a.tgz", "3/a.tgz"], ["a-2.tgz", "a.tgz", "a-3.tgz", "a-4.tgz"]),
        (["1/a.tgz", "2/A.tgz", "3/a.tgz"], ["a.tgz", "A-2.tgz", "a-3.tgz"]),
        (["1/a", "2/a"], ["a", "a-2"]),
    ],
)
def test_artifacts_are_named_after_their_urls_and_counted_until_a_name_is_free(
    files: list[str], names: list[str]
) -> None:
    assert artifact_names(f"https://s.example/{file}" for file in files) == names


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ([("p/j/checkpoint-1/a.json?x=1", "a.json", 0)], ["checkpoint-1/a.json"]),
        ([("p/j/checkpoint-1/a.json", "checkpoint-1/a.json", 0)], ["checkpoint-1/a.json"]),
        ([("p/j/checkpoint-1/a.json", "a.json", 3)], ["rank-3/checkpoint-1/a.json"]),
        ([("0f3a", "a.json", 0)], ["a.json"]),
        ([("a.json", "a.json", 0)], ["a.json"]),
        (
            [(f"j/checkpoint-{n}/sub/a.json", "sub/a.json", 0) for n in (1, 2)],
            ["checkpoint-1/sub/a.json", "checkpoint-2/sub/a.json"],
        ),
    ],
)
def test_checkpoint_files_are_named_after_their_checkpoints(
    files: list[tuple[str, str, int]], names: list[str]
) -> None:
    listed = [
        CheckpointFile(
            url=f"https://s/{url}", relative_file_name=relative, node_rank=rank, size_bytes=1, last_modified=""
        )
        for url, relative, rank in files
    ]
    assert checkpoint_names(listed) == names
