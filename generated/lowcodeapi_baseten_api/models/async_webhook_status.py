"""Where the webhook call of an asynchronous request stands."""

from __future__ import annotations

import enum
from typing import Literal

__all__ = ["AsyncWebhookStatus", "AsyncWebhookStatusValue"]

AsyncWebhookStatusValue = Literal[
    "PENDING",
    "SUCCEEDED",
    "FAILED",
    "CANCELED",
    "NO_WEBHOOK_PROVIDED",
]


class AsyncWebhookStatus(enum.StrEnum):
    """Where the webhook call of an asynchronous request stands."""

    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    NO_WEBHOOK_PROVIDED = "NO_WEBHOOK_PROVIDED"
