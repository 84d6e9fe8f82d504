"""The machine that a replica or a training node runs on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, received_as

__all__ = ["InstanceType"]


@attrs.frozen(kw_only=True)
class InstanceType(Schema):
    """The machine that a replica or a training node runs on."""

    id: str
    """ID of the instance type."""
    name: str
    """Name of the instance type."""
    memory_limit_mib: int
    """Memory in MiB."""
    millicpu_limit: int
    """CPU in thousandths of a core."""
    gpu_count: int
    """Number of GPUs."""
    gpu_type: str | None
    """Kind of GPU, null if there is none."""
    gpu_memory_limit_mib: int | None
    """Memory of a GPU in MiB, null if there is none."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> InstanceType:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            id=get("id"),
            name=get("name"),
            memory_limit_mib=get("memory_limit_mib"),
            millicpu_limit=get("millicpu_limit"),
            gpu_count=get("gpu_count"),
            gpu_type=get("gpu_type"),
            gpu_memory_limit_mib=get("gpu_memory_limit_mib"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
