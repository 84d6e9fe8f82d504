"""Progress of a promotion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import enum_of
from .in_progress_promotion_status import InProgressPromotionStatus
from .schema import Schema, getter, received_as

__all__ = ["InProgressPromotion"]


@attrs.frozen(kw_only=True)
class InProgressPromotion(Schema):
    """Progress of a promotion."""

    status: InProgressPromotionStatus | str
    """State of the promotion."""
    percent_traffic_to_new_version: int
    """Percent of the traffic that the candidate serves already."""
    error_message: str | None = None
    """Why the promotion failed, null if it did not."""
    rolling_deploy: bool | None = None
    """True if the replicas are exchanged step by step."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> InProgressPromotion:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            status=enum_of(InProgressPromotionStatus, get("status")),
            percent_traffic_to_new_version=get("percent_traffic_to_new_version"),
            error_message=get("error_message"),
            rolling_deploy=get("rolling_deploy"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
