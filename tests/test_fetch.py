"""Taking the documents from a backend: real sockets, on loopback. Whatever it answers, the snapshot stays whole."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import os
import re
import socket
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from codegen import documents
from codegen import fetch as fetching
from codegen.documents import DocumentError
from codegen.fetch import Body, Limits, Offline, backend_url, fetch, is_unreachable

Answer = Callable[[BaseHTTPRequestHandler], None]
Json = dict[str, Any]
DAY = dt.date(2026, 3, 4)


def document(*paths: str) -> Json:
    return {"paths": {path: {"get": {"summary": f"Get {path}"}} for path in paths}, "openapi": "3.0.0"}


OLD = {"openapi": document("/a/{id}", "/b", "/c", "/d"), "definition": document("/a/id", "/b", "/c", "/d")}
NEW = {"openapi": document("/a/{id}", "/b", "/c", "/e"), "definition": document("/a/id", "/b", "/c", "/d", "/e")}


# --- the backend -----------------------------------------------------------------------------------------------------


class Backend:
    """A backend on a loopback port: an answer a path, 404 for the rest."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.released = threading.Event()
        backend = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                backend.asked.append(self.path)
                backend.headers.append({name.lower(): value for name, value in self.headers.items()})
                backend.answers.get(self.path, status(404))(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def serve(self, served: dict[str, Json]) -> None:
        for name, content in served.items():
            self.answers[f"/baseten/{name}"] = body(json.dumps(content).encode())

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def body(content: bytes, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def status(code: int, location: str | None = None) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        if location is not None:
            handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'{"paths": {')


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def backend() -> Iterator[Backend]:
    running = Backend()
    yield running
    running.close()


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """A folder of snapshots, with one of Baseten in it."""
    folder = tmp_path / "specs"
    (folder / "baseten").mkdir(parents=True)
    for name, content in OLD.items():
        (folder / "baseten" / f"{name}.json").write_bytes(documents.canonical(content))
    (folder / "baseten" / "source.yaml").write_bytes(b"documents: {openapi: {fetched: '2026-01-02'}}\n")
    return folder


def state(folder: Path) -> dict[str, tuple[int, int, bytes | None]]:
    """All that could change in a folder: which paths, which inodes, when written, which bytes."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_ino,
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() else None,
        )
        for path in folder.rglob("*")
    }


def run(url: str, specs: Path, *, allow_shrink: bool = False, limits: Limits = fetching.LIMITS) -> list[str]:
    lines: list[str] = []
    fetch("baseten", base_url=url, specs=specs, allow_shrink=allow_shrink, out=lines.append, today=DAY, limits=limits)
    return lines


def failure(url: str, specs: Path, limits: Limits = fetching.LIMITS, provider: str = "baseten") -> DocumentError:
    """The error of a fetch that must fail: on one line, nothing printed, no file touched, nothing chained to it."""
    before, lines = state(specs), list[str]()
    with pytest.raises(DocumentError) as caught:
        fetch(provider, base_url=url, specs=specs, allow_shrink=False, out=lines.append, today=DAY, limits=limits)
    assert state(specs) == before
    assert lines == []
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1000
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return caught.value


# --- good answers ----------------------------------------------------------------------------------------------------


def test_both_documents_are_stored_with_their_source(backend: Backend, specs: Path) -> None:
    backend.serve(NEW)
    lines = run(backend.url, specs)
    folder = specs / "baseten"
    assert sorted(path.name for path in folder.iterdir()) == ["definition.json", "openapi.json", "source.yaml"]
    source = (folder / "source.yaml").read_text()
    assert source.startswith("# Written by `python -m codegen fetch`")
    for name, content in NEW.items():
        served = json.dumps(content).encode()
        assert (folder / f"{name}.json").read_bytes() == documents.canonical(content)
        assert yaml.safe_load(source)["documents"][name] == {
            "url": f"{backend.url}/baseten/{name}",
            "fetched": "2026-03-04",
            "sha256": hashlib.sha256(served).hexdigest(),
            "bytes": len(served),
            "operations": len(content["paths"]),
        }
    sizes = {name: len(json.dumps(content)) for name, content in NEW.items()}
    sums = {name: hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12] for name, content in NEW.items()}
    assert lines == [
        f"openapi: 4 operations, {sizes['openapi']} bytes, sha256 {sums['openapi']}, 1 added, 1 removed",
        f"definition: 5 operations, {sizes['definition']} bytes, sha256 {sums['definition']}, 1 added, 0 removed",
        f"{folder}: written",
    ]
    assert backend.asked == ["/baseten/openapi", "/baseten/definition"]


def test_the_first_fetch_makes_the_folder(backend: Backend, tmp_path: Path) -> None:
    backend.serve(NEW)
    lines = run(f"{backend.url}/", tmp_path / "new" / "specs")
    assert [line.rpartition(", ")[2] for line in lines[:2]] == ["new", "new"]
    assert documents.load(tmp_path / "new" / "specs" / "baseten").definition == NEW["definition"]


def test_a_snapshot_of_one_document_gets_the_other(backend: Backend, specs: Path) -> None:
    (specs / "baseten" / "definition.json").unlink()
    backend.serve(NEW)
    assert run(backend.url, specs)[1].endswith(", new")


def test_unchanged_documents_touch_nothing(backend: Backend, specs: Path) -> None:
    for name, content in OLD.items():
        served = json.dumps(dict(reversed(content.items())), indent=7).encode()
        backend.answers[f"/baseten/{name}"] = body(b"\xef\xbb\xbf" + served)
    before = state(specs)
    lines = run(backend.url, specs)
    assert state(specs) == before
    assert all(line.endswith("unchanged") for line in lines)
    assert len(lines) == 3


def test_a_change_in_one_document_dates_both_and_rewrites_one(backend: Backend, specs: Path) -> None:
    changed = json.loads(json.dumps(OLD["openapi"]))
    changed["paths"]["/b"]["get"]["summary"] = "Another"
    backend.serve({**OLD, "openapi": changed})
    before = state(specs)
    lines = run(backend.url, specs)
    after = state(specs)
    assert lines[0].endswith(", the same operations, changed inside")
    assert lines[1].endswith(", unchanged")
    assert after["baseten/definition.json"] == before["baseten/definition.json"]
    assert json.loads(after["baseten/openapi.json"][2] or b"") == changed
    dates = yaml.safe_load(after["baseten/source.yaml"][2] or b"")["documents"]
    assert [entry["fetched"] for entry in dates.values()] == ["2026-03-04", "2026-03-04"]


def test_without_a_date_it_is_today_in_utc(backend: Backend, specs: Path) -> None:
    backend.serve(NEW)
    days = [dt.datetime.now(dt.UTC).date().isoformat()]
    fetch("baseten", base_url=backend.url, specs=specs, allow_shrink=False, out=lambda line: None)
    days.append(dt.datetime.now(dt.UTC).date().isoformat())
    assert yaml.safe_load((specs / "baseten/source.yaml").read_text())["documents"]["openapi"]["fetched"] in days


def test_gzip_is_undone_though_identity_was_asked_for(backend: Backend, specs: Path) -> None:
    for name, content in NEW.items():
        backend.answers[f"/baseten/{name}"] = body(gzip.compress(json.dumps(content).encode()), Content_Encoding="GZip")
    run(backend.url, specs)
    assert documents.load(specs / "baseten").openapi == NEW["openapi"]
    source = yaml.safe_load((specs / "baseten/source.yaml").read_text())["documents"]["openapi"]
    assert source["sha256"] == hashlib.sha256(json.dumps(NEW["openapi"]).encode()).hexdigest()
    assert {headers["accept-encoding"] for headers in backend.headers} == {"identity"}


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_on_the_same_host_are_followed_three_times(backend: Backend, specs: Path, code: int) -> None:
    backend.serve(NEW)
    backend.answers["/3"] = backend.answers["/baseten/openapi"]
    backend.answers["/baseten/2"] = status(code, "../3#part")
    backend.answers["/1"] = status(code, "/baseten/2")
    backend.answers["/baseten/openapi"] = status(code, f"{backend.url}/1")
    run(backend.url, specs)
    assert documents.load(specs / "baseten").openapi == NEW["openapi"]
    assert backend.asked == ["/baseten/openapi", "/1", "/baseten/2", "/3", "/baseten/definition"]


def test_loopback_is_never_asked_through_a_proxy(
    backend: Backend, specs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Backend()
    try:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        backend.serve(NEW)
        run(backend.url, specs)
        assert proxy.asked == []
    finally:
        proxy.close()


# --- bad answers -----------------------------------------------------------------------------------------------------

BOMB = zlib.compressobj(9, wbits=31)
BOMB_BYTES = b"".join([*(BOMB.compress(bytes(1024 * 1024)) for _ in range(40)), BOMB.flush()])
GOOD = json.dumps(NEW["openapi"]).encode()

BAD: dict[str, tuple[Answer, str]] = {
    "HTML": (body(b"<!doctype html><title>Sign in</title>"), "looks like HTML"),
    "truncated JSON": (body(GOOD[:-9]), "not JSON"),
    "connection lost amid the body": (cut_off, "the connection failed"),
    "connection lost before the answer": (hang_up, "the connection failed"),
    "404": (status(404), "status 404, not 200"),
    "500": (status(500), "status 500, not 200"),
    "204": (status(204), "status 204, not 200"),
    "304": (status(304), "status 304, not 200"),
    "not UTF-8": (body(GOOD.replace(b"Get", b"\xff")), "not UTF-8"),
    "a key twice": (body(b'{"paths": {"/a": {"get": {}, "get": {}}}}'), "the same key twice in one object at /paths/"),
    "a key with a line break twice": (body(b'{"a\\nb": 1, "a\\nb": 2}'), r"/a\nb"),
    "no object": (body(b"[]"), "not an object"),
    "no operations": (body(b'{"paths": {"/a": {}}}'), "without operations"),
    "lost three of four": (body(json.dumps(document("/b")).encode()), "3 of the 4 operations in the snapshot are gone"),
    "other operations": (body(json.dumps(document("/x", "/y", "/z", "/u", "/v")).encode()), "4 of the 4 operations"),
    "gzip bomb": (body(BOMB_BYTES, Content_Encoding="gzip"), "more than 33554432 bytes"),
    "gzip cut off": (body(gzip.compress(GOOD)[:-4], Content_Encoding="gzip"), "gzip stream is cut off"),
    "bytes after gzip": (body(gzip.compress(GOOD) * 2, Content_Encoding="gzip"), "after the end of the gzip stream"),
    "no gzip": (body(GOOD, Content_Encoding="gzip"), "not gzip, though it says so"),
    "gzip twice": (body(gzip.compress(gzip.compress(GOOD)), Content_Encoding="gzip, gzip"), "'gzip, gzip', which was"),
    "brotli": (body(GOOD, Content_Encoding="br"), "content coding 'br'"),
    "redirect elsewhere": (status(302, "https://cdn.example/x?signature=hunter2"), "host, https://cdn.example, "),
    "redirect to another port": (status(302, "http://127.0.0.1:1/x"), "another host, http://127.0.0.1:1, "),
    "redirect to another scheme": (status(302, "//[::1]/x"), "another host, http://[::1], "),
    "redirect to nowhere": (status(302), "a redirect to nowhere"),
    "redirect to no URL": (status(302, "http://[/"), "baseten/"),
    "redirect with a line break": (status(302, "http://127.0.0.1:1/\x0b"), "baseten/"),
    "redirect loop": (status(302, "?again"), "more than 3 redirects"),
}


@pytest.mark.parametrize("name", documents.NAMES)
@pytest.mark.parametrize("case", BAD)
def test_a_bad_answer_is_one_line_and_changes_nothing(backend: Backend, specs: Path, case: str, name: str) -> None:
    answer, says = BAD[case]
    backend.serve(NEW)
    for path in (f"/baseten/{name}", f"/baseten/{name}?again"):
        backend.answers[path] = answer
    error = failure(backend.url, specs)
    assert not isinstance(error, Offline)
    assert says in str(error)
    assert str(error).startswith(f"{backend.url}/baseten/{name}: ")
    assert "hunter2" not in str(error)


@pytest.mark.parametrize("name", documents.NAMES)
def test_of_a_first_fetch_that_fails_nothing_is_left(backend: Backend, tmp_path: Path, name: str) -> None:
    backend.serve(NEW)
    del backend.answers[f"/baseten/{name}"]
    failure(backend.url, tmp_path)


def test_a_redirect_loop_is_left_after_three(backend: Backend, specs: Path) -> None:
    backend.answers["/baseten/openapi"] = status(307, "/baseten/openapi")
    failure(backend.url, specs)
    assert backend.asked == ["/baseten/openapi"] * 4


def test_a_redirect_elsewhere_is_not_followed(backend: Backend, specs: Path) -> None:
    other = Backend()
    try:
        other.serve(NEW)
        backend.answers["/baseten/openapi"] = status(302, f"{other.url}/baseten/openapi")
        assert other.url in str(failure(backend.url, specs))
        assert other.asked == []
    finally:
        other.close()


def test_endless_bytes_are_cut_at_the_limit(backend: Backend, specs: Path) -> None:
    sent = 0

    def endless(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.end_headers()
        try:
            while sent < 256:
                handler.wfile.write(b" " * 1024 * 1024)
                sent += 1
        except OSError:
            pass

    backend.answers["/baseten/openapi"] = endless
    assert "more than 33554432 bytes" in str(failure(backend.url, specs))
    assert sent < 128, "the server was let go soon after the 32nd MiB"


def test_what_is_silent_or_drips_is_left_at_the_deadline(backend: Backend, specs: Path) -> None:
    def drip(handler: BaseHTTPRequestHandler, start: bytes) -> None:
        try:
            handler.wfile.write(start)
            for _ in range(1000):
                if backend.released.wait(0.005):
                    return
                handler.wfile.write(b"x")
        except OSError:
            pass

    def silent(handler: BaseHTTPRequestHandler) -> None:
        backend.released.wait(5)

    answers: list[Answer] = [
        silent,
        lambda handler: drip(handler, b"HTTP/1.1 200 OK\r\nX: "),
        lambda handler: drip(handler, b"HTTP/1.1 200 OK\r\n\r\n"),
    ]
    for answer in answers:
        backend.answers["/baseten/openapi"] = answer
        error = failure(backend.url, specs, Limits(total=0.1))
        assert "no complete answer within 0.1 s" in str(error)


@pytest.mark.parametrize("left", [2, 1])
def test_more_than_half_must_not_be_lost_unless_allowed(backend: Backend, specs: Path, left: int) -> None:
    shrunk = {name: document(*list(content["paths"])[:left]) for name, content in OLD.items()}
    backend.serve(shrunk)
    if left < 2:
        assert "--allow-shrink" in str(failure(backend.url, specs))
    lines = run(backend.url, specs, allow_shrink=left < 2)
    assert lines[0].endswith(f", 0 added, {4 - left} removed")
    assert documents.load(specs / "baseten").definition == shrunk["definition"]


def test_a_bomb_is_never_expanded_beyond_the_limit() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(DocumentError):
            Body("here", "gzip", 1024 * 1024).feed(BOMB_BYTES)
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_the_limit_is_the_last_size_allowed(coding: str) -> None:
    content = b"x" * 100_000
    sent = gzip.compress(content) if coding else content
    for limit, is_read in ((100_000, True), (99_999, False)):
        body = Body("here", coding, limit)
        chunks = [sent[start : start + 10] for start in range(0, len(sent), 10)]
        if is_read:
            for chunk in chunks:
                body.feed(chunk)
            assert body.finish() == content
        else:
            with pytest.raises(DocumentError, match="more than 99999 bytes"):
                for chunk in chunks:
                    body.feed(chunk)


def test_gzip_that_expands_to_nothing_is_bounded_as_sent() -> None:
    empty_blocks = b"\x00\x00\x00\xff\xff" * 1000
    body = Body("here", "gzip", 2000)
    with pytest.raises(DocumentError, match="more than 2000 bytes"):
        body.feed(gzip.compress(b"")[:10] + empty_blocks)


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
    assert len(calls) > 2


def test_a_snapshot_that_can_not_be_read_is_not_overwritten(backend: Backend, specs: Path) -> None:
    backend.serve(NEW)
    (specs / "baseten" / "openapi.json").write_bytes(b"{")
    assert "restore the snapshot" in str(failure(backend.url, specs))
    assert backend.asked == []


def test_a_snapshot_folder_that_is_a_symlink_is_not_followed(backend: Backend, specs: Path) -> None:
    backend.serve(NEW)
    (specs / "baseten").rename(specs / "elsewhere")
    (specs / "baseten").symlink_to(specs / "elsewhere", target_is_directory=True)
    assert "is a symlink" in str(failure(backend.url, specs))


# --- no answer -------------------------------------------------------------------------------------------------------


@pytest.fixture
def nobody() -> Iterator[str]:
    """A port that refuses: bound, so that nobody else can have it, but not listened on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def test_offline_names_the_snapshot_that_stays_in_use(nobody: str, specs: Path) -> None:
    error = failure(nobody, specs)
    assert isinstance(error, Offline)
    assert f"{nobody} could not be reached" in str(error)
    assert f"the snapshot {specs / 'baseten'} stays in use (fetched 2026-01-02; " in str(error)
    assert "operations: openapi 4, definition 4)" in str(error)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"documents: {openapi: {fetched: false}, definition: {fetched: false}}", "never fetched"),
        (b"documents: {openapi: {fetched: 2026-01-02}, definition: {fetched: '2025-12-31'}}", "fetched 2025-12-31"),
        (b"documents: []", "date unknown"),
        (b"documents: {openapi: {}}", "date unknown"),
        (b"[" * 400, "date unknown"),
        (b"\xff\x00", "date unknown"),
        (b"", "date unknown"),
        (None, "date unknown"),
    ],
)
def test_offline_bears_with_any_source_yaml(nobody: str, specs: Path, source: bytes | None, says: str) -> None:
    path = specs / "baseten" / "source.yaml"
    path.unlink() if source is None else path.write_bytes(source)
    error = failure(nobody, specs)
    assert isinstance(error, Offline)
    assert f"({says}; operations: " in str(error)


