"""Every way to send, ours and the user's, behind one interface: a row for each, with their differences in columns."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple, Self

import httpx
import pytest
from anyio import create_task_group
from anyio.from_thread import start_blocking_portal
from lowcodeapi_baseten import AsyncBaseten, LowCodeAPIError

from tests.support.drivers import Sync
from tests.support.wire import TOKEN

PREDICT, READ = "inference.predict_development", "models.list"


class SyncFace(Sync):
    """A `Baseten`."""

    def together(self, *calls: dict[str, Any]) -> list[Any]:
        """Make predictions with these options, all at a time. Returns the result or the error of each."""

        def outcome(options: dict[str, Any]) -> Any:
            try:
                return self.call(PREDICT, **options)
            except LowCodeAPIError as error:
                return error

        with ThreadPoolExecutor(len(calls)) as threads:
            return list(threads.map(outcome, calls))

    def stream(self, **options: Any) -> list[bytes]:
        """The pieces of a streamed prediction."""
        with self.client.inference.stream_predict_development(**options) as opened:
            return list(opened.bytes())


class LoopFace:
    """An `AsyncBaseten` in an event loop that runs in its own thread."""

    backend = "asyncio"
    loop_options: ClassVar[dict[str, Any]] = {}

    def __init__(self, **options: Any) -> None:
        self._open = ExitStack()
        self._portal = self._open.enter_context(start_blocking_portal(self.backend, self.loop_options))
        self._problems: list[Any] = []
        self.client: Any = self.run(self._made, options)

    async def _made(self, options: dict[str, Any]) -> AsyncBaseten:
        if self.backend == "asyncio":
            asyncio.get_running_loop().set_exception_handler(lambda _, context: self._problems.append(context))
        return AsyncBaseten(**options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        with self._open:
            self.close()
        assert not self._problems, self._problems  # problems that asyncio would only log

    def run(self, work: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        """Run this in the event loop, and return its result."""
        return self._portal.call(work, *arguments)

    def close(self) -> None:
        self.run(self.client.aclose)

    def call(self, operation: str, *arguments: Any, **options: Any) -> Any:
        return self.run(lambda: attrgetter(operation)(self.client)(*arguments, **options))

    def together(self, *calls: dict[str, Any]) -> list[Any]:
        outcomes: list[Any] = [None] * len(calls)

        async def one(number: int, options: dict[str, Any]) -> None:
            try:
                outcomes[number] = await attrgetter(PREDICT)(self.client)(**options)
            except LowCodeAPIError as error:
                outcomes[number] = error

        async def all_of_them() -> None:
            async with create_task_group() as tasks:
                for number, options in enumerate(calls):
                    tasks.start_soon(one, number, options)

        self.run(all_of_them)
        return outcomes

    def stream(self, **options: Any) -> list[bytes]:
        async def pieces() -> list[bytes]:
            async with await self.client.inference.stream_predict_development(**options) as opened:
                return [piece async for piece in opened.bytes()]

        found: list[bytes] = self.run(pieces)
        return found


class UvloopFace(LoopFace):
    """`LoopFace` over uvloop."""

    loop_options: ClassVar[dict[str, Any]] = {"use_uvloop": True}


class TrioFace(LoopFace):
    """`LoopFace` over trio."""

    backend = "trio"


Face = SyncFace | LoopFace
"""A client, sync or async, with the same methods. `client` is the `Baseten` or `AsyncBaseten` itself."""


class Seam(NamedTuple):
    """A way to send.

    Attributes:
        face: The kind of client.
        options: Makes the client's options.
        needs: The module that must be installed.
        is_ours: True if the deadline holds for the whole call, bytes behind an answer close its connection, and
            "unsent" was observed: no byte has left.
        is_cut_off: True if a call ends at its deadline. A foreign sync transport applies it only to each phase.
        is_believed: True if a failed connection means that nothing was sent. A foreign transport's exception doesn't.
        also_says: Other outcomes than "lost" for a connection that was lost after sending.
    """

    face: type[SyncFace] | type[LoopFace]
    options: Callable[[], dict[str, Any]] = dict
    needs: str = "httpx"
    is_ours: bool = True
    is_cut_off: bool = True
    is_believed: bool = True
    also_says: tuple[str, ...] = ()


def trust() -> ssl.SSLContext:
    """TLS settings that trust the test's environment. httpx2 would ask the system."""
    return ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])


