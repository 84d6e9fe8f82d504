"""Downloads: whole or not at all, resumed after faults, inside their folder, and with nothing of ours sent along."""

from __future__ import annotations

import hashlib
import logging
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from lowcodeapi_baseten import InvalidParameterError
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway, artifacts
from lowcodeapi_baseten.workflows import Clock, DownloadError, Progress, WaitTimeoutError, fetching
from lowcodeapi_baseten.workflows._sync.downloads import download
from lowcodeapi_baseten.workflows._sync.waiting import Watch
from lowcodeapi_baseten.workflows.filenames import artifact_names, checkpoint_names, inside, safe_parts
from lowcodeapi_baseten_api.models import CheckpointFile

from tests.support.pairs import in_turn
from tests.workflows.patience import BOTH, Quick, Run, run_async, run_sync
from tests.workflows.store import Answer, Store, refusing, serving

PROJECT, JOB = "proj_123", "job_456"
CONTENT = random.Random(1).randbytes(300_000)
BIG = "job_456/checkpoint-200/optimizer.pt"


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(serving(CONTENT)) as store:
        yield store


def fetched(
    urls: list[tuple[str, str, int | None]], to: Path, *, clock: Quick | None = None, **options: Any
) -> list[Path]:
    """Download these, as the workflows do."""

    given: dict[str, Any] = {"progress": None, "concurrency": 4, **options}
    watch = Watch("a test", clock or Quick(), given.pop("timeout", None))
    return download(watch, lambda: urls, to, **given)


def one(store: Store, to: Path, size: int | None = None, **options: Any) -> list[Path]:
    return fetched([("model.bin", f"{store.url}/model.bin?sig=secret", size)], to, **options)


def listed(url: str, relative: str, rank: int = 0) -> CheckpointFile:
    return CheckpointFile(url=url, relative_file_name=relative, node_rank=rank, size_bytes=1, last_modified="")


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.name.endswith(".part"))


def test_every_checkpoint_file_arrives_in_a_folder_of_its_checkpoint(
    baseten_gateway: LocalGateway, run: Run, tmp_path: Path
) -> None:
    paths = run(baseten_gateway, lambda c: c.training.download_checkpoint_files(PROJECT, JOB, to=tmp_path / "new"))
    assert len(paths) == 25
    assert tmp_path / "new" / "checkpoint-100" / "config.json" in paths
    for path in paths:
        content = baseten_gateway.baseten.artifacts.content(f"{JOB}/{path.parent.name}/{path.name}")
        assert path.read_bytes() == content
    assert left_over(tmp_path) == []


def test_artifacts_arrive(baseten_gateway: LocalGateway, run: Run, tmp_path: Path) -> None:
    (path,) = run(baseten_gateway, lambda client: client.training.download_artifacts(PROJECT, JOB, to=str(tmp_path)))
    assert path == tmp_path / "artifacts.tgz"
    assert path.read_bytes() == baseten_gateway.baseten.artifacts.content(f"{JOB}/artifacts.tgz")


@in_turn(seed=range(2), run=BOTH)
def test_faults_lose_nothing(baseten_gateway: LocalGateway, run: Run, tmp_path: Path, seed: int) -> None:
    baseten_gateway.faults = FaultPlan(
        seed=seed,
        rates={"truncate": 0.2, "reset_before": 0.1, "reset_after": 0.05, "503": 0.05},
        only=["artifacts", "training.list_checkpoint_files"],
    )
    paths = run(baseten_gateway, lambda client: client.training.download_checkpoint_files(PROJECT, JOB, to=tmp_path))
    for path in paths:
        content = baseten_gateway.baseten.artifacts.content(f"{JOB}/{path.parent.name}/{path.name}")
        assert path.read_bytes() == content
    assert len(paths) == 25
    assert left_over(tmp_path) == []


def test_only_what_was_chosen_is_fetched(baseten_gateway: LocalGateway, run: Run, tmp_path: Path) -> None:
    def chosen(file: CheckpointFile) -> bool:
        return file.relative_file_name.endswith("config.json")

    paths = run(
        baseten_gateway,
        lambda client: client.training.download_checkpoint_files(PROJECT, JOB, to=tmp_path, only=chosen),
    )
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "checkpoint-100/config.json",
        "checkpoint-200/config.json",
    ]


