"""The engine of the extra `fast` when it is shared, cut off, closed or forked; over TLS; what it imports and logs."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httptools")

import trustme
from lowcodeapi_baseten.auth import Token
from lowcodeapi_baseten.engines import direct
from lowcodeapi_baseten.engines.direct import DirectEngine
from lowcodeapi_baseten.engines.direct_async import AsyncDirectEngine
from lowcodeapi_baseten.engines.direct_wire import Exchange
from lowcodeapi_baseten.engines.incoming_httptools import HttptoolsIncoming
from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.steps import Failure

from tests.engines import KINDS, TOKEN, engine, loop_factory, send
from tests.raw_wire import Peer, RawWire
from tests.test_deadline import full_backlog

every = pytest.mark.parametrize("kind", KINDS)
loops = pytest.mark.parametrize("kind", KINDS[1:])
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


def answers(peer: Peer) -> None:
    while peer.request():
        peer.send(OK)


def silent(peer: Peer) -> None:
    while peer.request():
        pass


def origin(wire: RawWire) -> str:
    return f"http://127.0.0.1:{wire.port}"


def made(wire: RawWire, **options: Any) -> AsyncDirectEngine:
    return AsyncDirectEngine(origin(wire), Token(TOKEN), 1 << 20, HttptoolsIncoming, **options)


def run(kind: str, main: Callable[[], Any]) -> Any:
    problems: list[Any] = []
    with asyncio.Runner(loop_factory=loop_factory(kind), debug=True) as runner:
        runner.get_loop().set_exception_handler(lambda _, context: problems.append(context))
        result = runner.run(main())
    assert problems == []
    return result


def is_bare(engine: AsyncDirectEngine) -> bool:
    """Whether nobody waits, and nothing is open or being opened."""
    pool: Any = engine._pool
    return not (pool.line or pool._open or pool._opening or pool._idle)


class Crowd:
    """Answers requests with their own targets once `together` of them are there; counts how many there were at once."""

    def __init__(self, together: int) -> None:
        self._barrier = threading.Barrier(together)
        self._lock = threading.Lock()
        self.most = self._here = 0

    def __call__(self, peer: Peer) -> None:
        while request := peer.request():
            with self._lock:
                self._here += 1
                self.most = max(self.most, self._here)
            self._barrier.wait(10)
            with self._lock:
                self._here -= 1
            self._barrier.wait(10)
            target = request.split(b" ")[1].partition(b"?")[0]
            peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(target), target))


# --- many at a time


def test_threads_share_the_connections_and_each_gets_its_own_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "MOST", 4)
    crowd = Crowd(4)
    with RawWire(crowd) as wire, engine("sync", origin(wire)) as exchange, ThreadPoolExecutor(16) as threads:
        targets = [f"/{number}" for number in range(80)]
        outcomes = list(threads.map(lambda target: exchange(send(target=target)), targets))
    assert [outcome.body.decode() for outcome in outcomes if isinstance(outcome, Answer)] == targets
    assert crowd.most == 4
    assert wire.connections == 4


@loops
def test_tasks_share_the_connections_and_each_gets_its_own_answer(kind: str) -> None:
    async def main() -> list[Any]:
        engine = made(wire, most=4)
        outcomes = await asyncio.gather(*(engine.exchange(send(target=target)) for target in targets))
        await engine.aclose()
        assert is_bare(engine)
        return outcomes

    crowd, targets = Crowd(4), [f"/{number}" for number in range(80)]
    with RawWire(crowd) as wire:
        assert [outcome.body.decode() for outcome in run(kind, main)] == targets
    assert crowd.most == 4
    assert wire.connections == 4


def test_a_thread_that_waits_too_long_for_a_connection_sends_nothing_and_leaves_the_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(direct, "MOST", 1)
    arrived, answer = threading.Event(), threading.Event()

    def play(peer: Peer) -> None:
        while peer.request():
            arrived.set()
            answer.wait(10)
            peer.send(OK)

    with RawWire(play) as wire, engine("sync", origin(wire)) as exchange, ThreadPoolExecutor(2) as threads:
        first = threads.submit(exchange, send())
        arrived.wait(10)
        outcome = exchange(send(timeout=0.05))
        assert isinstance(outcome, Failure) and outcome.kind == "unsent"
        last = threads.submit(exchange, send())
        answer.set()
        assert isinstance(first.result(10), Answer) and isinstance(last.result(10), Answer)
    assert wire.connections == 1


@loops
def test_a_task_that_waits_too_long_or_is_cancelled_sends_nothing_and_leaves_the_line(kind: str) -> None:
    async def main() -> None:
        engine = made(wire, most=1)
        first = asyncio.create_task(engine.exchange(send()))
        while not wire.connections:
            await asyncio.sleep(0.001)
        cancelled = asyncio.create_task(engine.exchange(send()))
        outcome = await engine.exchange(send(timeout=0.05))
        assert isinstance(outcome, Failure) and outcome.kind == "unsent"
        cancelled.cancel()
        last = asyncio.create_task(engine.exchange(send()))
        await asyncio.wait([cancelled])
        assert len(engine._pool.line) == 1  # type: ignore[union-attr]
        answer.set()
        assert isinstance(await first, Answer) and isinstance(await last, Answer)
        assert len(requests) == 2
        await engine.aclose()
        assert is_bare(engine)

    answer, requests = threading.Event(), list[bytes]()

    def play(peer: Peer) -> None:
        while request := peer.request():
            requests.append(request)
            answer.wait(10)
            peer.send(OK)

    with RawWire(play) as wire:
        run(kind, main)
    assert wire.connections == 1


@loops
def test_where_a_connection_breaks_the_next_in_line_gets_a_new_one(kind: str) -> None:
    async def main() -> list[Any]:
        engine = made(wire, most=2)
        outcomes = await asyncio.gather(*(engine.exchange(send()) for _ in range(6)))
        await engine.aclose()
        return outcomes

    def leaves(peer: Peer) -> None:
        peer.request()

    with RawWire(leaves) as wire:
        assert [outcome.kind for outcome in run(kind, main)] == ["lost"] * 6
    assert wire.connections == 6


@loops
def test_where_no_connection_can_be_made_nobody_waits_in_line_for_one(kind: str) -> None:
    async def main() -> list[Any]:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            gone = f"http://127.0.0.1:{taken.getsockname()[1]}"
        engine = AsyncDirectEngine(gone, Token(TOKEN), 1000, HttptoolsIncoming, most=1)
        outcomes = await asyncio.gather(*(engine.exchange(send(timeout=10_000)) for _ in range(5)))
        await engine.aclose()
        return outcomes

    assert [outcome.kind for outcome in run(kind, main)] == ["unsent"] * 5


# --- begin


@loops
def test_what_becomes_of_an_exchange_is_said_once_and_never_before_begin_has_returned(kind: str) -> None:
    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            gone = f"http://127.0.0.1:{taken.getsockname()[1]}"
        closed = made(wire)
        await closed.aclose()
        for one, request, comes in [
            (made(wire), send(), "Answer"),
            (made(wire), send(target="/a b"), "Failure"),
            (AsyncDirectEngine(gone, Token(TOKEN), 1000, HttptoolsIncoming), send(), "Failure"),
            (closed, send(), "Failure"),
        ]:
            for _ in range(2):
                said: list[Any] = []
                told = asyncio.Event()
                has_returned = False

                def done(outcome: Any, said: Any = said, told: Any = told) -> None:
                    assert has_returned  # noqa: B023
                    said.append(outcome)
                    told.set()

                cancel = one.begin(request, done)
                has_returned = True
                await told.wait()
                cancel()
                await asyncio.sleep(0.001)
                assert [type(outcome).__name__ for outcome in said] == [comes]
            await one.aclose()
            assert one is closed or is_bare(one)

    with RawWire(answers) as wire:
        run(kind, main)


@loops
@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8, 13])
def test_what_is_cancelled_is_never_heard_of_again_and_leaves_nothing_behind(kind: str, turns: int) -> None:
    async def main() -> None:
        engine, said = made(wire, most=2), list[Any]()
        for _ in range(3):
            cancels = [engine.begin(send(), said.append) for _ in range(4)]
            for _ in range(turns):
                await asyncio.sleep(0)
            before = len(said)
            for cancel in cancels:
                cancel()
            await asyncio.sleep(0.01)
            assert len(said) == before
        assert isinstance(await engine.exchange(send()), Answer)
        await engine.aclose()
        assert is_bare(engine)

    with RawWire(answers) as wire:
        run(kind, main)


@loops
def test_a_task_that_is_cancelled_while_it_waits_for_an_answer_closes_its_connection(kind: str) -> None:
    left = threading.Event()

    def play(peer: Peer) -> None:
        peer.request()
        if peer.number == 1:
            assert peer.connection.recv(1) == b""
            left.set()
        else:
            peer.send(OK)
            answers(peer)

    async def main() -> None:
        engine = made(wire)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(engine.exchange(send()), 0.1)
        assert await asyncio.to_thread(left.wait, 10)
        assert is_bare(engine)
        assert isinstance(await engine.exchange(send()), Answer)
        await engine.aclose()

    with RawWire(play) as wire:
        run(kind, main)


@loops
def test_a_task_that_is_cancelled_while_it_connects_leaves_nothing_behind(kind: str) -> None:
    async def main(port: int) -> None:
        engine = AsyncDirectEngine(f"http://127.0.0.1:{port}", Token(TOKEN), 1000, HttptoolsIncoming)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(engine.exchange(send()), 0.05)
        await asyncio.sleep(0.01)
        assert is_bare(engine)

    with full_backlog() as port:
        run(kind, lambda: main(port))


# --- closing


@loops
def test_closing_ends_what_is_under_way_and_what_waits(kind: str) -> None:
    async def main() -> None:
        engine = made(wire, most=1)
        tasks = [asyncio.create_task(engine.exchange(send())) for _ in range(3)]
        while not wire.connections:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.01)
        await engine.aclose()
        kinds = [outcome.kind for outcome in await asyncio.gather(*tasks) if isinstance(outcome, Failure)]
        assert kinds == ["lost", "unsent", "unsent"]
        assert is_bare(engine)
        outcome = await engine.exchange(send())
        assert isinstance(outcome, Failure) and outcome.kind == "unsent"

    with RawWire(silent) as wire:
        run(kind, main)
    assert wire.connections == 1


@loops
def test_closing_while_a_connection_is_made_ends_that(kind: str) -> None:
    async def main(port: int) -> None:
        engine = AsyncDirectEngine(f"http://127.0.0.1:{port}", Token(TOKEN), 1000, HttptoolsIncoming)
        task = asyncio.create_task(engine.exchange(send()))
        await asyncio.sleep(0.01)
        await engine.aclose()
        outcome = await task
        assert isinstance(outcome, Failure) and outcome.kind == "unsent"
        assert is_bare(engine)

    with full_backlog() as port:
        run(kind, lambda: main(port))


def test_closing_from_another_thread_ends_an_exchange() -> None:
    arrived = threading.Event()

    def play(peer: Peer) -> None:
        peer.request()
        arrived.set()
        peer.wait()

    with RawWire(play) as wire, ThreadPoolExecutor(1) as threads:
        engine = DirectEngine(origin(wire), Token(TOKEN), 1000, HttptoolsIncoming)
        under_way = threads.submit(engine.exchange, send(timeout=60))
        arrived.wait(10)
        engine.close()
        outcome = under_way.result(10)
        assert isinstance(outcome, Failure) and outcome.kind == "lost"
        assert not engine._open and not engine._slots.emptied()
        outcome = engine.exchange(send())
        assert isinstance(outcome, Failure) and outcome.kind == "unsent"
    assert wire.connections == 1


# --- processes and event loops


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_opens_its_own_connections_and_leaves_its_parents_open() -> None:
    with RawWire(answers) as wire:
        engine = DirectEngine(origin(wire), Token(TOKEN), 1000, HttptoolsIncoming)
        assert isinstance(engine.exchange(send()), Answer)
        child = os.fork()
        if child == 0:
            # Nothing of pytest may run here.
            status = 1
            with suppress(BaseException):
                status = 0 if isinstance(engine.exchange(send()), Answer) else 2
                engine.close()
            os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert isinstance(engine.exchange(send()), Answer)
        engine.close()
    assert wire.connections == 2


@loops
def test_another_event_loop_gets_connections_of_its_own(kind: str) -> None:
    async def main() -> None:
        for _ in range(2):
            assert isinstance(await shared.exchange(send()), Answer)
        pool: Any = shared._pool
        for one in list(pool._open):
            one.abort()
        await asyncio.sleep(0.01)
        assert is_bare(shared)

    with RawWire(answers) as wire:
        shared = made(wire)
        for _ in range(2):
            run(kind, main)
    assert wire.connections == 2


def test_on_trio_the_stock_engine_sends() -> None:
    trio = pytest.importorskip("trio")

    async def main() -> Any:
        engine = made(wire)
        outcome = await engine.exchange(send())
        await engine.aclose()
        return outcome

    with RawWire(answers) as wire:
        assert isinstance(trio.run(main), Answer)


_INTERRUPTED = """
import sys, warnings
from lowcodeapi_baseten.auth import Token
from lowcodeapi_baseten.engines.direct import DirectEngine
from lowcodeapi_baseten.engines.incoming_httptools import HttptoolsIncoming
from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.steps import Send
engine = DirectEngine(sys.argv[1], Token("abc"), 1000, HttptoolsIncoming)
try:
    engine.exchange(Send("GET", "/x", {}, None, 600.0))
