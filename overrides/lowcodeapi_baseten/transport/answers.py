"""Makes answers that the rest of the package may see, without the token."""

from __future__ import annotations

from ..envelope import Answer
from ..secrets import Token

# Bytes; above this, joining body and head costs more than a second search.
_SMALL = 1 << 14


def answer_of(token: Token, status: int, headers: dict[str, str], body: bytes, head: bytes | None = None) -> Answer:
    """The answer without the token. `head` has the names and values of the headers, if they are at hand as bytes."""
    if head is None:
        head = "\n".join((*headers, *headers.values())).encode("utf-8", "surrogatepass")
    # One search through everything: nearly every answer has nothing to hide.
    together = head + body if len(body) < _SMALL else head
    if token.hidden_in_bytes(together, is_error=True) is not together:
        headers = {token.hidden_in(name): token.hidden_in(value) for name, value in headers.items()}
    elif together is not head:
        return Answer(status, headers, body)
    return Answer(status, headers, token.hidden_in_bytes(body, is_error=status >= 400))
