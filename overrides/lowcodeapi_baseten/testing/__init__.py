"""``LocalGateway``: a LowCodeAPI gateway with a small Baseten behind it, with the extra ``testing``.

``server`` is below, ``gateway`` and ``dialect`` are the gateway, ``baseten`` is behind it, with a module for each group
of operations. What may enter: what the real ones were seen to do, and faults to test against. Only the demo
imports the client; importing this folder imports no Starlette."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .faults import FaultPlan as FaultPlan
    from .gateway import LocalGateway as LocalGateway
    from .upstream import UpstreamError as UpstreamError

_MODULES = {"FaultPlan": "faults", "LocalGateway": "gateway", "UpstreamError": "upstream"}

__all__ = ["FaultPlan", "LocalGateway", "UpstreamError"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = importlib.import_module(f".{_MODULES[name]}", __name__)
    except ModuleNotFoundError as error:
        if (missing := str(error.name).partition(".")[0]) not in {"starlette", "uvicorn"}:
            raise
        text = f'{missing} is not installed: pip install "lowcodeapi-baseten[testing]"'
        raise ModuleNotFoundError(text, name=missing) from None
    value = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
