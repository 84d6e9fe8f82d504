"""Carry out workflows, synchronously or not. A workflow is a generator that yields the steps it wants carried out.

The logic exists once. It yields a function to call, a pause, or an item for the caller who iterates, and it receives
the function's result or exception.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any, Generic, NamedTuple, Self, TypeVar, cast

T = TypeVar("T")


class Do(NamedTuple):
    """Call this, and await the result of an asynchronous function. Hand back the result, or throw the exception."""

    action: Callable[[], Any]


class Pause(NamedTuple):
    """Wait this many seconds."""

    seconds: float


class Emit(NamedTuple):
    """Hand this to the caller who iterates."""

    item: Any


Workflow = Generator[Do | Pause | Emit, Any, T]


class Clock:
    """The time that workflows see. A test may replace it with one that never waits."""

    def now(self) -> float:
        """Seconds, on a monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Wait while other tasks go on."""
        import anyio

        await anyio.sleep(seconds)


class _Course(Generic[T]):
    """A running workflow. Once it has ended, `result` holds its result."""

    result: Any = None

    def __init__(self, steps: Workflow[Any], clock: Clock) -> None:
        self._steps, self._clock = steps, clock
        self._outcome: Any = None
        self._error: Exception | None = None

    def _step(self) -> Do | Pause | Emit | None:
        """Return the next step; None at the end."""
        outcome, error, self._outcome, self._error = self._outcome, self._error, None, None
        try:
            return self._steps.send(outcome) if error is None else self._steps.throw(error)
        except StopIteration as end:
            # A generator that has ended returns no result when asked again.
            self.result = self.result if end.value is None else end.value
            return None

    def close(self) -> None:
        """Stop the workflow early."""
        self._steps.close()


class Walk(_Course[T]):
    """The items of a workflow, synchronously."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        while (step := self._step()) is not None:
            if isinstance(step, Emit):
                return cast("T", step.item)
            if isinstance(step, Pause):
                self._clock.sleep(step.seconds)
                continue
            try:
                self._outcome = step.action()
            except Exception as error:
                self._error = error
        raise StopIteration


class AsyncWalk(_Course[T]):
    """`Walk`, asynchronous."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while (step := self._step()) is not None:
            if isinstance(step, Emit):
                return cast("T", step.item)
            if isinstance(step, Pause):
                await self._clock.asleep(step.seconds)
                continue
            try:
                outcome = step.action()
                self._outcome = await outcome if hasattr(outcome, "__await__") else outcome
            except Exception as error:
                self._error = error
        raise StopAsyncIteration


def finish(steps: Workflow[T], clock: Clock) -> T:
    """Run a workflow, and return its result."""
    walk: Walk[Any] = Walk(steps, clock)
    for _ in walk:
        pass
    return cast("T", walk.result)


async def async_finish(steps: Workflow[T], clock: Clock) -> T:
    """`finish`, asynchronous."""
    walk: AsyncWalk[Any] = AsyncWalk(steps, clock)
    async for _ in walk:
        pass
    return cast("T", walk.result)
