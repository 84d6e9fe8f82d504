"""The type that two readings of one thing share."""

from __future__ import annotations

from .shape import Json, copied


def wider(one: Json, other: Json) -> Json:
    """The type that accepts both: objects by their fields, number for integer and number, else a union."""
    if one == other:
        return one
    if _is_object(one) and _is_object(other):
        return _wider_object(one, other)
    if [one.get("type"), other.get("type")] in (["integer", "number"], ["number", "integer"]):
        return {"type": "number", **({"description": one["description"]} if "description" in one else {})}
    parts = [{key: value for key, value in schema.items() if key != "description"} for schema in (one, other)]
    # Extensions say nothing of a type.
    bare = [{key: value for key, value in part.items() if not key.startswith("x-")} for part in parts]
    if bare[0] == bare[1]:
        return one
    if {} in bare:
        return {key: one[key] for key in ("description",) if key in one}
    merged: Json = {"anyOf": parts}
    if "description" in one:
        merged["description"] = one["description"]
    return merged


def _is_object(schema: Json) -> bool:
    """True for an object with fields, even without a stated type."""
    return schema.get("type", "object" if schema.get("properties") else None) == "object"


def _wider_object(one: Json, other: Json) -> Json:
    result = {**copied(one), "type": "object"}
    mine, theirs = one.get("properties", {}), other.get("properties", {})
    properties = {
        name: wider(mine.get(name, theirs.get(name)), theirs.get(name, mine.get(name))) for name in {**mine, **theirs}
    }
    if properties:
        result["properties"] = properties
    required = [name for name in one.get("required", ()) if name in other.get("required", ())]
    result.pop("required", None)
    if required:
        result["required"] = required
    return result
