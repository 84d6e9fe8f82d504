"""Every id of a finding has a minimal pair that yields it, and the exchanged pair yields its opposite."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from codegen.diff import changelog
from codegen.diff.catalogue import KINDS, page
from codegen.diff.finding import SEVERITIES
from codegen.diff.source import Source
from tests.diff.documents import (
    BOTH,
    GET,
    GONE,
    LIMIT,
    LIST,
    ONE,
    ORDER,
    POST,
    RECEIVED,
    SENT,
    THING,
    Edits,
    From,
    Json,
    documents,
    edited,
    ids,
    node,
    parameter,
    report,
    source,
)


@attrs.frozen
class Case:
    """A pair of versions that yields these ids. Versions are edits of the documents, and actions of the overlay."""

    ids: str
    new: Edits = attrs.field(factory=dict)
    old: Edits = attrs.field(factory=dict)
    only: Iterable[str] = BOTH
    actions: tuple[list[Json], list[Json]] = ([], [])
    is_alone: bool = False
    """The old format has no document."""

    @property
    def versions(self) -> tuple[Source, Source]:
        sides = [edited(edits, self.only) for edits in (self.old, {**self.old, **self.new})]
        if self.is_alone:
            sides = [{"openapi": side["openapi"]} for side in sides]
        return source(sides[0], actions=self.actions[0]), source(sides[1], actions=self.actions[1])


TARGET = "$.paths['/v1/things'].get"


def overlaid(ids: str, old: Json, new: Json) -> Case:
    """A case of which only the overlay's update differs."""
    old_actions, new_actions = ([{"target": TARGET, "update": update}] if update else [] for update in (old, new))
    return Case(ids, actions=(old_actions, new_actions))


PAINT: Json = {"type": "object", "required": ["colour"], "properties": {"colour": {"type": "string"}, "gloss": {}}}


def component(*places: str, name: str = "Paint", schema: Json = PAINT) -> Json:
    """Edits that add a component, and a field with it to objects."""
    reference = {"$ref": f"#/components/schemas/{name}"}
    fields = {f"{place}/properties/paint": reference for place in places}
    return {"/components/schemas": {name: schema}, **fields}


def both_ways(ids: str, pointer: str, old: Any, new: Any) -> Case:
    return Case(ids, {pointer: new}, {pointer: old})


EXTRA = parameter("extra", schema={"type": "boolean"})
INNER = [parameter(name, "path", True, schema={"type": "string"}) for name in ("thing_id", "part_id")]
PARTS = "/paths/~1v1~1things~1{thing_id}~1parts~1{part_id}"
TURNED = "/paths/~1v1~1parts~1{part_id}~1things~1{thing_id}"
PAGED = {
    "type": "object",
    "properties": {"things": {"type": "array", "items": THING}, "next_page_token": {"type": "string"}},
}
CHOICE = f"{ORDER}/schema/enum"
WAS = {"description": "List things, whatever it takes."}
STALE: Json = {"target": TARGET, "update": {"description": "All."}, "x-was": WAS}
CHOICES = [["up", "down"], ["up", "down", "none"]]
HIDDEN = f"{TARGET}.parameters[?@.name == 'order'].schema.enum"
HIDING = [[{"target": HIDDEN, "remove": True, "x-was": each}] for each in CHOICES]
CLASH = [{"type": "object", "properties": {"a": {"type": kind}}} for kind in ("string", "integer")]
ENVELOPES = [
    {"type": "object", "properties": {key: THING, "provider": {"type": "string"}}} for key in ("data", "result")
]
NEW = ("openapi",)


def rules(what: str, count: str, choice: str) -> Iterable[Case]:
    """The cases that parameters and body fields share: a whole number with bounds, and a choice."""
    id_ = f"request-{what}"
    yield Case(f"{id_}-type-changed", {f"{count}/type": "boolean"})
    yield Case(f"{id_}-type-widened", {f"{count}/type": "number"})
    yield Case(f"{id_}-enum-value-added", {f"{choice}/enum/-": "sideways"})
    yield Case(f"{id_}-default-changed", {f"{choice}/default": "other"})
    yield Case(f"{id_}-format-changed", {f"{choice}/pattern": "^[a-z]+$"})
    yield Case(f"{id_}-bounds-tightened", {f"{count}/maximum": 8})
    yield Case(f"{id_}-schema-changed", {f"{count}/x-unit": "pieces"})


