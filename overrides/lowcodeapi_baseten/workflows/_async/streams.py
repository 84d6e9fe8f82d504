"""Predictions whose answer is read piece by piece, as it arrives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Self

from lowcodeapi_baseten_api.types import Call, RawResponse

from ..streams import Events, Lines, ServerSentEvent, StreamHead, cut_off

if TYPE_CHECKING:
    from ...transport._async.shared import AsyncShared
    from ...transport._async.streaming import AsyncStreaming
    from ..base import AnyClient


class AsyncPredictionStream(StreamHead):
    """A model's answer as it arrives: `async with await client.inference.stream_predict_…(…) as stream`.

    Leaving it early closes the connection. Read it once, with `events()`, `lines()` or `bytes()`. The published gateway
    collects a model's stream and sends it in one piece, so nothing may arrive before the model has ended.
    """

    def __init__(self, call: Call, raw: RawResponse[Any], shared: AsyncStreaming) -> None:
        super().__init__(call, raw, shared.kept is not None)
        self._shared = shared

    @classmethod
    async def open(cls, client: AnyClient[AsyncShared], call: Call) -> Self:
        """Send the call, and return once the answer's head has arrived."""
        assert client._shared.engine is not None
        from ...transport._async.streaming import AsyncStreaming

        opened: Any = client.with_options()
        opened._shared = shared = AsyncStreaming(client._shared)
        try:
            raw = await opened._run_raw(call)
        except BaseException:
            await shared.aclose()
            raise
        return cls(call, raw, shared)

    async def events(self) -> AsyncIterator[ServerSentEvent]:
        """Server-sent events, each as soon as it is complete. Raises `ResponseError` if the model did not stream."""
        self._check_events()
        events = Events()
        async for line in self.lines():
            if event := self._fed(events, line):
                yield event
        if event := events.end():
            yield event

    async def lines(self) -> AsyncIterator[str]:
        """Lines of text without line breaks, each as soon as it is complete; JSON lines, for example."""
        lines = Lines()
        try:
            async for piece in self.bytes():
                for line in lines.feed(piece):
                    yield line
            for line in lines.feed(b"", is_last=True):
                yield line
        except ValueError as error:
            raise self._error(str(error)) from None

    async def bytes(self) -> AsyncIterator[bytes]:
        """Bytes as they arrive. Raises `APIConnectionError` if the connection breaks before the end."""
        kept = self._shared.kept
        try:
            if kept is None:
                yield self._whole()
                return
            redacted = self._shared.token.hidden_in_pieces()
            while True:
                piece = None  # The error's frames must not show the received bytes.
                try:
                    piece = await kept.piece()
                except BaseException as error:
                    cut_off(error)
                    raise
                if not isinstance(piece, bytes):
                    break
                self._size += len(piece)
                piece = redacted.feed(piece)
                if piece:
                    yield piece
            if rest := redacted.end():
                yield rest
            if piece is not None:
                # Not chained: the caught error holds the request.
                raise self._broken(piece)
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Close the connection."""
        await self._shared.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()
