"""Names from the documents → names that Python takes. What a document says never becomes code any other way."""

from __future__ import annotations

import keyword
import re
import unicodedata

# Arguments that every method has; a field of that name gets a trailing underscore.
TAKEN_ARGUMENTS = frozenset({"self", "timeout", "extra_query", "extra_headers", "extra_body"})
# Names that the annotations in a generated class body use: an attribute of that name would hide them.
TAKEN_ATTRIBUTES = frozenset(
    {"additional_properties", "from_dict", "to_dict", "bool", "bytes", "cls", "dict", "float", "int", "list", "str"}
    | {"self", "datetime", "attrs", "Any", "ClassVar", "Self"}
)


def snake_case(text: str) -> str:
    """`"Get model by ID"` → `get_model_by_id`; empty where nothing readable is left."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", ascii_text))
    return "_".join(re.findall(r"[a-z0-9]+", spaced.lower()))


def identifier(text: str, *, fallback: str = "field") -> str:
    """A name that Python takes, as near to `text` as can be: `type` stays, `class` becomes `class_`."""
    is_plain = text.isascii() and text.isidentifier() and not text.startswith("_")
    name = text if is_plain else snake_case(text)
    if not name or name[0].isdigit():
        name = f"{fallback}_{name}".rstrip("_")
    return f"{name}_" if keyword.iskeyword(name) else name


def unique(name: str, taken: set[str] | frozenset[str]) -> str:
    """`name` with as many trailing underscores as it takes to be in `taken` no more."""
    while name in taken:
        name += "_"
    return name


def pascal_case(text: str) -> str:
    """`api_keys` → `ApiKeys`."""
    return "".join(word[:1].upper() + word[1:] for word in snake_case(text).split("_"))


def provider_name(text: str) -> str:
    """A provider's name as given by a person: it becomes a folder and part of a URL.

    Raises ValueError for anything but a-z, 0-9, `_` and `-`, 64 characters at most.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", text):
        raise ValueError(f"{text[:80]!r} is no name of a provider: a-z, 0-9, _ and -, 64 characters at most")
    return text
