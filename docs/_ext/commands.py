"""The directive `commands`: every command of `lowcodeapi-baseten`, with the text of its `--help`."""

from __future__ import annotations

from collections.abc import Iterator

import click
from docutils import nodes
from docutils.parsers.rst import Directive
from lowcodeapi_baseten.cli.app import Root
from sphinx.application import Sphinx

NAME = "lowcodeapi-baseten"


def commands(group: click.Group, context: click.Context) -> Iterator[tuple[str, str]]:
    """The commands of a group and of the groups in it, each with its help."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context, max_content_width=80, terminal_width=80)
        yield inner.command_path, command.get_help(inner)
        if isinstance(command, click.Group):
            yield from commands(command, inner)


class Commands(Directive):
    """Makes a section for each command."""

    def run(self) -> list[nodes.Node]:
        """The sections."""
        root = Root()
        context = click.Context(root, info_name=NAME, max_content_width=80, terminal_width=80)
        made: list[nodes.Node] = []
        for path, text in ((NAME, root.get_help(context)), *commands(root, context)):
            section = nodes.section(ids=[path.replace(" ", "-")])
            section += nodes.title(text=path)
            block = nodes.literal_block(text, text)
            block["language"] = "none"
            section += block
            made.append(section)
        return made


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive to Sphinx."""
    app.add_directive("commands", Commands)
    return {"parallel_read_safe": True}
