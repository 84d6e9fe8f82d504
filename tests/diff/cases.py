"""The smallest pair of versions that yields each id of a finding."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any

import attrs

from codegen.diff.source import Source
from tests.diff.documents import BOTH, THING, Documents, Json, documents, operation, source

One = Callable[[Json], object]


@attrs.frozen
class Case:
    """A pair of versions that yields an id."""

    id: str
    old: Source
    new: Source


def _put(root: Any, key: str, value: Any) -> None:
    root[key] = value


def _both(edit: One, *, only: tuple[str, ...] = BOTH) -> Documents:
    found = documents()
    for name in only:
        edit(found[name])
    return found


def _list(found: Json) -> Json:
    return operation(found, "get")


def _get(found: Json) -> Json:
    return operation(found, "get", one=True)


def _post(found: Json) -> Json:
    return operation(found, "post")


def _body(found: Json) -> Json:
    schema: Json = _post(found)["requestBody"]["content"]["application/json"]["schema"]
    return schema


def _answer(found: Json) -> Json:
    schema: Json = _get(found)["responses"]["200"]["content"]["application/json"]["schema"]
    return schema


def _order(found: Json) -> Json:
    order: Json = next(each for each in _list(found)["parameters"] if each["name"] == "order")
    return order


def _ordered(found: Json, values: list[str]) -> None:
    _order(found)["schema"]["enum"] = values


def _moved(found: Json) -> None:
    for item in found["paths"].values():
        for node in item.values():
            node["externalDocs"]["api_endpoint"] = node["externalDocs"]["api_endpoint"].replace("upstream", "other")


def _limit(found: Json) -> Json:
    parameter: Json = _list(found)["parameters"][0]
    return parameter


def _answers(found: Json, schema: Json) -> None:
    _get(found)["responses"]["200"]["content"]["application/json"]["schema"] = schema


def _lists(found: Json, schema: Json) -> None:
    _list(found)["responses"]["200"]["content"]["application/json"]["schema"] = schema


def _drop_path(found: Json, path: str) -> None:
    for each in [each for each in found["paths"] if each.rstrip("}").endswith(path)]:
        del found["paths"][each]


def _move(found: Json, old: str, new: str) -> None:
    found["paths"][new] = found["paths"].pop(old)


def _enveloped(found: Json, key: str) -> None:
    properties = {key: copy.deepcopy(THING), "provider": {"type": "string"}}
    _answers(found, {"type": "object", "properties": properties})


ONE = {"openapi": "/v1/things/{thing_id}", "definition": "/v1/things/thingid"}
NEW_ONE = {"openapi": "/v2/things/{thing_id}", "definition": "/v2/things/thingid"}
PARAMETER = {"name": "extra", "in": "query", "schema": {"type": "boolean"}}


def _renamed_path() -> Documents:
    found = documents()
    for name in BOTH:
        _move(found[name], ONE[name], NEW_ONE[name])
    return found


def _other_place() -> Json:
    found = documents()["openapi"]
    item = found["paths"]["/v1/things/{thing}"] = found["paths"].pop("/v1/things/{thing_id}")
    del item["delete"]
    item["get"]["parameters"][0]["name"] = "thing"
    return found


def _other_method() -> Documents:
    found = documents()
    for name in BOTH:
        item = found[name]["paths"]["/v1/things"]
        item["put"] = item.pop("post")
    return found


def _moved_parameter(found: Json) -> None:
    parameter = _list(found)["parameters"].pop(0)
    _list(found)["parameters"].append({**parameter, "in": "header"})


def _swapped_arguments() -> Documents:
    found = documents()
    for name in BOTH:
        item = found[name]["paths"].pop(ONE[name])
        more = {"name": "part_id", "in": "path", "required": True, "schema": {"type": "string"}}
        del item["delete"]
        item["get"]["parameters"].append(more)
        path = f"{ONE[name]}/parts/" + ("{part_id}" if name == "openapi" else "partid")
        found[name]["paths"][path] = item
    return found


def _swapped_arguments_after() -> Documents:
    found = _swapped_arguments()
    for name in BOTH:
        for path, item in list(found[name]["paths"].items()):
            if "parts" in path:
                item["get"]["parameters"].reverse()
                is_new = name == "openapi"
                del found[name]["paths"][path]
                turned = "/v1/parts/{part_id}/things/{thing_id}" if is_new else "/v1/parts/partid/things/thingid"
                found[name]["paths"][turned] = item
    return found


# --- components ------------------------------------------------------------------------------------------------------

_PAINT = {"type": "object", "required": ["colour"], "properties": {"colour": {"type": "string"}, "gloss": {}}}


def _with_component(found: Documents, name: str = "Paint", schema: Json | None = None) -> Documents:
    for each in BOTH:
        found[each]["components"]["schemas"] = {name: copy.deepcopy(schema or _PAINT)}
    return found


def _sent(name: str = "Paint", schema: Json | None = None) -> Documents:
    """Documents with a component as a field of a body."""
    found = _with_component(documents(), name, schema)
    for each in BOTH:
        _body(found[each])["properties"]["paint"] = {"$ref": f"#/components/schemas/{name}"}
    return found


def _received(name: str = "Paint", schema: Json | None = None) -> Documents:
    """Documents with a component as a field of an answer."""
    found = _with_component(documents(), name, schema)
    for each in BOTH:
        _answer(found[each])["properties"]["paint"] = {"$ref": f"#/components/schemas/{name}"}
    return found


def _sent_and_received() -> Documents:
    found = _sent()
    for each in BOTH:
        _answer(found[each])["properties"]["paint"] = {"$ref": "#/components/schemas/Paint"}
    return found


def _paint(**changes: Any) -> Json:
    return {**copy.deepcopy(_PAINT), **changes}


_TARGET = "$.paths['/v1/things'].get"


def _named(name: str) -> list[Json]:
    return [{"target": _TARGET, "update": {"operationId": name}}]


def _field(schema: Callable[[Json], Json], name: str) -> Callable[[Json], Json]:
    """A function that finds the field of a schema in a document."""

    def found(document: Json) -> Json:
        field: Json = schema(document)["properties"][name]
        return field

    return found


def _adds_status(status: str) -> One:
    return lambda found: _put(_get(found)["responses"], status, {"description": "Other"})


Pairs = dict[str, tuple[Documents | Source, Documents | Source]]


def _rules(name: str, schema: Callable[[Json], Json], choice: Callable[[Json], Json]) -> Pairs:
    """The cases that parameters and body fields share: a whole number with bounds, and a choice."""
    base = documents()
    wide = _both(lambda found: _put(schema(found), "type", "number"))
    return {
        f"{name}-type-changed": (base, _both(lambda found: _put(schema(found), "type", "boolean"))),
        f"{name}-type-widened": (base, wide),
        f"{name}-type-narrowed": (wide, base),
        f"{name}-enum-value-added": (base, _both(lambda found: choice(found)["enum"].append("sideways"))),
        f"{name}-enum-value-removed": (base, _both(lambda found: choice(found)["enum"].pop())),
        f"{name}-default-changed": (
            base,
            _both(lambda found: _put(choice(found), "default", choice(found)["enum"][1])),
        ),
        f"{name}-format-changed": (base, _both(lambda found: _put(choice(found), "pattern", "^[a-z]+$"))),
        f"{name}-bounds-tightened": (base, _both(lambda found: _put(schema(found), "maximum", 8))),
        f"{name}-bounds-loosened": (base, _both(lambda found: schema(found).pop("maximum"))),
        f"{name}-schema-changed": (base, _both(lambda found: _put(schema(found), "x-unit", "pieces"))),
    }


def _cases() -> Pairs:
    base = documents()
    result: Pairs = {}

    def case(id_: str, edit: One, *, only: tuple[str, ...] = BOTH) -> None:
        result[id_] = (base, _both(edit, only=only))

    # operations
    case(
        "operation-added",
        lambda found: _put(found["paths"], "/v1/parts", {"get": {**_list(found), "summary": "List parts"}}),
    )
    case("operation-removed", lambda found: found["paths"]["/v1/things"].pop("post"))
    result["operation-renamed"] = (source(base), source(base, actions=_named("things.every")))
    result["operation-path-changed"] = (base, _renamed_path())
    result["operation-method-changed"] = (base, _other_method())
    result["route-gained"] = (_both(lambda found: found["paths"]["/v1/things"].pop("post"), only=("definition",)), base)
    case("route-lost", lambda found: found["paths"]["/v1/things"].pop("post"), only=("openapi",))
    case("documents-disagree", lambda found: _put(_limit(found)["schema"], "type", "string"), only=("openapi",))
    result["documents-agree"] = (
        _both(lambda found: _put(_limit(found)["schema"], "type", "string"), only=("openapi",)),
        base,
    )
    case("operation-deprecated", lambda found: _put(_get(found), "deprecated", True))
    result["operation-undeprecated"] = (_both(lambda found: _put(_get(found), "deprecated", True)), base)
    for id_, classes in (("loosened", ("unsafe", "idempotent")), ("tightened", ("idempotent", "unsafe"))):
        old, new = (source(base, actions=[{"target": _TARGET, "update": {"x-safety": name}}]) for name in classes)
        result[f"safety-class-{id_}"] = (old, new)
    for mark in ("destructive", "removal", "asynchronous"):
        marked = source(base, actions=[{"target": _TARGET, "update": {f"x-{mark}": True}}])
        result[f"{mark}-mark-changed"] = (source(base), marked)
    old, new = (source(base, actions=[{"target": _TARGET, "update": {"x-timeout": time}}]) for time in (60, 600))
    result["deadline-changed"] = (old, new)
    case(
        "upstream-endpoint-changed",
        lambda found: _put(_get(found)["externalDocs"], "api_endpoint", "https://x.example.com/y"),
    )
    case("operation-tags-changed", lambda found: _put(_get(found), "tags", ["Things", "More"]))
    case("operation-text-changed", lambda found: _put(_get(found), "description", "Something else."))
    case("operation-changed", lambda found: _put(_get(found), "x-cost", 3))
    stale = [
        {
            "target": f"{_TARGET}",
            "update": {"description": "All."},
            "x-was": {"description": "List things, whatever it takes."},
        }
    ]
    restated = _both(lambda found: _put(_list(found), "description", "Show things."))
    result["overlay-misfit"] = (source(base, actions=stale), source(restated, actions=stale))
    result["overlay-fits"] = (source(restated, actions=stale), source(base, actions=stale))
    order = f"{_TARGET}.parameters[?@.name == 'order'].schema.enum"
    versions = [
        source(
            _both(functools.partial(_ordered, values=listed)),
            actions=[{"target": order, "remove": True, "x-was": listed}],
        )
        for listed in (["up", "down"], ["up", "down", "none"])
    ]
    result["changed-under-overlay"] = (versions[0], versions[1])
    case("upstream-host-changed", _moved)
    unsure = source(base, actions=[{"target": _TARGET, "update": {"x-safety": "perhaps"}}])
    result["generation-fails"] = (base, unsure)
    result["generation-works"] = (unsure, base)
    clash = [{"type": "object", "properties": {"a": {"type": kind}}} for kind in ("string", "integer")]
    odd = _both(lambda found: _put(_answer(found)["properties"], "odd", {"allOf": clash}))
    result["parser-warning"] = (base, odd)
    result["parser-warning-gone"] = (odd, base)

    # requests
    case("request-parameter-added-optional", lambda found: _list(found)["parameters"].append(PARAMETER))
    case(
        "request-parameter-added-required",
        lambda found: _list(found)["parameters"].append({**PARAMETER, "required": True}),
    )
    case("request-parameter-removed", lambda found: _list(found)["parameters"].pop(0))
    case("request-parameter-became-required", lambda found: _put(_limit(found), "required", True))
    result["request-parameter-became-optional"] = (_both(lambda found: _put(_limit(found), "required", True)), base)
    case("request-parameter-renamed", lambda found: _put(_limit(found), "name", "limits"))
    new_format = {"openapi": documents()["openapi"]}
    del new_format["openapi"]["paths"]["/v1/things/{thing_id}"]["delete"]
    result["request-path-parameter-renamed"] = (new_format, {"openapi": _other_place()})
    case("request-parameter-text-changed", lambda found: _put(_limit(found), "description", "Fewest things"))
    for what, schema, choice in (
        ("parameter", lambda found: _limit(found)["schema"], lambda found: _list(found)["parameters"][1]["schema"]),
        ("property", _field(_body, "count"), _field(_body, "mode")),
    ):
        result |= _rules(f"request-{what}", schema, choice)
    case(
        "request-property-added-optional", lambda found: _put(_body(found)["properties"], "extra", {"type": "boolean"})
    )
    case(
        "request-property-added-required",
        lambda found: _put(_body(found)["properties"], "extra", {"type": "boolean", "required": True}),
    )
    case("request-property-removed", lambda found: _body(found)["properties"].pop("when"))
    case("request-property-became-required", lambda found: _put(_body(found), "required", ["name", "count"]))
    case("request-property-became-optional", lambda found: _put(_body(found), "required", []))
    case(
        "request-property-renamed",
        lambda found: _put(_body(found)["properties"], "amount", _body(found)["properties"].pop("count")),
    )
    case("request-property-text-changed", lambda found: _put(_body(found)["properties"]["name"], "description", "Name"))
    case("request-field-moved", _moved_parameter)
    result["request-body-became-required"] = (
        _both(lambda found: _put(_post(found)["requestBody"], "required", False)),
        base,
    )
    case("request-body-became-optional", lambda found: _put(_post(found)["requestBody"], "required", False))
    form = {"schema": {"type": "object", "properties": {"name": {"type": "string"}}}}
    case("request-content-type-added", lambda found: _put(_post(found)["requestBody"]["content"], "text/csv", form))
    result["request-content-type-removed"] = (
        _both(lambda found: _put(_post(found)["requestBody"]["content"], "text/csv", form)),
        base,
    )

    # answers
    name = "response-property"
    field = functools.partial(_field, _answer)
    case(f"{name}-added", lambda found: _put(_answer(found)["properties"], "extra", {"type": "boolean"}))
    case(f"{name}-removed", lambda found: _answer(found)["properties"].pop("made"))
    case(f"{name}-became-optional", lambda found: _answer(found)["required"].remove("name"))
    case(f"{name}-became-required", lambda found: _answer(found)["required"].append("size"))
    case(f"{name}-became-nullable", lambda found: _put(field("size")(found), "type", ["integer", "null"]))
    case(f"{name}-became-not-nullable", lambda found: _put(field("note")(found), "type", "string"))
    case(f"{name}-type-changed", lambda found: _put(field("size")(found), "type", "boolean"))
    case(f"{name}-type-widened", lambda found: _put(field("size")(found), "type", "number"))
    result[f"{name}-type-narrowed"] = (_both(lambda found: _put(field("size")(found), "type", "number")), base)
    case(f"{name}-enum-value-added", lambda found: field("state")(found)["enum"].append("broken"))
    case(f"{name}-enum-value-removed", lambda found: field("state")(found)["enum"].pop())
    case(f"{name}-default-changed", lambda found: _put(field("state")(found), "default", "off"))
    case(f"{name}-format-changed", lambda found: _put(field("made")(found), "format", "date"))
    case(f"{name}-bounds-tightened", lambda found: _put(field("size")(found), "minimum", 2))
    case(f"{name}-bounds-loosened", lambda found: field("size")(found).pop("minimum"))
    case(
        f"{name}-renamed",
        lambda found: _put(_answer(found)["properties"], "made_at", _answer(found)["properties"].pop("made")),
    )
    case(f"{name}-text-changed", lambda found: _put(field("name")(found), "description", "Its name"))
    case(f"{name}-schema-changed", lambda found: _put(field("name")(found), "readOnly", True))
    paged = {
        "type": "object",
        "properties": {"things": {"type": "array", "items": THING}, "next_page_token": {"type": "string"}},
    }
    result["list-became-paged"] = (base, _both(lambda found: _lists(found, paged)))
    result["list-became-unpaged"] = (_both(lambda found: _lists(found, paged)), base)
    for kind, status in (("success", "202"), ("error", "429")):
        more_statuses = _both(_adds_status(status))
        result[f"response-{kind}-status-added"] = (base, more_statuses)
        result[f"response-{kind}-status-removed"] = (more_statuses, base)
    bare = _both(lambda found: _get(found)["responses"]["200"].pop("content"))
    result["response-body-added"] = (bare, base)
    result["response-body-removed"] = (base, bare)
    text = _both(
        lambda found: _put(_get(found)["responses"]["200"]["content"], "text/plain", {"schema": {"type": "string"}})
    )
    result["response-content-type-added"] = (base, text)
    result["response-content-type-removed"] = (text, base)
    result["envelope-changed"] = (
        _both(lambda found: _enveloped(found, "data")),
        _both(lambda found: _enveloped(found, "result")),
    )

    # the gateway
    case("server-url-changed", lambda found: _put(found["servers"][0], "url", "https://api.example.com/v2"))
    case(
        "security-scheme-changed",
        lambda found: _put(found["components"]["securitySchemes"]["ApiToken"], "x-scope", "all"),
    )
    case("token-place-changed", lambda found: _put(found["components"]["securitySchemes"]["ApiToken"], "in", "header"))
    case("security-requirement-changed", lambda found: _put(_get(found), "security", []))
    result["document-lost"] = (base, {"openapi": base["openapi"]})
    result["document-gained"] = ({"definition": base["definition"]}, base)
    case("gateway-text-changed", lambda found: _put(found["info"], "description", "Other things"))
    case("document-changed", lambda found: _put(found, "x-rate", 5))
    result["unused-schema-changed"] = (base, _with_component(documents()))

    # Python callers
    result["python-method-added"] = result["operation-added"]
    result["python-method-removed"] = result["operation-removed"]
    result["python-method-renamed"] = result["operation-renamed"]
    result["python-argument-added-optional"] = result["request-parameter-added-optional"]
    result["python-argument-added-required"] = result["request-property-added-required"]
    result["python-argument-removed"] = result["request-parameter-removed"]
    result["python-argument-renamed"] = result["request-parameter-renamed"]
    result["python-argument-moved"] = (_swapped_arguments(), _swapped_arguments_after())
    result["python-argument-became-required"] = result["request-property-became-required"]
    result["python-argument-became-optional"] = result["request-property-became-optional"]
    result["python-argument-type-changed"] = (_sent("Paint"), _sent("Paints"))
    nullable = _both(lambda found: _put(_body(found)["properties"]["count"], "type", ["integer", "null"]))
    result["python-argument-type-widened"] = (base, nullable)
    result["python-argument-type-narrowed"] = (nullable, base)
    result["python-return-type-changed"] = (base, _both(lambda found: _answers(found, {"type": "array", "items": {}})))
    result["python-model-added"] = (base, _received())
    result["python-model-removed"] = (_received(), base)
    result["python-model-renamed"] = (_received("Paint"), _received("Paints"))
    structured = _both(lambda found: _answer(found)["properties"].update(state=copy.deepcopy(_PAINT)))
    result["python-model-kind-changed"] = (base, structured)
    result["python-attribute-added"] = result[f"{name}-added"]
    result["python-attribute-removed"] = result[f"{name}-removed"]
    result["python-attribute-renamed"] = result[f"{name}-renamed"]
    result["python-attribute-type-changed"] = result[f"{name}-type-changed"]
    named = _both(lambda found: _put(field("name")(found), "type", ["string", "null"]))
    result["python-attribute-type-widened"] = (base, named)
    result["python-attribute-type-narrowed"] = (named, base)
    needs_both = _sent(schema=_paint(required=["colour", "gloss"]))
    result["python-attribute-became-required"] = (_sent(), needs_both)
    result["python-attribute-became-optional"] = (needs_both, _sent())
    result["python-enum-member-added"] = result[f"{name}-enum-value-added"]
    result["python-enum-member-removed"] = result[f"{name}-enum-value-removed"]
    result["python-enum-member-changed"] = (
        _both(lambda found: _put(field("state")(found), "enum", ["on", "half-on"])),
        _both(lambda found: _put(field("state")(found), "enum", ["on", "half_on"])),
    )
    result["python-name-added"] = (_received(), _sent_and_received())
    result["python-name-removed"] = (_sent_and_received(), _received())
    return result


def cases() -> list[Case]:
    """All cases."""
    return [
        Case(id_, *(side if isinstance(side, Source) else source(side) for side in pair))
        for id_, pair in _cases().items()
    ]
