"""Outcome of cancelling a promotion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import enum_of
from .cancel_promotion_status import CancelPromotionStatus
from .schema import Schema, getter, received_as

__all__ = ["CancelPromotionResponse"]


@attrs.frozen(kw_only=True)
class CancelPromotionResponse(Schema):
    """Outcome of cancelling a promotion."""

    status: CancelPromotionStatus | str
    """Whether the promotion is cancelled or its traffic still moves back."""
    message: str
    """The outcome in words."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> CancelPromotionResponse:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            status=enum_of(CancelPromotionStatus, get("status")),
            message=get("message"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
