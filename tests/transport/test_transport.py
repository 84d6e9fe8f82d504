"""Parts of sending that no other of these files reaches: the twins, the first byte of a write, the gate's order."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from typing import Any

import pytest
import trustme
from lowcodeapi_baseten.secrets import Token
from lowcodeapi_baseten.steps import Send
from lowcodeapi_baseten.transport._async.gate import AsyncGate
from lowcodeapi_baseten.transport.answers import Body, Refused, answer_of
from lowcodeapi_baseten.transport.core import httpcore
from lowcodeapi_baseten.transport.environment import tls_of
from lowcodeapi_baseten.transport.outgoing import Unreadable, check_head, chunks_of
from lowcodeapi_baseten.transport.socket_backend import NothingLeft, SocketBackend

from codegen import unasync
from tests.support.raw_wire import Peer, RawWire
from tests.transport.peers import secured


def test_the_sync_twins_are_what_unasync_makes() -> None:
    assert unasync.differing() == []
    assert all(path.read_text().startswith("# Generated from _async/") for path in unasync.known())


def test_a_write_that_fails_at_its_first_byte_has_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stream = SocketBackend().connect_tcp("127.0.0.1", listener.getsockname()[1], 10)
        there, _ = listener.accept()
        stream.write(b"a", 10)
        # Closed with a byte unread, it answers with a reset.
        there.close()
        with pytest.raises(httpcore.WriteError) as caught:
            for _ in range(1000):
                stream.write(b"b", 10)
        assert isinstance(caught.value, NothingLeft)
        stream.close()


def test_a_write_that_fails_later_has_sent_something() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stream = SocketBackend().connect_tcp("127.0.0.1", listener.getsockname()[1], 10)
        there, _ = listener.accept()
        ends = threading.Timer(0.05, there.close)
        ends.start()
        with pytest.raises(httpcore.WriteError) as caught:
            stream.write(b"a" * 50_000_000, 10)
        assert not isinstance(caught.value, NothingLeft)
        stream.close()
        ends.join()


def test_over_tls_a_write_that_fails_may_have_sent_something(authority: trustme.CA) -> None:
    def read_little(peer: Peer) -> None:
        peer.connection.recv(1)

    with RawWire(secured(read_little, authority)) as wire:
        plain = SocketBackend().connect_tcp("127.0.0.1", wire.port, 10)
        stream = plain.start_tls(tls_of("https://localhost") or ssl.create_default_context(), "localhost", 10)
        with pytest.raises(httpcore.WriteError) as caught:
            while True:
                stream.write(b"bytes that nobody reads", 10)
        assert not isinstance(caught.value, NothingLeft)
        stream.close()


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "GET /x HTTP/1.1\r\n"},
        {"target": "/x y"},
        {"target": "/x\r\nhost: a"},
        {"headers": {"a": "b\r\nhost: c"}},
        {"headers": {"a\r\nhost": "c"}},
    ],
    ids=repr,
)
def test_a_head_that_would_be_two_is_not_written(changed: Any) -> None:
    good = Send("GET", "/x", {"a": "b"}, None, 1.0)
    assert check_head(good) == "a: b\r\n"
    with pytest.raises(ValueError, match="invalid"):
        check_head(good._replace(**changed))


class Grown(list[bytes]):
    """A file of three bytes when its length was asked for."""

    def __len__(self) -> int:
        return 3


def test_only_an_upload_that_goes_on_after_its_length_may_have_been_carried_out() -> None:
    with pytest.raises(ConnectionError, match="longer"):
        list(chunks_of(Grown([b"ab", b"c", b"d"])))
    for chunks in ([b"ab", b"cd"], [b"ab"]):
        with pytest.raises(Unreadable):
            list(chunks_of(Grown(chunks)))
    chunks = list(chunks_of(Grown([b"ab", b"c", b""])))
    assert chunks == [b"ab", b"c", b""] and "ab" not in repr(chunks)


def test_a_body_may_be_as_large_as_its_limit_and_no_larger() -> None:
    body = Body(4, None)
    body.add(b"1234")
    assert body.whole() == b"1234"
    with pytest.raises(Refused):
        body.add(b"5")


@pytest.mark.parametrize("status", [200, 400])
def test_a_short_token_is_hidden_in_heads_and_errors_alone(status: int) -> None:
    answer = answer_of(Token("test"), status, {"x-test": "a test"}, b"a test")
    assert answer.headers == {"x-[api_token]": "a [api_token]"}
    assert answer.body == (b"a test" if status < 400 else b"a [api_token]")


def test_a_gate_lets_in_one_after_another_in_the_order_in_which_they_came() -> None:
    async def main() -> None:
        gate, order = AsyncGate(1), list[int]()

        async def pass_through(number: int) -> None:
            who = object()
            assert await gate.enter(who, time.monotonic() + 30)
            order.append(number)
            gate.inside.discard(who)
            gate.admit()

        first = object()
        assert await gate.enter(first, 0.0)
        tasks = [asyncio.ensure_future(pass_through(number)) for number in range(5)]
        await asyncio.sleep(0)
        assert not await gate.enter(object(), time.monotonic() - 1)
        assert not order
        gate.inside.discard(first)
        gate.admit()
        await asyncio.gather(*tasks)
        assert order == [0, 1, 2, 3, 4] and not gate.inside

    asyncio.run(main())
