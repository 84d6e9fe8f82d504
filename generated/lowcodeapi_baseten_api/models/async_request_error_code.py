"""Kinds of error of an asynchronous request."""

from __future__ import annotations

import enum
from typing import Literal

__all__ = ["AsyncRequestErrorCode", "AsyncRequestErrorCodeValue"]

AsyncRequestErrorCodeValue = Literal[
    "MODEL_PREDICT_ERROR",
    "MODEL_PREDICT_TIMEOUT",
    "MODEL_NOT_READY",
    "MODEL_DOES_NOT_EXIST",
    "MODEL_UNAVAILABLE",
    "MODEL_INVALID_INPUT",
    "ASYNC_REQUEST_NOT_SUPPORTED",
    "INTERNAL_SERVER_ERROR",
]


class AsyncRequestErrorCode(enum.StrEnum):
    """Kinds of error of an asynchronous request."""

    MODEL_PREDICT_ERROR = "MODEL_PREDICT_ERROR"
    MODEL_PREDICT_TIMEOUT = "MODEL_PREDICT_TIMEOUT"
    MODEL_NOT_READY = "MODEL_NOT_READY"
    MODEL_DOES_NOT_EXIST = "MODEL_DOES_NOT_EXIST"
    MODEL_UNAVAILABLE = "MODEL_UNAVAILABLE"
    MODEL_INVALID_INPUT = "MODEL_INVALID_INPUT"
    ASYNC_REQUEST_NOT_SUPPORTED = "ASYNC_REQUEST_NOT_SUPPORTED"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"
