"""Quirks of operations: both documents of a provider have them in the same places.

Subjects are named as in the table made from all providers' documents, if it has them.
"""

from __future__ import annotations

import copy
import re
from random import Random

from tests.pipeline.dialect_drafts import Draft, Drafts, Quirks, inside, operations, schema, some, with_body

SHARED = Quirks()
NAMES = [
    *("class", "from", "self", "timeout", "transfer_data optional", "a-b", "a b", "a.b", "aB", "A_b", "日本", "$top"),
    *("in hours from GMT for which to convert the date and the time of an event", "filter[name]", "ids[]", "_id"),
    *("client", "url", "body", "to_dict", "Name", "name", "x" * 90, "extra_query", "UNSET", "1st", "a'b", 'a"b'),
    "result",
]
SUMMARIES = [
    "Creates a new refund. It then tells whoever wants to know",
    *("", "list", "日本", "Get a/an `refund`\n(new)", "<p>Ends an OAuth session&#39;s A/B tests by their IDs</p>"),
    "Set an existing guest, regular user, or admin user to be a workspace owner",
]
OPERATION_IDS = ["", "executeWebhook", "refunds/list-for-repo", "GetRefundsId", "a\u2019s", "x" * 90]
TAGS = ["Refunds", "refunds", "class", "", "A/B", "Client", "2nd"]
UPLOADS = [
    ["multipart/form-data"],
    ["application/x-www-form-urlencoded"],
    ["multipart/form-data", "application/json"],
]


@SHARED.on_some(operations, "parameter in: path while the path has no template", "path-parameter-without-place")
def _no_place(draft: Draft, rng: Random) -> None:
    draft.node["parameters"].append({"name": "account_id", "in": "path", "schema": {"type": "string"}})


@SHARED.on_some(
    lambda drafts: [draft for draft in drafts.operations if draft.method == "delete"], "delete with a request body"
)
def _delete_with_body(draft: Draft, rng: Random) -> None:
    root = {"type": "object", "properties": {"reason": schema(rng)}}
    draft.node["requestBody"] = {"content": {"application/json": {"schema": root}}}


@SHARED.on_some(operations, "names that are no identifiers, some of them sentences")
def _odd_names(draft: Draft, rng: Random) -> None:
    for each in draft.node["parameters"]:
        word = each["name"].removesuffix("_id")
        if each["in"] == "path" and f"{{{word}_id}}" in draft.path:
            each["name"] = rng.choice([f"{word}-id", f"{word}Id", f"{word} id", f"{word}.id"])
            draft.path = draft.path.replace(f"{{{word}_id}}", f"{{{each['name']}}}")
    queries = [each for each in draft.node["parameters"] if each["in"] == "query"]
    for each, name in zip(queries, rng.sample(NAMES, len(queries)), strict=True):
        each["name"] = name
    for each in [each for root in draft.roots() for each in inside(root) if "properties" in each]:
        renamed = dict(zip(each["properties"], rng.sample(NAMES, len(each["properties"])), strict=True))
        each["properties"] = {renamed[name]: value for name, value in each["properties"].items()}
        if "required" in each:
            each["required"] = [renamed[name] for name in each["required"]]


@SHARED.on_some(with_body, "multipart bodies (uploads) beside JSON ones, and forms")
def _uploads(draft: Draft, rng: Random) -> None:
    first, *_ = draft.roots()
    file = {"type": rng.choice(["file", "string"]), "format": "binary"}
    content = {kind: {"schema": copy.deepcopy(first)} for kind in rng.choice(UPLOADS)}
    draft.node["requestBody"]["content"] = content
    if "properties" in content.get("multipart/form-data", {}).get("schema", {}):
        files = {"upload": dict(file), "uploads": {"type": "array", "items": dict(file)}}
        content["multipart/form-data"]["schema"]["properties"] |= files


@SHARED.on_some(operations, "the same summary twice under one tag")
def _same_summary(draft: Draft, rng: Random) -> None:
    draft.node |= {"summary": "Create refund", "tags": ["Refunds"]}


@SHARED.on_some(
    operations, "a path that does not begin with /, or begins with a space, or is the rest of a URL", "odd-path"
)
def _odd_start(draft: Draft, rng: Random) -> None:
    draft.prefix = rng.choice(["", "https//api.example", "with space"])
    draft.spell = rng.choice([lambda path: f" {path}", lambda path: path.removeprefix("/"), lambda path: f"{path}\t"])


@SHARED.on_some(operations, "a verb after a colon, which is no placeholder")
def _verb(draft: Draft, rng: Random) -> None:
    draft.path += rng.choice([":resolve", ":markAsDone"])


@SHARED.on_some(
    lambda drafts: [draft for draft in drafts.operations if "{" in draft.path],
    "placeholders of other kinds",
    "odd-path",
)
def _placeholders(draft: Draft, rng: Random) -> None:
    kind, before = rng.choice([r":\1", r"<\1>", r"{ \1 }", r"<int:\1>"]), draft.spell
    # After a colon or an angle bracket only a plain name counts.
    kind = kind if re.fullmatch(r"[\w/{}]+", draft.path) else r"{ \1 }"
    draft.spell = lambda path: before(re.sub(r"\{([^{}]+)\}", kind, path))


@SHARED.on_some(operations, "summaries and tags that are no names")
def _odd_summary(draft: Draft, rng: Random) -> None:
    draft.node |= {"summary": rng.choice(SUMMARIES), "tags": [rng.choice(TAGS)]}
    draft.node["operationId"] = rng.choice(OPERATION_IDS)
    for key in rng.sample(["summary", "tags"], rng.randint(0, 1)):
        del draft.node[key]


@SHARED.on_some(with_body, "a body that is no object of known fields")
def _whole_body(draft: Draft, rng: Random) -> None:
    mapping = {"type": "object", "additionalProperties": {"type": "string"}}
    root = rng.choice([{}, {"type": "array", "items": schema(rng)}, mapping])
    draft.node["requestBody"]["content"] = {"application/json": {"schema": root}}


@SHARED.on_some(operations, "parameters in headers and cookies")
def _headers(draft: Draft, rng: Random) -> None:
    for place in rng.sample(["header", "cookie"], rng.randint(1, 2)):
        name = rng.choice(["Stripe-Version", "limit", "Authorization", "session id", "id"])
        draft.node["parameters"].append({"name": name, "in": place, "schema": {"type": "string"}})


@SHARED.add("the same operation twice")
def _twice(drafts: Drafts, rng: Random) -> None:
    for draft in some(rng, drafts.operations)[:5]:
        drafts.operations.append(copy.deepcopy(draft))
