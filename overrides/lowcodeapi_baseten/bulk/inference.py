"""`client.inference`, with `predict_many`."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, Any

from ..workflows._sync.inference import InferenceWorkflows
from .methods import ManyPredictions

if TYPE_CHECKING:
    from .asked import Asked
    from .run import Item


class BulkInference(ManyPredictions[Iterable[Any], "Generator[Item, None, None]"], InferenceWorkflows):
    __doc__ = InferenceWorkflows.__doc__

    def _begun(self, inputs: Iterable[Any], asked: Asked) -> Generator[Item, None, None]:
        from .predict_many import predict_many

        return predict_many(self._client, inputs, asked)
