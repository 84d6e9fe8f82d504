"""One finding: what changed, where, how bad it is, and for whom."""

from __future__ import annotations

from typing import Any, Literal

import attrs

from .sentence import MISSING, Sentence, visible

Severity = Literal["breaking", "risky", "safe"]
SEVERITIES: tuple[Severity, ...] = ("breaking", "risky", "safe")

NOWHERE: dict[str, str | None] = {"openapi": None, "definition": None}


@attrs.frozen
class Change:
    """What a comparison saw, before a sentence is made of it: the id, the operation, the place, the values."""

    id: str
    place: str | None
    """Key of the operation, `GET /v1/models`; None for what concerns the whole document."""
    at: tuple[str, ...]
    """Where in the paired document, from the operation (or the top) on, a parameter by its name."""
    old: Any = MISSING
    new: Any = MISSING
    field: str = ""
    """Name of the field as people say it: `autoscaling_settings.min_replica`."""
    also: tuple[tuple[str, str], ...] = ()
    """Other operations that the same change concerns, and the name of the field there."""
    words: tuple[tuple[str, Any], ...] = ()
    """More values for the sentences."""
    symbol: str = ""
    """What it is in Python: `models.get`, `models.get(name)`, `Model`, `Model.name`."""
    was_at: tuple[str, ...] | None = None
    """Where it was in the old version, where that is not `at`."""
    was_place: str | None = None
    """Key of the operation in the old version, where that is not `place`."""
    document: str | None = None
    """The one document that it concerns, where it does not concern both."""
    origin: tuple[str, ...] = ()
    """The component in which it is, and where there: the same change for all that refer to it."""


@attrs.frozen
class Finding:
    """A change as it is reported."""

    id: str
    severity: Severity
    about: str
    operation: str | None
    also: tuple[tuple[str, str], ...]
    """Other operations that it concerns, and what the field is called there."""
    routes: dict[str, str | None]
    """The new and the old format's route, after the change; before it, where the operation is gone."""
    pointers: dict[str, dict[str, str | None]]
    """A JSON pointer into each original document, in the old and in the new version."""
    targets: dict[str, str]
    """Where to look in each document of the new version: a JSON pointer, references followed."""
    old: Any
    new: Any
    wire: Sentence
    python: Sentence
    field: str = ""
    symbol: str = ""
    interface: tuple[Change, ...] = ()
    """The changes of the Python interface that come from it."""
    rule: str = ""
    """The keyword of a schema that it is about, such as `maximum`."""
    line: int | None = None
    """The line of the overlay that it is about."""
    reason: str | None = None
    """Why the severity is not the usual one, from `severity.yaml`."""

    def as_json(self) -> dict[str, Any]:
        """The finding as the JSON form has it. A value that isn't there is left out."""
        result: dict[str, Any] = {
            "id": self.id,
            "severity": self.severity,
            "about": self.about,
            "operation": self.operation,
            "also": [operation for operation, _ in self.also],
            "routes": self.routes,
            "pointers": self.pointers,
            "field": visible(self.field) or None,
            "symbol": self.symbol or None,
            "wire": self.wire.plain(),
            "python": self.python.plain(),
        }
        result |= _values(self.old, self.new)
        result["interface"] = [
            {"id": change.id, "symbol": change.symbol, **_values(change.old, change.new)} for change in self.interface
        ]
        if self.reason:
            result["reason"] = self.reason
        return result


def _values(old: Any, new: Any) -> dict[str, Any]:
    return {name: value for name, value in (("old", old), ("new", new)) if value is not MISSING}
