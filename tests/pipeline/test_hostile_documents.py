"""A document is untrusted: whatever it says, it becomes a clean package or an error that names the place."""

from __future__ import annotations

import ast
import copy
import enum
import importlib
import inspect
import itertools
import json
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from codegen import pipeline
from codegen.document import reading, shape
from codegen.document.reading import DocumentError
from codegen.overlay import overlay
from codegen.pair import pair
from codegen.repair import paths, repair
from tests.support.generated_package import compiled, imported
from tests.support.profiles import examples
from tests.support.small_documents import (
    BASETEN,
    Json,
    answer,
    body,
    document,
    operation,
    parameter,
    parsed,
    ref,
    store,
)

OWN = {"timeout", "extra_query", "extra_headers", "extra_body"}
CODE = "__import__('pathlib').Path('CANARY').touch()"

TEXTS = [
    *('"', "'", "\\", '"""', "'''", "x\\", 'x"', '"x"', "\n", "\r\n\t", "\x00\x1b[31m", "\u202e\u2066\u200b\ufeff"),
    *("\u2028\u2029\x85", "\U000e0041", f'"""\n{CODE}\n"""', f'\\"""\n{CODE}\n"""', f"'); {CODE}; ('"),
    *(f'"); {CODE}; ("', f"{{{{ {CODE} }}}}", f"{{% set x = {CODE} %}}", f"{{# {CODE} #}}", f"{{{CODE}}}"),
    *("{0.__class__}", f"\n{CODE}\n#", f"]); {CODE} #", f"\\\n{CODE}", "__class__", "__init__", "__slots__"),
    *("from_dict", "to_dict", "self", "class", "None", "True", "list", "print", "str", "timeout", "extra_body"),
    *("additional_properties", "../../CANARY", "/etc/CANARY", "C:\\CANARY", "a/b\\c", "..", ".", "é", "日本", "ª"),
    *("a b", "a-b", "a_b", "A B", "AB", "`code` <b>|</b> [x](javascript:1)", "</script>", "x" * 5000, "# type: ignore"),
    *("# noqa", "UNSET", "result", "Call", "datetime", "cls", "body", "metadata", "_received", "get", "schema", "Any"),
    *("Schema", "Client", "close", "cached_property", "async", "match", "type", "0", "1a", "-", "$&", "\\N{BULLET}"),
    *("\\u0041", "{", "}", "%s", "${x}", "-->", "classmethod", "masked", "builtins", "raw", "models"),
]


def hostile_operation(index: int, text: str) -> Json:
    """An operation with the text in every place that holds text."""
    said = {"description": text, "default": text, "example": text, "title": text, "format": text}
    fields = {
        text: {**said, "type": "string"},
        "kind": {"type": "string", "description": text, "enum": [f"-{text}-", f"-{text}1", "ok", f"-{text}-"]},
        "nested": {"type": "object", "title": text, "properties": {f"a{text}": {**said, "type": "integer"}}},
    }
    return operation(
        f"{text} {index}",
        description=text,
        tags=[text],
        parameters=[parameter(text, schema={**said, "type": "string"}), parameter(f"q {text}", description=text)],
        requestBody=body(fields, required=[text], description=text),
        responses=answer(
            {"type": "object", "description": text, "properties": {f"{text}b": {**said, "format": "password"}}}
        ),
        externalDocs={"url": text, "description": text, "api_endpoint": text},
        **{"x-alias": {text: text}, "x-timeout": text, "x-safety": text, "x-list": text, "x-routes": {"new": text}},
    )


def braceless(text: str) -> str:
    return text.replace("{", "(").replace("}", ")")


def hostile_document() -> Json:
    paths = {
        f"/{index}/{braceless(text)}": {"post": hostile_operation(index, text)} for index, text in enumerate(TEXTS)
    }
    return {**document(paths), "info": {"title": CODE, "description": "".join(TEXTS)}}


def hostile_overlay() -> str:
    """An overlay with the texts in every place that holds text."""
    actions = [
        {
            "target": f"$.paths[{json.dumps(f'/{index}/{braceless(text)}')}].post",
            "description": text,
            "update": {"x-note": text, "requestBody": {"description": text}},
        }
        for index, text in enumerate(TEXTS)
        if text.isprintable()
    ]
    return yaml.safe_dump({"overlay": "1.0.0", "info": {"title": TEXTS[0]}, "actions": actions})


