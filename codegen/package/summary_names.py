"""Names from what a document says of an operation: its summary, and a plain `operationId`."""

from __future__ import annotations

import html
import re

from ..document.reading import METHODS
from ..repair.paths import placeholders
from .names import MAX_READ, snake_case
from .path_names import VERSION, static, without_group
from .plurals import one_each
from .words import ACTIONS, GETTING, LOOSE, VERBS, imperative, starts_with_verb, without_articles

_TAG = re.compile(
    r"</?(?:a|abbr|b|blockquote|br|code|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|small|span|strong|su[bp]|table|t[dhr]|u|ul)"
    r"\b[^<>]*>?|\]\([^()]*\)?",
    re.IGNORECASE,
)
# `A/B` is one word.
_LETTERS = re.compile(r"(?<=\b[A-Za-z])[/&](?=[A-Za-z]\b)")
_PLAIN = re.compile(r"[\w./: -]+")
# `e.g.` ends no sentence.
_END = re.compile(r"(?<!\.[A-Za-z])[.!?:;\n](?:\s|$)")


def from_summary(summary: str, method: str) -> list[str]:
    """The words of the summary's first sentence, in the imperative, without articles. Empty if it says nothing.

    `Creates a refund.` is `create refund`, and `Returns a single list by id` is `get list by id`.
    """
    text = _TAG.sub(" ", html.unescape(summary.strip()[:MAX_READ])).strip()
    said = snake_case(_LETTERS.sub("", _END.split(text, maxsplit=1)[0])).split("_")
    words = imperative(said)
    if words[0] == "return" and (said[0] == "returns" or method == "get"):
        words = ["get", *words[1:]]
    words = without_articles(words)
    if words[0] in GETTING:
        words = [word for word in words if word != "single"]
        # `get paginated list of`
        of = next((index for index in (2, 3) if words[index - 1 : index + 1] == ["list", "of"]), 0)
        words = ["list", *words[of + 1 :]] if of else words
    return [word for word in words if word]


def from_operation_id(operation_id: str, method: str, path: str, group: str, *, is_alone: bool) -> list[str]:
    """The words of a plain `operationId`, without those of the group at its front; empty if the path says as much.

    `chat_postMessage` in the group `chat` is `post message`. Without a verb it is a name only if nothing else is
    (`is_alone`), and has a word that the path has not.
    """
    said = snake_case(operation_id).split("_")
    words = without_articles(without_group(without_group(said, f"{group}_controller"), group))
    verbs = ACTIONS if method == "get" else VERBS
    is_name = _says_more(words, path) if is_alone else starts_with_verb(words, verbs)
    is_plain = is_name and _PLAIN.fullmatch(operation_id) and not _is_made(said, method, path)
    return words if is_plain and not _spells_out(said, method, path) else []


def _says_more(words: list[str], path: str) -> bool:
    """True if there is a word that the path has not, and that is no verb, number or small word."""
    known = {*VERBS, *METHODS, *LOOSE, "id", *one_each(snake_case(path).split("_"))}
    more = [word for word in one_each(words) if word not in known]
    return len(words) > 1 and bool(more) and all(word.isalpha() for word in more)


def _is_made(words: list[str], method: str, path: str) -> bool:
    """True if a generator told the words apart from others: `listUsersUsingGET_1`, `read_user_users__user_id__get`."""
    end = [*filter(None, snake_case(path).split("_")), method]
    return (
        words[-1].isdigit() or words[-2:] == ["using", method] or (len(words) > len(end) and words[-len(end) :] == end)
    )


def _spells_out(words: list[str], method: str, path: str) -> bool:
    """True if the words are method and path, with or without the placeholders: `PostCustomersCustomerSourcesId`."""
    if words[0] != method:
        return False
    named = {"id", "by", *(word for each in placeholders(path) for word in snake_case(each).split("_"))}
    said, plain = ([word for word in each if word not in named] for each in (words[1:], static(path)))
    return [word for word in said if not VERSION.fullmatch(word)] == plain
