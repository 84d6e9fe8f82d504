"""The operations of the group `chains`: sync and async, and the raw form of each."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..types import Call, Query
from ._raw import async_raw, raw

if TYPE_CHECKING:
    from ..models import Chain, ChainTombstone


class Chains:
    """The operations of the group `chains`.

    Every method also takes `timeout` (seconds for the whole call), `extra_query` (more query parameters),
    `extra_headers`, and `extra_body` (more fields of the JSON body, merged at its top level).
    """

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    def delete(
        self,
        chain_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> ChainTombstone:
        """Delete chain

        Deletes a chain. This can't be undone.

        Args:
            chain_id: Chain ID
        """
        result: ChainTombstone = self._run(
            Call(
                "chains.delete",
                path={
                    "chain_id": chain_id,
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
        chain_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Chain:
        """Get chain by ID

        Reads one chain: its name, its team and how many deployments it has.

        Args:
            chain_id: Chain ID
        """
        result: Chain = self._run(
            Call(
                "chains.get",
                path={
                    "chain_id": chain_id,
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
    ) -> builtins.list[Chain]:
        """Get all chains

        Lists the chains that the account's Baseten key can see.
        """
        result: builtins.list[Chain] = self._run(
            Call(
                "chains.list",
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class AsyncChains:
    """The operations of the group `chains`, asynchronous.

    Every method also takes `timeout` (seconds for the whole call), `extra_query` (more query parameters),
    `extra_headers`, and `extra_body` (more fields of the JSON body, merged at its top level).
    """

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    async def delete(
        self,
        chain_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> ChainTombstone:
        """Delete chain

        Deletes a chain. This can't be undone.

        Args:
            chain_id: Chain ID
        """
        result: ChainTombstone = await self._run(
            Call(
                "chains.delete",
                path={
                    "chain_id": chain_id,
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
        chain_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Chain:
        """Get chain by ID

        Reads one chain: its name, its team and how many deployments it has.

        Args:
            chain_id: Chain ID
        """
        result: Chain = await self._run(
            Call(
                "chains.get",
                path={
                    "chain_id": chain_id,
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
    ) -> builtins.list[Chain]:
        """Get all chains

        Lists the chains that the account's Baseten key can see.
        """
        result: builtins.list[Chain] = await self._run(
            Call(
                "chains.list",
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class RawChains:
    """`Chains`, each answer as a `RawResponse`."""

    def __init__(self, methods: Chains) -> None:
        self.delete = raw(methods.delete)
        self.get = raw(methods.get)
        self.list = raw(methods.list)


class AsyncRawChains:
    """`AsyncChains`, each answer as a `RawResponse`."""

    def __init__(self, methods: AsyncChains) -> None:
        self.delete = async_raw(methods.delete)
        self.get = async_raw(methods.get)
        self.list = async_raw(methods.list)