def generated(folder: Path, openapi: Json) -> pipeline.Generated:
    """The package of a provider without an overlay, unless the test has one, written below `out`."""
    store(folder / "specs" / "hostile", openapi)
    result = pipeline.generate("hostile", specs=folder / "specs", say=lambda line: None)
    pipeline.write(result, folder / "out")
    return result


def exercised(made_of: pipeline.Generated) -> tuple[dict[str, list[list[str]]], set[frozenset[str]]]:
    """Import every module, read and make every structure, call every method.

    Returns the names that each call sends in its path, its query and its body; and the values of each enum.
    """
    calls: dict[str, list[list[str]]] = {}
    enums: set[frozenset[str]] = set()
    package = made_of.package
    with imported(package, made_of.files) as made:
        for path in made_of.files:
            if path.endswith(".py"):
                importlib.import_module(path.removesuffix(".py").replace("/", ".").removesuffix(".__init__"))
        for cls in (getattr(made.models, name) for name in made.models.__all__):
            if isinstance(cls, type) and issubclass(cls, enum.Enum):
                enums.add(frozenset(member.value for member in cls))
            elif isinstance(cls, type) and issubclass(cls, made.models.Schema) and cls is not made.models.Schema:
                round_trip(cls, sys.modules[f"{package.name}.models.schema"].attributes(cls))
        client = made.Client(made.new_format)
        client._run = lambda call: calls.update(
            {call.operation: [*map(list, (call.path, call.query, call.body or ()))]}
        )
        for operation in package.operations:
            method = getattr(getattr(client, operation.group), operation.name)
            method(**{name: "a" for name in inspect.signature(method).parameters if name not in OWN})
    return calls, enums


def round_trip(cls: Any, attributes: dict[str, str]) -> None:
    received = {wire: f"value of {wire}" for wire in attributes}
    read = cls.from_dict({**received, "unknown": 1})
    assert {wire: getattr(read, name) for wire, name in attributes.items()} == received
    assert read.additional_properties == {"unknown": 1}
    assert read.to_dict() == {**received, "unknown": 1}
    assert cls(**{name: received[wire] for wire, name in attributes.items()}).to_dict() == received


def assert_clean(files: dict[str, bytes]) -> None:
    """Python with only plain letters in its names, and without characters that editors hide."""
    for path, content in files.items():
        assert all(part.isascii() and part not in {"", ".", ".."} for part in path.split("/")), path
        text = content.decode()
        hidden = {char for char in set(text) if unicodedata.category(char)[0] in {"C", "Z"}} - {"\n", " "}
        assert not hidden, (path, hidden)
        if path.endswith(".py") and ("__import__" in text or not text.isascii()):
            names = {
                getattr(node, key, "") for node in ast.walk(ast.parse(text)) for key in ("id", "name", "attr", "arg")
            }
            assert "__import__" not in names and all(name.isascii() for name in names if isinstance(name, str)), path


# --- a clean package -------------------------------------------------------------------------------------------------


def test_texts_that_would_be_code_stay_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    overlays = tmp_path / "overlays"
    overlays.mkdir()
    monkeypatch.setattr(pipeline, "OVERLAYS", overlays)
    (overlays / "hostile.yaml").write_text(hostile_overlay(), encoding="utf-8")
    result = generated(tmp_path, hostile_document())
    assert_clean(result.files)
    written = {
        path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()
    }
    assert written == set(result.files)
    calls, enums = exercised(result)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "overlays", "specs"], "something ran"
    assert len(calls) == len(TEXTS), "no operation is lost"
    sent = {operation.new.path: calls[operation.id] for operation in result.package.operations if operation.new}
    for index, text in enumerate(TEXTS):
        path = paths.on_the_wire(paths.repaired(f"/{index}/{braceless(text)}"))
        assert sent[path] == [[], [text, f"q {text}"], [text, "kind", "nested"]]
    # A longer one is no enumeration.
    assert enums == {frozenset([f"-{text}-", f"-{text}1", "ok"]) for text in TEXTS if len(text) < 200}
    lines = result.files["API.md"].decode().split("\n")
    for line in lines:
        assert not line or line.startswith(("# ", "## ", "- `", "One line a method")), line
        assert line.count("`") in {0, 4}, "three code spans, none of which ends early" if "none" in line else line
    assert sum(line.startswith("- `") for line in lines) == len(TEXTS)


