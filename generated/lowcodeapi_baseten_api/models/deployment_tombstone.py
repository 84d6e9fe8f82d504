"""A deployment that was deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, received_as

__all__ = ["DeploymentTombstone"]


@attrs.frozen(kw_only=True)
class DeploymentTombstone(Schema):
    """A deployment that was deleted."""

    id: str
    """ID of the deployment."""
    deleted: bool
    """True once the deployment is gone."""
    model_id: str
    """ID of the model it belonged to."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> DeploymentTombstone:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            id=get("id"),
            deleted=get("deleted"),
            model_id=get("model_id"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
