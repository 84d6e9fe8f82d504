"""A fetch that fails: one line that says what to do, and everything left as it was."""

from __future__ import annotations

import gzip
import itertools
import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from codegen.document import reading
from codegen.document.reading import DocumentError
from codegen.fetch.backend import Limits, is_unreachable
from codegen.fetch.fetch import Offline
from tests.fetch.backend import NEW, Backend, document, encoded, failure, run, state
from tests.support.raw_wire import Peer, Play, http
from tests.transport.peers import secured

# --- answers ---------------------------------------------------------------------------------------------------------

GOOD = encoded("openapi")
GZIP = "Content-Encoding: gzip"
LEAST = Limits(max_bytes=100_000)


def cut_off(peer: Peer) -> None:
    peer.send(http(GOOD)[:-9])


def hang_up(peer: Peer) -> None:
    pass


BAD: dict[str, tuple[bytes | Play, str]] = {
    "HTML": (http(b"<!doctype html><title>Sign in</title>"), "looks like HTML"),
    "truncated JSON": (http(GOOD[:-9]), "not JSON"),
    "connection lost amid the body": (cut_off, "the connection failed"),
    "connection lost before the answer": (hang_up, "the connection failed"),
    "404": (http(b"", status="404 Not Found"), "status 404, so it is not there, though "),
    **{
        str(status): (http(b"", status=f"{status} No"), f"status {status}, not 200; check the URL")
        for status in (500, 204, 304)
    },
    "redirect": (http(b"", "Location: /elsewhere?signature=hunter2", status="302 Found"), "status 302, not 200"),
    "not UTF-8": (http(GOOD.replace(b"Get", b"\xff")), "not UTF-8"),
    "a key with a line break twice": (http(b'{"a\\nb": 1, "a\\nb": 2}'), r"twice in one object at /a\nb"),
    "no object": (http(b"[]"), "not an object"),
    "no operations": (http(b'{"paths": {"/a": {}}}'), "without operations"),
    "lost three of four": (http(json.dumps(document("/b")).encode()), "3 of the 4 operations in the snapshot are gone"),
    "other operations": (http(json.dumps(document("/x", "/y", "/z", "/u", "/v")).encode()), "4 of the 4 operations"),
    "gzip bomb": (http(gzip.compress(bytes(1_000_000)), GZIP), "more than 100000 bytes"),
    "gzip cut off": (http(gzip.compress(GOOD)[:-20], GZIP), "not JSON"),
    "no gzip": (http(GOOD, GZIP), "the connection failed (Error -3 while decompressing"),
    "gzip twice": (http(gzip.compress(gzip.compress(GOOD)), f"{GZIP}, gzip"), "'gzip, gzip', which was"),
    "brotli": (http(GOOD, "Content-Encoding: br"), "content coding 'br'"),
}


@pytest.mark.parametrize(("case", "name"), [*zip(BAD, itertools.cycle(reading.NAMES), strict=False)])
def test_a_bad_answer_is_one_line_and_changes_nothing(backend: Backend, specs: Path, case: str, name: str) -> None:
    answer, says = BAD[case]
    backend.serve(NEW)
    backend.answers[f"/baseten/{name}"] = answer
    error = failure(backend.url, specs, limits=LEAST)
    assert not isinstance(error, Offline)
    assert says in str(error)
    assert str(error).startswith(f"{backend.url}/baseten/{name}: ")
    assert "hunter2" not in str(error)
    assert set(backend.asked) <= {"/baseten/openapi", "/baseten/definition"}, "a redirect is not followed"


@pytest.mark.parametrize(("served", "missing"), [("definition", "openapi"), ("openapi", "definition")])
def test_where_one_document_is_missing_the_error_says_which_and_what_to_do(
    backend: Backend, tmp_path: Path, served: str, missing: str
) -> None:
    backend.serve({served: NEW[served]})
    said = str(failure(backend.url, tmp_path))
    assert said.startswith(f"{backend.url}/baseten/{missing}: status 404")
    assert f"{served} is there; `--only {served}` takes that one and keeps {missing} as it is" in said
    assert "check the provider's name" not in said


def test_where_both_are_missing_the_name_may_be_wrong(backend: Backend, specs: Path) -> None:
    assert "check the provider's name" in str(failure(backend.url, specs))


# --- limits ----------------------------------------------------------------------------------------------------------


def test_endless_bytes_are_cut_at_the_limit(backend: Backend, specs: Path) -> None:
    sent: list[int] = []

    def endless(peer: Peer) -> None:
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(200):
            peer.send(b" " * 100_000)
            sent.append(100_000)

    backend.answers["/baseten/openapi"] = endless
    assert "more than 100000 bytes" in str(failure(backend.url, specs, limits=LEAST))
    assert len(sent) < 200, "the server was let go"
    assert Limits().max_bytes == reading.MAX_BYTES


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_what_is_silent_or_drips_is_left_at_the_deadline(backend: Backend, specs: Path, start: bytes) -> None:
    def drip(peer: Peer) -> None:
        peer.send(start)
        while not peer.wait(0.005):
            peer.send(start and b"x")

    backend.answers["/baseten/openapi"] = drip
    assert "no complete answer within 0.1 s" in str(failure(backend.url, specs, limits=Limits(total=0.1)))


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_the_limit_is_the_last_size_allowed(backend: Backend, specs: Path, coding: str) -> None:
    backend.serve(NEW)
    backend.answers["/baseten/openapi"] = http(gzip.compress(GOOD) if coding else GOOD, f"Content-Encoding: {coding}")
    size = len(GOOD)
    assert f"more than {size - 1} bytes" in str(failure(backend.url, specs, limits=Limits(max_bytes=size - 1)))
    run(backend.url, specs, limits=Limits(max_bytes=size), only="openapi")


