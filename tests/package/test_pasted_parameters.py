"""Values that the gateway pastes into the provider's URL are path parameters, however the documents spell them.

So the client checks them, and sends them in both formats: `tests/pipeline/test_providers.py`.
"""

from __future__ import annotations

import pytest

from codegen.package import tree
from tests.support.pairs import in_pairs, in_turn
from tests.support.small_documents import Json, document, operation, paired, parameter, parsed

UP = "https://up.example"


def at(path: str, *parameters: Json, endpoint: str | None = None, method: str = "get") -> Json:
    """A document of one operation."""
    more = {} if endpoint is None else {"externalDocs": {"api_endpoint": endpoint}}
    return document({path: {method: operation("Do it", parameters=list(parameters), **more)}})


def read(openapi: Json | None, definition: Json | None = None) -> tree.Operation:
    (found,) = parsed(openapi, definition).package.operations
    return found


def served(one: Json, which: str) -> tuple[Json | None, Json | None]:
    """The document as the new one, the old one or both."""
    return (one if which != "definition" else None, one if which != "openapi" else None)


# --- a parameter of the query in the place of a pasted one -----------------------------------------------------------

SMUGGLED = ["id[]", "[id]", "id[0]", "ID", "[[id]"]


@in_pairs(name=[*SMUGGLED, "id"], which=["openapi", "definition", "both"])
def test_what_the_gateway_reads_as_a_path_parameter_is_no_argument_of_the_query(name: str, which: str) -> None:
    new, old = at("/models/{id}", parameter("id", "path"), parameter(name)), at("/models/id", parameter("id", "path"))
    if name != "id":
        old["paths"]["/models/id"]["get"]["parameters"].append(parameter(name))
    found = parsed(new if which != "definition" else None, old if which != "openapi" else None)
    (only,) = found.package.operations
    assert [field.wire for field in only.arguments] == ["id"]
    says = (f"the query parameter {name}, which the gateway reads as a path parameter,",)
    assert tuple(line.partition(" of GET")[0] for line in found.not_sent) == (
        says if which != "definition" or name != "id" else ()
    )


# --- in the path by the document, without a place in it --------------------------------------------------------------


ENDPOINTS = [
    *("/models/[model_id]", "/models/%7Bmodel_id%7D", "/models/$model_id", "/models/{model_id:int}"),
    *("/models/{Model_Id}", "/models/x-:model_id", "/models/:model_id.json", "/#/{model_id}", "/models"),
    *("/models/{model_id}", "/models/<model_id>", "/models/<int:model_id>", "/{model_id}?a=b"),
]


@in_pairs(
    endpoint=[None, "", *(UP + path for path in ENDPOINTS)],
    name=["model_id", "modelId", "model-id", "modelid", "model_id "],
    which=["openapi", "definition", "both"],
)
def test_a_path_parameter_is_checked_whatever_its_endpoint_says(endpoint: str | None, name: str, which: str) -> None:
    one = at("/models/modelid", parameter(name, "path"), endpoint=endpoint)
    only = read(*served(one, which))
    assert name.strip() in [field.wire for field in only.path]
    assert name.strip() not in [field.wire for field in only.query]
    assert all(name.strip() in route.query for route in (only.new, only.old) if route)


PASTED = [
    *(path for path in ENDPOINTS if path != "/models"),
    *("/a?f={model_id}", "/a?f=<model_id>", "/a?f=:model_id", "/a?f=$model_id", "/a?f=[model_id]"),
    *("/a?f=a&g=%7Bmodel_id%7D#x", "/a%3Fb/{model_id}", "/a%3Fb/:model_id", "/a/{model_id?}/b", "/a/{model_id?}:verb"),
]


@in_turn(endpoint=PASTED, which=["openapi", "definition", "both"])
def test_a_parameter_of_the_query_that_its_endpoint_has_a_place_for_is_checked(endpoint: str, which: str) -> None:
    one = at("/models/get", parameter("model_id"), parameter("page"), endpoint=UP + endpoint)
    only = read(*served(one, which))
    assert ([field.wire for field in only.path], [field.wire for field in only.query]) == (["model_id"], ["page"])


