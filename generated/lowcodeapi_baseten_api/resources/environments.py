"""The operations of the group `environments`: sync and async, and the raw form of each."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..types import UNSET, Call, Query, Unset
from ._raw import async_raw, raw

if TYPE_CHECKING:
    from ..models import (
        ActivateResponse,
        CancelPromotionResponse,
        DeactivateResponse,
        Deployment,
        Environment,
        UpdateAutoscalingSettings,
        UpdateAutoscalingSettingsDict,
        UpdateAutoscalingSettingsResponse,
        UpdatePromotionSettings,
        UpdatePromotionSettingsDict,
    )


class Environments:
    """The operations of the group `environments`."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    def activate(
        self,
        model_id: str,
        env_name: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> ActivateResponse:
        """Activate model environment

        Starts the deployment of an environment that was deactivated. The answer only says that the start was
        accepted: read the deployment's status to see when it is ready.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            env_name: Name of the environment
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `ActivateResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.activate("model_id", "env_name")`
        """
        result: ActivateResponse = self._run(
            Call(
                "environments.activate",
                path={
                    "model_id": model_id,
                    "env_name": env_name,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def cancel_promotion(
        self,
        model_id: str,
        env_name: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> CancelPromotionResponse:
        """Cancel promotion to environment

        Stops the promotion that is under way in an environment. The answer says whether it is cancelled at once or
        its traffic is still ramping down.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            env_name: Name of the environment
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `CancelPromotionResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.cancel_promotion("model_id", "env_name")`
        """
        result: CancelPromotionResponse = self._run(
            Call(
                "environments.cancel_promotion",
                path={
                    "model_id": model_id,
                    "env_name": env_name,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def create(
        self,
        model_id: str,
        *,
        name: str,
        autoscaling_settings: UpdateAutoscalingSettings | UpdateAutoscalingSettingsDict | Unset | None = UNSET,
        promotion_settings: UpdatePromotionSettings | UpdatePromotionSettingsDict | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Environment:
        """Create environment

        Adds an environment to a model. It serves nothing until a deployment is promoted to it.

        Sent again only if it is certain that nothing was done.

        Args:
            model_id: Model ID
            name: Name of the environment
            autoscaling_settings: Autoscaling settings of the environment
            promotion_settings: Promotion settings of the environment
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Environment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.create("model_id", name=…)`
        """
        result: Environment = self._run(
            Call(
                "environments.create",
                path={
                    "model_id": model_id,
                },
                body={
                    "name": name,
                    "autoscaling_settings": autoscaling_settings,
                    "promotion_settings": promotion_settings,
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
        env_name: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> DeactivateResponse:
        """Deactivate model environment

        Stops the deployment of an environment, which serves nothing until it is activated again.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            env_name: Name of the environment
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `DeactivateResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.deactivate("model_id", "env_name")`
        """
        result: DeactivateResponse = self._run(
            Call(
                "environments.deactivate",
                path={
                    "model_id": model_id,
                    "env_name": env_name,
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
        env_name: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Environment:
        """Get environment details

        Reads one environment: what it serves, its settings and a promotion that is under way.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            env_name: Name of the environment
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Environment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.get("model_id", "env_name")`
        """
        result: Environment = self._run(
            Call(
                "environments.get",
                path={
                    "model_id": model_id,
                    "env_name": env_name,
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
    ) -> builtins.list[Environment]:
        """Get all environments

        Lists the environments of a model, production among them.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as a list of `Environment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.list("model_id")`
        """
        result: builtins.list[Environment] = self._run(
            Call(
                "environments.list",
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
        env_name: str,
        *,
        deployment_id: str,
        scale_down_previous_deployment: bool | Unset = UNSET,
        preserve_env_instance_type: bool | Unset = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Deployment:
        """Promote to model environment

        Promotes a deployment to an environment and answers with it before the promotion is complete: follow
        in_progress_promotion of the environment.

        Sent again only if it is certain that nothing was done.

        Args:
            model_id: Model ID
            env_name: Name of the environment
            deployment_id: Deployment to promote
            scale_down_previous_deployment: Scale down the deployment it replaces
            preserve_env_instance_type: Keep the instance type of the environment instead of taking the deployment's
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Deployment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.promote("model_id", "env_name", deployment_id=…)`
        """
        result: Deployment = self._run(
            Call(
                "environments.promote",
                path={
                    "model_id": model_id,
                    "env_name": env_name,
                },
                body={
                    "deployment_id": deployment_id,
                    "scale_down_previous_deployment": scale_down_previous_deployment,
                    "preserve_env_instance_type": preserve_env_instance_type,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def update(
        self,
        model_id: str,
        env_name: str,
        *,
        autoscaling_settings: UpdateAutoscalingSettings | UpdateAutoscalingSettingsDict | Unset | None = UNSET,
        promotion_settings: UpdatePromotionSettings | UpdatePromotionSettingsDict | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> UpdateAutoscalingSettingsResponse:
        """Update model environment

        Changes the autoscaling and promotion settings of an environment. Fields that are not sent stay as they are.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            env_name: Name of the environment
            autoscaling_settings: Autoscaling settings of the environment
            promotion_settings: Promotion settings of the environment
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `UpdateAutoscalingSettingsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.update("model_id", "env_name")`
        """
        result: UpdateAutoscalingSettingsResponse = self._run(
            Call(
                "environments.update",
                path={
                    "model_id": model_id,
                    "env_name": env_name,
                },
                body={"autoscaling_settings": autoscaling_settings, "promotion_settings": promotion_settings},
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class AsyncEnvironments:
    """The operations of the group `environments`, asynchronous."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    async def activate(
        self,
        model_id: str,
        env_name: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> ActivateResponse:
        """Activate model environment

        Starts the deployment of an environment that was deactivated. The answer only says that the start was
        accepted: read the deployment's status to see when it is ready.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            env_name: Name of the environment
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `ActivateResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.activate("model_id", "env_name")`
        """
        result: ActivateResponse = await self._run(
            Call(
                "environments.activate",
                path={
                    "model_id": model_id,
                    "env_name": env_name,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def cancel_promotion(
        self,
        model_id: str,
        env_name: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> CancelPromotionResponse:
        """Cancel promotion to environment

        Stops the promotion that is under way in an environment. The answer says whether it is cancelled at once or
        its traffic is still ramping down.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            env_name: Name of the environment
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `CancelPromotionResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.cancel_promotion("model_id", "env_name")`
        """
        result: CancelPromotionResponse = await self._run(
            Call(
                "environments.cancel_promotion",
                path={
                    "model_id": model_id,
                    "env_name": env_name,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def create(
        self,
        model_id: str,
        *,
        name: str,
        autoscaling_settings: UpdateAutoscalingSettings | UpdateAutoscalingSettingsDict | Unset | None = UNSET,
        promotion_settings: UpdatePromotionSettings | UpdatePromotionSettingsDict | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Environment:
        """Create environment

        Adds an environment to a model. It serves nothing until a deployment is promoted to it.

        Sent again only if it is certain that nothing was done.

        Args:
            model_id: Model ID
            name: Name of the environment
            autoscaling_settings: Autoscaling settings of the environment
            promotion_settings: Promotion settings of the environment
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Environment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.create("model_id", name=…)`
        """
        result: Environment = await self._run(
            Call(
                "environments.create",
                path={
                    "model_id": model_id,
                },
                body={
                    "name": name,
                    "autoscaling_settings": autoscaling_settings,
                    "promotion_settings": promotion_settings,
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
        env_name: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> DeactivateResponse:
        """Deactivate model environment

        Stops the deployment of an environment, which serves nothing until it is activated again.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            env_name: Name of the environment
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `DeactivateResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.deactivate("model_id", "env_name")`
        """
        result: DeactivateResponse = await self._run(
            Call(
                "environments.deactivate",
                path={
                    "model_id": model_id,
                    "env_name": env_name,
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
        env_name: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Environment:
        """Get environment details

        Reads one environment: what it serves, its settings and a promotion that is under way.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            env_name: Name of the environment
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Environment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.get("model_id", "env_name")`
        """
        result: Environment = await self._run(
            Call(
                "environments.get",
                path={
                    "model_id": model_id,
                    "env_name": env_name,
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
    ) -> builtins.list[Environment]:
        """Get all environments

        Lists the environments of a model, production among them.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as a list of `Environment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.list("model_id")`
        """
        result: builtins.list[Environment] = await self._run(
            Call(
                "environments.list",
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
        env_name: str,
        *,
        deployment_id: str,
        scale_down_previous_deployment: bool | Unset = UNSET,
        preserve_env_instance_type: bool | Unset = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Deployment:
        """Promote to model environment

        Promotes a deployment to an environment and answers with it before the promotion is complete: follow
        in_progress_promotion of the environment.

        Sent again only if it is certain that nothing was done.

        Args:
            model_id: Model ID
            env_name: Name of the environment
            deployment_id: Deployment to promote
            scale_down_previous_deployment: Scale down the deployment it replaces
            preserve_env_instance_type: Keep the instance type of the environment instead of taking the deployment's
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Deployment`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.promote("model_id", "env_name", deployment_id=…)`
        """
        result: Deployment = await self._run(
            Call(
                "environments.promote",
                path={
                    "model_id": model_id,
                    "env_name": env_name,
                },
                body={
                    "deployment_id": deployment_id,
                    "scale_down_previous_deployment": scale_down_previous_deployment,
                    "preserve_env_instance_type": preserve_env_instance_type,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def update(
        self,
        model_id: str,
        env_name: str,
        *,
        autoscaling_settings: UpdateAutoscalingSettings | UpdateAutoscalingSettingsDict | Unset | None = UNSET,
        promotion_settings: UpdatePromotionSettings | UpdatePromotionSettingsDict | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> UpdateAutoscalingSettingsResponse:
        """Update model environment

        Changes the autoscaling and promotion settings of an environment. Fields that are not sent stay as they are.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            env_name: Name of the environment
            autoscaling_settings: Autoscaling settings of the environment
            promotion_settings: Promotion settings of the environment
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `UpdateAutoscalingSettingsResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.environments.update("model_id", "env_name")`
        """
        result: UpdateAutoscalingSettingsResponse = await self._run(
            Call(
                "environments.update",
                path={
                    "model_id": model_id,
                    "env_name": env_name,
                },
                body={"autoscaling_settings": autoscaling_settings, "promotion_settings": promotion_settings},
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class RawEnvironments:
    """`Environments`, each answer as a `RawResponse`."""

    def __init__(self, methods: Environments) -> None:
        self.activate = raw(methods.activate)
        self.cancel_promotion = raw(methods.cancel_promotion)
        self.create = raw(methods.create)
        self.deactivate = raw(methods.deactivate)
        self.get = raw(methods.get)
        self.list = raw(methods.list)
        self.promote = raw(methods.promote)
        self.update = raw(methods.update)


class AsyncRawEnvironments:
    """`AsyncEnvironments`, each answer as a `RawResponse`."""

    def __init__(self, methods: AsyncEnvironments) -> None:
        self.activate = async_raw(methods.activate)
        self.cancel_promotion = async_raw(methods.cancel_promotion)
        self.create = async_raw(methods.create)
        self.deactivate = async_raw(methods.deactivate)
        self.get = async_raw(methods.get)
        self.list = async_raw(methods.list)
        self.promote = async_raw(methods.promote)
        self.update = async_raw(methods.update)
