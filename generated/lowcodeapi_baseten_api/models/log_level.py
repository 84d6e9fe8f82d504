"""Severities of a log line, lowest first."""

from __future__ import annotations

import enum
from typing import Literal

__all__ = ["LogLevel", "LogLevelValue"]

LogLevelValue = Literal[
    "DEBUG",
    "INFO",
    "WARNING",
    "ERROR",
]


class LogLevel(enum.StrEnum):
    """Severities of a log line, lowest first."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"
