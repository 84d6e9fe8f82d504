"""Everything in the stand-in's account, and its clock. Pure: no HTTP, no randomness.

Time is a counter that moves one second with every request, and ids are numbered. Webhooks alone carry the real time: a
receiver takes an old one for a replay.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any, TypeAlias

import attrs

from lowcodeapi_baseten.testing.artifacts import Artifacts
from lowcodeapi_baseten.testing.objects import (
    APIKey,
    AsyncRequest,
    Chain,
    Deployment,
    Environment,
    Job,
    Model,
    Project,
    Secret,
)
from lowcodeapi_baseten.testing.settings import BasetenSettings
from lowcodeapi_baseten.testing.upstream import Call, found
from lowcodeapi_baseten.testing.webhooks import Deliver

EPOCH = 1_767_225_600
"""Seconds: the first request comes at 2026-01-01T00:00:00Z."""


def _nobody(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int | None, str]:
    return None, "there is nothing to deliver it"


@attrs.define(eq=False)
class State:
    """The account and everything in it. Its collections may be read and changed while it runs, under ``lock``."""

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

    def model(self, call: Call) -> Model:
        """The model that the path names. Raises 404."""
        return found(self.models, call.path["model_id"], "Model")

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
        return self.time_of(EPOCH + self._clock)

    def http_date(self) -> str:
        """The same for a ``date`` header."""
        return formatdate(EPOCH + self._clock, usegmt=True)

    @staticmethod
    def time_of(seconds: int) -> str:
        """Seconds since the epoch as Baseten writes a time."""
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


Handler: TypeAlias = Callable[[State, Call], Any]
"""Carries out an operation. Returns a JSON value, which is sent with 200; an :class:`~.upstream.Answer`; or an
``Outside``."""


def for_development(handler: Handler) -> Handler:
    """The same for a route that names the development deployment."""
    return lambda state, call: handler(state, attrs.evolve(call, is_for_development=True))
