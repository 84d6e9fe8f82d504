"""Pace of a rolling deploy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import enum_of
from .rolling_deploy_strategy import RollingDeployStrategy
from .schema import Schema, getter, received_as

__all__ = ["RollingDeployConfig"]


@attrs.frozen(kw_only=True)
class RollingDeployConfig(Schema):
    """Pace of a rolling deploy."""

    rolling_deploy_strategy: RollingDeployStrategy | str | None = None
    """What is exchanged step by step."""
    max_surge_percent: int | None = None
    """Replicas added in one step, in percent."""
    max_unavailable_percent: int | None = None
    """Replicas that may be missing in one step, in percent."""
    stabilization_time_seconds: int | None = None
    """Seconds to wait between two steps."""
    replica_overhead_percent: int | None = None
    """Replicas added beforehand to the deployment that is replaced, in percent."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> RollingDeployConfig:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            rolling_deploy_strategy=enum_of(RollingDeployStrategy, get("rolling_deploy_strategy")),
            max_surge_percent=get("max_surge_percent"),
            max_unavailable_percent=get("max_unavailable_percent"),
            stabilization_time_seconds=get("stabilization_time_seconds"),
            replica_overhead_percent=get("replica_overhead_percent"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