except KeyboardInterrupt:
    assert not engine._open
    assert isinstance(engine.exchange(Send("GET", "/x", {}, None, 10.0)), Answer)
    engine.close()
    sys.exit(7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
def test_ctrl_c_ends_an_exchange_at_once_and_its_connection_is_not_used_again() -> None:
    process: subprocess.Popen[bytes]

    def play(peer: Peer) -> None:
        peer.request()
        if peer.number > 1:
            peer.send(OK)
        else:
            process.send_signal(signal.SIGINT)
            peer.wait()

    with RawWire(play) as wire:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", _INTERRUPTED, origin(wire)], stderr=subprocess.PIPE
        )
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (7, b"")


# --- where it connects to


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return made


class Secure:
    """Plays over TLS. `names` are what the clients asked for."""

    def __init__(self, authority: trustme.CA, name: str) -> None:
        self.names: list[str | None] = []
        self.requests: list[bytes] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(self._context)
        self._context.sni_callback = lambda _, asked, __: self.names.append(asked)
        self._context.set_alpn_protocols(["h2", "http/1.1"])

    def __call__(self, peer: Peer) -> None:
        with self._context.wrap_socket(peer.connection, server_side=True) as secure:
            assert secure.selected_alpn_protocol() == "http/1.1"
            spoken = Peer(secure, peer.closing, peer.number)
            while request := spoken.request():
                self.requests.append(request)
                spoken.send(OK if b"/large" not in request else OK.replace(b": 2", b": 3000002") + b"x" * 3_000_000)