# --- before anything is asked ----------------------------------------------------------------------------------------


NO_NAMES = [
    *("", ".", "..", "../x", "a/b", "a\\b", "Baseten", "-a", "_a", "a b", "a\n", "a?", "é", "%2e%2e", "a" * 65, "/etc")
]


def test_a_provider_that_is_no_plain_name_is_refused(nobody: str, specs: Path) -> None:
    said = {name: str(failure(nobody, specs, name)) for name in NO_NAMES}
    assert [name for name in NO_NAMES if not said[name].startswith("provider '")] == []


NO_HTTPS = [
    *("http://backend.lowcodeapi.com", "http://0.0.0.0:80", "http://localhost.example", "http://127.0.0.1.example"),
    *("http://10.0.0.1", "ftp://127.0.0.1", "file:///etc/passwd", "backend.lowcodeapi.com", "https://", "https://["),
    *("https://a:b:c", "https://user:hunter2@127.0.0.1", "https://127.0.0.1/?token=hunter2"),
    *("https://127.0.0.1/#hunter2", "https://127.0.0.1/\n", ""),
]


def test_a_backend_that_is_no_https_url_is_refused(specs: Path) -> None:
    errors = {url: failure(url, specs) for url in NO_HTTPS}
    assert not any(isinstance(error, Offline) for error in errors.values())
    assert [url for url, error in errors.items() if not str(error).startswith("backend URL")] == []
    assert "hunter2" not in "".join(map(str, errors.values()))


@pytest.mark.parametrize(
    ("variable", "value"), [("SSL_CERT_FILE", "/absent/hunter2.pem"), ("HTTPS_PROXY", "nonsense://me:hunter2@proxy")]
)
def test_a_machine_set_up_wrong_is_told_so(
    specs: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    error = failure("https://backend.invalid", specs)
    assert not isinstance(error, Offline)
    assert "check proxy and TLS settings" in str(error)
    assert "hunter2" not in str(error)


def test_a_snapshot_that_can_not_be_read_is_not_overwritten(backend: Backend, specs: Path) -> None:
    (specs / "baseten" / "openapi.json").write_bytes(b"{")
    assert "restore the snapshot" in str(failure(backend.url, specs))
    assert backend.asked == []


# --- writing ---------------------------------------------------------------------------------------------------------


def test_when_the_second_rename_fails_the_snapshot_is_as_before(
    backend: Backend, specs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.serve(NEW)
    rename, calls = os.replace, list[Any]()

    def fails_second(source: Any, target: Any) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        rename(source, target)

    monkeypatch.setattr(os, "replace", fails_second)
    before = {name: content for name, (_, _, content) in state(specs).items()}
    with pytest.raises(DocumentError, match="nothing was changed"):
        run(backend.url, specs)
    assert {name: content for name, (_, _, content) in state(specs).items()} == before
    assert len(calls) == 2


def test_a_snapshot_folder_that_is_a_symlink_is_not_followed(backend: Backend, specs: Path) -> None:
    backend.serve(NEW)
    (specs / "baseten").rename(specs / "elsewhere")
    (specs / "baseten").symlink_to(specs / "elsewhere", target_is_directory=True)
    assert "is a symlink" in str(failure(backend.url, specs))


# --- offline ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"documents: {openapi: {fetched: 2026-01-02}, definition: {fetched: '2025-12-31'}}", "fetched 2025-12-31"),
        (b"documents: {openapi: {fetched: false}, definition: {}}", "date unknown"),
        *((source, "date unknown") for source in (b"documents: []", b"[" * 400, b"\xff\x00", b"", None)),
    ],
)
def test_offline_names_the_snapshot_that_stays_in_use_whatever_its_source_yaml_says(
    nobody: str, specs: Path, source: bytes | None, says: str
) -> None:
    path = specs / "baseten" / "source.yaml"
    path.unlink() if source is None else path.write_bytes(source)
    error = failure(nobody, specs)
    assert isinstance(error, Offline)
    assert f"{nobody} could not be reached" in str(error)
    stays = f"the snapshot {specs / 'baseten'} stays in use ({says}; operations: openapi 4, definition 4)"
    assert stays in str(error)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_offline_without_a_snapshot_says_so_on_any_loopback_address(nobody: str, tmp_path: Path, host: str) -> None:
    error = failure(nobody.replace("127.0.0.1", host), tmp_path, limits=Limits(connect=1))
    assert isinstance(error, Offline)
    assert f"there is no snapshot in {tmp_path / 'baseten'}" in str(error)


def test_a_host_that_fails_to_prove_who_it_is_is_not_offline(backend: Backend, specs: Path) -> None:
    backend.serve(NEW)
    backend.play = secured(backend.play, trustme.CA())
    error = failure(backend.url.replace("http://127.0.0.1", "https://localhost"), specs)
    assert not isinstance(error, Offline)
    assert "the connection failed ([SSL: CERTIFICATE_VERIFY_FAILED]" in str(error)
    assert backend.asked == []


def test_unreachable_means_that_nobody_was_there() -> None:
    absent = httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.ProxyError("403 Forbidden")
    present = httpx.ReadError("reset"), httpx.RemoteProtocolError("nonsense")
    assert [error for error in (*absent, *present) if is_unreachable(error)] == [*absent]
