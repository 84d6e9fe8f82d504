"""The `diff` command: arguments, output, exit codes. No form of the report lets a document inject anything."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from codegen.diff import changelog, severity
from codegen.diff.command import FORMATS, add_arguments, fails, render
from codegen.diff.command import run as run_command
from codegen.diff.finding import SEVERITIES
from codegen.diff.forms import json_form
from codegen.diff.forms.places import lines
from codegen.document.reading import DocumentError
from tests.diff.documents import Documents, at, documents, edited, operation, report, write

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "</script><script>alert(1)</script>`](javascript:x)\n::error::owned\r%0A\x1b[31m|@everyone<img src=x>\u202e"


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


def deprecate(found: Documents) -> None:
    for document in found.values():
        operation(document, "get", one=True)["deprecated"] = True


def hostile(found: Documents) -> None:
    for document in found.values():
        node = operation(document, "get")
        node["parameters"].append({"name": HOSTILE, "in": "query", "schema": {"type": "string"}})
        node["description"] = HOSTILE
        document["servers"][0]["url"] = f"https://{HOSTILE}"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return write(tmp_path / "old", documents()), write(tmp_path / "new", edited(deprecate))


def arguments(folders: tuple[Path, Path], *more: object) -> list[object]:
    return [*folders, "--overlays", folders[0], *more]


def test_standard_output_is_the_report_and_nothing_else(folders: tuple[Path, Path]) -> None:
    done = run(*arguments(folders, "--format", "json"))
    assert (done.returncode, done.stderr) == (0, "")
    assert [finding["id"] for finding in json.loads(done.stdout)["findings"]] == ["operation-deprecated"]


def test_the_command_can_be_run_by_itself(folders: tuple[Path, Path]) -> None:
    said = [str(argument) for argument in arguments(folders, "--fail-on", "any")]
    command = [sys.executable, "-m", "codegen", "diff", *said]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "operation-deprecated" in done.stdout
    assert "\x1b" not in done.stdout, "colours are for terminals"


def test_a_file_takes_the_place_of_standard_output(folders: tuple[Path, Path], tmp_path: Path) -> None:
    done = run(*arguments(folders, "--output", tmp_path / "report.txt"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "operation-deprecated" in (tmp_path / "report.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("counts", "failing"),
    [
        ("breaking", {"breaking", "risky", "any"}),
        ("risky", {"risky", "any"}),
        ("safe", {"any"}),
        (None, set()),
    ],
)
def test_fail_on_takes_what_it_names_and_worse(counts: str | None, failing: set[str]) -> None:
    edits: dict[str | None, Callable[[Documents], object]] = {
        "breaking": lambda found: [document["paths"].pop("/v1/things") for document in found.values()],
        "risky": deprecate,
        "safe": lambda found: [operation(document, "get").update(tags=["x"]) for document in found.values()],
        None: lambda found: None,
    }
    found = report(documents(), edited(edits[counts]), with_python=False)
    assert {level for level in ("breaking", "risky", "any", "none") if fails(found, level)} == failing


@pytest.mark.parametrize(
    ("named", "says"),
    [
        (["nowhere", "nowhere"], "nowhere: no such folder or document"),
        (["git:no-such-revision"], "git:no-such-revision: git knows no such thing"),
        (["git:--upload-pack=x"], "git:--upload-pack=x: git knows no such thing"),
        (["--severity", "nowhere.yaml"], "nowhere.yaml: can't be read"),
        (["--format", "xml"], "invalid choice"),
        (["--provider", "../x"], "provider '../x': no name of at most 64"),
    ],
)
def test_a_bad_argument_ends_with_2_and_one_line(named: list[str], says: str) -> None:
    done = run(*named)
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_bad_document_ends_with_2_and_one_line(folders: tuple[Path, Path]) -> None:
    (folders[1] / "openapi.json").write_text('{"paths": {"/a": 1}, "paths": {}}')
    done = run(*arguments(folders))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "the same key twice" in done.stderr


def test_one_document_is_compared_with_the_same_one(folders: tuple[Path, Path]) -> None:
    done = run(*arguments((folders[0], folders[1] / "definition.json"), "--format", "json"))
    found = json.loads(done.stdout)
    assert [finding["id"] for finding in found["findings"]] == ["operation-deprecated"]
    assert found["note"] == "Only definition.json was compared."


def test_a_revision_is_compared_with_its_own_overlay(tmp_path: Path) -> None:
    specs, overlays = tmp_path / "specs", tmp_path / "overlays"
    overlays.mkdir()
    entry = "overlay: 1.0.0\nactions:\n- target: $.paths['/v1/things'].get\n  update: {operationId: things.%s}\n"

    def git(*said: str) -> None:
        subprocess.run(["git", "-C", str(tmp_path), *said], check=True, capture_output=True)

    git("init", "-q")
    for name, edit in (("first", lambda found: None), ("second", deprecate)):
        write(specs / "baseten", edited(edit))
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


def test_the_json_form_is_what_its_schema_says() -> None:
    schema = json.loads((Path(json_form.__file__).parent / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for edit in (lambda found: None, deprecate, hostile):
        found = render(report(documents(), edited(edit)), "json")
        jsonschema.validate(json.loads(found), schema)
        assert found.isascii()


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_says_the_minimum_version_bump(form: str) -> None:
    text = render(report(documents(), edited(deprecate), with_python=False), form)
    assert "Minimum version bump: minor" in text or '"level": "minor"' in text


def test_a_terminal_gets_no_escape_but_colours() -> None:
    text = render(report(documents(), edited(hostile), with_python=False), "text", colour=True)
    bare = re.sub(r"\x1b\[[0-9;]+m", "", text)
    assert text != bare
    assert all(char.isprintable() or char == "\n" for char in bare)
    assert "\\x1b[31m" in bare
    assert not [line for line in bare.splitlines() if line.startswith("::")]


def test_markdown_shows_values_as_code_alone() -> None:
    text = render(report(documents(), edited(hostile), with_python=False), "markdown")
    without_fences = re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.M | re.S)
    prose = re.sub(r"(?<!`)(`+)(?!`)(?:.|\n)*?(?<!`)\1(?!`)", "", without_fences)
    assert "alert" in text
    for part in ("alert", "<img", "@everyone", "javascript:", "::error", "\x1b", "\u202e"):
        assert part not in prose


def test_a_workflow_gets_one_command_a_finding() -> None:
    found = report(documents(), edited(hostile), with_python=False)
    lines = render(found, "github").splitlines()
    assert len(lines) == len(found.findings) + 1
    assert all(re.match(r"::(error|warning|notice) (file=|title=)", line) for line in lines)


def test_an_annotation_stands_at_the_line_of_the_document(folders: tuple[Path, Path]) -> None:
    done = run(*arguments(folders, "--format", "github"))
    file, line = re.search(r"::warning file=([^,]+),line=(\d+),", done.stdout).groups()  # type: ignore[union-attr]
    assert '"deprecated": true' in Path(file).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def two(found: Documents) -> None:
    deprecate(found)
    for document in found.values():
        del document["paths"]["/v1/things"]["post"]


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_the_summary_is_a_table_the_worst_first_with_file_and_line(tmp_path: Path, form: str) -> None:
    folders = write(tmp_path / "old", documents()), write(tmp_path / "new", edited(two))
    shown = run(*arguments(folders, "--format", form)).stdout
    rows = [line for line in shown.splitlines() if "openapi.json:" in line]
    found = [re.search(r"(breaking|risky).*(operation-[a-z]+).*openapi\.json:([0-9]+)", row) for row in rows]
    assert [row.groups()[:2] for row in found if row] == [
        ("breaking", "operation-removed"),
        ("risky", "operation-deprecated"),
    ]
    lines = (tmp_path / "new" / "openapi.json").read_text(encoding="utf-8").splitlines()
    assert '"deprecated": true' in lines[int(found[1][3]) - 1]  # type: ignore[index]


def test_the_places_are_links_into_the_repository_where_its_url_is_given(folders: tuple[Path, Path]) -> None:
    for form in ("markdown", "html"):
        shown = run(*arguments(folders, "--format", form, "--links", "https://example.com/blob/main/")).stdout
        (link,) = re.findall(r"https://example\.com/blob/main/[^)\"]+", shown)
        assert re.search(r"new/openapi\.json#L[0-9]+$", link)


def test_a_bar_in_a_name_ends_no_cell() -> None:
    text = render(report(documents(), edited(hostile), with_python=False), "markdown")
    rows = [line for line in text.splitlines() if line.startswith("| 🔴")]
    assert rows
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


def test_no_sentence_says_only_what_its_heading_says() -> None:
    def add(found: Documents) -> None:
        for document in found.values():
            node = {**operation(document, "get"), "summary": "List parts"}
            document["paths"]["/v1/parts"] = {"get": node}

    for finding in (*report(documents(), edited(add)).findings, *report(documents(), edited(two)).findings):
        for said in (finding.wire.plain(), finding.python.plain()):
            assert not re.fullmatch(r"(The new method )?`\S+` (is new|is gone|can be called)\.", said)
        if finding.id == "operation-added":
            assert finding.python.plain() == (
                "`things.list_parts(*, limit=…, order=…, since=…) -> ThingsListPartsResponse200`. "
                "No overlay entry: the result is ThingsListPartsResponse200 and it is treated as safe."
            )


def test_a_page_has_no_markup_of_a_document() -> None:
    text = render(report(documents(), edited(hostile), with_python=False), "html")
    assert text.count("<script>") == 1
    assert "<img" not in text
    assert 'http-equiv="Content-Security-Policy" content="default-src \'none\'' in text
    assert not re.findall(r"(?:src|href)=\"(?!#)", text), "nothing is fetched"


def test_a_line_is_found_for_every_pointer() -> None:
    value = {"a/b": {"~": [1, {"x": '\\" {[,'}, []]}, "": {"é": None}}
    text = json.dumps(value, indent=1)
    for pointer, content in (("/a~1b/~0/1/x", '"x":'), ("//é", '"é"'), ("/a~1b/~0/2", "[]"), ("/a~1b", '"a/b"')):
        shown = json.dumps(value, indent=1, ensure_ascii=False).splitlines()[lines(text)[pointer] - 1]
        assert content in shown


def test_the_page_shows_the_old_value_beside_the_new() -> None:
    def edit(found: Documents) -> None:
        for document in found.values():
            operation(document, "get")["summary"] = "Show things"

    text = render(report(documents(), edited(edit), with_python=False), "html")
    assert "List things</pre>" in text and "Show things</pre>" in text


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


def test_a_changelog_entry_is_written_once() -> None:
    found = report(documents(), edited(deprecate), with_python=False)
    once = changelog.added(KEPT, found)
    assert changelog.added(once, found) == once
    assert (
        once.replace(
            "\n### Deprecated\n\n- `GET /v1/things/{thing_id}`: `GET /v1/things/{thing_id}` is marked as deprecated.\n",
            "",
        )
        == KEPT
    )


def test_a_changelog_keeps_what_is_there_and_gets_the_missing_heading() -> None:
    def add(found: Documents) -> None:
        for document in found.values():
            operation(document, "get")["parameters"].append({"name": "x", "in": "query", "schema": {"type": "string"}})

    first = changelog.added("", report(documents(), edited(deprecate), with_python=False))
    both = changelog.added(first, report(documents(), edited(add), with_python=False))
    assert first.startswith("# Changelog\n")
    assert [line for line in both.splitlines() if line.startswith("#")] == [
        "# Changelog",
        "## [Unreleased]",
        "### Added",
        "### Deprecated",
    ]


def test_the_command_writes_the_changelog(folders: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "CHANGELOG.md"
    path.write_text(KEPT, encoding="utf-8")
    texts = []
    for _ in range(2):
        assert run(*arguments(folders, "--changelog", path)).returncode == 0
        texts.append(path.read_text(encoding="utf-8"))
    assert texts[0] == texts[1] != KEPT


# --- severities ------------------------------------------------------------------------------------------------------


def test_a_severity_is_overridden_with_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "severity.yaml"
    path.write_text(
        "overrides:\n- {id: operation-deprecated, severity: safe, reason: we know}\n"
        "- {id: operation-deprecated, severity: breaking, reason: this one hurts, operation: other.one}\n"
    )
    row = severity.override(severity.load(path), "operation-deprecated", "things.get_thing")
    assert row is not None and (row.severity, row.reason) == ("safe", "we know")
    row = severity.override(severity.load(path), "operation-deprecated", "other.one")
    assert row is not None and row.severity == "breaking"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{id: no-such-finding, severity: safe, reason: x}", "there is no finding"),
        ("{id: operation-added, severity: harmless, reason: x}", f"one of {', '.join(SEVERITIES)}"),
        ("{id: operation-added, severity: safe}", "needs a `reason`"),
        ("{id: operation-added, severity: safe, reason: x, more: y}", "takes the keys"),
    ],
)
def test_an_override_that_can_not_be_is_refused(tmp_path: Path, row: str, says: str) -> None:
    path = tmp_path / "severity.yaml"
    path.write_text(f"overrides:\n- {row}\n")
    with pytest.raises(DocumentError, match=re.escape(says)):
        severity.load(path)


def test_pointers_lead_to_what_changed() -> None:
    old, new = documents(), edited(deprecate)
    finding = report(old, new, with_python=False).findings[0]
    for name in ("openapi", "definition"):
        assert at(new[name], str(finding.pointers["new"][name])) is True
