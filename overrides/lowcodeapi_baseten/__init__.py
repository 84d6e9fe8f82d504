"""Baseten through the LowCodeAPI gateway: `Baseten`, `AsyncBaseten`, and the errors that they raise."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ._version import __version__ as __version__

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.types import UNSET as UNSET
    from lowcodeapi_baseten_api.types import Attempt as Attempt
    from lowcodeapi_baseten_api.types import RawResponse as RawResponse

    from .client import AsyncBaseten as AsyncBaseten
    from .client import Baseten as Baseten
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
    "EndpointUnavailableError",
    "InvalidParameterError",
    "LowCodeAPIError",
    "NotFoundError",
    "PayloadTooLargeError",
    "PermissionDeniedError",
    "RateLimitError",
    "RawResponse",
    "ResponseError",
    "ServerError",
    "UnprocessableEntityError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    # Each is imported on first use.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in {"UNSET", "Attempt", "RawResponse"}:
        module = "lowcodeapi_baseten_api.types"
    else:
        module = f"{__name__}.{'client' if name.endswith('Baseten') else 'errors'}"
    value = getattr(importlib.import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
