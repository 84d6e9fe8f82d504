"""Baseten through the LowCodeAPI gateway: `Baseten`, `AsyncBaseten`, and the errors that they raise."""

from __future__ import annotations

import importlib

from ._version import __version__ as __version__

TYPE_CHECKING = False  # type checkers know the name; importing it from typing takes longer than all the rest
if TYPE_CHECKING:
    from typing import Any

    from lowcodeapi_baseten_api.types import UNSET as UNSET
    from lowcodeapi_baseten_api.types import Attempt as Attempt
    from lowcodeapi_baseten_api.types import RawResponse as RawResponse

    from .bulk.checkpoint import JournalError as JournalError
    from .bulk.checkpoint import UnknownFateError as UnknownFateError
    from .bulk.run import Item as Item
    from .bulk.run import RunTimeoutError as RunTimeoutError
    from .client._async.baseten import AsyncBaseten as AsyncBaseten
    from .client._async.connected import connect_async as connect_async
    from .client._sync.baseten import Baseten as Baseten
    from .client._sync.connected import connect as connect
    from .errors import APIConnectionError as APIConnectionError
    from .errors import APIStatusError as APIStatusError
    from .errors import APITimeoutError as APITimeoutError
    from .errors import AuthenticationError as AuthenticationError
    from .errors import BadRequestError as BadRequestError
    from .errors import ConfigurationError as ConfigurationError
    from .errors import ConflictError as ConflictError
    from .errors import EndpointUnavailableError as EndpointUnavailableError
    from .errors import InvalidParameterError as InvalidParameterError
    from .errors import LowCodeAPIError as LowCodeAPIError
    from .errors import NotFoundError as NotFoundError
    from .errors import PayloadTooLargeError as PayloadTooLargeError
    from .errors import PermissionDeniedError as PermissionDeniedError
    from .errors import RateLimitError as RateLimitError
    from .errors import ResponseError as ResponseError
    from .errors import ServerError as ServerError
    from .errors import UnprocessableEntityError as UnprocessableEntityError
    from .workflows import webhooks
    from .workflows.errors import DownloadError as DownloadError
    from .workflows.errors import RotationError as RotationError
    from .workflows.errors import WaitError as WaitError
    from .workflows.errors import WaitFailedError as WaitFailedError
    from .workflows.errors import WaitTimeoutError as WaitTimeoutError
    from .workflows.errors import WebhookError as WebhookError

__all__ = [
    "UNSET",
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncBaseten",
    "Attempt",
    "AuthenticationError",
    "BadRequestError",
    "Baseten",
    "ConfigurationError",
    "ConflictError",
    "DownloadError",
    "EndpointUnavailableError",
    "InvalidParameterError",
    "Item",
    "JournalError",
    "LowCodeAPIError",
    "NotFoundError",
    "PayloadTooLargeError",
    "PermissionDeniedError",
    "RateLimitError",
    "RawResponse",
    "ResponseError",
    "RotationError",
    "RunTimeoutError",
    "ServerError",
    "UnknownFateError",
    "UnprocessableEntityError",
    "WaitError",
    "WaitFailedError",
    "WaitTimeoutError",
    "WebhookError",
    "__version__",
    "connect",
    "connect_async",
    "webhooks",
]

_HOMES = {
    "lowcodeapi_baseten_api.types": ("UNSET", "Attempt", "RawResponse"),
    ".client._async.baseten": ("AsyncBaseten",),
    ".client._async.connected": ("connect_async",),
    ".client._sync.baseten": ("Baseten",),
    ".client._sync.connected": ("connect",),
    ".bulk.run": ("Item", "RunTimeoutError"),
    ".bulk.checkpoint": ("JournalError", "UnknownFateError"),
    ".workflows": ("webhooks",),
    ".workflows.errors": (
        "DownloadError",
        "RotationError",
        "WaitError",
        "WaitFailedError",
        "WaitTimeoutError",
        "WebhookError",
    ),
}
"""The public names of each module; all others come from `errors`."""


def __getattr__(name: str) -> Any:
    # Import each name on first use.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = next((home for home, names in _HOMES.items() if name in names), ".errors")
    value = getattr(importlib.import_module(home, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