def test_the_host_of_a_presigned_url_sees_nothing_of_ours(
    baseten_gateway: LocalGateway, run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    options = {"headers": {"x-secret": "of mine"}}
    run(baseten_gateway, lambda client: client.training.download_artifacts(PROJECT, JOB, to=tmp_path), **options)
    request = next(request for request in baseten_gateway.requests if request.path.startswith("/_artifacts"))
    assert set(request.headers) == {"host", "accept", "accept-encoding"}
    assert "api_token" not in dict(request.query)
    assert "X-Amz-Signature" not in caplog.text


def test_a_url_that_has_expired_is_asked_for_again(baseten_gateway: LocalGateway, run: Run, tmp_path: Path) -> None:
    store, seen = baseten_gateway.baseten.artifacts, list[str]()

    def progress(event: Progress) -> None:
        if not seen:
            store.expire()
        seen.append(event.name)

    baseten_gateway.faults = FaultPlan(script=["truncate"], only=["artifacts"])
    paths = run(
        baseten_gateway,
        lambda client: client.training.download_checkpoint_files(
            PROJECT, JOB, to=tmp_path, progress=progress, concurrency=1
        ),
    )
    assert len(paths) == 25
    assert baseten_gateway.count("training.list_checkpoint_files") == 2


def test_a_download_is_resumed_where_it_broke_off(store: Store, tmp_path: Path) -> None:
    store.script = [serving(CONTENT, cut_after=100_000), serving(CONTENT, cut_after=50_000), refusing(503)]
    assert one(store, tmp_path, len(CONTENT))[0].read_bytes() == CONTENT
    ranges = [headers.get("range") for _, headers in store.requests]
    assert ranges == [None, "bytes=100000-", "bytes=150000-", "bytes=150000-"]
    assert all("if-match" in headers for _, headers in store.requests[1:])


def test_a_later_run_goes_on_where_an_earlier_one_was_given_up(store: Store, tmp_path: Path) -> None:
    store.script = [serving(CONTENT, cut_after=100_000), *[refusing(503)] * 6]
    with pytest.raises(DownloadError, match=r"given up after 6 attempts: status 503; 100,000 bytes are kept"):
        one(store, tmp_path)
    assert len(left_over(tmp_path)) == 1
    store.requests.clear()
    assert one(store, tmp_path)[0].read_bytes() == CONTENT
    assert [headers.get("range") for _, headers in store.requests] == [None, "bytes=100000-"]
    assert left_over(tmp_path) == []


def test_a_file_that_lacks_nothing_but_its_place_is_put_there(store: Store, tmp_path: Path) -> None:
    etag = f'"{hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()}"'
    mark = hashlib.sha256(etag.encode()).hexdigest()[:16]
    (tmp_path / f".model.bin.{mark}.part").write_bytes(CONTENT)
    assert one(store, tmp_path)[0].read_bytes() == CONTENT
    assert len(store.requests) == 1
    assert left_over(tmp_path) == []


@pytest.mark.parametrize("between", [[], [refusing(412)], [refusing(416)]])
def test_a_file_that_changed_on_the_way_begins_anew(store: Store, tmp_path: Path, between: list[Answer]) -> None:
    store.script = [serving(b"old" * 100_000, cut_after=100_000), *between]
    assert one(store, tmp_path)[0].read_bytes() == CONTENT


def test_bytes_of_two_versions_are_never_put_together(store: Store, tmp_path: Path) -> None:
    store.script = [serving(b"old" * 100_000, cut_after=100_000, etag='"a-2"')]
    store.otherwise = serving(CONTENT, etag='"b-2"', conditions=False)
    assert one(store, tmp_path)[0].read_bytes() == CONTENT


@pytest.mark.parametrize("etag", [None, 'W/"weak"', '"d41d8cd98f00b204e9800998ecf8427e-7"'])
def test_bytes_are_put_together_only_where_an_etag_says_that_they_belong_together(
    store: Store, tmp_path: Path, etag: str | None
) -> None:
    store.script = [serving(CONTENT, cut_after=100_000, etag=etag)]
    store.otherwise = serving(CONTENT, etag=etag)
    assert one(store, tmp_path)[0].read_bytes() == CONTENT
    resumed = store.requests[1][1].get("range")
    assert resumed == ("bytes=100000-" if etag and etag.startswith('"') else None)


def test_a_store_without_ranges_begins_anew(store: Store, tmp_path: Path) -> None:
    store.script = [serving(CONTENT, cut_after=100_000)]
    store.otherwise = serving(CONTENT, ranges=False)
    assert one(store, tmp_path)[0].read_bytes() == CONTENT


def test_bytes_that_are_not_those_of_the_etag_are_not_kept(store: Store, tmp_path: Path) -> None:
    etag = f'"{hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()}"'
    store.script = [serving(b"x" + CONTENT[1:], etag=etag)]
    assert one(store, tmp_path)[0].read_bytes() == CONTENT
    store.script = [serving(bytes([n]) + CONTENT[1:], etag=etag) for n in range(100)]
    with pytest.raises(DownloadError, match="do not match its ETag"):
        one(store, tmp_path / "again", len(CONTENT))
    assert list((tmp_path / "again").iterdir()) == []


@pytest.mark.parametrize("size", [None, len(CONTENT)])
def test_an_etag_that_looks_like_an_md5_and_is_none_stops_no_download(
    store: Store, tmp_path: Path, size: int | None
) -> None:
    store.otherwise = serving(CONTENT, etag='"0123456789abcdef0123456789abcdef"')
    assert one(store, tmp_path, size)[0].read_bytes() == CONTENT
    assert len(store.requests) == 2
    assert left_over(tmp_path) == []


def test_an_etag_counts_as_no_md5_only_where_it_is_the_same_twice_in_a_row(store: Store, tmp_path: Path) -> None:
    first, second = (serving(CONTENT, etag=f'"{digit * 32}"') for digit in "ab")
    store.script = [first, second] * 3
    with pytest.raises(DownloadError, match="do not match its ETag"):
        one(store, tmp_path, len(CONTENT))
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_the_wrong_size_is_not_kept_for_an_etag_that_is_none(store: Store, tmp_path: Path) -> None:
    store.otherwise = serving(CONTENT, etag=f'"{"a" * 32}"')
    with pytest.raises(DownloadError, match="Baseten lists 300,001"):
        one(store, tmp_path, len(CONTENT) + 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("etag", ['"\xe9"', '"a b"', f'"{"a" * 2000}"', ""])
def test_an_etag_that_cannot_be_sent_back_is_none(store: Store, tmp_path: Path, etag: str) -> None:
    def odd(request: Any) -> None:
        request.say(200, {"etag": etag}, CONTENT[:1000], length=len(CONTENT))

    store.script = [odd]
    store.otherwise = serving(CONTENT, etag=None)
    assert one(store, tmp_path)[0].read_bytes() == CONTENT
    assert store.requests[1][1].get("range") is None


def endless(request: Any) -> None:
    """Send for as long as the client reads."""
    request.send_response(200)
    request.send_header("etag", '"a-1"')
    request.end_headers()
    request.close_connection = True
    for _ in range(10_000):
        request.wfile.write(bytes(10_000))


@pytest.mark.parametrize("size", [0, 5, 10_000, 20_000])
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


def test_what_is_kept_of_an_earlier_run_counts_for_the_size(store: Store, tmp_path: Path) -> None:
    store.script = [serving(CONTENT[:1000], cut_after=800, etag='"a-1"'), serving(CONTENT, etag='"a-1"')]
    with pytest.raises(DownloadError, match="has more bytes than the 1,000 that Baseten lists"):
        one(store, tmp_path, 1000)
    assert store.requests[1][1].get("range") == "bytes=800-"
    assert list(tmp_path.iterdir()) == []


def test_the_etag_of_an_encrypted_file_is_no_md5(store: Store, tmp_path: Path) -> None:
    def encrypted(request: Any) -> None:
        request.say(200, {"etag": f'"{"0" * 32}"', "x-amz-server-side-encryption": "aws:kms"}, CONTENT)

    store.otherwise = encrypted
    assert one(store, tmp_path)[0].read_bytes() == CONTENT


def test_a_file_of_another_size_than_baseten_lists_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"300,000 bytes, but Baseten lists 300,001"):
        one(store, tmp_path, 300_001)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_already_is_not_fetched_again(store: Store, tmp_path: Path) -> None:
    one(store, tmp_path)
    before = (tmp_path / "model.bin").stat().st_mtime_ns
    one(store, tmp_path, len(CONTENT))
    assert (tmp_path / "model.bin").stat().st_mtime_ns == before
    (tmp_path / "model.bin").write_bytes(b"x" * len(CONTENT))
    assert one(store, tmp_path)[0].read_bytes() == CONTENT


def test_until_it_is_whole_a_file_is_not_in_its_place(store: Store, tmp_path: Path) -> None:
    place, seen = tmp_path / "model.bin", list[bool]()
    place.write_bytes(b"what was there before")
    one(store, tmp_path, progress=lambda event: seen.append(place.read_bytes() == b"what was there before"))
    assert all(seen)
    assert place.read_bytes() == CONTENT


def test_progress_ends_at_the_size_and_never_goes_back(store: Store, tmp_path: Path) -> None:
    events = list[Progress]()
    store.script = [serving(CONTENT, cut_after=100_000)]
    one(store, tmp_path, len(CONTENT), progress=events.append)
    done = [event.done_bytes for event in events]
    assert done == sorted(done)
    assert events[-1] == Progress("model.bin", tmp_path / "model.bin", len(CONTENT), len(CONTENT))


def test_an_error_of_the_progress_callback_ends_the_download(store: Store, tmp_path: Path) -> None:
    def broken(event: Progress) -> None:
        raise RuntimeError("no terminal")

    with pytest.raises(RuntimeError, match="no terminal"):
        one(store, tmp_path, progress=broken)


@pytest.mark.parametrize("status", [301, 302, 307, 404, 410])
def test_what_is_no_file_is_an_error_at_once_and_a_redirect_is_not_followed(
    store: Store, tmp_path: Path, status: int
) -> None:
    store.otherwise = refusing(status, location=f"{store.url}/elsewhere")
    with pytest.raises(DownloadError, match=f"its host answered {status}"):
        one(store, tmp_path)
    assert len(store.requests) == 1


def test_a_fresh_url_that_is_refused_is_an_error_in_the_end(store: Store, tmp_path: Path) -> None:
    store.otherwise = refusing(403)
    with pytest.raises(DownloadError, match="refused a new URL"):
        one(store, tmp_path)
    assert len(store.requests) == 3


@pytest.mark.parametrize(
    "url",
    [
        "http://store.example/model.bin",
        "http://127.0.0.1.example/model.bin",
        "ftp://127.0.0.1/model.bin",
        "file:///etc/passwd",
        "model.bin",
        "https://",
        "https://[/model.bin",
        "https://store.example/a b",
        "https://store.example/a\nb",
        "https://store.example:99999/a",
    ],
)
def test_only_https_is_fetched(tmp_path: Path, url: str) -> None:
    with pytest.raises(DownloadError, match=r"only https|can't be read"):
        fetched([("model.bin", url, None)], tmp_path)


def test_an_error_shows_no_url(store: Store, tmp_path: Path) -> None:
    store.otherwise = serving(CONTENT, cut_after=0)
    with pytest.raises(DownloadError) as caught:
        one(store, tmp_path)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.name == "model.bin"


def test_four_files_are_fetched_at_a_time(store: Store, tmp_path: Path) -> None:
    together = threading.Barrier(4)

    def meeting(request: Any) -> None:
        together.wait(10)
        request.say(200, {}, b"x")

    store.otherwise = meeting
    fetched([(f"file-{n}", f"{store.url}/{n}", None) for n in range(12)], tmp_path)
    assert store.most_at_once == 4


@pytest.mark.parametrize("concurrency", [0, 65, True, -1, "4", None, 1.5, pytest.param(10**5000, id="huge")])
def test_a_concurrency_that_cannot_work_is_refused(tmp_path: Path, concurrency: Any) -> None:
    with pytest.raises(InvalidParameterError):
        fetched([], tmp_path, concurrency=concurrency)


def test_the_first_error_ends_the_others(store: Store, tmp_path: Path) -> None:
    store.script = [refusing(404)]
    with pytest.raises(DownloadError, match="404"):
        fetched([(f"file-{n}", f"{store.url}/{n}", None) for n in range(50)], tmp_path, concurrency=1)
    assert len(store.requests) < 50


def test_the_deadline_of_a_download_is_a_clear_error(store: Store, tmp_path: Path) -> None:
    store.script = [serving(CONTENT, cut_after=100_000)]
    store.otherwise = refusing(503)
    with pytest.raises(
        WaitTimeoutError, match=r"model\.bin: the download timed out; 100,000 bytes are kept: call again"
    ):
        one(store, tmp_path, timeout=2)
    assert len(left_over(tmp_path)) == 1


class Dripping:
    """A host that sends this, and then one byte after the other: until released, or for ten seconds."""

    def __init__(self, head: bytes, drop: bytes) -> None:
        self._head, self._drop = head, drop
        self.let_go, self.gave_up = threading.Event(), threading.Event()

    def __call__(self, request: Any) -> None:
        request.close_connection = True
        request.wfile.write(self._head)
        for _ in range(200):
            if self.let_go.wait(0.05):
                return
            request.wfile.write(self._drop)
        self.gave_up.set()


HEAD = b'HTTP/1.1 200 OK\r\netag: "a-1"\r\ncontent-length: 1000\r\n'


@in_turn(sent=[(b"", b""), (HEAD, b""), (HEAD + b"x: ", b"x"), (HEAD + b"\r\n", b""), (HEAD + b"\r\n", b"x")], run=BOTH)
def test_a_host_that_drips_or_is_silent_holds_no_download_beyond_its_deadline(
    baseten_gateway: LocalGateway, store: Store, run: Run, tmp_path: Path, sent: tuple[bytes, bytes]
) -> None:
    store.otherwise = host = Dripping(*sent)
    baseten_gateway.baseten.artifacts.base_url = store.url
    with pytest.raises(WaitTimeoutError, match=r"artifacts\.tgz: the download timed out"):
        run(
            baseten_gateway,
            lambda client: client.training.download_artifacts(PROJECT, JOB, to=tmp_path, timeout=0.4),
            Clock(),
        )
    host.let_go.set()
    assert not host.gave_up.is_set(), "it was the host that ended it"


def test_a_head_that_drips_is_given_up_where_there_is_no_deadline(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "HEAD", 0.2)
    store.script = [host := Dripping(HEAD + b"x: ", b"x")]
    assert one(store, tmp_path)[0].read_bytes() == CONTENT
    host.let_go.set()
    assert not host.gave_up.is_set()


def test_the_limit_of_a_head_is_none_of_its_body(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "HEAD", 0.5)

    def slow(request: Any) -> None:
        request.wfile.write(HEAD + b"\r\n")
        for _ in range(10):
            request.wfile.write(b"x" * 100)
            threading.Event().wait(0.07)

    store.otherwise = slow
    assert one(store, tmp_path)[0].read_bytes() == b"x" * 1000


def test_what_is_told_to_be_kept_is_on_disk(store: Store, tmp_path: Path) -> None:
    clock, on_disk = Quick(), list[tuple[int, int]]()

    def progress(event: Progress) -> None:
        on_disk.append((event.done_bytes, sum(path.stat().st_size for path in tmp_path.iterdir())))
        clock.sleep(event.done_bytes)

    store.otherwise = serving(b"a few bytes", etag='"a-1"')
    with pytest.raises(WaitTimeoutError, match=r"; 11 bytes are kept"):
        one(store, tmp_path, timeout=5, clock=clock, progress=progress)
    assert on_disk == [(0, 0), (11, 11)]


def test_a_cancelled_task_stops_its_download(baseten_gateway: LocalGateway, tmp_path: Path) -> None:
    baseten_gateway.baseten.artifacts.sizes[BIG] = 8_000_000
    has_begun, go_on, calls = threading.Event(), threading.Event(), list[int]()

    def progress(event: Progress) -> None:
        calls.append(event.done_bytes)
        has_begun.set()
        assert go_on.wait(10)

    async def work(client: Any) -> None:
        async with anyio.create_task_group() as group:

            async def fetch() -> None:
                await client.training.download_checkpoint_files(
                    PROJECT, JOB, to=tmp_path, progress=progress, concurrency=1
                )

            group.start_soon(fetch)
            await anyio.to_thread.run_sync(has_begun.wait)
            group.cancel_scope.cancel()
        go_on.set()

    run_async(baseten_gateway, work)
    for thread in threading.enumerate():
        if thread.name.startswith("lowcodeapi-download"):
            thread.join(10)
    assert len(calls) <= 2
    assert not any(path.is_file() and not path.name.endswith(".part") for path in tmp_path.rglob("*"))


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../x", "a/../../x", "/etc/passwd", "a//b", "a/", "a/.", "C:x", "a\\b", "\\\\host\\x"),
        *("a\0b", "a\nb", "a:b", "con", "NUL.txt", "a ", " a", "a.", "x" * 201, "a\u202eb", "~\n", "a*", "a|b"),
        *("\ud800", "a/" * 500 + "a", "é" * 101, ".a.0123456789abcdef.part", "x/.a\u00e9.0123456789abcdef.part"),
    ],
)
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(DownloadError, match="nothing was written"):
        safe_parts(name)


