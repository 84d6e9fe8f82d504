"""`client.inference.predict_many`, as a method. What it takes to run one is imported when it is called."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from .asked import Asked

Inputs = TypeVar("Inputs", contravariant=True)
Items = TypeVar("Items", covariant=True)


class ManyPredictions(Generic[Inputs, Items]):
    """`predict_many` of a client that takes such inputs and yields such items."""

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

        An input is pulled when there is room to send it: at most `concurrency` are under way, at most twice as many are
        pulled and not yet yielded. Where the answer is 429, or that the model is not ready, the whole run slows down
        and the item is sent again until its time is over; where that is sooner than anything is sent again, it ends
        with the refusal at once. Where the inputs end in an exception, what is under way is waited for and yielded
        first. Closing the iterator cancels what is under way. The run has connections of its own, unless the client was
        given an httpx transport; with `transport="fast"` they are the fast wire.

        Of an `AsyncBaseten` it runs on asyncio, not on trio: iterate with `async for`, and where the loop may be left
        early, use `contextlib.aclosing`. Its inputs may come from an async iterable; another one must not block.

        With a `checkpoint` every item is written down before it is sent, and its result before it is yielded. A run
        that was killed goes on with the same inputs and the same file: what was answered comes from the file and is not
        sent again. An item that was sent and not answered is an `UnknownFateError`: with `on_error="collect"` in the
        place of its output; with "raise" it is raised once for all of them, before anything is sent.

        Args:
            inputs: The inputs, in any number. `Baseten` pulls them in another thread, unless they are a sequence.
            environment: Name of the environment to send them to; exactly one of this and the next two is given.
            deployment: ID of the deployment to send them to.
            development: Send them to the development deployment.
            concurrency: How many are under way at most, 1 to 4096.
            ordered: Yield in the order of the inputs, else as they come.
            on_error: "raise" ends the run at the first error; "collect" yields errors in the place of outputs.
            timeout: Seconds for one item, with its repetitions; by default the operation's own, 600.
            run_timeout: Seconds for the whole run; `RunTimeoutError` where inputs are left then.
            checkpoint: A JSON Lines file to write down what is sent and answered. It holds outputs, no inputs.
            resend_unknown: Send items of unknown fate again, though they may have been carried out.

        Raises:
            InvalidParameterError: An argument can't be sent. Nothing was.
            JournalError: The checkpoint is of another run, in use, damaged, or can't be opened or locked. Nothing was
                sent. While it is iterated: an input is not what it was, or the checkpoint can't be written, as on a
                full disk; what was under way is cut off.
            UnknownFateError: While it is iterated, with `on_error="raise"`: earlier runs left such items. Nothing was
                sent. Look at them, then make the same call with `on_error="collect"` or `resend_unknown=True`.
        """
        from .asked import Asked

        asked = Asked(
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
        return self._begun(inputs, asked)

    def _begun(self, inputs: Inputs, asked: Asked) -> Items:
        raise NotImplementedError
