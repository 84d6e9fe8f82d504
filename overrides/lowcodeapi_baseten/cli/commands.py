"""Commands and groups: click's, made lazily, with help in the order in which people need it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from .settings import Option, Settings, common_options

HELP = {"help_option_names": ["-h", "--help"]}

Work = Callable[[Mapping[str, Any], Settings], None]


class Argument(click.Argument):
    """A parameter by position, with something to say about itself."""

    def __init__(self, name: str, about: str = "", **options: Any) -> None:
        super().__init__([name], metavar=name.upper(), **options)
        self.about = about


class Command(click.Command):
    """One command. `work` is handed its own parameters and the settings."""

    def __init__(
        self,
        name: str,
        work: Work,
        params: Sequence[click.Parameter],
        *,
        summary: str,
        description: str = "",
        is_destructive: bool = False,
        common: Sequence[Option] | None = None,
    ) -> None:
        shared = common_options(is_destructive=is_destructive) if common is None else common
        super().__init__(
            name,
            params=[*params, *shared],
            help=f"{summary}\n\n{description}".strip(),
            short_help=summary,
            context_settings=HELP,
        )
        self.work = work

    def invoke(self, ctx: click.Context) -> None:
        """Do it."""
        self.work(ctx.params, Settings.of(ctx))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Arguments, the command's own options, then those of every command."""
        arguments: list[tuple[str, str]] = []
        own: list[tuple[str, str]] = []
        shared: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            if isinstance(parameter, Argument):
                arguments.append((parameter.make_metavar(ctx), parameter.about))
            elif (record := parameter.get_help_record(ctx)) is not None:
                (shared if isinstance(parameter, Option) or parameter.name == "help" else own).append(record)
        for title, records in (("Arguments", arguments), ("Options", own), ("Options of every command", shared)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


class Group(click.Group):
    """A group whose commands are made when they are asked for."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(name, context_settings=HELP, no_args_is_help=False, **options)

    def sections(self) -> Mapping[str, Mapping[str, str]]:
        """What its help lists: titles, and under each the commands with their summaries."""
        raise NotImplementedError

    def made(self, name: str) -> click.Command:
        """The command of this name, one of those that `sections` lists."""
        raise NotImplementedError

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return [name for commands in self.sections().values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them, or None."""
        return self.made(cmd_name) if cmd_name in self.list_commands(ctx) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names; where there is none, the error names what is near."""
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
