"""`make update` succeeds as a whole or changes nothing, and shows a reviewer the result."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen import pipeline
from codegen.document.reading import canonical
from codegen.overlay import plain_yaml
from codegen.pair import pair
from codegen.update import Refused, update
from tests.support.small_documents import FROZEN, baseten
from tests.support.snapshot_changes import AUTOSCALING, CHANGES, LOGS, changed

NAMES = ("openapi", "definition")
Json = dict[str, Any]
# What the changes are made in, and one operation beside each.
PATHS = (
    *("/v1/models", "/v1/models/{model_id}", "/v1/chains/{chain_id}", "/v1/secrets", "/v1/api_keys", AUTOSCALING),
    *("/v1/training_jobs/search", LOGS, "/environments/{env_name}/predict"),
)


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A committed working tree with the files that an update reads and writes, from a part of the frozen documents."""
    folder = tmp_path_factory.mktemp("committed")
    specs, overlays = folder / "codegen" / "specs", folder / "codegen" / "overlays"
    specs.joinpath("baseten").mkdir(parents=True)
    for name, document in zip(NAMES, baseten(), strict=True):
        kept = {path if name == "openapi" else pair.sanitised(path) for path in PATHS}
        document["paths"] = {path: document["paths"][path] for path in kept}
        specs.joinpath("baseten", f"{name}.json").write_bytes(canonical(document))
    overlays.mkdir()
    overlay = plain_yaml.read((FROZEN / "overlays" / "baseten.yaml").read_text(encoding="utf-8"), "frozen").value
    targets = ("$.components", *(f"$.paths['{path}']" for path in PATHS))
    overlay["actions"] = [each for each in overlay["actions"] if each["target"].startswith(targets)]
    overlays.joinpath("baseten.yaml").write_text(json.dumps(overlay, indent=1), encoding="utf-8")
    generated = pipeline.generate("baseten", specs=specs, overlays=overlays, say=lambda line: None)
    pipeline.write(generated, folder / "generated")
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


def run(tree: Path, edit: Callable[[Json, Json], object], *, exit_code: int = 0, keep: bool = False) -> list[str]:
    """Run the steps, with an edit of the documents in place of the fetch. Returns the findings' ids."""

    def take() -> None:
        paths = [tree / "codegen" / "specs" / "baseten" / f"{name}.json" for name in NAMES]
        documents = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
        edit(*documents)
        for path, document in zip(paths, documents, strict=True):
            path.write_bytes(canonical(document))

    report = update("baseten", tree, take=take, test=lambda: exit_code, say=lambda line: None, keep=keep)
    return [finding.id for finding in report.findings]


def changes(*names: str) -> Callable[[Json, Json], object]:
    return lambda openapi, definition: changed(openapi, definition, *names)


def changed_files(tree: Path) -> set[str]:
    status = git(tree, "status", "--porcelain", "--untracked-files=all")
    return {line[3:] for line in status.splitlines()}


def test_a_new_operation_touches_its_model_one_module_its_row_and_its_routes(tree: Path) -> None:
    assert run(tree, changes("an operation added")) == ["operation-added"]
    package = "generated/lowcodeapi_baseten_api"
    assert changed_files(tree) == {
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
    written = (tree / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "- `models.get_model_cost`: `GET /v1/models/{model_id}/cost, " in written


def without_paths(*documents: Json) -> None:
    for document in documents:
        document["paths"] = 5


FAILING = changes("a field added")


@pytest.mark.parametrize(
    ("edit", "exit_code", "keep", "reason", "kept"),
    [
        (changes("a field removed"), 0, False, "the documents say None", set()),
        (FAILING, 1, False, "a test fails", set()),
        (FAILING, 1, True, "a test fails", {"codegen", "generated"}),
        (without_paths, 0, True, "not an object", set()),
    ],
    ids=[
        "the overlay fits no more",
        "a test fails",
        "a test fails and its changes are kept",
        "no document is never kept",
    ],
)
def test_an_update_that_can_not_be_leaves_everything_as_it_was_or_what_a_person_can_finish(
    tree: Path, edit: Callable[[Json, Json], object], exit_code: int, keep: bool, reason: str, kept: set[str]
) -> None:
    with pytest.raises(Refused, match=reason) as refusal:
        run(tree, edit, exit_code=exit_code, keep=keep)
    assert "\n" not in str(refusal.value)
    assert refusal.value.is_kept == bool(kept)
    assert {file.partition("/")[0] for file in changed_files(tree)} == kept


def test_an_update_without_a_change_writes_nothing(tree: Path) -> None:
    assert run(tree, changes()) == []
    assert changed_files(tree) == set()


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


def test_every_change_either_fits_the_overlay_or_does_not() -> None:
    assert {*FITS, *MISFITS} == CHANGES.keys()


def test_changes_of_which_the_overlay_says_nothing_are_an_update(tree: Path) -> None:
    assert set(run(tree, changes(*FITS))) == set(FITS.values())
    assert "CHANGELOG.md" in changed_files(tree)


ALONE = "an enum value removed"  # it would hide the value that is added to the same enum


@pytest.mark.parametrize("names", [[ALONE], [name for name in CHANGES if name != ALONE]], ids=["alone", "the others"])
def test_any_other_change_is_kept_for_a_person_with_the_line_and_the_edit(tree: Path, names: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        run(tree, changes(*names), keep=True)
    assert refusal.value.is_kept
    assert refusal.value.report is not None
    said_of_each = str(refusal.value).split("; baseten.yaml")
    for said in said_of_each:
        assert re.search(r"^(baseten\.yaml)?:[0-9]+, action [0-9]+ \(", said)
        assert re.search(r"write .* there|delete the action|take `.*` out", said)
    for name in MISFITS.keys() & names:
        assert any(MISFITS[name] in said for said in said_of_each), name
    assert changed_files(tree) == {f"codegen/specs/baseten/{name}.json" for name in NAMES}
