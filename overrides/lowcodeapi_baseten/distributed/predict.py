"""`Predict`: the callable that an engine gives its batches to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lowcodeapi_baseten_api.types import hidden

from ..bulk.options import RunOptions
from ..bulk.predict_many import predict_many
from ..client import Baseten
from ..errors import ConfigurationError, InvalidParameterError
from ..request import check_timeout
from ..workflows.predictions import CALLS, method_of
from . import rows, store
from .blocks import Answer, chunks
from .rate import check_rate, turns
from .resume import answered

if TYPE_CHECKING:
    from .store import Store


class Predict:
    """Predictions for batches of rows, for Ray Data's `map_batches`, Spark's `mapInPandas` and Dask's `map_partitions`.

    A batch is an Arrow table, a pandas frame, a mapping of numpy columns, or an iterator of these. It comes back with
    three more columns of text: `output` is the output as JSON, or missing; then `error` and `error_type` say why. So
    all batches have the same types, and `json.loads` reads every output. (Ray gives a numpy column that is missing in a
    whole batch the type null; Arrow tables keep it text.) All other columns stay as they are. No row's error ends the
    job. One batch and its outputs are held in memory at a time.

    Engines run a batch again when its worker was lost. With `checkpoint` nothing is sent twice: the rows of a batch are
    recorded in chunks, before they are sent and with their answers. A batch that is run again gets the answers; rows
    that were sent, and whose answers were lost with the worker, are `UnknownFateError`. The same holds for the whole
    job, if it is run again with the same folder and gives the same rows in the same batches: rows in other batches are
    sent again. Errors are recorded, too; to try failed rows again, run a job of them with another folder.

    **Without `checkpoint`, an engine that runs a batch again sends all its rows again.**

    Chunks are known by their content: the inputs, and the keys if there is a `key`. Without one, two batches may have
    equal chunks: these are sent once, and both get the answers. Within a batch, every row is sent.

    Args:
        input: The column of the inputs. Each is sent as `{"input": …}`, arrays and numbers of numpy as JSON's.
        key: A column that tells rows with equal inputs apart. It is not sent.
        environment: Name of an environment. Pass exactly one of environment=, deployment=, development=True.
        deployment: ID of a deployment.
        development: Send to the development deployment.
        concurrency: The most calls of one worker under way at a time, 1 to 4096.
        timeout: Seconds for one row, retries included; by default the operation's own, 600.
        checkpoint: A folder for this job alone: an absolute path that all workers share, or a URL of S3, Google Cloud
            Storage or Azure. Their libraries (s3fs, gcsfs, adlfs) read their credentials in the worker. The folder
            holds outputs, but no inputs.
        chunk: Rows that are recorded together. If a worker is lost, so are the answers of its unfinished chunks.
        wait: Seconds to wait for the answers of rows that another worker has begun, before they are `UnknownFateError`.
            Give more than `timeout` if the engine runs copies of slow tasks, such as Spark with `spark.speculation`.
        rate_limit: Requests a second of all workers together, retries included. Only on Ray. After a 429 all wait.
        worker_rate_limit: Requests a second of each worker process. Elsewhere than on Ray, the job's limit is this
            times the number of workers.
        api_token: A function that returns the token, called in the worker. By default the worker's environment has it
            in `LOWCODEAPI_API_TOKEN`. A token itself is refused: engines write arguments to disks and logs.
        client: More options of `Baseten`, such as `{"base_url": …, "transport": "fast"}`.

    Raises:
        ConfigurationError: There is no token in the worker; `checkpoint` is a place where two workers could create the
            same file, or can't be reached; an option can't work. Nothing was sent.
        InvalidParameterError: An argument can't be sent, or the batch has no such column. Nothing was sent.
    """

    def __init__(
        self,
        input: str = "input",
        *,
        key: str | None = None,
        environment: str | None = None,
        deployment: str | None = None,
        development: bool = False,
        concurrency: int = 64,
        timeout: float | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        chunk: int = 100,
        wait: float = 60.0,
        rate_limit: float | None = None,
        worker_rate_limit: float | None = None,
        api_token: Callable[[], str] | None = None,
        client: Mapping[str, Any] | None = None,
    ) -> None:
        if (api_token is not None and not callable(api_token)) or "api_token" in (client or {}):
            del api_token, client  # tracebacks with locals show them
            raise ConfigurationError(
                "api_token must be a function that returns the token in the worker: the token itself would be pickled. "
                "Leave it out if the workers' environment has LOWCODEAPI_API_TOKEN"
            )
        method_of(CALLS, "predict", environment, deployment, development)
        if isinstance(chunk, bool) or not isinstance(chunk, int) or chunk < 1:
            raise InvalidParameterError("chunk", f"must be a whole number of rows above 0; got {chunk!r:.40}")
        check_timeout(wait, "wait")
        check_rate("rate_limit", rate_limit)
        check_rate("worker_rate_limit", worker_rate_limit)
        if rate_limit is not None and worker_rate_limit is not None:
            raise ConfigurationError("give rate_limit= or worker_rate_limit=, not both")
        self._checkpoint = None if checkpoint is None else os.fspath(checkpoint)
        if self._checkpoint is not None:
            store.check(self._checkpoint)
        self._input, self._key, self._chunk, self._wait = input, key, chunk, wait
        self._rate_limit, self._worker_rate_limit = rate_limit, worker_rate_limit
        self._api_token, self._client_options = api_token, dict(client or {})
        self._run: dict[str, Any] = {
            "environment": environment,
            "deployment": deployment,
            "development": development,
            "concurrency": concurrency,
            "timeout": timeout,
            # An engine's batch is the unit of order, and its checkpoint is another one.
            **{"ordered": False, "on_error": "collect", "run_timeout": None},
            **{"checkpoint": None, "resend_unknown": False},
        }

    def __call__(self, batch: Any) -> Any:
        """The batch with `output`, `error` and `error_type`. An iterator of batches gives an iterator.

        Give Dask this object itself, or `meta=`: it asks with made-up rows which columns come back. Only if it calls
        this object itself is that seen, and nothing sent.
        """
        if isinstance(batch, Iterator):
            return map(self._predicted, batch)
        caller = sys._getframe(1)
        if "emulate" in caller.f_code.co_name and caller.f_globals.get("__name__", "").startswith("dask."):
            return rows.with_answers(batch, [Answer()] * len(batch))
        return self._predicted(batch)

    def __getstate__(self) -> dict[str, Any]:
        """The arguments: another process makes its own client, and opens the checkpoint itself."""
        return {name: value for name, value in self.__dict__.items() if name not in {"_client", "_store"}}

    @cached_property
    def _client(self) -> Baseten:
        token = None if self._api_token is None else hidden(self._api_token())
        return Baseten(api_token=token, **self._client_options)

    @cached_property
    def _store(self) -> Store | None:
        return None if self._checkpoint is None else store.opened(self._checkpoint)

    def _predicted(self, batch: Any) -> Any:
        rows.check(batch)
        inputs = rows.column(batch, self._input)
        keys = None if self._key is None else rows.column(batch, self._key)
        rate = turns(self._rate_limit, self._worker_rate_limit)
        options = RunOptions(self._client, **self._run, rate=rate)

        def send(places: Iterator[int]) -> Generator[tuple[int, Answer], None, None]:
            with closing(predict_many(self._client, (inputs[place] for place in places), options)) as items:
                for item in items:
                    yield item.position, rows.answer_of(item.output)

        if self._store is None:
            found = dict(send(iter(range(len(inputs)))))
        else:
            identities = inputs if keys is None else [list(pair) for pair in zip(keys, inputs, strict=True)]
            found = answered(chunks(options.header, identities, self._chunk), self._store, send, self._wait)
        return rows.with_answers(batch, (found[row] for row in range(len(inputs))))
