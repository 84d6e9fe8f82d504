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
    """The operations of the group `chains`."""

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

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            chain_id: Chain ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `ChainTombstone`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.chains.delete("chain_id")`
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

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            chain_id: Chain ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Chain`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.chains.get("chain_id")`
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

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as a list of `Chain`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.chains.list()`
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
    """The operations of the group `chains`, asynchronous."""

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

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            chain_id: Chain ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `ChainTombstone`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.chains.delete("chain_id")`
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

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            chain_id: Chain ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Chain`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.chains.get("chain_id")`
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

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as a list of `Chain`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.chains.list()`
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
