"""Read `severity.yaml`: severities that differ from the catalogue's, each with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs

from ..document.reading import DocumentError
from ..overlay import plain_yaml
from .catalogue import KINDS
from .finding import SEVERITIES, Severity

DEFAULT = Path(__file__).parent / "severity.yaml"
_KEYS = {"id", "severity", "reason", "operation"}


@attrs.frozen
class Override:
    """A different severity for an id: everywhere, or for one operation."""

    id: str
    severity: Severity
    reason: str
    operation: str | None


def load(path: Path = DEFAULT) -> tuple[Override, ...]:
    """Read the overrides. Raises `DocumentError` for an unknown id or severity, and for a missing reason."""
    try:
        raw = plain_yaml.read(plain_yaml.text(path), path.name).value
    except OSError as error:
        raise DocumentError(f"{path.name}: can't be read: {' '.join(str(error).split())}") from None
    rows = raw.get("overrides") if isinstance(raw, dict) else None
    if not isinstance(rows, list):
        raise DocumentError(f"{path.name}: needs a list `overrides`, which may be empty")
    return tuple(_override(row, f"{path.name}, override {number}") for number, row in enumerate(rows, start=1))


def _override(row: Any, place: str) -> Override:
    if not isinstance(row, dict) or row.keys() - _KEYS:
        raise DocumentError(f"{place}: takes the keys {', '.join(sorted(_KEYS))}")
    id_, severity, reason, operation = (row.get(key) for key in ("id", "severity", "reason", "operation"))
    if id_ not in KINDS:
        raise DocumentError(f"{place}: there is no finding {id_!r}; FINDINGS.md lists them")
    if severity not in SEVERITIES:
        raise DocumentError(f"{place}: severity is {severity!r}; it is one of {', '.join(SEVERITIES)}")
    if not isinstance(reason, str) or not reason.strip():
        raise DocumentError(f"{place}: needs a `reason`")
    if operation is not None and not isinstance(operation, str):
        raise DocumentError(f"{place}: `operation` is the name of an operation, such as models.get")
    return Override(str(id_), SEVERITIES[SEVERITIES.index(severity)], " ".join(reason.split()), operation)


def override(overrides: Iterable[Override], id_: str, operation: str | None) -> Override | None:
    """The override for a finding. One for its operation wins over one for all."""
    found = [each for each in overrides if each.id == id_ and each.operation in (None, operation)]
    return max(found, key=lambda each: each.operation is not None, default=None)
