"""Quirks of each document on its own, at any places.

Subjects are named as in the table made from all providers' documents, if it has them.
"""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from tests.pipeline.dialect_drafts import Drafts, Json, Quirks, inside, some

OWN = Quirks()
TYPES: list[Any] = [
    *("enum", "json", "JSON", "file", "undefined", "", "strign", "objcet", "booleam", "arrayt", "Integer", "dateTime"),
    *("URL", "array of object", "string|number", "true/false", '["string"', "1\ntype", "^[a-z]+$"),
    *("the id of the thing, if any", None, ["string", "null"], ["string", "nil"], 7, "Array<string>", "string[]"),
]


@OWN.add("externalDocs without url, with the extra keys api_ref, api_endpoint", "external-docs")
def _external_docs(drafts: Drafts, rng: Random) -> None:
    for draft in drafts.operations:
        endpoint = f"https://up.example{draft.template or draft.path}"
        draft.node["externalDocs"] = {"api_ref": "https://ref.example", "api_endpoint": endpoint}


@OWN.add("no operationId; one 401 for all responses, its media type empty; non-standard keys", "unknown-key")
def _no_operation_id(drafts: Drafts, rng: Random) -> None:
    for draft in drafts.operations:
        del draft.node["operationId"]
        draft.node |= {"responses": {"401": {"description": "No", "content": {"": {}}}}, "response_type": "json"}


@OWN.add("info without title and version", "info")
def _info(drafts: Drafts, rng: Random) -> None:
    drafts.top["info"] = rng.choice([{"description": "All about refunds"}, {}])


@OWN.add("example: '' on a parameter", "empty-example")
def _example(drafts: Drafts, rng: Random) -> None:
    for each in some(rng, drafts.parameters()):
        each.setdefault("schema", {})["example"] = ""
        each["example"] = ""


@OWN.add("required missing on a parameter", "parameter-required")
def _required(drafts: Drafts, rng: Random) -> None:
    for each in some(rng, drafts.parameters()):
        each.pop("required", None)
        if rng.random() < 0.2:
            each["required"] = rng.choice(["true", None])


@OWN.add("no description on a parameter")
def _description(drafts: Drafts, rng: Random) -> None:
    for each in some(rng, drafts.parameters()):
        each.pop("description", None)


@OWN.add("required: true on a property, and required: [] on its object", "property-required")
def _property_required(drafts: Drafts, rng: Random) -> None:
    for each in some(rng, (each for root in drafts.roots() for each in inside(root) if each.get("properties"))):
        each["required"] = []
        for field in some(rng, each["properties"].values()):
            field["required"] = rng.random() < 0.7


@OWN.add("items.enum on a parameter whose type is not array", "parameter-items-enum")
def _items_enum(drafts: Drafts, rng: Random) -> None:
    for each in some(rng, (each for each in drafts.parameters() if each["in"] == "query")):
        each["schema"] = {
            "type": rng.choice(["string", "integer"]),
            "items": {"type": "string", "enum": ["a", "b", "1"]},
        }


@OWN.add("array without items", "array-without-items")
def _no_items(drafts: Drafts, rng: Random) -> None:
    for each in some(rng, drafts.fields()):
        _become(each, {"type": "array"})


def _become(node: Json, new: Json) -> None:
    node.clear()
    node.update(new)


@OWN.add("enum on any level, of any type", "odd-enum")
def _enums(drafts: Drafts, rng: Random) -> None:
    values: list[list[Any]] = [
        ["a", "b"],
        ["1", "2"],
        [1, 2],
        ["a", 1],
        [True],
        [None, "a"],
        [""],
        [],
        ["a", "a"],
        ["A", "a"],
        [1.5],
    ]
    for each in some(rng, drafts.fields()):
        _become(each, {"type": rng.choice(["string", "integer", "boolean", "array", "object", "enum"])})
        each["enum"] = [*rng.choice(values)]


@OWN.add("an enum that is no enumeration")
def _documentation(drafts: Drafts, rng: Random) -> None:
    said = [["string"], ["mp3, mp4, mpeg"], ["^[0-9a-fA-F]{24}$"], ["", "www"], ["<id>"], ["1-100"], ["one", " two"]]
    for each in some(rng, [*drafts.fields(), *(each["schema"] for each in drafts.parameters() if "schema" in each)]):
        _become(each, {"type": "string", "enum": [*rng.choice(said)]})


@OWN.add("a number in a path")
def _number(drafts: Drafts, rng: Random) -> None:
    for each in some(rng, (each for each in drafts.parameters() if each["in"] == "path")):
        each["schema"] = {"type": rng.choice(["integer", "number"])}


@OWN.add("no type")
def _no_type(drafts: Drafts, rng: Random) -> None:
    for each in some(rng, [*drafts.fields(), *drafts.roots()]):
        each.pop("type", None)


@OWN.add("types that do not exist", "unknown-type")
def _odd_types(drafts: Drafts, rng: Random) -> None:
    for each in some(rng, drafts.fields()):
        each["type"] = rng.choice(TYPES)
    for each in some(rng, (each for each in drafts.roots() if each.get("properties"))):
        each["type"] = rng.choice(["objcet", "Object", "dict"])


