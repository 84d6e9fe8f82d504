"""Merge the components of two documents: those in only one are kept, those that differ are kept under two names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..document.shape import Json, copied, objects
from ..repair.paths import unlike

KINDS = ("schemas", "responses")
_REFERENCE = re.compile(r"#/components/(schemas|responses)/([^/]+)")

Name = tuple[str, str]


def merged(openapi: Json, definition: Json, findings: list[str]) -> tuple[Json, Json]:
    """Return the merged components, and the old document with its references adapted.

    An old component that shares its name with a different new one is called `X_old`, and so is one that refers to such
    a component.
    """
    mine, theirs = openapi.get("components", {}), definition.get("components", {})
    names = _other_names(mine, theirs)
    if names:
        definition = copied(definition)
        theirs = definition["components"]
        for holder, key, used in _references(definition):
            if target := names.get(used):
                holder[key] = f"#/components/{target[0]}/{target[1]}"
    components = copied(mine)
    for kind in KINDS:
        for name, node in theirs.get(kind, {}).items():
            other = names.get((kind, name), (kind, name))[1]
            if other != name:
                findings.append(f"the documents disagree on the component {name}; that of definition.json is {other}")
            components.setdefault(kind, {}).setdefault(other, copied(node))
    return components, definition


def _other_names(mine: Json, theirs: Json) -> dict[Name, Name]:
    both = [(kind, name) for kind in KINDS for name in theirs.get(kind, {}) if name in mine.get(kind, {})]
    differ = {(kind, name) for kind, name in both if mine[kind][name] != theirs[kind][name]}
    users: dict[Name, list[Name]] = {}
    for kind, name in both:
        for _, _, used in _references(theirs[kind][name]):
            users.setdefault(used, []).append((kind, name))
    waiting = [*differ]
    while waiting:
        for user in users.get(waiting.pop(), ()):
            if user not in differ:
                differ.add(user)
                waiting.append(user)
    names: dict[Name, Name] = {}
    taken = {kind: {*mine.get(kind, ()), *theirs.get(kind, ())} for kind in KINDS}
    for kind, name in [each for each in both if each in differ]:
        names[kind, name] = kind, unlike(f"{name}_old", taken[kind], "")
        taken[kind].add(names[kind, name][1])
    return names


def _references(node: Json) -> Iterator[tuple[Json, str, Name]]:
    """Yield each reference to a component: its holder, its key, and the component."""
    for holder in objects(node):
        # The key is `$ref` or, in a discriminator's mapping, any other.
        for key, value in holder.items():
            if isinstance(value, str) and (match := _REFERENCE.fullmatch(value)):
                yield holder, key, (match[1], match[2])
