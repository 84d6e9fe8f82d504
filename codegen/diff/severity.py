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


@attrs.frozen
class Override:
    """A different severity for an id: everywhere, or for one operation."""

    id: str
    severity: Severity
    reason: str
    operation: str | None = None


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
    given = row if isinstance(row, dict) else {"": row}
    for is_wrong, says in (
        (given.keys() - {"id", "severity", "reason", "operation"}, "takes the keys id, operation, reason, severity"),
        (given.get("id") not in KINDS, f"there is no finding {given.get('id')!r}; FINDINGS.md lists them"),
        (given.get("severity") not in SEVERITIES, f"severity is one of {', '.join(SEVERITIES)}"),
        (not str(given.get("reason") or "").strip(), "needs a `reason`"),
    ):
        if is_wrong:
            raise DocumentError(f"{place}: {says}")
    return Override(**{**given, "reason": " ".join(str(given["reason"]).split())})


def override(overrides: Iterable[Override], id_: str, operation: str | None) -> Override | None:
    """The override for a finding. One for its operation wins over one for all."""
    found = [each for each in overrides if each.id == id_ and each.operation in (None, operation)]
    return max(found, key=lambda each: each.operation is not None, default=None)
