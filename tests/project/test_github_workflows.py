"""The workflows are valid and safe, and every step that runs a command works."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))

STUB = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$(basename "$0") $1" in
  "make update") printf '## API changes: 1 breaking\\n\\nText.\\n' > "${2#REPORT=}"; echo changed > generated/file
    exit "${UPDATE_ENDS:-0}" ;;
esac
"""


@functools.cache
def workflows() -> dict[str, Any]:
    return {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}


def steps() -> list[tuple[str, str, dict[str, Any]]]:
    found = []
    for name, workflow in workflows().items():
        for job, node in workflow["jobs"].items():
            found += [(name, job, step) for step in node["steps"] if "run" in step]
    return sorted(found, key=lambda each: each[0] == "update.yml")


def script_of(file: str, word: str) -> str:
    return next(str(step["run"]) for name, _, step in steps() if name == file and word in step["run"])


def in_git(place: Path, folder: str, *arguments: str) -> str:
    identity = ["-c", "user.name=Reviewer", "-c", "user.email=reviewer@example.com"]
    command = ["git", "-C", str(place / folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def first_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For `place` alone."""
    place = tmp_path_factory.mktemp("place")
    for name in ("make", "gh", "sudo", "chromium", "python", "actionlint"):
        write(place / "programs" / name, STUB).chmod(0o755)
    repository = place / "repository"
    write(repository / "codegen" / "specs" / "a.json", "{}")
    write(repository / "generated" / "file", "before")
    write(repository / "CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-01-02\n")
    write(
        repository / "overrides" / "lowcodeapi_baseten" / "_version.py", '"""The version."""\n\n__version__ = "1.2.3"\n'
    )
    write(repository / "dist" / "a.whl", "")
    python = '#!/bin/sh\necho "python $*" >> "$CALLS"\ntest -z "$8" || echo report > "$8"\n'
    write(repository / ".venv" / "bin" / "python", python).chmod(0o755)
    write(repository / ".gitignore", ".venv/\ndist/\n")
    subprocess.run(["git", "init", "-q", "--template=", "--bare", str(place / "origin")], check=True)
    subprocess.run(["git", "init", "-q", "--template=", "-b", "main", str(repository)], check=True)
    in_git(place, "repository", "add", "-A")
    in_git(place, "repository", "commit", "-qm", "first")
    in_git(place, "repository", "remote", "add", "origin", "../origin")
    return place


@pytest.fixture
def place(first_place: Path, tmp_path: Path) -> Path:
    """A small repository, and stub programs that record their calls."""
    return shutil.copytree(first_place, tmp_path / "place")


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def run(place: Path, script: str, **more: str) -> tuple[int, str]:
    """Run a step as GitHub does. Returns its exit code and the recorded calls of other programs."""
    temporary = place / "temporary"
    temporary.mkdir(exist_ok=True)
    calls = place / "calls"
    calls.touch()
    environment = {
        "PATH": f"{place / 'programs'}:{os.environ['PATH']}",
        "CALLS": str(calls),
        "HOME": str(place),
        "RUNNER_TEMP": str(temporary),
        "GITHUB_OUTPUT": str(place / "output"),
        "GITHUB_STEP_SUMMARY": str(place / "summary"),
        "GH_TOKEN": "none",
        "NUMBER": "7",
        "BASE": "HEAD",
        "BRANCH": "api-update",
        "GITHUB_REF_NAME": "v1.2.3",
        "TESTS": "tests/client/test_call.py",
        **more,
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    done = subprocess.run(
        command, cwd=place / "repository", env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 or done.stderr, "a step that fails says why"
    return done.returncode, calls.read_text(encoding="utf-8")


def test_every_step_runs_and_ends_well(place: Path) -> None:
    for file, job, step in steps():
        assert run(place, step["run"])[0] == 0, (file, job, step)
    calls = (place / "calls").read_text(encoding="utf-8")
    made = ["make test\n", "make test-artefacts\n", "make lint\n", "make check\n", "make update REPORT="]
    assert [each for each in (*made, "gh pr comment 7", "gh pr create") if each not in calls] == []
    assert "gh pr create --head api-update --title API changes: 1 breaking --body-file" in calls
    assert "specs=false" in (place / "output").read_text(encoding="utf-8")
    assert "api-update" in in_git(place, "origin", "branch")


@pytest.mark.parametrize(
    ("tag", "changelog", "is_right"),
    [
        ("v1.2.3", "## [1.2.3]", True),
        ("v1.2.4", "## [1.2.4]", False),
        ("v1.2.3", "## [1.2.30]", False),
        ("v1.2.3", "## [1x2x3]", False),
    ],
)
def test_a_tag_is_released_only_where_version_and_changelog_say_the_same(
    place: Path, tag: str, changelog: str, is_right: bool
) -> None:
    (place / "repository" / "CHANGELOG.md").write_text(f"# Changelog\n\n{changelog}\n")
    assert run(place, script_of("release.yml", "GITHUB_REF_NAME"), GITHUB_REF_NAME=tag)[0] == int(not is_right)


def test_a_change_of_the_documents_is_seen(place: Path) -> None:
    (place / "repository" / "codegen" / "specs" / "a.json").write_text("[]")
    in_git(place, "repository", "commit", "-qam", "second")
    script = script_of("ci.yml", "git diff --quiet")
    assert run(place, script, BASE="HEAD~1")[0] == 0
    assert "specs=true" in (place / "output").read_text(encoding="utf-8")


def test_an_update_without_a_change_opens_nothing(place: Path) -> None:
    assert run(place, script_of("update.yml", "gh pr")) == (0, "")


def updated(place: Path, *, ends: str, app: str = "true") -> str:
    """Run the update and the step after it. Returns the recorded calls of other programs."""
    assert run(place, script_of("update.yml", "make update"), UPDATE_ENDS=ends)[0] == 0
    state = (place / "output").read_text(encoding="utf-8").strip().rpartition("state=")[2]
    code, calls = run(place, script_of("update.yml", "gh pr create"), STATE=state, HAS_APP=app)
    assert code == 0
    return calls


def again(place: Path, ends: str) -> str:
    """Run the update again a week later: the branch exists, and the tree is that of main."""
    in_git(place, "repository", "switch", "-q", "main")
    in_git(place, "repository", "branch", "-qD", "api-update")
    (place / "calls").write_text("")
    return updated(place, ends=ends)


def test_an_update_that_is_not_finished_is_a_draft_with_its_reason(place: Path) -> None:
    calls = updated(place, ends="2")
    assert "gh pr create --draft --head api-update --title To be finished: API changes: 1 breaking" in calls
    assert "api-update" in in_git(place, "origin", "branch")


def test_an_update_that_left_nothing_fails_and_opens_nothing(place: Path) -> None:
    (place / "programs" / "make").write_text("#!/bin/sh\nexit 2\n")
    assert run(place, script_of("update.yml", "make update"))[0] == 1


def test_where_no_app_is_configured_the_pull_request_says_so(place: Path) -> None:
    updated(place, ends="0", app="false")
    assert "starts no CI: close and reopen" in (place / "temporary" / "report.md").read_text(encoding="utf-8")


def test_what_the_workflow_itself_pushed_is_replaced(place: Path) -> None:
    updated(place, ends="0")
    before = in_git(place, "origin", "rev-parse", "api-update")
    assert "gh pr create" in again(place, "0")
    log = in_git(place, "origin", "log", "--format=%s", "api-update").splitlines()
    assert log == ["Update the snapshot of the API", "first"]
    assert before


def test_commits_of_a_reviewer_are_never_pushed_over(place: Path) -> None:
    updated(place, ends="2")
    in_git(place, "repository", "commit", "--allow-empty", "-qm", "Mend the overlay")
    in_git(place, "repository", "push", "-q", "origin", "api-update")
    before = in_git(place, "origin", "rev-parse", "api-update")
    calls = again(place, "0")
    assert "gh pr comment api-update --body-file" in calls
    assert "gh pr create" not in calls
    assert in_git(place, "origin", "rev-parse", "api-update") == before


def test_no_step_pastes_what_others_wrote_into_a_script() -> None:
    assert not [step for _, _, step in steps() if "${{" in step["run"]]


def test_a_token_can_do_what_its_job_needs_and_no_more() -> None:
    for file, workflow in workflows().items():
        assert workflow["permissions"] == {}, file
        for name, job in workflow["jobs"].items():
            assert job["permissions"].keys() <= {"contents", "pull-requests", "id-token"}, (file, name)
            assert job["timeout-minutes"] <= 30, (file, name)
            for step in job["steps"]:
                if "uses" in step:
                    assert len(step["uses"].partition("@")[2]) == 40, f"{file}: an action is named by its commit"


@pytest.mark.skipif(
    importlib.util.find_spec("check_jsonschema") is None,
    reason="check-jsonschema is not there: pip install --group tests",
)
def test_the_workflows_are_what_githubs_schema_says() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.github-workflows",
        *map(str, FILES),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "command", [("zizmor", "--offline", str(FOLDER)), ("actionlint", *map(str, FILES))], ids=["zizmor", "actionlint"]
)
def test_a_linter_of_workflows_finds_nothing(command: tuple[str, ...]) -> None:
    linter = shutil.which(command[0], path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if linter is None:
        pytest.skip(f"{command[0]} is not there")
    done = subprocess.run([linter, *command[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
