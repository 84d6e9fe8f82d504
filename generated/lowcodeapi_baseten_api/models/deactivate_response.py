"""Receipt for a deactivation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, received_as

__all__ = ["DeactivateResponse"]


@attrs.frozen(kw_only=True)
class DeactivateResponse(Schema):
    """Receipt for a deactivation."""

    success: bool | None = None
    """True if the deactivation was accepted."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> DeactivateResponse:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            success=get("success"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
