"""An answer as the rest of the package may see it."""

from __future__ import annotations

from ..auth import Token
from ..envelope import Answer

# Above this, putting a body together with its head costs more than a second look.
_SMALL = 1 << 14


def answer_of(token: Token, status: int, headers: dict[str, str], body: bytes, head: bytes | None = None) -> Answer:
    """What came back, without the token. `head` are the names and values of the headers, where they are at hand."""
    if head is None:
        head = "\n".join((*headers, *headers.values())).encode("utf-8", "surrogatepass")
    # One look at all of it together: nearly every answer has nothing to hide.
    together = head + body if len(body) < _SMALL else head
    if token.hidden_in_bytes(together, is_error=True) is not together:
        headers = {token.hidden_in(name): token.hidden_in(value) for name, value in headers.items()}
    elif together is not head:
        return Answer(status, headers, body)
    return Answer(status, headers, token.hidden_in_bytes(body, is_error=status >= 400))