@pytest.mark.parametrize(
    "endpoint", [f"{UP}:8080/a/x:page", f"{UP}/a/{{id}}:page", f"{UP}/a?$page=1&x[page]=2&y=a:page"]
)
def test_a_verb_a_port_and_a_name_in_the_query_of_the_endpoint_are_no_places(endpoint: str) -> None:
    only = read(None, at("/a/get", parameter("page"), endpoint=endpoint))
    assert [field.wire for field in only.query] == ["page"]


def test_a_place_of_the_endpoint_that_no_parameter_fills_is_reported() -> None:
    endpoint = "https://{shard}.example/v2/{tenant}/a/:id?key={api_token}"
    documents = (
        at("/a/{id}", parameter("id", "path"), endpoint=endpoint),
        at("/a/id", parameter("id", "path"), endpoint=endpoint),
    )
    for given in ((documents[0], None), (None, documents[1]), documents):
        place = "GET /a/id" if given[0] is None else "GET /a/{id}"
        assert paired(*given).unfilled == tuple(
            f"{place}: no parameter stands for {name!r} of its endpoint" for name in ("shard", "tenant")
        )


# --- every path argument is sent -------------------------------------------------------------------------------------


def test_a_path_parameter_that_the_old_document_does_not_have_is_sent_in_the_old_format_too() -> None:
    endpoint = f"{UP}/orgs/{{org}}/m/{{id}}"
    placed = [parameter("org", "path"), parameter("id", "path")]
    new = at("/orgs/{org}/m/{id}", *placed, endpoint=endpoint, method="delete")
    old = at("/orgs/org/m/id", parameter("id", "path"), endpoint=endpoint, method="delete")
    assert read(new, old).old == tree.Route("DELETE", "/orgs/org/m/id", ("id", "org"))


@pytest.mark.parametrize("declared", [[], [parameter("id")]])
@pytest.mark.parametrize("new", [at("/m/{id}", endpoint=f"{UP}/m/{{id}}"), None], ids=["both", "old"])
def test_a_place_of_the_endpoint_is_an_argument_where_no_document_declares_it(
    new: Json | None, declared: list[Json]
) -> None:
    only = read(new, at("/m/id", *declared, endpoint=f"{UP}/m/{{id}}"))
    assert [field.wire for field in only.arguments] == ["id"]
    assert only.old == tree.Route("GET", "/m/id", ("id",))


def test_a_place_of_the_old_path_that_has_another_name_is_filled() -> None:
    endpoint = f"{UP}/same"
    only = read(
        at("/m/{id}", parameter("id", "path"), endpoint=endpoint),
        at("/m/{name}", parameter("name", "path"), endpoint=endpoint),
    )
    assert only.old == tree.Route("GET", "/m/{name}", ("name", "id"))
    assert [field.wire for field in only.path] == ["id", "name"]


def test_two_places_of_one_name_are_two_values_that_both_formats_send() -> None:
    endpoint = f"{UP}/m/{{id}}/n/{{id}}"
    only = read(
        at("/m/{id}/n/{id}", parameter("id", "path"), endpoint=endpoint),
        at("/m/id/n/id", parameter("id", "path"), endpoint=endpoint),
    )
    assert only.new == tree.Route("GET", "/m/{id}/n/{id_2}")
    assert only.old == tree.Route("GET", "/m/id/n/id", ("id", "id_2"))


@pytest.mark.parametrize(
    ("old", "endpoint", "says"),
    [
        (at("/m/id"), "/m/{id}", "GET /m/id: no parameter stands for {id} of its endpoint; it is optional"),
        (
            at("/m/id/n/id", parameter("id", "path")),
            "/m/{id}/n/{id}",
            "GET /m/id/n/id: {id} stands twice in its endpoint; the old format has one value for both",
        ),
    ],
)
def test_a_place_that_nobody_declares_or_that_stands_twice_is_reported(old: Json, endpoint: str, says: str) -> None:
    (node,) = (node for item in old["paths"].values() for node in item.values())
    node["externalDocs"] = {"api_endpoint": UP + endpoint}
    assert paired(None, old).findings == (says,)


# --- the token -------------------------------------------------------------------------------------------------------


