"""Compare two versions of a schema. Ids name the direction: a change that is safe in a request may break an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from ..document.shape import Json
from ..repair.keywords import NARROWED
from .finding import Change
from .matching import match_fields
from .prepare import components, refers
from .sentence import MISSING
from .shape import TEXTS, Shape, bare, canonical, differing, reference, relation, same, shape

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_OF_TYPES = frozenset({*_LOWER, *_UPPER, "default", "format", "pattern", "multipleOf", "uniqueItems"})
_OF_PARAMETER = ("name", "in", "required", "schema", "x-path-parameter")
_DEPTH = 40
_MOST = 50
"""Limit per operation on comparing a component with a different one. The same component is compared once."""


@attrs.frozen
class Field:
    """A property or a parameter: its name, place and schema. `where` says in what part of a request it is sent."""

    name: str
    spot: Change
    schema: Json
    is_required: bool
    where: str = ""
    parameter: Json | None = None


class Schemas:
    """Compares schemas where an operation uses them. A component is named by the fields that lead to it.

    Per operation and direction, a component is reported once, at the first field that leads to it.
    """

    def __init__(self, old: Json, new: Json) -> None:
        self.old, self.new = components(old, "schemas"), components(new, "schemas")
        self.old_answers, self.new_answers = components(old, "responses"), components(new, "responses")
        sides = (self.old, self.old_answers), (self.new, self.new_answers)
        # A schema and an answer may share a name.
        self._changed = _changed(
            *({name: [kind.get(name) for kind in side] for name in {*side[0], *side[1]}} for side in sides)
        )
        self._met: Counter[tuple[object, ...]] = Counter()

    def same(self, old: Any, new: Any) -> bool:
        """True if two values are the same, and so are the components they refer to."""
        return same(old, new) and not (self._changed and refers(new) & self._changed)

    def compare(self, old: Json, new: Json, spot: Change, depth: int = 0) -> Iterator[Change]:
        """Yield the changes from the old schema to the new one."""
        if self.same(old, new) or depth > _DEPTH:
            return
        before, after = shape(old, self.old), shape(new, self.new)
        if before.components or after.components:
            name = reference(new)
            is_one = same(old, new) or (name is not None and name == reference(old))
            if is_one and name is not None:
                yield from self._rules(shape(old, {}), shape(new, {}), spot)
            if self.has_met(before, after, spot, is_one=is_one):
                return
            if is_one:
                spot = attrs.evolve(spot, origin=(name or after.components[0],))
            if is_one and name is not None:
                old, new = self.old.get(name, {}), self.new.get(name, {})
                if self.same(old, new):
                    return
                before, after = shape(old, self.old), shape(new, self.new)
        yield from self._type(before, after, spot)
        yield from self._enum(before, after, spot)
        yield from self._variants(before, after, spot, depth)
        yield from self._rules(before, after, spot)
        if _is_object(before) == _is_object(after):
            yield from self._properties(before, after, spot, depth)
        yield from self._inner(before, after, spot, depth)

    def has_met(self, old: Shape, new: Shape, spot: Change, *, is_one: bool = True) -> bool:
        """True if the operation has met these components in this direction. Also records that it has now."""
        key = (spot.place, _is_answer(spot), old.components, new.components, is_one)
        self._met[key] += 1
        return self._met[key] > (1 if is_one else _MOST)

    def _type(self, old: Shape, new: Shape, spot: Change) -> Iterator[Change]:
        how = relation(old.types, new.types)
        if how == "same" and (old.enum is None) != (new.enum is None):
            how = "wider" if new.enum is None else "narrower"
        if old.is_nullable != new.is_nullable:
            if _is_answer(spot) and spot.field:
                yield spot.told("became-nullable" if new.is_nullable else "became-not-nullable")
            elif how == "same":
                how = "wider" if new.is_nullable else "narrower"
            elif how != ("wider" if new.is_nullable else "narrower"):
                how = "other"
        if how != "same":
            what = {"wider": "type-widened", "narrower": "type-narrowed", "other": "type-changed"}[how]
            yield spot.told(what, _typed(old), _typed(new))

    def _enum(self, old: Shape, new: Shape, spot: Change) -> Iterator[Change]:
        if old.enum is None or new.enum is None:
            return
        before, after = ({canonical(value): value for value in each.enum or ()} for each in (old, new))
        yield from (spot.told("enum-value-removed", old=before[key]) for key in before.keys() - after.keys())
        yield from (spot.told("enum-value-added", new=after[key]) for key in after.keys() - before.keys())

    def _variants(self, old: Shape, new: Shape, spot: Change, depth: int) -> Iterator[Change]:
        """Compare the variants of a union: skip those that are alike, and compare the others in order."""
        if old.types != new.types or not old.variants or not new.variants:
            return
        before, after = [], list(new.variants)
        for variant in old.variants:
            twin = next((each for each in after if self._are_alike(variant, each)), None)
            if twin is None:
                before.append(variant)
            else:
                after.remove(twin)
        for was, now in zip(before, after, strict=False):
            yield from self.compare(was, now, spot, depth + 1)
        if len(before) != len(after):
            counts = [f"{view.shown}, in {len(view.variants)} forms" for view in (old, new)]
            yield spot.told("type-widened" if len(before) < len(after) else "type-narrowed", *counts)

    def _are_alike(self, old: Any, new: Any) -> bool:
        """True if two schemas allow the same values, with components followed."""
        met: set[tuple[object, object]] = set()
        queue = [(bare(old), bare(new))]
        while queue:
            one, other = queue.pop()
            names = reference(one), reference(other)
            if names[0] in self.old or names[1] in self.new:
                key = names[0] or canonical(one), names[1] or canonical(other)
                if key not in met:
                    met.add(key)
                    one = bare(self.old[names[0]]) if names[0] in self.old else one
                    queue.append((one, bare(self.new[names[1]]) if names[1] in self.new else other))
            elif isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
                queue += [(one[key], other[key]) for key in one]
            elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
                queue += zip(one, other, strict=True)
            elif not same(one, other):
                return False
        return True

    def _rules(self, old: Shape, new: Shape, spot: Change) -> Iterator[Change]:
        # If a type became a union, its rules moved into a variant: the change of type is enough.
        is_moved = old.types != new.types and bool(old.variants) != bool(new.variants)
        for key, was, now in differing(old.rules, new.rules, _OF_TYPES if is_moved else ()):
            yield spot.told(_rule_change(key, was, now), was, now, rule=key.removeprefix(NARROWED))

    def _properties(self, old: Shape, new: Shape, spot: Change, depth: int) -> Iterator[Change]:
        before, after = (
            {
                name: Field(name, spot.into(name, "properties", name), node, name in view.required)
                for name, node in view.properties.items()
            }
            for view in (old, new)
        )
        yield from self.fields(before, after, depth + 1)

    def fields(self, before: Mapping[str, Field], after: Mapping[str, Field], depth: int = 0) -> Iterator[Change]:
        """Yield the changes of properties and parameters: removed, added, renamed, moved, changed."""
        matched = match_fields(
            before,
            after,
            lambda field: (field.where, field.is_required, canonical(bare(field.schema))),
            lambda field: " ".join((field.parameter or field.schema).get("description", "").split()),
        )
        for key in matched.removed:
            yield before[key].spot.told("removed", old=before[key].schema)
        for key in matched.added:
            field = after[key]
            what = "added" if _is_answer(field.spot) else f"added-{'required' if field.is_required else 'optional'}"
            yield field.spot.told(what, new=field.schema)
        for was, key in matched.both:
            yield from self._field(before[was], after[key], depth)

    def _field(self, old: Field, new: Field, depth: int) -> Iterator[Change]:
        is_in_one = old.spot.origin[:1] == new.spot.origin[:1]
        was_at = old.spot.was_at or old.spot.at
        spot = attrs.evolve(new.spot, was_at=was_at, origin=new.spot.origin if is_in_one else ())
        if old.name != new.name:
            renamed = spot.told("renamed", old.name, new.name)
            # The new format never sends a placeholder's name. For the old format, another finding reports the path.
            yield attrs.evolve(renamed, id="request-path-parameter-renamed") if new.where == "path" else renamed
        if old.where != new.where:
            yield attrs.evolve(spot, id="request-field-moved", old=old.where, new=new.where)
        if old.is_required != new.is_required:
            yield spot.told("became-required" if new.is_required else "became-optional")
        at, was_at = ((*at, "schema") if side.parameter else at for at, side in ((spot.at, new), (was_at, old)))
        yield from self.compare(old.schema, new.schema, attrs.evolve(spot, at=at, was_at=was_at), depth)
        if new.parameter:
            yield from beside(old.parameter or {}, new.parameter, spot, *_OF_PARAMETER)

    def _inner(self, old: Shape, new: Shape, spot: Change, depth: int) -> Iterator[Change]:
        if isinstance(old.items, dict) and isinstance(new.items, dict):
            yield from self.compare(old.items, new.items, spot.into("[]", "items"), depth + 1)
        elif not same(old.items, new.items) and old.types == new.types:
            yield spot.into("[]", "items").told("schema-changed", old.items, new.items, rule="items")
        if isinstance(old.additional, dict) and isinstance(new.additional, dict):
            inner = spot.into("{}", "additionalProperties")
            yield from self.compare(old.additional, new.additional, inner, depth + 1)
        elif not same(old.additional, new.additional):
            yield spot.told("schema-changed", old.additional, new.additional, rule="additionalProperties")


def beside(old: Json, new: Json, spot: Change, *apart: str) -> Iterator[Change]:
    """Compare the keys beside a schema: descriptions, examples, headers, links."""
    for key, was, now in differing(old, new, apart):
        what = "text-changed" if key in TEXTS else "schema-changed"
        there = attrs.evolve(spot, at=(*spot.at, key), was_at=(*(spot.was_at or spot.at), key))
        yield there.told(what, was, now, rule=key)


def _changed(old: Json, new: Json) -> frozenset[str]:
    """The names of components that differ, or refer to one that does."""
    names = old.keys() | new.keys()
    found = {name for name in names if not same(old.get(name), new.get(name))}
    users: dict[str, set[str]] = {}
    for name in names if found else ():
        for used in refers([old.get(name), new.get(name)]):
            users.setdefault(used, set()).add(name)
    queue = list(found)
    while queue:
        more = users.get(queue.pop(), set()) - found
        found |= more
        queue += more
    return frozenset(found)


def _is_answer(spot: Change) -> bool:
    return spot.id == "response-property"


def _is_object(view: Shape) -> bool:
    return bool(view.properties) if view.types is None else "object" in view.types


def _rule_change(key: str, old: Any, new: Any) -> str:
    if key in TEXTS:
        return "text-changed"
    if key == "default":
        return "default-changed"
    is_bound = key in _LOWER or key in _UPPER
    if is_bound or key.startswith(NARROWED):
        if old is MISSING or new is MISSING:
            return "bounds-tightened" if old is MISSING else "bounds-loosened"
        if is_bound:
            return "bounds-tightened" if (new > old) == (key in _LOWER) else "bounds-loosened"
    return "format-changed" if key in _OF_TYPES else "schema-changed"


def _typed(value: Shape) -> str:
    if value.enum is None or value.types is None or len(value.enum) > 12:
        return value.shown
    return f"{value.shown}: one of {', '.join(str(item) for item in value.enum)}"
