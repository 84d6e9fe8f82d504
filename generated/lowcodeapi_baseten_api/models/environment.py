"""A stable address of a model, such as production, that deployments are promoted to."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import date_time, model_of
from .autoscaling_settings import AutoscalingSettings
from .deployment import Deployment
from .in_progress_promotion import InProgressPromotion
from .instance_type import InstanceType
from .promotion_settings import PromotionSettings
from .schema import Schema, getter, received_as

__all__ = ["Environment"]


@attrs.frozen(kw_only=True)
class Environment(Schema):
    """A stable address of a model, such as production, that deployments are promoted to."""

    name: str
    """Name of the environment."""
    created_at: datetime.datetime
    """When the environment was created, ISO 8601."""
    model_id: str
    """ID of the model."""
    current_deployment: Deployment | None
    """Deployment that serves the environment, null before the first promotion."""
    candidate_deployment: Deployment | None = None
    """Deployment that is being promoted, null if none is."""
    in_progress_promotion: InProgressPromotion | None = None
    """Progress of the promotion under way, null if there is none."""
    autoscaling_settings: AutoscalingSettings
    """Autoscaling settings of the environment."""
    promotion_settings: PromotionSettings
    """How deployments are promoted to the environment."""
    instance_type: InstanceType
    """Instance type the environment runs on."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> Environment:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            name=get("name"),
            created_at=date_time(get("created_at")),
            model_id=get("model_id"),
            current_deployment=model_of(Deployment, get("current_deployment")),
            candidate_deployment=model_of(Deployment, get("candidate_deployment")),
            in_progress_promotion=model_of(InProgressPromotion, get("in_progress_promotion")),
            autoscaling_settings=model_of(AutoscalingSettings, get("autoscaling_settings")),
            promotion_settings=model_of(PromotionSettings, get("promotion_settings")),
            instance_type=model_of(InstanceType, get("instance_type")),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
