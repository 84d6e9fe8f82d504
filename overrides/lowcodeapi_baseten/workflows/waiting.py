"""One engine for every wait: look, judge and pause until it is done, has failed, or the time is up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, NamedTuple

from .driving import Do, Steps
from .errors import WaitFailedError
from .watching import Watch

GRACE = 60.0  # seconds that a dead-end state may last


class Verdict(NamedTuple):
    """The state in an answer, and its meaning for the wait.

    "going" is in progress, or in a state that this version does not know. "resting" is a state that it leaves only when
    somebody acts; that may have happened a moment ago, so it counts as failed only after `GRACE`.
    """

    outcome: Literal["done", "failed", "going", "resting"]
    state: str
    why: str = ""


Judge = Callable[[Any], Verdict]


def wait(
    watch: Watch, look: Callable[[float], Any], judge: Judge, on_change: Callable[[Any], Any] | None
) -> Steps[Any]:
    """Poll until an answer is judged done, and return it.

    Raises `WaitFailedError` or `WaitTimeoutError`, both with the last answer, or the final error of `look`.
    """
    while True:
        answer = yield from watch.ask(look)
        verdict = judge(answer)
        if watch.saw(answer, verdict.state) and on_change is not None:
            yield Do(partial(on_change, answer))
        if verdict.outcome == "done":
            return answer
        if verdict.outcome == "failed":
            raise failed(watch, verdict)
        check_rest(watch, verdict)
        yield from watch.pause()


def check_rest(watch: Watch, verdict: Verdict) -> None:
    """Raise `WaitFailedError` if a dead-end state has lasted too long."""
    if verdict.outcome == "resting" and watch.unchanged() >= GRACE:
        raise failed(watch, verdict)


def failed(watch: Watch, verdict: Verdict) -> WaitFailedError:
    """The error for this verdict."""
    why = f": {verdict.why}" if verdict.why else ""
    return WaitFailedError(f"{watch.what} is {verdict.state}{why}", answer=watch.answer, state=verdict.state)
