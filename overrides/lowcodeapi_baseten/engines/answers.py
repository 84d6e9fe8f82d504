"""An answer as the rest of the package may see it."""

from __future__ import annotations

from ..auth import Token
from ..envelope import Answer


def answer_of(token: Token, status: int, headers: dict[str, str], body: bytes) -> Answer:
    """What came back, without the token."""
    # One look at all of them together: nearly every answer has nothing to hide.
    together = "\n".join((*headers, *headers.values()))
    if token.hidden_in(together) != together:
        headers = {token.hidden_in(name): token.hidden_in(value) for name, value in headers.items()}
    return Answer(status, headers, token.hidden_in_bytes(body, is_error=status >= 400))
