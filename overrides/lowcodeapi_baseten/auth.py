"""The token: where it comes from, where it is added, how it is kept out of sight."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import quote

from .errors import ConfigurationError

VARIABLE = "LOWCODEAPI_API_TOKEN"
MASK = "[api_token]"

# A shorter token may well be a word of somebody's data; it is replaced in errors, not in what a model answers.
_LONG = 12


class Token:
    """The api_token. Its value leaves this object only into a URL that is about to be sent (`added_to`)."""

    __slots__ = ("__forms", "__value")

    def __init__(self, value: str) -> None:
        if not isinstance(value, str) or not re.fullmatch(r"[\x21-\x7e]{1,4096}", value):
            # The value is not in the message: a token with a line break in it is still a token.
            raise ConfigurationError(
                "api_token is not a token: printable ASCII without spaces is expected; was a line break copied with it?"
            )
        self.__value = value
        encoded = quote(value, safe="")
        forms = {value, encoded, encoded.replace("%", "%25"), encoded.lower()}
        self.__forms = tuple(sorted(forms, key=len, reverse=True))

    def added_to(self, target: str) -> str:
        """The path and query of a request, with the token: the last step before it is sent."""
        return f"{target}{'&' if '?' in target else '?'}api_token={quote(self.__value, safe='')}"

    def hidden_in_bytes(self, body: bytes, *, is_error: bool) -> bytes:
        """The body with the token replaced wherever the gateway echoes it."""
        if not is_error and len(self.__value) < _LONG:
            return body
        for form in self.__forms:
            encoded = form.encode()
            if encoded in body:
                body = body.replace(encoded, MASK.encode())
        return body

    def hidden_in(self, text: str) -> str:
        """The text with the token replaced."""
        for form in self.__forms:
            text = text.replace(form, MASK)
        return text

    def __repr__(self) -> str:
        return "Token('***')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and self.__value == other.__value

    __hash__ = None  # type: ignore[assignment]

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a token is not pickled or copied; give the other process its own")


def token_from(api_token: str | Token | None, environ: Mapping[str, str]) -> Token:
    """The token that was given, else the one of the environment. Raises `ConfigurationError` where there is none."""
    if isinstance(api_token, Token):
        return api_token
    value = environ.get(VARIABLE) if api_token is None else api_token
    if not value:
        raise ConfigurationError(f"there is no token: pass api_token=… or set {VARIABLE}")
    return Token(value.strip() if api_token is None else value)
