"""The token: where it comes from, where it is added, how it is kept out of sight. And the secrets of operations."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, NoReturn, SupportsIndex, overload
from urllib.parse import quote

from lowcodeapi_baseten_api.types import Call, Hidden, Operation, hidden, revealed

from .envelope import Reading
from .errors import ConfigurationError
from .redaction import Pieces, Redaction
from .steps import Failure

VARIABLE = "LOWCODEAPI_API_TOKEN"
MASK = "[api_token]"
MASK_OF_OTHERS = "[secret]"

# A shorter token may be a word in somebody's data: it is replaced in errors, but not in a model's answers.
_LONG = 12
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")


class Content(bytes):
    """Bytes of a request, hidden from `repr`: the head contains the token, and the body may contain secrets.

    A slice is a `Content` too, because rich cuts long bytes before it shows them.
    """

    __slots__ = ()

    @overload
    def __getitem__(self, key: SupportsIndex, /) -> int: ...
    @overload
    def __getitem__(self, key: slice, /) -> Content: ...
    def __getitem__(self, key: Any, /) -> int | Content:
        found = super().__getitem__(key)
        return found if isinstance(found, int) else Content(found)

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


class Token:
    """The api_token. Its value leaves this object only into a URL that is about to be sent (`added_to`)."""

    __slots__ = ("__parameter", "__redaction", "__redaction_of_data", "__value")

    def __init__(self, value: str | Hidden) -> None:
        secret: Hidden = hidden(value)
        value = secret
        if not isinstance(revealed(value), str) or not _TOKEN.fullmatch(revealed(value)):
            # Keep the value out of the message: a token with a line break in it is still a token.
            raise ConfigurationError(
                "api_token is not a token: printable ASCII without spaces is expected; was a line break copied with it?"
            )
        self.__value = secret
        self.__parameter = Hidden(f"api_token={quote(secret.reveal(), safe='')}")
        self.__redaction = Redaction([secret], MASK)
        is_long = len(secret.reveal()) >= _LONG
        self.__redaction_of_data = self.__redaction if is_long else Redaction([], MASK)

    def added_to(self, target: str) -> str:
        """Add the token to a request's path and query. This is the last step before sending."""
        return f"{target}{'&' if '?' in target else '?'}{self.__parameter.reveal()}"

    def hidden_in_bytes(self, body: bytes, *, is_error: bool) -> bytes:
        """Replace the token in a body wherever the gateway echoes it."""
        return (self.__redaction if is_error else self.__redaction_of_data).in_bytes(body)

    def hidden_in_pieces(self) -> Pieces:
        """A `hidden_in_bytes` for a model's answer that arrives in pieces."""
        return self.__redaction_of_data.in_pieces()

    def hidden_in(self, text: str) -> str:
        """Replace the token in the text."""
        return self.__redaction.in_text(text)

    def __repr__(self) -> str:
        return "Token('***')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and self.__value.reveal() == other.__value.reveal()

    __hash__ = None  # type: ignore[assignment]

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a token is not pickled or copied; give the other process its own")


def token_from(api_token: str | Hidden | Token | None) -> Token:
    """Return the given token, else the environment's. Raises `ConfigurationError` if there is none.

    The environment is not an argument: tracebacks with locals show the `repr` of every argument.
    """
    api_token = hidden(api_token)
    if isinstance(api_token, Token):
        return api_token
    value = hidden(os.environ.get(VARIABLE, "").strip() if api_token is None else api_token)
    if not revealed(value):
        raise ConfigurationError(f"there is no token: pass api_token=… or set {VARIABLE}")
    return Token(value)


class Withheld:
    """Secrets that one call sends or receives (`Operation.secrets`): they are in its result, and nowhere else.

    Most operations have none, and everything passes unchanged.
    """

    def __init__(self, operation: Operation, call: Call, reading: Reading | None = None) -> None:
        """Collect the secrets in the request and in the answer's payload, if there is one."""
        self._names = operation.secrets
        self._redaction = _NOTHING
        if not self._names:
            return
        places = call.body, call.extra_body, reading.envelope.payload if reading else None
        found = [hidden(place.get(name)) for place in places if isinstance(place, Mapping) for name in self._names]
        self._redaction = Redaction([value for value in found if isinstance(revealed(value), str)], MASK_OF_OTHERS)

    def reading(self, reading: Reading) -> Reading:
        """Remove them from an answer. One that could not be understood is masked whole: the secret may be anywhere."""
        if not self._names:
            return reading
        is_dark = reading.status < 400 and not reading.is_success
        envelope, clean = reading.envelope, self._redaction.in_json
        return reading._replace(
            envelope=envelope._replace(
                payload=MASK_OF_OTHERS if is_dark else clean(envelope.payload, self._names),
                error=clean(envelope.error, self._names),
                message=clean(envelope.message),
                headers=clean(dict(envelope.headers)),
            ),
            problem=clean(reading.problem),
            request_id=clean(reading.request_id),
            headers=clean(dict(reading.headers)),
            body=MASK_OF_OTHERS.encode() if is_dark else clean(reading.body),
        )

    def failure(self, failure: Failure) -> Failure:
        """Remove them from a failure. Bytes that can't be decoded are masked whole."""
        if not self._names:
            return failure
        body = MASK_OF_OTHERS.encode() if failure.body else b""
        return failure._replace(text=self._redaction.in_text(failure.text), body=body)

    def text(self, text: str | None) -> str | None:
        """Remove them from any text; None stays None."""
        return None if text is None else self._redaction.in_text(text)


_NOTHING = Redaction([], MASK_OF_OTHERS)
