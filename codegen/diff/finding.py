"""A finding: the change, its place, its severity, and whom it affects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from .sentence import MISSING, Sentence

Severity = Literal["breaking", "risky", "safe"]
SEVERITIES: tuple[Severity, ...] = ("breaking", "risky", "safe")


@attrs.frozen
class Change:
    """A raw result of the comparison, before it becomes a sentence: id, operation, place, values.

    With the beginning of an id and without values it is the place of changes, which `into` and `told` make.
    """

    id: str
    place: str | None
    """Key of the operation, `GET /v1/models`; None if the change concerns the whole document."""
    at: tuple[str, ...] = ()
    """Path in the paired document, relative to the operation (or the top). Parameters go by name."""
    old: Any = MISSING
    new: Any = MISSING
    field: str = ""
    """Readable name of the field: `autoscaling_settings.min_replica`."""
    words: Mapping[str, Any] = attrs.field(factory=dict)
    """More values for the sentences."""
    also: tuple[tuple[str, str], ...] = ()
    """Other operations with the same change, and the field's name there."""
    symbol: str = ""
    """The Python symbol: `models.get`, `models.get(name)`, `Model`, `Model.name`."""
    was_at: tuple[str, ...] | None = None
    """Path in the old version, if it is not `at`."""
    was_place: str | None = None
    """Key of the operation in the old version, if it is not `place`."""
    document: str | None = None
    """The document concerned, if it is only one of the two."""
    origin: tuple[str, ...] = ()
    """The component it is in, and the path there: one change for all that refer to it."""

    def told(self, what: str, old: Any = MISSING, new: Any = MISSING, **words: Any) -> Change:
        """A change at this place. `what` completes the id."""
        return attrs.evolve(self, id=f"{self.id}-{what}", old=old, new=new, words={**self.words, **words})

    def came_or_went(self, value: Any, *, is_new: bool) -> Change:
        """The change `added` or `removed`."""
        return self.told("added", new=value) if is_new else self.told("removed", old=value)

    def into(self, step: str, *tokens: str, was: tuple[str, ...] = ()) -> Change:
        """The place one level down. `was` has the tokens in the old version. Fields of a parameter are properties."""
        was_at = (*(self.at if self.was_at is None else self.was_at), *(was or tokens))
        return attrs.evolve(
            self,
            id=self.id.replace("request-parameter", "request-property"),
            at=(*self.at, *tokens),
            was_at=was_at,
            field=f"{self.field}{'' if step in ('[]', '{}') or not self.field else '.'}{step}",
            origin=(*self.origin, *tokens) if self.origin else (),
        )


@attrs.frozen
class Finding:
    """A change, ready to be reported."""

    id: str
    severity: Severity
    about: str
    operation: str | None
    also: tuple[tuple[str, str], ...]
    """Other operations concerned, and the field's name there."""
    routes: dict[str, str | None]
    """The route in each format after the change; before it, if the operation is gone."""
    pointers: dict[str, dict[str, str | None]]
    """A JSON pointer into each original document, for the old and the new version."""
    targets: dict[str, str]
    """The place to look in each document of the new version: a JSON pointer with references followed."""
    old: Any
    new: Any
    wire: Sentence
    python: Sentence
    field: str = ""
    symbol: str = ""
    interface: tuple[Change, ...] = ()
    """The changes of the Python interface that this change causes."""
    rule: str = ""
    """The schema keyword concerned, such as `maximum`."""
    line: int | None = None
    """The line of the overlay concerned."""
    reason: str | None = None
    """The reason for an unusual severity, from `severity.yaml`."""
