"""The same documents give the same package, `check` sees every difference, and the written package works."""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten_api.operations import OPERATIONS

from codegen import cli, pipeline
from codegen.document.reading import DocumentError
from codegen.overlay import overlay
from codegen.render import filters, render
from tests.support.generated_package import write
from tests.support.small_documents import (
    FROZEN,
    Json,
    answer,
    body,
    document,
    frozen_package,
    operation,
    parameter,
    parsed,
    store,
)

OVERLAY = "overlays/baseten.yaml"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated package."""
    folder = tmp_path_factory.mktemp("written")
    pipeline.write(frozen_package(), folder)
    return folder


@pytest.fixture
def copied(tmp_path: Path, written: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All inputs of the generation, and the generated package, copied to where they may be changed."""
    for name, folder, module, key in (
        ("specs", FROZEN / "specs", pipeline, "SPECS"),
        ("overlays", FROZEN / "overlays", pipeline, "OVERLAYS"),
        ("templates", render.TEMPLATES, render, "TEMPLATES"),
    ):
        shutil.copytree(folder, tmp_path / name)
        monkeypatch.setattr(module, key, tmp_path / name)
    shutil.copytree(written, tmp_path / "out")
    return tmp_path


def run(command: str, copied: Path) -> int:
    return cli.main([command, "--specs", str(copied / "specs"), "--out", str(copied / "out")])


def reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- the same bytes --------------------------------------------------------------------------------------------------


def test_from_two_folders_and_with_two_hash_seeds_the_bytes_are_the_same(tmp_path: Path) -> None:
    runs = []
    for seed, name in (("1", "one"), ("4242", "another folder")):
        folder = tmp_path / name
        shutil.copytree(pipeline.ROOT, folder / "codegen", ignore=shutil.ignore_patterns("__pycache__"))
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "codegen", "generate"]
        runs.append(subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL))
    assert [process.wait() for process in runs] == [0, 0]
    trees = []
    for name in ("one", "another folder"):
        out = tmp_path / name / "generated"
        trees.append({path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()})
    assert trees[0] == trees[1] == {path: (pipeline.OUT / path).read_bytes() for path in trees[0]}
    assert len(trees[0]) > 80


def test_the_committed_package_is_what_generate_writes(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check"]) == 0
    assert "files are what generate writes" in capsys.readouterr().out


# --- check sees it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        (
            OVERLAY,
            "operationId: chains.list\n",
            "operationId: chains.every\n",
            ["API.md", "lowcodeapi_baseten_api/operations.py", "lowcodeapi_baseten_api/resources/chains.py"],
        ),
        (
            "templates/raw.py.jinja",
            "It does nothing else.",
            "It does nothing more.",
            ["lowcodeapi_baseten_api/resources/_raw.py"],
        ),
        (
            "specs/baseten/openapi.json",
            '"Cancel async request"',
            '"Give up on an async request"',
            ["lowcodeapi_baseten_api/resources/inference.py"],
        ),
    ],
)
def test_a_changed_input_makes_check_fail_and_name_the_files(
    copied: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, named: list[str]
) -> None:
    replaced(copied / file, old, new)
    assert run("check", copied) == 1
    said = capsys.readouterr().err
    assert all(f"\n         {name}\n" in said for name in named)


