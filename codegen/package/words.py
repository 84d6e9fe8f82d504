"""The English of names: verbs and their imperative, small words, and words that are written with capitals inside."""

from __future__ import annotations

from .plurals import is_plural, one_each

_BRANDS = """
BigCommerce BigQuery BitBucket ChatGPT DevOps DocuSign DynamoDB eBay eSIM GeoJSON GitHub GitLab GraphQL HubSpot IaaS
iCal iCloud iOS IPv JavaScript LinkedIn LoRA macOS MailChimp MongoDB MySQL NoSQL OAuth OpenAI OpenAPI OpenID PaaS PayPal
PostgreSQL PyTorch QuickBooks SaaS SendGrid SharePoint SoundCloud TensorFlow TikTok TypeScript WebRTC WhatsApp WiFi
WooCommerce WordPress YouTube
"""
_ACTIONS = """
accept activate add allow analyze append apply approve archive assign attach authenticate authorize ban calculate cancel
capture check classify clear clone close compare complete confirm connect consume convert copy create crosspost
deactivate decline delete deny deploy detach detect disable disconnect dismiss download edit enable enroll evaluate
execute expire export fetch finalize find follow generate get import initialize initiate insert install invalidate
invite join kick leave list lock merge modify move mute notify obtain open parse pause pay predict prepare preview
process promote publish purge query reactivate rebuild recreate redeem redeliver refresh regenerate register reject
remove rename renew reopen replace rerequest resend reset resize resolve restart restore resume retrieve retry revert
revoke rotate run save search send set simulate start stop submit subscribe suspend sync terminate toggle transcribe
transform translate trigger unarchive unassign unban unblock unfollow uninstall unlink unlock unmerge unmute unpin
unpublish unstar unsubscribe unsuspend update upgrade upload upsert validate verify void withdraw
"""
_READING = "check download export fetch find get list preview query retrieve search validate verify"
_AMBIGUOUS = """
duplicate end exchange grant launch mark migrate pin provision read release render request return share show shut swap
switch train transfer use view
"""
# A capital letter inside these begins no new word.
BRANDS = tuple(_BRANDS.split())
# Verbs that begin a path's last part if that is an action. Words that are as often nouns are not among them.
ACTIONS = frozenset(_ACTIONS.split())
# The verbs among these that a GET may mean.
READING = frozenset(_READING.split())
# Verbs that begin a sentence.
VERBS = ACTIONS | frozenset(_AMBIGUOUS.split())
# To receive a thing, in other words.
GETTING = frozenset({"get", "list", "fetch", "obtain", "retrieve", "return", "show", "view"})
ARTICLES = frozenset({"a", "an", "the", "your"})
# Words that a shortened name must not end with.
LOOSE = ARTICLES | frozenset(
    {"and", "as", "at", "be", "by", "for", "from", "if", "in", "is", "of", "on", "or", "that", "to", "when", "where"}
    | {"which", "will", "with"}
)
# These follow a verb, and no noun.
_DETERMINERS = ARTICLES | frozenset({"all", "any", "every", "its", "one", "their", "this"})
# Words before a verb, beside adverbs.
_BEFORE = frozenset({"batch", "bulk"})


def starts_with_verb(words: list[str], verbs: frozenset[str]) -> bool:
    """True for `delete messages`, and for `bulk delete messages`."""
    return words[_adverbs(words)] in verbs


def imperative(words: list[str]) -> list[str]:
    """`ends the call` → `end the call`, `creates and runs it` → `create and run it`. Other words stay."""
    said = list(words)
    first = _adverbs(words)
    for index in (first, first + 2):
        is_next = index == first or (said[first] != words[first] and words[index - 1 : index] in (["and"], ["or"]))
        if is_next and index + 1 < len(words):
            said[index] = _base(*words[index : index + 2])
    return said


def without_articles(words: list[str]) -> list[str]:
    """The words without articles, but for the last: `vitamin a` does not end with one."""
    return [*(word for word in words[:-1] if word not in ARTICLES), *words[-1:]]


def _adverbs(words: list[str]) -> int:
    """The number of words before the first that may be a verb."""
    is_verb = (word not in _BEFORE and (word in VERBS or not word.endswith("ly")) for word in words)
    return next((index for index, is_one in enumerate(is_verb) if is_one), 0)


def _base(word: str, after: str) -> str:
    """The base form of a verb in the third person, before the word `after`. Another word stays."""
    one, *_ = one_each([word])
    verbs = ACTIONS if after in LOOSE - ARTICLES else VERBS
    known = [form for form in (one, word.removesuffix("es")) if form in verbs]
    is_verb = len(word) > 3 and is_plural(word) and after in _DETERMINERS
    return known[0] if known else one if is_verb else word
