"""The token: where it comes from, where it is added, how it is kept out of sight."""

from __future__ import annotations

import os
import re
from typing import Any, NoReturn
from urllib.parse import quote

from lowcodeapi_baseten_api.types import Hidden, hidden

from .errors import ConfigurationError
from .redaction import Redaction

VARIABLE = "LOWCODEAPI_API_TOKEN"
MASK = "[api_token]"

# A shorter token may well be a word of somebody's data; it is replaced in errors, not in what a model answers.
_LONG = 12


class Content(bytes):
    """The body of a request, which no `repr` shows."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


class Token:
    """The api_token. Its value leaves this object only into a URL that is about to be sent (`added_to`)."""

    __slots__ = ("__parameter", "__redaction", "__value")

    def __init__(self, value: str) -> None:
        if not isinstance(value, str) or not re.fullmatch(r"[\x21-\x7e]{1,4096}", value):
            # The value is not in the message: a token with a line break in it is still a token.
            raise ConfigurationError(
                "api_token is not a token: printable ASCII without spaces is expected; was a line break copied with it?"
            )
        self.__value = Hidden(value)
        self.__parameter = Hidden(f"api_token={quote(value, safe='')}")
        self.__redaction = Redaction([value], MASK)

    def added_to(self, target: str) -> str:
        """The path and query of a request, with the token: the last step before it is sent."""
        return f"{target}{'&' if '?' in target else '?'}{self.__parameter}"

    def hidden_in_bytes(self, body: bytes, *, is_error: bool) -> bytes:
        """The body with the token replaced wherever the gateway echoes it."""
        return self.__redaction.in_bytes(body) if is_error or len(self.__value) >= _LONG else body

    def unfinished_in_bytes(self, body: bytes) -> int:
        """How many bytes at the end of what a model answers may be the beginning of the token: see `Redaction`."""
        return self.__redaction.unfinished(body) if len(self.__value) >= _LONG else 0

    def hidden_in(self, text: str) -> str:
        """The text with the token replaced."""
        return self.__redaction.in_text(text)

    def __repr__(self) -> str:
        return "Token('***')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and self.__value == other.__value

    __hash__ = None  # type: ignore[assignment]

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a token is not pickled or copied; give the other process its own")


def token_from(api_token: str | Token | None) -> Token:
    """The token that was given, else the one of the environment. Raises `ConfigurationError` where there is none.

    The environment is no argument: the `repr` of an argument is in every traceback with locals.
    """
    if isinstance(api_token, Token):
        return api_token
    value = hidden(os.environ.get(VARIABLE, "").strip() if api_token is None else api_token)
    if not value:
        raise ConfigurationError(f"there is no token: pass api_token=… or set {VARIABLE}")
    return Token(value)
