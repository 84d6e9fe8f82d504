"""Whole tasks, each in one call: waiting, following, downloading, rotating, streaming, and webhooks.

Those that need a client are its methods (`client.inference.wait`, …), written in `_async`, with `_sync` made of
it; their steps are pure generators in the modules beside. `base` says what a workflow needs of a client. It may import
transport and the thin layer. Everything is imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import webhooks
    from ._async.inference import AwaitedPrediction as AwaitedPrediction
    from ._async.streams import AsyncPredictionStream as AsyncPredictionStream
    from ._sync.inference import AsyncPrediction as AsyncPrediction
    from ._sync.streams import PredictionStream as PredictionStream
    from .api_keys import Rotation as Rotation
    from .driving import Clock as Clock
    from .errors import DownloadError as DownloadError
    from .errors import RotationError as RotationError
    from .errors import WaitError as WaitError
    from .errors import WaitFailedError as WaitFailedError
    from .errors import WaitTimeoutError as WaitTimeoutError
    from .errors import WebhookError as WebhookError
    from .fetching import Progress as Progress
    from .hooks import FallbackEvent as FallbackEvent
    from .hooks import RequestEvent as RequestEvent
    from .hooks import ResponseEvent as ResponseEvent
    from .hooks import RetryEvent as RetryEvent
    from .logs import AsyncLogFollower as AsyncLogFollower
    from .logs import LogFollower as LogFollower
    from .metrics import MetricRow as MetricRow
    from .metrics import Metrics as Metrics
    from .streams import ServerSentEvent as ServerSentEvent

_MODULES = {
    "AsyncLogFollower": "logs",
    "AsyncPrediction": "_sync.inference",
    "AsyncPredictionStream": "_async.streams",
    "AwaitedPrediction": "_async.inference",
    "Clock": "driving",
    "DownloadError": "errors",
    "FallbackEvent": "hooks",
    "LogFollower": "logs",
    "MetricRow": "metrics",
    "Metrics": "metrics",
    "PredictionStream": "_sync.streams",
    "Progress": "fetching",
    "RequestEvent": "hooks",
    "ResponseEvent": "hooks",
    "RetryEvent": "hooks",
    "Rotation": "api_keys",
    "RotationError": "errors",
    "ServerSentEvent": "streams",
    "WaitError": "errors",
    "WaitFailedError": "errors",
    "WaitTimeoutError": "errors",
    "WebhookError": "errors",
}

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


def __getattr__(name: str) -> Any:
    if name == "webhooks":
        value: Any = importlib.import_module(f"{__name__}.webhooks")
    elif name in _MODULES:
        value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
