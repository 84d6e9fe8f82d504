"""How often and how patiently Baseten tries an asynchronous request again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

import attrs

from ..types import UNSET, Unset
from .schema import Schema, getter, received_as

__all__ = ["InferenceRetryConfig", "InferenceRetryConfigDict"]


@attrs.frozen(kw_only=True)
class InferenceRetryConfig(Schema):
    """How often and how patiently Baseten tries an asynchronous request again."""

    max_attempts: int | Unset = UNSET
    """Attempts in all, 1 to 10."""
    initial_delay_ms: int | Unset = UNSET
    """Milliseconds before the second attempt, 0 to 10000."""
    max_delay_ms: int | Unset = UNSET
    """Longest wait between two attempts in milliseconds, 0 to 60000."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> InferenceRetryConfig:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            max_attempts=get("max_attempts"),
            initial_delay_ms=get("initial_delay_ms"),
            max_delay_ms=get("max_delay_ms"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)


class InferenceRetryConfigDict(TypedDict, total=False):
    """`InferenceRetryConfig` as a mapping."""

    max_attempts: int
    initial_delay_ms: int
    max_delay_ms: int