def test_the_extensions_of_codegen_are_not_the_documents_to_say_and_only_a_delete_is_destructive() -> None:
    stated = {"x-safety": "safe", "x-destructive": True, "x-removal": True, "x-asynchronous": True}
    methods = ("get", "put", "post", "delete", "patch")
    node = {**hostile_operation(0, "a"), **stated}
    package = parsed(document({"/a": {method: {**node, "summary": f"Do {method}"} for method in methods}})).package
    for each in package.operations:
        assert each.new is not None
        assert each.safety == ("safe" if each.new.method == "GET" else "unsafe")
        assert (each.is_destructive, each.is_removal) == (each.new.method == "DELETE",) * 2
        assert (each.timeout, each.aliases, each.is_asynchronous) == (None, (), False)


NAMES = ["a_b", "a-b", "a.b", "A_B", "aB", "Ab", "ab", "AB", "a__b", "_ab", "ab_", "a1b", "a_1b", "async_ab", "raw"]


def test_schemas_and_groups_that_differ_only_by_case_or_punctuation_stay_apart_or_are_named() -> None:
    schemas = {name: {"type": "object", "properties": {name: {"type": "string"}}} for name in NAMES}
    paths = {
        f"/{name}": {"get": operation(f"Get {index}", tags=[name], responses=answer(ref(name)))}
        for index, name in enumerate(NAMES)
    }
    read = parsed(document(paths, components={"schemas": schemas}))
    files = [path.lower() for path in compiled(read.package)]
    assert len(files) == len(set(files)), "no module replaces another, whatever the file system thinks of case"
    kept = {field.wire for model in read.package.models for field in model.fields}
    said = " ".join(read.warnings)
    assert len(kept) >= 5
    assert all(f"/{name}" in said for name in set(NAMES) - kept)
    client = ast.parse(compiled(read.package)["client.py"])
    (imports,) = [node for node in client.body if isinstance(node, ast.If)]
    imported = [alias.name for node in ast.walk(imports) if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert len(imported) == len(set(imported))


# --- references and names --------------------------------------------------------------------------------------------


def with_schema(schema: Json, **schemas: Json) -> Json:
    return document({"/a": {"post": operation(requestBody=body({"field": schema}))}}, components={"schemas": schemas})


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "file:///etc/passwd#/a", 3, "#/components/schemas/" + "x" * 9000, "a\nb"]
)
def test_a_reference_that_leads_nowhere_is_any_value_and_is_reported(target: Any) -> None:
    hostile = with_schema({"$ref": target})
    (line,) = repair.repair(hostile).unread
    assert line.startswith(f"POST /a, body, properties/field: refers to {target!r}"[:70])
    assert line.isprintable() and len(line) < 600
    (made,) = parsed(hostile).package.operations
    assert [(field.wire, field.type.kind) for field in made.body] == [("field", "any")]


@pytest.mark.parametrize("name", ["../../A", "A\nB", CODE, "日本", "x" * 5000, ""])
def test_a_component_of_any_name_is_read(name: str) -> None:
    target = name.replace("~", "~0").replace("/", "~1")
    hostile = with_schema({"$ref": f"#/components/schemas/{target}"}, **{name: {"type": "integer"}})
    (made,) = parsed(hostile).package.operations
    assert [field.type.kind for field in made.body] == ["int"]


EXTENSIONS: dict[str, list[Any]] = {
    "x-safety": ["very", ["safe"]],
    "x-timeout": ["60", -1, True, f"1); {CODE}", 10**309, -(10**309), 1.7e308, -5e-324, 604_801],
    "x-alias": [
        *("input", {"not a name": "field"}, {f"a, *, b={CODE}": "field"}, {"class": "field"}, {"timeout": "field"}),
        *({"field": "field"}, {"other": "gone"}, {"other": ["field"]}),
    ],
    "x-list": ["gone", "text", 3],
    "x-path-characters": [f"@{character}" for character in "/?#%$\\ \n\x7f{é"],
    **{"x-any-body": ["yes"], "x-destructive": ["yes"], "x-removal": [1], "x-asynchronous": ["true"]},
}


