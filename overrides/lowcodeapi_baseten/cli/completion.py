"""`completion`: the script that makes a shell complete commands, options and choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from .commands import Argument, Command
from .exits import NotAvailable
from .overview import ALIAS, COMPLETION_VARIABLE, PROGRAM, WORKFLOWS
from .settings import Settings

_SHELLS = ["bash", "zsh", "fish", "powershell"]
_DESCRIPTION = f"""\
bash: eval "$({PROGRAM} completion bash)" in ~/.bashrc;
zsh: the same with zsh in ~/.zshrc;
fish: {PROGRAM} completion fish | source
in ~/.config/fish/config.fish;
PowerShell: {PROGRAM} completion powershell | Out-String |
Invoke-Expression in $PROFILE.

If there is a token, ids are completed too, from lists of models,
deployments, environments and so on, in two seconds at most.
"""


def command() -> click.Command:
    """`completion`."""
    return Command(
        "completion",
        _completion,
        [Argument("shell", "bash, zsh, fish or powershell", type=click.Choice(_SHELLS))],
        summary=WORKFLOWS["completion"],
        description=f"\b\n{_DESCRIPTION}",
        common=[],
    )


def _completion(params: Mapping[str, Any], _: Settings) -> None:
    from click.shell_completion import get_completion_class

    script = get_completion_class(params["shell"])
    if script is None:
        raise NotAvailable("completion in PowerShell needs click 8.5 or later: pip install --upgrade click")
    root = click.get_current_context().find_root().command
    for name in (PROGRAM, ALIAS):
        print(script(root, {}, name, COMPLETION_VARIABLE).source())
