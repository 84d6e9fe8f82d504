"""Keys and their prefixes, as lists and answers show them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from lowcodeapi_baseten_api.models import APIKey, APIKeyInfo

from .fields import line

_KEY = re.compile(r"([!-\-/-~]{1,64})\..+", re.ASCII)


class Rotation(NamedTuple):
    """A completed replacement of a key. Its `repr` does not show the key."""

    key: APIKey
    prefix: str
    old_prefix: str


class Listed(NamedTuple):
    """The prefixes in a list of keys; `is_whole` is True if every key has one."""

    prefixes: set[str]
    is_whole: bool


def listed(keys: Iterable[APIKeyInfo]) -> Listed:
    """Read a list of keys."""
    known = [line(info.prefix) if isinstance(info, APIKeyInfo) else "" for info in keys]
    return Listed({prefix for prefix in known if prefix}, all(known))


def prefix_of(api_key: str) -> str | None:
    """The prefix of a key: the part before its secret. None if they can't be told apart."""
    match = _KEY.fullmatch(api_key)
    return match and match[1]
