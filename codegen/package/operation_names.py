"""Names of operations without an overlay: from a plain `operationId`, else from the summary, else from the path.

The group's own noun is left out: in the group `teams`, "Get all teams" is `list`, "Create a team" is `create`. No name
is longer than 55 characters: a longer sentence gives way to the path.

A name depends on its own operation alone, so it stays when others come and go. If two would share a name, neither gets
it: both get longer ones, from their paths. So a name never comes to mean another operation; when one of the two goes,
the other gets the shorter name, which nobody had.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from ..document import shape
from ..document.shape import Json
from ..repair import paths
from .names import TAKEN_GROUPS, TAKEN_METHODS, Free, identifier, snake_case
from .path_names import from_path, static
from .plurals import is_plural, one_each
from .summary_names import from_operation_id, from_summary
from .words import GETTING, VERBS

_LONGEST = 55


def operation_ids(document: Json) -> tuple[dict[str, str], tuple[str, ...]]:
    """The `group.method` of each operation by its place, and the operations that would share a name, one line each.

    A name stated by `operationId` as `group.method` is taken, unless several state the same: then none gets it.
    """
    found = {operation.place: operation for operation in shape.operations(document)}
    order = {place: index for index, place in enumerate(found)}
    stated = {place: name for place, operation in found.items() if (name := _stated(operation))}
    times = Counter(stated.values())
    # Nobody gets a shared name: a later sole owner would look like the other operation.
    nobodys = {name for name in times if times[name] > 1}
    lines = []
    for name in sorted(nobodys):
        places = [place for place in stated if stated[place] == name]
        lines.append(f"{' and '.join(places)} are both stated to be {name}, and are called as if nothing was stated")
    ids = {place: name for place, name in stated.items() if name not in nobodys}
    holders = {name: {place} for place, name in ids.items()}
    rungs = {place: 0 for place in found if place not in ids}
    moved = list(rungs)
    while moved:
        for place in moved:
            ids[place] = _spelled(_group(found[place]), _LADDER[rungs[place]](found[place]))
            holders.setdefault(ids[place], set()).add(place)
        names, moved = sorted({ids[place] for place in moved}), []
        for name in names:
            places = sorted(holders[name], key=order.__getitem__)
            if len(places) > 1 and any(rungs.get(place) for place in places):
                lines.append(f"{' and '.join(places)} would be named {name}, and are called by their paths")
            if len({_route(place) for place in places}) > 1:
                nobodys.add(name)
            # Of copies of one operation, the first is named as if it were alone.
            copies = {place for place in places if place != _route(place)} if len(places) > 1 else set()
            leaving = [place for place in places if name in nobodys or place in copies]
            leaving = [place for place in leaving if rungs.get(place, _LAST) < _LAST]
            holders[name].difference_update(leaving)
            rungs |= {place: rungs[place] + 1 for place in leaving}
            moved += leaving
    return {place: ids[place] for place in found}, tuple(lines)


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
    group = Free(TAKEN_GROUPS).take(identifier(snake_case(group), fallback="group"))
    return f"{group}.{Free(TAKEN_METHODS).take(identifier(name, fallback='call'))}"


def _group(operation: shape.Operation) -> str:
    return next(iter(operation.node.get("tags", ())), "") or "default"


# --- one operation's names, from the shortest ------------------------------------------------------------------------


def _short(operation: shape.Operation) -> str:
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
        return "list" if is_many or verb == "list" else "get"
    return "_".join([verb, *(rest if rest != ["by", "id"] else [])])


def _whole(operation: shape.Operation) -> str:
    """The first that says something and is short enough: `operationId`, summary, path."""
    names = ("_".join(words) for words in _said(operation))
    return next((name for name in names if 0 < len(name) <= _LONGEST), "") or _by_path(operation)


def _said(operation: shape.Operation) -> Iterator[list[str]]:
    method, path, group = operation.method, operation.path.partition("#")[0], snake_case(_group(operation))
    stated = operation.node.get("operationId", "")
    yield from_operation_id(stated, method, path, group, is_alone=False)
    yield from_summary(operation.node.get("summary", ""), method)
    yield from_operation_id(stated, method, path, group, is_alone=True)


def _with_path(operation: shape.Operation) -> str:
    """`list_items` at `/orders/{id}/items` → `list_items_of_order`, unless the path adds nothing new."""
    name = _whole(operation)
    said = set(one_each(name.split("_")))
    added = [word for word in one_each(static(operation.path)) if word not in said]
    by = [snake_case(each) for each in paths.placeholders(operation.path)[-1:]]
    longer = "_".join(filter(None, [name, *(["of", *added] if added else ["by", *by] if by else [])]))
    return longer if len(longer) <= _LONGEST else _by_path(operation)


def _by_path(operation: shape.Operation) -> str:
    return _cut(from_path(operation.method, operation.path.partition("#")[0], snake_case(_group(operation))))


def _by_method_and_path(operation: shape.Operation) -> str:
    return _cut(f"{operation.method}_{snake_case(operation.path.partition('#')[0])}".rstrip("_"))


def _by_digest(operation: shape.Operation) -> str:
    # Keep the distinguishing hash at the end, however long the name is.
    digest = hashlib.sha256(operation.place.encode()).hexdigest()[:8]
    return f"{_by_method_and_path(operation)[: _LONGEST - len(digest) - 1]}_{digest}"


def _cut(name: str) -> str:
    """The first word, and as many of the last as fit."""
    if len(name) <= _LONGEST:
        return name
    first = name.partition("_")[0]
    last = name[-max(_LONGEST - len(first), 1) :].partition("_")[2]
    return f"{first}_{last}" if last else name[:_LONGEST].rstrip("_")


_LADDER = (_short, _whole, _with_path, _by_method_and_path, _by_digest)
_LAST = len(_LADDER) - 1
