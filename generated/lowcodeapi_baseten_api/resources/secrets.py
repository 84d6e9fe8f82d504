"""The operations of the group `secrets`: sync and async, and the raw form of each."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..types import Call, Query, hidden
from ._raw import async_raw, raw

if TYPE_CHECKING:
    from ..models import Secret


class Secrets:
    """The operations of the group `secrets`."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    def list(
        self,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> builtins.list[Secret]:
        """Get all secrets

        Lists the secrets of the workspace by name. Their values are never given out.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as a list of `Secret`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.secrets.list()`
        """
        result: builtins.list[Secret] = self._run(
            Call(
                "secrets.list",
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def upsert(
        self,
        *,
        name: str,
        value: str,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Secret:
        """Upsert secret

        Creates a secret, or replaces the value of the secret with that name. The answer does not repeat the value.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            name: Name of the secret
            value: Value of the secret
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Secret`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.secrets.upsert(name=…, value=…)`
        """
        value = hidden(value)
        result: Secret = self._run(
            Call(
                "secrets.upsert",
                body={"name": name, "value": value},
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class AsyncSecrets:
    """The operations of the group `secrets`, asynchronous."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    async def list(
        self,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> builtins.list[Secret]:
        """Get all secrets

        Lists the secrets of the workspace by name. Their values are never given out.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as a list of `Secret`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.secrets.list()`
        """
        result: builtins.list[Secret] = await self._run(
            Call(
                "secrets.list",
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def upsert(
        self,
        *,
        name: str,
        value: str,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Secret:
        """Upsert secret

        Creates a secret, or replaces the value of the secret with that name. The answer does not repeat the value.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            name: Name of the secret
            value: Value of the secret
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `Secret`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.secrets.upsert(name=…, value=…)`
        """
        value = hidden(value)
        result: Secret = await self._run(
            Call(
                "secrets.upsert",
                body={"name": name, "value": value},
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class RawSecrets:
    """`Secrets`, each answer as a `RawResponse`."""

    def __init__(self, methods: Secrets) -> None:
        self.list = raw(methods.list)
        self.upsert = raw(methods.upsert)


class AsyncRawSecrets:
    """`AsyncSecrets`, each answer as a `RawResponse`."""

    def __init__(self, methods: AsyncSecrets) -> None:
        self.list = async_raw(methods.list)
        self.upsert = async_raw(methods.upsert)
