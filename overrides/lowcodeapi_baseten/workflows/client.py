"""The generated clients with the workflows of each group, and `curl`. `Baseten` builds on these."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from lowcodeapi_baseten_api.client import AsyncClient, Client

from .driving import Clock
from .hooks import Hooks

if TYPE_CHECKING:
    from ..plan import Plan, UrlFormat
    from .async_inference import AsyncInferenceWorkflows
    from .async_training import AsyncTrainingWorkflows
    from .deployments import AsyncDeploymentWorkflows, DeploymentWorkflows
    from .environments import AsyncEnvironmentWorkflows, EnvironmentWorkflows
    from .inference import InferenceWorkflows
    from .keys import ApiKeyWorkflows, AsyncApiKeyWorkflows
    from .training import TrainingWorkflows


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
        from .keys import ApiKeyWorkflows

        return ApiKeyWorkflows(self)

    @cached_property
    def deployments(self) -> DeploymentWorkflows:
        from .deployments import DeploymentWorkflows

        return DeploymentWorkflows(self)

    @cached_property
    def environments(self) -> EnvironmentWorkflows:
        from .environments import EnvironmentWorkflows

        return EnvironmentWorkflows(self)

    @cached_property
    def inference(self) -> InferenceWorkflows:
        from .inference import InferenceWorkflows

        return InferenceWorkflows(self)

    @cached_property
    def training(self) -> TrainingWorkflows:
        from .training import TrainingWorkflows

        return TrainingWorkflows(self)


class AsyncWorkflowClient(_Lines, AsyncClient):
    """`AsyncClient`, with workflows."""

    @cached_property
    def api_keys(self) -> AsyncApiKeyWorkflows:
        from .keys import AsyncApiKeyWorkflows

        return AsyncApiKeyWorkflows(self)

    @cached_property
    def deployments(self) -> AsyncDeploymentWorkflows:
        from .deployments import AsyncDeploymentWorkflows

        return AsyncDeploymentWorkflows(self)

    @cached_property
    def environments(self) -> AsyncEnvironmentWorkflows:
        from .environments import AsyncEnvironmentWorkflows

        return AsyncEnvironmentWorkflows(self)

    @cached_property
    def inference(self) -> AsyncInferenceWorkflows:
        from .async_inference import AsyncInferenceWorkflows

        return AsyncInferenceWorkflows(self)

    @cached_property
    def training(self) -> AsyncTrainingWorkflows:
        from .async_training import AsyncTrainingWorkflows

        return AsyncTrainingWorkflows(self)