def test_offline_without_a_snapshot_says_so(nobody: str, tmp_path: Path) -> None:
    error = failure(nobody, tmp_path)
    assert isinstance(error, Offline)
    assert f"there is no snapshot in {tmp_path / 'baseten'}" in str(error)


def test_a_backend_that_goes_away_between_the_documents_is_offline(
    backend: Backend, specs: Path, nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.serve(NEW)
    get = fetching._get

    async def second_goes_nowhere(url: httpx.URL, limits: Limits) -> bytes:
        return await get(url if url.path.endswith("openapi") else httpx.URL(nobody), limits)

    monkeypatch.setattr(fetching, "_get", second_goes_nowhere)
    assert isinstance(failure(backend.url, specs), Offline)


def test_a_host_that_fails_to_prove_who_it_is_is_not_offline(backend: Backend, specs: Path) -> None:
    error = failure(backend.url.replace("http:", "https:"), specs)
    assert not isinstance(error, Offline)
    assert "the connection failed" in str(error)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpx.ConnectError("refused"), True),
        (httpx.ConnectTimeout("slow"), True),
        (httpx.ProxyError("403 Forbidden"), True),
        (httpx.ReadError("reset"), False),
        (httpx.RemoteProtocolError("nonsense"), False),
    ],
)
def test_unreachable_means_that_nobody_was_there(error: httpx.HTTPError, expected: bool) -> None:
    assert is_unreachable(error) is expected