@pytest.mark.parametrize("name", ["a", "a/b/c.json", "a b", ".hidden", "~", "ü.bin", "..a", "console"])
def test_an_ordinary_name_is_taken(name: str) -> None:
    assert safe_parts(name) == name.split("/")


def test_a_link_that_leads_out_of_the_folder_is_refused(store: Store, tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "to"
    outside.mkdir()
    folder.mkdir()
    (folder / "checkpoint").symlink_to(outside)
    with pytest.raises(DownloadError, match="a link leads out"):
        inside(folder, "checkpoint/model.bin")
    (folder / "model.bin").symlink_to(outside / "model.bin")
    one(store, folder)
    assert not (folder / "model.bin").is_symlink()
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    "names", [("a", "a"), ("a", "A"), ("x/a", "x/a"), ("x/a", "X/A"), ("\u00e9", "e\u0301"), ("\u00df", "SS")]
)
def test_two_files_of_one_name_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    with pytest.raises(DownloadError, match="two files"):
        fetched([(name, "https://store.example/a", None) for name in names], tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("names", [("a", "a/b"), ("a/b", "a"), ("a/b/c/d", "A/b"), ("x/a", "x/A/b")])
def test_a_file_with_the_name_of_a_folder_is_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    with pytest.raises(DownloadError, match="a file would have the name of its folder; nothing was fetched"):
        fetched([(name, "https://store.example/a", None) for name in names], tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("there", "name", "problem"),
    [
        ("a", "a/b", "a file has the name of its folder"),
        ("a", "a/b/c", "a file has the name of its folder"),
        ("a/b", "a", "a folder has its name"),
    ],
)
def test_what_is_in_the_way_is_an_error_and_stays(tmp_path: Path, there: str, name: str, problem: str) -> None:
    (tmp_path / there).parent.mkdir(exist_ok=True)
    (tmp_path / there).write_bytes(b"mine")
    with pytest.raises(DownloadError, match=f"{problem}; nothing was written"):
        fetched([(name, "https://store.example/a", None)], tmp_path)
    assert (tmp_path / there).read_bytes() == b"mine"


def test_artifacts_are_named_after_their_urls() -> None:
    urls = ["https://s.example/x/artifacts.tgz?a=1", "https://s.example/y/artifacts.tgz?a=2", "https://s.example/a%20b"]
    assert artifact_names(urls) == ["artifacts.tgz", "artifacts-2.tgz", "a b"]


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["1/a.tgz", "2/a.tgz", "a-2.tgz"], ["a.tgz", "a-2.tgz", "a-2-2.tgz"]),
        (["a-2.tgz", "1/a.tgz", "2/a.tgz", "3/a.tgz"], ["a-2.tgz", "a.tgz", "a-3.tgz", "a-4.tgz"]),
        (["1/a.tgz", "2/A.tgz", "3/a.tgz"], ["a.tgz", "A-2.tgz", "a-3.tgz"]),
        (["1/a", "2/a"], ["a", "a-2"]),
    ],
)
def test_artifacts_of_one_name_are_counted_until_a_name_is_free(files: list[str], names: list[str]) -> None:
    assert artifact_names(f"https://s.example/{file}" for file in files) == names


