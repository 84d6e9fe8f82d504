"""The same documents give the same package, `check` sees every difference, and the written package works."""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten_api.operations import OPERATIONS
from lowcodeapi_baseten_api.types import Operation

from codegen import cli, pipeline
from codegen.overlay import overlay
from codegen.render import filters, render
from tests.support.generated_package import compiled, imported
from tests.support.small_documents import (
    FROZEN,
    TEXT,
    Json,
    answer,
    body,
    document,
    frozen_package,
    operation,
    parameter,
    parsed,
    ref,
)
from tests.support.tables import one_test

OVERLAY = "overlays/baseten.yaml"


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All inputs of the generation, and the generated package, copied to where they may be changed."""
    for name, folder, module, key in (
        ("specs", FROZEN / "specs", pipeline, "SPECS"),
        ("overlays", FROZEN / "overlays", pipeline, "OVERLAYS"),
        ("templates", render.TEMPLATES, render, "TEMPLATES"),
    ):
        shutil.copytree(folder, tmp_path / name)
        monkeypatch.setattr(module, key, tmp_path / name)
    pipeline.write(frozen_package(), tmp_path / "out")
    return tmp_path


def run(command: str, copied: Path, out: str = "out", *more: str) -> int:
    return cli.main([command, "--specs", str(copied / "specs"), "--out", str(copied / out), *more])


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- the same bytes --------------------------------------------------------------------------------------------------


def test_the_committed_package_is_what_generate_writes_anywhere_and_with_any_hash_seed(tmp_path: Path) -> None:
    shutil.copytree(pipeline.ROOT, tmp_path / "codegen")
    command = [sys.executable, "-m", "codegen", "check", "--out", str(pipeline.OUT)]
    environment = {**os.environ, "PYTHONHASHSEED": "4242"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    found = re.fullmatch(r"check    ([0-9]+) files are what generate writes\n", done.stdout)
    assert found is not None and int(found[1]) > 80


# --- check sees it ---------------------------------------------------------------------------------------------------


def test_whatever_changes_check_names_the_files_and_generate_mends_them_with_a_line_for_each_stage(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = copied / "out" / "lowcodeapi_baseten_api"
    (package / "models" / "stray.py").write_text("")
    (package / "resources" / "secrets.py").unlink()
    with (package / "client.py").open("a") as file:
        file.write("# by hand\n")
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "client.pyc").write_bytes(b"")
    replaced(copied / OVERLAY, "operationId: chains.list\n", "operationId: chains.every\n")
    replaced(copied / "templates/raw.py.jinja", "It does nothing else.", "It does nothing more.")
    replaced(copied / "specs/baseten/openapi.json", '"Cancel async request"', '"Give up on an async request"')
    resources = [f"resources/{name}.py" for name in ("_raw", "chains", "inference", "secrets")]
    named = ["client.py", "models/stray.py", "new_format.py", "old_format.py", "operations.py", *resources]
    assert run("check", copied) == 1
    lines = capsys.readouterr().err.splitlines()[1:-1]
    assert lines == ["         API.md", *(f"         lowcodeapi_baseten_api/{name}" for name in named)]
    assert run("generate", copied) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-len(lines) :] == lines
    stages = [line for line in said if not line.startswith(" ")]
    assert [line.split()[0] for line in stages] == ["repair", "repair", "pair", "overlay", "parse", "render", "write"]
    assert stages[0].startswith("repair   openapi.json: 56 operations; array-without-items 3, body-example 16, ")
    assert stages[2] == "pair     56 pairs, 1 disagreements"
    assert stages[4].startswith("parse    56 operations, ")
    written = {name: (package / name).read_text() for name in named if name != "models/stray.py"}
    assert not (package / "models" / "stray.py").exists()
    assert "# by hand" not in written["client.py"] and "class Secrets" in written["resources/secrets.py"]
    assert "chains.every" in written["operations.py"] and "It does nothing more." in written["resources/_raw.py"]
    assert "Give up on an async request" in written["resources/inference.py"]


def test_on_an_error_the_old_package_stays_as_it_was(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = copied / "out"
    (out / "lowcodeapi_baseten_api" / "stray.py").write_text("")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    for file, old, new, says in (
        (OVERLAY, "$.paths['/v1/chains'].get", "$.paths['/v1/gone'].get", "fits nothing in the documents"),
        ("templates/client.py.jinja", "class Client", "class (Client", "ruff can't read what was made"),
        ("specs/baseten/definition.json", '"paths": {', '"paths": {"/v1/models": {},', "the same key twice"),
    ):
        replaced(copied / file, old, new)
        assert run("generate", copied) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert says in line
        assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
        replaced(copied / file, new, old)


# --- what is written -------------------------------------------------------------------------------------------------


def test_ruff_would_change_nothing_in_what_is_written(tmp_path: Path) -> None:
    """Not even in the modules that it never sees, as they are the same in every package."""
    upload = {"content": {"multipart/form-data": {"schema": {"type": "object", "properties": {"a": {}}}}}}
    paths = {
        "/a": {"post": operation("Send it", requestBody=upload)},
        "/b": {"post": operation("Make it", requestBody=body({"b": {"type": "string", "enum": ["x", "y"]}}))},
    }
    files = render.render(parsed(document(paths)).package)
    assert {Path(path).name for path in files} >= {"forms.py", "connected.py", "types.py", "_raw.py", "schema.py"}
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    options = ["--isolated", "--no-cache", "--line-length", "120", "--target-version", "py311", str(tmp_path)]
    for command in (["check", "--select", "F,I,RUF022"], ["format", "--diff"]):
        done = subprocess.run([sys.executable, "-m", "ruff", *command, *options], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


IN_METHODS = ["hidden", "either", "renamed", "Call", "UNSET", "result", "Any", "builtins"]
IN_METHODS += ["self", "timeout", "extra_body"]
NAMES = [*IN_METHODS, "class", "list", "in hours from GMT", "thing_id", "page"]


@pytest.mark.parametrize("media", ["application/json", "multipart/form-data"])
def test_an_argument_may_have_any_name_and_a_secret_one_is_shown_nowhere(media: str) -> None:
    """Keywords, builtins, names that a method already has, and functions that it calls."""
    fields = {**dict.fromkeys(NAMES, TEXT), "password": {**TEXT, "format": "password"}}
    schema = {"type": "object", "properties": fields, "required": ["class"]}
    node = operation(
        operationId="things.act",
        parameters=[*(parameter(name, "path") for name in ("thing_id", "from")), parameter("page"), parameter("None")],
        requestBody={"content": {media: {"schema": schema}}},
    )
    sent: list[Any] = []
    with imported(parsed(document({"/things/{from}/{thing_id}": {"post": node}})).package) as package:
        client = package.Client(package.new_format)
        client._run = sent.append
        arguments = list(inspect.signature(client.things.act).parameters)
        client.things.act("f", "t", **{name: f"of {name}" for name in arguments[2:-4]})
        if media == "application/json":
            encoded = importlib.import_module(f"{package.__name__}.encode").body(sent[0])
        else:
            encoded = b"".join(importlib.import_module(f"{package.__name__}.forms").body(sent[0])[0])
    reserved = [f"{name}_" for name in [*IN_METHODS, "class"]]
    names = [*reserved, "list", "in_hours_from_gmt", "thing_id_", "page_"]
    assert arguments[:5] == ["from_", "thing_id", "class_", "page", "None_"]
    assert set(arguments[5:-4]) == {*names, "password"} - {"class_"}
    assert arguments[-4:] == ["timeout", "extra_query", "extra_headers", "extra_body"]
    (call,) = sent
    assert (dict(call.path), dict(call.query)) == (
        {"from": "f", "thing_id": "t"},
        {"page": "of page", "None": "of None_"},
    )
    assert {wire: call.body[wire] for wire in NAMES} == dict(zip(NAMES, (f"of {name}" for name in names), strict=True))
    assert "of password" not in repr(call)
    assert b"password" in encoded


def test_a_method_named_list_does_not_hide_the_type_from_later_annotations() -> None:
    listed = {"type": "object", "properties": {"things": {"type": "array", "items": ref("Thing")}}}
    paths = {
        f"/{name}": {"get": operation(operationId=f"things.{name}", responses=answer(listed))}
        for name in ("list", "zoom")
    }
    openapi = document(paths, components={"schemas": {"Thing": {"type": "object", "properties": {"id": TEXT}}}})
    action = {"target": "$.paths[*].get", "update": {"x-list": "things"}}
    package = parsed(openapi, actions=(overlay.action(action, "action 1"),)).package
    text = compiled(package)["resources/things.py"]
    assert text.count("-> builtins.list[Thing]") == 4
    assert "-> list[" not in text


ODD = ["", "-  -", "in-progress", "in progress", "IN_PROGRESS", "2fast", "class", "None", "mro", "name", "value", "é"]
ODD += ["日本", '"', "\\", "-\n-", "-{x}", "__init__", "_", "-1", "a" * 200]
FIELDS = ["in hours from GMT", "class", "a-b", "2x", "$ref-like", "to_dict", "additional_properties", "é", "str"]
FIELDS += ["UNSET", "classmethod", "masked", "Any", "attrs"]


def test_fields_and_values_that_are_no_identifiers_are_read_and_sent_as_they_are() -> None:
    properties = {
        **dict.fromkeys(FIELDS, TEXT),
        "odd": {"type": "string", "enum": [*ODD, None, "2fast"]},
        "number": {"type": "integer", "enum": [0, -1, 10**20]},
    }
    node = operation(requestBody=body({"in": {"type": "object", "properties": properties}}))
    with imported(parsed(document({"/a": {"post": node}})).package) as package:
        found = {name: getattr(package.models, name) for name in package.models.__all__}
        (inner,) = [cls for name, cls in found.items() if name.endswith("In")]
        received = {**{name: f"of {name}" for name in FIELDS}, "odd": "é", "number": -1, "new": 1}
        read = inner.from_dict(received)
        assert read.to_dict() == received
        assert (read.in_hours_from_gmt, read.class_) == ("of in hours from GMT", "of class")
        assert (read.additional_properties, read.additional_properties_) == ({"new": 1}, "of additional_properties")
        assert (read.odd.value, read.number.value) == ("é", -1)
        assert inner.from_dict({"odd": "new", "number": 7}).odd == "new"
        made = inner(in_hours_from_gmt="x", to_dict_="y", odd=read.odd, number=read.number)
        assert made.to_dict() == {"in hours from GMT": "x", "to_dict": "y", "odd": "é", "number": -1}
        enums = {
            len(cls): {each.name: each.value for each in cls}
            for cls in found.values()
            if isinstance(cls, type) and issubclass(cls, enum.Enum)
        }
    assert list(enums[len(ODD)].values()) == ODD
    assert all(name.isidentifier() and name.isascii() for name in enums[len(ODD)])
    assert enums[3] == {"VALUE_0": 0, "VALUE_NEGATIVE_1": -1, f"VALUE_{10**20}": 10**20}


CYCLE: Json = {
    "A": {"b": ref("B"), "as": {"type": "array", "items": ref("A")}},
    "B": {"c": ref("C")},
    "C": {"a": ref("A"), "name": TEXT},
}


def test_models_that_need_each_other_can_be_imported_in_any_order() -> None:
    schemas = {name: {"type": "object", "properties": fields} for name, fields in CYCLE.items()}
    node = operation(requestBody=body({"a": ref("A")}), responses=answer(ref("A")))
    package = parsed(document({"/a": {"post": node}}, components={"schemas": schemas})).package
    received = {"b": {"c": {"a": {"as": [{"b": {"c": {"name": "deep"}}}]}}}}
    for order in itertools.permutations("abc"):
        with imported(package) as made:
            for name in order:
                importlib.import_module(f"{package.name}.models.{name}")
            read = made.models.A.from_dict(received)
            assert read.b.c.a.as_[0].b.c.name == "deep"
            assert read.to_dict() == received


@pytest.mark.parametrize("indent", [0, 8])
def test_a_text_in_a_docstring_is_read_back_without_what_can_not_be_seen(indent: int) -> None:
    texts = ["", "plain", "\u202eabc", "x " * 300, 'ends with "', 'ends with """', '"starts', "back\\slash"]
    for text in [*texts, "ends with \\", 'both \\"', "a\n\nb"]:
        shown = filters.docstring(text, indent)
        read = eval(f'"""{shown}"""')  # the literal alone, made of this table
        assert read.split() == text.replace("\u202e", "").replace('"""', "'''").split()


@one_test
@pytest.mark.parametrize("row", OPERATIONS.values(), ids=OPERATIONS)
def test_every_methods_help_says_when_it_is_sent_again_how_long_it_takes_and_a_call_that_fits(row: Operation) -> None:
    group = importlib.import_module(f"lowcodeapi_baseten_api.resources.{row.group}")
    method = getattr(getattr(group, row.group.title().replace("_", "")), row.id.partition(".")[2])
    text = inspect.getdoc(method) or ""
    assert ("Sent again only if it is certain" in text) == (row.safety == "unsafe")
    assert f"retries included; by default {row.timeout:.0f}." in text
    example = ast.parse(text.partition("Example:")[2].strip().strip("`").replace("…", "...")).body[0]
    assert isinstance(example, ast.Expr) and isinstance(example.value, ast.Call)
    keywords = {keyword.arg: None for keyword in example.value.keywords if keyword.arg}
    inspect.signature(method).bind(None, *example.value.args, **keywords)
