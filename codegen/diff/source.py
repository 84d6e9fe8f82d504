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
    is_one_document: bool = False

    def only(self, name: str) -> Source:
        """This version with only one document, to compare with a single document."""
        return attrs.evolve(self, documents={key: doc if key == name else None for key, doc in self.documents.items()})


@attrs.frozen
class Places:
    """A provider, and the folders of its snapshot and overlay."""

    provider: str
    specs: Path
    overlays: Path

    @property
    def snapshot(self) -> Path:
        return self.specs / self.provider

    @property
    def overlay(self) -> Path:
        return self.overlays / f"{self.provider}.yaml"


def read(text: str | None, places: Places) -> Source:
    """Read the version that an argument names. None is the snapshot in the working tree.

    Raises `DocumentError` if the folder, document or revision is missing or can't be read.
    """
    if text is not None and text.startswith("git:"):
        return _revision(text.removeprefix("git:"), places)
    path = places.snapshot if text is None else Path(text)
    actions = overlay.load(places.overlay)
    label = "the working tree" if text is None else text
    if path.is_dir():
        documents = reading.load(path)
        files = {name: path / f"{name}.json" for name in NAMES if documents[name] is not None}
        return Source(label, documents, actions, {**files, "overlay": places.overlay})
    if not path.is_file():
        raise DocumentError(f"{text}: no such folder or document; give one, or git:REV for the snapshot at a revision")
    try:
        document = reading.parse(path.read_bytes(), where=str(path))
    except OSError as error:
        raise DocumentError(f"{path}: can't be read ({error.strerror})") from None
    name = "definition" if "definition" in path.name else "openapi"
    return Source(
        label,
        {key: document if key == name else None for key in NAMES},
        actions,
        {name: path, "overlay": places.overlay},
        True,
    )


# --- git -------------------------------------------------------------------------------------------------------------


def _revision(revision: str, places: Places) -> Source:
    top = Path(_git(places.specs, "rev-parse", "--show-toplevel", what="the folder of the snapshots").strip())
    commit = _git(
        top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", what=f"git:{revision}"
    ).strip()
    found: dict[str, Json | None] = {}
    for name in NAMES:
        raw = _file(top, commit, places.snapshot / f"{name}.json")
        where = f"{name}.json of git:{revision}"
        found[name] = None if raw is None else reading.parse(raw.encode("utf-8", "surrogateescape"), where=where)
    if not any(document is not None for document in found.values()):
        raise NoDocuments(f"git:{revision}: has neither openapi.json nor definition.json of {places.provider}")
    text = _file(top, commit, places.overlay)
    actions = () if text is None else overlay.read(places.overlay.name, text)
    return Source(f"git:{revision}", found, actions, {})


def _file(top: Path, commit: str, path: Path) -> str | None:
    """The text of a file at a commit; None if the commit has no such file."""
    try:
        relative = path.resolve().relative_to(top.resolve()).as_posix()
    except ValueError:
        raise DocumentError(f"{path}: lies outside the git repository {top}") from None
    if not _git(top, "ls-tree", "--name-only", commit, "--", relative, what=relative):
        return None
    return _git(top, "cat-file", "blob", f"{commit}:{relative}", what=relative)


def _git(folder: Path, *arguments: str, what: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except OSError as error:
        raise DocumentError(f"{what}: git can't be run ({error.strerror}); give a folder instead") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise DocumentError(f"{what}: git knows no such thing{f' ({said[0]})' if said else ''}; check the revision")
    return done.stdout.decode("utf-8", "surrogateescape")