@pytest.mark.parametrize(
    ("url", "relative", "rank", "name"),
    [
        ("https://s/p/j/checkpoint-1/a.json?x=1", "a.json", 0, "checkpoint-1/a.json"),
        ("https://s/p/j/checkpoint-1/a.json", "checkpoint-1/a.json", 0, "checkpoint-1/a.json"),
        ("https://s/p/j/checkpoint-1/a.json", "a.json", 3, "rank-3/checkpoint-1/a.json"),
        ("https://s/0f3a", "a.json", 0, "a.json"),
        ("https://s/a.json", "a.json", 0, "a.json"),
    ],
)
def test_a_checkpoint_file_is_named_after_its_checkpoint(url: str, relative: str, rank: int, name: str) -> None:
    assert checkpoint_names([listed(url, relative, rank)]) == [name]


def test_checkpoints_with_folders_of_the_same_names_are_kept_apart() -> None:
    files = [listed(f"https://s/j/checkpoint-{n}/sub/a.json", "sub/a.json") for n in (1, 2)]
    assert checkpoint_names(files) == ["checkpoint-1/sub/a.json", "checkpoint-2/sub/a.json"]


def test_a_checkpoint_file_with_a_bad_name_stops_everything_before_a_byte_is_fetched(
    baseten_gateway: LocalGateway, tmp_path: Path
) -> None:
    checkpoints = baseten_gateway.baseten.training_jobs[JOB].checkpoints
    checkpoints[1].files["../../evil"] = 3
    with pytest.raises(DownloadError, match="evil"):
        run_sync(baseten_gateway, lambda client: client.training.download_checkpoint_files(PROJECT, JOB, to=tmp_path))
    assert not any(request.path.startswith("/_artifacts") for request in baseten_gateway.requests)


