# Generated from _async/driver.py by `python -m codegen unasync`: change that, and run it again.
"""Drives a call: sends what it asks to send, lets time pass, and hands back what came of it."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from lowcodeapi_baseten_api.types import Call, RawResponse

from ...envelope import one_line
from ...errors import APIConnectionError, LowCodeAPIError
from ...steps import Failure, Outcome, Send, Sleep, Steps

if TYPE_CHECKING:
    from .shared import Shared


def drive(shared: Shared, steps: Steps[RawResponse[Any]], call: Call) -> RawResponse[Any]:
    """The result of a call."""
    sender = shared.engine
    is_of_sending, raised_by_a_handler, sleep = _imported()
    turn = shared.turn
    who, outcome = object(), cast("Outcome", None)
    has_sent = has_asked = False
    strange: BaseException
    try:
        while True:
            step = steps.send(outcome)
            if isinstance(step, Send):
                has_sent = True
                try:
                    outcome = sender.exchange(step)
                except Exception as error:
                    if not is_of_sending(error):
                        raise
                    # It may hold the request, and the request was sent.
                    outcome = Failure("lost", f"the exchange ended in a {type(error).__name__}")
            elif isinstance(step, Sleep):
                sleep(step.seconds)
            elif step.take:
                has_asked = True
                outcome = turn.enter(who, time.monotonic() + step.timeout)
            else:
                turn.inside.discard(who)
                turn.admit()
    except StopIteration as done:
        return cast("RawResponse[Any]", done.value)
    except LowCodeAPIError:
        raise
    except Exception as error:
        if is_of_sending(error):
            if not has_sent:
                raise
            raise _after_sending(error, call) from error
        strange = raised_by_a_handler(error) or error
    except BaseException as error:
        strange = error
    finally:
        if has_asked:
            turn.inside.discard(who)
            turn.admit()
    # None of ours, such as Ctrl-C, a cancellation, or the soft time limit of a worker. The frames that it came through
    # hold the request as it is sent.
    strange.__context__ = strange.__cause__ = strange.__traceback__ = None
    raise strange


@cache
def _imported() -> tuple[Any, Any, Any]:
    """What it takes besides a sender, before anything is sent: after that there may be no file left to open."""
    from ..failed import is_of_sending, raised_by_a_handler
    from ..waits import sleep

    return is_of_sending, raised_by_a_handler, sleep


def _after_sending(error: Exception, call: Call) -> LowCodeAPIError:
    """What to raise in the place of what broke beside the call: the error that it came upon, or that the fate is open.

    Whoever catches our errors is to learn that something was sent.
    """
    if isinstance(error.__context__, LowCodeAPIError):
        return error.__context__
    told = one_line(f"{type(error).__name__}: {error}")
    text = f"{call.operation}: it was sent, and then it broke on this side ({told}); look before you send it again"
    return APIConnectionError(text, operation=call.operation)
