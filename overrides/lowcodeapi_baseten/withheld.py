"""Secrets that an operation sends or receives (`Operation.secrets`): they are in the result, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

from lowcodeapi_baseten_api.types import Call, Operation, hidden, revealed

from .envelope import Reading
from .redaction import Redaction
from .steps import Failure

MASK = "[secret]"


class Withheld:
    """The secrets of one call. Most operations have none, and everything passes unchanged."""

    def __init__(self, operation: Operation, call: Call, reading: Reading | None = None) -> None:
        """Collect the secrets in the request and in the answer's payload, if there is one."""
        self._names = operation.secrets
        self._redaction = _NOTHING
        if not self._names:
            return
        places = call.body, call.extra_body, reading.envelope.payload if reading else None
        found = [hidden(place.get(name)) for place in places if isinstance(place, Mapping) for name in self._names]
        self._redaction = Redaction([value for value in found if isinstance(revealed(value), str)], MASK)

    def reading(self, reading: Reading) -> Reading:
        """Remove them from an answer. One that could not be understood is masked whole: the secret may be anywhere."""
        if not self._names:
            return reading
        is_dark = reading.status < 400 and not reading.is_success
        envelope, clean = reading.envelope, self._redaction.in_json
        return reading._replace(
            envelope=envelope._replace(
                payload=MASK if is_dark else clean(envelope.payload, self._names),
                error=clean(envelope.error, self._names),
                message=clean(envelope.message),
                headers=clean(dict(envelope.headers)),
            ),
            problem=clean(reading.problem),
            request_id=clean(reading.request_id),
            headers=clean(dict(reading.headers)),
            body=MASK.encode() if is_dark else clean(reading.body),
        )

    def failure(self, failure: Failure) -> Failure:
        """Remove them from a failure."""
        return failure._replace(text=self._redaction.in_text(failure.text)) if self._names else failure

    def text(self, text: str | None) -> str | None:
        """Remove them from any text; None stays None."""
        return None if text is None else self._redaction.in_text(text)


_NOTHING = Redaction([], MASK)
