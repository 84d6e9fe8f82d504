"""Whole tasks, each in one call: waiting, following, downloading, rotating, streaming, and webhooks.

Those that need a client are its methods (`client.inference.wait`, …), written in `_async`, with `_sync` made of
it; what both share is in the modules beside. `base` says what a workflow needs of a client. It may import
transport and the thin layer. Everything is imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..hooks import FallbackEvent, RequestEvent, ResponseEvent, RetryEvent
    from . import webhooks
    from ._async.inference import AwaitedPrediction
    from ._async.logs import AsyncLogFollower
    from ._async.streams import AsyncPredictionStream
    from ._sync.inference import AsyncPrediction
    from ._sync.logs import LogFollower
    from ._sync.streams import PredictionStream
    from .api_keys import Rotation
    from .base import Clock
    from .errors import DownloadError, RotationError, WaitError, WaitFailedError, WaitTimeoutError, WebhookError
    from .fetching import Progress
    from .metrics import MetricRow, Metrics
    from .streams import ServerSentEvent

__all__ = [
    "AsyncLogFollower",
    "AsyncPrediction",
    "AsyncPredictionStream",
    "AwaitedPrediction",
    "Clock",
    "DownloadError",
    "FallbackEvent",
    "LogFollower",
    "MetricRow",
    "Metrics",
    "PredictionStream",
    "Progress",
    "RequestEvent",
    "ResponseEvent",
    "RetryEvent",
    "Rotation",
    "RotationError",
    "ServerSentEvent",
    "WaitError",
    "WaitFailedError",
    "WaitTimeoutError",
    "WebhookError",
    "webhooks",
]

_HOMES = {
    ".hooks": ("FallbackEvent", "RequestEvent", "ResponseEvent", "RetryEvent"),
    "_async.inference": ("AwaitedPrediction",),
    "_async.logs": ("AsyncLogFollower",),
    "_async.streams": ("AsyncPredictionStream",),
    "_sync.inference": ("AsyncPrediction",),
    "_sync.logs": ("LogFollower",),
    "_sync.streams": ("PredictionStream",),
    "api_keys": ("Rotation",),
    "base": ("Clock",),
    "fetching": ("Progress",),
    "metrics": ("MetricRow", "Metrics"),
    "streams": ("ServerSentEvent",),
}
"""The public names of each module; all others come from `errors`."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "webhooks":
        return importlib.import_module(f"{__name__}.webhooks")
    home = next((home for home, names in _HOMES.items() if name in names), "errors")
    value = globals()[name] = getattr(importlib.import_module(f".{home}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
