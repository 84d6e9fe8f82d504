"""One call as a generator: it yields what to send, waits on nothing itself, and receives what came back.

All decisions are here, for sync and async alike: which format first, when the other one has its turn, what may be sent
again, how long to wait, which error to raise. The drivers in `client` only send, sleep and hand results back.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

from lowcodeapi_baseten_api import decode
from lowcodeapi_baseten_api.types import Attempt, Call, RawResponse, UnexpectedPayload

from . import failures
from .envelope import Reading, read
from .errors import ConfigurationError
from .formats import differ, other
from .memory import NEW, OLD
from .plan import Plan
from .request import Request, prepare
from .steps import Failure, Send, Sleep, Steps, Turn

log = logging.getLogger("lowcodeapi_baseten")

FIRST_DELAY, LONGEST_DELAY = 0.5, 8.0
SHORT = 5.0  # seconds, for a probe, a safe call while the format is unknown, and a wake
_REDIRECTS, _MOST_REDIRECTS = frozenset({301, 302, 303, 307, 308}), 3


What = Reading | Failure


def run(plan: Plan, call: Call, now: Callable[[], float]) -> Steps[RawResponse[Any]]:
    """Drive one call to its result. Raises the errors of `errors`; `now` is a monotonic clock in seconds."""
    return (yield from _Run(plan, call, now).steps())


class _Run:
    """The state of one call."""

    def __init__(self, plan: Plan, call: Call, now: Callable[[], float]) -> None:
        self.plan, self.now, self.formats = plan, now, plan.formats
        self.operation = plan.operations[call.operation]
        routes = {name: known[call.operation] for name, known in plan.routes.items() if call.operation in known}
        self.request = prepare(call, routes, plan.headers)
        self.timeout = call.timeout or plan.timeout or self.operation.timeout
        self.deadline = now() + self.timeout
        self.retries_left = plan.max_retries
        self.attempts: list[Attempt] = []
        self.best: tuple[int, str, What] | None = None
        self.is_safe = self.operation.safety == "safe"
        self.is_repeatable = self.operation.safety != "unsafe" or plan.retry_unsafe
        self.has_choice = plan.url_format == "auto" and len(routes) == 2 and differ(routes[NEW], routes[OLD])
        self.had_turn = self.is_fate_unknown = False

    def steps(self) -> Steps[RawResponse[Any]]:
        if self.has_choice and not self.is_safe:
            yield from self._ask_first()
        name = self._first()
        while True:
            what = yield from self._exchange(self.request, name, self._budget(), "call")
            result = self._result(what, name) if isinstance(what, Reading) else self._unconfirmed(what, name)
            if result is not None:
                return result
            self._note(what, name)
            if self._other_has_a_turn(what):
                self.had_turn = True
                name = other(name)
            elif self._is_doubtful(what, name) and (yield from self._is_new_served()):
                name = NEW
            else:
                yield Sleep(self._wait(what, self.is_repeatable))
                if self.had_turn and _is_silence(what) and not self.formats.is_proven():
                    name = other(name)

    def _first(self) -> str:
        if self.has_choice:
            return self.formats.first(self.operation.id)
        wanted, present = self.plan.url_format, self.request.routes
        if wanted != "auto" and wanted not in present:
            raise ConfigurationError(f"{self.operation.id} has no route in the {wanted} URL format; use 'auto'")
        return wanted if wanted != "auto" else NEW if NEW in present else OLD

    def _left(self) -> float:
        return max(self.deadline - self.now(), 0.001)

    def _budget(self) -> float:
        """Seconds for the next attempt: a silent gateway must not eat the time of the attempts after it."""
        left = self._left()
        if self.operation.result is None:
            return min(left, SHORT)
        is_early = len(self.attempts) < 2 and self.has_choice and not self.formats.is_known(self.operation.id)
        if self.is_safe and is_early:
            return min(left, self.timeout / 4, SHORT)
        return left / (self.retries_left + 1) if self.is_repeatable else left

    def _exchange(self, request: Request, name: str, timeout: float, purpose: str) -> Steps[What]:
        """One request and, for a GET, the redirects it meets."""
        method, target = request.routes[name].method, request.target(name, self.plan.prefix)
        until = self.now() + timeout
        for _ in range(_MOST_REDIRECTS + 1):
            started = self.now()
            outcome = yield Send(method, target, request.headers, request.content, max(until - started, 0.001))
            seconds = self.now() - started
            if isinstance(outcome, Failure):
                self.attempts.append(Attempt(name, outcome.kind, None, seconds, purpose))
                self.is_fate_unknown |= purpose == "call" and outcome.kind in {"timeout", "lost"}
                return outcome
            self.attempts.append(Attempt(name, "answered", outcome.status, seconds, purpose))
            if outcome.status not in _REDIRECTS or method != "GET":
                return read(outcome, method=method)
            location = urlsplit(urljoin(self.plan.origin + target, outcome.headers.get("location", "")))
            if f"{location.scheme}://{location.netloc}" != self.plan.origin:
                return Failure("refused", f"it redirects to another host, {location.netloc[:100]!r}")
            target = location.path + (f"?{location.query}" if location.query else "")
        return Failure("refused", f"it redirects more than {_MOST_REDIRECTS} times")

    # --- what an answer means

    def _result(self, reading: Reading, name: str) -> RawResponse[Any] | None:
        """The result, where the answer is one; on the way, what it says of the format."""
        if self.has_choice and (reading.is_success or (reading.is_behind_route and reading.status != 404)):
            self.formats.worked(self.operation.id, name)
        if reading.is_success:
            if reading.envelope.error:
                log.warning("%s: the gateway sent an error beside the data: %s", self.operation.id, reading.message)
            return self._raw(reading, name, reading.envelope.payload)
        ends_a_thing = self.operation.id.partition(".")[2].startswith(("delete", "cancel"))
        if ends_a_thing and self.is_fate_unknown and reading.status == 404 and not reading.is_route_miss:
            # An earlier attempt, whose fate is unknown, did it.
            return self._raw(reading, name, {}, already_done=True)
        return None

    def _raw(self, reading: Reading, name: str, payload: Any, **marks: bool) -> RawResponse[Any]:
        result, problem = None, None
        try:
            result = decode.result(self.operation, payload)
        except UnexpectedPayload as error:
            problem = str(error)
        if problem is not None:
            raise self._error(reading._replace(problem=problem))
        return RawResponse(
            result,
            payload=payload,
            status_code=reading.status,
            headers=reading.envelope.headers if reading.envelope.is_open else reading.headers,
            request_id=reading.request_id,
            format=name,
            attempts=self.attempts,
            **marks,
        )

    def _unconfirmed(self, failure: Failure, name: str) -> RawResponse[Any] | None:
        """Silence after a request whose answer has no body: it went out, and a gateway may never answer these."""
        if self.operation.result is not None or failure.kind != "timeout":
            return None
        log.info("%s: sent, and not answered, as it is with answers that have no body", self.operation.id)
        known: dict[str, Any] = {"payload": None, "status_code": 0, "headers": {}, "request_id": None}
        return RawResponse(None, **known, format=name, attempts=self.attempts, unconfirmed=True)

    def _note(self, what: What, name: str) -> None:
        """Keep what says most: of one format the latest, of two the one that came from farther."""
        is_open = self.is_fate_unknown and not self.is_repeatable
        if self.best is None or self.best[1] == name or is_open or _rank(what) > self.best[0]:
            self.best = (_rank(what), name, what)
        if self.has_choice and _is_silence(what):
            self.formats.doubt(self.operation.id, name)

    # --- which format

    def _ask_first(self) -> Steps[None]:
        """Before an operation that is not safe meets a gateway whose format is unknown: one probe, by one call."""
        if self.formats.is_known(self.operation.id) or self.plan.probe is None:
            return
        if not (yield Turn(True, self._left())):
            raise self._error(Failure("timeout", "another call is still asking which URL format is served"))
        while not self.formats.is_known(self.operation.id):
            what = yield from self._probe(self.plan.probe)
            if _is_new(what):
                self.formats.shown(NEW)
            elif _is_silence(what) or (isinstance(what, Reading) and what.is_route_miss):
                self.formats.shown(OLD)
            elif isinstance(what, Reading) and not what.is_own_failure:
                break  # It says nothing. A 404 of the call itself, which does nothing, will.
            else:
                self._note(what, NEW)
                yield Sleep(self._wait(what, True))
        self.best = None
        yield Turn(False)

    def _is_doubtful(self, what: What, name: str) -> bool:
        """Whether a 404 in the old format may come from a template of the new one that took the path for an id."""
        if not self.has_choice or name != OLD or not isinstance(what, Reading) or what.status != 404:
            return False
        is_tried = any(attempt.format == NEW and attempt.status_code for attempt in self.attempts)
        return not (is_tried or what.is_route_miss or self.plan.probe is None) and self.formats.may_probe()

    def _is_new_served(self) -> Steps[bool]:
        assert self.plan.probe is not None
        what = yield from self._probe(self.plan.probe)
        if _is_new(what):
            self.formats.shown(NEW)
        return _is_new(what)

    def _probe(self, probe: Request) -> Steps[What]:
        return (yield from self._exchange(probe, NEW, min(self._left(), self.timeout / 4, SHORT), "probe"))

    def _other_has_a_turn(self, what: What) -> bool:
        if not self.has_choice or self.had_turn:
            return False
        if isinstance(what, Failure):
            return self.is_safe and not self.formats.is_proven() and what.kind in {"timeout", "refused"}
        if what.is_route_miss or self.formats.is_proven():
            return what.is_route_miss
        # A 404 did nothing, so it is safe for every operation (the guide's rule).
        return what.status == 404 or (self.is_safe and not what.is_behind_route and not what.is_own_failure)

    # --- again, or not

    def _wait(self, what: What, is_repeatable: bool) -> float:
        """Seconds to wait before the call is sent again. Raises where it may not be, or not in time."""
        if self.retries_left > 0 and _may_pass(what, is_repeatable):
            delay = what.retry_after if isinstance(what, Reading) else None
            if delay is None:
                tried = self.plan.max_retries - self.retries_left
                delay = random.uniform(0, min(LONGEST_DELAY, FIRST_DELAY * 2**tried))
            if self.now() + delay < self.deadline:
                self.retries_left -= 1
                return delay
        assert self.best is not None
        raise self._error(self.best[2])

    def _error(self, what: What) -> Exception:
        if isinstance(what, Reading):
            return failures.of_reading(what, self.operation.id, self.attempts)
        is_open = self.is_fate_unknown and not self.is_repeatable
        return failures.of_silence(what.kind, what.text, self.operation.id, self.attempts, is_fate_unknown=is_open)


def _is_silence(what: What) -> bool:
    return isinstance(what, Failure) and what.kind == "timeout"


def _is_new(what: What) -> bool:
    return isinstance(what, Reading) and (what.is_success or what.is_behind_route)


def _may_pass(what: What, is_repeatable: bool) -> bool:
    """Whether sending again may help and can't do harm."""
    if isinstance(what, Failure):
        return what.kind == "unsent" or (is_repeatable and what.kind in {"timeout", "lost"})
    if what.status == 429 or (what.status == 503 and what.error_code == "model_not_ready"):
        return True
    return is_repeatable and (what.status == 408 or what.status >= 500)


def _rank(what: What) -> int:
    """How much a failure says: from behind the route, from the gateway, unclear, silence, a route miss."""
    if isinstance(what, Failure):
        return 1
    if what.is_route_miss:
        return 0
    return 4 if what.is_behind_route else 3 if what.status >= 400 else 2