@every
def test_over_tls_the_host_is_named_and_a_connection_is_used_again(kind: str, authority: trustme.CA) -> None:
    secure = Secure(authority, "localhost")
    with RawWire(secure) as wire, engine(kind, f"https://localhost:{wire.port}", 4_000_000) as exchange:
        for request in (send(), send(content=b"x" * 3_000_000), send("GET", "/large", None), send()):
            outcome = exchange(request)
            assert isinstance(outcome, Answer) and len(outcome.body) in {2, 3_000_002}
    assert secure.names == ["localhost"]
    assert [len(request) > 3_000_000 for request in secure.requests] == [False, True, False, False]
    assert wire.connections == 1


@every
def test_a_certificate_of_another_host_gets_no_token(kind: str, authority: trustme.CA) -> None:
    secure = Secure(authority, "elsewhere.example")
    with RawWire(secure) as wire, engine(kind, f"https://localhost:{wire.port}") as exchange:
        outcome = exchange(send())
    assert isinstance(outcome, Failure) and outcome.kind == "unsent"
    assert "ertificate" in outcome.text
    assert secure.requests == []


@every
def test_a_server_that_never_shakes_hands_is_not_waited_for_longer_than_the_deadline(
    kind: str, authority: trustme.CA
) -> None:
    def waits(peer: Peer) -> None:
        peer.wait()

    with RawWire(waits) as wire:
        with engine(kind, f"https://localhost:{wire.port}") as exchange:
            outcome = exchange(send(timeout=0.2))
        assert isinstance(outcome, Failure) and outcome.kind == "unsent"


