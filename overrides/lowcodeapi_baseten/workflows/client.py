"""The generated clients with the workflows of each group, and `curl`. `Baseten` builds on these."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from lowcodeapi_baseten_api.client import AsyncClient, Client

from .driving import Clock
from .hooks import Hooks

if TYPE_CHECKING:
    from ..plan import Plan, UrlFormat
    from ._async.api_keys import AsyncApiKeyWorkflows
    from ._async.deployments import AsyncDeploymentWorkflows
    from ._async.environments import AsyncEnvironmentWorkflows
    from ._async.inference import AsyncInferenceWorkflows
    from ._async.training import AsyncTrainingWorkflows
    from ._sync.api_keys import ApiKeyWorkflows
    from ._sync.deployments import DeploymentWorkflows
    from ._sync.environments import EnvironmentWorkflows
    from ._sync.inference import InferenceWorkflows
    from ._sync.training import TrainingWorkflows


class _Lines:
    """Shared by both clients: everything besides operations.

    Attributes:
        clock: The time that workflows see. A test may replace it with one that never waits.
    """

    _plan: Plan
    _hooks: Hooks
    clock: Clock = Clock()

    def curl(self, operation: str, *args: Any, url_format: UrlFormat | None = None, **kwargs: Any) -> str:
        """A call as a line to paste into a shell. Nothing is sent.

        The line names the token as `$LOWCODEAPI_API_TOKEN`, which the shell fills in; secret fields and headers are
        masked.

        Args:
            operation: The operation's ID, such as "models.get".
            *args: The method's positional arguments.
            url_format: "new" or "old"; by default the format that the client would try first.
            **kwargs: The method's keyword arguments.

        Raises:
            InvalidParameterError: There is no such operation, or a parameter could not be sent.
        """
        from .curl import call_of, line

        return line(self._plan, call_of(operation, args, kwargs), None if url_format == "auto" else url_format)


class WorkflowClient(_Lines, Client):
    """`Client`, with workflows."""

    @cached_property
    def api_keys(self) -> ApiKeyWorkflows:
        from ._sync.api_keys import ApiKeyWorkflows

        return ApiKeyWorkflows(self)

    @cached_property
    def deployments(self) -> DeploymentWorkflows:
        from ._sync.deployments import DeploymentWorkflows

        return DeploymentWorkflows(self)

    @cached_property
    def environments(self) -> EnvironmentWorkflows:
        from ._sync.environments import EnvironmentWorkflows

        return EnvironmentWorkflows(self)

    @cached_property
    def inference(self) -> InferenceWorkflows:
        from ._sync.inference import InferenceWorkflows

        return InferenceWorkflows(self)

    @cached_property
    def training(self) -> TrainingWorkflows:
        from ._sync.training import TrainingWorkflows

        return TrainingWorkflows(self)


class AsyncWorkflowClient(_Lines, AsyncClient):
    """`AsyncClient`, with workflows."""

    @cached_property
    def api_keys(self) -> AsyncApiKeyWorkflows:
        from ._async.api_keys import AsyncApiKeyWorkflows

        return AsyncApiKeyWorkflows(self)

    @cached_property
    def deployments(self) -> AsyncDeploymentWorkflows:
        from ._async.deployments import AsyncDeploymentWorkflows

        return AsyncDeploymentWorkflows(self)

    @cached_property
    def environments(self) -> AsyncEnvironmentWorkflows:
        from ._async.environments import AsyncEnvironmentWorkflows

        return AsyncEnvironmentWorkflows(self)

    @cached_property
    def inference(self) -> AsyncInferenceWorkflows:
        from ._async.inference import AsyncInferenceWorkflows

        return AsyncInferenceWorkflows(self)

    @cached_property
    def training(self) -> AsyncTrainingWorkflows:
        from ._async.training import AsyncTrainingWorkflows

        return AsyncTrainingWorkflows(self)
