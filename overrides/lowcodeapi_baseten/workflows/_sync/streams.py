# Generated from _async/streams.py by `python -m codegen unasync`: change that, and run it again.
"""Predictions whose answer is read piece by piece, as it arrives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

from lowcodeapi_baseten_api.types import Call, RawResponse

from ..streams import Events, Lines, ServerSentEvent, StreamHead, cut_off

if TYPE_CHECKING:
    from ...transport._sync.shared import Shared
    from ...transport._sync.streaming import Streaming
    from ..base import AnyClient


class PredictionStream(StreamHead):
    """A model's answer as it arrives: `with client.inference.stream_predict_…(…) as stream`.

    Leaving it early closes the connection. Read it once, with `events()`, `lines()` or `bytes()`. The published gateway
    collects a model's stream and sends it in one piece, so nothing may arrive before the model has ended.
    """

    def __init__(self, call: Call, raw: RawResponse[Any], shared: Streaming) -> None:
        super().__init__(call, raw, shared.kept is not None)
        self._shared = shared

    @classmethod
    def open(cls, client: AnyClient[Shared], call: Call) -> Self:
        """Send the call, and return once the answer's head has arrived."""
        assert client._shared.engine is not None
        from ...transport._sync.streaming import Streaming

        opened: Any = client.with_options()
        opened._shared = shared = Streaming(client._shared)
        try:
            raw = opened._run_raw(call)
        except BaseException:
            shared.close()
            raise
        return cls(call, raw, shared)

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
                for line in lines.feed(piece):
                    yield line
            for line in lines.feed(b"", is_last=True):
                yield line
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
            self.close()

    def close(self) -> None:
        """Close the connection."""
        self._shared.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
