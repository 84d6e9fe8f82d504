"""Sends over the connections of one event loop. The lane and its gate are those of the default transport.

The token is added in `request.Requests`, and is then only in the written bytes. The only exception that leaves
`exchange` is a cancellation, and the drivers drop its frames.
"""

from __future__ import annotations

import time

from ...envelope import Answer
from ...secrets import Token
from ...steps import Failure, Send
from .._async.lane import AsyncLane
from ..environment import Means
from ..errand import Errand
from ..failed import CLOSED, FULL, failed, unmade, unsent
from ..outgoing import Unreadable
from ..waits import AsyncHere, asyncio_loop
from .incoming import Incoming
from .request import Requests
from .wire import Wire


class FastSender:
    """Sends up to `most` requests at a time; the others wait in line. Each loop and process has its own connections.

    Attributes:
        is_closed: True if nothing more is sent.
    """

    def __init__(self, origin: str, token: Token, max_bytes: int, most: int) -> None:
        self._origin, self._token, self._max_bytes, self._most = origin, token, max_bytes, most
        self._requests, self.means = Requests(origin, token), Means(origin)
        self.is_closed = False
        self.lanes: AsyncHere[AsyncLane[Wire]] = AsyncHere(self._lane)

    def _lane(self) -> AsyncLane[Wire]:
        if asyncio_loop() is None:
            raise RuntimeError("the fast transport runs on asyncio")
        return AsyncLane(lambda: Wire(self._origin, self.means), self._most)

    async def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer, all within `send.timeout` seconds."""
        errand = Errand(time.monotonic() + send.timeout)
        if self.is_closed:
            return CLOSED
        try:
            pieces = self._requests.pieces(send)
            lane = self.lanes.here()
        except Exception as error:
            return unmade(error, self._token)
        wire, is_clean = None, False
        try:
            if not await lane.gate.enter(errand, errand.until):
                return CLOSED if self.is_closed else FULL
            wire = lane.take()
            wire.backend.errand = errand
            try:
                if not wire.is_open():
                    await wire.open()
            except Exception as error:
                return CLOSED if self.is_closed else unsent(error, self._token)
            if self.is_closed:  # closed in the same step of the loop in which it was connected
                return CLOSED
            incoming = Incoming(self._max_bytes, send.method)
            try:
                # From here on, bytes may have left.
                is_whole = await wire.carry(pieces, incoming)
                outcome = incoming.outcome(self._token)
            except Unreadable as error:
                return unsent(error, self._token)
            except Exception as error:
                return failed(error, self._token)
            is_clean = is_whole and incoming.is_kept
            return outcome
        finally:
            try:
                if wire is not None:
                    await lane.give(wire, is_clean=is_clean and not self.is_closed)
            finally:
                lane.gate.inside.discard(errand)
                lane.gate.admit()

    async def aclose(self) -> None:
        """Close the connections of this event loop, and send nothing more over those of another loop or process."""
        self.is_closed = True
        for lane in self.lanes.all():
            lane.refuse()
        if asyncio_loop() is not None:
            await self.lanes.here().aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"
