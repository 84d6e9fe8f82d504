# Generated from _async/api_keys.py by `python -m codegen unasync`: change that, and run it again.
"""`client.api_keys`: its operations, and replacing a key so that one is valid at every moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lowcodeapi_baseten_api.models import APIKeyInfo
from lowcodeapi_baseten_api.resources.api_keys import ApiKeys
from lowcodeapi_baseten_api.types import UNSET, Unset

from ...errors import APIStatusError, InvalidParameterError
from ...request import check_id
from ..api_keys import Listed, Rotation, listed, prefix_of
from ..base import Workflows, told
from ..errors import RotationError
from ..fields import text

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import APIKey, APIKeyCategory, APIKeyCategoryValue


class ApiKeyWorkflows(Workflows, ApiKeys):
    """The operations of the group `api_keys`, and `rotate`."""

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

        The gateway itself works with the key stored in the LowCodeAPI account: when rotating that one, `hand_over` must
        store the new key there before it returns.

        Args:
            prefix: Prefix of the key to replace
            hand_over: Stores the new key where it is needed. The old key is deleted after this
                has returned; if it raises, both keys stay.
            type: Kind of the new key; by default the old one's.
            name: Name of the new key; by default the old one's.
            model_ids: Models the new key may invoke; by default the old one's.

        Returns:
            The new key and both prefixes. A list of the keys has confirmed that the old one is gone.

        Raises:
            RotationError: Something failed on the way. The message says which keys exist now.
            InvalidParameterError: There is no key with this prefix. Nothing was done.
        """
        # Before creating anything, refuse a prefix that could not be named in the delete.
        prefix = check_id("prefix", prefix)
        infos = self.list()
        before = listed(infos)
        old = next((info for info in infos if isinstance(info, APIKeyInfo) and info.prefix == prefix), None)
        if old is None:
            raise InvalidParameterError("prefix", f"is not the prefix of any API key of the account: {prefix[:60]!r}")
        wanted: dict[str, Any] = {"type": old.type, "name": old.name, "model_ids": old.model_ids}
        changed = {"type": type, "name": name, "model_ids": model_ids}
        wanted.update((field, value) for field, value in changed.items() if value is not UNSET)
        key, trouble = None, None
        try:
            key = self.create(**wanted)
        except Exception as error:
            trouble = error
        value = key and text(key.api_key)
        if key is None or not value:
            raise (self._not_created(prefix, before, trouble)) from trouble
        new = prefix_of(value) or _only(self._created_since(before))
        known: dict[str, Any] = {"old_prefix": prefix, "new_prefix": new, "key": key}
        if new is None:
            problem = f"the old key, {prefix}, is in use; a new one was created, and is `key` of this error. Its prefix"
            raise RotationError(f"{problem} is unknown: check api_keys.list", **known)
        both = f"both keys exist: the old one, {prefix}, and the new one, {new}"
        try:
            told(hand_over, key)
        except Exception as error:
            what = error.__class__.__name__
            problem = f"the new key was not handed over ({what}); {both}; delete the one you don't use"
            raise RotationError(problem, **known) from error
        # The delete's answer proves nothing: the gateway's path for it is not Baseten's.
        try:
            self.delete(prefix=prefix)
        except Exception as error:
            trouble = error
        try:
            after = listed(self.list())
        except Exception as error:
            after, trouble = Listed(set(), False), trouble or error
        if prefix in after.prefixes:
            is_path = isinstance(trouble, APIStatusError) and trouble.status_code in {404, 405}
            path = "the gateway has no working route for deleting keys; delete it in Baseten's settings"
            why = path if is_path else trouble or "Baseten still lists it"
            problem = f"the new key was handed over, but the old one was not deleted; {both}: {why}"
            raise RotationError(problem, **known) from trouble
        # A list without the new key is incomplete.
        if not after.is_whole or new not in after.prefixes:
            problem = f"the new key, {new}, is in use; it is unknown if the old one, {prefix}, was deleted"
            why = trouble or "the list of keys is incomplete"
            raise RotationError(f"{problem}: {why}; check api_keys.list", **known) from trouble
        return Rotation(key, new, prefix)

    def _created_since(self, before: Listed) -> list[str] | None:
        """The prefixes of new keys; None if unknown."""
        try:
            after = listed(self.list())
        except Exception:
            return None
        new = sorted(after.prefixes - before.prefixes)
        return new if new or (after.is_whole and before.is_whole) else None

    def _not_created(self, prefix: str, before: Listed, error: Exception | None) -> RotationError:
        """The error of a creation that failed or whose answer was lost: a key may exist whose value nobody knows."""
        is_refused = isinstance(error, InvalidParameterError) or (
            isinstance(error, APIStatusError) and error.status_code < 500
        )
        new: list[str] | None = [] if is_refused else self._created_since(before)
        in_use = f"the old key, {prefix}, is in use"
        if new:
            problem = f"{in_use}; {', '.join(new)} was created, but its value was lost: delete it"
        elif new is None:
            problem = f"{in_use}; it is unknown if a new one was created: check api_keys.list"
        else:
            problem = f"no new key was created; the old one, {prefix}, exists and is in use"
        return RotationError(
            f"{problem} ({error or 'the answer has no key'})", old_prefix=prefix, new_prefix=_only(new)
        )


def _only(new: list[str] | None) -> str | None:
    """The prefix of the new key, if there is exactly one."""
    return new[0] if new and len(new) == 1 else None
