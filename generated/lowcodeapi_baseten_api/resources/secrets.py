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
    """The operations of the group `secrets`.

    Every method also takes `timeout` (seconds for the whole call), `extra_query` (more query parameters),
    `extra_headers`, and `extra_body` (more fields of the JSON body, merged at its top level).
    """

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

        Args:
            name: Name of the secret
            value: Value of the secret
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
    """The operations of the group `secrets`, asynchronous.

    Every method also takes `timeout` (seconds for the whole call), `extra_query` (more query parameters),
    `extra_headers`, and `extra_body` (more fields of the JSON body, merged at its top level).
    """

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

        Args:
            name: Name of the secret
            value: Value of the secret
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
