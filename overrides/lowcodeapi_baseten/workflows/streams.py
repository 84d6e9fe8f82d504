"""Predictions whose answer is read piece by piece, as it arrives."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from lowcodeapi_baseten_api.types import Call, RawResponse

from ..errors import APIConnectionError, APITimeoutError, ResponseError
from ..steps import Failure
from .decoding import Events, Lines, ServerSentEvent

if TYPE_CHECKING:
    from ..client import AsyncBaseten, Baseten
    from ..transport._async.streaming import AsyncStreaming


class _Head:
    """The head of a stream, known before its first byte.

    Attributes:
        status_code: The HTTP status.
        headers: The headers, names in lower case.
        request_id: The provider's ID of the request, or None.
        payload: The answer, if it came as JSON in one piece; None if it is streamed.
        is_streamed: True if it is.
    """

    def __init__(self, call: Call, raw: RawResponse[Any], is_streamed: bool) -> None:
        self._call, self._raw = call, raw
        self._size = 0
        self.status_code = raw.status_code
        self.headers: Mapping[str, str] = raw.headers
        self.request_id = raw.request_id
        self.payload = None if is_streamed else raw.payload
        self.is_streamed = is_streamed

    @property
    def content_type(self) -> str:
        """The media type, such as "text/event-stream"."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def _whole(self) -> bytes:
        payload = self.payload
        if isinstance(payload, bytes):
            return payload
        try:
            said = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        except RecursionError:
            said = None
        if said is None:
            raise self._error("the model answered JSON that is nested too deeply; it is on `payload`")
        # UTF-8 has no lone surrogates; write one as JSON's escape.
        return said.encode("utf-8", "backslashreplace")

    def _check_events(self) -> None:
        if not self.is_streamed and not isinstance(self.payload, (str, bytes)):
            problem = "the model answered JSON in one piece, which is on `payload`, and no stream of events"
            raise self._error(problem, self._whole())

    def _fed(self, events: Events, line: str) -> ServerSentEvent | None:
        try:
            return events.feed(line)
        except ValueError as error:
            raise self._error(str(error)) from None

    def _error(self, problem: str, body: bytes = b"") -> ResponseError:
        known = {"operation": self._call.operation, "attempts": self._raw.attempts, "request_id": self.request_id}
        return ResponseError(f"{self._call.operation}: {problem}", status_code=self.status_code, body=body, **known)

    def _broken(self, failure: Failure) -> APIConnectionError:
        cls = APITimeoutError if failure.kind == "timeout" else APIConnectionError
        return cls(
            f"{self._call.operation}: the stream ended too early, after {self._size:,} bytes ({failure.text}); what "
            "came is not all, and it was not sent again",
            operation=self._call.operation,
            attempts=self._raw.attempts,
            request_id=self.request_id,
        )


class PredictionStream(_Head):
    """A model's answer as it arrives. Use it as a context manager; leaving it early closes the connection.

    Read it once, with `events()`, `lines()` or `bytes()`. The published gateway collects a model's stream and sends it
    in one piece, so nothing may arrive before the model has ended.
    """

    def __init__(self, client: Baseten, call: Call) -> None:
        assert client._shared.engine is not None
        from ..transport._sync.streaming import Streaming

        opened: Any = client.with_options()
        opened._shared = self._shared = Streaming(client._shared)
        try:
            raw = opened._run_raw(call)
        except BaseException:
            self._shared.close()
            raise
        super().__init__(call, raw, self._shared.kept is not None)

    def events(self) -> Iterator[ServerSentEvent]:
        """Server-sent events, each as soon as it is complete. Raises `ResponseError` if the model did not stream."""
        self._check_events()
        events = Events()
        for line in self.lines():
            if event := self._fed(events, line):
                yield event
        if event := events.end():
            yield event

    def lines(self) -> Iterator[str]:
        """Lines of text without line breaks, each as soon as it is complete; JSON lines, for example."""
        lines = Lines()
        try:
            for piece in self.bytes():
                yield from lines.feed(piece)
            yield from lines.feed(b"", is_last=True)
        except ValueError as error:
            raise self._error(str(error)) from None

    def bytes(self) -> Iterator[bytes]:
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
                    piece = kept.piece()
                except BaseException as error:
                    _cut_off(error)
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
            self.close()

    def close(self) -> None:
        """Close the connection."""
        self._shared.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class AsyncPredictionStream(_Head):
    """`PredictionStream`, asynchronous: `async with await client.inference.stream_predict_…(…) as stream`.

    Await the call first, then enter the stream that it returns: `async with` without `await` is a `TypeError`.
    """

    def __init__(self, call: Call, raw: RawResponse[Any], shared: AsyncStreaming) -> None:
        super().__init__(call, raw, shared.kept is not None)
        self._shared = shared

    @classmethod
    async def open(cls, client: AsyncBaseten, call: Call) -> Self:
        """Send the call, and return once the answer's head has arrived."""
        assert client._shared.engine is not None
        from ..transport._async.streaming import AsyncStreaming

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
        if kept is None:
            yield self._whole()
            return
        redacted = self._shared.token.hidden_in_pieces()
        while True:
            piece = None  # The error's frames must not show the received bytes.
            try:
                piece = await kept.piece()
            except BaseException as error:
                _cut_off(error)
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

    async def aclose(self) -> None:
        """Close the connection."""
        await self._shared.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()


def _cut_off(error: BaseException) -> None:
    """Drop the frames that Ctrl-C or a cancellation passed through: they hold the request, and the token in it."""
    error.__context__ = error.__cause__ = None
    error.__traceback__ = None
