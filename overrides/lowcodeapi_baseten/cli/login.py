"""`login`: keep a token in the system's keyring."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

import click
from lowcodeapi_baseten_api.types import Hidden

from . import keyrings, output, profiles
from .commands import Command
from .overview import WORKFLOWS
from .settings import Settings, profile_options
from .streams import is_input_closed
from .text import say

_LONGEST = 1 << 16  # bytes of standard input


def command() -> click.Command:
    """`login`."""
    return Command(
        "login",
        _login,
        [],
        summary=WORKFLOWS["login"],
        description="Asks for the token, or reads it from standard input; it is never an argument, which others could "
        "read. The profile is --profile, else $LOWCODEAPI_PROFILE, else 'default'; its token is sent to its URL alone.",
        common=profile_options("base_url"),
    )


def _login(_: Mapping[str, Any], settings: Settings) -> None:
    from ..secrets import VARIABLE

    name, base_url = profiles.to_store(settings.profile, settings.base_url)
    keyring = keyrings.name()  # before anything is typed
    profiles.store(name, base_url, _token())
    if os.environ.get(VARIABLE):
        say(f"{VARIABLE} is set: it is used instead of this profile, unless --profile is given")
    output.show({"profile": name, "base_url": base_url, "keyring": keyring}, settings)


def _token() -> Hidden:
    """The token, typed without echo or read from standard input. Raises if there is none, or it can't be one."""
    from ..secrets import Token

    if is_input_closed():
        raise click.UsageError("standard input is closed", click.get_current_context())
    if sys.stdin.isatty():
        import getpass

        try:
            token = Hidden(getpass.getpass("Token: ").strip())
        except EOFError:
            token = Hidden("")
    else:
        token = Hidden(sys.stdin.buffer.read(_LONGEST).decode("utf-8-sig", "replace").strip())
    if not token.reveal():
        raise click.UsageError("no token was given", click.get_current_context())
    Token(token)
    return token
