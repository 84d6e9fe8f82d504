"""Drives a call: sends its requests, sleeps for it, and hands it the outcomes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

from lowcodeapi_baseten_api.types import Call, RawResponse

from ...envelope import one_line
from ...errors import APIConnectionError, LowCodeAPIError
from ...steps import Failure, Outcome, Send, Sleep, Steps
from ..failed import is_of_sending, raised_by_a_handler

if TYPE_CHECKING:
    from .shared import AsyncShared


async def adrive(shared: AsyncShared, steps: Steps[RawResponse[Any]], call: Call) -> RawResponse[Any]:
    """Run the steps of a call, and return its result."""
    sender = shared.engine
    from ..waits import asleep  # here since it imports anyio, which a client needs only once it sends

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
                    outcome = await sender.exchange(step)
                except Exception as error:
                    if not is_of_sending(error):
                        raise
                    # Drop the exception: it may hold the request. The request was sent.
                    outcome = Failure("lost", f"the exchange ended in a {type(error).__name__}")
            elif isinstance(step, Sleep):
                await asleep(step.seconds)
            elif step.take:
                has_asked = True
                outcome = await turn.enter(who, time.monotonic() + step.timeout)
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
    # Not our own exception, such as Ctrl-C, a cancellation, or the soft time limit of a worker. Its frames hold the
    # request with the token.
    strange.__context__ = strange.__cause__ = strange.__traceback__ = None
    raise strange


def _after_sending(error: Exception, call: Call) -> LowCodeAPIError:
    """The error to raise after a fault outside the call: the call's own, or one that says that its fate is unknown.

    Code that catches our errors must learn that something was sent.
    """
    if isinstance(error.__context__, LowCodeAPIError):
        return error.__context__
    told = one_line(f"{type(error).__name__}: {error}")
    text = (
        f"{call.operation}: it was sent, then an error occurred on this side ({told}); check before you send it again"
    )
    return APIConnectionError(text, operation=call.operation)
