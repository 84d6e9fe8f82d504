"""The operations of the group `api_keys`: sync and async, and the raw form of each."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..types import UNSET, Call, Query, Unset
from ._raw import async_raw, raw

if TYPE_CHECKING:
    from ..models import APIKey, APIKeyCategory, APIKeyCategoryValue, APIKeyInfo, APIKeyTombstone


class ApiKeys:
    """The operations of the group `api_keys`."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    def create(
        self,
        *,
        type: APIKeyCategory | APIKeyCategoryValue,
        model_ids: Sequence[str] | Unset | None = UNSET,
        name: str | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> APIKey:
        """Create API key

        Creates a Baseten API key. The answer is the only place where the whole key is shown: store it at once.

        Sent again only if it is certain that nothing was done.

        Args:
            type: Kind of key
            model_ids: Models the key may invoke
            name: Name of the key
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `APIKey`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.api_keys.create(type=…)`
        """
        result: APIKey = self._run(
            Call(
                "api_keys.create",
                body={"model_ids": model_ids, "name": name, "type": type},
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def delete(
        self,
        *,
        prefix: str,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> APIKeyTombstone:
        """Delete API key

        Deletes the Baseten API key with this prefix. The gateway takes the prefix from the query, while Baseten's own
        path is /v1/api_keys/{prefix}, so an answer 404 or 405 does not mean that the key is gone: look for it in
        api_keys.list.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            prefix: Prefix of the key
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `APIKeyTombstone`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.api_keys.delete(prefix=…)`
        """
        result: APIKeyTombstone = self._run(
            Call(
                "api_keys.delete",
                query={
                    "prefix": prefix,
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
    ) -> builtins.list[APIKeyInfo]:
        """Get all API keys

        Lists the Baseten API keys by prefix, kind and name. The keys themselves are never given out.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as a list of `APIKeyInfo`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.api_keys.list()`
        """
        result: builtins.list[APIKeyInfo] = self._run(
            Call(
                "api_keys.list",
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class AsyncApiKeys:
    """The operations of the group `api_keys`, asynchronous."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    async def create(
        self,
        *,
        type: APIKeyCategory | APIKeyCategoryValue,
        model_ids: Sequence[str] | Unset | None = UNSET,
        name: str | Unset | None = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> APIKey:
        """Create API key

        Creates a Baseten API key. The answer is the only place where the whole key is shown: store it at once.

        Sent again only if it is certain that nothing was done.

        Args:
            type: Kind of key
            model_ids: Models the key may invoke
            name: Name of the key
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `APIKey`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.api_keys.create(type=…)`
        """
        result: APIKey = await self._run(
            Call(
                "api_keys.create",
                body={"model_ids": model_ids, "name": name, "type": type},
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def delete(
        self,
        *,
        prefix: str,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> APIKeyTombstone:
        """Delete API key

        Deletes the Baseten API key with this prefix. The gateway takes the prefix from the query, while Baseten's own
        path is /v1/api_keys/{prefix}, so an answer 404 or 405 does not mean that the key is gone: look for it in
        api_keys.list.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            prefix: Prefix of the key
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `APIKeyTombstone`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.api_keys.delete(prefix=…)`
        """
        result: APIKeyTombstone = await self._run(
            Call(
                "api_keys.delete",
                query={
                    "prefix": prefix,
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
    ) -> builtins.list[APIKeyInfo]:
        """Get all API keys

        Lists the Baseten API keys by prefix, kind and name. The keys themselves are never given out.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as a list of `APIKeyInfo`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.api_keys.list()`
        """
        result: builtins.list[APIKeyInfo] = await self._run(
            Call(
                "api_keys.list",
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class RawApiKeys:
    """`ApiKeys`, each answer as a `RawResponse`."""

    def __init__(self, methods: ApiKeys) -> None:
        self.create = raw(methods.create)
        self.delete = raw(methods.delete)
        self.list = raw(methods.list)


class AsyncRawApiKeys:
    """`AsyncApiKeys`, each answer as a `RawResponse`."""

    def __init__(self, methods: AsyncApiKeys) -> None:
        self.create = async_raw(methods.create)
        self.delete = async_raw(methods.delete)
        self.list = async_raw(methods.list)
