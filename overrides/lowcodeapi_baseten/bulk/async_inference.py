"""`client.inference` of an asynchronous client, with `predict_many`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from typing import TYPE_CHECKING, Any

from ..workflows._async.inference import AsyncInferenceWorkflows
from .methods import ManyPredictions

if TYPE_CHECKING:
    from .asked import Asked
    from .run import Item

Inputs = Iterable[Any] | AsyncIterable[Any]


class AsyncBulkInference(ManyPredictions[Inputs, "AsyncGenerator[Item, None]"], AsyncInferenceWorkflows):
    """`BulkInference`, asynchronous."""

    def _begun(self, inputs: Inputs, asked: Asked) -> AsyncGenerator[Item, None]:
        from .predict_many import apredict_many

        return apredict_many(self._client, inputs, asked)
