"""A small Baseten with a memory: the account, its clock, and its operations. State moves on when somebody looks.

Pure: no HTTP, no randomness. Time is a counter that moves one second with every request, and ids are numbered. Webhooks
alone carry the real time: a receiver takes an old one for a replay.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any, TypeAlias, cast

import attrs

from . import objects
from .artifacts import Artifacts
from .objects import PRODUCTION, Deployment, Environment, Job, Model, Progress
from .routing import Routes, Target
from .settings import BasetenSettings
from .upstream import Answer, Call, Outside, UpstreamError, found, not_found
from .webhooks import Deliver

EPOCH = 1_767_225_600
"""Seconds: the first request comes at 2026-01-01T00:00:00Z."""
_CREATED_AT = "2025-01-01T00:00:00Z"

Handler: TypeAlias = Callable[["Baseten", Call], Any]
"""Carries out an operation. Returns a JSON value, which is sent with 200; an :class:`~.upstream.Answer`; or an
``Outside``."""
_HANDLERS: dict[str, Handler] = {}


def handles(*operations: str) -> Callable[[Handler], Handler]:
    """Marks the function that carries out these operations."""

    def register(handler: Handler) -> Handler:
        _HANDLERS.update(dict.fromkeys(operations, handler))
        return handler

    return register


@attrs.define(eq=False)
class Baseten:
    """The account and everything in it. Its collections may be read and changed while it runs, under ``lock``."""

    settings: BasetenSettings = attrs.field(repr=False)
    deliver: Deliver = attrs.field(repr=False)
    """Posts a webhook."""
    routes: Routes = attrs.field(repr=False)
    inference_model_id: str = attrs.field(default="abc123", init=False)
    """The model of the account's credential: inference paths name none."""

    models: dict[str, Model] = attrs.field(init=False)
    chains: dict[str, objects.Chain] = attrs.field(init=False)
    deployments: dict[str, Deployment] = attrs.field(init=False)
    """By id."""
    environments: dict[tuple[str, str], Environment] = attrs.field(init=False)
    """By model id and name."""
    secrets: dict[str, objects.Secret] = attrs.field(init=False)
    """By name."""
    api_keys: dict[str, objects.APIKey] = attrs.field(init=False)
    """By prefix."""
    async_requests: dict[str, objects.AsyncRequest] = attrs.field(init=False)
    training_projects: dict[str, objects.Project] = attrs.field(init=False)
    training_jobs: dict[str, Job] = attrs.field(init=False)
    artifacts: Artifacts = attrs.field(factory=Artifacts, init=False)
    lock: threading.RLock = attrs.field(factory=threading.RLock, init=False, repr=False)
    _clock: int = attrs.field(init=False)
    _ids: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Restores the initial contents, with the ids of the guide's examples."""
        at = _CREATED_AT
        with self.lock:
            self._clock = self._ids = 0
            self.artifacts.sizes.clear()
            self.artifacts.generation = 0
            self.models = {
                "abc123": Model("abc123", at, "my-model"),
                "model_abc123": Model("model_abc123", at, "my-other-model"),
            }
            deployments = (
                Deployment("dep1", at, "v1", "abc123", environment="production"),
                Deployment("dep2", at, "development", "abc123", is_development=True),
                Deployment("dep3", at, "v2", "abc123", Progress("SCALED_TO_ZERO"), environment="staging"),
                Deployment("dep4", at, "v0", "abc123", Progress("INACTIVE")),
                Deployment("dep5", at, "v1", "model_abc123", environment="production"),
                Deployment("dep6", at, "development", "model_abc123", is_development=True),
                Deployment("dep7", at, "v2", "model_abc123", Progress("SCALED_TO_ZERO"), environment="staging"),
            )
            self.deployments = {each.id: each for each in deployments}
            self.environments = {
                (each.model_id, each.environment): Environment(each.environment, at, each.model_id, current=each.id)
                for each in deployments
                if each.environment is not None
            }
            self.chains = {"chain_abc": objects.Chain("chain_abc", at, "my-chain")}
            self.secrets = {"hf_access_token": objects.Secret("secret_seed", at, "hf_access_token", "local-value")}
            self.api_keys = {"abcd1234": objects.APIKey("abcd1234", "my-key", "WORKSPACE_MANAGE_ALL")}
            self.async_requests = {}
            self.training_projects = {"proj_123": objects.Project("proj_123", "my-training", at, at)}
            self.training_jobs = {}
            job = Job("job_456", "proj_123", "my-job", at, at, objects.starting(objects.RUNNING))
            job.checkpoints = [_checkpoint(100, 0), _checkpoint(200, 0), _checkpoint(300, 4)]
            self.add_job(job)

    # --- for the operations

    def model(self, call: Call) -> Model:
        """The model that the path names, or the account's. Raises 404."""
        return found(self.models, call.path.get("model_id", self.inference_model_id), "Model")

    def deployment(self, call: Call) -> Deployment:
        """The deployment that the call names: by id, or the one of development or of an environment. Raises 404."""
        model = self.model(call)
        deployments = self.deployments_of(model.id)
        id: str | None = call.path.get("deployment_id", "development" if call.is_for_development else PRODUCTION)
        if id == "development":
            id = next((each.id for each in deployments.values() if each.is_development), None)
        elif id == PRODUCTION:  # the guide's autoscaling example uses the word as an id, too
            environment = self.environments.get((model.id, call.path.get("env_name", PRODUCTION)))
            id = None if environment is None else environment.current
        return found(deployments, id, "Deployment" if "model_id" in call.path else "Model")

    def deployments_of(self, model_id: str) -> dict[str, Deployment]:
        """By id, in the order they were made."""
        return {id: deployment for id, deployment in self.deployments.items() if deployment.model_id == model_id}

    def environments_of(self, model_id: str) -> dict[str, Environment]:
        """By name, in the order they were made."""
        return {name: environment for (id, name), environment in self.environments.items() if id == model_id}

    def jobs_of(self, project_id: str) -> dict[str, Job]:
        """By id, in the order they were made."""
        return {id: job for id, job in self.training_jobs.items() if job.project_id == project_id}

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
        return time_of(EPOCH + self._clock)

    def http_date(self) -> str:
        """The same for a ``date`` header."""
        return formatdate(EPOCH + self._clock, usegmt=True)

    # --- requests

    def handle(self, method: str, path: str, query: Mapping[str, str], body: Any) -> Answer:
        """Answers one request, as Baseten's API would. Raises ``ConnectionError`` if it would not answer at all."""
        answer = self.begin(self.routes.find(method, path), query, body)
        return answer() if callable(answer) else answer

    def begin(self, target: Target | None, query: Mapping[str, str], body: Any) -> Answer | Outside:
        """Carries out what ``routes`` found for a request; what may take its time is returned, to be called."""
        with self.lock:
            self._clock += 1
            headers = {"x-baseten-request-id": f"req_{self._clock:06d}"}
            try:
                result = self._result(target, query, body)
            except UpstreamError as error:
                result = error.answer()

        def headed(answer: Answer) -> Answer:
            return attrs.evolve(answer, headers={**headers, **answer.headers})

        if callable(result):
            rest = cast("Outside", result)
            return lambda: headed(rest())
        return headed(result if isinstance(result, Answer) else Answer(200, result))

    def _result(self, target: Target | None, query: Mapping[str, str], body: Any) -> Any:
        if target is None:
            raise not_found("Route")
        if handler := _HANDLERS.get(target.operation):
            return handler(self, Call(target.values, query, body, "development" in target.template.split("/")))
        # A newer document has operations unknown to this stand-in: echo the request.
        return {"operation": target.operation, "path": target.values, "query": query, "body": body}


def time_of(seconds: int) -> str:
    """Seconds since the epoch as Baseten writes a time."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _checkpoint(number: int, step: int) -> objects.Checkpoint:
    files = {"config.json": 512, "tokenizer.json": 2_000}
    files.update({f"model-{shard:05d}-of-00010.safetensors": 10_000 + shard for shard in range(1, 11)})
    if number == 200:  # large enough for several ranges, or for a cut in the middle
        files["optimizer.pt"] = 1_500_000
    return objects.Checkpoint(f"checkpoint-{number}", files, step)
