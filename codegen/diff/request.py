"""Compare the requests of an operation: parameters by name, body fields, moves between the two."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from ..document.shape import Json
from .finding import Change
from .prepare import Node
from .schemas import Field, Schemas, beside
from .sentence import Words
from .shape import flat, reference, shape


def request(old: Node, new: Node, schemas: Schemas) -> Iterator[Change]:
    """Yield the changes in an operation's request."""
    if all(schemas.same(old.node.get(key), new.node.get(key)) for key in ("parameters", "requestBody")):
        return
    spot = Change("request-property", new.place, words={"where": Words("body")})
    before, after = _content(old), _content(new)
    both = [
        (media_type, before[media_type].get("schema", {}), after[media_type].get("schema", {}))
        for media_type in sorted(before.keys() & after.keys())
    ]
    for _, was, now in both:
        schemas.has_met(shape(was, schemas.old), shape(now, schemas.new), spot)
    yield from schemas.fields(_fields(old, spot, schemas.old), _fields(new, spot, schemas.new))
    yield from _bodies(old, new, spot, schemas)
    for media_type, was, now in both:
        # Its fields have been compared with the parameters.
        name = reference(now)
        origin = (name,) if name is not None and name == reference(was) else ()
        at = ("requestBody", "content", media_type, "schema")
        old_root, new_root = _without_fields(was, schemas.old), _without_fields(now, schemas.new)
        yield from schemas.compare(old_root, new_root, attrs.evolve(spot, at=at, origin=origin))


def _fields(node: Node, spot: Change, components: Json) -> dict[str, Field]:
    """The fields of the request by name. If a name is in two places, the second key includes its place."""
    found: dict[str, Field] = {}
    for parameter in node.node.get("parameters", ()):
        name, where = parameter["name"], parameter["in"]
        there = Change("request-parameter", spot.place, ("parameters", f"{where}:{name}"), field=name)
        there = attrs.evolve(there, words={"where": Words(where)})
        field = Field(name, there, parameter["schema"], parameter["required"], where, parameter)
        found[name if name not in found else f"{name} in {where}"] = field
    for media_type, media in _content(node).items():
        schema = media.get("schema", {})
        view, component = shape(schema, components), reference(schema)
        at = ("requestBody", "content", media_type, "schema")
        root = attrs.evolve(spot, at=at, origin=(component,) if component else ())
        for name, inner in view.properties.items():
            field = Field(name, root.into(name, "properties", name), inner, name in view.required, "body")
            found[name if name not in found else f"{name} in {media_type}"] = field
    return found


def _bodies(old: Node, new: Node, spot: Change, schemas: Schemas) -> Iterator[Change]:
    bodies = old.node.get("requestBody", {}), new.node.get("requestBody", {})
    before, after = _content(old), _content(new)
    for media_type in sorted(before.keys() ^ after.keys()):
        is_new = media_type in after
        at = ("requestBody", "content", media_type)
        schema = {**before, **after}[media_type].get("schema", {})
        # The fields of a body that is gone or new are findings of their own.
        if all(bodies) or not shape(schema, schemas.new if is_new else schemas.old).properties:
            yield attrs.evolve(spot, id="request-content-type", at=at).came_or_went(media_type, is_new=is_new)
    if all(bodies):
        if bool(bodies[0].get("required")) != bool(bodies[1].get("required")):
            what = "request-body-became-required" if bodies[1].get("required") else "request-body-became-optional"
            yield Change(what, spot.place, ("requestBody", "required"))
        yield from beside(*bodies, attrs.evolve(spot, at=("requestBody",)), "content", "required")


def _without_fields(schema: Json, components: Json) -> Json:
    return {key: value for key, value in flat(schema, components).items() if key not in ("properties", "required")}


def _content(node: Node) -> Json:
    found: Json = node.node.get("requestBody", {}).get("content", {})
    return found
