"""Two Python interfaces → changes: methods, arguments, classes, attributes, exported names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import griffe

from .fields import match, respelled
from .finding import Change
from .sentence import MISSING
from .surface import Argument, Class, Method, Surface, symbol


def python(old: Surface, new: Surface, places: Mapping[str, str], renamed: Mapping[str, str]) -> Iterator[Change]:
    """What a caller would notice. `places` are the operations' places by name, `renamed` new names by old ones."""
    changes = [*_methods(old, new, renamed), *_classes(old, new)]
    for change in changes:
        yield _placed(change, places)
    seen = {symbol_ for change in changes for symbol_ in _bases(change)} | _defaults(old, new)
    yield from _names(old, new, seen)
    yield from _breakages(old, new, seen)


def _placed(change: Change, places: Mapping[str, str]) -> Change:
    place = places.get(change.symbol.partition("(")[0].partition(":")[0])
    return Change(change.id, place, (), change.old, change.new, change.field, symbol=change.symbol)


def _change(what: str, symbol_: str, old: Any = MISSING, new: Any = MISSING, field: str = "") -> Change:
    return Change(f"python-{what}", None, (), old, new, field, symbol=symbol_)


# --- methods ---------------------------------------------------------------------------------------------------------


def _methods(old: Surface, new: Surface, renamed: Mapping[str, str]) -> Iterator[Change]:
    kept = {was: now for was, now in renamed.items() if was in old.methods and now in new.methods and was != now}
    gone = old.methods.keys() - new.methods.keys() - kept.keys()
    come = new.methods.keys() - old.methods.keys() - set(kept.values())
    for name in sorted(gone):
        yield _change("method-removed", name, old=name)
    for name in sorted(come):
        yield _change("method-added", name, new=name)
    for was, now in sorted(kept.items()):
        yield _change("method-renamed", now, was, now)
        yield from _method(old.methods[was], new.methods[now])
    for name in sorted((old.methods.keys() & new.methods.keys()) - kept.keys() - set(kept.values())):
        yield from _method(old.methods[name], new.methods[name])


def _method(old: Method, new: Method) -> Iterator[Change]:
    name = new.symbol
    # The order is that of the positions.
    is_other = list(old.arguments.items()) != list(new.arguments.items())
    if is_other or respelled(old.meanings, new.meanings):
        yield from _arguments(old, new)
    if old.returns != new.returns:
        yield _change("return-type-changed", f"{name}:return", old.returns, new.returns)


def _arguments(old: Method, new: Method) -> Iterator[Change]:
    matched = match(
        old.arguments,
        new.arguments,
        of_old=lambda name: _kind(old.arguments[name]),
        of_new=lambda name: _kind(new.arguments[name]),
        known=respelled(old.meanings, new.meanings),
    )
    for name in matched.removed:
        yield _change("argument-removed", f"{new.symbol}({name})", name)
    for name in matched.added:
        what = "optional" if new.arguments[name].default is not None else "required"
        yield _change(f"argument-added-{what}", f"{new.symbol}({name})", new=name)
    for was, now in matched.renamed:
        yield _change("argument-renamed", f"{new.symbol}({now})", was, now)
    positions = [
        [name for name, argument in side.arguments.items() if not argument.is_keyword and name in matched.same]
        for side in (old, new)
    ]
    for name in matched.same:
        yield from _argument(old.arguments[name], new.arguments[name], f"{new.symbol}({name})", positions)


def _argument(old: Argument, new: Argument, symbol_: str, positions: list[list[str]]) -> Iterator[Change]:
    places = [
        "by keyword" if argument.is_keyword else f"as argument {side.index(argument.name) + 1}"
        for argument, side in zip((old, new), positions, strict=True)
    ]
    if places[0] != places[1]:
        yield _change("argument-moved", symbol_, places[0], places[1], new.name)
    if (old.default is None) != (new.default is None):
        what = "became-required" if new.default is None else "became-optional"
        yield _change(f"argument-{what}", symbol_, field=new.name)
    if old.annotation != new.annotation:
        how = _widening(_without_unset(old.annotation), _without_unset(new.annotation))
        if how:
            yield _change(f"argument-type-{how}", symbol_, old.annotation, new.annotation, new.name)


# --- classes ---------------------------------------------------------------------------------------------------------


def _classes(old: Surface, new: Surface) -> Iterator[Change]:
    matched = match(
        old.classes,
        new.classes,
        of_old=lambda name: _form(old.classes[name]),
        of_new=lambda name: _form(new.classes[name]),
    )
    for name in sorted(matched.removed):
        yield _change("model-removed", name, old=name)
    for name in sorted(matched.added):
        yield _change("model-added", name, new=name)
    for was, now in matched.renamed:
        yield _change("model-renamed", now, was, now)
    for name in sorted(matched.same):
        if old.classes[name] != new.classes[name]:
            yield from _class(old.classes[name], new.classes[name])


