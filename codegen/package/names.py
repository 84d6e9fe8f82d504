"""Turn names from the documents into valid Python names. Text of a document becomes code in no other way."""

from __future__ import annotations

import hashlib
import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable

import attrs

from .words import BRANDS, LOOSE

MAX_LENGTH = 100
# Read no more of a text than a name can need: the rest only costs time.
MAX_READ = 500
MAX_SENTENCE = 40
_TYPOGRAPHY = str.maketrans("\u2018\u2019\u02bc\u2010\u2011\u2013\u2014", "'''----")
# `session's` loses it, `it's` and `don't` only the apostrophe.
_POSSESSIVE = re.compile(r"(?<!\bit)'s\b|(?<=[a-z0-9])'(?=[a-z])", re.IGNORECASE)
_BRAND = re.compile(
    "|".join(rf"(?<![A-Za-z]){word}" if word[0].islower() else word for word in BRANDS).join(("(?:", ")"))
    + "(?!(?!s(?![a-z]))[a-z])"
)
# The `s` of a plural belongs to its acronym: `IDs`.
_ACRONYMS = re.compile(r"(?<![A-Z])[A-Z]{2,}s(?![a-z])")
_NEW_WORD = re.compile(r"(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z0-9])(?=[A-Z])")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Arguments of every method, and names used in its body. A field of such a name gets a trailing underscore.
TAKEN_ARGUMENTS = _words(
    "self timeout extra_query extra_headers extra_body result Any Call UNSET builtins digits either hidden renamed"
)
# Names used in a generated class body: an attribute of that name would hide them.
TAKEN_ATTRIBUTES = _words("""
    additional_properties from_dict to_dict bool bytes cls dict float int list str self datetime attrs Any ClassVar
    Required Self classmethod Mapping Sequence UNSET Unset masked
""")
# Methods of these names would hide types in the annotations of later methods. (`list` is written in full there.)
TAKEN_METHODS = _words("bool builtins bytes datetime float int str")
# A group is an attribute of the clients.
TAKEN_GROUPS = _words("aclose cached_property close dict float httpx self str with_options with_raw_response")
# Names that the modules of a package import or define.
TAKEN_CLASSES = _words("""
    None True False Any Callable ClassVar Generic Literal Mapping Protocol Required Self Sequence TYPE_CHECKING
    TypedDict UNSET Unset OPERATIONS ROUTES Schema SchemaDict SchemaValue Attempt Call File Format Operation Query
    RawResponse Route UnexpectedPayload UnexpectedStatus Client AsyncClient RawClient AsyncRawClient
""")


def snake_case(text: str) -> str:
    """`"Get model's IDs"` → `get_model_ids`, `listGitHubURLs` → `list_github_urls`; empty if nothing is left."""
    normal = unicodedata.normalize("NFKD", text[:MAX_READ].translate(_TYPOGRAPHY))
    plain = normal.encode("ascii", "ignore").decode()
    plain = _POSSESSIVE.sub("", plain) if "'" in plain else plain
    if not plain.islower():
        for as_one in (_BRAND, _ACRONYMS):
            plain = as_one.sub(lambda match: match[0].capitalize(), plain)
        plain = _NEW_WORD.sub("_", plain).lower()
    return "_".join(re.findall(r"[a-z0-9]+", plain))


def identifier(text: str, *, fallback: str = "field") -> str:
    """A valid Python name, as close to `text` as possible: `type` stays, `class` becomes `class_`."""
    is_plain = text.isascii() and text.isidentifier() and not text.startswith("_")
    name = text[:MAX_LENGTH] if is_plain else _shortened(snake_case(text))
    if not name or name[0].isdigit():
        name = f"{fallback}_{name}".rstrip("_")
    return f"{name}_" if keyword.iskeyword(name) else name


def _shortened(name: str) -> str:
    """Shorten a sentence used as a name to its beginning, not ending with a word like `for`."""
    if len(name) <= MAX_SENTENCE:
        return name
    words = name[: MAX_SENTENCE + 1].rpartition("_")[0].split("_")
    while len(words) > 1 and words[-1] in LOOSE:
        words.pop()
    return "_".join(words) or name[:MAX_LENGTH]


