"""Where to fetch the artifacts of a training job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, received_as

__all__ = ["DownloadTrainingJobResponse"]


@attrs.frozen(kw_only=True)
class DownloadTrainingJobResponse(Schema):
    """Where to fetch the artifacts of a training job."""

    artifact_presigned_urls: list[str]
    """Presigned URLs, good for a limited time."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> DownloadTrainingJobResponse:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            artifact_presigned_urls=get("artifact_presigned_urls"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