@pytest.mark.parametrize(
    ("key", "value"),
    [pytest.param(key, value, id=f"{key} {value}"[:40]) for key in EXTENSIONS for value in EXTENSIONS[key]],
)
def test_an_overlay_that_says_what_can_not_be_is_refused_with_its_place(key: str, value: Any) -> None:
    node = operation(
        requestBody=body({"field": {"type": "string"}}),
        responses=answer({"type": "object", "properties": {"text": {"type": "string"}}}),
    )
    action = overlay.action({"target": "$.paths['/a'].post", "update": {key: value}}, "small.yaml, action 1")
    with pytest.raises(DocumentError, match=f"POST /a: {key}"):
        parsed(document({"/a": {"post": node}}), actions=(action,))


# --- numbers that no float can say -----------------------------------------------------------------------------------

NUMERIC = """
default minimum maximum multipleOf exclusiveMinimum exclusiveMaximum minLength maxLength minItems maxItems minProperties
maxProperties enum const example examples type items format title description required properties additionalProperties
pattern deprecated x-order nullable uniqueItems allOf anyOf oneOf discriminator readOnly $comment
"""


def test_a_number_of_any_size_is_read_wherever_it_stands() -> None:
    paths: Json = {}
    # Each keyword stands in each place, of one type or another.
    places = itertools.cycle(("body", "answer", "parameters"))
    types = ("integer", "string", "array", "object", None)
    for (keyword, type_), place in zip(itertools.product(NUMERIC.split(), types), places, strict=False):
        fields = {
            f"field {number!r:.20} {form}": {
                **({"type": type_} if type_ else {}),
                keyword: [number, [number], {"a": number}][form],
                **({"default": number, "minimum": -abs(number)} if keyword == "multipleOf" else {}),
            }
            for form, number in enumerate((10**309, -(10**999), 5e-324))
        }
        nodes: dict[str, Json] = {
            "body": {"requestBody": body(fields)},
            "answer": {"responses": answer({"type": "object", "properties": fields})},
            "parameters": {"parameters": [parameter(name, schema=schema) for name, schema in fields.items()]},
        }
        paths[f"/{keyword}/{type_}"] = {"post": operation(**nodes[place])}
    read = parsed(document(paths))
    assert len(read.package.operations) == len(paths)
    compiled(read.package)


# --- junk anywhere ---------------------------------------------------------------------------------------------------

LEAVES: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 10**20, 10**309, -(10**999), 1.7e308, "", "x", "a b", "日本", "../../x", "class"),
    *("string", "array", "object"),
    *("json", "1\ntype", "x" * 200, *TEXTS[:30], [], {}, [[]], [None], ["x"], ["a", "A", 1], ["string", "null"]),
    *({"$ref": "#/components/schemas/X"}, {"$ref": "file:///etc/passwd"}, {"type": "object"}, {"type": "array"}),
    *({"": {}}, {"get": {}}, {"x": {"type": "string", "enum": ["a", "b", "A", "a"]}}, {"name": "x", "in": "path"}),
]
KEYS = [
    *("x", "", "é", "class", "a b", "a/b", "/x", "/x/{y}", "{x}", "__init__", "get", "GET", "$ref", "parameters"),
    *("enum", "type", "required", "items", "allOf", "anyOf", "description", "title", "default", "operationId"),
    *("properties", "additionalProperties", "x-alias", "x-routes", "requestBody", "responses", "content", "schema"),
    *("format", "const", "minimum", "maximum", "multipleOf", "exclusiveMaximum", "minLength", "maxItems"),
]
junk = st.sampled_from(LEAVES) | st.recursive(
    st.sampled_from(LEAVES), lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=3), max_leaves=4
)
mutations = st.tuples(
    st.sampled_from(["replace", "replace", "add", "rename", "remove"]),
    st.integers(min_value=0, max_value=5000),
    st.sampled_from(KEYS),
    junk,
)