# --- what is asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "provider",
    ["", ".", "..", "../x", "a/b", "a\\b", "Baseten", "-a", "_a", "a b", "a\n", "a?", "é", "%2e%2e", "a" * 65, "/etc"],
)
def test_a_provider_that_is_no_plain_name_is_refused(backend: Backend, specs: Path, provider: str) -> None:
    assert str(failure(backend.url, specs, provider=provider)).startswith("provider '")
    assert backend.asked == []


@pytest.mark.parametrize("provider", ["a", "0", "open-ai_2", "a" * 64])
def test_a_plain_name_is_asked_for(backend: Backend, specs: Path, provider: str) -> None:
    failure(backend.url, specs, provider=provider)
    assert backend.asked == [f"/{provider}/openapi"]


@pytest.mark.parametrize(
    "url",
    [
        "http://backend.lowcodeapi.com",
        "http://0.0.0.0:80",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "backend.lowcodeapi.com",
        "https://",
        "https://[",
        "https://a:b:c",
        "https://user:hunter2@127.0.0.1",
        "https://127.0.0.1/?token=hunter2",
        "https://127.0.0.1/#hunter2",
        "https://127.0.0.1/\n",
        "",
    ],
)
def test_a_backend_that_is_no_https_url_is_refused(specs: Path, url: str) -> None:
    error = failure(url, specs)
    assert not isinstance(error, Offline)
    assert str(error).startswith("backend URL")
    assert "hunter2" not in str(error)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_plain_http_is_for_loopback(specs: Path, host: str) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        error = failure(f"http://{host}:{bound.getsockname()[1]}", specs, Limits(connect=1))
    assert isinstance(error, Offline)


