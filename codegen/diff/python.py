"""Compare two packages as Python callers see them: methods, arguments, classes, attributes, exported names.

Both are inputs of `render`. The templates are the same, so every difference for callers is a difference here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from ..package.tree import Enum, Field, Model, Operation, Package
from ..render.filters import FILTERS
from .finding import Change
from .matching import match_fields, respelled
from .prepare import Interface, Node
from .sentence import MISSING, Words

Class = Model | Enum


@attrs.frozen
class _Named:
    """An argument of a method or an attribute of a class, as a caller sees it."""

    annotation: str
    is_required: bool
    is_keyword: bool = True


def python(both: Iterable[tuple[Node, Node]], old: Interface, new: Interface) -> Iterator[Change]:
    """Yield the changes a caller would notice. `both` are the operations that both versions have."""
    if old.package is None or new.package is None:
        return
    places = {id_: place for names in (old.names, new.names) for place, id_ in names.items()}
    kept = {old.names[was.place]: new.names[node.place] for was, node in both}
    # Another operation may have taken over a name.
    others = (old.operations.keys() - kept.keys()) & (new.operations.keys() - set(kept.values()))
    for change in _methods(old.operations, new.operations, {**kept, **dict(zip(others, others, strict=True))}):
        yield attrs.evolve(change, place=places.get(change.symbol.partition("(")[0].partition(":")[0]))
    classes = _classes_of(old.package), _classes_of(new.package)
    changes = list(_classes(*classes))
    yield from changes
    told = {change.symbol for change in changes} | {change.old for change in changes if change.id.endswith("-renamed")}
    yield from _names(*classes, told)


def _change(what: str, symbol: str, old: Any = MISSING, new: Any = MISSING, field: str = "") -> Change:
    return Change(f"python-{what}", None, (), old, new, field, symbol=symbol)


# --- methods ---------------------------------------------------------------------------------------------------------


def _methods(
    before: Mapping[str, Operation], after: Mapping[str, Operation], kept: Mapping[str, str]
) -> Iterator[Change]:
    for name in sorted(before.keys() - kept.keys()):
        yield _change("method-removed", name, old=name)
    for name in sorted(after.keys() - set(kept.values())):
        yield _change("method-added", name, new=name)
    for was, now in sorted(kept.items()):
        if was != now:
            yield _change("method-renamed", now, was, now)
        if before[was] != after[now]:
            yield from _method(before[was], after[now])


def _method(old: Operation, new: Operation) -> Iterator[Change]:
    known = respelled(_meanings_of(old), _meanings_of(new))
    before, after = _arguments_of(old), _arguments_of(new)
    yield from _fields("argument", f"{new.id}({{}})", before, after, known)
    returns = FILTERS["returns"]
    if returns(old) != returns(new):
        yield _change("return-type-changed", f"{new.id}:return", returns(old), returns(new))


def _arguments_of(operation: Operation) -> dict[str, _Named]:
    keywords = FILTERS["keywords"](operation)
    return {
        field.name: _named(FILTERS["parameter"](field), field, is_keyword=index >= len(operation.path))
        for index, field in enumerate((*operation.path, *keywords))
    }


def _meanings_of(operation: Operation) -> dict[str, str]:
    """The documents' field for each argument, with its place: a path parameter and a body field may share a name."""
    places = {"path": operation.path, "query": operation.query, "body": operation.body}
    return {field.name: f"{place} {field.wire}" for place, fields in places.items() for field in fields}


# --- classes ---------------------------------------------------------------------------------------------------------


def _classes_of(package: Package) -> dict[str, Class]:
    classes: tuple[Class, ...] = (*package.models, *package.enums)
    return {each.name: each for each in classes}


def _classes(old: Mapping[str, Class], new: Mapping[str, Class]) -> Iterator[Change]:
    matched = match_fields(old, new, _form)
    for name in sorted(matched.removed):
        yield _change("model-removed", name, old=name)
    for name in sorted(matched.added):
        yield _change("model-added", name, new=name)
    for was, name in sorted(matched.both):
        if was != name:
            yield _change("model-renamed", name, was, name)
        elif old[name] != new[name]:
            yield from _class(old[name], new[name])


