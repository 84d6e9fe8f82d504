"""`help`, `commands`, `completion` and `skill`: texts for people, shells and agents. Nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import click
from lowcodeapi_baseten_api.operations import OPERATIONS

from ..signatures import signature
from .commands import Argument, workflow
from .exits import NotAvailable
from .overview import ALIAS, COMPLETION_VARIABLE, PROGRAM, dashed
from .settings import Option, Settings
from .text import to_json

_SHELLS = ["bash", "zsh", "fish", "powershell"]
_COMPLETION = f"""\
bash: eval "$({PROGRAM} completion bash)" in ~/.bashrc;
zsh: the same with zsh in ~/.zshrc;
fish: {PROGRAM} completion fish | source
in ~/.config/fish/config.fish;
PowerShell: {PROGRAM} completion powershell | Out-String |
Invoke-Expression in $PROFILE.

If there is a token, ids are completed too, from lists of models,
deployments, environments and so on, in two seconds at most.
"""


def _next_words(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    found: click.Command | None = context.find_root().command
    for word in context.params["command"] or ():
        found = found.get_command(context, word) if isinstance(found, click.Group) else None
    names = found.list_commands(context) if isinstance(found, click.Group) else []
    return [name for name in names if name.startswith(incomplete)]


@workflow(
    Argument("command", "Its name, such as: models list", nargs=-1, shell_complete=_next_words),
    common=[],
)
def help(params: Mapping[str, Any], _: Settings) -> None:
    root = click.get_current_context().find_root().command
    # Of options only --help, so that nothing is carried out.
    words = [word for word in params["command"] if not word.startswith("-")]
    with root.make_context(PROGRAM, [*words, "--help"]) as context:
        root.invoke(context)


@workflow(common=[Option(["--json", "as_json"], is_flag=True, help="JSON on a terminal too.")])
def commands(_: Mapping[str, Any], settings: Settings) -> None:
    spelled = {id_: f"{PROGRAM} {dashed(id_.replace('.', ' '))}" for id_ in OPERATIONS}
    if settings.form != "table":
        from ..agents.catalogue import entry

        print(to_json([{"command": spelled[id_], **entry(id_)} for id_ in OPERATIONS]))
        return
    width = max(map(len, spelled.values()))
    for id_, row in OPERATIONS.items():
        mark = "destructive" if row.is_destructive else row.safety
        print(f"{spelled[id_].ljust(width)}  {mark:<11}  {signature(id_).summary}")


@workflow(
    Argument("shell", "bash, zsh, fish or powershell", type=click.Choice(_SHELLS)),
    description=f"\b\n{_COMPLETION}",
    common=[],
)
def completion(params: Mapping[str, Any], _: Settings) -> None:
    from click.shell_completion import get_completion_class

    script = get_completion_class(params["shell"])
    if script is None:
        raise NotAvailable("completion in PowerShell needs click 8.5 or later: pip install --upgrade click")
    root = click.get_current_context().find_root().command
    for name in (PROGRAM, ALIAS):
        print(script(root, {}, name, COMPLETION_VARIABLE).source())


@workflow(common=[])
def skill(_: Mapping[str, Any], __: Settings) -> None:
    print(files("lowcodeapi_baseten.agents").joinpath("SKILL.md").read_text(encoding="utf-8"), end="")