@pytest.mark.parametrize(
    ("variable", "value"), [("SSL_CERT_FILE", "/absent/hunter2.pem"), ("HTTPS_PROXY", "nonsense://me:hunter2@proxy")]
)
def test_a_machine_set_up_wrong_is_told_so(
    specs: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, value)
    error = failure("https://backend.invalid", specs)
    assert not isinstance(error, Offline)
    assert "check proxy and TLS settings" in str(error)
    assert "hunter2" not in str(error)


def test_a_path_in_front_is_kept(backend: Backend, specs: Path) -> None:
    failure(f"{backend.url}/api/v2/", specs)
    assert backend.asked == ["/api/v2/baseten/openapi"]


@pytest.mark.parametrize(
    ("option", "environ", "expected"),
    [
        ("https://o", {"LOWCODEAPI_BACKEND_URL": "https://e"}, "https://o"),
        (None, {"LOWCODEAPI_BACKEND_URL": "https://e"}, "https://e"),
        ("", {"LOWCODEAPI_BACKEND_URL": "https://e"}, "https://e"),
        (None, {"LOWCODEAPI_BACKEND_URL": ""}, "https://backend.lowcodeapi.com"),
        (None, {}, "https://backend.lowcodeapi.com"),
    ],
)
def test_the_backend_is_option_then_environment_then_default(
    option: str | None, environ: dict[str, str], expected: str
) -> None:
    assert backend_url(option, environ) == expected


def test_no_source_has_a_token_or_a_time_of_day(backend: Backend, specs: Path) -> None:
    backend.serve(NEW)
    run(backend.url, specs)
    assert not re.search(r"token|\d\d:\d\d:\d\d", (specs / "baseten" / "source.yaml").read_text())
