"""Promotion settings to change. Fields that are not sent stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypedDict

import attrs

from ..decode import enum_of, model_of
from ..types import UNSET, Unset
from .promotion_cleanup_strategy import PromotionCleanupStrategy, PromotionCleanupStrategyValue
from .schema import Schema, getter, received_as
from .update_rolling_deploy_config import UpdateRollingDeployConfig, UpdateRollingDeployConfigDict

__all__ = ["UpdatePromotionSettings", "UpdatePromotionSettingsDict"]


@attrs.frozen(kw_only=True)
class UpdatePromotionSettings(Schema):
    """Promotion settings to change. Fields that are not sent stay as they are."""

    redeploy_on_promotion: bool | Unset | None = UNSET
    """Make a new deployment from the same image at every promotion."""
    rolling_deploy: bool | Unset | None = UNSET
    """Exchange the replicas step by step."""
    promotion_cleanup_strategy: PromotionCleanupStrategy | PromotionCleanupStrategyValue | Unset | None = UNSET
    """What happens to the deployment that was replaced."""
    rolling_deploy_config: UpdateRollingDeployConfig | UpdateRollingDeployConfigDict | Unset | None = UNSET
    """Pace of a rolling deploy."""
    ramp_up_while_promoting: bool | Unset | None = UNSET
    """Move the traffic to the candidate gradually."""
    ramp_up_duration_seconds: int | Unset | None = UNSET
    """Seconds over which the traffic is moved."""
    _structures: ClassVar[tuple[tuple[str, str], ...]] = (("rolling_deploy_config", "UpdateRollingDeployConfig"),)

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> UpdatePromotionSettings:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            redeploy_on_promotion=get("redeploy_on_promotion"),
            rolling_deploy=get("rolling_deploy"),
            promotion_cleanup_strategy=enum_of(PromotionCleanupStrategy, get("promotion_cleanup_strategy")),
            rolling_deploy_config=model_of(UpdateRollingDeployConfig, get("rolling_deploy_config")),
            ramp_up_while_promoting=get("ramp_up_while_promoting"),
            ramp_up_duration_seconds=get("ramp_up_duration_seconds"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)


class UpdatePromotionSettingsDict(TypedDict, total=False):
    """`UpdatePromotionSettings` as a mapping."""

    redeploy_on_promotion: bool | None
    rolling_deploy: bool | None
    promotion_cleanup_strategy: PromotionCleanupStrategy | PromotionCleanupStrategyValue | None
    rolling_deploy_config: UpdateRollingDeployConfig | UpdateRollingDeployConfigDict | None
    ramp_up_while_promoting: bool | None
    ramp_up_duration_seconds: int | None
