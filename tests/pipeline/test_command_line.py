"""The command line of codegen: output, exit codes, and a provider without an overlay."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from codegen import cli, pipeline
from tests.support.small_documents import FROZEN, Json, answer, body, document, operation, parameter, store


def ended(*arguments: str) -> int:
    """The exit code, also if argparse ends the program itself."""
    try:
        return cli.main(arguments)
    except SystemExit as end:
        return int(end.code or 0)


# --- what it says ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["--help"],
            ["fetch ", "generate ", "check ", "A first run:", "After an update:", "Exit codes: 0 done, 1 ", "2 ", "3 "],
        ),
        (["generate", "--help"], ["--provider", "default: baseten", "--specs", "--out", "no network"]),
        (["check", "--help"], ["--provider", "--specs", "--out", "no network"]),
        (["fetch", "--help"], ["--provider", "--specs", "--base-url", "LOWCODEAPI_BACKEND_URL", "--allow-shrink"]),
    ],
)
def test_help_teaches(capsys: pytest.CaptureFixture[str], arguments: list[str], says: list[str]) -> None:
    assert ended(*arguments) == 0
    said = capsys.readouterr().out
    assert all(words in said for words in says)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["render"],
        ["generate", "--base-url", "https://a.example"],
        ["check", "--allow-shrink"],
        ["fetch", "--out", "x"],
        *(["generate", "--provider", name] for name in ("", "../baseten", "Baseten", "a/b", "a\nb", "-x", "x" * 65)),
    ],
)
def test_wrong_arguments_end_with_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert ended(*arguments) == 2
    assert "error: " in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("command", ["generate", "check"])
@pytest.mark.parametrize(
    ("definition", "says"),
    [
        (None, "neither openapi.json nor definition.json is there"),
        ("{", "not JSON"),
        ("<html>", "looks like HTML"),
        ("[]", "not an object"),
        ('{"paths": 1}', "definition.json: /paths: not an object"),
        ('{"paths": {"/\\u001b[31m": 1, "/\\u001b[31m": 2}}', "at /paths/~1\\x1b[31m"),
    ],
)
def test_a_document_that_is_not_right_ends_with_1_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, definition: str | None, says: str
) -> None:
    (tmp_path / "odd").mkdir()
    if definition is not None:
        (tmp_path / "odd" / "definition.json").write_text(definition)
    out = tmp_path / "out"
    assert ended(command, "--provider", "odd", "--specs", str(tmp_path), "--out", str(out)) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"codegen {command}: ")
    assert says in line
    assert line.isprintable()
    assert not out.exists()


def test_an_output_folder_that_can_not_be_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.write_text("")
    store(tmp_path / "small", document({"/a": {"get": operation()}}))
    assert ended("generate", "--provider", "small", "--specs", str(tmp_path), "--out", str(file)) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "can't be written" in line


def test_what_a_document_says_is_shown_and_not_obeyed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    openapi = document({"/\x1b[31m\n": {"get": operation()}})
    store(tmp_path / "small", openapi, document({}))
    assert ended("generate", "--provider", "small", "--specs", str(tmp_path), "--out", str(tmp_path / "out")) == 0
    said = capsys.readouterr().out
    assert "GET /\\x1b[31m is in openapi.json only" in said
    assert all(line.isprintable() for line in said.splitlines())


def test_a_line_for_each_stage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "OVERLAYS", FROZEN / "overlays")
    arguments = ["--specs", str(FROZEN / "specs"), "--out", str(tmp_path)]
    assert ended("generate", *arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [
        *("repair", "repair", "pair", "overlay", "parse", "render", "write")
    ]
    assert lines[0].startswith("repair   openapi.json: 56 operations; array-without-items 3, body-example 16, ")
    assert "pair     56 pairs, 0 disagreements" in lines
    assert any(line.startswith("parse    56 operations, ") for line in lines)
    assert ended("generate", *arguments) == 0
    assert f"write    0 changed in {tmp_path}" in capsys.readouterr().out.splitlines(), (
        "the second time nothing is left"
    )


def test_it_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "codegen", "--help"]
    done = subprocess.run(command, cwd=pipeline.ROOT.parent, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "python -m codegen" in done.stdout


# --- a second provider -----------------------------------------------------------------------------------------------

ENDPOINT = {"api_ref": "https://docs.example", "api_endpoint": "https://up.example/v2/pets/{pet_id}"}
FIELDS = {"name": {"type": "string", "required": True}, "class": {"type": "strign"}, "tags": {"type": "array"}}


def second_provider(base_url: str) -> tuple[Json, Json]:
    """Documents in the gateway's dialect with two operations, as a provider without an overlay has them."""

    def operations(pet: str, pets: str) -> Json:
        shown = {"name": "pet_id", "in": "path", "schema": {"type": "string", "example": ""}}
        dialect: Json = {
            "summary": "Rename a pet",
            "tags": ["Pet shop"],
            "parameters": [shown],
            "externalDocs": ENDPOINT,
        }
        responses = answer({"type": "object", "properties": {"id": {"type": "string"}}})
        rename = {**dialect, "requestBody": body(FIELDS), "responses": responses}
        return {
            "openapi": "3.0.0",
            "info": {"description": "Pets"},
            "servers": [{"url": base_url}],
            "paths": {pet: {"patch": rename}, pets: {"get": operation("List pets", parameters=[parameter("page")])}},
        }

    return operations("/v2/pets/{pet_id}", "/v2/pets"), operations("/v2/pets/petid", "/v2/pets")


class Gateway(BaseHTTPRequestHandler):
    """Echoes every request."""

    def do_GET(self) -> None:
        sent = self.rfile.read(int(self.headers.get("content-length", 0)))
        asked = {"method": self.command, "path": self.path, "body": json.loads(sent or "null")}
        content = json.dumps({"id": "7", "asked": asked}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_PATCH = do_GET

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing on stderr."""


@pytest.fixture
def gateway() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Gateway) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/pets"
        server.shutdown()
        thread.join()


PROGRAM = """
import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from lowcodeapi_pet_shop_api import Client, new_format, old_format
asked = []
for format in (new_format, old_format):
    with Client(format, params={"api_token": "t"}) as client:
        renamed = client.pet_shop.rename_pet("a b", name="Rex", class_=3, extra_body={"more": None})
        asked += [renamed.additional_properties["asked"], client.things.list_pets(page="2")["asked"]]
        assert renamed.id == "7"
print(json.dumps(asked))
"""


def test_a_provider_without_an_overlay_gets_a_package_that_works_in_both_formats(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], gateway: str
) -> None:
    store(tmp_path / "specs" / "pet-shop", *second_provider(gateway))
    arguments = ["--provider", "pet-shop", "--specs", str(tmp_path / "specs"), "--out", str(tmp_path / "out")]
    assert ended("generate", *arguments) == 0
    assert ended("check", *arguments) == 0
    assert "overlay  0 actions" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["API.md", "lowcodeapi_pet_shop_api"]
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "out")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    sent = {"name": "Rex", "class": 3, "more": None}
    listed = {"method": "GET", "path": "/pets/v2/pets?page=2&api_token=t", "body": None}
    assert json.loads(done.stdout) == [
        {"method": "PATCH", "path": "/pets/v2/pets/a%20b?api_token=t", "body": sent},
        listed,
        {"method": "PATCH", "path": "/pets/v2/pets/petid?pet_id=a%20b&api_token=t", "body": sent},
        listed,
    ]