SIZE, STATE, NAME = (f"{RECEIVED}/properties/{name}" for name in ("size", "state", "name"))
CASES = [
    # operations
    Case("operation-removed python-method-removed", {POST: GONE}),
    overlaid("operation-renamed python-method-renamed", {}, {"operationId": "things.every"}),
    Case("operation-path-changed", {"/paths/~1v2~1things~1{thing_id}": From(ONE)}),
    Case("operation-method-changed", {"/paths/~1v1~1things/put": From(POST)}),
    Case("route-lost", {POST: GONE}, only=NEW),
    Case("documents-disagree", {f"{LIMIT}/schema/type": "string"}, only=NEW),
    Case("operation-deprecated", {f"{GET}/deprecated": True}),
    overlaid("safety-class-loosened", {"x-safety": "unsafe"}, {"x-safety": "idempotent"}),
    *(overlaid(f"{mark}-mark-changed", {}, {f"x-{mark}": True}) for mark in ("destructive", "removal", "asynchronous")),
    overlaid("deadline-changed", {"x-timeout": 60}, {"x-timeout": 600}),
    Case("upstream-endpoint-changed", {f"{GET}/externalDocs/api_endpoint": "https://x.example.com/y"}),
    Case("operation-tags-changed", {f"{GET}/tags/-": "More"}),
    Case("operation-text-changed", {f"{GET}/description": "Something else."}),
    Case("operation-changed", {f"{GET}/x-cost": 3}),
    Case("overlay-misfit", {f"{LIST}/description": "Show things."}, actions=([STALE], [STALE])),
    Case("changed-under-overlay", {CHOICE: CHOICES[1]}, {CHOICE: CHOICES[0]}, actions=(HIDING[0], HIDING[1])),
    Case(
        "upstream-host-changed",
        {
            f"{place}/externalDocs/api_endpoint": f"https://other.example.com/v1/things{end}"
            for place, end in ((LIST, ""), (POST, ""), (GET, "/{thing_id}"), (f"{ONE}/delete", "/{thing_id}"))
        },
    ),
    overlaid("generation-fails", {}, {"x-safety": "perhaps"}),
    Case("parser-warning", {f"{RECEIVED}/properties/odd": {"allOf": CLASH}}),
    # requests
    Case("request-parameter-removed python-argument-removed", {LIMIT: GONE}),
    Case("request-parameter-added-required", {f"{LIST}/parameters/-": {**EXTRA, "required": True}}),
    Case("request-parameter-became-required", {f"{LIMIT}/required": True}),
    Case("request-parameter-renamed python-argument-renamed", {f"{LIMIT}/name": "limits"}),
    Case(
        "request-path-parameter-renamed",
        {"/paths/~1v1~1things~1{thing}": From(ONE), "/paths/~1v1~1things~1{thing}/get/parameters/0/name": "thing"},
        {f"{ONE}/delete": GONE},
        is_alone=True,
    ),
    Case("request-parameter-text-changed", {f"{LIMIT}/description": "Fewest things"}),
    *rules("parameter", f"{LIMIT}/schema", f"{ORDER}/schema"),
    *rules("property", f"{SENT}/properties/count", f"{SENT}/properties/mode"),
    Case("request-property-removed", {f"{SENT}/properties/when": GONE}),
    Case(
        "request-property-added-required python-argument-added-required",
        {f"{SENT}/properties/extra": {"type": "boolean", "required": True}},
    ),
    Case("request-property-became-required python-argument-became-required", {f"{SENT}/required": ["name", "count"]}),
    Case("request-property-renamed", {f"{SENT}/properties/amount": From(f"{SENT}/properties/count")}),
    Case("request-property-text-changed", {f"{SENT}/properties/name/description": "Name"}),
    Case("request-field-moved", {f"{LIMIT}/in": "header"}),
    Case("request-body-became-optional", {f"{POST}/requestBody/required": False}),
    Case("request-content-type-added", {f"{POST}/requestBody/content/text~1csv": {"schema": {"type": "string"}}}),
    # answers
    Case("response-property-removed python-attribute-removed", {f"{RECEIVED}/properties/made": GONE}),
    Case("response-property-became-optional", {f"{RECEIVED}/required": ["id"]}),
    Case("response-property-became-nullable", {f"{SIZE}/type": ["integer", "null"]}),
    Case("response-property-type-changed python-attribute-type-changed", {f"{SIZE}/type": "boolean"}),
    Case("response-property-type-widened", {f"{SIZE}/type": "number"}),
    Case("response-property-enum-value-added python-enum-member-added", {f"{STATE}/enum/-": "broken"}),
    Case("response-property-default-changed", {f"{STATE}/default": "off"}),
    Case("response-property-format-changed", {f"{RECEIVED}/properties/made/format": "date"}),
    Case("response-property-bounds-tightened", {f"{SIZE}/minimum": 2}),
    Case(
        "response-property-renamed python-attribute-renamed",
        {f"{RECEIVED}/properties/made_at": From(f"{RECEIVED}/properties/made")},
    ),
    Case("response-property-text-changed", {f"{NAME}/description": "Its name"}),
    Case("response-property-schema-changed", {f"{NAME}/readOnly": True}),
    Case("list-became-paged", {f"{LIST}/responses/200/content/application~1json/schema": PAGED}),
    Case("response-success-status-added", {f"{GET}/responses/202": {"description": "Other"}}),
    Case("response-error-status-added", {f"{GET}/responses/429": {"description": "Other"}}),
    Case("response-body-removed", {f"{GET}/responses/200/content": GONE}),
    Case("response-content-type-added", {f"{GET}/responses/200/content/text~1plain": {"schema": {"type": "string"}}}),
    both_ways("envelope-changed", RECEIVED, *ENVELOPES),
    # the gateway
    Case("server-url-changed", {"/servers/0/url": "https://api.example.com/v2"}),
    Case("security-scheme-changed", {"/components/securitySchemes/ApiToken/x-scope": "all"}),
    Case("token-place-changed", {"/components/securitySchemes/ApiToken/in": "header"}),
    Case("security-requirement-changed", {f"{GET}/security": []}),
    Case("gateway-text-changed", {"/info/description": "Other things"}),
    Case("document-changed", {"/x-rate": 5}),
    Case("unused-schema-changed", component()),
    # Python callers
    Case(
        "python-argument-moved",
        {TURNED: From(PARTS), f"{TURNED}/get/parameters": INNER[::-1]},
        {PARTS: {"get": node("Get part", "/v1/parts", INNER)}},
    ),
    Case("python-argument-type-changed", component(SENT, name="Paints"), component(SENT)),
    Case("python-argument-type-widened", {f"{SENT}/properties/count/type": ["integer", "null"]}),
    Case("python-return-type-changed", {RECEIVED: {"type": "array", "items": {}}}),
    Case("python-model-added python-attribute-added", component(RECEIVED)),
    Case("python-model-renamed", component(RECEIVED, name="Paints"), component(RECEIVED)),
    Case("python-model-kind-changed", {STATE: PAINT}),
    Case("python-attribute-type-widened", {f"{NAME}/type": ["string", "null"]}),
    Case(
        "python-attribute-became-required",
        component(SENT, schema={**PAINT, "required": ["colour", "gloss"]}),
        component(SENT),
    ),
    both_ways("python-enum-member-changed", f"{STATE}/enum", ["on", "half-on"], ["on", "half_on"]),
    Case("python-name-added", component(RECEIVED, SENT), component(RECEIVED)),
]
# Parsing takes most of the time, and only these cases need it.
WITH_PYTHON = re.compile("python-|generation-|parser-|operation-renamed")