@every
def test_a_tls_peer_that_reads_nothing_or_answers_nothing_is_silent(kind: str, authority: trustme.CA) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    def play(peer: Peer) -> None:
        with context.wrap_socket(peer.connection, server_side=True) as secure:
            secure.recv(1000)
            peer.wait()

    with RawWire(play) as wire, engine(kind, f"https://localhost:{wire.port}") as exchange:
        for content in (b"{}", b"x" * 10_000_000):
            outcome = exchange(send(content=content, timeout=0.3))
            assert isinstance(outcome, Failure) and outcome.kind == "timeout"
    assert wire.connections == 2


@every
def test_an_address_of_ipv6_works(kind: str) -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 on this system")

    class Wire6(RawWire):
        def __enter__(self) -> Any:
            self._listener = listener
            self._address = listener.getsockname()[:2]
            self._start(self._accept)
            return self

    got: list[bytes] = []

    def play(peer: Peer) -> None:
        got.append(peer.request())
        peer.send(OK)

    with Wire6(play) as wire, engine(kind, f"http://[::1]:{wire.port}") as exchange:
        assert isinstance(exchange(send()), Answer)
        assert f"Host: [::1]:{wire.port}\r\n".encode() in got[0]


@pytest.mark.parametrize("kind", ["sync", "asyncio"])  # uvloop asks the system itself
def test_where_a_host_has_several_addresses_each_is_tried(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        if host != "many.example":
            return real(host, port, *arguments, **options)
        if options.get("flags", 0) & socket.AI_NUMERICHOST:
            raise socket.gaierror("a name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{last}", port)) for last in (9, 8, 1)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with RawWire(answers) as wire, engine(kind, f"http://many.example:{wire.port}") as exchange:
        assert isinstance(exchange(send()), Answer)


