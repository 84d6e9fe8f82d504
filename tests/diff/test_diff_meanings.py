"""A Python name that changes its field breaks every call that uses it, although no call fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.diff.finding import Change, Finding
from codegen.diff.source import Source
from codegen.overlay import overlay
from tests.diff.documents import documents, report, source
from tests.support.small_documents import FROZEN, Json, answer, baseten, body, document, operation, parameter
from tests.support.snapshot_changes import changed

TEXT: Json = {"type": "string"}


def fields(wires: list[str], **more: Json) -> Json:
    return {"type": "object", "properties": {wire: {**TEXT, **more} for wire in wires}}


PLACES: dict[str, Callable[[list[str]], Json]] = {
    "query": lambda wires: operation(parameters=[parameter(wire) for wire in wires]),
    "body": lambda wires: operation(requestBody=body(fields(wires)["properties"])),
    "object": lambda wires: operation(requestBody=body({"in": fields(wires)})),
    "answer": lambda wires: operation(responses=answer(fields(wires))),
}


def found(old: Json, new: Json) -> tuple[Finding, ...]:
    versions = ({"openapi": document({"/a": {"post": node}})} for node in (old, new))
    return report(*versions).findings


def renamed(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """The (old, new) Python names reported as renamed."""
    said: list[Finding | Change] = []
    for finding in findings:
        said += (finding, *finding.interface) if finding.severity == "breaking" else ()
    ids = {"python-argument-renamed", "python-attribute-renamed"}
    return sorted((str(each.old), str(each.new)) for each in said if each.id in ids)


@pytest.mark.parametrize("make", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (["b-c"], ["b c", "b-c"], [("b_c", "b_c_")]),
        (["b c", "b-c"], ["b-c"], [("b_c_", "b_c")]),
        (["b-c", "b c"], ["b c", "b-c"], [("b_c", "b_c_"), ("b_c_", "b_c")]),
        (["b-c"], ["b-c", "b_c"], [("b_c", "b_c_")]),
        (["b-c", "b_c"], ["b_c", "b-c"], []),
        (["b-c"], ["b-c", "b c"], []),
    ],
    ids=["one comes before", "one before goes", "two change places", "a plain one comes", "plain and odd", "after it"],
)
def test_a_name_that_stands_for_another_field_is_breaking(
    make: Callable[[list[str]], Json], old: list[str], new: list[str], expected: list[tuple[str, str]]
) -> None:
    assert renamed(found(make(old), make(new))) == expected


def test_what_explains_another_name_says_it() -> None:
    old = operation(requestBody=body({"b-c": TEXT}))
    new = operation(requestBody=body({"b c": TEXT, "b-c": {**TEXT, "description": "New"}}))
    (said,) = [each for each in found(old, new) if each.severity == "breaking"]
    assert said.id == "request-property-text-changed"
    assert "The argument `b_c` of `things.do_it()` is now `b_c_`." in said.python.plain()


@pytest.mark.parametrize(
    ("node", "called"),
    [
        (lambda schema: operation(requestBody=body({"in": schema})), "in_"),
        (lambda schema: operation(parameters=[{**parameter("from"), "schema": schema}]), "from_"),
        (lambda schema: operation(requestBody=body({"in": {"type": "array", "items": schema}})), "in_[]"),
    ],
    ids=["a field", "a parameter", "an item"],
)
def test_a_caller_is_told_the_name_of_the_argument(node: Callable[[Json], Json], called: str) -> None:
    (finding,) = found(node({"type": "integer"}), node({"type": "integer", "maximum": 5}))
    assert f"Values of `{called}` beyond the new bound, which `things.do_it()` sends" in finding.python.plain()


# --- nothing that is none, and nothing that is hidden ----------------------------------------------------------------


def both(edit: Callable[[Json], object]) -> dict[str, Json]:
    found = documents()
    for each in found.values():
        edit(each)
    return found


def renamed_place(found: Json) -> None:
    found["paths"] = {path.replace("{thing_id}", "{thing}"): item for path, item in found["paths"].items()}
    for item in found["paths"].values():
        for node in item.values():
            for each in node["parameters"]:
                each["name"] = "thing" if each["name"] == "thing_id" else each["name"]


def test_a_slash_at_the_end_of_the_servers_url_is_no_change() -> None:
    slashed = both(lambda found: found["servers"][0].update(url="https://api.example.com/things/"))
    assert report(documents(), slashed).findings == ()


def test_another_name_of_a_place_in_a_path_is_no_change_of_the_new_formats_route() -> None:
    version = {"openapi": both(renamed_place)["openapi"]}
    found = report({"openapi": documents()["openapi"]}, version)
    assert not [each for each in found.findings if each.id == "operation-path-changed"]


def test_a_host_that_changes_behind_all_operations_is_one_finding() -> None:
    def move(found: Json) -> None:
        for item in found["paths"].values():
            for node in item.values():
                node["externalDocs"]["api_endpoint"] = node["externalDocs"]["api_endpoint"].replace("upstream", "new")

    (finding,) = report(documents(), both(move)).findings
    assert (finding.id, len(finding.also)) == ("upstream-host-changed", 4)
    assert (finding.old, finding.new) == ("https://upstream.example.com", "https://new.example.com")


def test_what_the_overlay_hides_is_a_finding_with_the_action() -> None:
    target = "$.paths['/v1/things'].get.parameters[?@.name == 'order'].schema.enum"
    versions = []
    for values in (["up", "down"], ["up", "down", "none"]):

        def edit(found: Json, values: list[str] = values) -> None:
            listed = found["paths"]["/v1/things"]["get"]["parameters"]
            next(each for each in listed if each["name"] == "order")["schema"]["enum"] = values

        versions.append(source(both(edit), actions=[{"target": target, "remove": True, "x-was": values}]))
    (finding,) = report(*versions).findings
    assert (finding.id, finding.new) == ("changed-under-overlay", "none")
    assert f"test.yaml, action 1 ({target})" in finding.wire.plain()


def test_an_enum_value_that_a_mended_overlay_hides_is_a_finding(tmp_path: Path) -> None:
    before, after = baseten(), baseten()
    changed(*after, "an enum value added")
    text = (FROZEN / "overlays" / "baseten.yaml").read_text(encoding="utf-8")
    mended = tmp_path / "baseten.yaml"
    mended.write_text(text.replace("WORKSPACE_INVOKE]", "WORKSPACE_INVOKE, TEMPORARY]", 1), encoding="utf-8")
    actions = [overlay.load(FROZEN / "overlays" / "baseten.yaml"), overlay.load(mended)]
    old, new = (
        Source("it", {"openapi": pair[0], "definition": pair[1]}, rows, {})
        for pair, rows in zip((before, after), actions, strict=True)
    )
    found = report(old, new, with_python=False).findings
    assert [(each.id, each.operation, each.new) for each in found] == [
        ("changed-under-overlay", "api_keys.create", "TEMPORARY")
    ]
    assert "baseten.yaml:698, action 70" in found[0].wire.plain()
