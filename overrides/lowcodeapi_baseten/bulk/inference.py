"""`client.inference` with `predict_many`, for both clients. It imports the code that runs it when it is called."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterable
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from ..workflows._async.inference import AsyncInferenceWorkflows
from ..workflows._sync.inference import InferenceWorkflows

if TYPE_CHECKING:
    from .options import RunOptions
    from .run import Item

Inputs = TypeVar("Inputs", contravariant=True)
Items = TypeVar("Items", covariant=True)

AsyncInputs = Iterable[Any] | AsyncIterable[Any]


class ManyPredictions(Generic[Inputs, Items]):
    """`predict_many`, generic in its inputs and in the iterator of its items."""

    _client: Any

    def predict_many(
        self,
        inputs: Inputs,
        *,
        environment: str | None = None,
        deployment: str | None = None,
        development: bool = False,
        concurrency: int = 64,
        ordered: bool = False,
        on_error: Literal["raise", "collect"] = "raise",
        timeout: float | None = None,
        run_timeout: float | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        resend_unknown: bool = False,
    ) -> Items:
        """Predict for many inputs, some at a time, and yield `(position, output or error)` for each.

        An input is pulled when there is room to send it. At most `concurrency` calls are under way, and at most twice
        as many inputs are pulled and not yet yielded. After a 429 or "model not ready" the whole run slows down, and
        the item is sent again until its timeout. If its timeout comes before the run may send again, the item ends with
        that answer at once. If the inputs raise an exception, the calls under way finish and are yielded first. Closing
        the iterator cancels the calls under way. The run opens its own connections, on the fast wire with
        `transport="fast"`, unless the client was given an httpx transport.

        On an `AsyncBaseten` it needs asyncio, not trio. Iterate with `async for`; if you may leave the loop early, use
        `contextlib.aclosing`. Its inputs may be an async iterable; an ordinary iterable must not block.

        With a `checkpoint`, every item is recorded before it is sent, and its result before it is yielded. To
        resume a run that was killed, pass the same inputs and the same file: answered items come from the file and are
        not sent again. An item that was sent but never answered is an `UnknownFateError`: with `on_error="collect"` in
        place of its output; with "raise" it is raised once for all of them, before anything is sent.

        Args:
            inputs: Any number of inputs. `Baseten` pulls them in another thread, unless they are a sequence. One that
                is a `LowCodeAPIError`, from a source that could not read it, is not sent: it is the item's error.
            environment: Name of an environment. Pass exactly one of environment=, deployment=, development=True.
            deployment: ID of a deployment.
            development: Send them to the development deployment.
            concurrency: The most calls under way at a time, 1 to 4096.
            ordered: Yield in the order of the inputs, else in the order of completion.
            on_error: "raise" ends the run at the first error; "collect" yields errors in place of outputs.
            timeout: Seconds for one item, retries included; by default the operation's own, 600.
            run_timeout: Seconds for the whole run; raises `RunTimeoutError` if inputs are left then.
            checkpoint: A JSON Lines file that records what is sent and answered. It holds outputs, but no inputs.
            resend_unknown: Send items of unknown fate again, though they may have been carried out.

        Raises:
            InvalidParameterError: An argument can't be sent. Nothing was sent.
            JournalError: The checkpoint belongs to another run, is in use or damaged, or can't be opened or locked.
                Nothing was sent. While iterating: an input has changed, or the checkpoint can't be written, as on a
                full disk; the calls under way are cut off.
            UnknownFateError: While iterating, with `on_error="raise"`: earlier runs left such items. Nothing was sent.
                Check them, then repeat the call with `on_error="collect"` or `resend_unknown=True`.
        """
        from .options import RunOptions

        options = RunOptions(
            self._client,
            environment=environment,
            deployment=deployment,
            development=development,
            concurrency=concurrency,
            ordered=ordered,
            on_error=on_error,
            timeout=timeout,
            run_timeout=run_timeout,
            checkpoint=checkpoint,
            resend_unknown=resend_unknown,
        )
        return self._begun(inputs, options)

    def _begun(self, inputs: Inputs, options: RunOptions) -> Items:
        raise NotImplementedError


class BulkInference(ManyPredictions[Iterable[Any], "Generator[Item, None, None]"], InferenceWorkflows):
    __doc__ = InferenceWorkflows.__doc__

    def _begun(self, inputs: Iterable[Any], options: RunOptions) -> Generator[Item, None, None]:
        from .predict_many import predict_many

        return predict_many(self._client, inputs, options)


class AsyncBulkInference(ManyPredictions[AsyncInputs, "AsyncGenerator[Item, None]"], AsyncInferenceWorkflows):
    """`BulkInference`, asynchronous."""

    def _begun(self, inputs: AsyncInputs, options: RunOptions) -> AsyncGenerator[Item, None]:
        from .predict_many import apredict_many

        return apredict_many(self._client, inputs, options)
