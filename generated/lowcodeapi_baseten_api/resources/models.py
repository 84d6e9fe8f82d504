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
    """The operations of the group `models`.

    Every method also takes `timeout` (seconds for the whole call), `extra_query` (more query parameters),
    `extra_headers`, and `extra_body` (more fields of the JSON body, merged at its top level).
    """

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

        Args:
            model_id: Model ID
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

        Args:
            model_id: Model ID
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
    """The operations of the group `models`, asynchronous.

    Every method also takes `timeout` (seconds for the whole call), `extra_query` (more query parameters),
    `extra_headers`, and `extra_body` (more fields of the JSON body, merged at its top level).
    """

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

        Args:
            model_id: Model ID
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

        Args:
            model_id: Model ID
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
