"""The fast engine's two halves and their event loops behind one face, so that one test speaks of all."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lowcodeapi_baseten.auth import Content, Token
from lowcodeapi_baseten.engines.direct import DirectEngine
from lowcodeapi_baseten.engines.direct_async import AsyncDirectEngine
from lowcodeapi_baseten.engines.incoming_h11 import H11Incoming
from lowcodeapi_baseten.engines.incoming_httptools import HttptoolsIncoming
from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.steps import Failure, Send

TOKEN = "lca-fast-0123456789abcdef"
KINDS = ["sync", "asyncio", *(["uvloop"] if importlib.util.find_spec("uvloop") else [])]
# The stock engine is the same but for the parser.
ALL_KINDS = [*KINDS, "sync, h11", "asyncio, h11"]

Exchange = Callable[[Send], Answer | Failure]


def send(method: str = "POST", target: str = "/x?a=1", content: bytes | None = b"{}", timeout: float = 10.0) -> Send:
    """A request."""
    return Send(method, target, {"accept": "*/*"}, None if content is None else Content(content), timeout)


@contextmanager
def engine(kind: str, origin: str, max_bytes: int = 1 << 20) -> Iterator[Exchange]:
    """The `exchange` of an engine. Where there is an event loop, it runs only during an exchange."""
    parser = H11Incoming if "h11" in kind else HttptoolsIncoming
    if kind.partition(",")[0] == "sync":
        made = DirectEngine(origin, Token(TOKEN), max_bytes, parser)
        try:
            yield made.exchange
        finally:
            made.close()
        return
    problems: list[Any] = []
    with asyncio.Runner(loop_factory=loop_factory(kind), debug=True) as runner:
        runner.get_loop().set_exception_handler(lambda _, context: problems.append(context))
        loop_made = AsyncDirectEngine(origin, Token(TOKEN), max_bytes, parser)
        try:
            yield lambda send: runner.run(loop_made.exchange(send))
        finally:
            runner.run(loop_made.aclose())
    assert problems == []


def loop_factory(kind: str) -> Callable[[], asyncio.AbstractEventLoop]:
    """What makes the event loop of a kind."""
    if kind == "uvloop":
        made: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module("uvloop").new_event_loop
        return made
    return asyncio.new_event_loop
