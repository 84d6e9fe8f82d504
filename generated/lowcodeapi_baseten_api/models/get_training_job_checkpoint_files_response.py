"""One page of the files of a job's checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import list_of, model_of
from .checkpoint_file import CheckpointFile
from .schema import Schema, getter, received_as

__all__ = ["GetTrainingJobCheckpointFilesResponse"]


@attrs.frozen(kw_only=True)
class GetTrainingJobCheckpointFilesResponse(Schema):
    """One page of the files of a job's checkpoints."""

    presigned_urls: list[CheckpointFile]
    """The files of this page."""
    next_page_token: int | None = None
    """Offset of the next page, null on the last one."""
    total_count: int
    """Number of files on all pages."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> GetTrainingJobCheckpointFilesResponse:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            presigned_urls=list_of(lambda item: model_of(CheckpointFile, item), get("presigned_urls")),
            next_page_token=get("next_page_token"),
            total_count=get("total_count"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
