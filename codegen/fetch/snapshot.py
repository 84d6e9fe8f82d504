"""Keep the documents of a provider in `specs/<provider>/`, with their origin in `source.yaml`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ..document import reading
from ..document.reading import DocumentError
from ..files.write import write_all
from .backend import Served


def stored(folder: Path) -> dict[str, dict[str, Any]]:
    """The stored documents by name. Raises `DocumentError` if one can't be read."""
    try:
        documents = reading.load(folder)
    except reading.NoDocuments:
        return {}
    except DocumentError as error:
        raise DocumentError(f"{error}; restore the snapshot, or delete {folder}, and fetch again") from None
    return {name: document for name, document in documents.items() if document is not None}


def store(folder: Path, served: list[Served], today: dt.date, *, inside: Path) -> None:
    """Write the documents and their origin, all or nothing."""
    files = {folder / f"{one.name}.json": one.canonical for one in served}
    before = {name: entry for name, entry in _noted(folder).items() if name in reading.NAMES}
    write_all({**files, folder / "source.yaml": source_yaml(served, today, before)}, inside=inside)


def in_use(folder: Path, documents: dict[str, dict[str, Any]]) -> str:
    """Name the snapshot that stays in use, with its date."""
    if not documents:
        return f"there is no snapshot in {folder} to use instead"
    counts = ", ".join(f"{name} {reading.count_operations(document)}" for name, document in documents.items())
    return f"the snapshot {folder} stays in use ({_dated(folder)}; operations: {counts})"


def _noted(folder: Path) -> dict[str, Any]:
    """The entries of `source.yaml`; none if it can't be read."""
    try:
        source = yaml.safe_load((folder / "source.yaml").read_bytes())
        return dict(source["documents"])
    except (OSError, ValueError, yaml.YAMLError, LookupError, TypeError, RecursionError):
        return {}


def _dated(folder: Path) -> str:
    # Whatever is wrong with the note, the error to report is that the backend can't be reached.
    entries = [entry for entry in _noted(folder).values() if isinstance(entry, dict)]
    dates = [str(entry["fetched"]) for entry in entries if entry.get("fetched")]
    return f"fetched {reading.clipped(min(dates))}" if dates else "date unknown"


def source_yaml(served: list[Served], today: dt.date, before: Mapping[str, Any]) -> bytes:
    """The origin of the documents. `sha256` and `bytes` are of the document served, not of the file stored here.

    `before` has the entries of unchanged documents.
    """
    entries = {
        one.name: {
            "url": one.url,
            "fetched": today.isoformat(),
            "sha256": one.sha256,
            "bytes": len(one.body),
            "operations": one.operations,
        }
        for one in served
    }
    head = "# Written by `python -m codegen fetch`; do not edit. sha256 and bytes are those of the documents served.\n"
    return (head + yaml.safe_dump({"documents": {**before, **entries}}, sort_keys=False, width=1000)).encode()
