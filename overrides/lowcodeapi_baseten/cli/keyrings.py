"""Places that keep a secret: the system's keyring (macOS's Keychain, Windows's Credential Manager, Linux's Secret
Service or KWallet) through the library `keyring`, and files that only their owner can read."""

from __future__ import annotations

import os
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lowcodeapi_baseten_api.types import Hidden, hidden, revealed

from ..envelope import one_line
from ..errors import ConfigurationError
from ..redaction import Redaction
from ..secrets import MASK

_SERVICE = "lowcodeapi-baseten"


def token_of(user: str) -> Hidden | None:
    """The token stored under this name. Raises `ConfigurationError`, as all of these do."""
    found: Hidden | None = _asked("get_password", user)
    return found


def store(user: str, token: Hidden) -> None:
    """Store a token under this name."""
    _asked("set_password", user, token)


def forget(user: str) -> None:
    """Delete the token stored under this name, if there is one."""
    if token_of(user) is not None:
        _asked("delete_password", user)


def name() -> str:
    """The keyring's own name."""
    return str(_backend().name)


def _asked(method: str, user: str, *secrets: Hidden) -> Any:
    backend = _backend()
    try:
        return hidden(getattr(backend, method)(_SERVICE, user, *map(revealed, secrets)))
    except Exception as error:
        # A backend may raise anything. A chained error would hold the token.
        problem = Redaction(secrets, MASK).in_text(f"{type(error).__name__}: {error}")
    raise ConfigurationError(f"{backend.name} failed: {one_line(problem)}")


def _backend() -> Any:
    """The best keyring of this machine. One that the library does not recommend is refused.

    Those keep a secret as plain text, or not at all. A token in a file is for `--token-file`: there its owner knows it.
    """
    if find_spec("keyring") is None:
        raise ConfigurationError("profiles need the package keyring: pip install 'lowcodeapi-baseten[keyring]'")
    try:
        from keyring.core import get_keyring, recommended

        found = get_keyring()
        # A chain would go on to a keyring that is not safe.
        best = next(iter(getattr(found, "backends", ())), found)
        if recommended(best):
            return best
        problem = f"there is only {best.name!r}"
    except Exception as error:  # the user's settings of the library may name anything
        problem = f"{type(error).__name__}: {error}"
    advice = "keep the token in a file that only you can read, and give --token-file FILE"
    raise ConfigurationError(f"this machine has no safe keyring: {problem}; {advice}")


def write_private(target: Path, text: str) -> None:
    """Write a file that nobody else can read. In one step: a reader finds the old text or the new one, whole."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, target)
    except BaseException as error:
        if isinstance(error, OSError):
            error.filename = error.filename or str(target)
        os.unlink(temporary)
        raise