def slots(value: Any) -> list[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [slot for key, inner in items for slot in ((value, key), *slots(inner))]


def mutated(given_document: Json, changes: list[Any]) -> Json:
    for how, index, new_key, value in changes:
        places = slots(given_document)
        if not places:
            break
        parent, key = places[index % len(places)]
        if how == "replace" or isinstance(parent, list):
            parent[key] = copy.deepcopy(value)
        elif how == "add":
            parent[new_key] = copy.deepcopy(value)
        elif how == "rename":
            parent[new_key] = parent.pop(key)
        else:
            del parent[key]
    return given_document


PATHS = sorted((BASETEN["openapi"] or {})["paths"])


def some_of_baseten(paths: list[str]) -> tuple[Json, Json]:
    openapi, definition = (BASETEN[name] or {} for name in reading.NAMES)
    new = {path: openapi["paths"][path] for path in paths}
    old = {pair.sanitised(path): definition["paths"][pair.sanitised(path)] for path in paths}
    return shape.copied({**openapi, "paths": new}), shape.copied({**definition, "paths": old})


@examples(30)
@given(
    paths=st.lists(st.sampled_from(PATHS), min_size=1, max_size=4, unique=True),
    new=st.lists(mutations, max_size=4),
    old=st.lists(mutations, max_size=4),
    given_are=st.sampled_from(["both", "openapi", "definition"]),
)
def test_junk_anywhere_gives_a_clean_package_or_an_error(paths: list[str], new: Any, old: Any, given_are: str) -> None:
    openapi, definition = some_of_baseten(paths)
    documents = {"openapi": mutated(openapi, new), "definition": mutated(definition, old)}
    wanted = {name: one for name, one in documents.items() if given_are in (name, "both")}
    try:
        read = parsed(wanted.get("openapi"), wanted.get("definition"))
    except DocumentError as error:
        assert str(error).isprintable()
        assert len(str(error)) < 1000
        assert "/paths: not an object" in str(error), "nothing else stops"
        return
    expected = {each.place for one in wanted.values() for each in shape.operations(one)}
    assert len(read.package.operations) + len(read.warnings) >= len(expected) / 2, "no operation goes without a word"
    compiled(read.package)


TO_A, TO_B = ref("A"), ref("B")
# Types of components that refer to each other, and to themselves, through unions, lists and fields.
KINDS = st.recursive(
    st.sampled_from([{"type": "string"}, {"type": "object", "properties": {"n": {"type": "string"}}}, TO_A, TO_B]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda kinds: {"oneOf": kinds}),
        inner.map(lambda kind: {"type": "array", "items": kind}),
        inner.map(lambda kind: {"type": "object", "properties": {"p": kind}}),
    ),
    max_leaves=6,
)


NESTED = {"type": "object", "properties": {"p": {"type": "object", "properties": {"n": {"type": "string"}}}}}


@examples(50)
@given(a=KINDS, b=KINDS, result=KINDS)
@example(a={"oneOf": [NESTED, {"type": "string"}]}, b=TO_A, result=TO_A)  # the parser withdraws its class
@example(a={"allOf": [TO_A, {"properties": {"x": {}}}]}, b=TO_A, result=TO_A)
@example(a={"allOf": [TO_B, {}]}, b={"allOf": [TO_A, {}]}, result=TO_A)
def test_components_that_are_unions_of_anything_are_read(a: Json, b: Json, result: Json) -> None:
    made = document({"/v1/x": {"get": operation("Get x", responses=answer(copy.deepcopy(result)))}})
    made["components"] = {"schemas": {"A": copy.deepcopy(a), "B": copy.deepcopy(b)}}
    (only,) = parsed(made).package.operations
    assert only.result is not None


@examples(1)
@given(changes=st.lists(st.lists(mutations, max_size=2), min_size=30, max_size=30))
def test_many_operations_with_junk_make_one_package_that_runs(
    tmp_path_factory: pytest.TempPathFactory, changes: list[list[Any]]
) -> None:
    paths: Json = {}
    for index, some in enumerate(changes):
        openapi, _ = some_of_baseten([PATHS[index % len(PATHS)]])
        kept = mutated({"paths": openapi["paths"]}, some).get("paths")
        trial = document({f"/{index}{path}": item for path, item in kept.items()} if isinstance(kept, dict) else {})
        for number, each in enumerate(shape.operations(trial)):
            each.node["tags"] = [f"group {index} {number}"]
        try:
            parsed(reading.parse(json.dumps(trial).encode(), where="junk"))
        except DocumentError:
            continue
        paths |= trial["paths"]
    folder = tmp_path_factory.mktemp("junk")
    result = generated(folder, document(paths))
    assert_clean(result.files)
    assert len(exercised(result)[0]) == len(result.package.operations)
