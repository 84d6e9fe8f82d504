"""Two routes of one operation are paired; if the documents disagree, the wider reading is kept and reported."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from codegen.document import shape
from codegen.document.reading import DocumentError
from codegen.document.widening import wider
from codegen.pair import pair
from tests.support.small_documents import TEXT, Json, baseten, body, document, operation, paired, parameter, parsed, ref

UP = "https://up.example/api"
NEW = "/things/{thing_id}"
OLD = "/things/thingid"


def with_endpoint(endpoint: str, **more: Any) -> Json:
    return operation(externalDocs={"api_endpoint": endpoint}, **more)


def new(*parameters: Json, endpoint: str = f"{UP}{NEW}", **more: Any) -> Json:
    """The new document of one operation: GET /things/{thing_id}."""
    return document(
        {NEW: {"get": with_endpoint(endpoint, parameters=[parameter("thing_id", "path"), *parameters], **more)}}
    )


def old(*parameters: Json, endpoint: str = f"{UP}{NEW}", path: str = OLD, **more: Any) -> Json:
    """The old document of the same operation."""
    return document(
        {path: {"get": with_endpoint(endpoint, parameters=[parameter("thing_id", "path"), *parameters], **more)}}
    )


def only(found: pair.Paired) -> Any:
    (each,) = shape.operations(found.document)
    return each.node


# --- who belongs together --------------------------------------------------------------------------------------------


def test_two_routes_of_one_endpoint_are_one_operation() -> None:
    found = paired(new(), old())
    assert (found.pairs, found.findings) == (1, ())
    assert only(found)["x-routes"] == {
        "new": {"method": "get", "path": NEW},
        "old": {"method": "get", "path": OLD, "query": ["thing_id"]},
    }
    assert only(found)["parameters"] == [parameter("thing_id", "path")]


def without_endpoint(one: Json) -> Json:
    for each in shape.operations(one):
        del each.node["externalDocs"]
    return one


@pytest.mark.parametrize(
    ("documents", "old_path", "finding"),
    [
        ((new(), old(path="/elsewhere")), "/elsewhere", "paired with GET /elsewhere by its endpoint, not by its path"),
        (
            (without_endpoint(new()), without_endpoint(old())),
            OLD,
            f"paired with GET {OLD} by its path: no endpoint says so",
        ),
    ],
)
def test_the_endpoint_says_more_than_the_path_which_is_enough_without(
    documents: tuple[Json, Json], old_path: str, finding: str
) -> None:
    found = paired(*documents)
    assert (found.pairs, found.findings) == (1, (f"GET {NEW}: {finding}",))
    assert only(found)["x-routes"]["old"]["path"] == old_path


def test_where_several_have_the_endpoint_the_path_decides() -> None:
    both = old()
    both["paths"]["/copy"] = copy.deepcopy(both["paths"][OLD])
    found = paired(new(), both)
    assert found.pairs == 1
    routes = [each.node["x-routes"] for each in shape.operations(found.document)]
    assert [sorted(each) for each in routes] == [["new", "old"], ["old"]]
    assert routes[0]["old"]["path"] == OLD


def test_another_method_or_endpoint_is_another_operation() -> None:
    posted = document({OLD: {"post": with_endpoint(f"{UP}{NEW}", parameters=[parameter("thing_id", "path")])}})
    found = paired(new(), posted)
    assert found.pairs == 0
    assert set(found.findings) == {f"GET {NEW} is in openapi.json only", f"POST {OLD} is in definition.json only"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/models/{model_id}", "/v1/models/modelid"),
        ("/v1/{a_b}/x/{c-d}:run", "/v1/ab/x/cd:run"),
        ("/v1/api_keys", "/v1/api_keys"),
        ("/v1/{}/{a/b}", "/v1/{}/{a/b}"),
    ],
)
def test_a_path_is_sanitised_as_the_gateway_does_it(path: str, expected: str) -> None:
    assert pair.sanitised(path) == expected


# --- one route only --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("documents", "findings", "route"),
    [
        ((new(), document({})), (f"GET {NEW} is in openapi.json only",), "new"),
        ((document({}), old()), (f"GET {OLD} is in definition.json only",), "old"),
        ((new(), None), (), "new"),
        ((None, old()), (), "old"),
    ],
)
def test_an_operation_of_one_document_keeps_its_route_and_has_the_path_of_the_new_format(
    documents: tuple[Json | None, Json | None], findings: tuple[str, ...], route: str
) -> None:
    found = paired(*documents)
    assert (found.pairs, found.findings, list(found.document["paths"])) == (0, findings, [NEW])
    assert list(only(found)["x-routes"]) == [route]
    assert only(found)["parameters"] == [parameter("thing_id", "path")]
    (read,) = parsed(*documents).package.operations
    assert [field.name for field in read.path] == ["thing_id"]
    assert (read.new is None, read.old is None) == (route == "old", route == "new")


def test_an_old_operation_without_an_endpoint_keeps_its_path_and_sends_its_parameter_in_the_query() -> None:
    theirs = document({OLD: {"get": operation(parameters=[parameter("thing_id", "path")])}})
    found = paired(None, theirs)
    assert list(found.document["paths"]) == [OLD]
    assert only(found)["parameters"] == [parameter("thing_id", required=True, **{"x-pasted": True})]
    (read,) = parsed(None, theirs).package.operations
    assert [field.name for field in read.path] == ["thing_id"], "the gateway pastes it, so it is checked like any other"


def test_without_any_document_there_is_nothing_to_pair() -> None:
    with pytest.raises(DocumentError, match=r"neither openapi\.json nor definition\.json"):
        pair.pair(None, None)


# --- one operation twice ---------------------------------------------------------------------------------------------


def test_two_new_operations_of_one_old_one_stay_two_and_are_named() -> None:
    twice = new()
    twice["paths"]["/others/{thing_id}"] = copy.deepcopy(twice["paths"][NEW])
    found = paired(twice, old())
    (line,) = found.twice
    assert f"GET {NEW}" in line
    assert "GET /others/{thing_id}" in line
    assert [list(item["get"]["x-routes"]) for item in found.document["paths"].values()] == [["new", "old"], ["new"]]


def test_an_old_operation_that_becomes_a_new_one_that_is_there_stays_one_of_its_own_and_is_named() -> None:
    theirs = old()
    theirs["paths"]["/elsewhere"] = old(endpoint=f"{UP}/another", path="/elsewhere")["paths"]["/elsewhere"]
    found = paired(new(endpoint=f"{UP}/another"), theirs)
    assert found.twice == (f"GET {OLD} of definition.json and GET {NEW} are one operation twice",)
    assert list(found.document["paths"]) == [NEW, f"{NEW}#2"]


@pytest.mark.parametrize("place", ["openapi", "definition"])
def test_paths_that_differ_only_by_the_names_of_their_parameters_stay_two_and_are_named(place: str) -> None:
    twice = document({path: {"get": operation()} for path in ("/a/{id}/b", "/a/{name}/b")})
    found = paired(*((twice, None) if place == "openapi" else (None, twice)))
    assert found.twice == (f"{place}.json: GET /a/{{id}}/b and GET /a/{{name}}/b are one operation twice",)
    assert len(found.document["paths"]) == 2


# --- disagreements ---------------------------------------------------------------------------------------------------


def test_fields_of_either_document_are_kept_and_required_only_if_both_say_so() -> None:
    theirs = [parameter("page", required=True), parameter("both", required=True), parameter("mixed", required=False)]
    mine = [parameter("size", required=True), parameter("both", required=True), parameter("mixed", required=True)]
    count, number = ({"required": False, "schema": {"type": type_}} for type_ in ("integer", "number"))
    found = paired(new(*mine, parameter("n", **count)), old(*theirs, parameter("n", **number)))
    required = {each["name"]: each["required"] for each in only(found)["parameters"]}
    assert required == {"thing_id": True, "size": False, "both": True, "mixed": False, "n": False, "page": False}
    assert [each["schema"] for each in only(found)["parameters"] if each["name"] == "n"] == [{"type": "number"}]
    assert found.findings == (
        f"GET {NEW}: parameter size is in openapi.json only",
        f"GET {NEW}: parameter page is in definition.json only",
        f"GET {NEW}: the documents disagree on whether parameter mixed is required",
        f"GET {NEW}: the documents disagree on the type of parameter n",
    )


NUMBER = {"type": "number"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (TEXT, TEXT, TEXT),
        ({"type": "integer"}, NUMBER, NUMBER),
        (NUMBER, {"type": "integer", "description": "x"}, NUMBER),
        ({**TEXT, "description": "mine"}, {**TEXT, "description": "theirs"}, {**TEXT, "description": "mine"}),
        ({**TEXT, "description": "mine"}, {}, {"description": "mine"}),
        (TEXT, NUMBER, {"anyOf": [TEXT, NUMBER]}),
        ({"type": ["string", "null"]}, NUMBER, {"anyOf": [{"type": ["string", "null"]}, NUMBER]}),
        (
            {"type": "object", "properties": {"a": TEXT, "b": {"type": "integer"}}, "required": ["a", "b"]},
            {"type": "object", "properties": {"b": NUMBER, "c": TEXT}, "required": ["b", "c"]},
            {"type": "object", "properties": {"a": TEXT, "b": NUMBER, "c": TEXT}, "required": ["b"]},
        ),
        (
            {"type": "object", "properties": {"a": TEXT}, "required": ["a"]},
            {"type": "object"},
            {"type": "object", "properties": {"a": TEXT}},
        ),
        (
            {"properties": {"a": TEXT}},
            {"type": "object", "properties": {"b": TEXT}},
            {"type": "object", "properties": {"a": TEXT, "b": TEXT}},
        ),
        ({}, {"properties": {"a": TEXT}}, {}),
    ],
)
def test_the_wider_type_takes_what_either_takes(one: Json, other: Json, expected: Json) -> None:
    before = copy.deepcopy((one, other))
    assert wider(one, other) == expected
    assert (one, other) == before


FORM = {"multipart/form-data": {"schema": {"type": "object", "properties": {"f": TEXT}}}}
JSON_AND_FORM = {"content": {**body({"a": TEXT})["content"], **FORM}, "required": False}


@pytest.mark.parametrize(
    ("mine", "theirs", "merged"),
    [
        (
            body({"a": TEXT, "both": TEXT}, required=["a", "both"]),
            body({"b": TEXT, "both": TEXT}, required=["b", "both"]),
            {**body({"a": TEXT, "both": TEXT, "b": TEXT}, required=["both"]), "required": False},
        ),
        ({**body({"a": TEXT}, required=["a"]), "required": True}, None, {**body({"a": TEXT}), "required": False}),
        (None, {**body({"a": TEXT}, required=["a"]), "required": True}, {**body({"a": TEXT}), "required": False}),
        ({**body({"a": TEXT}), "required": True}, {"content": FORM}, JSON_AND_FORM),
    ],
)
def test_fields_and_media_types_of_either_body_are_kept_and_required_only_if_both_say_so(
    mine: Json | None, theirs: Json | None, merged: Json
) -> None:
    bodies: list[dict[str, Any]] = [{"requestBody": each} if each else {} for each in (mine, theirs)]
    found = paired(new(**bodies[0]), old(**bodies[1]))
    assert only(found)["requestBody"] == merged
    assert found.findings == (f"GET {NEW}: the documents disagree on the body",)


def test_other_texts_are_reported_and_the_new_document_speaks() -> None:
    found = paired(new(description="mine"), old(description="theirs"))
    assert only(found)["description"] == "mine"
    assert found.findings == (f"GET {NEW}: the documents disagree on description",)


@pytest.mark.parametrize(
    ("key", "value"), [("servers", [{"url": "https://other"}]), ("security", []), ("components", {"schemas": {}})]
)
def test_a_disagreement_of_the_documents_themselves_is_reported(key: str, value: Any) -> None:
    assert paired(new(), {**old(), key: value}).findings == (f"the documents disagree on {key}",)


# --- components ------------------------------------------------------------------------------------------------------


ANSWERED = {"$ref": "#/components/responses/Answered"}


def thing(schema: Json) -> Json:
    return {"type": "object", "properties": {"a": schema}}


def with_components(schemas: Json, responses: Json | None = None, *, answered: Json) -> Json:
    """The old document whose operation answers this."""
    return {**old(responses={"200": answered}), "components": {"schemas": schemas, "responses": responses or {}}}


def answering(name: str) -> Json:
    return {"description": "Fine", "content": {"application/json": {"schema": ref(name)}}}


@pytest.mark.parametrize("has_components", [False, True])
def test_components_that_only_the_old_document_has_are_kept(has_components: bool) -> None:
    theirs = with_components({"OnlyOld": thing(TEXT)}, {"Answered": answering("OnlyOld")}, answered=ANSWERED)
    theirs["paths"]["/more"] = {"get": operation(responses={"200": ANSWERED})}
    mine = {**new(), **({"components": {"schemas": {"OnlyNew": thing(NUMBER)}}} if has_components else {})}
    found = paired(mine, theirs)
    assert sorted(found.document["components"]["schemas"]) == (["OnlyNew"] if has_components else []) + ["OnlyOld"]
    results = [each.result for each in parsed(mine, theirs).package.operations]
    assert "OnlyOld" in [result.class_name for result in results if result]


def test_another_component_of_the_same_name_is_kept_under_another_and_so_is_what_refers_to_it() -> None:
    inner, outer = thing(TEXT), thing(ref("Inner"))
    union = {"oneOf": [ref("Inner")], "discriminator": {"propertyName": "a", "mapping": {"x": ref("Inner")["$ref"]}}}
    same = {"Same": thing(TEXT), "Outer": outer, "Union": union, "Outermost": thing(ref("Outer"))}
    mine = {**new(), "components": {"schemas": {"Inner": thing(NUMBER), "Inner_old": inner, **same}}}
    theirs = with_components({"Inner": inner, **same}, answered=answering("Outermost"))
    theirs["paths"]["/more"] = {"get": operation(responses={"200": answering("Outermost")})}
    found = paired(mine, theirs)
    schemas = found.document["components"]["schemas"]
    assert schemas["Inner"] == thing(NUMBER)
    assert schemas["Inner_old2"] == inner
    assert schemas["Outer"] == outer
    assert schemas["Outer_old"] == thing(ref("Inner_old2"))
    assert schemas["Outermost_old"] == thing(ref("Outer_old"))
    assert schemas["Union_old"]["discriminator"]["mapping"] == {"x": ref("Inner_old2")["$ref"]}
    assert "Same_old" not in schemas
    more = found.document["paths"]["/more"]["get"]["responses"]["200"]
    assert more == answering("Outermost_old")
    line = "the documents disagree on the component Inner; that of definition.json is Inner_old2"
    assert line in found.findings


# --- all of Baseten --------------------------------------------------------------------------------------------------


def test_every_operation_of_baseten_has_both_routes_and_the_documents_agree() -> None:
    found = paired(*baseten())
    assert (found.pairs, found.findings) == (56, ())
    for each in shape.operations(found.document):
        routes = each.node["x-routes"]
        assert routes["old"]["path"] == pair.sanitised(routes["new"]["path"])


def test_the_documents_that_were_given_stay_as_they_are() -> None:
    mine = new(parameter("a"), requestBody=body({"a": TEXT}, required=["a"]))
    theirs = old(parameter("b"), requestBody=body({"b": TEXT}))
    for one in (mine, theirs):
        for each in shape.operations(one):
            each.node["x-api-endpoint"] = each.node.pop("externalDocs")["api_endpoint"]
    before = copy.deepcopy((mine, theirs))
    pair.pair(mine, theirs)
    assert (mine, theirs) == before
