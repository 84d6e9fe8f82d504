"""The operations of the group `models`: sync and async, and the raw form of each."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..types import Call, Query
from ._raw import async_raw, raw

if TYPE_CHECKING:
    from ..models import Model, ModelTombstone


class Models:
    """The operations of the group `models`."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    def delete(
        self,
        model_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> ModelTombstone:
        """Delete model

        Deletes a model. This can't be undone.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `ModelTombstone`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.models.delete("model_id")`
        """
        result: ModelTombstone = self._run(
            Call(
                "models.delete",
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

    def get(
        self,
        model_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Model:
        """Get model by ID

        Reads one model: its name, its team and the ids of its production and development deployments.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Model`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.models.get("model_id")`
        """
        result: Model = self._run(
            Call(
                "models.get",
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
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> builtins.list[Model]:
        """Get all models

        Lists the models that the account's Baseten key can see.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as a list of `Model`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.models.list()`
        """
        result: builtins.list[Model] = self._run(
            Call(
                "models.list",
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class AsyncModels:
    """The operations of the group `models`, asynchronous."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    async def delete(
        self,
        model_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> ModelTombstone:
        """Delete model

        Deletes a model. This can't be undone.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `ModelTombstone`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.models.delete("model_id")`
        """
        result: ModelTombstone = await self._run(
            Call(
                "models.delete",
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

    async def get(
        self,
        model_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Model:
        """Get model by ID

        Reads one model: its name, its team and the ids of its production and development deployments.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            model_id: Model ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Model`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.models.get("model_id")`
        """
        result: Model = await self._run(
            Call(
                "models.get",
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
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> builtins.list[Model]:
        """Get all models

        Lists the models that the account's Baseten key can see.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as a list of `Model`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.models.list()`
        """
        result: builtins.list[Model] = await self._run(
            Call(
                "models.list",
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class RawModels:
    """`Models`, each answer as a `RawResponse`."""

    def __init__(self, methods: Models) -> None:
        self.delete = raw(methods.delete)
        self.get = raw(methods.get)
        self.list = raw(methods.list)


class AsyncRawModels:
    """`AsyncModels`, each answer as a `RawResponse`."""

    def __init__(self, methods: AsyncModels) -> None:
        self.delete = async_raw(methods.delete)
        self.get = async_raw(methods.get)
        self.list = async_raw(methods.list)
