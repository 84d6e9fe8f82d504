"""Names of operations without an overlay: from the summary, else from method and path.

The group's own noun is left out: in the group `teams`, "Get all teams" is `list`, "Create a team" is `create`. If two
would then be equal, both keep it.

A name depends on its own operation alone, so it stays when others come and go. If two would share a name, neither gets
it: both get longer ones, from their paths. So a name never comes to mean another operation; when one of the two goes,
the other gets the shorter name, which nobody had.
"""

from __future__ import annotations

import hashlib
from collections import Counter

from ..document import shape
from ..document.shape import Json
from ..repair import paths
from .names import TAKEN_GROUPS, TAKEN_METHODS, identifier, snake_case, unique
from .path_names import from_path, static
from .plurals import is_plural, one_each
from .summary_names import from_operation_id, from_summary
from .words import GETTING, VERBS

_LONGEST = 55


def operation_ids(document: Json) -> tuple[dict[str, str], tuple[str, ...]]:
    """The `group.method` of each operation by its place, and the operations that would share a name, one line each.

    A name stated by `operationId` is taken, unless several state the same: then none gets it.
    """
    found = list(shape.operations(document))
    stated = {operation.place: name for operation in found if (name := _stated(operation))}
    times = Counter(stated.values())
    lines = []
    for name in sorted(name for name in times if times[name] > 1):
        places = [place for place in stated if stated[place] == name]
        lines.append(f"{' and '.join(places)} are both stated to be {name}, and are called as if nothing was stated")
    # Nobody gets a shared name: a later sole owner would look like the other operation.
    nobodys = {name for name in times if times[name] > 1}
    stated = {place: name for place, name in stated.items() if name not in nobodys}
    free = [operation for operation in found if operation.place not in stated]
    ids = {**stated, **{operation.place: _spelled(_group(operation), _name(operation)) for operation in free}}
    for longer in (_whole, _by_path, _by_method_and_path, _by_digest):
        by_name: dict[str, list[str]] = {}
        for operation in found:
            by_name.setdefault(ids[operation.place], []).append(operation.place)
        shared = {name: places for name, places in by_name.items() if len(places) > 1}
        for name, places in sorted(shared.items()) if longer != _whole else ():
            lines.append(f"{' and '.join(places)} would be named {name}, and are called by their paths")
        # If both are the same operation, the first is named as if it were alone.
        nobodys |= {name for name, places in shared.items() if len({_route(place) for place in places}) > 1}
        ids |= {
            each.place: _spelled(_group(each), longer(each, ids[each.place].partition(".")[2]))
            for each in free
            if ids[each.place] in nobodys or (ids[each.place] in shared and _route(each.place) != each.place)
        }
    return {operation.place: ids[operation.place] for operation in found}, tuple(lines)


def _route(place: str) -> str:
    """The place without the number that tells copies of an operation apart (`repair/paths.py`)."""
    return place.partition("#")[0]


def _stated(operation: shape.Operation) -> str | None:
    parts = operation.node.get("operationId", "").split(".")
    if len(parts) != 2 or not all(part.isidentifier() for part in parts):
        return None
    group, name = parts
    # Lower case, like every method: one named `Any` would shadow that in the annotations after it.
    return _spelled(group, snake_case(name))


def _spelled(group: str, name: str) -> str:
    group = unique(identifier(snake_case(group), fallback="group"), TAKEN_GROUPS)
    return f"{group}.{unique(identifier(name, fallback='call'), TAKEN_METHODS)}"


def _group(operation: shape.Operation) -> str:
    return next(iter(operation.node.get("tags", ())), "") or "default"


def _name(operation: shape.Operation) -> str:
    """The whole name without the noun of the group: `create_team` → `create`, `get_all_teams` → `list`."""
    whole = _whole(operation)
    verb, *said = whole.split("_")
    noun = one_each(snake_case(_group(operation)).split("_"))
    is_all = said[:1] == ["all"]
    said = said[1:] if is_all else said
    if verb not in VERBS or one_each(said[: len(noun)]) != noun:
        return whole
    is_many = is_all or is_plural("_".join(said[: len(noun)]))
    rest = said[len(noun) :]
    if rest[:1] not in ([], ["by"]):
        # `Get team members` is about members.
        return whole
    if verb in GETTING and not rest:
        return "list" if is_many else "get"
    return "_".join([verb, *(rest if rest != ["by", "id"] else [])])


def _whole(operation: shape.Operation, name: str = "") -> str:
    """The first of these that says something in no more than 55 characters, else the natural name for the path."""
    method, path, group = operation.method, operation.path.partition("#")[0], snake_case(_group(operation))
    id_ = operation.node.get("operationId", "")
    found = (
        from_operation_id(id_, method, path, group, is_alone=False),
        from_summary(operation.node.get("summary", ""), method),
        from_operation_id(id_, method, path, group, is_alone=True),
    )
    names = (name for words in found if (name := "_".join(words)) and len(name) <= _LONGEST)
    return next(names, "") or _from_path(operation)


def _by_path(operation: shape.Operation, name: str) -> str:
    """`list_items` at `/orders/{id}/items` → `list_items_of_order`, unless the path adds nothing new."""
    said = set(one_each(name.split("_")))
    added = [word for word in one_each(static(operation.path)) if word not in said]
    by = [snake_case(each) for each in paths.placeholders(operation.path)[-1:]]
    longer = "_".join(filter(None, [name, *(["of", *added] if added else ["by", *by] if by else [])]))
    return longer if len(longer) <= _LONGEST else _from_path(operation)


def _from_path(operation: shape.Operation) -> str:
    return _cut(from_path(operation.method, operation.path.partition("#")[0], snake_case(_group(operation))))


def _by_method_and_path(operation: shape.Operation, name: str) -> str:
    return _cut("_".join(filter(None, (operation.method, snake_case(operation.path.partition("#")[0]))))) or name


def _by_digest(operation: shape.Operation, name: str) -> str:
    digest = hashlib.sha256(operation.place.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST - len(digest) - 1]}_{digest}"


def _cut(name: str) -> str:
    """The first word, and as many of the last as fit."""
    first, *words = name.split("_")
    while len("_".join([first, *words])) > _LONGEST and words:
        del words[0]
    return "_".join([first, *words])[:_LONGEST]
