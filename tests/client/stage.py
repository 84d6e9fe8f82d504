"""Play calls without a socket: hand outcomes to a call on its own clock, and record its requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lowcodeapi_baseten.client_call import run
from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.formats import MADE_UP_ID, Formats
from lowcodeapi_baseten.hooks import Hooks
from lowcodeapi_baseten.memory import Memory
from lowcodeapi_baseten.plan import Plan, plan
from lowcodeapi_baseten.steps import Failure, Send, Sleep
from lowcodeapi_baseten_api import new_format, old_format
from lowcodeapi_baseten_api.types import Call, RawResponse

BASE_URL = "http://127.0.0.1:1/baseten"
JSON = {"content-type": "application/json; charset=utf-8"}
TIMEOUT = Failure("timeout", "no answer in time")
LOST = Failure("lost", "the connection was lost")
UNSENT = Failure("unsent", "the gateway could not be reached", cause="network")
REFUSED = Failure("refused", "more than max_response_bytes=100", 200, cause="size")
Outcome = Answer | Failure


def answer(status: int, body: str | bytes, headers: dict[str, str] | None = None) -> Answer:
    """An answer with a body of JSON, unless its headers say something else."""
    return Answer(status, headers or JSON, body.encode() if isinstance(body, str) else body)


MISS = answer(404, '{"message": "Not Found"}')
PAGE = answer(200, "<!doctype html><title>x</title>", {"content-type": "text/html"})
LISTS = ", ".join(f'"{name}": []' for name in ("models", "chains", "deployments", "environments", "secrets", "keys"))
GOOD = answer(200, f'{{"provider": "baseten", "message": "Request completed", "result": {{"id": "abc123", {LISTS}}}}}')


def upstream(status: int, code: str = "x", retry_after: str | None = None) -> Answer:
    """An error from behind the route."""
    waits = f', "retry-after": "{retry_after}"' if retry_after else ""
    headers = f'{{"x-baseten-request-id": "req_1"{waits}}}'
    error = f'{{"error": "no", "error_code": "{code}"}}'
    return answer(status, f'{{"message": "m", "provider": "baseten", "error": {error}, "headers": {headers}}}')


def own(status: int) -> Answer:
    """An error of the gateway itself."""
    return answer(status, f'{{"message": "m", "provider": "baseten", "error": {{"code": {status}}}}}')


def call_of(operation: str, **known: Any) -> Call:
    """A call with an ID for each path parameter."""
    routes = [table.ROUTES[operation] for table in (new_format, old_format) if operation in table.ROUTES]
    names = {part[1:-1] for part in routes[0].path.split("/") if part.startswith("{")} | set(routes[-1].query)
    return Call(operation, path=dict.fromkeys(sorted(names), "abc123"), **known)


class Stage:
    """A client's plan and a clock. `play` runs one call; `sent`, `slept` and `turns` belong to the last one.

    Unless it `asks_documents`, the gateway counts as LowCodeAPI's own, which has no documents.
    """

    def __init__(self, *, memory: Memory | None = None, asks_documents: bool = False, **options: Any) -> None:
        self.now = 0.0
        made = plan(base_url=BASE_URL, remember=False, **options)
        self.plan: Plan = made._replace(
            formats=Formats(BASE_URL, memory, lambda: self.now), documents=made.documents if asks_documents else None
        )
        self.sent: list[tuple[float, Send]] = []
        self.slept: list[float] = []
        self.turns: list[bool] = []
        self.error: Exception | None = None

    def play(
        self,
        call: Call,
        respond: Callable[[Send], tuple[Outcome, float]],
        *,
        has_turn: bool = True,
    ) -> RawResponse[Any] | None:
        """The result, or None with `error` set. `respond` returns the outcome, and the seconds until it comes."""
        self.sent, self.slept, self.turns, self.error = [], [], [], None
        steps = run(self.plan, call, lambda: self.now, Hooks())
        given: Any = None
        while True:
            try:
                step = steps.send(given)
            except StopIteration as done:
                result: RawResponse[Any] = done.value
                return result
            except Exception as error:
                self.error = error
                return None
            given = None
            if isinstance(step, Send):
                self.sent.append((self.now, step))
                given, seconds = respond(step)
                self.now += seconds
            elif isinstance(step, Sleep):
                self.slept.append(self.now + step.seconds)
                self.now += step.seconds
            else:
                self.turns.append(step.take)
                given = has_turn
                if step.take and not has_turn:
                    self.now += step.timeout

    def script(self, call: Call, *outcomes: Outcome) -> RawResponse[Any] | None:
        """Play these outcomes in order; silence takes all of its time, everything else a hundredth of a second."""
        left: Iterator[Outcome] = iter(outcomes)

        def respond(send: Send) -> tuple[Outcome, float]:
            outcome = next(left)
            return outcome, send.timeout if outcome == TIMEOUT else 0.01

        result = self.play(call, respond)
        assert next(left, None) is None, "not all outcomes were asked for"
        return result

    @property
    def told(self) -> list[str]:
        """Each request of the last call: "openapi", "definition", "probe", "new" or "old"."""
        return [told_of(send) for _, send in self.sent]


def is_probe(send: Send) -> bool:
    """True if a request only asks which format is served."""
    return MADE_UP_ID in send.target


def told_of(send: Send) -> str:
    """The kind of a request."""
    if send.purpose == "documents":
        return send.target.rpartition("/")[2]
    return "probe" if is_probe(send) else format_of(send)


def format_of(send: Send) -> str:
    """The format of a request with an ID."""
    return "old" if "=abc123" in send.target else "new"
