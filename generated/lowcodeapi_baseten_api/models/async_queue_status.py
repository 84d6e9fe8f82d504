"""Length of the asynchronous queue of one deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, received_as

__all__ = ["AsyncQueueStatus"]


@attrs.frozen(kw_only=True)
class AsyncQueueStatus(Schema):
    """Length of the asynchronous queue of one deployment."""

    model_id: str
    """ID of the model."""
    deployment_id: str
    """ID of the deployment."""
    num_queued_requests: int
    """Requests that wait."""
    num_in_progress_requests: int
    """Requests that run."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> AsyncQueueStatus:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            model_id=get("model_id"),
            deployment_id=get("deployment_id"),
            num_queued_requests=get("num_queued_requests"),
            num_in_progress_requests=get("num_in_progress_requests"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
