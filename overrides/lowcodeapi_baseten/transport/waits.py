"""What waiting is with threads and with event loops, in pairs of one meaning: `codegen unasync` makes one of the other.

On asyncio none of it takes an import, which may fail once something was sent.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import anyio

T = TypeVar("T")


def sleep(seconds: float) -> None:
    """Let time pass."""
    time.sleep(seconds)


async def asleep(seconds: float) -> None:
    """`sleep`, asynchronous."""
    if asyncio_loop() is None:
        await anyio.sleep(seconds)
    else:
        await sys.modules["asyncio"].sleep(seconds)


class Bell:
    """Rings once, for one that waits."""

    def __init__(self) -> None:
        self._silent = threading.Lock()
        self._silent.acquire()

    def ring(self) -> None:
        """End the wait, or the next one."""
        with contextlib.suppress(RuntimeError):  # it has rung
            self._silent.release()

    def wait(self, seconds: float) -> None:
        """Wait until it rings, or so long."""
        self._silent.acquire(timeout=seconds)


class AsyncBell:
    """`Bell`, asynchronous."""

    def __init__(self) -> None:
        self._event = anyio.Event()

    def ring(self) -> None:
        """End every wait."""
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Wait until it rings, or so long."""
        with anyio.move_on_after(seconds):
            await self._event.wait()


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Without an event loop nothing can be cut off from outside."""
    yield


def async_within(seconds: float) -> Any:
    """Raise `TimeoutError` in what is not over after so many seconds."""
    return anyio.fail_after(seconds)


@contextlib.contextmanager
def cancellable(cancels: list[Callable[[], object]]) -> Iterator[None]:
    """Without an event loop nothing can be cut off from outside."""
    yield


@contextlib.contextmanager
def async_cancellable(cancels: list[Callable[[], object]]) -> Iterator[None]:
    """Let whoever calls what is in `cancels` cut this off. Raises `TimeoutError` then."""
    with anyio.CancelScope() as scope:
        cancels.append(scope.cancel)
        try:
            yield
        finally:
            cancels.remove(scope.cancel)
    if scope.cancelled_caught:
        raise TimeoutError("it was cut off")


class Here(Generic[T]):
    """One thing for all threads."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._made = make()

    def here(self) -> T:
        """It."""
        return self._made

    def all(self) -> list[T]:
        """It alone."""
        return [self._made]


class AsyncHere(Generic[T]):
    """One thing for each event loop, made when it is first asked for there."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._known: dict[Any, T] = {}

    def here(self) -> T:
        """That of the running event loop."""
        loop = running_loop()
        known = self._known.get(loop)
        if known is None:
            anyio.CancelScope()  # imports what it takes in this event loop
            for ended in [each for each in list(self._known) if getattr(each, "is_closed", bool)()]:
                self._known.pop(ended, None)  # or its connections stayed open for as long as the client lives
            known = self._known[loop] = self._make()
        return known

    def all(self) -> list[T]:
        """Those of every event loop."""
        return list(self._known.values())


def running_loop() -> Any:
    """asyncio's event loop, or what stands for trio's."""
    if (loop := asyncio_loop()) is not None:
        return loop
    import trio

    return trio.lowlevel.current_trio_token()


def asyncio_loop() -> Any:
    """asyncio's running event loop; None on trio. Whoever has one has imported asyncio, and without it nobody does."""
    asyncio = sys.modules.get("asyncio")
    try:
        return None if asyncio is None else asyncio.get_running_loop()
    except RuntimeError:
        return None


def call_soon() -> Callable[..., object]:
    """What calls a function in the running event loop, from any thread."""
    loop = running_loop()
    call: Callable[..., object] = getattr(loop, "call_soon_threadsafe", None) or loop.run_sync_soon
    return call
