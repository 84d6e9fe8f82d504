"""Take the documents of a provider from LowCodeAPI's backend into `specs/<provider>/`: both, or one alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..document import reading
from ..document.reading import DocumentError
from .backend import LIMITS, Limits, Served, Unreachable, checked_base_url, served_by
from .snapshot import in_use, store, stored


class Offline(DocumentError):
    """The backend could not be reached. The message names the snapshot that stays in use."""


def fetch(
    provider: str,
    *,
    base_url: str,
    specs: Path,
    allow_shrink: bool,
    out: Callable[[str], None],
    today: dt.date | None = None,
    limits: Limits = LIMITS,
    only: str | None = None,
) -> None:
    """Replace the snapshot `specs/<provider>/` by the answers of `<base_url>/<provider>/openapi` and `…/definition`.

    `base_url` is https, or http to a loopback address. `allow_shrink` accepts a document that lacks more than half of
    the operations it had. `out` gets one line per document. `today` is the UTC date to note in `source.yaml`. If
    neither document changed, no file is touched. `only` takes one of the two, and leaves the other as it is.

    Raises `Offline` if the backend can't be reached, `DocumentError` for anything else; the snapshot is then as before.
    """
    reading.check_provider(provider)
    base, folder = checked_base_url(base_url), specs / provider
    before = stored(folder)
    try:
        served = served_by(f"{base}/{provider}", reading.NAMES if only is None else (only,), limits)
    except Unreachable as error:
        raise Offline(f"{base} could not be reached ({error}); {in_use(folder, before)}") from None
    changes = [_change(one, before.get(one.name), allow_shrink=allow_shrink) for one in served]
    is_new = any(change != "unchanged" for change in changes)
    if is_new:
        store(folder, served, today or dt.datetime.now(dt.UTC).date(), inside=specs)
    for one, change in zip(served, changes, strict=True):
        out(f"{one.name}: {one.operations} operations, {len(one.body)} bytes, sha256 {one.sha256[:12]}, {change}")
    out(f"{folder}: {'written' if is_new else 'unchanged'}")


def _change(one: Served, before: dict[str, Any] | None, *, allow_shrink: bool) -> str:
    """Describe how a document differs from its snapshot. Refuse the loss of more than half of its operations.

    An operation is its path and method. A new order of keys is no change.
    """
    if before is None:
        return "new"
    if one.canonical == reading.canonical(before):
        return "unchanged"
    had, has = ({(path, method) for path, method, _ in reading.operations(every)} for every in (before, one.document))
    added, removed = len(has - had), len(had - has)
    if removed * 2 > len(had) and not allow_shrink:
        raise DocumentError(
            f"{one.url}: {removed} of the {len(had)} operations in the snapshot are gone; "
            "if that is right, allow it with --allow-shrink. Nothing was changed"
        )
    return f"{added} added, {removed} removed" if added or removed else "the same operations, changed inside"
