"""The operations as commands, from the generated table and the generated methods. No list is kept by hand."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Mapping
from functools import cached_property
from typing import Any

import click
from lowcodeapi_baseten_api import new_format, old_format
from lowcodeapi_baseten_api.operations import OPERATIONS

from ..signatures import Field, members_of, signature
from . import output
from .columns import LISTINGS, check
from .commands import Argument, Command, Group
from .dry_run import rehearse
from .ids import Id
from .overview import dashed, method_name
from .settings import RESERVED, Settings, common_options
from .streams import can_ask
from .text import say
from .values import Json, Number, OneOf, Text, Type

_HAS_BODY = frozenset({"POST", "PUT", "PATCH"})
_BODY_HELP = "The body as JSON. Options replace its fields of the same name."
_WHOLE_BODY_HELP = "The whole body, instead of --input."


class Resource(Group):
    """The operations of one group."""

    def __init__(self, name: str) -> None:
        self.resource = next(row.group for row in OPERATIONS.values() if dashed(row.group) == name)
        super().__init__(name, help=f"The operations of {name}.")

    @cached_property
    def _operations(self) -> Mapping[str, str]:
        ids = [row.id for row in OPERATIONS.values() if row.group == self.resource]
        return {dashed(method_name(id_)): id_ for id_ in ids}

    def sections(self) -> Mapping[str, Mapping[str, str]]:
        """List every operation with its summary."""
        return {"Commands": {name: signature(id_).summary for name, id_ in self._operations.items()}}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, without importing a resource."""
        return list(self._operations)

    def made(self, name: str) -> click.Command:
        """Make the command of an operation."""
        return OperationCommand(self._operations[name])


class OperationCommand(Command):
    """One operation: path parameters by position, fields as options."""

    def __init__(self, operation: str) -> None:
        self.operation = operation
        self.signature = signature(operation)
        takes_whole_body = any(field.name == "body" for field in self.signature.fields)
        has_body = _http_method(operation) in _HAS_BODY
        self.fields = [field for field in self.signature.fields if not (takes_whole_body and field.name == "body")]
        self.takes_whole_body = takes_whole_body
        params: list[click.Parameter] = [Argument(field.name, field.about) for field in self.signature.path]
        params += [self._option(field) for field in self.fields]
        if has_body and self.signature.fields:
            about = _WHOLE_BODY_HELP if takes_whole_body else _BODY_HELP
            params.append(click.Option(["--body", "whole_body"], type=Json(), help=about))
        super().__init__(
            dashed(method_name(operation)),
            self._work,
            params,
            summary=self.signature.summary,
            description=self.signature.description,
            common=common_options(is_destructive=OPERATIONS[operation].is_destructive),
        )

    def _option(self, field: Field) -> click.Option:
        flag = f"--field-{field.flag}" if field.flag in RESERVED | {"body"} else f"--{field.flag}"
        about = f"{field.about}{' [required]' if field.is_required else ''}".strip()
        known: dict[str, Any] = {"help": about, "default": None}
        if field.kind == "flag":
            return click.Option([f"{flag}/--no-{flag[2:]}", _parameter(field)], **known)
        return click.Option([flag, _parameter(field)], type=self._type(field), **known)

    def _type(self, field: Field) -> Type:
        if field.wire in OPERATIONS[self.operation].secrets:
            return Text()
        if field.kind == "choice" and field.enum is not None:
            return OneOf(members_of(field.enum))
        if field.kind in {"integer", "number"}:
            return Number(int if field.kind == "integer" else float, is_nullable=field.is_nullable)
        return Id() if field.kind == "text" else Json()

    def _work(self, params: Mapping[str, Any], settings: Settings) -> None:
        path = [params[field.name] for field in self.signature.path]
        named = self._named(params)
        perform(self.operation, path, named, settings)

    def _named(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments by name, from options and `--body`."""
        context = click.get_current_context()
        given = {
            field.name: params[_parameter(field)]
            for field in self.fields
            if context.get_parameter_source(_parameter(field)) is click.core.ParameterSource.COMMANDLINE
        }
        is_body_given = context.get_parameter_source("whole_body") is click.core.ParameterSource.COMMANDLINE
        if self.takes_whole_body:
            if is_body_given == bool(given):
                raise click.UsageError("give --input or --body, exactly one of the two", context)
            return {"body": params["whole_body"]} if is_body_given else given
        if is_body_given:
            given = merged(self.fields, params["whole_body"], given)
        self._ask_for_secrets(given)
        if missing := [field for field in self.fields if field.is_required and field.name not in given]:
            raise click.UsageError(f"{' and '.join(f'--{field.flag}' for field in missing)} must be given", context)
        return given

    def _ask_for_secrets(self, given: dict[str, Any]) -> None:
        """Ask for a missing secret, and don't echo it."""
        secrets = OPERATIONS[self.operation].secrets
        for field in self.fields:
            if field.is_required and field.wire in secrets and field.name not in given and can_ask():
                import getpass

                with contextlib.suppress(EOFError):
                    given[field.name] = getpass.getpass(f"{field.flag}: ")


def perform(operation: str, path: list[Any], named: dict[str, Any], settings: Settings) -> None:
    """Call an operation and show its result; ask first if it is destructive."""
    check(settings.columns, operation)
    if rehearse([(operation, path, named)], settings):
        return
    group, _, method = operation.partition(".")
    with settings.client() as client:
        if OPERATIONS[operation].is_destructive:
            settings.confirm(" ".join([dashed(group), dashed(method), *path]))
        with may_be_done(operation):
            raw = getattr(getattr(client.with_raw_response, group), method)(*path, **named)
    output.show_raw(raw, settings, LISTINGS.get(operation))


@contextlib.contextmanager
def may_be_done(operation: str) -> Generator[None, None, None]:
    """Say so if Ctrl-C ends a call that changes or costs something."""
    try:
        yield
    except KeyboardInterrupt:
        if OPERATIONS[operation].safety != "safe":
            say(f"stopped; {operation} was under way and may have been carried out")
        raise


def merged(fields: list[Field], body: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Merge a body and the options into arguments: options win; fields that the method doesn't name are extra."""
    if not isinstance(body, dict):
        raise click.UsageError("--body is a JSON object", click.get_current_context(silent=True))
    names = {field.wire: field.name for field in fields}
    named = {names[key]: value for key, value in body.items() if key in names}
    extra = {key: value for key, value in body.items() if key not in names}
    return {**named, **given, **({"extra_body": extra} if extra else {})}


def _parameter(field: Field) -> str:
    # The prefix keeps a field from taking the name of a setting.
    return f"field_{field.name}"


def _http_method(operation: str) -> str:
    # The same in both formats.
    return (new_format.ROUTES.get(operation) or old_format.ROUTES[operation]).method
