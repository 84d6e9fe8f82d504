"""`Predict`: predictions on Ray Data, Spark or Dask, none of them sent twice. The engines are imported on use.

`predict` has the callable that an engine runs on each batch; `rows` turns batches into inputs and answers into columns;
`blocks` names the chunks of a batch and writes their answers as text; `resume` sends the chunks that nobody has begun;
`store` keeps the checkpoint; `rate` is the limit on requests for all workers. It may import bulk and what bulk imports.
"""

from __future__ import annotations

from .predict import Predict as Predict

__all__ = ["Predict"]
