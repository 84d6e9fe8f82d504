"""How a deployment follows its traffic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, received_as

__all__ = ["AutoscalingSettings"]


@attrs.frozen(kw_only=True)
class AutoscalingSettings(Schema):
    """How a deployment follows its traffic."""

    min_replica: int
    """Fewest replicas, 0 to allow scaling to zero."""
    max_replica: int
    """Most replicas."""
    autoscaling_window: int | None
    """Seconds of traffic considered for a decision."""
    scale_down_delay: int | None
    """Seconds to wait before replicas are taken away."""
    concurrency_target: int
    """Requests a replica takes at once before another is added."""
    target_utilization_percentage: int | None
    """Percent of the concurrency target at which replicas are added."""
    target_in_flight_tokens: int | None = None
    """Tokens in flight to aim for. Early access at Baseten."""
    max_scale_down_rate: int | None = None
    """Most replicas taken away in one step, in percent of the active ones."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> AutoscalingSettings:
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
