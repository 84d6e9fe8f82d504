"""A file of a checkpoint and where to fetch it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, received_as

__all__ = ["CheckpointFile"]


@attrs.frozen(kw_only=True)
class CheckpointFile(Schema):
    """A file of a checkpoint and where to fetch it."""

    url: str
    """Presigned URL of the file, good for a limited time."""
    relative_file_name: str
    """Path of the file below the checkpoint folder."""
    node_rank: int
    """Rank of the node that wrote the file."""
    size_bytes: int
    """Size of the file in bytes."""
    last_modified: str
    """When the file last changed, as Baseten writes it."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> CheckpointFile:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            url=get("url"),
            relative_file_name=get("relative_file_name"),
            node_rank=get("node_rank"),
            size_bytes=get("size_bytes"),
            last_modified=get("last_modified"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
