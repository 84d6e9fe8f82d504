"""Documents in LowCodeAPI's dialect, made by hypothesis: every quirk of the gateway's documents, alone and together.

A document starts as valid OpenAPI and is then given quirks (`dialect_quirks_shared` and `dialect_quirks_own`).
Hypothesis chooses how many operations, which quirks, and a seed for the rest: that is fast for 300 operations, and
failures still shrink. Each operation also has its meaning, which quirks don't change. Values of another shape than
OpenAPI has there are tested in `tests/repair/test_shape.py`, and as junk in `test_hostile_documents`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from random import Random
from typing import Any

import attrs
from hypothesis import strategies as st

from tests.pipeline.dialect_drafts import WORDS, Draft, Drafts, Json, Quirks, schema
from tests.pipeline.dialect_quirks_own import OWN
from tests.pipeline.dialect_quirks_shared import SHARED

METHODS = ["get", "post", "put", "delete", "patch"]
VERBS = {"get": "Get", "post": "Create", "put": "Replace", "delete": "Delete", "patch": "Change"}
QUIRKS = Quirks({**SHARED, **OWN})
KINDS = ("openapi", "definition", "both", "same")


@attrs.frozen
class Meant:
    """The meaning of an operation, whose number is in its description; a path is None if it has no route."""

    method: str
    new: str | None
    old: str | None
    new_node: Json
    old_node: Json
    times: int


@attrs.frozen(repr=False)
class Made:
    """One or two documents, and the meanings of their operations, by number.

    Kinds: `openapi` and `definition` alone; `both`, of the same operations; `same`, one document served as either.
    """

    size: int
    quirks: tuple[str, ...]
    seed: int
    kind: str
    openapi: Json | None
    definition: Json | None
    operations: dict[int, Meant]

    def __repr__(self) -> str:
        return f"make({self.size}, {self.quirks!r}, {self.seed}, {self.kind!r})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """The text that hypothesis shows."""
        printer.text(repr(self))


def make(size: int, quirks: Iterable[str], seed: int, kind: str) -> Made:
    """The documents for these choices: the same every time."""
    chosen = tuple(quirks)
    rng = Random(seed)
    drafts = Drafts(_top(rng), _operations(rng, size))
    _give(drafts, rng, SHARED, chosen)
    new, old = drafts, _sanitised(drafts, rng, "a path that still has {model_id} in it" in chosen)
    if kind == "same":
        old = new
    wanted = {"openapi": [new], "definition": [old], "both": [new, old], "same": [new]}[kind]
    for each in wanted:
        _give(each, Random(rng.random() if rng.random() < 0.5 else seed), OWN, chosen)
    openapi = new.written() if kind != "definition" else None
    definition = old.written() if kind != "openapi" else None
    numbers = sorted({draft.number for each in wanted for draft in each.operations})
    meant = {number: _meant(number, new if openapi else None, old if definition else None) for number in numbers}
    return Made(size, chosen, seed, kind, openapi, definition, meant)


def documents(most: int) -> st.SearchStrategy[Made]:
    """Documents of 1 to `most` operations: few of the largest, since two small ones find more than a large one."""
    sizes = [limit for limit, times in ((5, 160), (20, 30), (60, 9), (300, 1)) for _ in range(times) if limit <= most]
    quirks = st.one_of(
        st.just(list(QUIRKS)),
        st.lists(st.sampled_from(list(QUIRKS)), max_size=4, unique=True),
        st.lists(st.sampled_from(list(QUIRKS)), min_size=5, unique=True),
    )
    size = st.sampled_from(sizes).flatmap(lambda limit: st.integers(1, limit))
    return st.builds(make, size, quirks, st.integers(0, 2**64), st.sampled_from(KINDS))


def _top(rng: Random) -> Json:
    return {
        "openapi": "3.0.0",
        "info": {"title": "Odd", "version": "1", "description": "All about refunds"},
        "servers": [{"url": "https://api.lowcodeapi.com/odd", "description": "All"}],
        "security": [{"ApiToken": []}],
        "components": {
            "securitySchemes": {"ApiToken": {"type": "apiKey", "in": "query", "name": "api_token"}},
            "schemas": {"Money": {"type": "object", "properties": {"amount": schema(rng), "currency": schema(rng)}}},
        },
    }


def _operations(rng: Random, size: int) -> list[Draft]:
    made: list[Draft] = []
    taken: set[str] = set()
    while len(made) < size:
        words = rng.sample(WORDS, rng.randint(1, 3))
        path = "/v1" + "".join(f"/{word}s" + rng.choice(["", f"/{{{word}_id}}"]) for word in words)
        while sanitised(path) in taken:
            path += f"/{rng.choice(WORDS)}{rng.randint(2, 99)}"
        taken.add(sanitised(path))
        methods = rng.sample(METHODS, rng.randint(1, 3))[: size - len(made)]
        made += [_operation(rng, len(made) + index, method, path, words) for index, method in enumerate(methods)]
    return made


def _operation(rng: Random, number: int, method: str, path: str, words: list[str]) -> Draft:
    names = rng.sample(["limit", "starting_after", "expand", "order", "created", "id"], rng.randint(0, 3))
    node: Json = {
        "operationId": f"operation{number}",
        "summary": f"{VERBS[method]} {' '.join(words)} {number}",
        "description": f"Operation {number}.",
        "tags": [f"{words[0].title()}s"],
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in places(path)),
            *({"name": name, "in": "query", "required": rng.random() < 0.3, "schema": schema(rng)} for name in names),
        ],
        "responses": {
            "200": {"description": "Done", "content": {"application/json": {"schema": schema(rng, depth=2)}}}
        },
    }
    for parameter in node["parameters"]:
        parameter["description"] = rng.choice(["What it is", 'a "quoted" text', "a \\ and ''' and \"\"\""])
    if method in {"post", "put", "patch"} and rng.random() < 0.8:
        fields = rng.sample(["amount", "currency", "reason", "metadata", "lines"], rng.randint(1, 3))
        root = {"type": "object", "properties": {name: schema(rng, depth=2) for name in fields}}
        if rng.random() < 0.3:
            root["required"] = fields[:1]
        node["requestBody"] = {"required": rng.random() < 0.5, "content": {"application/json": {"schema": root}}}
    return Draft(number, method, path, node)


def _give(drafts: Drafts, rng: Random, quirks: Quirks, names: Iterable[str]) -> None:
    # In their own order, so that a later quirk does not undo an earlier one.
    for name in [name for name in quirks if name in names]:
        quirks[name].give(drafts, rng)


def _sanitised(drafts: Drafts, rng: Random, keeps_some: bool) -> Drafts:
    """The same operations in the old format: without templates in all or some paths."""
    old = copy.deepcopy(drafts)
    kept = {draft.number for draft in old.operations if keeps_some and rng.random() < 0.5}
    for draft in old.operations:
        draft.template = draft.path
        if draft.number not in kept:
            draft.path = sanitised(draft.path)
    return old


def sanitised(path: str) -> str:
    return re.sub(r"\{([^{}]+)\}", lambda match: re.sub(r"[^A-Za-z0-9]", "", match[1]), path)


def places(path: str) -> list[str]:
    """The names of the placeholders."""
    return re.findall(r"\{([^{}]+)\}", path)


def _meant(number: int, new: Drafts | None, old: Drafts | None) -> Meant:
    one, other = ([draft for draft in each.operations if draft.number == number] if each else [] for each in (new, old))
    return Meant(
        method=[*one, *other][0].method.upper(),
        new=one[0].meant if one else None,
        old=other[0].meant if other else None,
        new_node=one[0].node if one else {},
        old_node=other[0].node if other else {},
        times=max(len(one), len(other)),
    )
