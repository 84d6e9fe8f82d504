"""A backend on loopback with answers set by a test, and a fetch from it that must work or must fail."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from codegen.document.reading import DocumentError
from codegen.fetch.fetch import fetch
from tests.support.raw_wire import Peer, Play, RawWire, http
from tests.support.wire import Received, received

Json = dict[str, Any]


def document(*paths: str) -> Json:
    return {"paths": {path: {"get": {"summary": f"Get {path}"}} for path in paths}, "openapi": "3.0.0"}


OLD = {"openapi": document("/a/{id}", "/b", "/c", "/d"), "definition": document("/a/id", "/b", "/c", "/d")}
NEW = {"openapi": document("/a/{id}", "/b", "/c", "/e"), "definition": document("/a/id", "/b", "/c", "/d", "/e")}


def encoded(name: str) -> bytes:
    """The new document of this name, as it is served."""
    return json.dumps(NEW[name]).encode()


class Backend(RawWire):
    """One answer per path, 404 for the rest. An answer that is played ends the connection."""

    def __init__(self) -> None:
        super().__init__(self._converse)
        self.answers: dict[str, bytes | Play] = {}
        self.received: list[Received] = []

    @property
    def url(self) -> str:
        return self.base_url.removesuffix("/baseten")

    @property
    def asked(self) -> list[str]:
        return [request.path for request in self.received]

    def serve(self, served: dict[str, Json]) -> None:
        for name, content in served.items():
            self.answers[f"/baseten/{name}"] = http(json.dumps(content).encode())

    def _converse(self, peer: Peer) -> None:
        while sent := peer.request():
            self.received.append(received(sent, peer.number))
            answer = self.answers.get(self.asked[-1], http(b"", status="404 Not Found"))
            if callable(answer):
                answer(peer)
                return
            peer.send(answer)


def state(folder: Path) -> dict[str, tuple[int, int, bytes | None]]:
    """Everything that could change in a folder: paths, inodes, times of writing, bytes."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_ino,
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() else None,
        )
        for path in folder.rglob("*")
    }


def run(url: str, specs: Path, provider: str = "baseten", **options: Any) -> list[str]:
    """A fetch, and its lines."""
    lines: list[str] = []
    options = {"allow_shrink": False, "today": dt.date(2026, 3, 4), **options}
    fetch(provider, base_url=url, specs=specs, out=lines.append, **options)
    return lines


def failure(url: str, specs: Path, provider: str = "baseten", **options: Any) -> DocumentError:
    """The error of a fetch that must fail: on one line, nothing printed, no file touched, nothing chained to it."""
    before, lines = state(specs), list[str]()
    with pytest.raises(DocumentError) as caught:
        lines += run(url, specs, provider, **options)
    assert (state(specs), lines) == (before, [])
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1000
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return caught.value
