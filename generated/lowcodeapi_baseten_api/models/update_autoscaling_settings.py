"""Autoscaling settings to change. Fields that are not sent stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

import attrs

from ..types import UNSET, Unset
from .schema import Schema, getter, received_as

__all__ = ["UpdateAutoscalingSettings", "UpdateAutoscalingSettingsDict"]


@attrs.frozen(kw_only=True)
class UpdateAutoscalingSettings(Schema):
    """Autoscaling settings to change. Fields that are not sent stay as they are."""

    min_replica: int | Unset | None = UNSET
    """Fewest replicas, 0 to allow scaling to zero."""
    max_replica: int | Unset | None = UNSET
    """Most replicas."""
    autoscaling_window: int | Unset | None = UNSET
    """Seconds of traffic considered for a decision."""
    scale_down_delay: int | Unset | None = UNSET
    """Seconds to wait before replicas are taken away."""
    concurrency_target: int | Unset | None = UNSET
    """Requests a replica takes at once before another is added."""
    target_utilization_percentage: int | Unset | None = UNSET
    """Percent of the concurrency target at which replicas are added."""
    target_in_flight_tokens: int | Unset | None = UNSET
    """Tokens in flight to aim for. Early access at Baseten."""
    max_scale_down_rate: int | Unset | None = UNSET
    """Most replicas taken away in one step, in percent of the active ones."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> UpdateAutoscalingSettings:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            min_replica=get("min_replica"),
            max_replica=get("max_replica"),
            autoscaling_window=get("autoscaling_window"),
            scale_down_delay=get("scale_down_delay"),
            concurrency_target=get("concurrency_target"),
            target_utilization_percentage=get("target_utilization_percentage"),
            target_in_flight_tokens=get("target_in_flight_tokens"),
            max_scale_down_rate=get("max_scale_down_rate"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)


class UpdateAutoscalingSettingsDict(TypedDict, total=False):
    """`UpdateAutoscalingSettings` as a mapping."""

    min_replica: int | None
    max_replica: int | None
    autoscaling_window: int | None
    scale_down_delay: int | None
    concurrency_target: int | None
    target_utilization_percentage: int | None
    target_in_flight_tokens: int | None
    max_scale_down_rate: int | None
