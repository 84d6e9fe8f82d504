"""`client.inference.predict_many`, as a method. What it takes to run one is imported when it is called."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterable
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    from ..client import AsyncBaseten, Baseten
    from .run import Item


class ManyPredictions:
    """`predict_many` of a sync client."""

    _client: Any

    def predict_many(
        self,
        inputs: Iterable[Any],
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
    ) -> Generator[Item, None, None]:
        """Predict for many inputs, some at a time, and yield `(position, output or error)` for each.

        An input is pulled when there is room to send it: at most `concurrency` are under way, at most twice as many are
        pulled and not yet yielded. Where the answer is 429, or that the model is not ready, the whole run slows down
        and the item is sent again until its time is over; where that is sooner than anything is sent again, it ends
        with the refusal at once. Where the inputs end in an exception, what is under way is waited for and yielded
        first. Closing the iterator cancels what is under way. The run has connections of its own, unless the client was
        given an httpx transport; with `transport="fast"` they are the fast wire.

        With a `checkpoint` every item is written down before it is sent, and its result before it is yielded. A run
        that was killed goes on with the same inputs and the same file: what was answered comes from the file and is not
        sent again. An item that was sent and not answered is an `UnknownFateError`: with `on_error="collect"` in the
        place of its output; with "raise" it is raised once for all of them, before anything is sent.

        Args:
            inputs: The inputs, in any number. They are pulled in another thread, unless they are a sequence.
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
        from .predict_many import predict_many

        client = cast("Baseten", self._client)
        asked = Asked(
            client,
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
        return predict_many(client, inputs, asked)


class AsyncManyPredictions:
    """`predict_many` of an async client."""

    _client: Any

    def predict_many(
        self,
        inputs: Iterable[Any] | AsyncIterable[Any],
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
    ) -> AsyncGenerator[Item, None]:
        """`Baseten.inference.predict_many`, asynchronous. An iterable that is not async must not block.

        It runs on asyncio, not on trio. Iterate with `async for`; where the loop may be left early, use
        `contextlib.aclosing`.
        """
        from .asked import Asked
        from .predict_many import apredict_many

        client = cast("AsyncBaseten", self._client)
        asked = Asked(
            client,
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
        return apredict_many(client, inputs, asked)
