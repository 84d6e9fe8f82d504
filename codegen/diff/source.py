"""Read a version of the documents from a folder, a single document, or a git revision."""

from __future__ import annotations

import subprocess
from pathlib import Path

import attrs

from ..document import reading
from ..document.reading import NAMES, DocumentError, NoDocuments
from ..document.shape import Json
from ..overlay import overlay
from ..overlay.overlay import Action


@attrs.frozen
class Source:
    """The original documents of a version, and its overlay."""

    label: str
    documents: dict[str, Json | None]
    actions: tuple[Action, ...]
    files: dict[str, Path]
    """Paths of the documents and the overlay, for links. Empty for a git revision."""
    only: str = ""
    """The name of the document, if this is a single one."""


@attrs.frozen
class Places:
    """A provider, and the folders of its snapshot and overlay."""

    provider: str
    specs: Path
    overlays: Path


def read(text: str | None, places: Places) -> Source:
    """Read the version that an argument names. None is the snapshot in the working tree.

    Raises `DocumentError` if the folder, document or revision is missing or can't be read.
    """
    if text is not None and text.startswith("git:"):
        return _revision(text, places)
    path = places.specs / places.provider if text is None else Path(text)
    overlaid = places.overlays / f"{places.provider}.yaml"
    label, actions = text or "the working tree", overlay.load(overlaid)
    if path.is_dir():
        documents = reading.load(path)
        files = {name: path / f"{name}.json" for name in NAMES if documents[name] is not None}
        return Source(label, documents, actions, {**files, "overlay": overlaid})
    if not path.is_file():
        raise DocumentError(f"{text}: no such folder or document; give one, or git:REV for the snapshot at a revision")
    name = "definition" if "definition" in path.name else "openapi"
    documents = dict.fromkeys(NAMES) | {name: reading.parse(path.read_bytes(), where=str(path))}
    return Source(label, documents, actions, {name: path, "overlay": overlaid}, name)


def alike(old: Source, new: Source) -> tuple[Source, Source]:
    """Reduce both versions to the same document if one of them is a single document."""
    if not (name := old.only or new.only):
        return old, new
    one, other = (
        attrs.evolve(side, only=name, documents={**dict.fromkeys(NAMES), name: side.documents[name]})
        for side in (old, new)
    )
    return one, other


# --- git -------------------------------------------------------------------------------------------------------------


def _revision(text: str, places: Places) -> Source:
    revision = f"{text.removeprefix('git:')}^{{commit}}"
    done = _git(places.specs, "rev-parse", "--verify", "--end-of-options", revision)
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise DocumentError(f"{text}: git knows no such thing ({said}); check the revision")
    commit = done.stdout.decode().split()[-1]
    documents: dict[str, Json | None] = {}
    for name in NAMES:
        raw = _file(places.specs, commit, f"{places.provider}/{name}.json")
        documents[name] = None if raw is None else reading.parse(raw, where=f"{name}.json of {text}")
    if not any(documents.values()):
        raise NoDocuments(f"{text}: has neither openapi.json nor definition.json of {places.provider}")
    name = f"{places.provider}.yaml"
    raw = _file(places.overlays, commit, name)
    return Source(text, documents, () if raw is None else overlay.read(name, raw.decode("utf-8", "replace")), {})


def _file(folder: Path, commit: str, path: str) -> bytes | None:
    """The content of a file below a folder at a commit; None if the commit has no such file."""
    done = _git(folder, "cat-file", "blob", f"{commit}:./{path}")
    return done.stdout if done.returncode == 0 else None


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except OSError as error:
        raise DocumentError(f"git can't be run ({error.strerror}); give a folder instead") from None
