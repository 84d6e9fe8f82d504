"""Quirks of each document on its own, at any places.

Subjects are named as in the table made from all providers' documents, if it has them.
"""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from tests.pipeline.dialect_drafts import Draft, Drafts, Json, Quirks, inside, operations, some

OWN = Quirks()
TYPES: list[Any] = [
    *("enum", "json", "JSON", "file", "undefined", "", "strign", "objcet", "booleam", "arrayt", "Integer", "dateTime"),
    *("URL", "array of object", "string|number", "true/false", '["string"', "1\ntype", "^[a-z]+$"),
    *("the id of the thing, if any", None, ["string", "null"], ["string", "nil"], 7, "Array<string>", "string[]"),
]


# --- of operations ---------------------------------------------------------------------------------------------------


@OWN.on_some(operations, "externalDocs without url, with the extra keys api_ref, api_endpoint", "external-docs")
def _external_docs(draft: Draft, rng: Random) -> None:
    endpoint = f"https://up.example{draft.template or draft.path}"
    draft.node["externalDocs"] = {"api_ref": "https://ref.example", "api_endpoint": endpoint}


@OWN.on_some(
    operations, "no operationId; one 401 for all responses, its media type empty; non-standard keys", "unknown-key"
)
def _no_operation_id(draft: Draft, rng: Random) -> None:
    del draft.node["operationId"]
    draft.node |= {"responses": {"401": {"description": "No", "content": {"": {}}}}, "response_type": "json"}


@OWN.add("info without title and version", "info")
def _info(drafts: Drafts, rng: Random) -> None:
    drafts.top["info"] = rng.choice([{"description": "All about refunds"}, {}])


@OWN.on_some(operations, "a method in upper case", "method-spelling")
def _methods(draft: Draft, rng: Random) -> None:
    draft.spell_method = rng.choice([str.upper, str.title, lambda method: f"{method} "])


@OWN.add("a path by reference", "reference")
def _path_references(drafts: Drafts, rng: Random) -> None:
    drafts.has_path_references = True


@OWN.add("a path that still has {model_id} in it")
def _template_left(drafts: Drafts, rng: Random) -> None:
    """Only for the old format: `dialect_documents` handles it when it derives that document."""


# --- of parameters ---------------------------------------------------------------------------------------------------


@OWN.on_some(Drafts.parameters, "example: '' on a parameter", "empty-example")
def _example(each: Json, rng: Random) -> None:
    each.setdefault("schema", {})["example"] = each["example"] = ""


@OWN.on_some(Drafts.parameters, "required missing on a parameter", "parameter-required")
def _required(each: Json, rng: Random) -> None:
    each.pop("required", None)
    if rng.random() < 0.2:
        each["required"] = rng.choice(["true", None])


@OWN.on_some(Drafts.parameters, "no description on a parameter")
def _description(each: Json, rng: Random) -> None:
    each.pop("description", None)


@OWN.on_some(
    lambda drafts: drafts.parameters("query"),
    "items.enum on a parameter whose type is not array",
    "parameter-items-enum",
)
def _items_enum(each: Json, rng: Random) -> None:
    each["schema"] = {"type": rng.choice(["string", "integer"]), "items": {"type": "string", "enum": ["a", "b", "1"]}}


@OWN.on_some(lambda drafts: drafts.parameters("path"), "a number in a path")
def _number(each: Json, rng: Random) -> None:
    each["schema"] = {"type": rng.choice(["integer", "number"])}


# --- of schemas ------------------------------------------------------------------------------------------------------


@OWN.on_some(
    lambda drafts: [each for root in drafts.roots() for each in inside(root) if each.get("properties")],
    "required: true on a property, and required: [] on its object",
    "property-required",
)
def _property_required(each: Json, rng: Random) -> None:
    each["required"] = []
    for field in some(rng, each["properties"].values()):
        field["required"] = rng.random() < 0.7


@OWN.on_some(Drafts.fields, "enum on any level, of any type", "odd-enum")
def _enums(each: Json, rng: Random) -> None:
    values: list[list[Any]] = [
        *(["a", "b"], ["1", "2"], [1, 2], ["a", 1], [True], [None, "a"], [""], [], ["a", "a"], ["A", "a"], [1.5])
    ]
    kind = rng.choice(["string", "integer", "boolean", "array", "object", "enum"])
    each.clear()
    each |= {"type": kind, "enum": [*rng.choice(values)]}


@OWN.on_some(lambda drafts: [*drafts.fields(), *drafts.roots()], "no type")
def _no_type(each: Json, rng: Random) -> None:
    each.pop("type", None)


@OWN.add("types that do not exist", "unknown-type")
def _odd_types(drafts: Drafts, rng: Random) -> None:
    for each in some(rng, drafts.fields()):
        each["type"] = rng.choice(TYPES)
    for each in some(rng, drafts.objects()):
        each["type"] = rng.choice(["objcet", "Object", "dict"])


