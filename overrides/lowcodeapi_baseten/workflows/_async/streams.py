"""Predictions whose answer is read piece by piece, as it arrives."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from lowcodeapi_baseten_api.types import Call, RawResponse

from ...errors import APIConnectionError, APITimeoutError, ResponseError
from ..streams import Events, Lines, ServerSentEvent

if TYPE_CHECKING:
    from ...transport._async.shared import AsyncShared
    from ...transport._async.streaming import AsyncStreaming
    from ..base import AnyClient


class AsyncPredictionStream:
    """A model's answer as it arrives: `async with await client.inference.stream_predict_…(…) as stream`.

    Leaving it early closes the connection. Read it once, with `events()`, `lines()` or `bytes()`. The published gateway
    collects a model's stream and sends it in one piece, so nothing may arrive before the model has ended.

    Attributes:
        status_code: The HTTP status.
        headers: The headers, names in lower case.
        request_id: The provider's ID of the request, or None.
        payload: The answer, if it came as JSON in one piece; None if it is streamed.
        is_streamed: True if it is.
    """

    def __init__(self, call: Call, raw: RawResponse[Any], shared: AsyncStreaming) -> None:
        self._call, self._raw, self._shared = call, raw, shared
        self._size = 0
        self.is_streamed = shared.kept is not None
        self.payload = None if self.is_streamed else raw.payload
        self.status_code, self.request_id = raw.status_code, raw.request_id
        self.headers: Mapping[str, str] = raw.headers

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

    @property
    def content_type(self) -> str:
        """The media type, such as "text/event-stream"."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def _whole(self) -> bytes:
        """The answer that came in one piece, as bytes."""
        if isinstance(self.payload, bytes):
            return self.payload
        try:
            said = self.payload if isinstance(self.payload, str) else json.dumps(self.payload, ensure_ascii=False)
        except RecursionError:
            said = None
        if said is None:
            raise self._error("the model answered JSON that is nested too deeply; it is on `payload`")
        # UTF-8 has no lone surrogates; write one as JSON's escape.
        return said.encode("utf-8", "backslashreplace")

    def _error(self, problem: str, body: bytes = b"") -> ResponseError:
        known = {"operation": self._call.operation, "attempts": self._raw.attempts, "request_id": self.request_id}
        return ResponseError(f"{self._call.operation}: {problem}", status_code=self.status_code, body=body, **known)

    async def events(self) -> AsyncIterator[ServerSentEvent]:
        """Server-sent events, each as soon as it is complete. Raises `ResponseError` if the model did not stream."""
        if not self.is_streamed and not isinstance(self.payload, (str, bytes)):
            problem = "the model answered JSON in one piece, not a stream of events; it is on `payload`"
            raise self._error(problem, self._whole())
        events = Events()
        try:
            async for line in self.lines():
                if event := events.feed(line):
                    yield event
        except ValueError as error:
            raise self._error(str(error)) from None
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
                    # Ctrl-C or a cancellation passed through frames that hold the request, and the token in it.
                    error.__context__ = error.__cause__ = None
                    error.__traceback__ = None
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
                cls = APITimeoutError if piece.kind == "timeout" else APIConnectionError
                raise cls(
                    f"{self._call.operation}: the stream ended too early, after {self._size:,} bytes ({piece.text}); "
                    "the answer is incomplete, and the call was not sent again",
                    operation=self._call.operation,
                    attempts=self._raw.attempts,
                    request_id=self.request_id,
                )
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Close the connection."""
        await self._shared.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()