def given(module: str, name: str) -> Callable[[], dict[str, Any]]:
    """Options with a transport of the user."""
    return lambda: {"transport": getattr(importlib.import_module(module), name)(verify=trust())}


def fast() -> dict[str, Any]:
    """Options with the fast wire, by its name."""
    return {"transport": "fast"}


SEAMS = {
    "sync": Seam(SyncFace),
    "asyncio": Seam(LoopFace),
    "uvloop": Seam(UvloopFace, needs="uvloop"),
    "trio": Seam(TrioFace, needs="trio"),
    "fast": Seam(LoopFace, fast, "httptools"),
    "fast, uvloop": Seam(UvloopFace, fast, "httptools"),
    "sync httpx": Seam(SyncFace, given("httpx", "HTTPTransport"), is_ours=False, is_cut_off=False),
    "async httpx": Seam(LoopFace, given("httpx", "AsyncHTTPTransport"), is_ours=False),
    "sync httpx2": Seam(SyncFace, given("httpx2", "HTTPTransport"), "httpx2", is_ours=False, is_cut_off=False),
    "async httpx2": Seam(LoopFace, given("httpx2", "AsyncHTTPTransport"), "httpx2", is_ours=False),
    "aiohttp": Seam(
        LoopFace,
        given("httpx_aiohttp", "AiohttpTransport"),
        "httpx_aiohttp",
        is_ours=False,
        is_believed=False,
        also_says=("timeout",),
    ),
}
INSTALLED = {name: seam for name, seam in SEAMS.items() if importlib.util.find_spec(seam.needs)}
OURS = {name: seam for name, seam in INSTALLED.items() if seam.is_ours}
SYNC = {name: seam for name, seam in INSTALLED.items() if seam.face is SyncFace}
LOOPS = {name: seam for name, seam in INSTALLED.items() if name not in SYNC}
# For us uvloop is like asyncio: it is tested only for calls that are cut off or never sent twice.
PLAIN = {name: seam for name, seam in INSTALLED.items() if "uvloop" not in name}


def each(seams: Mapping[str, Seam]) -> pytest.MarkDecorator:
    """Parametrize a test with these seams."""
    return pytest.mark.parametrize("seam", seams.values(), ids=seams)


EVERY_SEAM, OUR_SEAMS = each(INSTALLED), each(OURS)
EVERY_PLAIN_SEAM, OUR_PLAIN_SEAMS = each(PLAIN), each({name: PLAIN[name] for name in PLAIN if name in OURS})
# One for each code that reads an answer: httpcore's, that in its async form, and httptools'.
OUR_READERS = each({name: OURS[name] for name in ("sync", "asyncio", "fast") if name in OURS})


@contextmanager
def opened(seam: Seam, base_url: str, **options: Any) -> Iterator[Face]:
    """A client over this seam, for a gateway whose URL format is known."""
    known: dict[str, Any] = {"api_token": TOKEN, "url_format": "new", "remember": False, "base_url": base_url}
    with seam.face(**{**known, **seam.options(), **options}) as face:
        yield face


def kinds(error: BaseException) -> list[str]:
    """The outcome of each attempt of an error."""
    return [attempt.outcome for attempt in getattr(error, "attempts", ())]


class Sees(httpx.BaseTransport):
    """A transport of an unknown class. It gives a fixed answer, and keeps the requests."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._answer = answer
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer(request)


class AsyncSees(httpx.AsyncBaseTransport):
    """Asynchronous `Sees`."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._answer = answer
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer(request)
