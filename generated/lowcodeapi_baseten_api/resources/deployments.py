"""The operations of the group `deployments`: sync and async, and the raw form of each."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..types import UNSET, Call, Query, Unset
from ._raw import async_raw, raw

if TYPE_CHECKING:
    from ..models import (
        ActivateResponse,
        DeactivateResponse,
        Deployment,
        DeploymentTombstone,
        UpdateAutoscalingSettingsResponse,
    )


class Deployments:
    """The operations of the group `deployments`."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    def activate(
        self,
        model_id: str,
        deployment_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> ActivateResponse:
        """Activate deployment

        Starts a deployment that was deactivated. The answer only says that the start was accepted: read the
        deployment's status to see when it is ready.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            deployment_id: Deployment ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `ActivateResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.activate("model_id", "deployment_id")`
        """
        result: ActivateResponse = self._run(
            Call(
                "deployments.activate",
                path={
                    "model_id": model_id,
                    "deployment_id": deployment_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def activate_development(
        self,
        model_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> ActivateResponse:
        """Activate development deployment

        Starts the development deployment after it was deactivated. The answer only says that the start was accepted:
        read the deployment's status to see when it is ready.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `ActivateResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.activate_development("model_id")`
        """
        result: ActivateResponse = self._run(
            Call(
                "deployments.activate_development",
                path={
                    "model_id": model_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def deactivate(
        self,
        model_id: str,
        deployment_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> DeactivateResponse:
        """Deactivate deployment

        Stops a deployment: it keeps its configuration, but serves nothing until it is activated again.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            deployment_id: Deployment ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `DeactivateResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.deactivate("model_id", "deployment_id")`
        """
        result: DeactivateResponse = self._run(
            Call(
                "deployments.deactivate",
                path={
                    "model_id": model_id,
                    "deployment_id": deployment_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def deactivate_development(
        self,
        model_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> DeactivateResponse:
        """Deactivate development deployment

        Stops the development deployment: it keeps its configuration, but serves nothing until it is activated again.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `DeactivateResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.deactivate_development("model_id")`
        """
        result: DeactivateResponse = self._run(
            Call(
                "deployments.deactivate_development",
                path={
                    "model_id": model_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def delete(
        self,
        model_id: str,
        deployment_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> DeploymentTombstone:
        """Delete model deployment

        Deletes one deployment of a model. This can't be undone.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            deployment_id: Deployment ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `DeploymentTombstone`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.delete("model_id", "deployment_id")`
        """
        result: DeploymentTombstone = self._run(
            Call(
                "deployments.delete",
                path={
                    "model_id": model_id,
                    "deployment_id": deployment_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def get(
        self,
        model_id: str,
        deployment_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Deployment:
        """Get model deployment by ID

        Reads one deployment of a model: its status, replicas and autoscaling settings.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            deployment_id: Deployment ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Deployment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.get("model_id", "deployment_id")`
        """
        result: Deployment = self._run(
            Call(
                "deployments.get",
                path={
                    "model_id": model_id,
                    "deployment_id": deployment_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def get_development(
        self,
        model_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Deployment:
        """Get development model deployment

        Reads the development deployment of a model, the one that takes live changes.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Deployment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.get_development("model_id")`
        """
        result: Deployment = self._run(
            Call(
                "deployments.get_development",
                path={
                    "model_id": model_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def get_production(
        self,
        model_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Deployment:
        """Get production model deployment

        Reads the deployment that serves the production environment of a model.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Deployment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.get_production("model_id")`
        """
        result: Deployment = self._run(
            Call(
                "deployments.get_production",
                path={
                    "model_id": model_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def list(
        self,
        model_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> builtins.list[Deployment]:
        """Get all model deployments

        Lists every deployment of a model, active or not.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as a list of `Deployment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.list("model_id")`
        """
        result: builtins.list[Deployment] = self._run(
            Call(
                "deployments.list",
                path={
                    "model_id": model_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def promote(
        self,
        model_id: str,
        deployment_id: str,
        *,
        scale_down_previous_production: bool | Unset = UNSET,
        preserve_env_instance_type: bool | Unset = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Deployment:
        """Promote deployment

        Makes a deployment the one that serves production, and answers with that deployment before the change is
        complete.

        Sent again only if it is certain that nothing was done.

        Args:
            model_id: Model ID
            deployment_id: Deployment ID
            scale_down_previous_production: Scale down the deployment it replaces
            preserve_env_instance_type: Keep the instance type of the environment instead of taking the deployment's
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Deployment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.promote("model_id", "deployment_id")`
        """
        result: Deployment = self._run(
            Call(
                "deployments.promote",
                path={
                    "model_id": model_id,
                    "deployment_id": deployment_id,
                },
                body={
                    "scale_down_previous_production": scale_down_previous_production,
                    "preserve_env_instance_type": preserve_env_instance_type,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def promote_development(
        self,
        model_id: str,
        *,
        scale_down_previous_production: bool | Unset = UNSET,
        preserve_env_instance_type: bool | Unset = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Deployment:
        """Promote development deployment

        Builds a new production deployment from the development deployment and answers with it while it is still being
        built. A second call builds a second one.

        Sent again only if it is certain that nothing was done.

        Args:
            model_id: Model ID
            scale_down_previous_production: Scale down the deployment it replaces
            preserve_env_instance_type: Keep the instance type of the environment instead of taking the deployment's
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Deployment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.promote_development("model_id")`
        """
        result: Deployment = self._run(
            Call(
                "deployments.promote_development",
                path={
                    "model_id": model_id,
                },
                body={
                    "scale_down_previous_production": scale_down_previous_production,
                    "preserve_env_instance_type": preserve_env_instance_type,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def update_autoscaling(
        self,
        model_id: str,
        deployment_id: str,
        *,
        autoscaling_window: int | Unset | None = UNSET,
        concurrency_target: int | Unset | None = UNSET,
        max_replica: int | Unset | None = UNSET,
        min_replica: int | Unset | None = UNSET,
        scale_down_delay: int | Unset | None = UNSET,
        target_utilization_percentage: int | Unset | None = UNSET,
        target_in_flight_tokens: int | Unset | None = UNSET,
        max_scale_down_rate: int | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> UpdateAutoscalingSettingsResponse:
        """Update deployment autoscaling settings

        Changes the autoscaling settings of a deployment. Fields that are not sent stay as they are.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            deployment_id: Deployment ID
            autoscaling_window: Seconds of traffic considered
            concurrency_target: Requests per replica before scaling up
            max_replica: Most replicas
            min_replica: Fewest replicas
            scale_down_delay: Seconds to wait before scaling down
            target_utilization_percentage: Share of the concurrency target, percent
            target_in_flight_tokens: Tokens in flight to aim for (early access at Baseten)
            max_scale_down_rate: Most replicas taken away in one step, percent of the active ones
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `UpdateAutoscalingSettingsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.update_autoscaling("model_id", "deployment_id")`
        """
        result: UpdateAutoscalingSettingsResponse = self._run(
            Call(
                "deployments.update_autoscaling",
                path={
                    "model_id": model_id,
                    "deployment_id": deployment_id,
                },
                body={
                    "autoscaling_window": autoscaling_window,
                    "concurrency_target": concurrency_target,
                    "max_replica": max_replica,
                    "min_replica": min_replica,
                    "scale_down_delay": scale_down_delay,
                    "target_utilization_percentage": target_utilization_percentage,
                    "target_in_flight_tokens": target_in_flight_tokens,
                    "max_scale_down_rate": max_scale_down_rate,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def update_development_autoscaling(
        self,
        model_id: str,
        *,
        autoscaling_window: int | Unset | None = UNSET,
        concurrency_target: int | Unset | None = UNSET,
        max_replica: int | Unset | None = UNSET,
        min_replica: int | Unset | None = UNSET,
        scale_down_delay: int | Unset | None = UNSET,
        target_utilization_percentage: int | Unset | None = UNSET,
        target_in_flight_tokens: int | Unset | None = UNSET,
        max_scale_down_rate: int | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> UpdateAutoscalingSettingsResponse:
        """Update development autoscaling settings

        Changes the autoscaling settings of the development deployment. Fields that are not sent stay as they are.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            autoscaling_window: Seconds of traffic considered
            concurrency_target: Requests per replica before scaling up
            max_replica: Most replicas
            min_replica: Fewest replicas
            scale_down_delay: Seconds to wait before scaling down
            target_utilization_percentage: Share of the concurrency target, percent
            target_in_flight_tokens: Tokens in flight to aim for (early access at Baseten)
            max_scale_down_rate: Most replicas taken away in one step, percent of the active ones
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `UpdateAutoscalingSettingsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.update_development_autoscaling("model_id")`
        """
        result: UpdateAutoscalingSettingsResponse = self._run(
            Call(
                "deployments.update_development_autoscaling",
                path={
                    "model_id": model_id,
                },
                body={
                    "autoscaling_window": autoscaling_window,
                    "concurrency_target": concurrency_target,
                    "max_replica": max_replica,
                    "min_replica": min_replica,
                    "scale_down_delay": scale_down_delay,
                    "target_utilization_percentage": target_utilization_percentage,
                    "target_in_flight_tokens": target_in_flight_tokens,
                    "max_scale_down_rate": max_scale_down_rate,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class AsyncDeployments:
    """The operations of the group `deployments`, asynchronous."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    async def activate(
        self,
        model_id: str,
        deployment_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> ActivateResponse:
        """Activate deployment

        Starts a deployment that was deactivated. The answer only says that the start was accepted: read the
        deployment's status to see when it is ready.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            deployment_id: Deployment ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `ActivateResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.activate("model_id", "deployment_id")`
        """
        result: ActivateResponse = await self._run(
            Call(
                "deployments.activate",
                path={
                    "model_id": model_id,
                    "deployment_id": deployment_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def activate_development(
        self,
        model_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> ActivateResponse:
        """Activate development deployment

        Starts the development deployment after it was deactivated. The answer only says that the start was accepted:
        read the deployment's status to see when it is ready.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `ActivateResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.activate_development("model_id")`
        """
        result: ActivateResponse = await self._run(
            Call(
                "deployments.activate_development",
                path={
                    "model_id": model_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def deactivate(
        self,
        model_id: str,
        deployment_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> DeactivateResponse:
        """Deactivate deployment

        Stops a deployment: it keeps its configuration, but serves nothing until it is activated again.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            deployment_id: Deployment ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `DeactivateResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.deactivate("model_id", "deployment_id")`
        """
        result: DeactivateResponse = await self._run(
            Call(
                "deployments.deactivate",
                path={
                    "model_id": model_id,
                    "deployment_id": deployment_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def deactivate_development(
        self,
        model_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> DeactivateResponse:
        """Deactivate development deployment

        Stops the development deployment: it keeps its configuration, but serves nothing until it is activated again.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `DeactivateResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.deactivate_development("model_id")`
        """
        result: DeactivateResponse = await self._run(
            Call(
                "deployments.deactivate_development",
                path={
                    "model_id": model_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def delete(
        self,
        model_id: str,
        deployment_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> DeploymentTombstone:
        """Delete model deployment

        Deletes one deployment of a model. This can't be undone.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            deployment_id: Deployment ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `DeploymentTombstone`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.delete("model_id", "deployment_id")`
        """
        result: DeploymentTombstone = await self._run(
            Call(
                "deployments.delete",
                path={
                    "model_id": model_id,
                    "deployment_id": deployment_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def get(
        self,
        model_id: str,
        deployment_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Deployment:
        """Get model deployment by ID

        Reads one deployment of a model: its status, replicas and autoscaling settings.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            deployment_id: Deployment ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Deployment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.get("model_id", "deployment_id")`
        """
        result: Deployment = await self._run(
            Call(
                "deployments.get",
                path={
                    "model_id": model_id,
                    "deployment_id": deployment_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def get_development(
        self,
        model_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Deployment:
        """Get development model deployment

        Reads the development deployment of a model, the one that takes live changes.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Deployment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.get_development("model_id")`
        """
        result: Deployment = await self._run(
            Call(
                "deployments.get_development",
                path={
                    "model_id": model_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def get_production(
        self,
        model_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Deployment:
        """Get production model deployment

        Reads the deployment that serves the production environment of a model.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Deployment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.get_production("model_id")`
        """
        result: Deployment = await self._run(
            Call(
                "deployments.get_production",
                path={
                    "model_id": model_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def list(
        self,
        model_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> builtins.list[Deployment]:
        """Get all model deployments

        Lists every deployment of a model, active or not.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as a list of `Deployment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.list("model_id")`
        """
        result: builtins.list[Deployment] = await self._run(
            Call(
                "deployments.list",
                path={
                    "model_id": model_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def promote(
        self,
        model_id: str,
        deployment_id: str,
        *,
        scale_down_previous_production: bool | Unset = UNSET,
        preserve_env_instance_type: bool | Unset = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Deployment:
        """Promote deployment

        Makes a deployment the one that serves production, and answers with that deployment before the change is
        complete.

        Sent again only if it is certain that nothing was done.

        Args:
            model_id: Model ID
            deployment_id: Deployment ID
            scale_down_previous_production: Scale down the deployment it replaces
            preserve_env_instance_type: Keep the instance type of the environment instead of taking the deployment's
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Deployment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.promote("model_id", "deployment_id")`
        """
        result: Deployment = await self._run(
            Call(
                "deployments.promote",
                path={
                    "model_id": model_id,
                    "deployment_id": deployment_id,
                },
                body={
                    "scale_down_previous_production": scale_down_previous_production,
                    "preserve_env_instance_type": preserve_env_instance_type,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def promote_development(
        self,
        model_id: str,
        *,
        scale_down_previous_production: bool | Unset = UNSET,
        preserve_env_instance_type: bool | Unset = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Deployment:
        """Promote development deployment

        Builds a new production deployment from the development deployment and answers with it while it is still being
        built. A second call builds a second one.

        Sent again only if it is certain that nothing was done.

        Args:
            model_id: Model ID
            scale_down_previous_production: Scale down the deployment it replaces
            preserve_env_instance_type: Keep the instance type of the environment instead of taking the deployment's
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Deployment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.promote_development("model_id")`
        """
        result: Deployment = await self._run(
            Call(
                "deployments.promote_development",
                path={
                    "model_id": model_id,
                },
                body={
                    "scale_down_previous_production": scale_down_previous_production,
                    "preserve_env_instance_type": preserve_env_instance_type,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def update_autoscaling(
        self,
        model_id: str,
        deployment_id: str,
        *,
        autoscaling_window: int | Unset | None = UNSET,
        concurrency_target: int | Unset | None = UNSET,
        max_replica: int | Unset | None = UNSET,
        min_replica: int | Unset | None = UNSET,
        scale_down_delay: int | Unset | None = UNSET,
        target_utilization_percentage: int | Unset | None = UNSET,
        target_in_flight_tokens: int | Unset | None = UNSET,
        max_scale_down_rate: int | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> UpdateAutoscalingSettingsResponse:
        """Update deployment autoscaling settings

        Changes the autoscaling settings of a deployment. Fields that are not sent stay as they are.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            deployment_id: Deployment ID
            autoscaling_window: Seconds of traffic considered
            concurrency_target: Requests per replica before scaling up
            max_replica: Most replicas
            min_replica: Fewest replicas
            scale_down_delay: Seconds to wait before scaling down
            target_utilization_percentage: Share of the concurrency target, percent
            target_in_flight_tokens: Tokens in flight to aim for (early access at Baseten)
            max_scale_down_rate: Most replicas taken away in one step, percent of the active ones
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `UpdateAutoscalingSettingsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.update_autoscaling("model_id", "deployment_id")`
        """
        result: UpdateAutoscalingSettingsResponse = await self._run(
            Call(
                "deployments.update_autoscaling",
                path={
                    "model_id": model_id,
                    "deployment_id": deployment_id,
                },
                body={
                    "autoscaling_window": autoscaling_window,
                    "concurrency_target": concurrency_target,
                    "max_replica": max_replica,
                    "min_replica": min_replica,
                    "scale_down_delay": scale_down_delay,
                    "target_utilization_percentage": target_utilization_percentage,
                    "target_in_flight_tokens": target_in_flight_tokens,
                    "max_scale_down_rate": max_scale_down_rate,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def update_development_autoscaling(
        self,
        model_id: str,
        *,
        autoscaling_window: int | Unset | None = UNSET,
        concurrency_target: int | Unset | None = UNSET,
        max_replica: int | Unset | None = UNSET,
        min_replica: int | Unset | None = UNSET,
        scale_down_delay: int | Unset | None = UNSET,
        target_utilization_percentage: int | Unset | None = UNSET,
        target_in_flight_tokens: int | Unset | None = UNSET,
        max_scale_down_rate: int | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> UpdateAutoscalingSettingsResponse:
        """Update development autoscaling settings

        Changes the autoscaling settings of the development deployment. Fields that are not sent stay as they are.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            autoscaling_window: Seconds of traffic considered
            concurrency_target: Requests per replica before scaling up
            max_replica: Most replicas
            min_replica: Fewest replicas
            scale_down_delay: Seconds to wait before scaling down
            target_utilization_percentage: Share of the concurrency target, percent
            target_in_flight_tokens: Tokens in flight to aim for (early access at Baseten)
            max_scale_down_rate: Most replicas taken away in one step, percent of the active ones
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `UpdateAutoscalingSettingsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.deployments.update_development_autoscaling("model_id")`
        """
        result: UpdateAutoscalingSettingsResponse = await self._run(
            Call(
                "deployments.update_development_autoscaling",
                path={
                    "model_id": model_id,
                },
                body={
                    "autoscaling_window": autoscaling_window,
                    "concurrency_target": concurrency_target,
                    "max_replica": max_replica,
                    "min_replica": min_replica,
                    "scale_down_delay": scale_down_delay,
                    "target_utilization_percentage": target_utilization_percentage,
                    "target_in_flight_tokens": target_in_flight_tokens,
                    "max_scale_down_rate": max_scale_down_rate,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class RawDeployments:
    """`Deployments`, each answer as a `RawResponse`."""

    def __init__(self, methods: Deployments) -> None:
        self.activate = raw(methods.activate)
        self.activate_development = raw(methods.activate_development)
        self.deactivate = raw(methods.deactivate)
        self.deactivate_development = raw(methods.deactivate_development)
        self.delete = raw(methods.delete)
        self.get = raw(methods.get)
        self.get_development = raw(methods.get_development)
        self.get_production = raw(methods.get_production)
        self.list = raw(methods.list)
        self.promote = raw(methods.promote)
        self.promote_development = raw(methods.promote_development)
        self.update_autoscaling = raw(methods.update_autoscaling)
        self.update_development_autoscaling = raw(methods.update_development_autoscaling)


class AsyncRawDeployments:
    """`AsyncDeployments`, each answer as a `RawResponse`."""

    def __init__(self, methods: AsyncDeployments) -> None:
        self.activate = async_raw(methods.activate)
        self.activate_development = async_raw(methods.activate_development)
        self.deactivate = async_raw(methods.deactivate)
        self.deactivate_development = async_raw(methods.deactivate_development)
        self.delete = async_raw(methods.delete)
        self.get = async_raw(methods.get)
        self.get_development = async_raw(methods.get_development)
        self.get_production = async_raw(methods.get_production)
        self.list = async_raw(methods.list)
        self.promote = async_raw(methods.promote)
        self.promote_development = async_raw(methods.promote_development)
        self.update_autoscaling = async_raw(methods.update_autoscaling)
        self.update_development_autoscaling = async_raw(methods.update_development_autoscaling)