@OWN.add("words of JSON Schema with values that they can't have", "odd-keyword")
def _odd_keywords(drafts: Drafts, rng: Random) -> None:
    odd: list[tuple[str, Any]] = [
        *(("minimum", "1"), ("default", ""), ("default", 0), ("default", {}), ("pattern", "("), ("format", "odd")),
        *(("maxLength", "255"), ("items", []), ("additionalProperties", "no"), ("nullable", True), ("example", "")),
        *(("minimum", 5), ("default", [1]), ("examples", "a"), ("xml", {}), ("readOnly", "yes")),
    ]
    for each in some(rng, drafts.fields()):
        each |= dict(rng.sample(odd, 3))


@OWN.add("a parameter without a schema, its type beside it", "parameter-schema")
def _no_schema(drafts: Drafts, rng: Random) -> None:
    for each in some(rng, drafts.parameters()):
        each |= each.pop("schema", {})


@OWN.add("the same parameter twice", "parameter-twice")
def _parameter_twice(drafts: Drafts, rng: Random) -> None:
    for draft in some(rng, (draft for draft in drafts.operations if draft.node["parameters"])):
        draft.node["parameters"].append(copy.deepcopy(draft.node["parameters"][0]))


@OWN.add("a body with no fields")
def _empty_body(drafts: Drafts, rng: Random) -> None:
    for draft in some(
        rng, (draft for draft in drafts.operations if "requestBody" not in draft.node and draft.method != "get")
    ):
        draft.node["requestBody"] = {
            "content": {
                "application/json": {"schema": {"type": "object", "properties": {}, "required": []}, "example": {}}
            }
        }


@OWN.add("nullable", "nullable")
def _nullable(drafts: Drafts, rng: Random) -> None:
    for each in some(rng, [*drafts.fields(), *(root for root in drafts.roots() if root.get("properties"))]):
        each["nullable"] = rng.choice([True, True, False, "true"])
    # At least one, whatever there is.
    drafts.top["components"]["schemas"]["Sum"] = {"type": "integer", "nullable": True}


@OWN.add("a method in upper case", "method-spelling")
def _methods(drafts: Drafts, rng: Random) -> None:
    for draft in some(rng, drafts.operations):
        draft.spell_method = rng.choice([str.upper, str.title, lambda method: f"{method} "])


@OWN.add("lists, mappings and unions of classes")
def _classes(drafts: Drafts, rng: Random) -> None:
    _add_classes(drafts)
    union = {"oneOf": [_ref("Cat"), _ref("Dog")]}
    schemas: list[Json] = [
        union,
        {**union, "discriminator": {"propertyName": "name"}},
        {"anyOf": [_ref("Cheque"), _ref("Cash"), {"type": "null"}]},
        {"oneOf": [_ref("Cat"), {"type": "array", "items": union}, {"type": "object", "additionalProperties": union}]},
        {
            "oneOf": [
                {"type": "array", "items": _ref("Cat")},
                {"type": "array", "items": _ref("Money")},
                {"type": "string"},
            ]
        },
        {"oneOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]},
    ]
    for each in some(rng, drafts.fields()):
        _become(each, copy.deepcopy(rng.choice(schemas)))


@OWN.add("allOf, and references with more beside them")
def _all_of(drafts: Drafts, rng: Random) -> None:
    _add_classes(drafts)
    schemas: list[Json] = [
        {**_ref("Cat"), "description": "The cat"},
        {**_ref("Deep"), "nullable": True, "description": "The deep one"},
        {"allOf": [_ref("Cat"), _ref("Cheque")]},
        {"allOf": [_ref("Cat"), {"description": "The cat"}]},
        {"allOf": [_ref("Cat"), {"oneOf": [_ref("Cheque"), _ref("Cash")]}]},
        {"allOf": [_ref("Cheque"), {"properties": {"kind": {"type": "integer"}}}]},
        {"allOf": [_ref("Cat"), {"type": "string"}]},
        {"oneOf": [{"type": "object", "properties": {"a": {"properties": {"b": {"type": "string"}}}}}, _ref("Deep")]},
    ]
    for each in some(rng, drafts.fields()):
        _become(each, copy.deepcopy(rng.choice(schemas)))


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _add_classes(drafts: Drafts) -> None:
    text: Json = {"type": "string"}
    inner = {
        "type": "object",
        "properties": {"inner": {"type": "object", "properties": {"amount": {"type": "number"}}}},
    }
    drafts.top["components"]["schemas"] |= {
        "Cat": {"type": "object", "properties": {"name": text, "claws": {"type": "integer"}}, "required": ["claws"]},
        "Dog": {"type": "object", "properties": {"name": text, "bark": text}, "required": ["bark"]},
        "Cheque": {"type": "object", "properties": {"kind": {"type": "string", "enum": ["cheque"]}, "number": text}},
        "Cash": {"type": "object", "properties": {"kind": {"const": "cash"}, "amount": {"type": "integer"}}},
        "Deep": {**inner, "nullable": True},
    }


@OWN.add("references, to nothing as well", "reference-to-nothing")
def _references(drafts: Drafts, rng: Random) -> None:
    for each in some(rng, drafts.fields()):
        _become(
            each,
            {
                "$ref": rng.choice(
                    ["#/components/schemas/Money", "#/components/schemas/Gone", "other.json#/A", "#/definitions/Old"]
                )
            },
        )
    # At least one, whatever was chosen.
    drafts.top["components"]["schemas"]["Lost"] = {"$ref": "#/components/schemas/Gone"}


@OWN.add("a path by reference", "reference")
def _path_references(drafts: Drafts, rng: Random) -> None:
    drafts.has_path_references = True


@OWN.add("a path that still has {model_id} in it")
def _template_left(drafts: Drafts, rng: Random) -> None:
    """Only for the old format: `dialect_documents` handles it when it derives that document."""
