"""Replacing an API key so that one is valid at every moment."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from lowcodeapi_baseten_api.models import APIKey, APIKeyInfo
from lowcodeapi_baseten_api.types import UNSET

from ..errors import APIStatusError, InvalidParameterError
from ..request import check_id
from .driving import Do, Workflow
from .errors import RotationError
from .fields import line, text


class Rotation(NamedTuple):
    """A completed replacement of a key. Its `repr` does not show the key."""

    key: APIKey
    prefix: str
    old_prefix: str


class Methods(NamedTuple):
    """The operations that a rotation needs, synchronous or not."""

    list: Callable[..., Any]
    create: Callable[..., Any]
    delete: Callable[..., Any]


class _Listed(NamedTuple):
    """The prefixes in a list of keys; `is_whole` is True if every key has one."""

    prefixes: set[str]
    is_whole: bool


def _listed(keys: Sequence[APIKeyInfo]) -> _Listed:
    known = [line(info.prefix) if isinstance(info, APIKeyInfo) else "" for info in keys]
    return _Listed({prefix for prefix in known if prefix}, all(known))


def rotated(
    keys: Methods, old_prefix: str, hand_over: Callable[[APIKey], Any], changed: dict[str, Any]
) -> Workflow[Rotation]:
    """Create a key like an old one, hand it over, delete the old one, and look if it is gone."""
    # Before creating anything, refuse a prefix that could not be named in the delete.
    old_prefix = check_id("prefix", old_prefix)
    infos: Sequence[APIKeyInfo] = yield Do(keys.list)
    before = _listed(infos)
    old = next((info for info in infos if isinstance(info, APIKeyInfo) and info.prefix == old_prefix), None)
    if old is None:
        raise InvalidParameterError("prefix", f"is not the prefix of any API key of the account: {old_prefix[:60]!r}")
    wanted = {"type": old.type, "name": old.name, "model_ids": old.model_ids}
    wanted.update((name, value) for name, value in changed.items() if value is not UNSET)
    key: APIKey | None = None
    trouble: Exception | None = None
    try:
        key = yield Do(partial(keys.create, **wanted))
    except Exception as error:
        trouble = error
    value = key and text(key.api_key)
    if key is None or not value:
        raise (yield from _not_created(keys, old_prefix, before, trouble)) from trouble
    prefix = _prefix_of(value) or (yield from _looked_up(keys, before))
    known: dict[str, Any] = {"old_prefix": old_prefix, "new_prefix": prefix, "key": key}
    if prefix is None:
        problem = f"the old key, {old_prefix}, is in use; a new one was created, and is `key` of this error. Its prefix"
        raise RotationError(f"{problem} is unknown: check api_keys.list", **known)
    both = f"both keys exist: the old one, {old_prefix}, and the new one, {prefix}"
    try:
        yield Do(partial(hand_over, key))
    except Exception as error:
        problem = f"the new key was not handed over ({type(error).__name__}); {both}; delete the one you don't use"
        raise RotationError(problem, **known) from error
    trouble = None
    try:
        yield Do(partial(keys.delete, prefix=old_prefix))
    except Exception as error:
        trouble = error
    # The delete's answer proves nothing: the gateway's path for it is not Baseten's.
    try:
        after = _listed((yield Do(keys.list)))
    except Exception as error:
        after, trouble = _Listed(set(), False), trouble or error
    if old_prefix in after.prefixes:
        is_path = isinstance(trouble, APIStatusError) and trouble.status_code in {404, 405}
        why = "the gateway has no working route for deleting keys; delete it in Baseten's settings" if is_path else ""
        problem = f"the new key was handed over, but the old one was not deleted; {both}"
        raise RotationError(f"{problem}: {why or trouble or 'Baseten still lists it'}", **known) from trouble
    # A list without the new key is incomplete.
    if not after.is_whole or prefix not in after.prefixes:
        problem = f"the new key, {prefix}, is in use; it is unknown if the old one, {old_prefix}, was deleted"
        raise RotationError(f"{problem}: {trouble or _UNREADABLE}; check api_keys.list", **known) from trouble
    return Rotation(key, prefix, old_prefix)


_UNREADABLE = "the list of keys is incomplete"
_KEY = re.compile(r"([!-\-/-~]{1,64})\..+", re.ASCII)


def _prefix_of(api_key: str) -> str | None:
    """The prefix of a key: the part before its secret. None if they can't be told apart."""
    match = _KEY.fullmatch(api_key)
    return match and match[1]


def _created(keys: Methods, before: _Listed) -> Workflow[list[str] | None]:
    """The prefixes of new keys; None if unknown."""
    try:
        after = _listed((yield Do(keys.list)))
    except Exception:
        return None
    new = sorted(after.prefixes - before.prefixes)
    return new if new or (after.is_whole and before.is_whole) else None


def _looked_up(keys: Methods, before: _Listed) -> Workflow[str | None]:
    """The prefix of the new key, if there is exactly one."""
    new = yield from _created(keys, before)
    return new[0] if new and len(new) == 1 else None


def _not_created(keys: Methods, old_prefix: str, before: _Listed, error: Exception | None) -> Workflow[RotationError]:
    """The error of a creation that failed or whose answer was lost: a key may exist whose value nobody knows."""
    is_refused = isinstance(error, InvalidParameterError) or (
        isinstance(error, APIStatusError) and error.status_code < 500
    )
    new: list[str] | None = [] if is_refused else (yield from _created(keys, before))
    new_prefix = None
    if new:
        new_prefix = new[0] if len(new) == 1 else None
        named = ", ".join(new)
        problem = f"the old key, {old_prefix}, is in use; {named} was created, but its value was lost: delete it"
    elif new is None:
        problem = f"the old key, {old_prefix}, is in use; it is unknown if a new one was created: check api_keys.list"
    else:
        problem = f"no new key was created; the old one, {old_prefix}, exists and is in use"
    return RotationError(
        f"{problem} ({error or 'the answer has no key'})", old_prefix=old_prefix, new_prefix=new_prefix
    )
