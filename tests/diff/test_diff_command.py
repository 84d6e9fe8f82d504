"""The `diff` command: arguments, output, exit codes. No form of the report lets a document inject anything."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.diff import changelog, severity
from codegen.diff.command import FORMATS, add_arguments, fails, render
from codegen.diff.command import run as run_command
from codegen.diff.compare import Report
from codegen.diff.finding import SEVERITIES
from codegen.diff.forms import json_form
from codegen.diff.forms.places import lines
from codegen.document.reading import DocumentError
from tests.diff.documents import GET, GONE, LIST, POST, Edits, at, documents, edited, parameter, report, write

HOSTILE = "</script><script>alert(1)</script>`](javascript:x)\n::error::owned\r%0A\x1b[31m|@everyone<img src=x>\u202e"
DEPRECATE: Edits = {f"{GET}/deprecated": True}
TWO: Edits = {**DEPRECATE, POST: GONE}
ADD: Edits = {f"{LIST}/parameters/-": parameter("x", schema={"type": "string"})}


@pytest.fixture(scope="module")
def hostile() -> Report:
    edits = {
        f"{LIST}/parameters/-": parameter(HOSTILE, schema={"type": "string"}),
        f"{LIST}/description": HOSTILE,
        "/servers/0/url": f"https://{HOSTILE}",
    }
    return report(documents(), edited(edits))


def changed(edits: Edits) -> Report:
    return report(documents(), edited(edits), with_python=False)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command in this process: starting one takes longer than comparing."""
    said = [str(argument) for argument in arguments]
    parser = argparse.ArgumentParser(prog="diff")
    add_arguments(parser)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = run_command(parser.parse_args(said))
        except SystemExit as end:
            code = int(str(end.code))
    return subprocess.CompletedProcess(said, code, out.getvalue(), err.getvalue())


@pytest.fixture
def arguments(tmp_path: Path) -> list[object]:
    """The arguments for two versions: the new one deprecates an operation and removes another."""
    folders = write(tmp_path / "old", documents()), write(tmp_path / "new", edited(TWO))
    return [*folders, "--overlays", tmp_path]


def test_standard_output_is_the_report_and_nothing_else(arguments: list[object]) -> None:
    done = run(*arguments, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    assert [each["id"] for each in json.loads(done.stdout)["findings"]] == ["operation-removed", "operation-deprecated"]


def test_the_command_is_one_of_codegen(
    arguments: list[object], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["codegen", "diff", *map(str, arguments), "--fail-on", "any"])
    with pytest.raises(SystemExit) as end:
        runpy.run_module("codegen", run_name="__main__")
    said = capsys.readouterr()
    assert (end.value.code, said.err) == (1, "")
    assert "operation-deprecated" in said.out
    assert "\x1b" not in said.out, "colours are for terminals"


@pytest.mark.parametrize(
    ("edits", "failing"),
    [
        ({"/paths/~1v1~1things": GONE}, {"breaking", "risky", "any"}),
        (DEPRECATE, {"risky", "any"}),
        ({f"{LIST}/tags": ["x"]}, {"any"}),
        ({}, set()),
    ],
    ids=["breaking", "risky", "safe", "nothing"],
)
def test_fail_on_takes_what_it_names_and_worse(edits: Edits, failing: set[str]) -> None:
    assert {level for level in ("breaking", "risky", "any", "none") if fails(changed(edits), level)} == failing


@pytest.mark.parametrize(
    ("named", "says"),
    [
        (["nowhere", "nowhere"], "nowhere: no such folder or document"),
        (["git:no-such-revision"], "git:no-such-revision: git knows no such thing"),
        (["git:--upload-pack=x"], "git:--upload-pack=x: git knows no such thing"),
        (["--severity", "nowhere.yaml"], "nowhere.yaml: can't be read"),
        (["--format", "xml"], "invalid choice"),
        (["--provider", "../x"], "provider '../x': no name of at most 64"),
        (["bad.json"], "bad.json: the same key twice"),
    ],
)
def test_a_bad_argument_ends_with_2_and_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: list[str], says: str
) -> None:
    (tmp_path / "bad.json").write_text('{"paths": {"/a": 1}, "paths": {}}')
    monkeypatch.chdir(tmp_path)
    done = run(*named)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_one_document_is_compared_with_the_same_one(arguments: list[object], tmp_path: Path) -> None:
    found = json.loads(
        run(arguments[0], tmp_path / "new" / "definition.json", *arguments[2:], "--format", "json").stdout
    )
    assert [each["id"] for each in found["findings"]] == ["operation-removed", "operation-deprecated"]
    assert found["note"] == "Only definition.json was compared."


