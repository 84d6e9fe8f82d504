"""Outcome of a change of settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import enum_of
from .schema import Schema, getter, received_as
from .update_autoscaling_settings_status import UpdateAutoscalingSettingsStatus

__all__ = ["UpdateAutoscalingSettingsResponse"]


@attrs.frozen(kw_only=True)
class UpdateAutoscalingSettingsResponse(Schema):
    """Outcome of a change of settings."""

    status: UpdateAutoscalingSettingsStatus | str
    """Whether the change was accepted, queued or needless."""
    message: str
    """The outcome in words."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> UpdateAutoscalingSettingsResponse:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            status=enum_of(UpdateAutoscalingSettingsStatus, get("status")),
            message=get("message"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
