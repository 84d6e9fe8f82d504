"""The base of the workflow groups: what they need of a client, and their default waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .driving import Clock

if TYPE_CHECKING:
    from ..plan import Plan
    from .hooks import Hooks

INTERVAL, MAX_INTERVAL = 1.0, 10.0
"""Seconds of the first pause between two polls, and of the longest."""

PREDICTION = 3600.0
DEPLOYMENT = 1800.0
PROMOTION = 3600.0
"""Seconds to wait in all for an asynchronous prediction, an active deployment, and a promotion."""

S_co = TypeVar("S_co", covariant=True)


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

    _client: AnyClient[Any]

    @property
    def _clock(self) -> Clock:
        return self._client.clock
