"""A document under construction, to which quirks are applied one after the other, in place."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any, TypeVar

import attrs

Json = dict[str, Any]
T = TypeVar("T")

WORDS = [
    *("refund", "charge", "customer", "status", "model", "payout", "address", "entry", "card", "plan", "invoice"),
    *("account", "person", "file", "event", "report", "session", "product", "price", "quote", "topup"),
]


@attrs.define
class Draft:
    """An operation. `path` is the meant path; `spell` turns it into the written one, `prefix` stands before both.

    `template` is the path with its placeholders, if `path` has none. `spell_method` writes the method.
    """

    number: int
    method: str
    path: str
    node: Json
    spell: Callable[[str], str] = str
    prefix: str = ""
    template: str = ""
    spell_method: Callable[[str], str] = str

    @property
    def meant(self) -> str:
        return f"/{self.prefix}{self.path}".replace("//v1", "/v1")

    def roots(self) -> list[Json]:
        """The schemas of the body."""
        return [media["schema"] for media in self.node.get("requestBody", {}).get("content", {}).values()]


@attrs.define
class Drafts:
    """A document under construction."""

    top: Json
    operations: list[Draft]
    has_path_references: bool = False

    def written(self) -> Json:
        paths: Json = {}
        for draft in self.operations:
            path, method = draft.spell(f"{draft.prefix}{draft.path}"), draft.spell_method(draft.method)
            if method in paths.get(path, {}):
                path = f"{draft.meant} "
                while method in paths.get(path, {}):
                    path += " "
            paths.setdefault(path, {})[method] = draft.node
        # A quirk of one place must not affect others.
        document: Json = copy.deepcopy({**self.top, "paths": paths})
        if self.has_path_references:
            items = document.setdefault("components", {})["pathItems"] = {}
            for index, path in enumerate(list(paths)[::2]):
                items[f"Item{index}"] = document["paths"][path]
                document["paths"][path] = {"$ref": f"#/components/pathItems/Item{index}"}
        return document

    def parameters(self, *places: str) -> list[Json]:
        """The parameters in these places, else all of them."""
        found = [each for draft in self.operations for each in draft.node["parameters"]]
        return [each for each in found if not places or each["in"] in places]

    def roots(self) -> list[Json]:
        """The schemas of the bodies."""
        return [root for draft in self.operations for root in draft.roots()]

    def objects(self) -> list[Json]:
        """The bodies that are objects of known fields."""
        return [root for root in self.roots() if root.get("properties")]

    def fields(self) -> Iterator[Json]:
        """The schemas of parameters and of everything inside bodies and answers, but not of the bodies themselves."""
        yield from (each["schema"] for each in self.parameters("query") if "schema" in each)
        for root in self.roots():
            yield from list(inside(root))[1:]
        for draft in self.operations:
            for response in draft.node["responses"].values():
                for media in response.get("content", {}).values():
                    yield from inside(media.get("schema", {}))


def inside(node: Json) -> Iterator[Json]:
    """A schema and every one inside it."""
    yield node
    for inner in (*node.get("properties", {}).values(), *node.get("anyOf", ())):
        yield from inside(inner)
    if isinstance(node.get("items"), dict):
        yield from inside(node["items"])


def schema(rng: Random, depth: int = 1) -> Json:
    """A valid schema."""
    kind = rng.choice(["string", "string", "integer", "number", "boolean", "date", "enum", "array", "object", "anyOf"])
    about = rng.choice([{}, {"description": "What it is"}])
    if kind == "date":
        return {"type": "string", "format": rng.choice(["date-time", "date", "password", "binary"]), **about}
    if kind == "enum":
        return {**rng.choice([{"type": "string", "enum": ["open", "closed"]}, {"type": "integer", "enum": [1, 2]}])}
    if kind in {"array", "object", "anyOf"} and depth == 0:
        kind = "string"
    if kind == "array":
        return {"type": "array", "items": schema(rng, depth - 1), **about}
    if kind == "anyOf":
        return {"anyOf": [schema(rng, depth - 1), schema(rng, depth - 1)]}
    if kind == "object":
        names = rng.sample(["id", "name", "amount", "created"], rng.randint(0, 3))
        return {"type": "object", "properties": {name: schema(rng, depth - 1) for name in names}, **about}
    return {"type": kind, **about}


def some(rng: Random, found: Iterable[T]) -> list[T]:
    """About half of the items, at least one if there is any."""
    every = list(found)
    return [each for each in every if rng.random() < 0.5] or every[:1]


Give = Callable[[Drafts, Random], None]


@attrs.frozen
class Quirk:
    """A change of a document, and the rule of `repair` for it: None if it needs no repair."""

    give: Give
    rule: str | None


class Quirks(dict[str, Quirk]):
    """Quirks by subject."""

    def add(self, about: str, rule: str | None = None) -> Callable[[Give], Give]:
        """A quirk of a whole document."""

        def added(give: Give) -> Give:
            self[about] = Quirk(give, rule)
            return give

        return added

    def on_some(
        self, where: Callable[[Drafts], Iterable[Any]], about: str, rule: str | None = None
    ) -> Callable[[Callable[[Any, Random], object]], None]:
        """A quirk of some of these places."""

        def added(change: Callable[[Any, Random], object]) -> None:
            def give(drafts: Drafts, rng: Random) -> None:
                for each in some(rng, where(drafts)):
                    change(each, rng)

            self[about] = Quirk(give, rule)

        return added

    def becomes(
        self,
        where: Callable[[Drafts], Iterable[Json]],
        about: str,
        schemas: list[Any],
        rule: str | None = None,
        *,
        components: Json | None = None,
    ) -> None:
        """A quirk: some of these schemas are others, one of a list, which may refer to more components."""

        def give(drafts: Drafts, rng: Random) -> None:
            drafts.top["components"]["schemas"] |= copy.deepcopy(components or {})
            for each in some(rng, where(drafts)):
                each.clear()
                each.update(copy.deepcopy(rng.choice(schemas)))

        self[about] = Quirk(give, rule)


def operations(drafts: Drafts) -> list[Draft]:
    return drafts.operations


def with_body(drafts: Drafts) -> list[Draft]:
    return [draft for draft in drafts.operations if "requestBody" in draft.node]