@in_pairs(
    name=["api_token", "api_token[]", "[api_token]"],
    endpoint=[None, f"{UP}/a/{{api_token}}", f"{UP}/a/[api_token]"],
    which=["openapi", "definition", "both"],
)
def test_the_token_is_no_argument_where_the_gateway_pastes_it(name: str, endpoint: str | None, which: str) -> None:
    one = at("/a/apitoken", parameter(name, "path"), endpoint=endpoint)
    found = parsed(*served(one, which))
    (only,) = found.package.operations
    assert not only.arguments
    assert all(route.query == () and route.path == "/a/apitoken" for route in (only.new, only.old) if route)
    assert found.not_sent == (f"the query parameter {name} of GET /a/apitoken",)


# --- the places of a path --------------------------------------------------------------------------------------------

SPELLED = [
    *("/a/:pid", "/a/{pid}", "/a/<pid>", "/a/<int:pid>", "/a/[pid]", "/a/{{pid}}", "/a/${pid}", "/a/${{pid}}"),
    *("/a/{ pid }", "/a/{{ pid }}", "/a/[pid]/", "/a/:pid/"),
]


@in_pairs(path=SPELLED, end=["", ":resolve", ".json", "/b", ".json:resolve"], name=["pid", " pid "])
def test_a_place_is_found_however_it_is_spelled(path: str, end: str, name: str) -> None:
    found = parsed(at(f"{path.rstrip('/')}{end}", parameter(name, "path")), None)
    (only,) = found.package.operations
    assert only.new == tree.Route("GET", f"/a/{{pid}}{end}")
    assert [field.wire for field in only.arguments] == ["pid"]
    assert paired(at(f"{path.rstrip('/')}{end}"), None).findings == ()


@pytest.mark.parametrize(
    ("path", "name", "right"),
    [
        *((f"/a/{{{spelled}}}/b", "id", "id") for spelled in ("id*", "id+", "+id", "id?", "id:int", "int:id")),
        *((f"/a/{{{spelled}}}/b", spelled, spelled) for spelled in ("id*", "id:int")),
        ("/a/{c#d}/b", "c#d", "c_d"),
        ("/a/{c#d}/b#x", "c_d", "c_d"),
    ],
)
def test_a_place_that_says_more_than_a_name_is_one_argument(path: str, name: str, right: str) -> None:
    only = read(at(path, parameter(name, "path")))
    assert only.new == tree.Route("GET", f"/a/{{{right}}}/b")
    assert [field.wire for field in only.arguments] == [right]


@pytest.mark.parametrize("name", ["id", "id*"])
def test_two_places_that_differ_by_more_than_a_name_stay_two(name: str) -> None:
    only = read(at("/a/{id}/{id*}", parameter("id", "path"), parameter(name, "query")))
    assert only.new == tree.Route("GET", "/a/{id}/{id*}")
    assert [field.wire for field in only.path] == ["id", "id*"]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/a/x-:id", "':id' in the path may stand for a value"),
        ("/a/:1x", "':1x' in the path may stand for a value"),
        ("/a/:pid-x", "':pid' in the path may stand for a value"),
        ("/a/x<pid>", "'<pid>' in the path may stand for a value"),
        ("/a/x{pid", "'{' in the path may stand for a value"),
        ("/a/%7Bpid", "'{' in the path may stand for a value"),
        ("/a/x[pid", "'[' in the path may stand for a value"),
        ("/a?type=b", "the path has a query"),
        ("/a/../b", "the path has a dot segment"),
        ("/a/%2E", "the path has a dot segment"),
    ],
)
def test_what_is_no_plain_path_and_is_not_understood_is_reported(path: str, says: str) -> None:
    (line,) = paired(at(path), None).findings
    assert line.startswith(f"openapi.json: GET {path}: {says}")


def test_of_many_of_them_the_first_few_are_reported() -> None:
    found = paired(at("/a" + "".join(f"/-:{number}" for number in range(100)) + "/<a"), None).findings
    assert len(found) == 6
    assert found[-1].endswith("96 more in the path may stand for values; they are sent as they are")


@pytest.mark.parametrize("path", ["/a/proposal_id:resolve", "/a/{id}:resolve", "/a:b", "/a.b", "/a/...", "https//a:80"])
def test_a_plain_path_is_not_reported(path: str) -> None:
    assert paired(at(path), None).findings == ()
