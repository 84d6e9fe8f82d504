"""Documents in LowCodeAPI's dialect, made by hypothesis: every quirk of the gateway's documents, alone and together."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

WORDS = ["refund", "charge", "customer", "status", "model", "payout"]
TYPES: list[Any] = [
    *("string", "number", "integer", "boolean", "object", "array", "enum", "json", "JSON", "file", "undefined", ""),
    *("strign", "objcet", "booleam", "arrayt", "Integer", "dateTime", "URL", "array of object", "string|number"),
    *("true/false", '["string"', "1\ntype", "^[a-z]+$", "the id of the thing, if any", None, ["string", "null"]),
]
NAMES = [
    *("id", "name", "limit", "class", "from", "self", "timeout", "transfer_data optional", "a-b", "a b", "a.b", "aB"),
    *(
        "in hours from GMT for which to convert the date and the time of an event",
        "日本",
        "$top",
        "filter[name]",
        "_id",
    ),
    *("client", "url", "body", "to_dict", "Name", "x" * 90),
]
SUMMARIES = [
    "Create refund",
    "List refunds",
    "Creates a new refund. It then tells whoever wants to know",
    "",
    "list",
    "日本",
]

types = st.sampled_from(TYPES)
scalars = st.fixed_dictionaries(
    {},
    optional={
        "type": types,
        "example": st.just(""),
        "description": st.sampled_from(["What it is", 'a "quoted" text', ""]),
        "required": st.booleans(),
        "enum": st.lists(st.sampled_from(["a", "b", "1", 1, 2, None, True, ""]), max_size=3),
        "items": st.fixed_dictionaries({}, optional={"type": types, "enum": st.lists(st.sampled_from(["a", "b"]))}),
        "default": st.sampled_from(["", 0, None, "a"]),
        "format": st.sampled_from(["date-time", "binary", "password", "odd"]),
        "minimum": st.sampled_from(["1", 0]),
    },
)
schemas = st.recursive(
    scalars,
    lambda inner: st.fixed_dictionaries(
        {"type": st.sampled_from(["object", "objcet"])},
        optional={
            "properties": st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
            "required": st.sampled_from([[], ["id"], True]),
        },
    ),
    max_leaves=5,
)


@st.composite
def parameters(draw: st.DrawFn, name: str, place: str) -> Json:
    made: Json = {"name": name, "in": place}
    if draw(st.booleans()):
        made["required"] = draw(st.booleans())
    if draw(st.booleans()):
        made["description"] = "What it is"
    if draw(st.integers(0, 5)):
        made["schema"] = draw(scalars)
    return made


@st.composite
def operations(draw: st.DrawFn, placeholders: list[str], path: str, method: str) -> Json:
    node: Json = {
        "summary": draw(st.sampled_from(SUMMARIES)),
        "tags": [draw(st.sampled_from(["Refunds", "refunds", "class", "", "A/B"]))],
        "externalDocs": {"api_ref": "https://ref.example", "api_endpoint": f"https://up.example{path}"},
        "responses": {"401": {"description": "No", "content": {"": {}}}},
        "response_type": "json",
    }
    names = draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))
    declared = [name for name in placeholders if draw(st.integers(0, 4))]
    node["parameters"] = [draw(parameters(name, "path")) for name in declared]
    node["parameters"] += [draw(parameters(name, draw(st.sampled_from(["query", "path"])))) for name in names]
    if method != "get" and draw(st.booleans()):
        media = draw(
            st.lists(
                st.sampled_from(["application/json", "", "multipart/form-data", "application/x-www-form-urlencoded"]),
                min_size=1,
                max_size=2,
                unique=True,
            )
        )
        node["requestBody"] = {
            "description": "",
            "required": draw(st.booleans()),
            "content": {name: {"schema": draw(schemas), "example": {"a": ""}} for name in media},
        }
    return node


@st.composite
def segments(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A path and the names of its placeholders."""
    pieces: list[str] = []
    names: list[str] = []
    for word in draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True)):
        pieces.append(f"{word}s")
        if draw(st.booleans()):
            name = f"{word}_id"
            kind = draw(st.sampled_from(["{%s}", ":%s", "<%s>", "{%s}", "sanitised"]))
            pieces.append(name.replace("_", "") if kind == "sanitised" else kind % name)
            names.append(name)
    verb = draw(st.sampled_from(["", "", ":resolve"]))
    before = draw(st.sampled_from(["/v1/", "/", " /", "", "https//api.example/", "/with space/"]))
    return f"{before}{'/'.join(pieces)}{verb}", names


@st.composite
def documents(draw: st.DrawFn, most: int = 5) -> Json:
    """A document of 1 to `most` operations, whose paths differ as texts."""
    paths: Json = {}
    left = draw(st.integers(1, most))
    while left > 0:
        path, names = draw(segments())
        while path in paths:
            path = f"{path}/more"
        methods = draw(
            st.lists(st.sampled_from(["get", "post", "put", "delete"]), min_size=1, max_size=min(left, 3), unique=True)
        )
        paths[path] = {method: draw(operations(names, path, method)) for method in methods}
        left -= len(methods)
    return {
        "openapi": "3.0.0",
        "info": {"description": "All about refunds"},
        "servers": [{"url": "https://api.lowcodeapi.com/odd", "description": "All"}],
        "security": [{"ApiToken": []}],
        "paths": paths,
    }
