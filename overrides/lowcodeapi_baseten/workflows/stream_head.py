"""A prediction that is streamed, apart from reading it: what came before its first byte, and its errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lowcodeapi_baseten_api.types import Call, RawResponse

from ..errors import APIConnectionError, APITimeoutError, ResponseError
from ..steps import Failure
from .decoding import Events, ServerSentEvent


class StreamHead:
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


def cut_off(error: BaseException) -> None:
    """Drop the frames that Ctrl-C or a cancellation passed through: they hold the request, and the token in it."""
    error.__context__ = error.__cause__ = None
    error.__traceback__ = None
