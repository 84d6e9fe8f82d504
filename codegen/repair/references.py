"""Find what references lead to, and handle those that lead nowhere.

Paths, parameters and bodies are read where they are used, so `shapes` copies their targets there. Schemas and answers
stay references if they lead to a component; nothing is known of any others, whose value may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from ..document.reading import clipped
from ..document.shape import Json
from .paths import unlike

_COMPONENT = re.compile(r"#/components/(schemas|responses)/([A-Za-z0-9._-]{1,100})")
NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_LONGEST_CHAIN = 20


def is_reference(node: Any) -> bool:
    return isinstance(node, dict) and "$ref" in node


def shown(node: Any) -> str:
    """The reference, for a message."""
    return clipped(repr(node["$ref"]))


def target(document: Json, reference: Any) -> Json | None:
    """The object that a reference leads to, directly or through others; None if it leads nowhere or in a circle."""
    for _ in range(_LONGEST_CHAIN):
        keys = _parts(reference)
        node: Any = document if keys else None
        for key in keys:
            node = node.get(key) if isinstance(node, dict) else None
        if not isinstance(node, dict):
            return None
        if "$ref" not in node:
            return node
        reference = node["$ref"]
    return None


def renamed(document: Json, found: Iterable[tuple[str, Json]]) -> int:
    """Rename components whose names no reference can have, and the references to them."""
    components = document.get("components", {})
    names: dict[tuple[str, str], str] = {}
    for kind in ("schemas", "responses"):
        known = components.get(kind, {})
        odd = [name for name in known if not NAME.fullmatch(name)]
        taken = set(known)
        for name in odd:
            plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")[:80] or "component"
            names[kind, name] = unlike(plain, taken, "_")
            taken.add(names[kind, name])
        if odd:
            components[kind] = {names.get((kind, name), name): node for name, node in known.items()}
    for _, node in found if names else ():
        parts = _parts(node.get("$ref"))
        if len(parts) == 3 and (parts[1], parts[2]) in names:
            node["$ref"] = f"#/components/{parts[1]}/{names[parts[1], parts[2]]}"
    return len(names)


def _parts(reference: Any) -> list[str]:
    """The keys in a reference within the document; none if it leads out."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return []
    return [unquote(key).replace("~1", "/").replace("~0", "~") for key in reference[2:].split("/")]


def dropped(document: Json, found: Iterable[tuple[str, Json]]) -> tuple[int, list[str]]:
    """Remove references of schemas and answers that lead to no component; report each with its place."""
    lines = []
    for place, node in leading_nowhere(document, found):
        lines.append(f"{place}: refers to {shown(node)}, which leads nowhere; any value is taken")
        del node["$ref"]
    return len(lines), lines


def leading_nowhere(document: Json, found: Iterable[tuple[str, Json]]) -> Iterator[tuple[str, Json]]:
    """Yield the schemas and answers, each with its place, whose reference leads to no component."""
    components = document.get("components", {})
    ending: set[str] = set()
    for place, node in found:
        if "$ref" in node and not _leads_somewhere(components, node["$ref"], ending):
            yield place, node


def _leads_somewhere(components: Json, reference: Any, ending: set[str]) -> bool:
    """True if the reference ends at a component, False if a chain of references breaks or is a circle.

    `ending` collects the references known to end.
    """
    met: set[str] = set()
    while isinstance(reference, str) and reference not in met:
        if reference in ending:
            ending |= met
            return True
        met.add(reference)
        match = _COMPONENT.fullmatch(reference)
        node = components.get(match[1], {}).get(match[2]) if match else None
        if node is None:
            return False
        if "$ref" not in node:
            ending |= met
            return True
        reference = node["$ref"]
    return False
