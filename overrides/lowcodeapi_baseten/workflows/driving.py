"""A workflow is a generator that yields what it wants done; here it is done, synchronously or not.

The logic exists once. It asks for an action, for time to pass, or for an item to be handed to whoever iterates, and it
receives what the action returned, or the exception that it raised.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any, Generic, NamedTuple, Self, TypeVar, cast

T = TypeVar("T")


class Do(NamedTuple):
    """Call this; of an asynchronous function, await what it returns. Hand back the result, or throw the exception."""

    action: Callable[[], Any]


class Pause(NamedTuple):
    """Let so many seconds pass."""

    seconds: float


class Emit(NamedTuple):
    """Hand this to whoever iterates."""

    item: Any


Steps = Generator[Do | Pause | Emit, Any, T]


class Clock:
    """The time that workflows see. A test gives another one, in which nobody waits."""

    def now(self) -> float:
        """Seconds, on a clock that never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Let time pass, while other tasks go on."""
        import anyio

        await anyio.sleep(seconds)


class _Course(Generic[T]):
    """A workflow on its way. Its result is `result`, once it has ended."""

    result: Any = None

    def __init__(self, steps: Steps[Any], clock: Clock) -> None:
        self._steps, self._clock = steps, clock
        self._outcome: Any = None
        self._error: Exception | None = None

    def _step(self) -> Do | Pause | Emit | None:
        """What is wanted next; None at the end."""
        outcome, error, self._outcome, self._error = self._outcome, self._error, None, None
        try:
            return self._steps.send(outcome) if error is None else self._steps.throw(error)
        except StopIteration as end:
            # Asked again after its end, a generator has no result.
            self.result = self.result if end.value is None else end.value
            return None

    def close(self) -> None:
        """End it early."""
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


def drive(steps: Steps[T], clock: Clock) -> T:
    """Carry a workflow out, and return its result."""
    walk: Walk[Any] = Walk(steps, clock)
    for _ in walk:
        pass
    return cast("T", walk.result)


async def adrive(steps: Steps[T], clock: Clock) -> T:
    """`drive`, asynchronous."""
    walk: AsyncWalk[Any] = AsyncWalk(steps, clock)
    async for _ in walk:
        pass
    return cast("T", walk.result)