def mirrored(id_: str) -> set[str]:
    return set(KINDS[id_].mirrors)


def test_every_id_has_a_minimal_pair() -> None:
    found = {id_ for case in CASES for id_ in case.ids.split()} | {"document-lost"}
    alone = {id_ for id_ in KINDS.keys() - found if not mirrored(id_) & found}
    assert alone == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.ids)
def test_a_minimal_pair_yields_its_id_and_its_mirror_image_the_opposite(case: Case) -> None:
    check(case.ids, *case.versions)


def test_a_document_that_goes_is_one_finding() -> None:
    base = documents()
    check("document-lost", source(base), source({"openapi": base["openapi"]}))


def check(expected: str, old: Source, new: Source) -> None:
    with_python = WITH_PYTHON.search(expected) is not None
    there = report(old, new, with_python=with_python)
    back = report(new, old, with_python=with_python)
    for id_ in expected.split():
        assert id_ in ids(there)
        assert mirrored(id_) & ids(back), "the mirror image yields the opposite"
        assert id_ in mirrored(id_) or id_ not in ids(back), "what is the opposite is not the same"
    assert len(there.findings) <= 4, "a minimal pair is reported in few findings"
    for finding in (*there.findings, *back.findings):
        assert finding.wire.plain().endswith(".")
        assert finding.python.plain().endswith(".")
        places = [place for version in finding.pointers.values() for place in version.values()]
        assert finding.about == "overlay" or any(place is not None for place in places), finding.id
    for version in (old, new):
        assert report(version, version, with_python=False).findings == (), "a version is no change of itself"


