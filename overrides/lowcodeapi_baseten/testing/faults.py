"""Which fault strikes which request: a script, then chance with a seed. Pure: the gateway and its server play them.

================  ============================================================================================
``refuse``        the connection is accepted and reset before the request is read (a listener can't truly refuse
                  some connections and take others, so a client sees a reset, while it connects or after)
``reset_before``  the connection is reset, and nothing reached Baseten
``reset_after``   the connection is reset after Baseten acted
``hangup``        Baseten acted, then the gateway lost its connection: 500, ``socket hang up``
``stall``         Baseten acted (not so with ``stall_before``), then silence with the connection open
``latency``       ``latency_seconds`` pass before the request goes on to Baseten
``trickle``       the status line and headers come one byte every ``trickle_seconds``
``truncate``      the body ends before its ``content-length`` does
``malformed``     the body is no JSON, though it says so
``429`` …         408, 429, 500, 502, 503 or 504 in place of Baseten's answer, and nothing was done
``500_after`` …   the same, but Baseten acted: nobody can tell the two apart
``drop_format``   from this request on the new format is missing; where it is, it is served again
``envelope``      from this request on the gateway has its other envelope
================  ============================================================================================
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Literal, NamedTuple

import attrs


class Fault(NamedTuple):
    """One fault. ``status`` is what it answers with, if it does."""

    name: str
    acts: bool = True
    """True if Baseten carries the request out."""
    status: int | None = None


NONE = Fault("none")
_STATUSES = (408, 429, 500, 502, 503, 504)
KINDS: Mapping[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault("refuse", acts=False),
        Fault("reset_before", acts=False),
        *map(Fault, ("reset_after", "hangup", "stall", "latency", "trickle", "truncate", "malformed")),
        # These change the gateway, and the new gateway answers the request that they strike.
        *map(Fault, ("drop_format", "envelope")),
        *(Fault(str(status), acts=False, status=status) for status in _STATUSES),
        *(Fault(f"{status}_after", status=status) for status in _STATUSES),
    )
}
ARTIFACTS = "artifacts"
"""Put it into ``only`` to let faults strike downloads from presigned URLs; otherwise they are spared."""


def _known(kinds: Iterable[str | None]) -> None:
    unknown = sorted({kind for kind in kinds if kind is not None} - KINDS.keys())
    if unknown:
        raise ValueError(f"unknown faults {', '.join(unknown)}; there are {', '.join(sorted(KINDS))}")


def _copied(script: Iterable[str | None]) -> list[str | None]:
    return list(script)  # used up


@attrs.define(eq=False, kw_only=True)
class FaultPlan:
    """Faults for the requests of a gateway: the same seed and the same order of requests give the same faults.

    :param seed: of the chance.
    :param rates: the probability of each fault, 0 to 1; together at most 1.
    :param only: strike these operations alone (ids such as ``"models.get"``, and ``"artifacts"`` for downloads).
        Others take nothing from the script either.
    :param script: faults for the next requests, in order; ``None`` is a request without one. Then ``rates`` count.
    :param retry_after: of a 429 and 503, inside the envelope; ``None`` leaves it out.
    :param errors_from: who answers with the statuses: Baseten (``"upstream"``, with its headers in the envelope) or the
        gateway itself (``"gateway"``, without).
    :param stall_before: a stalled request does not reach Baseten.
    :param latency_seconds: what ``latency`` adds.
    :param trickle_seconds: between two bytes of ``trickle``.
    """

    seed: int = 0
    rates: Mapping[str, float] = attrs.field(factory=dict)
    only: Collection[str] | None = None
    script: list[str | None] = attrs.field(factory=list, converter=_copied)
    retry_after: str | None = "0"
    errors_from: Literal["upstream", "gateway"] = "upstream"
    stall_before: bool = False
    latency_seconds: float = 0.05
    trickle_seconds: float = 0.01
    played: Counter[str] = attrs.field(factory=Counter, init=False)
    """How often each fault struck."""
    _chance: random.Random = attrs.field(init=False, repr=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)
    _drawn: list[str | None] = attrs.field(factory=list, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        _known([*self.rates, *self.script])
        if any(rate < 0 for rate in self.rates.values()) or sum(self.rates.values()) > 1:
            raise ValueError("rates must be at least 0 and together at most 1")
        self._chance = random.Random(self.seed)

    def refuses_connection(self) -> bool:
        """True if ``refuse`` strikes the connection that is being made.

        The fault of the next request is drawn now; any other one is kept for that request.
        """
        with self._lock:
            if self.only is not None:  # the operation is not known yet
                return False
            if not self._drawn:
                self._drawn.append(self._draw())
            if self._drawn[0] != "refuse":
                return False
            self._drawn.clear()
            self.played["refuse"] += 1
            return True

    def next(self, operation: str | None) -> str | None:
        """The fault for a request, or ``None``. ``operation`` is ``None`` for a route miss."""
        with self._lock:
            if operation == ARTIFACTS if self.only is None else operation not in self.only:
                return None
            kind = self._drawn.pop() if self._drawn else self._draw()
            if kind is not None:
                self.played[kind] += 1
            return kind

    def strike(self, operation: str | None) -> Fault:
        """The same with what it means, or ``NONE``."""
        kind = self.next(operation)
        fault = NONE if kind is None else KINDS[kind]
        return fault._replace(acts=False) if kind == "stall" and self.stall_before else fault

    def _draw(self) -> str | None:
        if self.script:
            return self.script.pop(0)
        if not self.rates:
            return None
        mark = self._chance.random()
        for kind, rate in self.rates.items():
            mark -= rate
            if mark < 0:
                return kind
        return None
