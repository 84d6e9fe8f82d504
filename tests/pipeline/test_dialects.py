"""Small documents, written by hand after the gateway's quirks: the report and the result for each.

`UPDATE_GOLDEN=1` rewrites the reports; review the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from codegen import cli, pipeline, report
from codegen.document.reading import DocumentError
from codegen.package import parse
from codegen.pair import pair
from codegen.repair import repair
from tests.support.small_documents import TEXT, body, document, operation, store
from tests.support.valid_openapi import validate

FOLDER = Path(__file__).parent / "dialects"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json") if not path.stem.endswith(".report"))


@pytest.mark.parametrize("name", NAMES)
def test_a_document_of_a_quirk_is_valid_once_repaired_and_its_report_is_known(name: str) -> None:
    given = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    repaired = repair.repair(given)
    validate(repaired.document)
    paired = pair.pair(None, repaired.document)
    read = parse.parse(paired.document, provider="small")
    said = report.report("small", {"definition": repaired}, paired, read)
    found: dict[str, Any] = {"report": json.loads(report.written(said, ".json")), "methods": {}, "enums": {}}
    for each in read.package.operations:
        assert each.old is not None
        found["methods"][each.id] = {
            "routes": [f"{each.old.method} {each.old.path} {' '.join(each.old.query)}".strip()],
            "arguments": {field.name: f"{field.wire}: {field.type.kind}" for field in each.arguments},
        }
    for enum in read.package.enums:
        found["enums"][enum.name] = [value for _, value in enum.members]
    golden = FOLDER / f"{name}.report.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(golden.read_text(encoding="utf-8"))
    assert len(read.package.operations) == sum(len(item) for item in given["paths"].values()), "no operation is lost"


def test_what_is_only_reported_without_an_overlay_is_an_error_with_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    specs, overlay, out = tmp_path / "specs", tmp_path / "small.yaml", tmp_path / "out"
    monkeypatch.setattr(pipeline, "OVERLAYS", tmp_path)
    thing = {"type": "object", "properties": {"x": TEXT}}
    # The parser gives both things one name, and reads neither.
    unread = {name: {"type": "object", "properties": {inner: thing}} for name, inner in (("a", "b_c"), ("a_b", "c"))}
    for given, says in (
        (json.loads((FOLDER / "same_summary_twice.json").read_text(encoding="utf-8")), "would be named"),
        (json.loads((FOLDER / "same_operation_twice.json").read_text(encoding="utf-8")), "one operation twice"),
        (document({"/a": {"post": operation(requestBody=body(unread))}}), "WARNING parsing POST /a"),
    ):
        store(specs / "small", given)
        for suffix in (".json", ".md"):
            arguments = ["--specs", str(specs), "--out", str(out), "--report", str(tmp_path / f"report{suffix}")]
            assert cli.main(["generate", "--provider", "small", *arguments]) == 0
            assert says in (tmp_path / f"report{suffix}").read_text(encoding="utf-8")
        overlay.write_text('overlay: 1.0.0\nactions: [{target: $, update: {x-note: ""}}]')
        with pytest.raises(DocumentError, match=says):
            pipeline.generate("small", specs=specs, say=lambda line: None)
        overlay.unlink()
        assert list((out / "lowcodeapi_small_api" / "resources").glob("[a-z]*.py"))
