"""Quirks of shape: null, numbers, texts and other values in place of what OpenAPI has there.

They are applied last, to the written document, so no other quirk has to check kinds of values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.pipeline.dialect_drafts import Drafts, Json, Quirks, some

SHAPES = Quirks()


def _afterwards(drafts: Drafts, rng: Random, change: Callable[[Json, Random], None]) -> None:
    """Change some of the operations, at least one."""
    own = Random(rng.random())

    def changed(document: Json) -> None:
        operations = [node for item in document["paths"].values() for node in item.values()]
        for node in some(own, (node for node in operations if "description" in node)):
            change(node, own)

    drafts.afterwards.append(changed)


def _schemas(node: Json) -> Iterator[Json]:
    """The schemas of an operation, except those of its bodies, whose fields are its arguments."""
    bodies = node["requestBody"]["content"].values() if "requestBody" in node else ()
    for root in (media["schema"] for media in bodies):
        yield from [each for each in _inside(root) if each is not root]
    for parameter in node["parameters"] or ():
        if isinstance(parameter, dict):
            yield from _inside(parameter.get("schema"))


def _inside(node: Any) -> Iterator[Json]:
    """A schema and every one inside it, as far as there still are schemas."""
    if isinstance(node, dict):
        yield node
        properties, union = node.get("properties"), node.get("anyOf")
        named = list(properties.values()) if isinstance(properties, dict) else []
        for each in [*named, *(union if isinstance(union, list) else []), node.get("items")]:
            yield from _inside(each)


@SHAPES.add("null where there is nothing to say", "says-nothing")
def _null(drafts: Drafts, rng: Random) -> None:
    def change(node: Json, own: Random) -> None:
        node |= dict.fromkeys(own.sample(["summary", "tags", "operationId", "responses", "deprecated"], 2))
        node["externalDocs"] = node.get("externalDocs")
        node["parameters"] = node["parameters"] or None
        for schema in some(own, _schemas(node)):
            schema |= dict.fromkeys(own.sample(["title", "format", "enum", "anyOf", "properties", "required"], 2))

    _afterwards(drafts, rng, change)
    drafts.top["components"]["schemas"]["Nothing"] = None


@SHAPES.add("numbers where texts should be", "number-as-text")
def _numbers(drafts: Drafts, rng: Random) -> None:
    def change(node: Json, own: Random) -> None:
        node["summary"] = own.choice([3, 404, 1.5])
        node["parameters"] = [*(node["parameters"] or []), {"name": 2, "in": "header"}]

    _afterwards(drafts, rng, change)


@SHAPES.add("a text where a list should be", "text-as-list")
def _one_tag(drafts: Drafts, rng: Random) -> None:
    _afterwards(drafts, rng, lambda node, own: node.update({"tags": own.choice(["Refunds", "class", ""])}))


@SHAPES.add("a type where a schema should be", "text-as-schema")
def _types(drafts: Drafts, rng: Random) -> None:
    def change(node: Json, own: Random) -> None:
        for schema in _schemas(node):
            if isinstance(properties := schema.get("properties"), dict):
                schema["properties"] = {name: own.choice(["string", "strign", "json"]) for name in properties}

    _afterwards(drafts, rng, change)
    drafts.top["components"]["schemas"]["Text"] = "string"


@SHAPES.add("places and statuses in other letters", "place-spelling")
def _letters(drafts: Drafts, rng: Random) -> None:
    def change(node: Json, own: Random) -> None:
        for each in some(own, (each for each in node["parameters"] or () if isinstance(each, dict) and "in" in each)):
            each["in"] = own.choice([each["in"].upper(), f"{each['in']} "])
        node["responses"] = {"2xx": {"description": "Done"}, "Default": {"description": "No"}}

    _afterwards(drafts, rng, change)
    drafts.operations[0].node["parameters"].append({"name": "Trace", "in": "Header"})


@SHAPES.add("parts of another shape", "misshapen")
def _misshapen(drafts: Drafts, rng: Random) -> None:
    odd: dict[str, list[Any]] = {
        "summary": [[], {}, True],
        "operationId": [[], False],
        "tags": [{}, [{}], ["Refunds", 3]],
        "responses": [[], "none", {"200": 1}, {"fine": {}}, {"200": {"content": []}}, {"200": {"content": {"a/b": 1}}}],
    }
    strangers: list[Any] = ["id", 3, {"in": "query"}, {"name": "", "in": "query"}, {"name": "x", "in": "body"}]
    words: dict[str, list[Any]] = {
        "description": [[]],
        "title": [{}],
        "enum": ["a", [{}], {}],
        "anyOf": [{}, [3]],
        "properties": [["a"], "a"],
        "items": [["string"], 3],
    }

    def change(node: Json, own: Random) -> None:
        node |= {key: own.choice(odd[key]) for key in own.sample(list(odd), 2)}
        node["parameters"] = [*(node["parameters"] or []), own.choice(strangers)]
        for schema in some(own, list(_schemas(node))):
            schema |= {key: own.choice(words[key]) for key in own.sample(list(words), 2)}

    _afterwards(drafts, rng, change)
    drafts.top["components"]["schemas"]["Odd"] = rng.choice([3, [], False])
