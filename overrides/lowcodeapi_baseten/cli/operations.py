"""The operations as commands, from the generated table and the generated methods. No list is kept by hand."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Mapping
from typing import Any

import click
from lowcodeapi_baseten_api import new_format, old_format
from lowcodeapi_baseten_api.operations import OPERATIONS
from lowcodeapi_baseten_api.types import Call

from ..signatures import Field, members_of, signature
from . import output
from .columns import LISTINGS, check_columns
from .commands import Argument, Command, Group, option
from .dry_run import check, rehearsed
from .ids import Id
from .overview import dashed, method_name
from .settings import RESERVED, Settings, common_options
from .streams import can_ask
from .text import say
from .values import Json, Number, OneOf, Text, Type, is_given, misuse

_HAS_BODY = frozenset({"POST", "PUT", "PATCH"})


class Resource(Group):
    """The operations of one group."""

    def __init__(self, name: str) -> None:
        super().__init__(name, help=f"The operations of {name}.")
        ids = [row.id for row in OPERATIONS.values() if dashed(row.group) == name]
        self._operations = {dashed(method_name(id_)): id_ for id_ in ids}

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
        known = signature(operation)
        self.operation, self.path = operation, [field.name for field in known.path]
        self.takes_whole_body = any(field.name == "body" for field in known.fields)
        self.fields = [field for field in known.fields if not (self.takes_whole_body and field.name == "body")]
        params: list[click.Parameter] = [Argument(field.name, field.about) for field in known.path]
        params += [self._option(field) for field in self.fields]
        # The method is the same in both formats.
        if (new_format.ROUTES.get(operation) or old_format.ROUTES[operation]).method in _HAS_BODY and known.fields:
            about = "The body as JSON. Options replace its fields of the same name."
            about = "The whole body, instead of --input." if self.takes_whole_body else about
            params.append(option("--body whole_body", about, type=Json()))
        super().__init__(
            dashed(method_name(operation)),
            self._work,
            params,
            summary=known.summary,
            description=known.description,
            common=common_options(is_destructive=OPERATIONS[operation].is_destructive),
        )

    def _option(self, field: Field) -> click.Option:
        flag = f"--field-{field.flag}" if field.flag in RESERVED | {"body"} else f"--{field.flag}"
        about = f"{field.about}{' [required]' if field.is_required else ''}".strip()
        if field.kind == "flag":
            return option(f"{flag}/--no-{flag[2:]} {_parameter(field)}", about, default=None)
        return option(f"{flag} {_parameter(field)}", about, default=None, type=self._type(field))

    def _type(self, field: Field) -> Type:
        if field.wire in OPERATIONS[self.operation].secrets:
            return Text()
        if field.kind == "choice" and field.enum is not None:
            return OneOf(members_of(field.enum))
        if field.kind in {"integer", "number"}:
            return Number(int if field.kind == "integer" else float, is_nullable=field.is_nullable)
        return Id() if field.kind == "text" else Json()

    def _work(self, params: Mapping[str, Any], settings: Settings) -> None:
        path = [params[name] for name in self.path]
        words = dashed(self.operation.replace(".", " "))
        perform(check(self.operation, path, self._named(params)), " ".join([words, *path]), settings)

    def _named(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments by name, from options and `--body`."""
        given = {field.name: params[_parameter(field)] for field in self.fields if is_given(_parameter(field))}
        has_body = is_given("whole_body")
        if self.takes_whole_body:
            if has_body == bool(given):
                raise misuse("give --input or --body, exactly one of the two")
            return {"body": params["whole_body"]} if has_body else given
        if has_body:
            given = merged(self.fields, params["whole_body"], given)
        missing = [field for field in self.fields if field.is_required and field.name not in given]
        for field in missing[:]:
            # Ask for a missing secret, and don't echo it.
            if field.wire in OPERATIONS[self.operation].secrets and can_ask():
                import getpass

                with contextlib.suppress(EOFError):
                    given[field.name] = getpass.getpass(f"{field.flag}: ")
                    missing.remove(field)
        if missing:
            raise misuse(f"{' and '.join(f'--{field.flag}' for field in missing)} must be given")
        return given


def perform(call: Call, what: str, settings: Settings, *, is_bare: bool = False) -> None:
    """Send a call and show its result; ask first if it is destructive.

    Args:
        what: The call in words, for the question.
        is_bare: Show Baseten's own answer, of which the result may be a part.
    """
    check_columns(settings.columns, call.operation)
    if rehearsed([call], settings):
        return
    with settings.client() as client:
        if OPERATIONS[call.operation].is_destructive:
            settings.confirm(what)
        with may_be_done(call.operation):
            raw = client._run_raw(call)
    if raw.unconfirmed:
        say("sent; no answer came, as it is with answers that have no body")
    if raw.already_done:
        say("it was gone already: an earlier attempt of this call did it")
    output.show(raw.payload if is_bare else raw.result, settings, LISTINGS.get(call.operation))


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
        raise misuse("--body is a JSON object")
    names = {field.wire: field.name for field in fields}
    named = {names[key]: value for key, value in body.items() if key in names}
    extra = {key: value for key, value in body.items() if key not in names}
    return {**named, **given, **({"extra_body": extra} if extra else {})}


def _parameter(field: Field) -> str:
    # The prefix keeps a field from taking the name of a setting.
    return f"field_{field.name}"