def test_stray_missing_and_edited_files_are_named_and_mended(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = copied / "out" / "lowcodeapi_baseten_api"
    (package / "models" / "stray.py").write_text("")
    (package / "resources" / "chains.py").unlink()
    with (package / "client.py").open("a") as file:
        file.write("# by hand\n")
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "client.pyc").write_bytes(b"")
    named = ["client.py", "models/stray.py", "resources/chains.py"]
    assert run("check", copied) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[1:-1] == [f"         lowcodeapi_baseten_api/{name}" for name in named]
    assert run("generate", copied) == 0
    assert capsys.readouterr().out.splitlines()[-3:] == lines[1:-1]
    assert [(package / name).exists() for name in named] == [True, False, True]
    assert (package / "client.py").read_bytes() == frozen_package().files["lowcodeapi_baseten_api/client.py"]


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (
            "overlays/baseten.yaml",
            "$.paths['/v1/chains'].get",
            "$.paths['/v1/gone'].get",
            "fits nothing in the documents",
        ),
        (
            "overlays/baseten.yaml",
            "{description: Call environment predict.}",
            "{description: It.}",
            "the overlay believes",
        ),
        ("overlays/baseten.yaml", "#/components/schemas/Chain'", "#/components/schemas/Gone'", "which is not there"),
        (
            OVERLAY,
            "operationId: chains.list\n",
            "operationId: chains.get\n",
            "are both stated to be chains.get",
        ),
        ("templates/client.py.jinja", "class Client", "class (Client", "ruff can't read"),
        ("specs/baseten/definition.json", '"paths": {', '"paths": {"/v1/models": {},', "the same key twice"),
    ],
)
def test_on_an_error_the_old_package_stays_as_it_was(
    copied: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, says: str
) -> None:
    replaced(copied / file, old, new)
    out = copied / "out"
    (out / "lowcodeapi_baseten_api" / "stray.py").write_text("")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert run("generate", copied) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_what_the_parser_can_not_read_fails_a_provider_with_an_overlay_only(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    thing = {"type": "object", "properties": {"x": {"type": "string"}}}
    inner = {"type": "object", "properties": {"b_c": thing}}, {"type": "object", "properties": {"c": thing}}
    twice = body({"a": inner[0], "a_b": inner[1]})
    paths = {"/a": {"post": operation(requestBody=twice)}, "/b": {"get": operation("Ok")}}
    store(copied / "specs" / "odd", document(paths))
    arguments = ["--specs", str(copied / "specs"), "--out", str(copied / "odd")]
    assert cli.main(["generate", "--provider", "odd", *arguments]) == 0
    assert "WARNING parsing POST /a" in capsys.readouterr().out
    (copied / "overlays" / "odd.yaml").write_text('overlay: 1.0.0\nactions: [{target: $, update: {x-note: ""}}]')
    assert cli.main(["generate", "--provider", "odd", *arguments]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "WARNING parsing POST /a" in line


# --- what is written -------------------------------------------------------------------------------------------------


def test_ruff_finds_no_error_and_no_unsorted_import_in_the_generated_package() -> None:
    options = ["--isolated", "--no-cache", "--select", "F,I", "--line-length", "120", "--target-version", "py311"]
    command = [sys.executable, "-m", "ruff", "check", *options, str(pipeline.OUT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


PROGRAM = "import sys; sys.dont_write_bytecode = True; sys.path.insert(0, sys.argv[1])\n"


def used(folder: Path, openapi: Json, program: str) -> Any:
    """Generate the package `lowcodeapi_small_api` and run a program that uses it. Its last line is JSON."""
    write(parsed(openapi).package, folder)
    command = [sys.executable, "-I", "-W", "error", "-c", PROGRAM + program, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


CALLED = """
import inspect, json
from lowcodeapi_small_api import Client, new_format
sent = []
client = Client(new_format)
client._run = sent.append
"""


def test_a_field_may_have_any_name(tmp_path: Path) -> None:
    """Keywords, builtins, and the names that a method already has: a path parameter, `self`, `timeout`."""
    fields = [
        "class",
        "list",
        "self",
        "timeout",
        "extra_body",
        "thing_id",
        "page",
        "in hours from GMT",
        "Call",
        "result",
    ]
    found = used(
        tmp_path,
        document(
            {
                "/things/{thing_id}": {
                    "post": operation(
                        operationId="things.act",
                        parameters=[parameter("thing_id", "path"), parameter("page"), parameter("None")],
                        requestBody=body({name: {"type": "string"} for name in fields}, required=["class"]),
                    )
                }
            }
        ),
        CALLED
        + """
arguments = list(inspect.signature(client.things.act).parameters)
client.things.act("t", **{name: name for name in arguments[1:-4]})
print(json.dumps([arguments, *map(dict, (sent[0].path, sent[0].query, sent[0].body))]))
""",
    )
    names = ["class_", "page", "None_", "list", "self_", "timeout_", "extra_body_", "thing_id_", "page_"]
    names += ["in_hours_from_gmt", "Call_", "result_"]
    assert found[0] == ["thing_id", *names, "timeout", "extra_query", "extra_headers", "extra_body"]
    assert found[1:3] == [{"thing_id": "t"}, {"page": "page", "None": "None_"}]
    assert found[3] == dict(zip(fields, [names[0], *names[3:]], strict=True))


def test_a_path_parameter_may_have_a_name_that_python_does_not_take(tmp_path: Path) -> None:
    in_path, path = ("self", "class", "modelId"), "/{class}/{modelId}/{self}"
    (found,) = parsed(
        document({path: {"get": operation(parameters=[parameter(name, "path") for name in in_path])}})
    ).package.operations
    assert [(field.wire, field.name) for field in found.path] == [
        ("class", "class_"),
        ("modelId", "modelId"),
        ("self", "self_"),
    ]
    assert found.new is not None
    assert found.new.path == path


LISTS = {"type": "object", "properties": {"things": {"type": "array", "items": reference("Thing")}}}
THING = {"type": "object", "properties": {"id": {"type": "string"}}}


def test_a_method_named_list_does_not_hide_the_type_from_later_annotations(tmp_path: Path) -> None:
    paths = {
        f"/{name}": {"get": operation(operationId=f"things.{name}", responses=answer(LISTS), **{"x-note": name})}
        for name in ("list", "zoom")
    }
    openapi = document(paths, components={"schemas": {"Thing": THING}})
    action = {"target": "$.paths[*].get", "update": {"x-list": "things"}}
    package = parsed(openapi, actions=(overlay.action(action, "action 1"),)).package
    text = dict(render.modules(package))["resources/things.py"]
    assert text.count("-> builtins.list[Thing]") == 4
    assert "-> list[" not in text


ODD = ["", "-  -", "in-progress", "in progress", "IN_PROGRESS", "2fast", "class", "None", "mro", "name", "value", "é"]
ODD += ["日本", '"', "\\", "-\n-", "-{x}", "__init__", "_", "-1", "a" * 200]


def test_an_enum_may_have_any_values(tmp_path: Path) -> None:
    fields = {
        "odd": {"type": "string", "enum": [*ODD, None, "2fast"]},
        "number": {"type": "integer", "enum": [0, -1, 10**20]},
    }
    openapi = document(
        {
            "/a": {
                "post": operation(
                    operationId="things.act", requestBody=body({"in": {"type": "object", "properties": fields}})
                )
            }
        }
    )
    program = """
import enum, json
from lowcodeapi_small_api import models
found = {name: getattr(models, name) for name in models._MODULES}
enums = {name: cls for name, cls in found.items() if isinstance(cls, enum.EnumMeta)}
(inner,) = [getattr(models, name) for name in models._MODULES if name.endswith("In")]
sent = {"odd": "é", "number": -1}
read = inner.from_dict(sent)
assert (read.odd.value, read.number.value) == ("é", -1), read
assert inner.from_dict({"odd": "new", "number": 7}).odd == "new"
assert inner(odd=read.odd, number=read.number).to_dict() == sent
print(json.dumps({name: {member.name: member.value for member in enum} for name, enum in enums.items()}))
"""
    found = {len(members): members for members in used(tmp_path, openapi, program).values()}
    assert list(found[len(ODD)].values()) == ODD
    assert all(name.isidentifier() and name.isascii() for name in found[len(ODD)])
    assert found[3] == {"VALUE_0": 0, "VALUE_NEGATIVE_1": -1, f"VALUE_{10**20}": 10**20}


CYCLE: Json = {
    "A": {
        "b": {"$ref": "#/components/schemas/B"},
        "as": {"type": "array", "items": {"$ref": "#/components/schemas/A"}},
    },
    "B": {"c": {"$ref": "#/components/schemas/C"}},
    "C": {"a": {"$ref": "#/components/schemas/A"}, "name": {"type": "string"}},
}


def test_models_that_need_each_other_can_be_imported_in_any_order(tmp_path: Path) -> None:
    schemas = {name: {"type": "object", "properties": fields} for name, fields in CYCLE.items()}
    one = reference("A")
    openapi = document(
        {"/a": {"post": operation(requestBody=body({"a": one}), responses=answer(one))}},
        components={"schemas": schemas},
    )
    orders = [list(order) for order in itertools.permutations("abc")]
    program = f"""
import importlib, json
received = {{"b": {{"c": {{"a": {{"as": [{{"b": {{"c": {{"name": "deep"}}}}}}]}}}}}}}}
for order in {orders}:
    for name in [name for name in sys.modules if name.startswith("lowcodeapi_small_api")]:
        del sys.modules[name]
    for name in order:
        importlib.import_module("lowcodeapi_small_api.models." + name)
    read = importlib.import_module("lowcodeapi_small_api.models").A.from_dict(received)
    assert read.b.c.a.as_[0].b.c.name == "deep"
    assert read.to_dict() == received
print("true")
"""
    assert used(tmp_path, openapi, program) is True


def test_a_field_whose_name_is_no_identifier_is_read_and_sent_under_its_own_name(tmp_path: Path) -> None:
    names = [
        "in hours from GMT",
        "class",
        "a-b",
        "2x",
        "$ref-like",
        "to_dict",
        "additional_properties",
        "é",
        "str",
        "UNSET",
    ]
    names += ["classmethod", "masked", "Any", "attrs"]
    fields = {"field": {"type": "object", "properties": {name: {"type": "string"} for name in names}}}
    program = f"""
import json
from lowcodeapi_small_api import models
(name,) = [name for name in models._MODULES if name.endswith("Field")]
received = {{name: "of " + name for name in {names!r}}}
read = getattr(models, name).from_dict({{**received, "new": 1}})
assert read.to_dict() == {{**received, "new": 1}}
assert read.in_hours_from_gmt == "of in hours from GMT" and read.class_ == "of class"
assert read.additional_properties == {{"new": 1}} and read.additional_properties_ == "of additional_properties"
made = getattr(models, name)(in_hours_from_gmt="x", to_dict_="y")
assert made.to_dict() == {{"in hours from GMT": "x", "to_dict": "y"}}
print("true")
"""
    assert used(tmp_path, document({"/a": {"post": operation(requestBody=body(fields))}}), program) is True


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        'ends with "',
        'ends with """',
        '"starts',
        "back\\slash",
        "ends with \\",
        'both \\"',
        "a\n\nb",
        "\u202eabc",
        "x " * 300,
    ],
)
@pytest.mark.parametrize("indent", [0, 8])
def test_a_text_in_a_docstring_is_read_back_without_what_can_not_be_seen(text: str, indent: int) -> None:
    shown = filters.docstring(text, indent)
    read = eval(f'"""{shown}"""')  # the literal alone, made of this table
    visible = "".join(char for char in text if char != "\u202e")
    assert read.split() == visible.replace('"""', "'''").split()


def test_a_package_that_ruff_can_not_read_is_an_error(copied: Path) -> None:
    (copied / "templates" / "enum.py.jinja").write_text("class (", encoding="utf-8")
    fields = {"kind": {"type": "string", "enum": ["a"]}}
    with pytest.raises(DocumentError, match="ruff can't read what the templates made"):
        render.render(parsed(document({"/a": {"post": operation(requestBody=body(fields))}})).package)


def test_every_methods_help_says_when_it_is_sent_again_how_long_it_takes_and_a_call_that_fits() -> None:
    for row in OPERATIONS.values():
        group = importlib.import_module(f"lowcodeapi_baseten_api.resources.{row.group}")
        method = getattr(getattr(group, row.group.title().replace("_", "")), row.id.partition(".")[2])
        text = inspect.getdoc(method) or ""
        assert ("Sent again only if it is certain" in text) == (row.safety == "unsafe")
        assert f"retries included; by default {row.timeout:.0f}." in text
        example = ast.parse(text.partition("Example:")[2].strip().strip("`").replace("…", "...")).body[0]
        assert isinstance(example, ast.Expr) and isinstance(example.value, ast.Call)
        keywords = {keyword.arg: None for keyword in example.value.keywords if keyword.arg}
        inspect.signature(method).bind(None, *example.value.args, **keywords)
