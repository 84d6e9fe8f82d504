"""Whatever dialect a document is written in: the package is written, imports, and sends what it should."""

from __future__ import annotations

import importlib
import inspect
import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from codegen import pair, parse, render, repair, shape
from codegen.odd_paths import PLACEHOLDER
from codegen.tree import Operation, Package, Type
from tests.dialect_documents import Json, documents

IS_FUZZ = os.environ.get("HYPOTHESIS_PROFILE", "ci") == "fuzz"
OWN = {"timeout", "extra_query", "extra_headers", "extra_body"}
NUMBERS = itertools.count()
PARTS = 5


def many(number: int) -> settings:
    """So many documents, and no time spent on making a failing one small."""
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(max_examples=number, deadline=None, suppress_health_check=slow, phases=phases)


class Gateway:
    """A server on a loopback port that keeps what it is sent and answers an empty object."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str, dict[str, str], bytes]] = []
        # One for all clients, which are never closed: what it takes to make one is not what is tested.
        self.transport = httpx.HTTPTransport(verify=False)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.received.append((self.command, self.path, headers, body))
                answer = b'{"data":{}}'
                lines = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(answer)}\r\n\r\n"
                self.wfile.write(lines.encode() + answer)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/odd"

    def close(self) -> None:
        self.transport.close()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    server = Gateway()
    yield server
    server.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("dialects")
    sys.path.insert(0, str(made))
    yield made
    sys.path.remove(str(made))


def read(given_document: Json, which: str, provider: str) -> tuple[Package, Json]:
    """The package of a document that is one of the two, or both; and the repaired document."""
    repaired = repair.repair(given_document).document
    new = repaired if which in {"openapi", "both"} else None
    old = repaired if which in {"definition", "both"} else None
    return parse.parse(pair.pair(new, old).document, provider=provider).package, repaired


def written(package: Package, folder: Path) -> Any:
    for path, content in render.render(package, is_formatted=False).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    importlib.invalidate_caches()
    return importlib.import_module(package.name)


def sample(type_: Type) -> Any:
    """A value that JSON can say, whatever the field is called."""
    match type_.kind:
        case "int":
            return 3
        case "float":
            return 1.5
        case "bool":
            return True
        case "list":
            return [sample(type_.inner[0])]
        case "model" | "map":
            return {"a": "b"}
        case "file":
            return b"content of a file"
        case _:
            return "text & more"


def expected_path(operation: Operation, name: str) -> str:
    route = operation.new if name == "new" else operation.old
    assert route is not None
    return unquote(PLACEHOLDER.sub("id-1", route.path))


def as_text(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for each in value for text in as_text(each)]
    return ["true" if value is True else str(value)]


def exercise(package: Any, read_package: Package, gateway: Gateway) -> None:
    """Call every operation in every format that it has a route in, and compare what arrived."""
    for name in ("new", "old"):
        routes = getattr(package, f"{name}_format")
        client = package.Client(
            routes, base_url=gateway.base_url, params={"api_token": "token"}, transport=gateway.transport
        )
        for operation in read_package.operations:
            route = operation.new if name == "new" else operation.old
            if route is None:
                continue
            method = getattr(getattr(client, operation.group), operation.name)
            query = {field.wire: sample(field.type) for field in operation.query if field.type.kind not in NESTED}
            body = {field.wire: sample(field.type) for field in operation.body}
            whole = sample(operation.whole_body.type) if operation.whole_body else None
            names = {field.wire: field.name for field in operation.query}
            keywords = {names[wire]: value for wire, value in query.items()}
            keywords |= {field.name: body[field.wire] for field in operation.body}
            if operation.whole_body:
                keywords[operation.whole_body.name] = whole = {"a": "b"}
            assert set(inspect.signature(method).parameters) - OWN == {each.name for each in operation.arguments}
            method(*["id-1"] * len(operation.path), **keywords)
            sent_method, target, headers, content = gateway.received.pop()
            path, _, query_string = target.partition("?")
            assert (sent_method, unquote(path)) == (route.method, f"/odd{expected_path(operation, name)}")
            wanted = [(wire, "id-1") for wire in route.query]
            wanted += [(wire, text) for wire, value in query.items() for text in as_text(value)]
            assert parse_qsl(query_string, keep_blank_values=True) == [*wanted, ("api_token", "token")]
            check_body(operation, headers, content, whole if operation.whole_body else body)


NESTED = {"model", "map", "file"}


def check_body(operation: Operation, headers: dict[str, str], content: bytes, body: Any) -> None:
    if not body:
        assert not content
    elif operation.media == "json":
        assert json.loads(content) == body
    elif operation.media == "form":
        texts = dict(parse_qsl(content.decode(), keep_blank_values=True))
        assert texts.keys() == body.keys()
    else:
        assert headers["content-type"].startswith("multipart/form-data; boundary=")
        assert content.count(b"Content-Disposition: form-data; name=") >= len(body)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_operation_of_any_document_sends_what_it_should(part: int, gateway: Gateway, folder: Path) -> None:
    @many((5000 if IS_FUZZ else 500) // PARTS)
    @given(documents(300 if IS_FUZZ else 5), st.sampled_from(["openapi", "definition", "both"]))
    def check(given_document: Json, which: str) -> None:
        provider = f"odd{part}x{next(NUMBERS)}"
        package, _ = read(given_document, which, provider)
        assert len(package.operations) >= len(list(shape.operations(given_document))), "no operation is lost"
        assert len({operation.id for operation in package.operations}) == len(package.operations)
        module = written(package, folder)
        try:
            exercise(module, package, gateway)
        finally:
            for name in [name for name in sys.modules if name.partition(".")[0] == package.name]:
                del sys.modules[name]
            shutil.rmtree(folder / package.name)

    check()


def test_packages_of_any_documents_pass_mypy_strict_and_import_whole(tmp_path: Path) -> None:
    names: list[str] = []

    @many(20)
    @given(documents(5), st.sampled_from(["openapi", "definition", "both"]))
    def write(given_document: Json, which: str) -> None:
        package, _ = read(given_document, which, f"typed{len(names)}")
        names.append(package.name)
        for path, content in render.render(package, is_formatted=False).items():
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    write()
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(tmp_path / "cache")]
    packages = [argument for name in names for argument in ("-p", name)]
    done = subprocess.run([*command, *packages], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
