"""A user of the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, received_as

__all__ = ["User"]


@attrs.frozen(kw_only=True)
class User(Schema):
    """A user of the workspace."""

    email: str | None = None
    """E-mail address of the user."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> User:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            email=get("email"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