def test_a_revision_is_compared_with_its_own_overlay(tmp_path: Path) -> None:
    specs, overlays = tmp_path / "specs", tmp_path / "overlays"
    overlays.mkdir()
    entry = "overlay: 1.0.0\nactions:\n- target: $.paths['/v1/things'].get\n  update: {operationId: things.%s}\n"

    def git(*said: str) -> None:
        subprocess.run(["git", "-C", str(tmp_path), *said], check=True, capture_output=True)

    git("init", "-q")
    versions: dict[str, Edits] = {"first": {}, "second": DEPRECATE}
    for name, edits in versions.items():
        write(specs / "baseten", edited(edits))
        (overlays / "baseten.yaml").write_text(entry % name)
        git("add", "-A")
        git("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", name)
    places = ["--specs", specs, "--overlays", overlays, "--format", "json"]
    found = json.loads(run("git:HEAD~1", *places).stdout)["findings"]
    assert [(finding["id"], finding.get("old"), finding.get("new")) for finding in found] == [
        ("operation-renamed", "things.first", "things.second"),
        ("operation-deprecated", None, None),
    ]
    assert json.loads(run(*places).stdout)["findings"] == []


# --- forms -----------------------------------------------------------------------------------------------------------


def test_the_json_form_is_what_its_schema_says(hostile: Report) -> None:
    import jsonschema  # here, for it takes a tenth of a second

    schema = json.loads((Path(json_form.__file__).parent / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for found in (changed({}), changed(DEPRECATE), hostile):
        shown = render(found, "json")
        jsonschema.validate(json.loads(shown), schema)
        assert shown.isascii()


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_says_the_minimum_version_bump(form: str) -> None:
    text = render(changed(DEPRECATE), form)
    assert "Minimum version bump: minor" in text or '"level": "minor"' in text


def test_a_terminal_gets_no_escape_but_colours(hostile: Report) -> None:
    text = render(hostile, "text", colour=True)
    bare = re.sub(r"\x1b\[[0-9;]+m", "", text)
    assert text != bare
    assert all(char.isprintable() or char == "\n" for char in bare)
    assert "\\x1b[31m" in bare
    assert not [line for line in bare.splitlines() if line.startswith("::")]


def test_markdown_shows_values_as_code_alone_and_a_bar_in_a_name_ends_no_cell(hostile: Report) -> None:
    text = render(hostile, "markdown")
    without_fences = re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.M | re.S)
    prose = re.sub(r"(?<!`)(`+)(?!`)(?:.|\n)*?(?<!`)\1(?!`)", "", without_fences)
    assert "alert" in text
    for part in ("alert", "<img", "@everyone", "javascript:", "::error", "\x1b", "\u202e"):
        assert part not in prose
    rows = [line for line in text.splitlines() if line.startswith("| 🔴")]
    assert rows
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


def test_a_workflow_gets_one_command_a_finding(hostile: Report) -> None:
    shown = render(hostile, "github").splitlines()
    assert len(shown) == len(hostile.findings) + 1
    assert all(re.match(r"::(error|warning|notice) (file=|title=)", line) for line in shown)


def test_a_page_has_no_markup_of_a_document(hostile: Report) -> None:
    text = render(hostile, "html")
    assert text.count("<script>") == 1
    assert "<img" not in text
    assert 'http-equiv="Content-Security-Policy" content="default-src \'none\'' in text
    assert not re.findall(r"(?:src|href)=\"(?!#)", text), "nothing is fetched"


def test_a_page_shows_the_old_value_beside_the_new() -> None:
    text = render(changed({f"{LIST}/summary": "Show things"}), "html")
    assert "List things</pre>" in text and "Show things</pre>" in text


@pytest.mark.parametrize("form", ["text", "markdown", "html", "github"])
def test_a_finding_has_the_line_of_the_document_and_the_worst_is_first(
    arguments: list[object], tmp_path: Path, form: str
) -> None:
    shown = run(*arguments, "--format", form, "--links", "https://example.com/blob/main/").stdout
    rows = [line for line in shown.splitlines() if re.search(r"openapi\.json(:|,line=)[0-9]", line)]
    found = [re.search(r"openapi\.json(?::|,line=)([0-9]+)", row) for row in rows]
    worst = {"github": ["error", "warning"]}.get(form, ["breaking", "risky"])
    assert [next(word for word in worst if word in row) for row in rows] == worst
    written = (tmp_path / "new" / "openapi.json").read_text(encoding="utf-8").splitlines()
    assert found[1] is not None
    assert '"deprecated": true' in written[int(found[1][1]) - 1]
    if form in ("markdown", "html"):
        links = re.findall(r"https://example\.com/blob/main/[^)\"]+", shown)
        assert re.search(rf"new/openapi\.json#L{found[1][1]}$", links[1])


def test_no_sentence_says_only_what_its_heading_says() -> None:
    parts = {"get": {**at(documents()["openapi"], LIST), "summary": "List parts"}}
    found = [
        each for edits in ({"/paths/~1v1~1parts": parts}, TWO) for each in report(documents(), edited(edits)).findings
    ]
    for finding in found:
        for said in (finding.wire.plain(), finding.python.plain()):
            assert not re.fullmatch(r"(The new method )?`\S+` (is new|is gone|can be called)\.", said)
    (added,) = [each for each in found if each.id == "operation-added"]
    assert added.python.plain() == (
        "`things.list_parts(*, limit=…, order=…, since=…) -> ThingsListPartsResponse200`. "
        "No overlay entry: the result is ThingsListPartsResponse200 and it is treated as safe."
    )


def test_a_line_is_found_for_every_pointer() -> None:
    value = {"a/b": {"~": [1, {"x": '\\" {[,'}, []]}, "": {"é": None}}
    text = json.dumps(value, indent=1)
    shown = json.dumps(value, indent=1, ensure_ascii=False).splitlines()
    for pointer, content in (("/a~1b/~0/1/x", '"x":'), ("//é", '"é"'), ("/a~1b/~0/2", "[]"), ("/a~1b", '"a/b"')):
        assert content in shown[lines(text)[pointer] - 1]


# --- changelog -------------------------------------------------------------------------------------------------------

KEPT = """\
# Changelog

## [Unreleased]

### Changed

- By hand.

## [0.1.0] - 2026-01-01

### Added

- All of it.
"""


def test_a_changelog_keeps_what_is_there_and_gets_a_line_once(tmp_path: Path, arguments: list[object]) -> None:
    path = tmp_path / "CHANGELOG.md"
    path.write_text(KEPT, encoding="utf-8")
    for _ in range(2):
        done = run(*arguments, "--changelog", path, "--output", tmp_path / "report.txt")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert "operation-deprecated" in (tmp_path / "report.txt").read_text(encoding="utf-8")
        text = path.read_text(encoding="utf-8")
        lines = ["### Deprecated", "- `things.get`: `things.get()` is marked as deprecated.", "### Removed"]
        lines.append("- **Breaking:** `things.create`: `POST /v1/things` is in neither document any more.")
        assert text.replace("\n\n".join(lines) + "\n\n", "") == KEPT


def test_a_changelog_gets_the_missing_headings_in_their_order() -> None:
    first = changelog.added("", changed(DEPRECATE))
    both = changelog.added(first, changed(ADD))
    titles = ["# Changelog", "## [Unreleased]", "### Added", "### Deprecated"]
    assert [line for line in both.splitlines() if line.startswith("#")] == titles


# --- severities ------------------------------------------------------------------------------------------------------


def test_a_severity_is_overridden_with_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "severity.yaml"
    path.write_text(
        "overrides:\n- {id: operation-deprecated, severity: safe, reason: we know}\n"
        "- {id: operation-deprecated, severity: breaking, reason: this one hurts, operation: other.one}\n"
    )
    rows = [
        severity.override(severity.load(path), "operation-deprecated", name) for name in ("things.get", "other.one")
    ]
    assert [(row.severity, row.reason) for row in rows if row] == [("safe", "we know"), ("breaking", "this one hurts")]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{id: no-such-finding, severity: safe, reason: x}", "there is no finding"),
        ("{id: operation-added, severity: harmless, reason: x}", f"one of {', '.join(SEVERITIES)}"),
        ("{id: operation-added, severity: safe}", "needs a `reason`"),
        ("{id: operation-added, severity: safe, reason: x, more: y}", "takes the keys"),
        ("no mapping", "takes the keys"),
    ],
)
def test_an_override_that_can_not_be_is_refused(tmp_path: Path, row: str, says: str) -> None:
    path = tmp_path / "severity.yaml"
    path.write_text(f"overrides:\n- {row}\n")
    with pytest.raises(DocumentError, match=re.escape(says)):
        severity.load(path)
