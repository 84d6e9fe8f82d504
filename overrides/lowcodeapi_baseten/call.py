"""One call as a generator: it yields requests to send, receives the answers, and never waits itself.

Sync and async share every decision made here: which format to try first, when to try the other one, what may be sent
again, how long to wait, which error to raise. The drivers in `transport` only send, sleep and hand results back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from lowcodeapi_baseten_api.types import Attempt, Operation, RawResponse

from . import verdicts
from .envelope import Answer, Envelope, Reading, one_line
from .errors import ConfigurationError, LowCodeAPIError, error_of_failure, error_of_reading
from .formats import differ, other
from .logger import say
from .memory import NEW, OLD
from .plan import Plan
from .request import Request
from .secrets import Withheld
from .steps import Failure, Outcome, Send, Sleep, Steps, Turn, result_of, unconfirmed
from .verdicts import What

SHORT = 5.0  # seconds, for a probe, a wake, and a safe call while the format is unknown
_MOST_REDIRECTS = 3
_DOCUMENTS = "documents"  # the purpose of a request


class Begun(NamedTuple):
    """The first request of a call, sent before the call was driven: when, in which format, and what came of it."""

    at: float
    format: str
    outcome: Answer | Failure


def run(plan: Plan, request: Request, now: Callable[[], float], begun: Begun | None = None) -> Steps[RawResponse[Any]]:
    """Drive one call to its result. Raises the errors of `errors`; `now` is a monotonic clock in seconds."""
    return _Run(plan, request, now, begun).steps()


@cache
def _import_result(decode: Any, operation: Operation) -> None:
    """Import the result's classes before anything is sent: a failed import afterwards would lose the answer."""
    decode.result(operation, {} if operation.list_key is None else [])


