"""Trace changes of the Python interface to changes on the wire, so that each change is reported once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import attrs

from ..package.tree import Field, Operation, Package, Type
from .catalogue import KINDS
from .finding import Change
from .prepare import Interface

_ORDER = list(KINDS)
_GONE_OR_NEW = ("removed", "added", "type-changed", "type-widened", "type-narrowed", "renamed", "moved")


@attrs.frozen
class Explained:
    """A change on the wire, and the interface changes that it causes."""

    change: Change
    python: tuple[Change, ...]


def explain(wire: Iterable[Change], python: Iterable[Change], old: Interface, new: Interface) -> Iterator[Explained]:
    """Attach each interface change to the first wire change that explains it. The others stand alone."""
    left: dict[str, list[Change]] = {}
    for change in python:
        left.setdefault(change.symbol, []).append(change)
    for change in wire:
        symbols = {
            symbol
            for interface in (old, new)
            for one in (
                change,
                *(attrs.evolve(change, place=at, field=field, was_place=at) for at, field in change.also),
            )
            for symbol in _symbols(one, interface)
        }
        taken = [found for symbol in sorted(symbols) for found in left.pop(symbol, [])]
        taken.sort(key=lambda found: (_ORDER.index(found.id), found.symbol))
        yield Explained(change, tuple(taken))
    yield from (Explained(change, ()) for changes in left.values() for change in changes)


def called(change: Change, interface: Interface) -> str | None:
    """The Python name of the field: an argument's name, or for items of a list the path inside the item.

    None if the version has no such argument.
    """
    operation = interface.operations.get(interface.names.get(change.place or "", ""))
    if operation is None:
        return None
    if not change.id.startswith("request-"):
        listed = f"{operation.list_key}[]."
        return change.field.removeprefix(listed) if operation.list_key else change.field
    wire = re.split(r"[.\[{]", change.field)[0]
    name = next((field.name for field in operation.arguments if field.wire == wire), None)
    return None if name is None else f"{name}{change.field[len(wire) :]}"


def _symbols(change: Change, interface: Interface) -> set[str]:
    """The symbols of the interface that the change affects, in one version."""
    place = change.was_place if change.was_place in interface.names else change.place
    operation = interface.operations.get(interface.names.get(place or "", ""))
    package = interface.package
    if operation is None or package is None:
        return set()
    fields = (*operation.path, *operation.query, *operation.body)
    arguments = {*(field.name for field in fields), *(alias for alias, _ in operation.aliases), "body"}
    every = {f"{operation.id}({name})" for name in arguments}
    result = {f"{operation.id}:return"}
    if change.id in ("operation-added", "operation-removed", "operation-renamed"):
        # The names of classes made for arguments begin with the operation's name.
        types = [*(field.type for field in fields), *([operation.result] if operation.result else [])]
        return {operation.id, *result, *every, *_classes(package, types)}
    if change.id == "operation-path-changed":
        return {f"{operation.id}({field.name})" for field in operation.path}
    steps = [step for step in change.field.replace("[]", "").replace("{}", "").split(".") if step]
    if change.id.startswith("request-"):
        return _of_request(change, operation, steps, package) if steps else every
    if change.id.startswith(("response-", "envelope", "list-became")):
        return _of_answer(change, operation, steps, package) | (
            result if len(steps) <= 1 or operation.list_key else set()
        )
    return {*result, *every} if change.at in (("x-list",), ("x-any-body",), ("x-alias",)) else set()


def _of_request(change: Change, operation: Operation, steps: list[str], package: Package) -> set[str]:
    found: set[str] = set()
    # A renamed field has a different name in each version.
    wires = {steps[0], *_renamed(change, len(steps) == 1)}
    for field in (*operation.path, *operation.query, *operation.body):
        if field.wire in wires:
            names = [field.name, *(alias for alias, name in operation.aliases if name == field.wire)]
            found |= {f"{operation.id}({name})" for name in names} | _below(change, field.type, steps[1:], package)
    return found


def _of_answer(change: Change, operation: Operation, steps: list[str], package: Package) -> set[str]:
    if operation.result is None:
        return set()
    if operation.list_key and steps[:1] == [operation.list_key]:
        steps = steps[1:]
    if not steps and "property" not in change.id:
        return _classes(package, [operation.result])
    return _below(change, operation.result, steps, package)


def _below(change: Change, type_: Type, steps: list[str], package: Package) -> set[str]:
    """The attribute that the steps lead to from a type, its enum's members, and any classes added or removed."""
    models = {model.name: model for model in package.models}
    found: set[str] = set()
    for index, step in enumerate(steps):
        model = next((models[inner.class_name] for inner in type_.walk() if inner.class_name in models), None)
        names = {step, *_renamed(change, index == len(steps) - 1)}
        field: Field | None = next((each for each in model.fields if each.wire in names), None) if model else None
        if model is None or field is None:
            return set()
        found, type_ = {f"{model.name}.{field.name}"}, field.type
    values = {str(change.old), str(change.new)}
    enums = {inner.class_name for inner in type_.walk()}
    found |= {
        f"{enum.name}.{name}"
        for enum in package.enums
        if enum.name in enums
        for name, value in enum.members
        if str(value) in values
    }
    return found | (_classes(package, [type_]) if any(part in change.id for part in _GONE_OR_NEW) else set())


def _classes(package: Package, types: Iterable[Type]) -> set[str]:
    """The classes that the types need, directly or through others."""
    models = {model.name: model for model in package.models}
    found: set[str] = set()
    queue = list(types)
    while queue:
        for inner in queue.pop().walk():
            if inner.class_name and inner.class_name not in found:
                found.add(inner.class_name)
                queue += [field.type for field in models[inner.class_name].fields] if inner.class_name in models else []
    return found


def _renamed(change: Change, is_last: bool) -> set[str]:
    return {str(change.old), str(change.new)} if change.id.endswith("-renamed") and is_last else set()
