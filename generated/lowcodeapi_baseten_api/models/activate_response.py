"""Receipt for an activation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, received_as

__all__ = ["ActivateResponse"]


@attrs.frozen(kw_only=True)
class ActivateResponse(Schema):
    """Receipt for an activation."""

    success: bool | None = None
    """True if the activation was accepted."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> ActivateResponse:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            success=get("success"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
