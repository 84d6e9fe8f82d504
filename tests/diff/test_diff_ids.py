"""Every id of a finding has a minimal pair that yields it, and the exchanged pair yields its opposite."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codegen.diff import changelog
from codegen.diff.catalogue import KINDS, page
from codegen.diff.finding import SEVERITIES
from codegen.diff.source import Source
from tests.diff.cases import Case, cases
from tests.diff.documents import documents, ids, report, source

CASES = cases()
# Most cases share a version.
VERSIONS = {
    repr((side.documents, side.actions)): (f"{case.id} {name}", side)
    for case in CASES
    for name, side in (("old", case.old), ("new", case.new))
}


def test_every_id_has_a_minimal_pair() -> None:
    assert {case.id for case in CASES} == KINDS.keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_minimal_pair_yields_its_id_and_its_mirror_image_the_opposite(case: Case) -> None:
    # Parsing takes most of the time, and only these cases need it.
    with_python = case.id.startswith(("python-", "generation-", "parser-", "operation-renamed"))
    there = report(case.old, case.new, with_python=with_python)
    back = report(case.new, case.old, with_python=with_python)
    assert case.id in ids(there)
    mirrors = set(KINDS[case.id].mirrors)
    assert mirrors & ids(back), "the mirror image yields the opposite"
    if case.id not in mirrors:
        assert case.id not in ids(back), "what is the opposite is not the same"
    assert len(there.findings) <= 4, "a minimal pair is reported in few findings"
    for finding in there.findings:
        assert finding.wire.plain().endswith(".")
        assert finding.python.plain().endswith(".")
        if finding.about != "overlay":
            places = [place for version in finding.pointers.values() for place in version.values()]
            assert any(place is not None for place in places), finding.id


@pytest.mark.parametrize("version", [pytest.param(side, id=name) for name, side in VERSIONS.values()])
def test_a_version_is_no_change_of_itself(version: Source) -> None:
    assert report(version, version, with_python=False).findings == ()


def test_every_finding_has_a_known_severity_and_heading() -> None:
    assert {kind.severity for kind in KINDS.values()} == set(SEVERITIES)
    assert {kind.heading for kind in KINDS.values()} <= set(changelog.HEADINGS)
    assert not [kind.id for kind in KINDS.values() if re.search(r"\{(what|noun)\}", str(kind))]


def test_the_opposite_of_the_opposite_is_the_finding_itself() -> None:
    for kind in KINDS.values():
        assert all(kind.id in KINDS[mirror].mirrors for mirror in kind.mirrors)


def test_what_is_safe_in_a_request_is_not_in_an_answer() -> None:
    for what in ("type-widened", "became-optional"):
        assert KINDS[f"request-property-{what}"].severity == "safe"
        assert KINDS[f"response-property-{what}"].severity == "breaking"
    assert KINDS["request-property-type-narrowed"].severity == "breaking"
    assert KINDS["response-property-type-narrowed"].severity == "safe"


def test_the_page_of_findings_is_what_the_code_says() -> None:
    written = Path(changelog.__file__).with_name("FINDINGS.md").read_text(encoding="utf-8")
    assert written == page(), "write it: python -m codegen.diff.catalogue > codegen/diff/FINDINGS.md"
    assert all(f"`{id_}`" in written for id_ in KINDS)


def test_documents_that_only_look_different_are_the_same() -> None:
    found = documents()
    for document in found.values():
        for item in document["paths"].values():
            for node in item.values():
                node["description"] = "  " + node["description"].replace(" ", "\n  ")
                for parameter in node["parameters"]:
                    parameter["schema"]["example"] = ""
                    if parameter["in"] != "path" and parameter.get("required") is False:
                        del parameter["required"]
    assert report(source(documents()), source(found)).findings == ()
