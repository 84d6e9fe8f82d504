"""Records of the gateway's requests, for tests to check."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs


@attrs.frozen
class Request:
    """An HTTP request that reached the gateway."""

    method: str
    path: str
    """As sent, still percent-encoded: ``/baseten/v1/models``."""
    query: list[tuple[str, str]]
    """Decoded, in order. The value of ``api_token`` is replaced by ``[redacted]``."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises ``ValueError``."""
        return json.loads(self.body)


@attrs.frozen
class Received:
    """A request that reached Baseten."""

    operation: str | None
    """``"models.get"``; ``None`` if Baseten has no such route. It is the operation of the URL that Baseten received,
    which may differ from the client's: the gateway pastes path parameters unencoded."""
    method: str
    path: str
    query: list[tuple[str, str]]
    body: Any
    """Decoded JSON; ``None`` for a GET."""
    request: Request
    """The request to the gateway that caused it."""


@attrs.frozen
class Delivery:
    """One attempt to deliver a webhook."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    status: int | None
    """The receiver's status; ``None`` if nobody answered, or if the URL is not plain HTTP on this machine."""