def test_a_text_that_the_overlay_words_better_is_hidden() -> None:
    texts = ["List things, whatever it takes.", "Show things."]
    update = {"description": "All."}
    actions = [[{"target": TARGET, "update": update, "x-was": {"description": text}}] for text in texts]
    old, new = Case("", {f"{LIST}/description": texts[1]}, actions=(actions[0], actions[1])).versions
    assert report(old, new, with_python=False).findings == ()


def test_an_entry_that_fits_one_version_still_adds_its_keys_to_both() -> None:
    named = [{**STALE, "update": {**STALE["update"], "operationId": "things.every"}}]
    found = report(
        *Case("", {f"{LIST}/description": "Show things."}, actions=(named, named)).versions, with_python=False
    )
    told = [(each.id, each.operation) for each in found.findings]
    assert told == [("overlay-misfit", "things.every"), ("operation-text-changed", "things.every")]


def test_every_finding_has_a_known_severity_and_heading() -> None:
    assert {kind.severity for kind in KINDS.values()} == set(SEVERITIES)
    assert {kind.heading for kind in KINDS.values()} <= set(changelog.HEADINGS)
    assert not [kind.id for kind in KINDS.values() if re.search(r"\{(what|noun)\}", str(kind))]
    assert all(id_ in mirrored(mirror) for id_ in KINDS for mirror in mirrored(id_)), "opposites are mutual"


def test_what_is_safe_in_a_request_is_not_in_an_answer() -> None:
    severities: Mapping[str, tuple[str, str]] = {
        what: (KINDS[f"request-property-{what}"].severity, KINDS[f"response-property-{what}"].severity)
        for what in ("type-widened", "became-optional", "type-narrowed")
    }
    assert severities == {
        "type-widened": ("safe", "breaking"),
        "became-optional": ("safe", "breaking"),
        "type-narrowed": ("breaking", "safe"),
    }


def test_the_page_of_findings_is_what_the_code_says() -> None:
    written = Path(changelog.__file__).with_name("FINDINGS.md").read_text(encoding="utf-8")
    assert written == page(), "write it: python -m codegen.diff.catalogue > codegen/diff/FINDINGS.md"
    assert all(f"`{id_}`" in written for id_ in KINDS)


def test_documents_that_only_look_different_are_the_same() -> None:
    found = documents()
    for document in found.values():
        for item in document["paths"].values():
            for each in item.values():
                each["description"] = "  " + each["description"].replace(" ", "\n  ")
                for given in each["parameters"]:
                    given["schema"]["example"] = ""
                    if given["in"] != "path":
                        del given["required"]
    assert report(documents(), found).findings == ()


def test_values_that_python_takes_for_equal_are_not() -> None:
    for was, now in itertools.permutations([1, 1.0, True], 2):
        sides = [edited({f"{LIMIT}/schema/x-unit": [{"a": value}]}) for value in (was, now)]
        assert ids(report(*sides, with_python=False)) == {"request-parameter-schema-changed"}, (was, now)
