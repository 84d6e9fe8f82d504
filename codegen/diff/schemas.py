"""Compare two versions of a schema. Ids name the direction: a change that is safe in a request may break an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from typing import Any

import attrs

from ..document.shape import Json
from .fields import match
from .finding import Change
from .prepare import components, refers
from .sentence import MISSING, Words
from .shape import (
    LOWER_BOUNDS,
    UPPER_BOUNDS,
    Shape,
    bare,
    canonical,
    description,
    differing,
    reference,
    relation,
    same,
    shape,
    spaced,
)

_DEPTH = 40
_MOST = 50
"""Limit per operation on comparing a component with a different one. The same component is compared once."""


@attrs.frozen
class Spot:
    """The place of a schema: the operation, the path in each version, the field's name."""

    place: str | None
    at: tuple[str, ...]
    field: str
    name: str
    """The beginning of the ids: request-parameter, request-property or response-property."""
    where: str = ""
    was_at: tuple[str, ...] | None = None
    origin: tuple[str, ...] = ()
    """The component it is in, and the path there."""

    @property
    def is_answer(self) -> bool:
        return self.name == "response-property"

    def into(self, step: str, *tokens: str, was: tuple[str, ...] | None = None) -> Spot:
        """The place one level down. Below a parameter, too, fields are properties."""
        field = (
            step if not self.field else f"{self.field}{step}" if step.startswith(("[", "{")) else f"{self.field}.{step}"
        )
        was_at = None if self.was_at is None and was is None else (*(self.was_at or self.at), *(was or tokens))
        name = "request-property" if self.name == "request-parameter" else self.name
        origin = (*self.origin, *tokens) if self.origin else ()
        return attrs.evolve(self, at=(*self.at, *tokens), was_at=was_at, field=field, name=name, origin=origin)

    def change(self, what: str, old: Any = MISSING, new: Any = MISSING, **words: Any) -> Change:
        """A change at this place. `what` completes the id."""
        return Change(
            f"{self.name}-{what}",
            self.place,
            self.at,
            old,
            new,
            self.field,
            words=(("where", Words(self.where)), *words.items()),
            was_at=self.was_at,
            origin=self.origin,
        )


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

    def compare(self, old: Any, new: Any, spot: Spot, depth: int = 0) -> Iterator[Change]:
        """Yield the changes from the old schema to the new one."""
        if self.same(old, new) or depth > _DEPTH:
            return
        before, after = shape(old, self.old), shape(new, self.new)
        if before.components or after.components:
            name = reference(new)
            is_one = same(old, new) or (name is not None and name == reference(old))
            if is_one and name is not None:
                yield from self._texts(shape(old, {}), shape(new, {}), spot)
            if self.has_met(before, after, spot, is_one=is_one):
                return
            if is_one:
                spot = attrs.evolve(spot, origin=(name or after.components[0],))
            if is_one and name is not None:
                old, new = self.old.get(name), self.new.get(name)
                if self.same(old, new):
                    return
                before, after = shape(old, self.old), shape(new, self.new)
        yield from self._type(before, after, spot)
        yield from self._enum(before, after, spot)
        if relation(before.types, after.types) == "same" or bool(before.variants) == bool(after.variants):
            # If a type became a union, its rules moved into a variant: the change of type is enough.
            yield from self._keywords(before, after, spot)
            if before.types == after.types and before.variants and after.variants:
                yield from self._variants(before, after, spot, depth)
        yield from self._texts(before, after, spot)
        yield from self._narrowing(before, after, spot)
        for key, was, now in differing(before.rest, after.rest):
            yield spot.change("schema-changed", was, now, rule=key)
        if _is_object(before) == _is_object(after):
            yield from self._properties(before, after, spot, depth)
        yield from self._inner(before, after, spot, depth)

    def has_met(self, old: Shape, new: Shape, spot: Spot, *, is_one: bool = True) -> bool:
        """True if the operation has met these components in this direction. Also records that it has now."""
        key = (spot.place, spot.is_answer, old.components, new.components, is_one)
        self._met[key] += 1
        return self._met[key] > (1 if is_one else _MOST)

    def _type(self, old: Shape, new: Shape, spot: Spot) -> Iterator[Change]:
        how = relation(old.types, new.types)
        if how == "same" and (old.enum is None) != (new.enum is None):
            how = "wider" if new.enum is None else "narrower"
        if spot.is_answer and old.is_nullable != new.is_nullable and spot.field:
            yield spot.change("became-nullable" if new.is_nullable else "became-not-nullable")
        elif how == "same" and old.is_nullable != new.is_nullable:
            how = "wider" if new.is_nullable else "narrower"
        elif (how, new.is_nullable) in (("wider", False), ("narrower", True)) and old.is_nullable != new.is_nullable:
            how = "other"
        if how != "same":
            what = {"wider": "type-widened", "narrower": "type-narrowed", "other": "type-changed"}[how]
            yield spot.change(what, _typed(old), _typed(new))

    def _variants(self, old: Shape, new: Shape, spot: Spot, depth: int) -> Iterator[Change]:
        """Compare the variants of a union: skip those that are alike, and compare the others in order."""
        after = list(new.variants)
        before = []
        for variant in old.variants:
            twin = next((each for each in after if self._are_alike(variant, each)), None)
            if twin is None:
                before.append(variant)
            else:
                after.remove(twin)
        for was, now in zip(before, after, strict=False):
            yield from self.compare(was, now, spot, depth + 1)
        if len(before) != len(after):
            counts = [f"{view.shown}, in {len(view.variants) or 1} forms" for view in (old, new)]
            yield spot.change("type-widened" if len(before) < len(after) else "type-narrowed", *counts)

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

    def _enum(self, old: Shape, new: Shape, spot: Spot) -> Iterator[Change]:
        if old.enum is None or new.enum is None:
            return
        before = {canonical(value): value for value in old.enum}
        after = {canonical(value): value for value in new.enum}
        for key in before.keys() - after.keys():
            yield spot.change("enum-value-removed", old=before[key])
        for key in after.keys() - before.keys():
            yield spot.change("enum-value-added", new=after[key])

    def _keywords(self, old: Shape, new: Shape, spot: Spot) -> Iterator[Change]:
        for key, before, after in differing(old.keywords, new.keywords):
            yield spot.change(_keyword_change(key, before, after), before, after, rule=key)

    def _narrowing(self, old: Shape, new: Shape, spot: Spot) -> Iterator[Change]:
        for key, before, after in differing(old.narrowing, new.narrowing):
            what = "bounds-tightened" if before is MISSING else "bounds-loosened" if after is MISSING else ""
            yield spot.change(what or "schema-changed", before, after, rule=key)

    def _texts(self, old: Shape, new: Shape, spot: Spot) -> Iterator[Change]:
        for key, was, now in differing(old.texts, new.texts):
            yield spot.change("text-changed", was, now, rule=key)

    def _properties(self, old: Shape, new: Shape, spot: Spot, depth: int) -> Iterator[Change]:
        matched = match(
            old.properties,
            new.properties,
            of_old=lambda name: (canonical(bare(old.properties[name])), name in old.required),
            of_new=lambda name: (canonical(bare(new.properties[name])), name in new.required),
            text_of_old=lambda name: description(old.properties[name]),
            text_of_new=lambda name: description(new.properties[name]),
        )
        for name in matched.removed:
            inner = spot.into(name, "properties", name)
            yield inner.change("removed", old=old.properties[name])
        for name in matched.added:
            inner = spot.into(name, "properties", name)
            what = "added" if spot.is_answer else f"added-{'required' if name in new.required else 'optional'}"
            yield inner.change(what, new=new.properties[name])
        for was, name in matched.renamed:
            inner = spot.into(name, "properties", name, was=("properties", was))
            yield inner.change("renamed", was, name)
            yield from self.compare(old.properties[was], new.properties[name], inner, depth + 1)
        for name in matched.same:
            inner = spot.into(name, "properties", name)
            if (name in old.required) != (name in new.required):
                yield inner.change("became-required" if name in new.required else "became-optional")
            yield from self.compare(old.properties[name], new.properties[name], inner, depth + 1)

    def _inner(self, old: Shape, new: Shape, spot: Spot, depth: int) -> Iterator[Change]:
        if isinstance(old.items, dict) and isinstance(new.items, dict):
            yield from self.compare(old.items, new.items, spot.into("[]", "items"), depth + 1)
        elif not same(old.items, new.items) and old.types == new.types:
            yield spot.into("[]", "items").change("schema-changed", old.items, new.items, rule="items")
        if isinstance(old.additional, dict) and isinstance(new.additional, dict):
            inner = spot.into("{}", "additionalProperties")
            yield from self.compare(old.additional, new.additional, inner, depth + 1)
        elif not same(old.additional, new.additional):
            yield spot.change("schema-changed", old.additional, new.additional, rule="additionalProperties")