def test_memory_stays_small_however_large_a_file_is(
    baseten_gateway: LocalGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form of the 300 MB run that fits into every test run: see `soak_download.py`."""
    # The gateway's own files end at 256 MB.
    block = random.Random(2).randbytes(2**20)
    monkeypatch.setattr(artifacts, "_bytes_of", lambda path, size: (block * (size // 2**20 + 1))[:size])
    megabytes = int(os.environ.get("SOAK_MEGABYTES", "20"))
    baseten_gateway.record = False
    baseten_gateway.baseten.artifacts.sizes[BIG] = megabytes * 2**20
    baseten_gateway.baseten.training_jobs[JOB].checkpoints[1].files["optimizer.pt"] = megabytes * 2**20
    baseten_gateway.faults = FaultPlan(script=["truncate"] * 3, only=["artifacts"])
    script = Path(__file__).with_name("soak_download.py")
    arguments = [sys.executable, str(script), baseten_gateway.base_url, baseten_gateway.api_token, str(tmp_path)]
    ended = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    peak = int(ended.stdout)
    assert peak < 60 * 2**20, f"{peak / 2**20:.0f} MB"
    path = tmp_path / "checkpoint-200" / "optimizer.pt"
    content = baseten_gateway.baseten.artifacts.content(BIG)
    assert content is not None
    assert path.read_bytes() == content
    assert baseten_gateway.faults.played["truncate"] == 3
