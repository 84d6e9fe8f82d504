"""Natural names for a method on a path: `POST /v1/refunds` → `create_refund`."""

from __future__ import annotations

import re

from ..document.reading import METHODS
from ..repair.paths import PLACEHOLDER
from .names import snake_case
from .plurals import is_plural, one_each
from .words import ACTIONS, READING

VERSION = re.compile(
    r"v[0-9]+([._][0-9]+)*((alpha|beta|rc|preview)[0-9]*)?|[0-9]+\.[0-9]+|[0-9]{4}(-[0-9]{2}){1,2}|api|rest",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.(json|xml|php)$", re.IGNORECASE)
_ON_ITEM = {**{method: method for method in METHODS}, "post": "update", "put": "update", "patch": "update"}
_ON_MANY = {**_ON_ITEM, "post": "create", "put": "replace"}


def from_path(method: str, path: str, group: str) -> str:
    """The name of an operation without a summary.

    `GET /v1/refunds` is `list_refunds`, `POST /charges/{id}/capture` is `capture_charge`, `POST
    /intents/{id}/verify_deposits` is `verify_deposits_of_intent`, and `POST /chat.postMessage` in the group `chat` is
    `post_message`.
    """
    *before, last = parts(path) or [""]
    verb = ""
    if ":" in last.lstrip(":"):
        last, _, verb = last.rpartition(":")
    words = [word for word in (snake_case(part) for part in before if "{" not in part) if word]
    last = _ENDING.sub("", last)
    # `thumbnail.{extension}` is a thumbnail; `{base}...{head}` is an item.
    plain = PLACEHOLDER.sub("", last).strip(".") if "{" in last else last
    if not plain or ("{" in last and not snake_case(plain)):
        return "_".join([snake_case(verb) or _ON_ITEM[method], *one_each(words or ["root"])])
    if verb:
        return "_".join(filter(None, [snake_case(verb), *one_each(words), snake_case(plain)]))
    if "." in plain:
        return _of_call([*words, *(snake_case(part) for part in plain.split("."))], group)
    is_in_item = bool(before) and "{" in before[-1]
    thing = snake_case(plain) or "root"
    return _of_action(method, thing, words, is_in_item) or _of_thing(method, thing, words)


def _of_call(words: list[str], group: str) -> str:
    """The name of a procedure, as it is, without the group's own words."""
    return "_".join(without_group("_".join(filter(None, words)).split("_"), group)) or "root"


def without_group(words: list[str], group: str) -> list[str]:
    """The words without those of the group at their front, if others are left."""
    owner = one_each(group.split("_"))
    return words[len(owner) :] if len(words) > len(owner) and one_each(words[: len(owner)]) == owner else words


def _of_action(method: str, thing: str, words: list[str], is_in_item: bool) -> str:
    """The name if the path ends with an action; else empty."""
    first, _, rest = thing.partition("_")
    is_verb = first in (READING if method == "get" else ACTIONS) and method != "delete"
    if is_verb and rest:
        owner = one_each(words) if is_in_item else words
        return "_".join([thing, *(["of", *owner] if owner else [])])
    if is_verb:
        return "_".join([thing, *one_each(words[:-1]), *(one_each(words[-1:]) if is_in_item else words[-1:])])
    if method in {"post", "put"} and is_in_item and not is_plural(thing):
        return "_".join([thing, *one_each(words)])
    return ""


def _of_thing(method: str, thing: str, words: list[str]) -> str:
    if method == "get":
        return "_".join(["list" if is_plural(thing) else "get", *one_each(words), thing])
    return "_".join([_ON_MANY[method], *one_each([*words, thing])])


def parts(path: str) -> list[str]:
    """The meaningful parts of a path: no versions, and no `api`."""
    said = [part for part in path.split("/") if part]
    # A digit is a version if the rest of the path is below it: `/2/tweets`.
    said = said[1:] if len(said) > 1 and re.fullmatch("[1-9]", said[0]) else said
    return [part for part in said if not VERSION.fullmatch(part)]


def static(path: str) -> list[str]:
    """The meaningful words of a path that are not in placeholders."""
    plain = (snake_case(PLACEHOLDER.sub("/", part)) for part in parts(path))
    return [word for part in plain for word in part.split("_") if word]
