"""Profiles: a name, a gateway's URL (in a small file without secrets) and a token (in the system's keyring).

A profile is used as a whole: its token is stored for its URL, and is never sent to another one.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import NamedTuple

import click
from lowcodeapi_baseten_api import new_format
from lowcodeapi_baseten_api.types import Hidden

from ..errors import ConfigurationError
from ..secrets import VARIABLE as TOKEN
from ..urls import checked_base_url
from . import keyrings

DEFAULT = "default"
VARIABLE = "LOWCODEAPI_PROFILE"
_LOGIN = "lowcodeapi-baseten login"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


class Account(NamedTuple):
    """The gateway's URL, and the source of its token: `given_by` an option or the environment, else `profile`.

    If both are None there is no token.
    """

    base_url: str
    given_by: str | None
    profile: str | None

    @property
    def source(self) -> str | None:
        """The source of the token, for people; None if there is no token."""
        return self.given_by or (None if self.profile is None else f"the keyring, profile {self.profile}")

    def stored_token(self) -> Hidden | None:
        """The profile's token; None if it is given elsewhere. Raises `ConfigurationError` if the keyring has none."""
        if self.profile is None or self.given_by is not None:
            return None
        token = keyrings.token_of(_user(self.profile, self.base_url))
        if token is None:
            # Not this profile's name: it may be stored for another URL, which a login would replace.
            advice = f"{_LOGIN} --profile NAME --base-url {self.base_url}"
            raise ConfigurationError(f"profile {self.profile!r} has no token for {self.base_url}: {advice}")
        return token


def account(*, token_file: str | None, profile: str | None, base_url: str | None) -> Account:
    """Choose the account, from options of the command line. Asks no keyring.

    The token comes from `token_file`, else from `profile`, else from `LOWCODEAPI_API_TOKEN`, else from the profile that
    `LOWCODEAPI_PROFILE` names, else from the profile `default`. Raises `ConfigurationError` if a named one is missing.
    """
    given_by = f"--token-file {token_file}" if token_file else None
    if given_by is None and not profile and os.environ.get(TOKEN, "").strip():
        given_by = TOKEN
    if given_by is not None and not profile:
        return Account(_url(base_url, None, None), given_by, None)
    name, known = _named(profile)
    if known is None and (profile or os.environ.get(VARIABLE)):
        raise ConfigurationError(f"there is no profile {name!r}: {_LOGIN} --profile {name}")
    return Account(_url(base_url, profile, known), given_by, None if known is None else name)


def to_store(profile: str | None, base_url: str | None) -> tuple[str, str]:
    """Choose the name and URL of a profile that may be new. Raises `ConfigurationError`."""
    name, known = _named(profile)
    return name, "".join(checked_base_url(_url(base_url, profile, known)))


def store(name: str, base_url: str, token: Hidden) -> None:
    """Store a profile. Raises `ConfigurationError` or OSError, and then the profile stays as it was."""
    known = _read()
    keyrings.store(_user(name, base_url), token)
    before = known.get(name)
    if before == base_url:
        return
    try:
        _write({**known, name: base_url})
    except BaseException:
        keyrings.forget(_user(name, base_url))
        raise
    if before is not None:
        keyrings.forget(_user(name, before))


def remove(profile: str | None) -> str:
    """Remove a profile and its token. Returns its name. Raises `ConfigurationError` if there is none."""
    name, base_url = _named(profile)
    if base_url is None:
        raise ConfigurationError(f"there is no profile {name!r}: nothing was removed")
    keyrings.forget(_user(name, base_url))
    _write({other: url for other, url in _read().items() if other != name})
    return name


def _named(profile: str | None) -> tuple[str, str | None]:
    """Return the name of the profile in use, and its URL if there is such a profile. Raises `ConfigurationError`."""
    name = profile or os.environ.get(VARIABLE) or DEFAULT
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"a profile's name is 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'; got {name[:80]!r}")
    return name, _read().get(name)


def _url(base_url: str | None, profile: str | None, known: str | None) -> str:
    """The URL of the option, else of the profile that an option names, else the environment's, the profile's, ours."""
    in_option = base_url or (known if profile else None)
    return in_option or os.environ.get("LOWCODEAPI_BASE_URL") or known or new_format.BASE_URL


def _user(name: str, base_url: str) -> str:
    return f"{name} {''.join(checked_base_url(base_url))}"


def _path() -> Path:
    return Path(click.get_app_dir("lowcodeapi-baseten")) / "profiles.json"


def _read() -> dict[str, str]:
    """The URL of each profile."""
    try:
        known = json.loads(_path().read_bytes())["profiles"]
        return {str(name): str(profile["base_url"]) for name, profile in known.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        problem = getattr(error, "strerror", None) or "it holds no profiles"
    raise ConfigurationError(f"{_path()} can't be read: {problem}; delete it, and log in again")


def _write(known: dict[str, str]) -> None:
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    profiles = {name: {"base_url": base_url} for name, base_url in known.items()}
    keyrings.write_private(path, f"{json.dumps({'profiles': profiles}, indent=2)}\n")