# --- what is seen of it


@every
def test_no_log_and_no_traceback_shows_the_token(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.NOTSET)

    def play(peer: Peer) -> None:
        peer.request()
        peer.send([OK, b"HTTP/1.1 200 OK\r\nx-\0: " + TOKEN.encode(), OK[:-1], TOKEN.encode()][(peer.number - 1) % 4])

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        outcomes = [exchange(send()) for _ in range(8)]
    assert {type(outcome) for outcome in outcomes} == {Answer, Failure}
    assert not any(TOKEN in outcome.text for outcome in outcomes if isinstance(outcome, Failure))
    assert TOKEN not in caplog.text


def test_a_frame_that_ctrl_c_leaves_behind_shows_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    from lowcodeapi_baseten.engines.direct_socket import Connection

    monkeypatch.setattr(Connection, "_read", interrupted)
    with RawWire(answers) as wire, engine("sync", origin(wire)) as exchange:
        with pytest.raises(KeyboardInterrupt) as caught:
            exchange(send())
        shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "pieces" in shown and TOKEN not in shown


_IMPORTS = """
import sys
import lowcodeapi_baseten
from lowcodeapi_baseten import Baseten
heavy = {"httptools", "msgspec", "uvloop", "httpx", "httpcore", "anyio", "h11"}
assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()
with Baseten(api_token="abc", base_url=sys.argv[1], transport="fast", remember=False) as client:
    assert client.models.list() == []
assert heavy & sys.modules.keys() == {"httptools", "msgspec"}, heavy & sys.modules.keys()
assert "asyncio" not in sys.modules and "ssl" not in sys.modules
"""


def test_a_sync_call_over_plain_http_imports_nothing_that_it_does_not_need() -> None:
    body = b'{"data": {"models": []}}'

    def play(peer: Peer) -> None:
        while peer.request():
            peer.send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 24\r\n\r\n" + body)

    with RawWire(play) as wire:
        subprocess.run([sys.executable, "-c", _IMPORTS, wire.base_url], check=True, timeout=60)


@every
def test_an_exchange_leaves_no_work_for_the_garbage_collector(kind: str) -> None:
    def kept() -> int:
        return sum(isinstance(thing, (HttptoolsIncoming, Exchange)) for thing in gc.get_objects())

    with RawWire(answers) as wire, engine(kind, origin(wire)) as exchange:
        exchange(send())
        gc.collect()
        gc.disable()
        try:
            before = kept()
            for _ in range(20):
                exchange(send())
            assert kept() <= before + 1
        finally:
            gc.enable()
