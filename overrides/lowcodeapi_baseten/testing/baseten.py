"""A small Baseten with a memory: finds what a request names, and carries it out. State moves on when somebody looks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

import attrs

from lowcodeapi_baseten.testing import account, deployments, environments, inference, seed, telemetry, training
from lowcodeapi_baseten.testing.routing import Routes
from lowcodeapi_baseten.testing.state import Handler, State
from lowcodeapi_baseten.testing.upstream import Answer, Call, Outside, UpstreamError, not_found

Route: TypeAlias = tuple[str, Mapping[str, str]]
"""An operation's id, and the values of its path parameters."""

_OPERATIONS: Mapping[str, Handler] = {
    **account.OPERATIONS,
    **deployments.OPERATIONS,
    **environments.OPERATIONS,
    **inference.OPERATIONS,
    **telemetry.OPERATIONS,
    **training.OPERATIONS,
}


@attrs.define(eq=False)
class Baseten(State):
    """The account behind its API."""

    routes: Routes = attrs.field(repr=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Restores the seed."""
        with self.lock:
            self._clock = self._ids = 0
            self.artifacts.sizes.clear()
            self.artifacts.generation = 0
            seed.plant(self)

    def handle(self, method: str, path: str, query: Mapping[str, str], body: Any) -> Answer:
        """Answers one request, as Baseten's API would. Raises ``ConnectionError`` if it would not answer at all."""
        answer = self.begin(self.route(method, path), query, body)
        return answer() if callable(answer) else answer

    def route(self, method: str, path: str) -> Route | None:
        """The operation that a request names, and its path parameters; ``None`` if Baseten has no such route."""
        found = self.routes.find(method, path)
        return None if found is None else (found.operation, found.values)

    def begin(self, route: Route | None, query: Mapping[str, str], body: Any) -> Answer | Outside:
        """Carries out the route that :meth:`route` found; what may take its time is returned, to be called."""
        with self.lock:
            self._clock += 1
            headers = {"x-baseten-request-id": f"req_{self._clock:06d}"}
            try:
                result = self._result(route, query, body)
            except UpstreamError as error:
                result = error.answer()

        def headed(answer: Answer) -> Answer:
            return attrs.evolve(answer, headers={**headers, **answer.headers})

        if callable(result):
            rest = cast("Outside", result)
            return lambda: headed(rest())
        return headed(result if isinstance(result, Answer) else Answer(200, result))

    def _result(self, route: Route | None, query: Mapping[str, str], body: Any) -> Any:
        if route is None:
            raise not_found("Route")
        operation, path = route
        if operation in _OPERATIONS:
            return _OPERATIONS[operation](self, Call(operation, path, query, body))
        # A newer document has operations unknown to this stand-in: echo the request.
        return {"operation": operation, "path": path, "query": query, "body": body}

    def settle(self) -> None:
        """Carries every asynchronous request to its end, and delivers its webhook, as looks would."""
        with self.lock:
            waiting = [r for r in self.async_requests.values() if not r.is_done and not r.is_claimed]
            for request in waiting:
                request.is_claimed = True
                request.progress.begin("IN_PROGRESS")
        for request in waiting:
            inference.carry_out(self, request)
