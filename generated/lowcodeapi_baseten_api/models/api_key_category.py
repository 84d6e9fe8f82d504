"""Kinds of API key, by what they allow."""

from __future__ import annotations

import enum
from typing import Literal

__all__ = ["APIKeyCategory", "APIKeyCategoryValue"]

APIKeyCategoryValue = Literal[
    "PERSONAL",
    "WORKSPACE_MANAGE_ALL",
    "WORKSPACE_EXPORT_METRICS",
    "WORKSPACE_INVOKE",
]


class APIKeyCategory(enum.StrEnum):
    """Kinds of API key, by what they allow."""

    PERSONAL = "PERSONAL"
    WORKSPACE_MANAGE_ALL = "WORKSPACE_MANAGE_ALL"
    WORKSPACE_EXPORT_METRICS = "WORKSPACE_EXPORT_METRICS"
    WORKSPACE_INVOKE = "WORKSPACE_INVOKE"