def _class(old: Class, new: Class) -> Iterator[Change]:
    if old.is_enum or new.is_enum:
        yield from _members(old, new)
        return
    matched = match(
        old.attributes,
        new.attributes,
        of_old=lambda name: _kind(old.attributes[name]),
        of_new=lambda name: _kind(new.attributes[name]),
        known=respelled(old.meanings, new.meanings),
    )
    for name in matched.removed:
        yield _change("attribute-removed", f"{new.name}.{name}", name)
    for name in matched.added:
        yield _change("attribute-added", f"{new.name}.{name}", new=name)
    for was, now in matched.renamed:
        yield _change("attribute-renamed", f"{new.name}.{now}", was, now)
    for name in matched.same:
        before, after = old.attributes[name], new.attributes[name]
        how = _widening(_without_unset(before.annotation), _without_unset(after.annotation))
        if how:
            yield _change(f"attribute-type-{how}", f"{new.name}.{name}", before.annotation, after.annotation)
        if new.is_argument and (before.default is None) != (after.default is None):
            what = "became-required" if after.default is None else "became-optional"
            yield _change(f"attribute-{what}", f"{new.name}.{name}")


def _members(old: Class, new: Class) -> Iterator[Change]:
    for name in sorted(old.attributes.keys() | new.attributes.keys()):
        symbol_ = f"{new.name}.{name}"
        if name not in new.attributes:
            yield _change("enum-member-removed", symbol_, old.attributes[name].default)
        elif name not in old.attributes:
            yield _change("enum-member-added", symbol_, new=new.attributes[name].default)
        elif old.attributes[name].default != new.attributes[name].default:
            values = old.attributes[name].default, new.attributes[name].default
            yield _change("enum-member-changed", symbol_, *values)


# --- what is left ----------------------------------------------------------------------------------------------------


def _names(old: Surface, new: Surface, seen: set[str]) -> Iterator[Change]:
    for name in sorted(old.names ^ new.names):
        if name.removesuffix("Dict").removesuffix("Value") not in seen and name not in seen:
            yield _change("name-removed" if name in old.names else "name-added", name)


def _breakages(old: Surface, new: Surface, seen: set[str]) -> Iterator[Change]:
    """What griffe's own comparison finds beyond ours: nothing that breaks a caller goes unseen."""
    told: set[str] = set()
    for breakage in griffe.find_breaking_changes(old.module, new.module):
        name = symbol(breakage.obj.path)
        base = name.rpartition(".")[0]
        is_ours = name.partition(".")[0] in {*old.classes, *new.classes} or name in {*old.methods, *new.methods}
        if is_ours and name not in seen and base not in seen and name not in told:
            told.add(name)
            yield _change("api-changed", name, field=str(breakage.kind.value))


def _defaults(old: Surface, new: Surface) -> set[str]:
    """Attributes of classes that callers only receive: what they are without being given concerns nobody."""
    received = [class_ for class_ in new.classes.values() if not class_.is_argument and class_.name in old.classes]
    return {f"{class_.name}.{name}" for class_ in received if not class_.is_enum for name in class_.attributes}


def _bases(change: Change) -> set[str]:
    """The names that a change speaks of, as griffe would name them."""
    name = change.symbol.partition("(")[0].partition(":")[0]
    found = {name}
    if change.id.startswith("python-enum-member-"):
        # The literal type of an enum's values changes with its members.
        found.add(name.partition(".")[0])
    if change.id in ("python-method-renamed", "python-model-renamed"):
        found.add(str(change.old))
    if change.id == "python-attribute-renamed":
        found.add(f"{name.rpartition('.')[0]}.{change.old}")
    return found


def _kind(argument: Argument) -> tuple[str, bool, bool]:
    return argument.annotation, argument.default is None, argument.is_keyword


def _form(class_: Class) -> tuple[Any, ...]:
    attributes = tuple((name, item.annotation, item.default) for name, item in class_.attributes.items())
    return class_.is_enum, attributes


def _widening(old: str, new: str) -> str | None:
    before, after = _parts(old), _parts(new)
    if before == after:
        return None
    if after == {"Any"} or before < after:
        return "widened"
    return "narrowed" if before == {"Any"} or after < before else "changed"


def _without_unset(annotation: str) -> str:
    return " | ".join(sorted(_parts(annotation) - {"Unset"}))


def _parts(annotation: str) -> set[str]:
    """The members of a union, brackets kept together."""
    parts, depth = [""], 0
    for char in annotation:
        depth += (char in "[(") - (char in "])")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return {part.strip() for part in parts if part.strip()}
