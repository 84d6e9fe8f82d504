"""Names from the documents → names that Python takes. What a document says never becomes code any other way."""

from __future__ import annotations

import hashlib
import itertools
import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Iterator

import attrs

MAX_LENGTH = 100
# Of a text no more is read than a name can need: what follows only costs time.
_MAX_READ = 500
MAX_SENTENCE = 40
# Words that a name can't end with.
_LOOSE = frozenset(
    {"a", "an", "and", "as", "at", "be", "by", "for", "from", "if", "in", "is", "of", "on", "or", "that", "the", "to"}
    | {"when", "where", "which", "will", "with"}
)

# Arguments that every method has, and the names in its body; a field of that name gets a trailing underscore.
TAKEN_ARGUMENTS = frozenset(
    {"self", "timeout", "extra_query", "extra_headers", "extra_body"}
    | {"result", "Any", "Call", "UNSET", "builtins", "either", "hidden", "renamed"}
)
# Names that a generated class body uses: an attribute of that name would hide them.
TAKEN_ATTRIBUTES = frozenset(
    {"additional_properties", "from_dict", "to_dict", "bool", "bytes", "cls", "dict", "float", "int", "list", "str"}
    | {"self", "datetime", "attrs", "Any", "ClassVar", "Required", "Self", "classmethod", "Mapping", "Sequence"}
    | {"UNSET", "Unset", "masked"}
)
# Methods of these names would hide what the annotations of later ones say. (`list` is spelled out there.)
TAKEN_METHODS = frozenset({"bool", "builtins", "bytes", "datetime", "float", "int", "str"})
# A group is an attribute of the clients.
TAKEN_GROUPS = frozenset(
    {"aclose", "cached_property", "close", "dict", "float", "httpx", "self", "str", "with_options", "with_raw_response"}
)
# What the modules of a package import or define.
TAKEN_CLASSES = frozenset(
    {
        "None",
        "True",
        "False",
        "Any",
        "Callable",
        "ClassVar",
        "Generic",
        "Literal",
        "Mapping",
        "Protocol",
        "Required",
        "Self",
        "Sequence",
    }
    | {"TYPE_CHECKING", "TypedDict", "UNSET", "Unset", "OPERATIONS", "ROUTES", "Schema", "SchemaDict", "SchemaValue"}
    | {"Attempt", "Call", "File", "Format", "Operation", "Query", "RawResponse", "Route", "UnexpectedPayload"}
    | {"UnexpectedStatus", "Client", "AsyncClient", "RawClient", "AsyncRawClient"}
)


def snake_case(text: str) -> str:
    """`"Get model by ID"` → `get_model_by_id`; empty where nothing readable is left."""
    ascii_text = _ascii(text[:_MAX_READ])
    spaced = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z0-9])(?=[A-Z])", "_", ascii_text)
    return "_".join(re.findall(r"[a-z0-9]+", spaced.lower()))


def identifier(text: str, *, fallback: str = "field") -> str:
    """A name that Python takes, as near to `text` as can be: `type` stays, `class` becomes `class_`."""
    is_plain = text.isascii() and text.isidentifier() and not text.startswith("_")
    name = text[:MAX_LENGTH] if is_plain else _shortened(snake_case(text))
    if not name or name[0].isdigit():
        name = f"{fallback}_{name}".rstrip("_")
    return f"{name}_" if keyword.iskeyword(name) else name


def _shortened(name: str) -> str:
    """The beginning of a sentence, where one stands for a name; it does not end with a word like `for`."""
    if len(name) <= MAX_SENTENCE:
        return name
    words = name[: MAX_SENTENCE + 1].rpartition("_")[0].split("_")
    while len(words) > 1 and words[-1] in _LOOSE:
        words.pop()
    return "_".join(words) or name[:MAX_LENGTH]


def told_apart(wires: Iterable[str], taken: Iterable[str]) -> list[str]:
    """A name for each field, none of them in `taken`.

    A field that is spelled like a name has it, whatever comes before it. The others follow in their order.
    """
    listed = list(wires)
    used = set(taken)
    named: dict[int, str] = {}
    for index, wire in enumerate(listed):
        if wire not in used and identifier(wire) == wire:
            named[index] = wire
            used.add(wire)
    numbers: Counter[str] = Counter()
    for index, wire in enumerate(listed):
        if index not in named:
            named[index] = unique(identifier(wire), used, numbers)
            used.add(named[index])
    return [named[index] for index in range(len(listed))]


def unique(name: str, taken: Container[str], numbers: Counter[str] | None = None) -> str:
    """`name`, with an underscore or then a number behind it where it is in `taken`.

    `numbers` has the last one of each name, where names are only ever added to `taken`: so to tell many of one name
    apart takes no longer than many of several.
    """
    numbers = Counter() if numbers is None else numbers
    while (spelled := _spelling(name, numbers[name])) in taken:
        numbers[name] += 1
    return spelled


def _spelling(name: str, number: int) -> str:
    """`name`, `name_`, `name_2`, `name_3`, …"""
    return (name, f"{name}_")[number] if number < 2 else f"{name}_{number}"


def _spellings(name: str) -> Iterator[str]:
    return (_spelling(name, number) for number in itertools.count())


def pascal_case(text: str) -> str:
    """`api_keys` → `ApiKeys`."""
    return "".join(word[:1].upper() + word[1:] for word in snake_case(text).split("_"))


def resource_family(name: str) -> set[str]:
    """The classes of a group's module."""
    return {name, f"Async{name}", f"Raw{name}", f"AsyncRaw{name}"}


def resource_classes(groups: Iterable[str]) -> dict[str, str]:
    """The class of each group: no two share one of their classes, and none is one that the package has itself."""
    classes: dict[str, str] = {}
    taken = set(TAKEN_CLASSES)
    for group in sorted(groups):
        name = next(each for each in _spellings(pascal_case(group)) if not resource_family(each) & taken)
        taken |= resource_family(name)
        classes[group] = name
    return classes


@attrs.frozen
class Structure:
    """A class or an enum: what the parser calls it, and what it calls it and its module where no token is numbered.

    `meanings` are the operation and the odd names that it has its name of.
    """

    parsed: str
    name: str
    module: str
    meanings: tuple[str, ...] = ()


def forms(name: str) -> set[str]:
    """A structure's class, and its other forms."""
    return {name, f"{name}Dict", f"{name}Value"}


def structure_classes(found: Iterable[Structure], taken: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The class and module of each structure, by what the parser calls it.

    Modules are files: they differ by more than case. Of structures of several operations that would have one name none
    has it: where one operation goes, it would come to mean the other's.
    """
    used, modules = {*TAKEN_CLASSES, *taken}, {"schema"}
    numbers, module_numbers = Counter[str](), Counter[str]()
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
        name = name[:MAX_LENGTH] if name[:1].isalpha() else f"Class{name}"[:MAX_LENGTH]
        while forms(spelled := _spelling(name, numbers[name])) & used:
            numbers[name] += 1
        name = spelled
        used |= forms(name)
        is_kept = module.isascii() and len(module) <= MAX_LENGTH
        module = unique(
            module if is_kept else identifier(snake_case(name), fallback="structure"), modules, module_numbers
        )
        modules.add(module)
        result[each.parsed] = (name, module)
    return result


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def provider_name(text: str) -> str:
    """A provider's name as given by a person: it becomes a folder and part of a URL.

    Raises ValueError for anything but a-z, 0-9, `_` and `-`, 64 characters at most.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", text):
        raise ValueError(f"{text[:80]!r} is no name of a provider: a-z, 0-9, _ and -, 64 characters at most")
    return text


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
