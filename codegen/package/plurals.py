"""Singular and plural, as far as API paths need them: `refunds` → `refund`, `indices` → `index`."""

from __future__ import annotations

# After these, `es` makes a plural: `addresses`, `boxes`, `statuses`.
_HISSING = ("sses", "shes", "xes", "tches", "nches", "rches", "tuses", "buses", "iases")
# Words that look plural and are not.
_ONE = """
alias analytics atlas aws bias canvas chaos cors dns gas gps https ios kubernetes kudos lens mms pos sms sos tls
"""
_SAME = frozenset({"news", "series", "species"})
_IRREGULAR_WORDS = """
analyses:analysis apis:api approaches:approach atlases:atlas axes:axis beaches:beach bonuses:bonus breaches:breach
calories:calorie campuses:campus canvases:canvas censuses:census children:child coaches:coach consensuses:consensus
cookies:cookie corpuses:corpus cpus:cpu crises:crisis criteria:criterion diagnoses:diagnosis echoes:echo emojis:emoji
focuses:focus gases:gas gpus:gpu halves:half heroes:hero hypotheses:hypothesis indices:index knives:knife kpis:kpi
lenses:lens lives:life matrices:matrix men:man menus:menu movies:movie parentheses:parenthesis people:person pies:pie
potatoes:potato quizzes:quiz radiuses:radius selfies:selfie shelves:shelf skus:sku synopses:synopsis taxis:taxi
theses:thesis ties:tie tomatoes:tomato uris:uri vertices:vertex vetoes:veto viruses:virus wives:wife women:woman
zombies:zombie
"""
_SINGULAR = frozenset(_ONE.split())
_IRREGULAR = {many: one for many, _, one in (pair.partition(":") for pair in _IRREGULAR_WORDS.split())}


def one_each(words: list[str]) -> list[str]:
    """Each word in the singular: `refunds` → `refund`, `entries` → `entry`; `address` and `status` stay."""
    return [_one(word) for word in words]


def is_plural(word: str) -> bool:
    """True for a plural: `refunds`, `people`, `news`; not `status`, `class`, `lens`."""
    last = word.rpartition("_")[2]
    if last in _IRREGULAR or last in _SAME:
        return True
    return last.endswith("s") and last not in _SINGULAR and not last.endswith(("ss", "us", "is"))


def _one(word: str) -> str:
    before, joint, last = word.rpartition("_")
    return f"{before}{joint}{_one_word(last)}"


def _one_word(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _SAME or word in _SINGULAR or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(_HISSING):
        return word[:-2]
    return word[:-1] if word.endswith("s") and len(word) > 3 else word
