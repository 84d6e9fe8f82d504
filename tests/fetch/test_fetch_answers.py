"""Answers of a backend: read, or refused in one line, with everything left as it was."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
from pathlib import Path

import pytest
import yaml

from codegen.document import reading
from codegen.fetch.fetch import Offline
from tests.fetch.backend import BOMB, NEW, Answer, Backend, body, cut_off, document, failure, hang_up, run, status


def test_gzip_is_undone_though_identity_was_asked_for(backend: Backend, specs: Path) -> None:
    for name, content in NEW.items():
        backend.answers[f"/baseten/{name}"] = body(gzip.compress(json.dumps(content).encode()), Content_Encoding="GZip")
    run(backend.url, specs)
    assert reading.load(specs / "baseten").openapi == NEW["openapi"]
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
    assert reading.load(specs / "baseten").openapi == NEW["openapi"]
    assert backend.asked == ["/baseten/openapi", "/1", "/baseten/2", "/3", "/baseten/definition"]


GOOD = json.dumps(NEW["openapi"]).encode()

BAD: dict[str, tuple[Answer, str]] = {
    "HTML": (body(b"<!doctype html><title>Sign in</title>"), "looks like HTML"),
    "truncated JSON": (body(GOOD[:-9]), "not JSON"),
    "connection lost amid the body": (cut_off, "the connection failed"),
    "connection lost before the answer": (hang_up, "the connection failed"),
    "404": (status(404), "status 404, so it is not there, though "),
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
    "gzip bomb": (body(BOMB, Content_Encoding="gzip"), "more than 33554432 bytes"),
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


@pytest.mark.parametrize(("case", "name"), [*zip(BAD, itertools.cycle(reading.NAMES), strict=False)])
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