def _class(old: Class, new: Class) -> Iterator[Change]:
    if isinstance(old, Model) and isinstance(new, Model):
        known = respelled(*({field.name: field.wire for field in side.fields} for side in (old, new)))
        before, after = _attributes_of(old), _attributes_of(new)
        yield from _fields("attribute", f"{new.name}.{{}}", before, after, known, is_given=new.is_argument)
    elif isinstance(old, Enum) and isinstance(new, Enum):
        yield from _members(old, new)
    else:
        kinds = (Words("an enum" if isinstance(side, Enum) else "an object") for side in (old, new))
        yield _change("model-kind-changed", new.name, *kinds)


def _attributes_of(model: Model) -> dict[str, _Named]:
    return {field.name: _named(FILTERS["attribute"](field, model.is_argument), field) for field in model.fields}


def _members(old: Enum, new: Enum) -> Iterator[Change]:
    before, after = ({name: repr(value) for name, value in side.members} for side in (old, new))
    for name in sorted(before.keys() | after.keys()):
        values = before.get(name, MISSING), after.get(name, MISSING)
        what = "added" if name not in before else "removed" if name not in after else "changed"
        if values[0] != values[1]:
            yield _change(f"enum-member-{what}", f"{new.name}.{name}", *values)


def _form(class_: Class) -> object:
    """A class without its name. Two classes with equal forms may be one that was renamed."""
    return class_.members if isinstance(class_, Enum) else tuple(_attributes_of(class_).items())


def _names(old: Mapping[str, Class], new: Mapping[str, Class], told: set[Any]) -> Iterator[Change]:
    """Compare the names exported beside a class: the mapping of a model, the values of an enum."""
    sides = [{f"{name}{_beside(class_)}": name for name, class_ in side.items()} for side in (old, new)]
    for name in sorted(sides[0].keys() ^ sides[1].keys()):
        class_name = (sides[0] | sides[1])[name]
        if class_name not in told and name != class_name:
            yield _change("name-removed" if name in sides[0] else "name-added", name)


def _beside(class_: Class) -> str:
    return "Value" if isinstance(class_, Enum) else "Dict" if class_.is_argument else ""


# --- arguments and attributes ----------------------------------------------------------------------------------------


def _named(written: str, field: Field, *, is_keyword: bool = True) -> _Named:
    """A field with the annotation of a template's output, such as `str | Unset = UNSET`."""
    return _Named(written.partition(" = ")[0], field.required, is_keyword)


def _fields(
    what: str,
    symbol: str,
    before: Mapping[str, _Named],
    after: Mapping[str, _Named],
    known: list[tuple[str, str]],
    *,
    is_given: bool = True,
) -> Iterator[Change]:
    """Compare arguments or attributes. Callers never construct a class that is not `is_given` but received."""
    matched = match_fields(before, after, known=known)
    same = {name for was, name in matched.both if was == name}
    positions = [
        [name for name, each in side.items() if not each.is_keyword and name in same] for side in (before, after)
    ]
    for name in matched.removed:
        yield _change(f"{what}-removed", symbol.format(name), name)
    for name in matched.added:
        need = f"-{_need(after[name])}" if what == "argument" else ""
        yield _change(f"{what}-added{need}", symbol.format(name), new=name)
    for was, name in matched.both:
        one, other = before[was], after[name]
        field = name if what == "argument" else ""
        if was != name:
            yield _change(f"{what}-renamed", symbol.format(name), was, name)
            continue
        places = [f"as argument {side.index(name) + 1}" if name in side else "by keyword" for side in positions]
        if places[0] != places[1]:
            yield _change(f"{what}-moved", symbol.format(name), places[0], places[1], field)
        if one.is_required != other.is_required and is_given:
            yield _change(f"{what}-became-{_need(other)}", symbol.format(name), field=field)
        if how := _widening(_parts(one.annotation), _parts(other.annotation)):
            yield _change(f"{what}-type-{how}", symbol.format(name), one.annotation, other.annotation, field)


def _need(named: _Named) -> str:
    return "required" if named.is_required else "optional"


def _widening(before: set[str], after: set[str]) -> str | None:
    if before == after:
        return None
    if after == {"Any"} or before < after:
        return "widened"
    return "narrowed" if before == {"Any"} or after < before else "changed"


def _parts(annotation: str) -> set[str]:
    """The members of a union, split outside brackets. `Unset` is dropped: it says what `is_required` says."""
    parts, depth = [""], 0
    for char in annotation:
        depth += (char in "[(") - (char in "])")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return {part.strip() for part in parts} - {"", "Unset"}