@OWN.on_some(Drafts.fields, "words of JSON Schema with values that they can't have", "odd-keyword")
def _odd_keywords(each: Json, rng: Random) -> None:
    odd: list[tuple[str, Any]] = [
        *(("minimum", "1"), ("default", ""), ("default", 0), ("default", {}), ("pattern", "("), ("format", "odd")),
        *(("maxLength", "255"), ("items", []), ("additionalProperties", "no"), ("nullable", True), ("example", "")),
        *(("minimum", 5), ("default", [1]), ("examples", "a"), ("xml", {}), ("readOnly", "yes")),
    ]
    each |= dict(rng.sample(odd, 3))


@OWN.on_some(Drafts.parameters, "a parameter without a schema, its type beside it", "parameter-schema")
def _no_schema(each: Json, rng: Random) -> None:
    each |= each.pop("schema", {})


@OWN.on_some(operations, "the same parameter twice", "parameter-twice")
def _parameter_twice(draft: Draft, rng: Random) -> None:
    draft.node["parameters"] += copy.deepcopy(draft.node["parameters"][:1])


# After the quirks that change what a body says of its type.
@OWN.on_some(operations, "a body with no fields")
def _empty_body(draft: Draft, rng: Random) -> None:
    if "requestBody" not in draft.node and draft.method != "get":
        nothing = {"type": "object", "properties": {}, "required": []}
        draft.node["requestBody"] = {"content": {"application/json": {"schema": nothing, "example": {}}}}


@OWN.add("nullable", "nullable")
def _nullable(drafts: Drafts, rng: Random) -> None:
    for each in some(rng, [*drafts.fields(), *drafts.objects()]):
        each["nullable"] = rng.choice([True, True, False, "true"])
    # At least one, whatever there is.
    drafts.top["components"]["schemas"]["Sum"] = {"type": "integer", "nullable": True}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


TEXT: Json = {"type": "string"}
INNER = {"type": "object", "properties": {"amount": {"type": "number"}}}
CLASSES: Json = {
    "Cat": {"type": "object", "properties": {"name": TEXT, "claws": {"type": "integer"}}, "required": ["claws"]},
    "Dog": {"type": "object", "properties": {"name": TEXT, "bark": TEXT}, "required": ["bark"]},
    "Cheque": {"type": "object", "properties": {"kind": {"type": "string", "enum": ["cheque"]}, "number": TEXT}},
    "Cash": {"type": "object", "properties": {"kind": {"const": "cash"}, "amount": {"type": "integer"}}},
    "Deep": {"type": "object", "properties": {"inner": INNER}, "nullable": True},
}
EITHER = {"oneOf": [_ref("Cat"), _ref("Dog")]}
CAT_AND = {
    "oneOf": [_ref("Cat"), {"type": "array", "items": EITHER}, {"type": "object", "additionalProperties": EITHER}]
}
IN_A_FIELD = {"type": "object", "properties": {"a": {"properties": {"b": TEXT}}}}

OWN.becomes(Drafts.fields, "array without items", [{"type": "array"}], "array-without-items")
OWN.becomes(
    lambda drafts: [*drafts.fields(), *(each["schema"] for each in drafts.parameters() if "schema" in each)],
    "an enum that is no enumeration",
    [
        {"type": "string", "enum": values}
        for values in (["string"], ["mp3, mp4, mpeg"], ["^[0-9a-fA-F]{24}$"], ["", "www"], ["1-100"], ["one", " two"])
    ],
)
OWN.becomes(
    Drafts.fields,
    "lists, mappings and unions of classes",
    [
        EITHER,
        {**EITHER, "discriminator": {"propertyName": "name"}},
        {"anyOf": [_ref("Cheque"), _ref("Cash"), {"type": "null"}]},
        CAT_AND,
        {"oneOf": [*({"type": "array", "items": _ref(name)} for name in ("Cat", "Money")), TEXT]},
        {"oneOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]},
    ],
    components=CLASSES,
)
OWN.becomes(
    Drafts.fields,
    "allOf, and references with more beside them",
    [
        {**_ref("Cat"), "description": "The cat"},
        {**_ref("Deep"), "nullable": True, "description": "The deep one"},
        {"allOf": [_ref("Cat"), _ref("Cheque")]},
        {"allOf": [_ref("Cat"), {"description": "The cat"}]},
        {"allOf": [_ref("Cat"), {"oneOf": [_ref("Cheque"), _ref("Cash")]}]},
        {"allOf": [_ref("Cheque"), {"properties": {"kind": {"type": "integer"}}}]},
        {"allOf": [_ref("Cat"), TEXT]},
        {"oneOf": [IN_A_FIELD, _ref("Deep")]},
    ],
    components=CLASSES,
)
OWN.becomes(
    Drafts.fields,
    "references, to nothing as well",
    [_ref("Money"), _ref("Gone"), {"$ref": "other.json#/A"}, {"$ref": "#/definitions/Old"}],
    "reference-to-nothing",
    components={"Lost": _ref("Gone")},
)
