"""Small documents, written by hand after the gateway's quirks: the report and the result for each.

`UPDATE_GOLDEN=1` rewrites the reports; review the difference.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from codegen import cli, pipeline, report
from codegen.document.reading import DocumentError
from codegen.overlay import overlay
from codegen.package import parse
from codegen.package.tree import Operation, Route
from codegen.pair import pair
from codegen.repair import repair
from tests.support.small_documents import document, operation, parameter, parsed

FOLDER = Path(__file__).parent / "dialects"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json") if not path.stem.endswith(".report"))


def routes(operation_: Operation) -> list[Route]:
    return [route for route in (operation_.new, operation_.old) if route]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("which", ["openapi", "definition"])
def test_a_document_of_a_quirk_is_valid_once_repaired_and_its_report_is_known(name: str, which: str) -> None:
    given = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    repaired = repair.repair(given)
    validate(repaired.document)
    paired = pair.pair(*((repaired.document, None) if which == "openapi" else (None, repaired.document)))
    read = parse.parse(paired.document, provider="small")
    said = report.report("small", {which: repaired}, paired, read)
    package = read.package
    found = {
        "report": json.loads(report.written(said, ".json")),
        "methods": {
            each.id: {
                "routes": [
                    f"{route.method} {route.path} {' '.join(route.query)}".strip()
                    for route in (each.new, each.old)
                    if route
                ],
                "arguments": {field.name: f"{field.wire}: {field.type.kind}" for field in each.arguments},
            }
            for each in package.operations
        },
        "enums": {enum.name: [value for _, value in enum.members] for enum in package.enums},
    }
    golden = FOLDER / f"{name}.{which}.report.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(golden.read_text(encoding="utf-8"))
    assert len(package.operations) == sum(len(item) for item in given["paths"].values()), "no operation is lost"


def test_a_provider_that_nobody_prepared_is_generated_with_a_report(tmp_path: Path) -> None:
    specs = tmp_path / "specs" / "small"
    specs.mkdir(parents=True)
    shutil.copy(FOLDER / "same_summary_twice.json", specs / "definition.json")
    for suffix in (".json", ".md"):
        written = tmp_path / f"report{suffix}"
        arguments = ["--provider", "small", "--specs", str(tmp_path / "specs"), "--out", str(tmp_path / "out")]
        assert cli.main(["generate", *arguments, "--report", str(written)]) == 0
        assert "would be named refunds.list_items" in written.read_text(encoding="utf-8")
    assert (tmp_path / "out" / "lowcodeapi_small_api" / "resources" / "refunds.py").is_file()


def test_what_is_only_reported_without_an_overlay_is_an_error_with_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "small").mkdir()
    (tmp_path / "small.yaml").write_text('overlay: 1.0.0\nactions: [{target: $, update: {x-note: ""}}]')
    monkeypatch.setattr(pipeline, "OVERLAYS", tmp_path)
    for name, says in (("same_summary_twice", "would be named"), ("same_operation_twice", "one operation twice")):
        shutil.copy(FOLDER / f"{name}.json", tmp_path / "small" / "openapi.json")
        with pytest.raises(DocumentError, match=says):
            pipeline.generate("small", specs=tmp_path, say=lambda line: None)


def test_a_name_stays_when_other_operations_come_and_go() -> None:
    paths = {f"/v1/{word}/{{id}}": {"get": operation("", tags=["All"])} for word in ("refunds", "charges", "payouts")}
    every = {each.new: each.id for each in parsed(document(paths)).package.operations}
    for path in paths:
        (alone,) = parsed(document({path: paths[path]})).package.operations
        assert every[alone.new] == alone.id


def test_a_name_never_comes_to_mean_another_operation() -> None:
    first = {"/v1/orders/{id}/items": {"get": operation("List items")}}
    second = {"/v1/carts/{id}/items": {"get": operation("List items")}}
    (alone,) = parsed(document(first)).package.operations
    both = {each.id for each in parsed(document({**first, **second})).package.operations}
    assert alone.id == "things.list_items"
    assert both == {"things.list_items_of_order", "things.list_items_of_cart"}


def test_an_overlay_widens_path_parameters_but_not_to_what_changes_a_path() -> None:
    given = document({"/a/{id}": {"get": operation(parameters=[parameter("id", "path")])}})

    def widened(characters: str) -> str:
        node = {"target": "$.paths['/a/{id}'].get", "update": {"x-path-characters": characters}}
        (found,) = parsed(given, actions=(overlay.action(node, "small.yaml, action 1"),)).package.operations
        return found.path_characters

    assert widened("@:@") == ":@"
    for character in "/?#%$\\ \n\x7f{é":
        with pytest.raises(DocumentError, match="x-path-characters"):
            widened(f"@{character}")