def beside(old: Json, new: Json, spot: Spot, apart: Container[str]) -> Iterator[Change]:
    """Compare the keys beside a schema: descriptions, examples, headers, links."""
    before, after = ({key: spaced(value) for key, value in side.items()} for side in (old, new))
    for key, was, now in differing(before, after, apart):
        what = "text-changed" if key in ("description", "example", "examples") else "schema-changed"
        yield attrs.evolve(spot, at=(*spot.at, key)).change(what, was, now, rule=key)


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


def _is_object(view: Shape) -> bool:
    return bool(view.properties) if view.types is None else "object" in view.types


def _keyword_change(key: str, old: Any, new: Any) -> str:
    if key == "default":
        return "default-changed"
    if key not in LOWER_BOUNDS and key not in UPPER_BOUNDS:
        return "format-changed"
    numbers = [value for value in (old, new) if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) < 2:
        # A new bound tightens; a removed one loosens.
        return "bounds-tightened" if old is MISSING else "bounds-loosened" if new is MISSING else "format-changed"
    is_tighter = numbers[1] > numbers[0] if key in LOWER_BOUNDS else numbers[1] < numbers[0]
    return "bounds-tightened" if is_tighter else "bounds-loosened"


def _typed(value: Shape) -> str:
    if value.enum is None or value.types is None or len(value.enum) > 12:
        return value.shown
    return f"{value.shown}: one of {', '.join(str(item) for item in value.enum)}"
