"""`codegen export`: one valid document, which other tools read."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from lowcodeapi_baseten_api import new_format, old_format
from lowcodeapi_baseten_api.operations import OPERATIONS

from codegen.cli import main
from codegen.document import reading
from tests.support.small_documents import document, operation, parameter, store
from tests.support.valid_openapi import validate


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "baseten.json"
    assert main(["export", "--provider", "baseten", "--to", str(path)]) == 0
    return path


def test_it_is_valid_openapi_3_1_and_has_every_operation_with_its_routes_and_safety_class(exported: Path) -> None:
    document = json.loads(exported.read_bytes())
    assert document["openapi"].startswith("3.1.")
    validate(document)
    found = {row["operationId"]: (path, method, row) for path, method, row in reading.operations(document)}
    assert set(found) == set(OPERATIONS)
    for id_, (path, method, row) in found.items():
        assert (method.upper(), path) == new_format.ROUTES[id_][:2]
        assert row["x-routes"]["old"]["path"] == old_format.ROUTES[id_].path
        assert row["x-safety"] == OPERATIONS[id_].safety
        assert row.get("x-destructive", False) == OPERATIONS[id_].is_destructive


def test_an_operation_without_an_overlay_has_the_name_and_safety_class_of_its_method(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    paths = {"/orders/{id}": {"delete": operation("Delete order", parameters=[parameter("id", "path")])}}
    store(tmp_path / "small", document(paths))
    assert main(["export", "--provider", "small", "--specs", str(tmp_path)]) == 0
    row = json.loads(capsysbinary.readouterr().out)["paths"]["/orders/{id}"]["delete"]
    assert (row["operationId"], row["x-safety"], row["x-destructive"]) == ("things.delete_order", "unsafe", True)


def test_the_same_documents_give_the_same_bytes(exported: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["export"]) == 0
    assert capfdbinary.readouterr().out == exported.read_bytes()


def test_openapi_python_clients_own_command_reads_it_without_a_warning(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from openapi_python_client.cli import app as openapi_python_client

    # It formats with the ruff that is on the path.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    command = ["generate", "--path", str(exported), "--meta", "none", "--output-path", str(tmp_path / "made")]
    assert not openapi_python_client([*command, "--fail-on-warning"], standalone_mode=False)
    said = capfd.readouterr()
    assert said.err == "" and "arning" not in said.out
    assert len(list((tmp_path / "made" / "api").rglob("*.py"))) > len(OPERATIONS)
