"""`completion`: the script that makes a shell complete commands, options and choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from .commands import Argument, Command
from .overview import COMPLETION_VARIABLE, PROGRAM, WORKFLOWS
from .settings import Settings

_DESCRIPTION = f"""\
bash: eval "$({PROGRAM} completion bash)" in ~/.bashrc;
zsh: the same with zsh in ~/.zshrc;
fish: {PROGRAM} completion fish > ~/.config/fish/completions/{PROGRAM}.fish
"""


def command() -> click.Command:
    """`completion`."""
    return Command(
        "completion",
        _completion,
        [Argument("shell", "bash, zsh or fish", type=click.Choice(["bash", "zsh", "fish"]))],
        summary=WORKFLOWS["completion"],
        description=f"\b\n{_DESCRIPTION}",
        common=[],
    )


def _completion(params: Mapping[str, Any], _: Settings) -> None:
    from click.shell_completion import get_completion_class

    script = get_completion_class(params["shell"])
    assert script is not None
    print(script(click.get_current_context().find_root().command, {}, PROGRAM, COMPLETION_VARIABLE).source())
