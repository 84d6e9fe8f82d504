"""How deployments are promoted to an environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import enum_of, model_of
from .promotion_cleanup_strategy import PromotionCleanupStrategy
from .rolling_deploy_config import RollingDeployConfig
from .schema import Schema, getter, received_as

__all__ = ["PromotionSettings"]


@attrs.frozen(kw_only=True)
class PromotionSettings(Schema):
    """How deployments are promoted to an environment."""

    redeploy_on_promotion: bool | None = None
    """Make a new deployment from the same image at every promotion."""
    rolling_deploy: bool | None = None
    """Exchange the replicas step by step."""
    promotion_cleanup_strategy: PromotionCleanupStrategy | str | None = None
    """What happens to the deployment that was replaced."""
    rolling_deploy_config: RollingDeployConfig | None = None
    """Pace of a rolling deploy, null if none is set."""
    ramp_up_while_promoting: bool | None = None
    """Move the traffic to the candidate gradually."""
    ramp_up_duration_seconds: int | None = None
    """Seconds over which the traffic is moved."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> PromotionSettings:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            redeploy_on_promotion=get("redeploy_on_promotion"),
            rolling_deploy=get("rolling_deploy"),
            promotion_cleanup_strategy=enum_of(PromotionCleanupStrategy, get("promotion_cleanup_strategy")),
            rolling_deploy_config=model_of(RollingDeployConfig, get("rolling_deploy_config")),
            ramp_up_while_promoting=get("ramp_up_while_promoting"),
            ramp_up_duration_seconds=get("ramp_up_duration_seconds"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
