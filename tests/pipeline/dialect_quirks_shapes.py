"""Quirks of shape: null, numbers, texts and other values in place of what OpenAPI has there.

They are applied last, to the written document, so no other quirk has to check kinds of values.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.pipeline.dialect_drafts import Drafts, Json, Quirks, inside, some

SHAPES = Quirks()


def quirk(
    about: str, rule: str, *, component: list[Any] | None = None
) -> Callable[[Callable[[Json, Random], object]], None]:
    """Changes some of the written operations, at least one. It may add a component, one of these."""

    def added(change: Callable[[Json, Random], object]) -> None:
        @SHAPES.add(about, rule)
        def _(drafts: Drafts, rng: Random) -> None:
            own = Random(rng.random())

            def changed(document: Json) -> None:
                operations = [node for item in document["paths"].values() for node in item.values()]
                for node in some(own, (node for node in operations if "description" in node)):
                    change(node, own)

            drafts.afterwards.append(changed)
            if component:
                drafts.top["components"]["schemas"]["Odd"] = rng.choice(component)

    return added


def schemas(node: Json) -> list[Json]:
    """The schemas of an operation, except those of its bodies, whose fields are its arguments."""
    bodies = node["requestBody"]["content"].values() if "requestBody" in node else ()
    parameters = [each for each in node["parameters"] or () if isinstance(each, dict)]
    return [
        *(each for media in bodies for each in list(inside(media["schema"]))[1:]),
        *(each for parameter in parameters for each in inside(parameter.get("schema"))),
    ]


@quirk("null where there is nothing to say", "says-nothing", component=[None])
def _null(node: Json, own: Random) -> None:
    node |= dict.fromkeys(own.sample(["summary", "tags", "operationId", "responses", "deprecated"], 2))
    node["externalDocs"] = node.get("externalDocs")
    node["parameters"] = node["parameters"] or None
    for schema in some(own, schemas(node)):
        schema |= dict.fromkeys(own.sample(["title", "format", "enum", "anyOf", "properties", "required"], 2))


@quirk("numbers where texts should be", "number-as-text")
def _numbers(node: Json, own: Random) -> None:
    node["summary"] = own.choice([3, 404, 1.5])
    node["parameters"] = [*(node["parameters"] or []), {"name": 2, "in": "header"}]


@quirk("a text where a list should be", "text-as-list")
def _one_tag(node: Json, own: Random) -> None:
    node["tags"] = own.choice(["Refunds", "class", ""])


@quirk("a type where a schema should be", "text-as-schema", component=["string"])
def _types(node: Json, own: Random) -> None:
    for schema in schemas(node):
        if isinstance(properties := schema.get("properties"), dict):
            schema["properties"] = {name: own.choice(["string", "strign", "json"]) for name in properties}


@quirk("places and statuses in other letters", "place-spelling")
def _letters(node: Json, own: Random) -> None:
    node["parameters"] = [*(node["parameters"] or []), {"name": "Trace", "in": "Header"}]
    for each in some(own, (each for each in node["parameters"] if isinstance(each, dict) and "in" in each)):
        each["in"] = own.choice([each["in"].upper(), f"{each['in']} "])
    node["responses"] = {"2xx": {"description": "Done"}, "Default": {"description": "No"}}


ODD: dict[str, list[Any]] = {
    "summary": [[], {}, True],
    "operationId": [[], False],
    "tags": [{}, [{}], ["Refunds", 3]],
    "responses": [[], "none", {"200": 1}, {"fine": {}}, {"200": {"content": []}}, {"200": {"content": {"a/b": 1}}}],
}
STRANGERS: list[Any] = ["id", 3, {"in": "query"}, {"name": "", "in": "query"}, {"name": "x", "in": "body"}]
ODD_WORDS: dict[str, list[Any]] = {
    **{"description": [[]], "title": [{}], "enum": ["a", [{}], {}], "anyOf": [{}, [3]]},
    **{"properties": [["a"], "a"], "items": [["string"], 3]},
}


@quirk("parts of another shape", "misshapen", component=[3, [], False])
def _misshapen(node: Json, own: Random) -> None:
    node |= {key: own.choice(ODD[key]) for key in own.sample(list(ODD), 2)}
    node["parameters"] = [*(node["parameters"] or []), own.choice(STRANGERS)]
    for schema in some(own, schemas(node)):
        schema |= {key: own.choice(ODD_WORDS[key]) for key in own.sample(list(ODD_WORDS), 2)}
