"""The arguments of a run, checked before anything is opened."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Literal

from lowcodeapi_baseten_api.types import Call

from ..errors import InvalidParameterError, LowCodeAPIError
from ..request import Request, check_timeout
from ..workflows.predictions import CALLS, method_of
from .checkpoint import Journal, digest
from .pace import Rate

if TYPE_CHECKING:
    from ..workflows.base import AnyClient

Prepared = Request | LowCodeAPIError
"""The request for an input, or the reason that it can't be sent."""

OnError = Literal["raise", "collect"]


class RunOptions:
    """Where to send the items of a run, and how. Times are in seconds.

    Attributes:
        like: The request that all items share. Only their inputs differ, so the rest is checked and made once.
        window: The largest number of inputs that are pulled and not yet handed over.
        batch: The number of items that justifies handing over and pulling, which may wake another thread.
        until: The deadline of the run on the monotonic clock; None if it has none.
        rate: A limit on requests that this run shares with others; None if there is none.
    """

    def __init__(
        self,
        client: AnyClient[Any],
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
        rate: Rate | None = None,
    ) -> None:
        if isinstance(concurrency, bool) or not isinstance(concurrency, int) or not 1 <= concurrency <= 4096:
            raise InvalidParameterError("concurrency", f"must be a whole number from 1 to 4096; got {concurrency!r}")
        if on_error not in {"raise", "collect"}:
            raise InvalidParameterError("on_error", f"must be 'raise' or 'collect'; got {on_error!r}")
        for seconds in (timeout, run_timeout):
            if seconds is not None:
                check_timeout(seconds)
        call: Call = method_of(CALLS, "predict", environment, deployment, development)(input=None)
        self.plan, self.hooks = client._plan, client._hooks
        self.like = self.plan.prepared(call)
        self.concurrency, self.is_ordered, self.does_raise = concurrency, ordered, on_error == "raise"
        self.window, self.batch = 2 * concurrency, max(1, concurrency // 8)
        self._timeout, self._run_timeout, self.until = timeout, run_timeout, None if run_timeout is None else 0.0
        self._checkpoint, self._resend_unknown, self.rate = checkpoint, resend_unknown, rate

    def begin(self) -> None:
        """Start the clock of the run."""
        if self._run_timeout is not None:
            self.until = time.monotonic() + self._run_timeout

    def is_over(self) -> bool:
        """True if the run's deadline has passed."""
        return self.until is not None and time.monotonic() >= self.until

    def prepared(self, value: Any) -> Prepared:
        """The request for an item that begins now. Its timeout is its own, but no more than the run has left.

        An input that is one of this package's errors, from a source that could not read it, stays that error.
        It encodes the input at once, because the source may change it later. May be called in another thread.
        """
        if isinstance(value, LowCodeAPIError):
            return value
        timeout = self._timeout
        if self.until is not None:
            left = max(self.until - time.monotonic(), 0.001)
            timeout = left if timeout is None else min(timeout, left)
        try:
            return self.like.with_body({"input": value}, timeout)
        except LowCodeAPIError as error:
            return error.with_traceback(None)

    def made(self, value: Any) -> Any:
        """The prepared request for an input; with a checkpoint, its digest comes first."""
        return self.prepared(value) if self._checkpoint is None else (digest(value), self.prepared(value))

    def journal(self) -> Journal | None:
        """Open the checkpoint, if there is one. Raises `JournalError`."""
        if self._checkpoint is None:
            return None
        return Journal(self._checkpoint, self.header, resend_unknown=self._resend_unknown)

    @property
    def header(self) -> dict[str, Any]:
        """The call that all items share, as a checkpoint records it."""
        call, plan = self.like.call, self.plan
        return {"operation": call.operation, **call.path, "base_url": plan.origin + plan.prefix}
