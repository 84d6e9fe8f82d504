"""Compare the requests of an operation: parameters by name, body fields, moves between the two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from ..document.shape import Json
from .fields import match
from .finding import Change
from .prepare import Node
from .schemas import Schemas, Spot, beside
from .sentence import MISSING
from .shape import bare, canonical, content, description, differing, flat, reference, schema_of, shape, spaced

_KNOWN = frozenset({"name", "in", "required", "schema", "description", "deprecated", "example", "x-path-parameter"})


@attrs.frozen
class Sent:
    """A field of the request: a parameter or a body field."""

    name: str
    where: str
    schema: Any
    is_required: bool
    node: Json
    at: tuple[str, ...]
    origin: tuple[str, ...] = ()
    """The component it is in, and the path there."""

    @property
    def what(self) -> str:
        return "property" if self.where == "body" else "parameter"

    def spot(self, place: str, was_at: tuple[str, ...] | None = None) -> Spot:
        """The place of its schema."""
        into = () if self.where == "body" else ("schema",)
        was = None if was_at is None else (*was_at, *into)
        return Spot(place, (*self.at, *into), self.name, f"request-{self.what}", self.where, was, self.origin)

    def change(self, what: str, place: str, old: Any = MISSING, new: Any = MISSING, **words: Any) -> Change:
        return attrs.evolve(self.spot(place).change(what, old, new, **words), at=self.at)


def request(old: Node, new: Node, schemas: Schemas) -> Iterator[Change]:
    """Yield the changes in an operation's request."""
    if all(schemas.same(old.node.get(key), new.node.get(key)) for key in ("parameters", "requestBody")):
        return
    for media_type in _content(old).keys() & _content(new).keys():
        roots = [schema_of(_content(side)[media_type]) for side in (old, new)]
        spot = Spot(new.place, (), "", "request-property", "body")
        schemas.has_met(shape(roots[0], schemas.old), shape(roots[1], schemas.new), spot)
    before, after = _sent(old, schemas.old), _sent(new, schemas.new)
    yield from _fields(before, after, new.place, schemas)
    yield from _bodies(old, new, schemas)


def _fields(before: dict[str, Sent], after: dict[str, Sent], place: str, schemas: Schemas) -> Iterator[Change]:
    matched = match(
        before,
        after,
        of_old=lambda key: _value(before[key]),
        of_new=lambda key: _value(after[key]),
        text_of_old=lambda key: description(before[key].node),
        text_of_new=lambda key: description(after[key].node),
    )
    for key in matched.removed:
        yield before[key].change("removed", place, old=before[key].schema)
    for key in matched.added:
        sent = after[key]
        yield sent.change(f"added-{'required' if sent.is_required else 'optional'}", place, new=sent.schema)
    for was, key in matched.renamed:
        change = after[key].change("renamed", place, before[was].name, after[key].name)
        # The new format never sends a placeholder's name. For the old format, another finding reports the path.
        id_ = "request-path-parameter-renamed" if after[key].where == "path" else change.id
        yield attrs.evolve(change, id=id_, was_at=before[was].at)
    for was, key in (*matched.renamed, *((key, key) for key in matched.same)):
        yield from _field(before[was], after[key], place, schemas)


def _field(old: Sent, new: Sent, place: str, schemas: Schemas) -> Iterator[Change]:
    if old.where != new.where:
        moved = Change("request-field-moved", place, new.at, old.where, new.where, new.name, was_at=old.at)
        yield moved
    if old.is_required != new.is_required:
        yield new.change("became-required" if new.is_required else "became-optional", place)
    spot = new.spot(place, None if old.at == new.at else old.at)
    yield from schemas.compare(
        old.schema, new.schema, spot if old.origin == new.origin else attrs.evolve(spot, origin=())
    )
    if new.where == "body":
        return
    for key, was, now in differing(_said(old.node), _said(new.node)):
        if key in ("description", "example", "deprecated"):
            yield new.change("text-changed", place, was, now, rule=key)
    for key, was, now in differing(old.node, new.node, _KNOWN):
        yield new.change("schema-changed", place, was, now, rule=key)


def _sent(node: Node, components: Json) -> dict[str, Sent]:
    """The fields of the request by name. If a name is in two places, the second key includes its place."""
    found: dict[str, Sent] = {}
    for parameter in node.node.get("parameters", ()):
        name, where = parameter["name"], parameter["in"]
        is_required = bool(parameter.get("required"))
        at = ("parameters", f"{where}:{name}")
        sent = Sent(name, where, parameter.get("schema", {}), is_required, parameter, at)
        found[name if name not in found else f"{name} in {where}"] = sent
    for media_type, media in _content(node).items():
        schema = media.get("schema")
        view = shape(schema, components)
        fields = ("requestBody", "content", media_type, "schema", "properties")
        component = reference(schema)
        for name, inner in view.properties.items():
            key = name if name not in found else f"{name} in body"
            if key not in found:
                found[key] = Sent(
                    name,
                    "body",
                    inner,
                    name in view.required,
                    inner if isinstance(inner, dict) else {},
                    (*fields, name),
                    (component, "properties", name) if component else (),
                )
    return found


def _bodies(old: Node, new: Node, schemas: Schemas) -> Iterator[Change]:
    bodies = [node.node.get("requestBody") for node in (old, new)]
    if schemas.same(*bodies):
        return
    place = new.place
    required = [isinstance(body, dict) and bool(body.get("required")) for body in bodies]
    if isinstance(bodies[0], dict) and isinstance(bodies[1], dict) and required[0] != required[1]:
        what = "request-body-became-required" if required[1] else "request-body-became-optional"
        yield Change(what, place, ("requestBody", "required"))
    before, after = _content(old), _content(new)
    for media_type in sorted(before.keys() | after.keys()):
        at = ("requestBody", "content", media_type)
        if media_type not in after:
            if bodies[1] is not None or not shape(schema_of(before[media_type]), schemas.old).properties:
                yield Change("request-content-type-removed", place, at, old=media_type)
        elif media_type not in before:
            if bodies[0] is not None or not shape(schema_of(after[media_type]), schemas.new).properties:
                yield Change("request-content-type-added", place, at, new=media_type)
        else:
            spot = Spot(place, (*at, "schema"), "", "request-property", "body")
            yield from _root(schema_of(before[media_type]), schema_of(after[media_type]), spot, schemas)
    if isinstance(bodies[0], dict) and isinstance(bodies[1], dict):
        around = Spot(place, ("requestBody",), "", "request-property", "body")
        yield from beside(bodies[0], bodies[1], around, {"content", "required"})


def _root(old: Any, new: Any, spot: Spot, schemas: Schemas) -> Iterator[Change]:
    """Compare the schemas of a body, without the fields that `_fields` compares."""
    name = reference(new)
    if name is not None and name == reference(old):
        spot = attrs.evolve(spot, origin=(name,))
    yield from schemas.compare(_without_fields(old, schemas.old), _without_fields(new, schemas.new), spot)


def _without_fields(schema: Any, components: Json) -> Any:
    if not isinstance(schema, dict):
        return schema
    return {key: value for key, value in flat(schema, components).items() if key not in ("properties", "required")}


def _content(node: Node) -> Json:
    return content(node.node.get("requestBody"))


def _value(sent: Sent) -> Any:
    return sent.where, sent.is_required, canonical(bare(sent.schema))


def _said(node: Json) -> Json:
    """The keys that say something."""
    return {key: spaced(value) for key, value in node.items() if value is not None}
