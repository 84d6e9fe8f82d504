"""Two versions of a schema → changes. What is safe in a request is not in an answer: the direction is in the name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from .fields import match
from .finding import Change
from .sentence import MISSING, Words
from .shape import LOWER_BOUNDS, UPPER_BOUNDS, Shape, bare, canonical, reference, relation, same, shape
from .source import Json

_DEPTH = 40


@attrs.frozen
class Spot:
    """Where a schema stands: the operation, the place of its schema in each version, the field's name."""

    place: str | None
    at: tuple[str, ...]
    field: str
    name: str
    """What the ids begin with: request-parameter, request-property or response-property."""
    where: str = ""
    was_at: tuple[str, ...] | None = None

    @property
    def is_answer(self) -> bool:
        return self.name == "response-property"

    def into(self, step: str, *tokens: str, was: tuple[str, ...] | None = None) -> Spot:
        """One level down. Below a parameter, too, stand properties."""
        field = (
            step if not self.field else f"{self.field}{step}" if step.startswith(("[", "{")) else f"{self.field}.{step}"
        )
        was_at = None if self.was_at is None and was is None else (*(self.was_at or self.at), *(was or tokens))
        name = "request-property" if self.name == "request-parameter" else self.name
        return attrs.evolve(self, at=(*self.at, *tokens), was_at=was_at, field=field, name=name)

    def change(self, what: str, old: Any = MISSING, new: Any = MISSING, **words: Any) -> Change:
        """A change here; `what` completes the id."""
        return Change(
            f"{self.name}-{what}",
            self.place,
            self.at,
            old,
            new,
            self.field,
            words=(("where", Words(self.where)), *words.items()),
            was_at=self.was_at,
        )


class Schemas:
    """Compares schemas of two documents. A component that both have under one name is left for `components`."""

    def __init__(self, old: Json, new: Json) -> None:
        self.old = old
        self.new = new

    def compare(self, old: Any, new: Any, spot: Spot, depth: int = 0) -> Iterator[Change]:
        """The changes from one schema to the other."""
        if same(old, new) or depth > _DEPTH:
            return
        name = reference(new)
        if name is not None and name == reference(old) and name in self.old and name in self.new:
            yield from self._texts(shape(old, {}), shape(new, {}), spot)
            return
        before, after = shape(old, self.old), shape(new, self.new)
        yield from self._type(before, after, spot)
        yield from self._enum(before, after, spot)
        if relation(before.types, after.types) == "same" or bool(before.variants) == bool(after.variants):
            # The rules of a type that became one of several stand in its variant: the change of type says it all.
            yield from self._keywords(before, after, spot)
            if before.types == after.types and before.variants != after.variants:
                yield spot.change("schema-changed", list(before.variants), list(after.variants), rule="anyOf")
        yield from self._texts(before, after, spot)
        for key in sorted({*before.rest, *after.rest}):
            values = before.rest.get(key, MISSING), after.rest.get(key, MISSING)
            if not same(*values):
                yield spot.change("schema-changed", *values, rule=key)
        if _is_object(before) == _is_object(after):
            yield from self._properties(before, after, spot, depth)
        yield from self._inner(before, after, spot, depth)

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
        for key in sorted({*old.keywords, *new.keywords}):
            before, after = old.keywords.get(key, MISSING), new.keywords.get(key, MISSING)
            if not same(before, after):
                yield spot.change(_keyword_change(key, before, after), before, after, rule=key)

    def _texts(self, old: Shape, new: Shape, spot: Spot) -> Iterator[Change]:
        for key in sorted({*old.texts, *new.texts}):
            values = old.texts.get(key, MISSING), new.texts.get(key, MISSING)
            if not same(*values):
                yield spot.change("text-changed", *values, rule=key)

    def _properties(self, old: Shape, new: Shape, spot: Spot, depth: int) -> Iterator[Change]:
        matched = match(
            old.properties,
            new.properties,
            of_old=lambda name: (canonical(bare(old.properties[name])), name in old.required),
            of_new=lambda name: (canonical(bare(new.properties[name])), name in new.required),
            text_of_old=lambda name: _description(old.properties[name]),
            text_of_new=lambda name: _description(new.properties[name]),
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


def _is_object(view: Shape) -> bool:
    return bool(view.properties) if view.types is None else "object" in view.types


def _keyword_change(key: str, old: Any, new: Any) -> str:
    if key == "default":
        return "default-changed"
    if key not in LOWER_BOUNDS and key not in UPPER_BOUNDS:
        return "format-changed"
    numbers = [value for value in (old, new) if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) < 2:
        # A bound that came tightens, one that went loosens.
        return "bounds-tightened" if old is MISSING else "bounds-loosened" if new is MISSING else "format-changed"
    is_tighter = numbers[1] > numbers[0] if key in LOWER_BOUNDS else numbers[1] < numbers[0]
    return "bounds-tightened" if is_tighter else "bounds-loosened"


def _typed(value: Shape) -> str:
    if value.enum is None or value.types is None or len(value.enum) > 12:
        return value.shown
    return f"{value.shown}: one of {', '.join(str(item) for item in value.enum)}"


def _description(schema: Any) -> str:
    text = schema.get("description") if isinstance(schema, dict) else None
    return " ".join(text.split()) if isinstance(text, str) else ""
