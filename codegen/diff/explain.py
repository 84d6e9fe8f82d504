"""Trace changes of the Python interface to changes on the wire, so that each change is reported once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

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


def explain(wire: Iterable[Change], python: Iterable[Change], old: Interface, new: Interface) -> list[Explained]:
    """Attach each interface change to the first wire change that explains it. The others stand alone."""
    left: dict[str, list[Change]] = {}
    for change in python:
        left.setdefault(change.symbol, []).append(change)
    result = []
    for change in wire:
        symbols = _symbols(change, old) | _symbols(change, new)
        taken = [found for symbol in sorted(symbols) for found in left.pop(symbol, [])]
        taken.sort(key=lambda found: (_ORDER.index(found.id), found.symbol))
        result.append(Explained(change, tuple(taken)))
    result += [Explained(change, ()) for changes in left.values() for change in changes]
    return result


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
    package = interface.package
    if package is None:
        return set()
    if change.also:
        alone = attrs.evolve(change, also=())
        each = [alone, *(attrs.evolve(alone, place=place, field=field) for place, field in change.also)]
        return {symbol for one in each for symbol in _symbols(one, interface)}
    place = change.was_place if change.was_place in interface.names else change.place
    operation = interface.operations.get(interface.names.get(place or "", ""))
    if operation is None:
        return set()
    if change.id.startswith("operation-") and change.id.endswith(("added", "removed", "renamed")):
        # The names of classes made for arguments begin with the operation's name.
        arguments = {f"{operation.id}({name})" for name in _argument_names(operation)}
        return {operation.id, f"{operation.id}:return", *arguments, *_classes(package, _types(operation))}
    if change.id == "operation-path-changed":
        return {f"{operation.id}({field.name})" for field in operation.path}
    if change.id.startswith("request-"):
        return _of_request(change, operation, package)
    if change.id.startswith(("response-", "envelope", "list-became")):
        return _of_answer(change, operation, package)
    if change.at in (("x-list",), ("x-any-body",), ("x-alias",)):
        return {f"{operation.id}:return", *(f"{operation.id}({name})" for name in _argument_names(operation))}
    return set()


def _types(operation: Operation) -> list[Type]:
    fields = [*operation.path, *operation.query, *operation.body]
    return [*(field.type for field in fields), *([operation.result] if operation.result else [])]


def _argument_names(operation: Operation) -> list[str]:
    names = [field.name for field in (*operation.path, *operation.query, *operation.body)]
    return [*names, *(alias for alias, _ in operation.aliases), "body"]


def _of_request(change: Change, operation: Operation, package: Package) -> set[str]:
    steps = _steps(change.field)
    if not steps:
        return {f"{operation.id}({name})" for name in _argument_names(operation)}
    arguments = {field.wire: field for field in (*operation.path, *operation.query, *operation.body)}
    found: set[str] = set()
    # A renamed field has a different name in each version.
    for wire in {steps[0], *_renamed(change, len(steps) == 1)}:
        field = arguments.get(wire)
        if field is not None:
            found.add(f"{operation.id}({field.name})")
            found |= {f"{operation.id}({alias})" for alias, name in operation.aliases if name == wire}
            found |= _below(change, field.type, steps[1:], package)
    return found


def _of_answer(change: Change, operation: Operation, package: Package) -> set[str]:
    steps = _steps(change.field)
    found = {f"{operation.id}:return"} if len(steps) <= 1 or operation.list_key else set()
    if operation.result is None:
        return found
    if operation.list_key and steps[:1] == [operation.list_key]:
        steps = steps[1:]
    if not steps and "property" not in change.id:
        return found | _classes(package, [operation.result])
    return found | _below(change, operation.result, steps, package)


def _below(change: Change, type_: Type, steps: list[str], package: Package) -> set[str]:
    """The attribute that the steps lead to from a type, its enum's members, and any classes added or removed."""
    models = {model.name: model for model in package.models}
    owner: str | None = None
    field: Field | None = None
    for index, step in enumerate(steps):
        model = next((models[inner.class_name] for inner in type_.walk() if inner.class_name in models), None)
        if model is None:
            return set()
        names = {step, *_renamed(change, index == len(steps) - 1)}
        field = next((each for each in model.fields if each.wire in names), None)
        if field is None:
            return set()
        owner, type_ = model.name, field.type
    found = {f"{owner}.{field.name}"} if owner and field else set()
    for enum in package.enums:
        if any(inner.class_name == enum.name for inner in type_.walk()):
            members = {str(value): name for name, value in enum.members}
            found |= {
                f"{enum.name}.{members[str(value)]}" for value in (change.old, change.new) if str(value) in members
            }
    if any(part in change.id for part in _GONE_OR_NEW):
        found |= _classes(package, [type_])
    return found


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


def _steps(field: str) -> list[str]:
    """`labels{}.name` → `labels`, `name`; empty for the whole body or answer."""
    return [step for step in field.replace("[]", "").replace("{}", "").split(".") if step]


def renamed(both: Iterable[tuple[str, str]], old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Map the old names of renamed operations to their new names. `both` has the old and new places."""
    pairs = ((old.get(was), new.get(now)) for was, now in both)
    return {was: now for was, now in pairs if was is not None and now is not None and was != now}
