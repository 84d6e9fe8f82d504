"""Compare two packages as Python callers see them: methods, arguments, classes, attributes, exported names.

Both are inputs of `render`. The templates are the same, so every difference for callers is a difference here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from ..package.tree import Enum, Model, Operation, Package
from ..render.filters import FILTERS
from .fields import match, respelled
from .finding import Change
from .sentence import MISSING, Words

Class = Model | Enum
Classes = Mapping[str, Class]


@attrs.frozen
class _Named:
    """An argument of a method or an attribute of a class, as a caller sees it."""

    annotation: str
    is_required: bool
    is_keyword: bool = True


def python(old: Package, new: Package, places: Mapping[str, str], renamed: Mapping[str, str]) -> Iterator[Change]:
    """Yield the changes a caller would notice. `places`: operation name → place. `renamed`: old name → new name."""
    for change in _methods(old, new, renamed):
        yield attrs.evolve(change, place=places.get(change.symbol.partition("(")[0].partition(":")[0]))
    classes = _classes_of(old), _classes_of(new)
    changes = list(_classes(*classes))
    yield from changes
    told = {change.symbol for change in changes} | {change.old for change in changes if change.id.endswith("-renamed")}
    yield from _names(*classes, told)


def _change(what: str, symbol: str, old: Any = MISSING, new: Any = MISSING, field: str = "") -> Change:
    return Change(f"python-{what}", None, (), old, new, field, symbol=symbol)


# --- methods ---------------------------------------------------------------------------------------------------------


def _methods(old: Package, new: Package, renamed: Mapping[str, str]) -> Iterator[Change]:
    before, after = ({each.id: each for each in side.operations} for side in (old, new))
    kept = {was: now for was, now in renamed.items() if was in before and now in after and was != now}
    for name in sorted(before.keys() - after.keys() - kept.keys()):
        yield _change("method-removed", name, old=name)
    for name in sorted(after.keys() - before.keys() - set(kept.values())):
        yield _change("method-added", name, new=name)
    for was, now in sorted(kept.items()):
        yield _change("method-renamed", now, was, now)
        yield from _method(before[was], after[now])
    for name in sorted((before.keys() & after.keys()) - kept.keys() - set(kept.values())):
        if before[name] != after[name]:
            yield from _method(before[name], after[name])


def _method(old: Operation, new: Operation) -> Iterator[Change]:
    before, after = _arguments_of(old), _arguments_of(new)
    matched = match(
        before, after, of_old=before.get, of_new=after.get, known=respelled(_meanings_of(old), _meanings_of(new))
    )
    for name in matched.removed:
        yield _change("argument-removed", f"{new.id}({name})", name)
    for name in matched.added:
        what = "required" if after[name].is_required else "optional"
        yield _change(f"argument-added-{what}", f"{new.id}({name})", new=name)
    for was, name in matched.renamed:
        yield _change("argument-renamed", f"{new.id}({name})", was, name)
    positions = [
        [name for name, argument in side.items() if not argument.is_keyword and name in matched.same]
        for side in (before, after)
    ]
    for name in matched.same:
        symbol = f"{new.id}({name})"
        places = [f"as argument {side.index(name) + 1}" if name in side else "by keyword" for side in positions]
        if places[0] != places[1]:
            yield _change("argument-moved", symbol, places[0], places[1], name)
        yield from _need(before[name], after[name], "argument", symbol, name)
        yield from _type(before[name], after[name], "argument", symbol, name)
    returns = FILTERS["returns"]
    if returns(old) != returns(new):
        yield _change("return-type-changed", f"{new.id}:return", returns(old), returns(new))


def _arguments_of(operation: Operation) -> dict[str, _Named]:
    fields = [(field, False) for field in operation.path]
    fields += [(field, True) for field in FILTERS["keywords"](operation)]
    return {
        field.name: _Named(_annotation(FILTERS["parameter"](field)), field.required, is_keyword)
        for field, is_keyword in fields
    }


def _meanings_of(operation: Operation) -> dict[str, str]:
    """The documents' field for each argument, with its place: a path parameter and a body field may share a name."""
    places = {"path": operation.path, "query": operation.query, "body": operation.body}
    return {field.name: f"{place} {field.wire}" for place, fields in places.items() for field in fields}


def _need(old: _Named, new: _Named, what: str, symbol: str, field: str = "") -> Iterator[Change]:
    if old.is_required != new.is_required:
        yield _change(f"{what}-became-{'required' if new.is_required else 'optional'}", symbol, field=field)


