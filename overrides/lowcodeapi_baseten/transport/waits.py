"""Waiting with threads and with event loops, in pairs. `codegen unasync` replaces one of a pair by the other."""

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
    """Sleep."""
    time.sleep(seconds)


async def asleep(seconds: float) -> None:
    """`sleep`, asynchronous."""
    await anyio.sleep(seconds)


class Bell:
    """Wakes one waiter, once."""

    def __init__(self) -> None:
        self._silent = threading.Lock()
        self._silent.acquire()

    def ring(self) -> None:
        """End the wait, or the next one if nobody waits yet."""
        with contextlib.suppress(RuntimeError):  # it has rung already
            self._silent.release()

    def wait(self, seconds: float) -> None:
        """Wait until it rings, for at most `seconds`."""
        self._silent.acquire(timeout=seconds)


class AsyncBell:
    """`Bell`, asynchronous."""

    def __init__(self) -> None:
        self._event = anyio.Event()

    def ring(self) -> None:
        """End all waits."""
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Wait until it rings, for at most `seconds`."""
        with anyio.move_on_after(seconds):
            await self._event.wait()


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Do nothing: without an event loop nothing can be cut off from outside."""
    yield


def async_within(seconds: float) -> Any:
    """Cut off what runs inside after `seconds`, with `TimeoutError`."""
    return anyio.fail_after(seconds)


@contextlib.contextmanager
def cancellable(cancels: list[Callable[[], object]]) -> Iterator[None]:
    """Do nothing: without an event loop nothing can be cut off from outside."""
    yield


@contextlib.contextmanager
def async_cancellable(cancels: list[Callable[[], object]]) -> Iterator[None]:
    """Add a function to `cancels` that cuts off what runs inside, with `TimeoutError`."""
    with anyio.CancelScope() as scope:
        cancels.append(scope.cancel)
        try:
            yield
        finally:
            cancels.remove(scope.cancel)
    if scope.cancelled_caught:
        raise TimeoutError("it was cut off")


class Here(Generic[T]):
    """One object for all threads."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._made = make()

    def here(self) -> T:
        """The object."""
        return self._made

    def all(self) -> list[T]:
        """The only object, in a list."""
        return [self._made]


class AsyncHere(Generic[T]):
    """One object for each event loop, made when first asked for there."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._known: dict[Any, T] = {}

    def here(self) -> T:
        """The object of the running event loop."""
        loop = running_loop()
        known = self._known.get(loop)
        if known is None:
            anyio.CancelScope()  # makes anyio import its backend for this event loop
            for ended in filter(_has_ended, list(self._known)):
                self._known.pop(ended, None)  # or its connections would stay open as long as the client lives
            known = self._known[loop] = self._make()
        return known

    def all(self) -> list[T]:
        """The objects of all event loops."""
        return list(self._known.values())


def _has_ended(loop: Any) -> bool:
    """True if an event loop runs no more."""
    if hasattr(loop, "is_closed"):
        return bool(loop.is_closed())
    try:
        loop.run_sync_soon(bool)  # trio tells in no other way
    except RuntimeError:
        return True
    return False


def running_loop() -> Any:
    """asyncio's event loop, or trio's token."""
    if (loop := asyncio_loop()) is not None:
        return loop
    import trio

    return trio.lowlevel.current_trio_token()


def asyncio_loop() -> Any:
    """asyncio's running event loop, or None. It doesn't import asyncio: if a loop runs, that is imported already."""
    asyncio = sys.modules.get("asyncio")
    try:
        return None if asyncio is None else asyncio.get_running_loop()
    except RuntimeError:
        return None


def call_soon() -> Callable[..., object]:
    """A function that any thread may use to call another one in the running event loop."""
    loop = running_loop()
    call: Callable[..., object] = getattr(loop, "call_soon_threadsafe", None) or loop.run_sync_soon
    return call
