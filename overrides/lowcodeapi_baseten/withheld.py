"""Secrets that an operation sends or is given (`Operation.secrets`): they are in the result, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lowcodeapi_baseten_api.types import Call, Operation

from .envelope import Reading
from .redaction import Redaction
from .steps import Failure

MASK = "[secret]"


class Withheld:
    """What one call must not show. Of most operations that is nothing, and everything passes as it is."""

    def __init__(self, names: tuple[str, ...], values: list[str]) -> None:
        self._names = names
        self._redaction = Redaction(values, MASK)

    @classmethod
    def of(cls, operation: Operation, call: Call, reading: Reading | None = None) -> Withheld:
        """The secrets in what is sent and, where there is an answer, in its payload."""
        if not operation.secrets:
            return _NOTHING
        places = (call.body, call.extra_body, reading.envelope.payload if reading else None)
        found = [place.get(name) for place in places if isinstance(place, Mapping) for name in operation.secrets]
        return cls(operation.secrets, [value for value in found if isinstance(value, str)])

    def reading(self, reading: Reading) -> Reading:
        """An answer without them. Of one that could not be understood nothing is left: the secret may be anywhere."""
        if not self._names:
            return reading
        is_dark = reading.status < 400 and not reading.is_success
        envelope = reading.envelope
        return reading._replace(
            envelope=envelope._replace(
                payload=MASK if is_dark else self._json(envelope.payload),
                error=self._json(envelope.error),
                message=self.text(envelope.message),
                headers=self._headers(envelope.headers),
            ),
            problem=self.text(reading.problem),
            request_id=self.text(reading.request_id),
            headers=self._headers(reading.headers),
            body=MASK.encode() if is_dark else self._redaction.in_bytes(reading.body),
        )

    def failure(self, failure: Failure) -> Failure:
        """A failure without them."""
        return failure._replace(text=self._redaction.in_text(failure.text)) if self._names else failure

    def text(self, text: str | None) -> str | None:
        """Any text without them; None stays None."""
        return text if text is None else self._redaction.in_text(text)

    def _json(self, value: Any) -> Any:
        return self._redaction.in_json(value, self._names)

    def _headers(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        return {name: self._redaction.in_text(value) for name, value in headers.items()}


_NOTHING = Withheld((), [])
