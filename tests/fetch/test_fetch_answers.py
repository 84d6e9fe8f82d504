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
    assert reading.load(specs / "baseten")["openapi"] == NEW["openapi"]
    source = yaml.safe_load((specs / "baseten/source.yaml").read_text())["documents"]["openapi"]
    assert source["sha256"] == hashlib.sha256(json.dumps(NEW["openapi"]).encode()).hexdigest()
    assert {headers["accept-encoding"] for headers in backend.headers} == {"identity"}


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
    "gzip cut off": (body(gzip.compress(GOOD)[:-20], Content_Encoding="gzip"), "not JSON"),
    "no gzip": (body(GOOD, Content_Encoding="gzip"), "the connection failed (Error -3 while decompressing"),
    "gzip twice": (body(gzip.compress(gzip.compress(GOOD)), Content_Encoding="gzip, gzip"), "'gzip, gzip', which was"),
    "brotli": (body(GOOD, Content_Encoding="br"), "content coding 'br'"),
    "redirect": (status(302, "/elsewhere?signature=hunter2"), "status 302, not 200; check the URL"),
}


@pytest.mark.parametrize(("case", "name"), [*zip(BAD, itertools.cycle(reading.NAMES), strict=False)])
def test_a_bad_answer_is_one_line_and_changes_nothing(backend: Backend, specs: Path, case: str, name: str) -> None:
    answer, says = BAD[case]
    backend.serve(NEW)
    backend.answers[f"/baseten/{name}"] = answer
    error = failure(backend.url, specs)
    assert not isinstance(error, Offline)
    assert says in str(error)
    assert str(error).startswith(f"{backend.url}/baseten/{name}: ")
    assert "hunter2" not in str(error)


def test_a_redirect_elsewhere_is_not_followed(backend: Backend, specs: Path) -> None:
    other = Backend()
    try:
        other.serve(NEW)
        backend.answers["/baseten/openapi"] = status(302, f"{other.url}/baseten/openapi")
        failure(backend.url, specs)
        assert other.asked == []
    finally:
        other.close()
