"""The base of the workflow groups: what they need of a client, the time that they see, and their default waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from ..hooks import Hooks
    from ..plan import Plan

INTERVAL, MAX_INTERVAL = 1.0, 10.0
"""Seconds of the first pause between two polls, and of the longest."""

PREDICTION = 3600.0
DEPLOYMENT = 1800.0
PROMOTION = 3600.0
"""Seconds to wait in all for an asynchronous prediction, an active deployment, and a promotion."""

S_co = TypeVar("S_co", covariant=True)


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


class AnyClient(Protocol[S_co]):
    """A client as the workflows and `predict_many` see it. `S_co` is its `Shared` or `AsyncShared`."""

    @property
    def clock(self) -> Clock: ...
    @property
    def _plan(self) -> Plan: ...
    @property
    def _hooks(self) -> Hooks: ...
    @property
    def _shared(self) -> S_co: ...
    @property
    def _run(self) -> Any: ...
    def with_options(self) -> Any:
        """A copy with other options, over the same connections."""


class Workflows:
    """A group of operations that belongs to a client."""

    def __init__(self, client: AnyClient[Any]) -> None:
        super().__init__(client._run)  # type: ignore[call-arg]  # of the generated group beside it
        self._client = client


def told(callback: Callable[[Any], Any], value: Any) -> None:
    """Call a user's function."""
    callback(value)


async def async_told(callback: Callable[[Any], Any], value: Any) -> None:
    """Call a user's function, and await its result if it is asynchronous."""
    result = callback(value)
    if hasattr(result, "__await__"):
        await result
