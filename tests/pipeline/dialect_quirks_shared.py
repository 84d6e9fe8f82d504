"""Quirks of operations: both documents of a provider have them in the same places.

Subjects are named as in the table made from all providers' documents, if it has them.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from random import Random

from tests.pipeline.dialect_drafts import Draft, Drafts, Json, Quirks, inside, schema, some

SHARED = Quirks()
NAMES = [
    *("class", "from", "self", "timeout", "transfer_data optional", "a-b", "a b", "a.b", "aB", "A_b", "日本", "$top"),
    *("in hours from GMT for which to convert the date and the time of an event", "filter[name]", "ids[]", "_id"),
    *(
        "client",
        "url",
        "body",
        "to_dict",
        "Name",
        "name",
        "x" * 90,
        "extra_query",
        "UNSET",
        "1st",
        "a'b",
        'a"b',
        "result",
    ),
]
SUMMARIES = [
    "Creates a new refund. It then tells whoever wants to know",
    "",
    "list",
    "日本",
    "Get a/an `refund`\n(new)",
    "<p>Ends an OAuth session&#39;s A/B tests by their IDs</p>",
    "Set an existing guest, regular user, or admin user to be a workspace owner",
]
OPERATION_IDS = ["", "executeWebhook", "refunds/list-for-repo", "GetRefundsId", "a\u2019s", "x" * 90]
TAGS = ["Refunds", "refunds", "class", "", "A/B", "Client", "2nd"]


@SHARED.add("parameter in: path while the path has no template", "path-parameter-without-place")
def _no_place(drafts: Drafts, rng: Random) -> None:
    for draft in some(rng, drafts.operations):
        draft.node["parameters"].append({"name": "account_id", "in": "path", "schema": {"type": "string"}})


@SHARED.add("delete with a request body")
def _delete_with_body(drafts: Drafts, rng: Random) -> None:
    for draft in some(rng, (draft for draft in drafts.operations if draft.method == "delete")):
        root = {"type": "object", "properties": {"reason": schema(rng)}}
        draft.node["requestBody"] = {"content": {"application/json": {"schema": root}}}


@SHARED.add("names that are no identifiers, some of them sentences")
def _odd_names(drafts: Drafts, rng: Random) -> None:
    for draft in some(rng, drafts.operations):
        for each in draft.node["parameters"]:
            word = each["name"].removesuffix("_id")
            if each["in"] == "path" and f"{{{word}_id}}" in draft.path:
                each["name"] = rng.choice([f"{word}-id", f"{word}Id", f"{word} id", f"{word}.id"])
                draft.path = draft.path.replace(f"{{{word}_id}}", f"{{{each['name']}}}")
        queries = [each for each in draft.node["parameters"] if each["in"] == "query"]
        for each, name in zip(queries, rng.sample(NAMES, len(queries)), strict=True):
            each["name"] = name
        for each in _bodies(draft):
            for inner in [inner for inner in inside(each) if "properties" in inner]:
                names = [*rng.sample(NAMES, len(inner["properties"]))]
                renamed = dict(zip(inner["properties"], names, strict=True))
                inner["properties"] = {renamed[name]: value for name, value in inner["properties"].items()}
                if "required" in inner:
                    inner["required"] = [renamed[name] for name in inner["required"]]


def _bodies(draft: Draft) -> list[Json]:
    return [media["schema"] for media in draft.node.get("requestBody", {}).get("content", {}).values()]


@SHARED.add("multipart bodies (uploads) beside JSON ones, and forms")
def _uploads(drafts: Drafts, rng: Random) -> None:
    for draft in some(rng, (draft for draft in drafts.operations if "requestBody" in draft.node)):
        content = draft.node["requestBody"]["content"]
        first = next(iter(content.values()))
        kinds = rng.choice(
            [
                ["multipart/form-data"],
                ["application/x-www-form-urlencoded"],
                ["multipart/form-data", "application/json"],
            ]
        )
        file = {"type": rng.choice(["file", "string"]), "format": "binary"}
        draft.node["requestBody"]["content"] = {kind: copy.deepcopy(first) for kind in kinds}
        for kind, media in draft.node["requestBody"]["content"].items():
            if kind == "multipart/form-data" and "properties" in media["schema"]:
                media["schema"]["properties"]["upload"] = dict(file)
                media["schema"]["properties"]["uploads"] = {"type": "array", "items": dict(file)}


@SHARED.add("the same summary twice under one tag")
def _same_summary(drafts: Drafts, rng: Random) -> None:
    for draft in some(rng, drafts.operations):
        draft.node |= {"summary": "Create refund", "tags": ["Refunds"]}


@SHARED.add("a path that does not begin with /, or begins with a space, or is the rest of a URL", "odd-path")
def _odd_start(drafts: Drafts, rng: Random) -> None:
    for draft in some(rng, drafts.operations):
        draft.prefix = rng.choice(["", "https//api.example", "with space"])
        draft.spell = rng.choice(
            [lambda path: f" {path}", lambda path: path.removeprefix("/"), lambda path: f"{path}\t"]
        )


@SHARED.add("a verb after a colon, which is no placeholder")
def _verb(drafts: Drafts, rng: Random) -> None:
    for draft in some(rng, drafts.operations):
        draft.path += rng.choice([":resolve", ":markAsDone"])


@SHARED.add("placeholders of other kinds", "odd-path")
def _placeholders(drafts: Drafts, rng: Random) -> None:
    kinds = [r":\1", r"<\1>", r"{ \1 }", r"<int:\1>"]
    for draft in some(rng, (draft for draft in drafts.operations if "{" in draft.path)):
        kind, before = rng.choice(kinds), draft.spell
        if not re.fullmatch(r"[\w/{}]+", draft.path):
            # After a colon or an angle bracket only a plain name counts.
            kind = r"{ \1 }"
        draft.spell = _respelled(kind, before)


def _respelled(kind: str, before: Callable[[str], str]) -> Callable[[str], str]:
    return lambda path: before(re.sub(r"\{([^{}]+)\}", kind, path))


@SHARED.add("summaries and tags that are no names")
def _odd_summary(drafts: Drafts, rng: Random) -> None:
    for draft in some(rng, drafts.operations):
        draft.node |= {"summary": rng.choice(SUMMARIES), "tags": [rng.choice(TAGS)]}
        draft.node["operationId"] = rng.choice(OPERATION_IDS)
        for key in rng.sample(["summary", "tags"], rng.randint(0, 1)):
            del draft.node[key]


@SHARED.add("a body that is no object of known fields")
def _whole_body(drafts: Drafts, rng: Random) -> None:
    for draft in some(rng, (draft for draft in drafts.operations if "requestBody" in draft.node)):
        root = rng.choice(
            [
                {},
                {"type": "array", "items": schema(rng)},
                {"type": "object", "additionalProperties": {"type": "string"}},
            ]
        )
        draft.node["requestBody"]["content"] = {"application/json": {"schema": root}}


@SHARED.add("parameters in headers and cookies")
def _headers(drafts: Drafts, rng: Random) -> None:
    for draft in some(rng, drafts.operations):
        for place in rng.sample(["header", "cookie"], rng.randint(1, 2)):
            name = rng.choice(["Stripe-Version", "limit", "Authorization", "session id", "id"])
            draft.node["parameters"].append({"name": name, "in": place, "schema": {"type": "string"}})


@SHARED.add("the same operation twice")
def _twice(drafts: Drafts, rng: Random) -> None:
    for draft in some(rng, drafts.operations)[:5]:
        drafts.operations.append(copy.deepcopy(draft))
