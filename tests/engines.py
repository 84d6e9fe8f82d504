"""The engines of the sync and the async client, in each event loop, behind one face, so that one test speaks of all."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

pytest.importorskip("httptools")

from lowcodeapi_baseten.auth import Content, Token
from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.steps import Failure, Send
from lowcodeapi_baseten.transport._async.sender import AsyncSender
from lowcodeapi_baseten.transport._sync.sender import Sender
from lowcodeapi_baseten.transport.fast.sender import FastSender

from tests.raw_wire import Peer, RawWire
from tests.wire import TOKEN

KINDS = ["sync", "asyncio", *(["uvloop"] if importlib.util.find_spec("uvloop") else [])]
EVERY = pytest.mark.parametrize("kind", KINDS)
LOOPS = pytest.mark.parametrize("kind", KINDS[1:])
DEFAULT = ["asyncio, h11", *(["uvloop, h11"] if importlib.util.find_spec("uvloop") else [])]
BOTH_PARSERS = pytest.mark.parametrize("kind", [*KINDS, *DEFAULT])

# Those of the fast wire: the others are httpcore's, over h11.
FAST = KINDS[1:]

LENGTH = "content-length: 2"


def said(*headers: str, body: bytes = b"", status: str = "200 OK", version: str = "1.1") -> bytes:
    """An answer as a server says it."""
    return "\r\n".join([f"HTTP/{version} {status}", *headers, "", ""]).encode("latin-1") + body


OK = said(LENGTH, body=b"{}")


def answers(peer: Peer) -> None:
    """Say `OK` to every request."""
    while peer.request():
        peer.send(OK)


def origin(wire: RawWire) -> str:
    """What an engine is told of where a server is."""
    return f"http://127.0.0.1:{wire.port}"


def send(method: str = "POST", target: str = "/x?a=1", content: bytes | None = b"{}", timeout: float = 10.0) -> Send:
    """A request."""
    return Send(method, target, {"accept": "*/*"}, None if content is None else Content(content), timeout)


def sync_engine(origin: str, max_bytes: int = 1 << 20, most: int = 100) -> Sender:
    """What sends for a sync client."""
    return Sender(origin, Token(TOKEN), max_bytes, most)


def async_engine(origin: str, max_bytes: int = 1 << 20, **options: Any) -> FastSender:
    """The fast wire."""
    return FastSender(origin, Token(TOKEN), max_bytes, **options)


@contextmanager
def engine(
    kind: str, origin: str, max_bytes: int = 1 << 20, most: int = 100
) -> Iterator[Callable[[Send], Answer | Failure]]:
    """The `exchange` of an engine. Where there is an event loop, it runs only during an exchange."""
    if kind.partition(",")[0] == "sync":
        made = sync_engine(origin, max_bytes, most)
        try:
            yield made.exchange
        finally:
            made.close()
        return
    with _event_loop(kind) as runner:
        loop_made: Any = async_engine(origin, max_bytes)
        if "h11" in kind:
            loop_made = AsyncSender(origin, Token(TOKEN), max_bytes, 256)
        try:
            yield lambda send: runner.run(loop_made.exchange(send))
        finally:
            runner.run(loop_made.aclose())


def run(kind: str, main: Callable[[], Any]) -> Any:
    """What `main` returns in an event loop of its own."""
    with _event_loop(kind) as runner:
        return runner.run(main())


def is_bare(sender: FastSender) -> bool:
    """Whether nobody waits, and nothing is open or being opened."""
    connections: Any = sender._connections
    return not (connections._line or connections._open or connections._opening or connections._idle)


@contextmanager
def _event_loop(kind: str) -> Iterator[asyncio.Runner]:
    """An event loop in which what would be logged and forgotten is an error."""
    problems: list[Any] = []
    with asyncio.Runner(loop_factory=_loop_factory(kind), debug=True) as runner:
        runner.get_loop().set_exception_handler(lambda _, context: problems.append(context))
        yield runner
    assert not problems, problems


def _loop_factory(kind: str) -> Callable[[], asyncio.AbstractEventLoop]:
    if kind.startswith("uvloop"):
        made: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module("uvloop").new_event_loop
        return made
    return asyncio.new_event_loop
