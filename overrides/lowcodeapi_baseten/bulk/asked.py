"""What is asked of a run, checked before anything is opened."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Literal

from lowcodeapi_baseten_api.resources.inference import Inference
from lowcodeapi_baseten_api.types import Call

from ..errors import InvalidParameterError, LowCodeAPIError
from ..request import Request, check_timeout
from ..workflows.predictions import method_of
from .checkpoint import Journal, digest

if TYPE_CHECKING:
    from ..client import AsyncBaseten, Baseten

Prepared = Request | LowCodeAPIError
"""The call of an input, or why it can't be sent."""

OnError = Literal["raise", "collect"]
_CALLS = Inference(lambda call: call)


class Asked:
    """Where the items of a run go, and how. Times are in seconds.

    Attributes:
        like: The call of an item. They differ in their inputs alone: all else is checked and made once.
        window: How many inputs may be pulled and not yet handed over.
        batch: How many items are worth a look at what to hand over and to pull, which may wake another thread.
        until: When the time of the run is over, on the monotonic clock; None where it has no end.
    """

    def __init__(
        self,
        client: Baseten | AsyncBaseten,
        *,
        environment: str | None,
        deployment: str | None,
        development: bool,
        concurrency: int,
        ordered: bool,
        on_error: OnError,
        timeout: float | None,
        run_timeout: float | None,
        checkpoint: str | os.PathLike[str] | None,
        resend_unknown: bool,
    ) -> None:
        if isinstance(concurrency, bool) or not isinstance(concurrency, int) or not 1 <= concurrency <= 4096:
            raise InvalidParameterError("concurrency", f"is a whole number, 1 to 4096; got {concurrency!r}")
        if on_error not in {"raise", "collect"}:
            raise InvalidParameterError("on_error", f"is 'raise' or 'collect'; got {on_error!r}")
        for seconds in (timeout, run_timeout):
            if seconds is not None:
                check_timeout(seconds)
        call: Call = method_of(_CALLS, "predict", environment, deployment, development)(input=None)
        self.plan, self.hooks = client._plan, client._hooks
        self.like = self.plan.prepared(call)
        self.concurrency, self.is_ordered, self.does_raise = concurrency, ordered, on_error == "raise"
        self.window, self.batch = 2 * concurrency, max(1, concurrency // 8)
        self._timeout, self._run_timeout, self.until = timeout, run_timeout, None if run_timeout is None else 0.0
        self._checkpoint, self._resend_unknown = checkpoint, resend_unknown

    def begin(self) -> None:
        """The time of the run begins."""
        if self._run_timeout is not None:
            self.until = time.monotonic() + self._run_timeout

    def is_over(self) -> bool:
        """Whether the time of the run is over."""
        return self.until is not None and time.monotonic() >= self.until

    def prepared(self, value: Any) -> Prepared:
        """The call of an item that begins now: it has its own time, and no more than the run has left.

        The input is encoded at once: a source may change what it gave. It may be called in another thread.
        """
        timeout = self._timeout
        if self.until is not None:
            left = max(self.until - time.monotonic(), 0.001)
            timeout = left if timeout is None else min(timeout, left)
        try:
            return self.like.with_body({"input": value}, timeout)
        except LowCodeAPIError as error:
            return error.with_traceback(None)

    def made(self, value: Any) -> Any:
        """What a run takes from its source for an input: where there is a checkpoint, its digest comes along."""
        return self.prepared(value) if self._checkpoint is None else (digest(value), self.prepared(value))

    def journal(self) -> Journal | None:
        """The checkpoint, opened. Raises `JournalError`."""
        if self._checkpoint is None:
            return None
        call, plan = self.like.call, self.plan
        header = {"operation": call.operation, **call.path, "base_url": plan.origin + plan.prefix}
        return Journal(self._checkpoint, header, resend_unknown=self._resend_unknown)