def told_apart(wires: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Give each field a distinct name that is not in `taken`.

    A field that is already a valid, free name keeps it, wherever it stands. The others get names in order.
    """
    listed = list(wires)
    free = Free(taken)
    named = {index: free.take(wire) for index, wire in enumerate(listed) if identifier(wire) == wire and wire in free}
    for index, wire in enumerate(listed):
        if index not in named:
            named[index] = free.take(identifier(wire))
    return [named[index] for index in range(len(listed))]


class Free:
    """Gives each name a spelling that is not taken: `name`, `name_`, `name_2`, `name_3`, …

    `forms` gives the names that a spelling takes. The last number of each name is remembered, so many fields of one
    name take no longer than fields of many names.
    """

    def __init__(self, taken: Iterable[str], forms: Callable[[str], set[str]] = lambda name: {name}) -> None:
        self._taken, self._forms = set(taken), forms
        self._numbers: Counter[str] = Counter()

    def __contains__(self, name: str) -> bool:
        return not self._taken & self._forms(name)

    def take(self, name: str) -> str:
        """The first free spelling, which is taken from now on."""
        while (spelled := self._spelled(name)) not in self:
            self._numbers[name] += 1
        self._taken |= self._forms(spelled)
        return spelled

    def _spelled(self, name: str) -> str:
        number = self._numbers[name]
        return (name, f"{name}_")[number] if number < 2 else f"{name}_{number}"


def pascal_case(text: str) -> str:
    """`api_keys` → `ApiKeys`."""
    return "".join(word[:1].upper() + word[1:] for word in snake_case(text).split("_"))


def resource_family(name: str) -> set[str]:
    """The names of the classes in a group's module."""
    return {name, f"Async{name}", f"Raw{name}", f"AsyncRaw{name}"}


def resource_classes(groups: Iterable[str]) -> dict[str, str]:
    """Name the class of each group. No two groups share a class, and none clashes with the package's own classes."""
    free = Free(TAKEN_CLASSES, resource_family)
    return {group: free.take(pascal_case(group)) for group in sorted(groups)}


@attrs.frozen
class Structure:
    """A class or an enum. `parsed` is the parser's name; `name` and `module` are without the numbers of its tokens.

    `meanings` are the operation and the odd names that its name is made from.
    """

    parsed: str
    name: str
    module: str
    meanings: tuple[str, ...] = ()


def forms(name: str) -> set[str]:
    """The name of a structure's class, and the names of its other forms."""
    return {name, f"{name}Dict", f"{name}Value"}


def structure_classes(found: Iterable[Structure], taken: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The class and module of each structure, by the parser's name for it.

    Modules are files, so they differ by more than case. If structures of several operations would share a name, none
    gets it: once one operation was removed, the name would mean the other's structure.
    """
    classes, modules = Free({*TAKEN_CLASSES, *taken}, forms), Free({"schema"})
    result: dict[str, tuple[str, str]] = {}
    ordered = sorted(found, key=lambda each: (each.name, each.meanings, each.parsed))
    places: dict[str, set[str]] = {}
    for each in ordered:
        places.setdefault(each.name, set()).update(each.meanings[:1])
    for each in ordered:
        name, module = each.name, each.module
        if not name.isascii():
            name = pascal_case(name)
            module = snake_case(name)
        if len(places[each.name]) > 1 and each.meanings:
            name, module = (f"{text}{_digest(each.meanings[0])}" for text in (name[: MAX_LENGTH - 8], f"{module}_"))
        name = classes.take(name[:MAX_LENGTH] if name[:1].isalpha() else f"Class{name}"[:MAX_LENGTH])
        is_kept = module.isascii() and len(module) <= MAX_LENGTH
        module = module if is_kept else identifier(snake_case(name), fallback="structure")
        result[each.parsed] = (name, modules.take(module))
    return result


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
