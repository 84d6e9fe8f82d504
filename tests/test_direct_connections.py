"""When a connection is opened and where to, when it is used again, and when it is not."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from contextlib import suppress
from typing import Any

import pytest
from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.steps import Failure
from lowcodeapi_baseten.transport import sockets
from lowcodeapi_baseten.transport.fast import wire as fast_wire

from tests.engines import (
    BOTH_PARSERS,
    EVERY,
    LENGTH,
    LOOPS,
    OK,
    answers,
    async_engine,
    engine,
    is_bare,
    origin,
    run,
    said,
    send,
    sync_engine,
)
from tests.raw_wire import Peer, RawWire
from tests.transport.peers import full_backlog


@BOTH_PARSERS
def test_a_connection_that_is_refused_is_known_as_such(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with engine(kind, f"http://127.0.0.1:{port}") as exchange:
        outcome = exchange(send(timeout=10_000))  # at once, and not by the deadline
    assert isinstance(outcome, Failure) and outcome.kind == "unsent"


@BOTH_PARSERS
def test_a_connection_that_is_not_made_in_time_is_known_as_such(kind: str) -> None:
    with full_backlog() as port, engine(kind, f"http://127.0.0.1:{port}") as exchange:
        outcome = exchange(send(timeout=0.3))
    assert isinstance(outcome, Failure) and outcome.kind == "unsent"


@EVERY
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


# --- connections that are idle


@BOTH_PARSERS
@pytest.mark.parametrize("late", [b"", OK, b"x"], ids=["closed", "another answer", "a letter"])
def test_a_connection_on_which_something_happened_while_it_was_idle_is_not_used(kind: str, late: bytes) -> None:
    is_idle, happened = threading.Event(), threading.Event()

    def play(peer: Peer) -> None:
        peer.request()
        peer.send(OK if peer.number == 1 else said(LENGTH, body=b"[]"))
        if peer.number == 1:
            is_idle.wait(10)
            if late:
                peer.send(late)
            else:
                peer.connection.shutdown(socket.SHUT_RDWR)
        happened.set()
        peer.wait()

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        assert isinstance(exchange(send()), Answer)
        is_idle.set()
        assert happened.wait(10)
        threading.Event().wait(0.005)  # that long, an event loop may not have looked
        outcome = exchange(send())
        assert isinstance(outcome, Answer) and outcome.body == b"[]"
    assert wire.connections == 2


@BOTH_PARSERS
def test_a_connection_expires_after_three_seconds(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sockets, fast_wire):
        assert module.EXPIRY == 3.0
        monkeypatch.setattr(module, "EXPIRY", 0.002)
    with RawWire(answers) as wire, engine(kind, origin(wire)) as exchange:
        for _ in range(3):
            assert isinstance(exchange(send()), Answer)
            threading.Event().wait(0.005)
    assert wire.connections == 3


# --- processes and event loops


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_opens_its_own_connections_and_leaves_its_parents_open() -> None:
    with RawWire(answers) as wire:
        engine = sync_engine(origin(wire))
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


@LOOPS
def test_another_event_loop_gets_connections_of_its_own(kind: str) -> None:
    async def main() -> None:
        for _ in range(2):
            assert isinstance(await shared.exchange(send()), Answer)
        pool: Any = shared._connections
        for one in list(pool._open):
            one.abort()
        await asyncio.sleep(0.01)
        assert is_bare(shared)

    with RawWire(answers) as wire:
        shared = async_engine(origin(wire))
        for _ in range(2):
            run(kind, main)
    assert wire.connections == 2


def test_on_trio_nothing_is_sent() -> None:
    trio = pytest.importorskip("trio")

    async def main() -> Any:
        engine = async_engine(origin(wire))
        outcome = await engine.exchange(send())
        await engine.aclose()
        return outcome

    with RawWire(answers) as wire:
        outcome = trio.run(main)
    assert isinstance(outcome, Failure) and (outcome.kind, outcome.is_final) == ("unsent", True)
    assert "asyncio" in outcome.text
