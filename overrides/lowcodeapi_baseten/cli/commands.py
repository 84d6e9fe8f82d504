"""Click commands and groups, made lazily. Help shows what users need first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from .ids import Id
from .overview import WORKFLOWS, dashed
from .settings import Option, Settings, common_options

HELP = {"help_option_names": ["-h", "--help"]}

Work = Callable[[Mapping[str, Any], Settings], None]
"""Receives a command's own parameters, and the settings."""


class Argument(click.Argument):
    """A positional parameter with a help text."""

    def __init__(self, name: str, about: str = "", **options: Any) -> None:
        super().__init__([name], metavar=name.upper(), **{"type": Id(), **options})
        self.about = about


def option(names: str, about: str, **options: Any) -> click.Option:
    """An option of one command. `names` has spaces between them, as "-f --follow"."""
    return click.Option(names.split(), help=about, **options)


class Command(click.Command):
    """One command."""

    def __init__(
        self,
        name: str,
        work: Work,
        params: Sequence[click.Parameter],
        *,
        summary: str,
        description: str = "",
        common: Sequence[Option] | None = None,
    ) -> None:
        shared = common_options() if common is None else common
        super().__init__(
            name,
            params=[*params, *shared],
            help=f"{summary}\n\n{description}".strip(),
            short_help=summary,
            context_settings=HELP,
        )
        self.work = work

    def invoke(self, ctx: click.Context) -> None:
        """Run the command."""
        self.work(ctx.params, Settings.of(ctx))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Arguments, the command's own options, then those of every command."""
        has_common = any(isinstance(parameter, Option) for parameter in self.params)
        sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": [], "Common options": []}
        for parameter in self.get_params(ctx):
            if isinstance(parameter, Argument):
                sections["Arguments"].append((parameter.make_metavar(ctx), parameter.about))
            elif record := parameter.get_help_record(ctx):
                is_common = isinstance(parameter, Option) or (has_common and "--help" in parameter.opts)
                sections["Common options" if is_common else "Options"].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def workflow(
    *params: click.Parameter, summary: str = "", description: str = "", common: Sequence[Option] | None = None
) -> Callable[[Work], Callable[[], Command]]:
    """Turn a function into one that makes the command of its name, dashed. The overview has the default summary."""

    def making(work: Work) -> Callable[[], Command]:
        name = dashed(work.__name__)
        about = summary or WORKFLOWS[name]
        # A new one each time: click keeps something of a run in it.
        return lambda: Command(name, work, params, summary=about, description=description, common=common)

    return making


class Group(click.Group):
    """A group. Override `sections` and `made` to make its commands on demand."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(name, context_settings=HELP, no_args_is_help=False, **options)

    def sections(self) -> Mapping[str, Mapping[str, str]]:
        """The help's sections: titles, and under each the commands with their summaries."""
        return {"Commands": {name: command.short_help or "" for name, command in self.commands.items()}}

    def made(self, name: str) -> click.Command:
        """Make the command of this name, one of those that `sections` lists."""
        return self.commands[name]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return [name for commands in self.sections().values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one of them, or None."""
        return self.made(cmd_name) if cmd_name in self.list_commands(ctx) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names; if there is none, the error suggests similar names."""
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = " or ".join(get_close_matches(args[0], known))
            hint = f"; did you mean {near}?" if near else ""
            raise click.UsageError(f"there is no command {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The sections, without making a command."""
        width = max(len(name) for name in self.list_commands(ctx))
        for title, commands in self.sections().items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), summary) for name, summary in commands.items()])
