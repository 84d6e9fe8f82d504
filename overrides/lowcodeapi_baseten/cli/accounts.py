"""`login`, `logout` and `whoami`: the token in the system's keyring, and which account the commands use."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from lowcodeapi_baseten_api.types import Hidden

from ..errors import LowCodeAPIError
from ..memory import Memory
from ..secrets import VARIABLE, Token
from . import keyrings, output, profiles
from .commands import workflow
from .settings import Settings, common_options, profile_options
from .streams import is_input_closed
from .text import say
from .values import misuse

_LONGEST = 1 << 16  # bytes of standard input


@workflow(
    description="Asks for the token, or reads it from standard input; it is never an argument, which others could "
    "read. The profile is --profile, else $LOWCODEAPI_PROFILE, else 'default'; its token is sent to its URL alone.",
    common=profile_options("base_url"),
)
def login(_: Mapping[str, Any], settings: Settings) -> None:
    name, base_url = profiles.to_store(settings.profile, settings.base_url)
    keyring = keyrings.name()  # before anything is typed
    profiles.store(name, base_url, _token())
    if os.environ.get(VARIABLE):
        say(f"{VARIABLE} is set: it is used instead of this profile, unless --profile is given")
    output.show({"profile": name, "base_url": base_url, "keyring": keyring}, settings)


def _token() -> Hidden:
    """The token, typed without echo or read from standard input. Raises if there is none, or it can't be one."""
    if is_input_closed():
        raise misuse("standard input is closed")
    if sys.stdin.isatty():
        import getpass

        try:
            token = Hidden(getpass.getpass("Token: ").strip())
        except EOFError:
            token = Hidden("")
    else:
        token = Hidden(sys.stdin.buffer.read(_LONGEST).decode("utf-8-sig", "replace").strip())
    if not token.reveal():
        raise misuse("no token was given")
    Token(token)
    return token


@workflow(common=profile_options())
def logout(_: Mapping[str, Any], settings: Settings) -> None:
    output.show({"removed": profiles.remove(settings.profile)}, settings)


@workflow(
    description="The models are listed once, to see if the token works. No part of the token is shown.",
    common=common_options(has_dry_run=False),
)
def whoami(_: Mapping[str, Any], settings: Settings) -> None:
    account = settings.account()
    with settings.client(max_retries=0) as client:
        base_url = f"{client._plan.origin}{client._plan.prefix}"
        memory = Memory.of_user()
        known = {
            "profile": account.profile,
            "base_url": base_url,
            "token": f"from {account.source}",
            "url_format": memory.recall(base_url)[0] if memory else None,
        }
        try:
            client.models.list()
        except LowCodeAPIError:
            output.show({**known, "works": False}, settings)
            raise
    output.show({**known, "works": True}, settings)
