"""Rolling deploy settings to change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

import attrs

from ..decode import enum_of
from ..types import UNSET, Unset
from .rolling_deploy_strategy import RollingDeployStrategy, RollingDeployStrategyValue
from .schema import Schema, getter, received_as

__all__ = ["UpdateRollingDeployConfig", "UpdateRollingDeployConfigDict"]


@attrs.frozen(kw_only=True)
class UpdateRollingDeployConfig(Schema):
    """Rolling deploy settings to change."""

    rolling_deploy_strategy: RollingDeployStrategy | RollingDeployStrategyValue | Unset | None = UNSET
    """What is exchanged step by step."""
    max_surge_percent: int | Unset | None = UNSET
    """Replicas added in one step, in percent."""
    max_unavailable_percent: int | Unset | None = UNSET
    """Replicas that may be missing in one step, in percent."""
    stabilization_time_seconds: int | Unset | None = UNSET
    """Seconds to wait between two steps."""
    replica_overhead_percent: int | Unset | None = UNSET
    """Replicas added beforehand to the deployment that is replaced, in percent."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> UpdateRollingDeployConfig:
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


class UpdateRollingDeployConfigDict(TypedDict, total=False):
    """`UpdateRollingDeployConfig` as a mapping."""

    rolling_deploy_strategy: RollingDeployStrategy | RollingDeployStrategyValue | None
    max_surge_percent: int | None
    max_unavailable_percent: int | None
    stabilization_time_seconds: int | None
    replica_overhead_percent: int | None
