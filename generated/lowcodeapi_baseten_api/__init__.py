"""Deploy, serve and manage machine learning models

The typed client of `baseten` through LowCodeAPI, written by codegen from the gateway's documents. Never edited.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import models as models
    from . import new_format as new_format
    from . import old_format as old_format
    from .client import AsyncClient as AsyncClient
    from .client import Client as Client
    from .types import UNSET as UNSET
    from .types import RawResponse as RawResponse
    from .types import UnexpectedPayload as UnexpectedPayload
    from .types import UnexpectedStatus as UnexpectedStatus

_MODULES = {
    "AsyncClient": "client",
    "Client": "client",
    "RawResponse": "types",
    "UNSET": "types",
    "UnexpectedPayload": "types",
    "UnexpectedStatus": "types",
}
_SUBMODULES = ("models", "new_format", "old_format")

__all__ = [
    "UNSET",
    "AsyncClient",
    "Client",
    "RawResponse",
    "UnexpectedPayload",
    "UnexpectedStatus",
    "models",
    "new_format",
    "old_format",
]


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return importlib.import_module(f".{name}", __name__)
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_MODULES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES, *_SUBMODULES})