def _type(old: _Named, new: _Named, what: str, symbol: str, field: str = "") -> Iterator[Change]:
    how = _widening(_parts(old.annotation), _parts(new.annotation))
    if how:
        yield _change(f"{what}-type-{how}", symbol, old.annotation, new.annotation, field)


# --- classes ---------------------------------------------------------------------------------------------------------


def _classes_of(package: Package) -> Classes:
    classes: tuple[Class, ...] = (*package.models, *package.enums)
    return {each.name: each for each in classes}


def _classes(old: Classes, new: Classes) -> Iterator[Change]:
    matched = match(old, new, of_old=lambda name: _form(old[name]), of_new=lambda name: _form(new[name]))
    for name in sorted(matched.removed):
        yield _change("model-removed", name, old=name)
    for name in sorted(matched.added):
        yield _change("model-added", name, new=name)
    for was, name in matched.renamed:
        yield _change("model-renamed", name, was, name)
    for name in sorted(matched.same):
        if old[name] != new[name]:
            yield from _class(old[name], new[name])


def _class(old: Class, new: Class) -> Iterator[Change]:
    if isinstance(old, Model) and isinstance(new, Model):
        yield from _attributes(old, new)
    elif isinstance(old, Enum) and isinstance(new, Enum):
        yield from _members(old, new)
    else:
        kinds = (Words("an enum" if isinstance(side, Enum) else "an object") for side in (old, new))
        yield _change("model-kind-changed", new.name, *kinds)


def _attributes(old: Model, new: Model) -> Iterator[Change]:
    before, after = _attributes_of(old), _attributes_of(new)
    known = respelled(*({field.name: field.wire for field in side.fields} for side in (old, new)))
    matched = match(before, after, of_old=before.get, of_new=after.get, known=known)
    for name in matched.removed:
        yield _change("attribute-removed", f"{new.name}.{name}", name)
    for name in matched.added:
        yield _change("attribute-added", f"{new.name}.{name}", new=name)
    for was, name in matched.renamed:
        yield _change("attribute-renamed", f"{new.name}.{name}", was, name)
    for name in matched.same:
        yield from _type(before[name], after[name], "attribute", f"{new.name}.{name}")
        # Callers never construct a class that they only receive, so required attributes don't matter there.
        if new.is_argument:
            yield from _need(before[name], after[name], "attribute", f"{new.name}.{name}")


def _attributes_of(model: Model) -> dict[str, _Named]:
    return {
        field.name: _Named(_annotation(FILTERS["attribute"](field, model.is_argument)), field.required)
        for field in model.fields
    }


def _members(old: Enum, new: Enum) -> Iterator[Change]:
    before, after = ({name: repr(value) for name, value in side.members} for side in (old, new))
    for name in sorted(before.keys() | after.keys()):
        symbol = f"{new.name}.{name}"
        if name not in after:
            yield _change("enum-member-removed", symbol, before[name])
        elif name not in before:
            yield _change("enum-member-added", symbol, new=after[name])
        elif before[name] != after[name]:
            yield _change("enum-member-changed", symbol, before[name], after[name])


def _form(class_: Class) -> object:
    """A class without its name. Two classes with equal forms may be one that was renamed."""
    return class_.members if isinstance(class_, Enum) else tuple(_attributes_of(class_).items())


# --- names -----------------------------------------------------------------------------------------------------------


def _names(old: Classes, new: Classes, told: set[Any]) -> Iterator[Change]:
    """Compare the names exported beside a class: the mapping of a model, the values of an enum."""
    sides = [{f"{name}{_beside(class_)}": name for name, class_ in side.items()} for side in (old, new)]
    for name in sorted(sides[0].keys() ^ sides[1].keys()):
        class_name = (sides[0] | sides[1])[name]
        if class_name not in told and name != class_name:
            yield _change("name-removed" if name in sides[0] else "name-added", name)


def _beside(class_: Class) -> str:
    return "Value" if isinstance(class_, Enum) else "Dict" if class_.is_argument else ""


# --- annotations -----------------------------------------------------------------------------------------------------


def _annotation(written: str) -> str:
    """The annotation in a template's output, such as `str | Unset = UNSET`."""
    return written.partition(" = ")[0]


def _widening(before: set[str], after: set[str]) -> str | None:
    if before == after:
        return None
    if after == {"Any"} or before < after:
        return "widened"
    return "narrowed" if before == {"Any"} or after < before else "changed"


def _parts(annotation: str) -> set[str]:
    """The members of a union, split outside brackets. `Unset` is dropped: `_need` compares it."""
    parts, depth = [""], 0
    for char in annotation:
        depth += (char in "[(") - (char in "])")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return {part.strip() for part in parts} - {"", "Unset"}