class _Run:
    """The state of one call."""

    def __init__(self, plan: Plan, request: Request, now: Callable[[], float], begun: Begun | None) -> None:
        self.plan, self.request, self.now, self.formats = plan, request, now, plan.formats
        self.operation = plan.operations[request.call.operation]
        _import_result(plan.tables.decode, self.operation)
        self.timeout = request.call.timeout or plan.timeout or self.operation.timeout
        self.begun = begun
        self.deadline = (begun.at if begun else now()) + self.timeout
        self.retries_left = plan.max_retries
        self.attempts: list[Attempt] = []
        self.best: tuple[int, str, What] | None = None
        self.gone: tuple[Reading, str] | None = None
        self.request_id: str | None = None
        self.latest: Outcome = None
        self.is_safe = self.operation.safety == "safe"
        self.is_repeatable = self.operation.safety != "unsafe" or plan.retry_unsafe
        routes = request.routes
        self.has_choice = plan.url_format == "auto" and len(routes) == 2 and differ(routes[NEW], routes[OLD])
        self.had_turn = self.is_fate_unknown = self.has_turn = False

    def steps(self) -> Steps[RawResponse[Any]]:
        try:
            return (yield from self._steps())
        except LowCodeAPIError:
            raise
        except Exception as error:
            if not self.attempts:
                raise
            # A bug in this code or trouble on this machine: the error must still say what was sent.
            raise self._broken(error) from error

    def _steps(self) -> Steps[RawResponse[Any]]:
        if self.has_choice and not (self.begun or self.formats.is_known(self.operation.id)):
            yield from self._ask_first()
        name = self.begun.format if self.begun else self._first()
        while True:
            what = yield from self._exchange(self.request, name, self._budget(), "call")
            result = self._result(what, name) if isinstance(what, Reading) else self._unconfirmed(what, name)
            if isinstance(result, RawResponse):
                yield from self._give_turn()
                return result
            what = result
            self._note(what, name)
            if self._other_has_a_turn(what, name):
                # A broken connection may be chance. If the other format misses, this one gets another try.
                self.had_turn = not verdicts.is_broken_off(what)
                name = other(name)
                continue
            yield from self._give_turn()
            if self._is_doubtful(what, name) and (yield from self._is_new_served()):
                name = NEW
            elif (delay := self._delay(what, is_repeatable=self.is_repeatable)) is not None:
                yield Sleep(delay)
                name = yield from self._again(what, name)
            else:
                return self._end()

    def _again(self, what: What, name: str) -> Steps[str]:
        """Return the format for the next attempt."""
        if not self.has_choice:
            return name
        if self.is_safe and not self.formats.is_known(self.operation.id):
            yield from self._ask_first()
        if self.is_safe and self.had_turn and verdicts.is_silence(what) and not self.formats.is_proven():
            name = other(name)
        return OLD if self.formats.is_barred() else name

    def _first(self) -> str:
        if self.has_choice:
            return self.formats.first(self.operation.id)
        wanted, present = self.plan.url_format, self.request.routes
        if wanted != "auto" and wanted not in present:
            raise ConfigurationError(
                f"{self.operation.id} has no route in the {wanted} URL format; use url_format='auto'"
            )
        return wanted if wanted != "auto" else NEW if NEW in present else OLD

    def _budget(self) -> float:
        """Seconds for the next attempt, limited so that a silent gateway leaves time for later attempts."""
        left = self.deadline - self.now()
        if self.operation.result is None:
            return min(left, SHORT)
        is_unknown = self.is_safe and self.has_choice and not self.formats.is_known(self.operation.id)
        if is_unknown and sum(a.outcome == "timeout" and a.purpose != _DOCUMENTS for a in self.attempts) < 2:
            return min(left, self.timeout / 4, SHORT)
        return left / 2 if self.retries_left and self.is_repeatable else left

    def _exchange(self, request: Request, name: str, timeout: float, purpose: str) -> Steps[What]:
        """Send one request and, for a GET, follow redirects."""
        method, target = request.routes[name].method, request.target(name, self.plan.prefix)
        until = min(self.now() + timeout, self.deadline)
        for _ in range(_MOST_REDIRECTS + 1):
            begun, self.begun = self.begun, None
            started = begun.at if begun else self.now()
            if begun:
                outcome: Answer | Failure = begun.outcome
            elif started >= until:
                return Failure("late", "no time was left")
            else:
                has_token = purpose != _DOCUMENTS
                outcome = yield Send(
                    method, target, request.headers, request.content, until - started, has_token, name, purpose
                )
            self.latest = outcome
            said = outcome.kind if isinstance(outcome, Failure) else "answered"
            self.attempts.append(Attempt(name, said, outcome.status, self.now() - started, purpose))
            what = verdicts.understood(outcome, method, self.plan.origin, target)
            if not isinstance(what, str):
                self.is_fate_unknown |= purpose == "call" and verdicts.is_fate_unknown(what)
                return what
            target = what
        return Failure("refused", f"it redirects more than {_MOST_REDIRECTS} times")

    # --- what an answer means

    def _result(self, reading: Reading, name: str) -> RawResponse[Any] | Reading:
        """Return the result, or the reading if the call failed. Record what the answer says about the format."""
        result = None
        if reading.is_success:
            try:
                result = self.plan.tables.decode.result(self.operation, reading.envelope.payload)
            except self.plan.tables.decode.UnexpectedPayload as error:
                reading = reading._replace(is_success=False, problem=str(error))
        self.request_id = reading.request_id or self.request_id
        if self.has_choice and (reading.is_success or (reading.is_behind_route and reading.status != 404)):
            self.formats.worked(self.operation.id, name)
        if reading.is_success:
            withheld = Withheld(self.operation, self.request.call, reading)
            if reading.envelope.error:
                text = withheld.reading(reading).message
                say(logging.WARNING, "%s: the gateway sent an error beside the data: %s", self.operation.id, text)
            return result_of(result, withheld.reading(reading), name, self.attempts)
        return reading

    def _unconfirmed(self, failure: Failure, name: str) -> RawResponse[Any] | Failure:
        """Count a timeout as success if the answer has no body: a gateway may never send one."""
        if self.operation.result is not None or failure.kind != "timeout":
            return failure
        if self.has_choice and name == NEW:
            # The route itself may be silent: ask again before the next call.
            self.formats.doubt(self.operation.id, name)
        say(
            logging.INFO,
            "%s: sent; the gateway did not answer, as is usual for answers without a body",
            self.operation.id,
        )
        return unconfirmed(name, self.attempts)

    def _note(self, what: What, name: str) -> None:
        """Keep the most telling outcome: the latest within one format, the higher-ranked between two."""
        if isinstance(what, Reading) and what.status == 404 and not what.is_route_miss:
            if self.operation.is_removal and self.is_fate_unknown:
                # An earlier attempt whose fate is unknown has deleted or cancelled it.
                self.gone = what, name
        elif verdicts.is_silence(what) and self.has_choice:
            self.formats.doubt(self.operation.id, name)
        elif self._may_be_fatal(what, name):
            self.formats.broke_off(self.operation.id)
        if self.has_choice and isinstance(what, Reading) and (what.is_route_miss or what.is_behind_route):
            self.formats.answered(name, is_miss=what.is_route_miss)
        rank = verdicts.rank(what)
        is_told = rank > 0 and (self.best is None or self.best[1] == name or self._is_open())
        if self.best is None or is_told or rank > self.best[0]:
            self.best = (rank, name, what)

    # --- which format

    def _ask_first(self) -> Steps[None]:
        """Find out the gateway's format before the call: ask its documents; then send one probe if the call is unsafe.

        One call at a time does this. A safe call whose documents may be asked keeps the turn, as it is a probe itself.
        """
        documents, probe = self.plan.documents, None if self.is_safe else self.plan.probe
        if documents is None and probe is None:
            return
        if not (yield from self._take_turn()):
            raise self._error(Failure("late", "another call is still asking which URL format is served"))
        if documents is not None and not (self.formats.is_known(self.operation.id) or self.formats.is_asked()):
            problem = yield from self._ask_documents(documents)
            if problem is not None:
                raise self._error(problem)
        retries_left = self.retries_left
        while probe is not None and not self.formats.is_known(self.operation.id):
            what = yield from self._probe(probe)
            if verdicts.is_from_behind(what):
                self.formats.shown(NEW)
            elif self._may_be_fatal(what, NEW) and self.formats.broke_off(self.operation.id):
                break
            elif verdicts.is_silence(what) or verdicts.is_miss(what):
                self.formats.shown(OLD)
            elif isinstance(what, Reading) and not what.is_own_failure:
                break  # Inconclusive. The call's own 404 is harmless and will tell.
            elif (delay := self._delay(what, is_repeatable=True)) is not None:
                yield Sleep(delay)
            else:
                raise self._error(what)
        self.retries_left = retries_left
        if not self.is_safe or self.formats.is_known(self.operation.id):
            yield from self._give_turn()

    def _take_turn(self) -> Steps[bool]:
        self.has_turn = self.has_turn or (yield Turn(True, self.deadline - self.now()))
        return self.has_turn

    def _give_turn(self) -> Steps[None]:
        if self.has_turn:
            self.has_turn = False
            yield Turn(False)

    def _ask_documents(self, documents: Request) -> Steps[Failure | None]:
        """Ask the documents, without the token, which format is served. Returns the failure, if any."""
        until, retries_left = self.now() + min(self.timeout / 4, SHORT), self.retries_left
        openapi = yield from self._document(documents, NEW, until)
        is_absent = verdicts.is_absent(openapi)
        definition = (yield from self._document(documents, OLD, until)) if is_absent else None
        self.retries_left = retries_left
        for what in (openapi, definition):
            if isinstance(what, Failure) and what.kind == "unsent":
                return what
        self.formats.said(verdicts.documented(openapi, definition))
        return None

    def _document(self, documents: Request, name: str, until: float) -> Steps[What]:
        """Request a document. If the gateway can't be reached, retry as for a call."""
        while True:
            request = documents._replace(headers=self.plan.headers)
            what = yield from self._exchange(request, name, until - self.now(), _DOCUMENTS)
            delay = self._delay(what, is_repeatable=True)
            is_unsent = isinstance(what, Failure) and what.kind == "unsent"
            if delay is None or (self.now() + delay >= until and not is_unsent):
                return what
            yield Sleep(delay)
            if is_unsent:
                until = max(until, self.now() + min(self.timeout / 4, SHORT))

    def _may_be_fatal(self, what: What, name: str) -> bool:
        """True if the request may have ended the gateway: any request in the new format ends the published gateway."""
        is_foreign = self.plan.documents is not None
        return self.has_choice and is_foreign and name == NEW and verdicts.is_broken_off(what)

    def _is_doubtful(self, what: What, name: str) -> bool:
        """True if a 404 in the old format may come from a new-format template that matched the path as an ID."""
        if not self.has_choice or name != OLD or not isinstance(what, Reading):
            return False
        if any(a.format == NEW and a.purpose != _DOCUMENTS and a.status_code for a in self.attempts):
            return False
        # After a miss the other format is tried, unless it is barred.
        return self.formats.is_barred() if what.is_route_miss else what.status == 404

    def _is_new_served(self) -> Steps[bool]:
        """Ask the documents again. If they say nothing, probe the new format unless that could do harm."""
        documents, probe = self.plan.documents, self.plan.probe
        if (documents is None and probe is None) or not (yield from self._take_turn()):
            return False
        # Another call may have found out meanwhile.
        if not self._is_new_known() and self.formats.may_probe():
            self.formats.probed()
            if documents is not None:
                yield from self._ask_documents(documents)
            if probe is not None and not self._is_new_known() and not self.formats.is_barred():
                what = yield from self._probe(probe)
                if verdicts.is_from_behind(what):
                    self.formats.shown(NEW)
                elif self._may_be_fatal(what, NEW):
                    self.formats.broke_off(self.operation.id)
        yield from self._give_turn()
        return self._is_new_known()

    def _is_new_known(self) -> bool:
        return self.formats.is_known(self.operation.id) and self.formats.first(self.operation.id) == NEW

    def _probe(self, probe: Request) -> Steps[What]:
        self.formats.probed()
        request = probe._replace(headers=self.plan.headers)
        return (yield from self._exchange(request, NEW, min(self.timeout / 4, SHORT), "probe"))

    def _other_has_a_turn(self, what: What, name: str) -> bool:
        if not self.has_choice or self.had_turn or (name == OLD and self.formats.is_barred()):
            return False
        if self._may_be_fatal(what, name):
            return self.is_safe and self.formats.is_barred()
        if isinstance(what, Failure):
            return self.is_safe and not self.formats.is_proven() and what.kind in {"timeout", "refused"}
        if what.is_route_miss or self.formats.is_proven():
            return what.is_route_miss
        # A 404 did nothing, so trying the other format is safe for every operation (the guide's rule).
        return what.status == 404 or (self.is_safe and not what.is_behind_route and not what.is_own_failure)

    def _may_have_been_fatal(self) -> bool:
        """True if this call may have ended the gateway; its error then says how to avoid that."""
        routes = self.request.routes
        if self.plan.documents is None or len(routes) < 2 or not differ(routes[NEW], routes[OLD]):
            return False
        broke_off = any(a.format == NEW and a.purpose != _DOCUMENTS and a.outcome == "lost" for a in self.attempts)
        return broke_off and not self.formats.is_new_served()

    # --- again, or not

    def _delay(self, what: What, *, is_repeatable: bool) -> float | None:
        """Seconds to wait before sending again; None if that is not allowed or would be too late."""
        if self.retries_left <= 0 or not verdicts.may_pass(what, is_repeatable=is_repeatable):
            return None
        delay = verdicts.delay(what, self.plan.max_retries - self.retries_left)
        if self.now() + delay >= self.deadline:
            return None
        self.retries_left -= 1
        return delay

    def _end(self) -> RawResponse[Any]:
        if self.gone is not None:
            reading, name = self.gone
            result = self.plan.tables.decode.result(self.operation, {})
            return result_of(result, reading, name, self.attempts, already_done=True)
        assert self.best is not None
        raise self._error(self.best[2])

    def _is_open(self) -> bool:
        return self.is_fate_unknown and not self.is_repeatable

    def _broken(self, error: Exception) -> Exception:
        """Return the error for an exception raised after something was sent. It carries the answer if one came."""
        problem = one_line(f"{type(error).__name__}: {error}")
        what: What = Failure("lost", f"its outcome is unknown ({problem})")
        if isinstance(self.latest, Answer):
            status, headers, body = self.latest
            what = Reading(status, Envelope(None), problem, False, False, False, self.request_id, None, headers, body)
        self.is_fate_unknown |= self.attempts[-1].purpose == "call" and verdicts.is_fate_unknown(what)
        return self._error(what)

    def _error(self, what: What) -> Exception:
        withheld = Withheld(self.operation, self.request.call)
        known: dict[str, Any] = {
            "is_open": self.is_fate_unknown and not self.is_safe,
            "is_repeatable": self.operation.safety == "idempotent",
            "may_be_fatal": self._may_have_been_fatal(),
        }
        if isinstance(what, Reading):
            return error_of_reading(withheld.reading(what), self.operation.id, self.attempts, **known)
        known.update(timeout=self.timeout, request_id=withheld.text(self.request_id))
        return error_of_failure(withheld.failure(what), self.operation.id, self.attempts, **known)
