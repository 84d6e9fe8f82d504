"""The groups of operations, read from the generated package. No list is kept by hand."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click
from lowcodeapi_baseten_api.operations import OPERATIONS

from .commands import Group
from .overview import dashed, method_name

if TYPE_CHECKING:
    from .signatures import Signature


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
        from .operations import OperationCommand

        return OperationCommand(self._operations[name])


def signature(operation: str) -> Signature:
    """The arguments of an operation's command."""
    from .signatures import signature_of

    group, _, method = operation.partition(".")
    return signature_of(getattr(resource_class(group), method))


def resource_class(group: str) -> Callable[..., Any]:
    """The generated class of a group."""
    module = importlib.import_module(f"lowcodeapi_baseten_api.resources.{group}")
    # The generator's spelling of a class: api_keys -> ApiKeys.
    found: Callable[..., Any] = getattr(module, "".join(part.capitalize() for part in group.split("_")))
    return found


def http_method(operation: str) -> str:
    """The HTTP method of an operation, which is the same in both formats."""
    from lowcodeapi_baseten_api import new_format, old_format

    return (new_format.ROUTES.get(operation) or old_format.ROUTES[operation]).method
