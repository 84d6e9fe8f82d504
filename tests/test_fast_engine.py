"""The engine over pyreqwest: what it says of a failure, what it keeps to itself, where it gives way to the stock one.

The rest of its behaviour is what every other test claims, run with LOWCODEAPI_TEST_ENGINE=fast.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

pytest.importorskip("pyreqwest")

from lowcodeapi_baseten import Baseten
from lowcodeapi_baseten.auth import Token
from lowcodeapi_baseten.engines.fast import FastAsyncEngine, FastSyncEngine
from lowcodeapi_baseten.engines.stock import AsyncEngine, SyncEngine
from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.steps import Failure, Send

TOKEN = "lca-fast-0123456789abcdef"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
_RESET = struct.pack("ii", 1, 0)


class Peer:
    """A server that answers each request with what `says` gives for its number: bytes, or how to go away."""

    def __init__(self, says: Callable[[int], bytes | str | None]) -> None:
        self.requests: list[bytes] = []
        self._says = says
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.origin = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            while data := connection.recv(65536):
                while data.startswith(b"POST") and not data.endswith(b"}"):
                    data += connection.recv(65536)
                self.requests.append(data)
                said = self._says(len(self.requests))
                if said == "reset":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                if said in {"reset", "close"}:
                    connection.close()
                    return
                if isinstance(said, bytes):
                    connection.sendall(said)

    def close(self) -> None:
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@contextmanager
def peer(says: Callable[[int], bytes | str | None]) -> Iterator[Peer]:
    one = Peer(says)
    try:
        yield one
    finally:
        one.close()


def exchanges(kind: str, origin: str, count: int = 1, timeout: float = 5.0, most: int = 1 << 20) -> list[Any]:
    send = Send("POST", "/predict?a=1", {"content-type": "application/json"}, b'{"input":1}', timeout)
    engines: dict[str, Any] = {"fast": FastSyncEngine, "stock": SyncEngine}
    if kind in engines:
        engine = engines[kind](origin, Token(TOKEN), most)
        try:
            return [engine.exchange(send) for _ in range(count)]
        finally:
            engine.close()

    async def main() -> list[Any]:
        made: dict[str, Any] = {"fast, async": FastAsyncEngine, "stock, async": AsyncEngine}
        engine = made[kind](origin, Token(TOKEN), most)
        said = [await engine.exchange(send) for _ in range(count)]
        await engine.aclose()
        return said

    return asyncio.run(main())


ENGINES = ["fast", "fast, async", "stock", "stock, async"]
every = pytest.mark.parametrize("kind", ENGINES)


@every
@pytest.mark.parametrize(
    ("said", "failure"),
    [
        ("close", "lost"),
        ("reset", "lost"),
        (None, "timeout"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc", "timeout"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "lost"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-encoding: br\r\n\r\nab", "refused"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-encoding: gz\xefp\r\n\r\nab", "refused"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9999999\r\n\r\n" + b"a" * 9999999, "refused"),
    ],
    ids=[
        "closed",
        "reset",
        "silent",
        "half a body",
        "another protocol",
        "brotli",
        "a coding that is none",
        "too large",
    ],
)
def test_what_was_sent_and_not_answered_is_never_called_unsent(kind: str, said: Any, failure: str) -> None:
    with peer(lambda number: said) as server:
        (outcome,) = exchanges(kind, server.origin, timeout=0.5 if failure == "timeout" else 5.0)
    assert isinstance(outcome, Failure)
    assert outcome.kind == failure
    assert TOKEN not in outcome.text
    assert len(server.requests) == 1


@every
def test_a_connection_that_was_refused_is_known_as_such(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    (outcome,) = exchanges(kind, f"http://127.0.0.1:{port}")
    assert outcome.kind == "unsent"
    assert TOKEN not in outcome.text


@every
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full backlog is refused")
def test_a_connection_that_was_not_made_in_time_is_known_as_such(kind: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        (outcome,) = exchanges(kind, f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=1.0)
        for one in waiting:
            one.close()
    assert outcome.kind == "unsent"


@every
def test_a_request_is_not_sent_again_where_a_kept_connection_breaks(kind: str) -> None:
    with peer(lambda number: OK if number == 1 else "close") as server:
        first, second = exchanges(kind, server.origin, 2)
    assert isinstance(first, Answer)
    assert second.kind == "lost"
    assert len(server.requests) == 2


@every
def test_a_gzip_bomb_is_not_inflated(kind: str) -> None:
    bomb = gzip.compress(b"0" * (8 << 20))
    head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(bomb)
    with peer(lambda number: head + bomb) as server:
        (outcome,) = exchanges(kind, server.origin)
    assert outcome.kind == "refused"


@every
def test_redirects_are_handed_back_and_not_followed(kind: str) -> None:
    said = b"HTTP/1.1 307 Temporary\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n"
    with peer(lambda number: said) as server:
        (outcome,) = exchanges(kind, server.origin)
    assert (outcome.status, outcome.headers["location"]) == (307, "/elsewhere")
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", ["fast", "fast, async"])
def test_the_same_goes_over_the_wire_as_with_the_stock_engine(kind: str) -> None:
    def sent(engine: str) -> tuple[bytes, set[bytes], bytes]:
        with peer(lambda number: OK) as server:
            exchanges(engine, server.origin)
            head, _, body = server.requests[0].partition(b"\r\n\r\n")
            line, *headers = head.split(b"\r\n")
            return line, {header.lower() for header in headers if not header.lower().startswith(b"host")}, body

    line, headers, body = sent(kind)
    stock_line, stock_headers, stock_body = sent("stock")
    assert (line, body) == (stock_line, stock_body)
    assert headers - {b"accept: */*", b"user-agent: python-pyreqwest/1.0.0"} == stock_headers


@pytest.mark.parametrize("kind", ["fast", "fast, async"])
def test_a_header_that_is_no_text_is_not_taken_for_one_that_is_not_there(kind: str) -> None:
    said = b"HTTP/1.1 200 OK\r\nx-a: caf\xe9\r\nx-b: one\r\nx-b: two\r\ncontent-length: 2\r\n\r\n{}"
    with peer(lambda number: said) as server:
        (outcome,) = exchanges(kind, server.origin)
    assert outcome.headers == {"x-a": "\ufffd", "x-b": "one, two", "content-length": "2"}


@pytest.mark.parametrize("kind", ["fast", "fast, async"])
def test_no_log_and_no_traceback_shows_the_token(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    from pyreqwest.logging import flush_logs

    caplog.set_level(logging.NOTSET)
    with peer(lambda number: OK if number == 1 else "reset") as server:
        exchanges(kind, server.origin, 2)
    flush_logs()
    assert TOKEN not in caplog.text
    with Baseten(api_token=TOKEN, base_url="http://127.0.0.1:1", transport="fast", max_retries=0) as client:
        try:
            client.models.list()
        except Exception as error:
            shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
            assert TOKEN not in shown


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_child_sends_with_the_stock_engine() -> None:
    with peer(lambda number: OK) as server:
        engine = FastSyncEngine(server.origin, Token(TOKEN), 1000)
        send = Send("GET", "/x", {}, None, 5.0)
        assert isinstance(engine.exchange(send), Answer)
        child = os.fork()
        if child == 0:
            status = 1
            with suppress(BaseException):
                status = 0 if isinstance(engine.exchange(send), Answer) else 2
            os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
        engine.close()
    assert len(server.requests) == 2


def test_another_event_loop_than_asyncios_sends_with_the_stock_engine() -> None:
    trio = pytest.importorskip("trio")
    with peer(lambda number: OK) as server:

        async def main() -> Any:
            engine = FastAsyncEngine(server.origin, Token(TOKEN), 1000)
            return await engine.exchange(Send("GET", "/x", {}, None, 5.0))

        assert isinstance(trio.run(main), Answer)


_INTERRUPTED = """
import sys
from lowcodeapi_baseten.auth import Token
from lowcodeapi_baseten.engines.fast import FastSyncEngine
from lowcodeapi_baseten.steps import Send
engine = FastSyncEngine(sys.argv[1], Token("abc"), 1000)
try:
    engine.exchange(Send("GET", "/x", {}, None, 600.0))
except KeyboardInterrupt:
    sys.exit(7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
def test_ctrl_c_ends_a_call_at_once() -> None:
    process: subprocess.Popen[bytes]
    with peer(lambda number: process.send_signal(signal.SIGINT)) as server:
        process = subprocess.Popen([sys.executable, "-c", _INTERRUPTED, server.origin])
        assert process.wait(timeout=60) == 7


def test_a_cancelled_task_ends_at_once() -> None:
    async def main(origin: str) -> None:
        engine = FastAsyncEngine(origin, Token(TOKEN), 1000)
        task = asyncio.create_task(engine.exchange(Send("GET", "/x", {}, None, 600.0)))
        while not server.requests:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await engine.aclose()

    with peer(lambda number: None) as server:
        asyncio.run(main(server.origin))


def test_after_close_nothing_is_sent() -> None:
    with peer(lambda number: OK) as server:
        engine = FastSyncEngine(server.origin, Token(TOKEN), 1000)
        engine.close()
        outcome = engine.exchange(Send("GET", "/x", {}, None, 5.0))
        assert isinstance(outcome, Failure)
        assert outcome.kind == "unsent"
    assert server.requests == []
