"""`make update` succeeds as a whole or changes nothing, and shows a reviewer the result."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from codegen import pipeline
from codegen.document.reading import canonical
from codegen.update import Refused, update
from tests.support.small_documents import FROZEN, frozen_package
from tests.support.snapshot_changes import CHANGES, added_operation, changed

NAMES = ("openapi", "definition")
ROUTES = {"openapi": "/v1/models/{model_id}/cost", "definition": "/v1/models/modelid/cost"}


Edits = dict[str, tuple[list[str], Any]]


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A committed working tree with the files that an update reads and writes, from the frozen documents."""
    folder = tmp_path_factory.mktemp("committed")
    for name in ("specs", "overlays"):
        shutil.copytree(FROZEN / name, folder / "codegen" / name)
    pipeline.write(frozen_package(), folder / "generated")
    (folder / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n", encoding="utf-8")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "before")
    return folder


@pytest.fixture
def tree(committed: Path, tmp_path: Path) -> Path:
    """A copy of `committed`."""
    return Path(shutil.copytree(committed, tmp_path / "tree"))


def git(tree: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(tree), *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def run(tree: Path, edits: Edits, *, exit_code: int = 0, keep: bool = False) -> list[str]:
    """Run the steps, with an edit of the documents in place of the fetch. Returns the findings' ids."""

    def take() -> None:
        for name, (keys, value) in edits.items():
            path = tree / "codegen" / "specs" / "baseten" / f"{name}.json"
            document = holder = json.loads(path.read_text(encoding="utf-8"))
            for key in keys[:-1]:
                holder = holder.setdefault(key, {})
            if value is None:
                del holder[keys[-1]]
            else:
                holder[keys[-1]] = value
            path.write_bytes(canonical(document))

    report = update("baseten", tree, take=take, test=lambda: exit_code, say=lambda line: None, keep=keep)
    return [finding.id for finding in report.findings]


def test_a_new_operation_touches_its_model_one_module_its_row_and_its_routes(tree: Path) -> None:
    edits: Edits = {name: (["paths", ROUTES[name], "get"], added_operation()) for name in NAMES}
    assert run(tree, edits) == ["operation-added"]
    package = "generated/lowcodeapi_baseten_api"
    changed = {line[3:] for line in git(tree, "status", "--porcelain", "--untracked-files=all").splitlines()}
    assert changed == {
        "CHANGELOG.md",
        "codegen/specs/baseten/definition.json",
        "codegen/specs/baseten/openapi.json",
        "generated/API.md",
        f"{package}/models/__init__.py",
        f"{package}/models/models_get_model_cost_response_200.py",
        f"{package}/new_format.py",
        f"{package}/old_format.py",
        f"{package}/operations.py",
        f"{package}/resources/models.py",
    }
    removed = [line for line in git(tree, "diff", "-U0", "--", package).splitlines() if line.startswith("-")]
    others = [line for line in removed if not line.startswith(("---", "-    from ..models import "))]
    assert others == [], "but for the import of its model, a new operation changes no line"
    assert "- `models.get_model_cost`: `GET /v1/models/{model_id}/cost, " in (tree / "CHANGELOG.md").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("keys", "value", "exit_code", "reason"),
    [
        (["paths", "/v1/secrets"], None, 0, "fits nothing in the documents"),
        (["paths", "/v1/chains", "get", "deprecated"], True, 1, "a test fails"),
        (["paths"], 5, 0, "not an object"),
    ],
    ids=["the overlay fits no more", "a test fails", "no document"],
)
def test_an_update_that_can_not_be_leaves_everything_as_it_was(
    tree: Path, keys: list[str], value: Any, exit_code: int, reason: str
) -> None:
    with pytest.raises(Refused, match=reason) as refusal:
        run(tree, dict.fromkeys(NAMES, (keys, value)), exit_code=exit_code)
    assert "\n" not in str(refusal.value)
    assert git(tree, "status", "--porcelain") == ""


LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer"}}


@pytest.mark.parametrize(
    ("keys", "value", "exit_code", "reason", "kept"),
    [
        (["paths", "/v1/secrets"], None, 0, "fits nothing in the documents", {"codegen"}),
        (["paths", "/v1/chains", "get", "parameters"], [LIMIT], 1, "a test fails", {"codegen", "generated"}),
        (["paths"], 5, 0, "not an object", set()),
    ],
    ids=["the overlay fits no more", "a test fails", "no document"],
)
def test_what_a_person_can_finish_is_kept_where_that_is_asked_for(
    tree: Path, keys: list[str], value: Any, exit_code: int, reason: str, kept: set[str]
) -> None:
    with pytest.raises(Refused, match=reason) as refusal:
        run(tree, dict.fromkeys(NAMES, (keys, value)), exit_code=exit_code, keep=True)
    assert refusal.value.is_kept == bool(kept)
    changed = git(tree, "status", "--porcelain").splitlines()
    assert {line[3:].partition("/")[0] for line in changed} == kept


def test_an_update_without_a_change_writes_nothing(tree: Path) -> None:
    assert run(tree, {}) == []
    assert git(tree, "status", "--porcelain") == ""


# The overlay has no entry for these: each is a finding of an update.
FITS = {
    "an operation added": "operation-added",
    "a field added": "request-property-added-optional",
    "a field made required": "request-property-became-required",
    "a tag renamed": "operation-tags-changed",
    "the server's URL": "server-url-changed",
}
# Each of the others needs an edit of the overlay at this place.
MISFITS = {
    "an operation removed": "['/v1/chains/{chain_id}'].delete): fits nothing",
    "an operation moved": "['/v1/secrets'].post): fits nothing in the documents; there is no POST /v1/secrets; if it",
    "a field removed": ".job_id: the documents say None",
    "a field retyped": ".max_replica.type: the documents say 'number'",
    "an enum value added": "'WORKSPACE_INVOKE', 'TEMPORARY']",
    "an enum value removed": ".enum: the documents say ['WORKSPACE_MANAGE_ALL'",
    "a query parameter renamed": "[?@.name == 'limit'].schema): fits nothing",
    "a schema of the overlay": ".input).type: the documents say 'array'",
    "a description": ".description: the documents say 'List all",
}


def run_changes(tree: Path, *names: str) -> list[str]:
    def take() -> None:
        paths = [tree / "codegen" / "specs" / "baseten" / f"{name}.json" for name in NAMES]
        documents = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
        changed(documents[0], documents[1], *names)
        for path, document in zip(paths, documents, strict=True):
            path.write_bytes(canonical(document))

    report = update("baseten", tree, take=take, test=lambda: 0, say=lambda line: None, keep=True)
    return [finding.id for finding in report.findings]


def test_every_change_either_fits_the_overlay_or_does_not() -> None:
    assert {*FITS, *MISFITS} == CHANGES.keys()


def test_changes_of_which_the_overlay_says_nothing_are_an_update(tree: Path) -> None:
    assert set(run_changes(tree, *FITS)) == set(FITS.values())
    assert "CHANGELOG.md" in git(tree, "status", "--porcelain")


ALONE = "an enum value removed"  # it would hide the value that is added to the same enum


@pytest.mark.parametrize("names", [[ALONE], [name for name in CHANGES if name != ALONE]], ids=["alone", "the others"])
def test_any_other_change_is_kept_for_a_person_with_the_line_and_the_edit(tree: Path, names: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        run_changes(tree, *names)
    assert refusal.value.is_kept
    assert refusal.value.report is not None
    said_of_each = str(refusal.value).split("; baseten.yaml")
    for said in said_of_each:
        assert re.search(r"^(baseten\.yaml)?:[0-9]+, action [0-9]+ \(", said)
        assert re.search(r"write .* there|delete the action|take `.*` out", said)
    for name in MISFITS.keys() & names:
        assert any(MISFITS[name] in said for said in said_of_each), name
    changed_files = git(tree, "status", "--porcelain").split()
    assert [each for each in changed_files if each != "M"] == [
        f"codegen/specs/baseten/{name}.json" for name in sorted(NAMES)
    ]
