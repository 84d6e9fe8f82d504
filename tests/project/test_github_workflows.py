"""The workflows are valid and safe, and every step that runs a command works."""

from __future__ import annotations

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


def steps() -> list[tuple[str, str, dict[str, Any]]]:
    found = []
    for path in FILES:
        for job, node in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items():
            found += [(path.name, job, step) for step in node["steps"] if "run" in step]
    return sorted(found, key=lambda each: each[0] == "update.yml")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A small repository, and stub programs that record their calls."""
    repository, programs = tmp_path / "repository", tmp_path / "programs"
    programs.mkdir()
    for name in ("make", "gh", "sudo", "chromium", "python", "actionlint"):
        (programs / name).write_text(STUB)
        (programs / name).chmod(0o755)
    origin = tmp_path / "origin"
    subprocess.run(["git", "init", "-q", "--bare", str(origin)], check=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(repository)], check=True)
    (repository / "codegen" / "specs").mkdir(parents=True)
    (repository / "codegen" / "specs" / "a.json").write_text("{}")
    (repository / "generated").mkdir()
    (repository / "generated" / "file").write_text("before")
    (repository / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-01-02\n")
    version = repository / "overrides" / "lowcodeapi_baseten" / "_version.py"
    version.parent.mkdir(parents=True)
    version.write_text('"""The version."""\n\n__version__ = "1.2.3"\n')
    (repository / "dist").mkdir()
    (repository / "dist" / "a.whl").write_text("")
    python = repository / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "python $*" >> "$CALLS"\ntest -z "$8" || echo report > "$8"\n')
    python.chmod(0o755)
    (repository / ".gitignore").write_text(".venv/\ndist/\n")
    for said in (
        ["add", "-A"],
        ["-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "first"],
        ["remote", "add", "origin", str(origin)],
    ):
        subprocess.run(["git", "-C", str(repository), *said], check=True)
    return tmp_path


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
    said = []
    for file, job, step in steps():
        code, calls = run(place, step["run"])
        assert code == 0, (file, job, step)
        said.append(calls)
    calls = said[-1]
    for expected in ("make test", "make lint", "make check", "gh pr comment 7", "make update REPORT=", "gh pr create"):
        assert expected in calls
    assert "gh pr create --head api-update --title API changes: 1 breaking --body-file" in calls
    assert "specs=false" in (place / "output").read_text(encoding="utf-8")
    branches = subprocess.run(
        ["git", "-C", str(place / "origin"), "branch"], check=True, capture_output=True, text=True
    )
    assert "api-update" in branches.stdout


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
    script = next(
        step["run"] for file, _, step in steps() if file == "release.yml" and "GITHUB_REF_NAME" in step["run"]
    )
    assert run(place, script, GITHUB_REF_NAME=tag)[0] == int(not is_right)


def test_a_change_of_the_documents_is_seen(place: Path) -> None:
    (place / "repository" / "codegen" / "specs" / "a.json").write_text("[]")
    commit = ["git", "-C", str(place / "repository"), "-c", "user.name=x", "-c", "user.email=x@example.com", "commit"]
    subprocess.run([*commit, "-qam", "second"], check=True)
    script = next(step["run"] for _, job, step in steps() if job == "diff").replace('"$BASE"', "HEAD~1")
    assert run(place, script)[0] == 0
    assert "specs=true" in (place / "output").read_text(encoding="utf-8")


def test_an_update_without_a_change_opens_nothing(place: Path) -> None:
    script = next(step["run"] for file, _, step in steps() if file == "update.yml" and "gh pr" in step["run"])
    code, calls = run(place, script)
    assert (code, calls) == (0, "")


def script_of(word: str) -> str:
    return str(next(step["run"] for file, _, step in steps() if file == "update.yml" and word in step["run"]))


def updated(place: Path, *, ends: str, app: str = "true") -> str:
    """Run the update and the step after it. Returns the recorded calls of other programs."""
    assert run(place, script_of("make update"), UPDATE_ENDS=ends)[0] == 0
    state = (place / "output").read_text(encoding="utf-8").strip().rpartition("state=")[2]
    code, calls = run(place, script_of("gh pr create"), STATE=state, HAS_APP=app)
    assert code == 0
    return calls


def in_git(place: Path, folder: str, *arguments: str) -> str:
    identity = ["-c", "user.name=Reviewer", "-c", "user.email=reviewer@example.com"]
    command = ["git", "-C", str(place / folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


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
    assert run(place, script_of("make update"))[0] == 1


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
    for path in FILES:
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert workflow["permissions"] == {}
        for job in workflow["jobs"].values():
            assert job["permissions"].keys() <= {"contents", "pull-requests", "id-token"}
            assert job["timeout-minutes"] <= 30
            for step in job["steps"]:
                if "uses" in step:
                    assert len(step["uses"].partition("@")[2]) == 40, "an action is named by its commit"


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
