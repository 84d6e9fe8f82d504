"""A small Baseten with a memory. Pure: no HTTP, no randomness.

Time is a counter that moves one second with every request, ids are numbered, and state moves on when somebody looks.
Webhooks alone carry the real time: a receiver takes an old one for a replay.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from lowcodeapi_baseten.testing import (
    account,
    asynchronous,
    deployments,
    environments,
    inference,
    seed,
    telemetry,
    training,
)
from lowcodeapi_baseten.testing.artifacts import Artifacts
from lowcodeapi_baseten.testing.settings import BasetenSettings
from lowcodeapi_baseten.testing.upstream import Answer, Call, Outside, UpstreamError, not_found

if TYPE_CHECKING:
    from lowcodeapi_baseten.testing.asynchronous import AsyncRequest, Deliver
    from lowcodeapi_baseten.testing.routing import Routes
    from lowcodeapi_baseten.testing.state import APIKey, Chain, Deployment, Environment, Model, Secret
    from lowcodeapi_baseten.testing.training import Job, Project

Route: TypeAlias = tuple[str, dict[str, str]]
"""An operation's id, and the values of its path parameters."""

EPOCH = 1_767_225_600
"""Seconds: the first request comes at 2026-01-01T00:00:00Z."""

_OPERATIONS: Mapping[str, Callable[[Baseten, Call], Answer | Outside]] = {
    **account.OPERATIONS,
    **asynchronous.OPERATIONS,
    **deployments.OPERATIONS,
    **environments.OPERATIONS,
    **inference.OPERATIONS,
    **telemetry.OPERATIONS,
    **training.OPERATIONS,
}


def _nobody(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int | None, str]:
    return None, "nothing delivers it"


@attrs.define(eq=False)
class Baseten:
    """The account and everything in it. Its collections may be read and changed while it runs, under ``lock``."""

    routes: Routes = attrs.field(repr=False)
    settings: BasetenSettings = attrs.field(factory=BasetenSettings, repr=False)
    deliver: Deliver = attrs.field(default=_nobody, repr=False)
    """Posts a webhook."""
    inference_model_id: str = "abc123"
    """The model of the account's credential: inference paths name none."""

    models: dict[str, Model] = attrs.field(factory=dict, init=False)
    chains: dict[str, Chain] = attrs.field(factory=dict, init=False)
    deployments: dict[str, Deployment] = attrs.field(factory=dict, init=False)
    """By id."""
    environments: dict[tuple[str, str], Environment] = attrs.field(factory=dict, init=False)
    """By model id and name."""
    secrets: dict[str, Secret] = attrs.field(factory=dict, init=False)
    """By name."""
    api_keys: dict[str, APIKey] = attrs.field(factory=dict, init=False)
    """By prefix."""
    async_requests: dict[str, AsyncRequest] = attrs.field(factory=dict, init=False)
    training_projects: dict[str, Project] = attrs.field(factory=dict, init=False)
    training_jobs: dict[str, Job] = attrs.field(factory=dict, init=False)
    artifacts: Artifacts = attrs.field(factory=Artifacts, init=False)
    lock: threading.RLock = attrs.field(factory=threading.RLock, init=False, repr=False)
    _clock: int = attrs.field(default=0, init=False)
    _ids: int = attrs.field(default=0, init=False)

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
        return self.perform(self.route(method, path), query, body)

    def route(self, method: str, path: str) -> Route | None:
        """The operation that a request names, and its path parameters; ``None`` if Baseten has no such route."""
        found = self.routes.find(method, path)
        return None if found is None else (found[0], found[2])

    def perform(self, route: Route | None, query: Mapping[str, str], body: Any) -> Answer:
        """Carries out the route that :meth:`route` found."""
        with self.lock:
            self._clock += 1
            request_id = f"req_{self._clock:06d}"
            try:
                answer = self._answer(route, query, body)
            except UpstreamError as error:
                answer = error.answer()
        if not isinstance(answer, Answer):
            answer = answer()
        return attrs.evolve(answer, headers={"x-baseten-request-id": request_id, **answer.headers})

    def _answer(self, route: Route | None, query: Mapping[str, str], body: Any) -> Answer | Outside:
        if route is None:
            raise not_found("Route")
        operation, path = route
        carry_out = _OPERATIONS.get(operation)
        if carry_out is not None:
            return carry_out(self, Call(operation, path, query, body))
        # A newer document has operations unknown to this stand-in: echo the request.
        return Answer(200, {"operation": operation, "path": path, "query": query, "body": body})

    def settle(self) -> None:
        """Carries every asynchronous request to its end, and delivers its webhook, as looks would."""
        with self.lock:
            waiting = [r for r in self.async_requests.values() if not r.is_done and not r.is_claimed]
            for request in waiting:
                request.is_claimed = True
                request.progress.begin("IN_PROGRESS")
        for request in waiting:
            asynchronous.carry_out(self, request)

    def model(self, call: Call) -> Model:
        """The model that the path names. Raises 404."""
        found = self.models.get(call.path["model_id"])
        if found is None:
            raise not_found("Model")
        return found

    def deployments_of(self, model_id: str) -> list[Deployment]:
        """In the order they were made."""
        return [deployment for deployment in self.deployments.values() if deployment.model_id == model_id]

    def environments_of(self, model_id: str) -> list[Environment]:
        """In the order they were made."""
        return [environment for environment in self.environments.values() if environment.model_id == model_id]

    def add_job(self, job: Job) -> None:
        """Keeps a training job, and the files of its checkpoints."""
        self.training_jobs[job.id] = job
        for checkpoint in job.checkpoints:
            for name, size in checkpoint.files.items():
                self.artifacts.sizes[f"{job.id}/{checkpoint.id}/{name}"] = size

    def new_id(self, kind: str) -> str:
        """A fresh id: ``job_000001``."""
        self._ids += 1
        return f"{kind}_{self._ids:06d}"

    def now(self) -> str:
        """The time by Baseten's clock."""
        return self.time_of(EPOCH + self._clock)

    def http_date(self) -> str:
        """The same for a ``date`` header."""
        return formatdate(EPOCH + self._clock, usegmt=True)

    @staticmethod
    def time_of(seconds: int) -> str:
        """Seconds since the epoch as Baseten writes a time."""
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
