"""`client.api_keys`, and exchanging a key for a new one without ever being without one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from lowcodeapi_baseten_api.models import APIKey, APIKeyInfo
from lowcodeapi_baseten_api.resources.api_keys import ApiKeys, AsyncApiKeys
from lowcodeapi_baseten_api.types import UNSET, Unset

from ..errors import APIStatusError, InvalidParameterError, LowCodeAPIError
from .base import Workflows
from .driving import Do, Steps, adrive, drive
from .errors import RotationError

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import APIKeyCategory, APIKeyCategoryValue

    from .client import AsyncWorkflowClient, WorkflowClient


class Rotation(NamedTuple):
    """A key that has taken the place of another one. Its `repr` does not show it."""

    key: APIKey
    prefix: str
    old_prefix: str


class _Methods(NamedTuple):
    """The operations that a rotation needs, synchronous or not."""

    list: Callable[..., Any]
    create: Callable[..., Any]
    delete: Callable[..., Any]


def _rotate(
    keys: _Methods, old_prefix: str, hand_over: Callable[[APIKey], Any], changed: dict[str, Any]
) -> Steps[Rotation]:
    before: Sequence[APIKeyInfo] = yield Do(keys.list)
    old = next((info for info in before if info.prefix == old_prefix), None)
    if old is None:
        raise InvalidParameterError("prefix", f"names no API key of the account: {old_prefix[:60]!r}")
    wanted = {"type": old.type, "name": old.name, "model_ids": old.model_ids}
    wanted.update((name, value) for name, value in changed.items() if value is not UNSET)
    try:
        key: APIKey = yield Do(partial(keys.create, **wanted))
    except LowCodeAPIError as error:
        raise (yield from _not_created(keys, old_prefix, {info.prefix for info in before}, error)) from error
    prefix = key.api_key.partition(".")[0]
    both = f"both keys exist: the old one, {old_prefix}, and the new one, {prefix}"
    known: dict[str, Any] = {"old_prefix": old_prefix, "new_prefix": prefix, "key": key}
    try:
        yield Do(partial(hand_over, key))
    except Exception as error:
        text = f"the new key was not handed over ({type(error).__name__}); {both}; delete the one you don't use"
        raise RotationError(text, **known) from error
    trouble: LowCodeAPIError | None = None
    try:
        yield Do(partial(keys.delete, prefix=old_prefix))
    except LowCodeAPIError as error:
        trouble = error
    # An answer of the delete proves nothing either way: the gateway's path for it is not Baseten's.
    try:
        after: Sequence[APIKeyInfo] = yield Do(keys.list)
    except LowCodeAPIError as error:
        text = f"the new key, {prefix}, is in use, and whether the old one, {old_prefix}, is deleted is not known"
        raise RotationError(f"{text}: {trouble or error}; look with api_keys.list", **known) from error
    if old_prefix in {info.prefix for info in after}:
        is_path = isinstance(trouble, APIStatusError) and trouble.status_code in {404, 405}
        why = "the gateway has no working route for deleting keys; delete it in Baseten's settings" if is_path else ""
        text = f"the new key was handed over, but the old one was not deleted; {both}"
        raise RotationError(f"{text}: {why or trouble or 'Baseten still lists it'}", **known) from trouble
    return Rotation(key, prefix, old_prefix)


def _not_created(keys: _Methods, old_prefix: str, before: set[str], error: LowCodeAPIError) -> Steps[RotationError]:
    """The error of a creation that failed, or whose answer was lost: a key whose value nobody knows may be there."""
    text = f"no new key was created; the old one, {old_prefix}, exists and is in use"
    new_prefix = None
    if not (isinstance(error, APIStatusError) and error.status_code < 500):
        try:
            after: Sequence[APIKeyInfo] = yield Do(keys.list)
            unknown = sorted({info.prefix for info in after} - before)
            if unknown:
                new_prefix = unknown[0] if len(unknown) == 1 else None
                named = ", ".join(unknown)
                text = f"the old key, {old_prefix}, is in use; {named} was created, but its value was lost: delete it"
        except LowCodeAPIError:
            text = f"the old key, {old_prefix}, is in use; whether a new one was created is not known: look first"
    return RotationError(f"{text} ({error})", old_prefix=old_prefix, new_prefix=new_prefix)


class ApiKeyWorkflows(Workflows, ApiKeys):
    """The operations of the group `api_keys`, and `rotate`.

    Every operation also takes `timeout` (seconds for the whole call), `extra_query` (more query parameters),
    `extra_headers`, and `extra_body` (more fields of the JSON body, merged at its top level).
    """

    def __init__(self, client: WorkflowClient) -> None:
        super().__init__(client._run)
        self._client = client

    def rotate(
        self,
        prefix: str,
        *,
        hand_over: Callable[[APIKey], Any],
        type: APIKeyCategory | APIKeyCategoryValue | Unset = UNSET,
        name: str | Unset | None = UNSET,
        model_ids: Sequence[str] | Unset | None = UNSET,
    ) -> Rotation:
        """Create a key like an old one, hand it over, and only then delete the old one.

        The key that is stored in the LowCodeAPI account is what the gateway itself works with: when that one is
        rotated, `hand_over` must store the new one there before it returns.

        Args:
            prefix: Prefix of the key to replace
            hand_over: Stores the new key where it is needed. The old key is deleted after this has returned; whatever
                it raises leaves both keys.
            type: Kind of the new key; by default the old one's.
            name: Name of the new key; by default the old one's.
            model_ids: Models the new key may invoke; by default the old one's.

        Returns:
            The new key and both prefixes. The old key is gone: that was looked up, not believed.

        Raises:
            RotationError: Something failed on the way. The message says which keys exist now.
            InvalidParameterError: There is no key with this prefix. Nothing was done.
        """
        methods = _Methods(self.list, self.create, self.delete)
        return drive(
            _rotate(methods, prefix, hand_over, {"type": type, "name": name, "model_ids": model_ids}), self._clock
        )


class AsyncApiKeyWorkflows(Workflows, AsyncApiKeys):
    """`ApiKeyWorkflows`, asynchronous."""

    def __init__(self, client: AsyncWorkflowClient) -> None:
        super().__init__(client._run)
        self._client = client

    async def rotate(
        self,
        prefix: str,
        *,
        hand_over: Callable[[APIKey], Any],
        type: APIKeyCategory | APIKeyCategoryValue | Unset = UNSET,
        name: str | Unset | None = UNSET,
        model_ids: Sequence[str] | Unset | None = UNSET,
    ) -> Rotation:
        """Create a key like an old one, hand it over, and only then delete the old one.

        The key that is stored in the LowCodeAPI account is what the gateway itself works with: when that one is
        rotated, `hand_over` must store the new one there before it returns.

        Args:
            prefix: Prefix of the key to replace
            hand_over: Stores the new key where it is needed, asynchronously or not. The old key is deleted after this
                has returned; whatever it raises leaves both keys.
            type: Kind of the new key; by default the old one's.
            name: Name of the new key; by default the old one's.
            model_ids: Models the new key may invoke; by default the old one's.

        Returns:
            The new key and both prefixes. The old key is gone: that was looked up, not believed.

        Raises:
            RotationError: Something failed on the way. The message says which keys exist now.
            InvalidParameterError: There is no key with this prefix. Nothing was done.
        """
        methods = _Methods(self.list, self.create, self.delete)
        return await adrive(
            _rotate(methods, prefix, hand_over, {"type": type, "name": name, "model_ids": model_ids}), self._clock
        )
