"""Files written by a fetch: both documents and their source, or nothing if it fails."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.document import reading
from codegen.document.reading import DocumentError
from codegen.fetch.fetch import fetch
from tests.fetch.backend import NEW, OLD, Backend, body, document, failure, run, state


def test_both_documents_are_stored_with_their_source(backend: Backend, specs: Path) -> None:
    backend.serve(NEW)
    lines = run(backend.url, specs)
    folder = specs / "baseten"
    assert sorted(path.name for path in folder.iterdir()) == ["definition.json", "openapi.json", "source.yaml"]
    source = (folder / "source.yaml").read_text()
    assert source.startswith("# Written by `python -m codegen fetch`")
    for name, content in NEW.items():
        served = json.dumps(content).encode()
        assert (folder / f"{name}.json").read_bytes() == reading.canonical(content)
        assert yaml.safe_load(source)["documents"][name] == {
            "url": f"{backend.url}/baseten/{name}",
            "fetched": "2026-03-04",
            "sha256": hashlib.sha256(served).hexdigest(),
            "bytes": len(served),
            "operations": len(content["paths"]),
        }
    sizes = {name: len(json.dumps(content)) for name, content in NEW.items()}
    sums = {name: hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12] for name, content in NEW.items()}
    assert lines == [
        f"openapi: 4 operations, {sizes['openapi']} bytes, sha256 {sums['openapi']}, 1 added, 1 removed",
        f"definition: 5 operations, {sizes['definition']} bytes, sha256 {sums['definition']}, 1 added, 0 removed",
        f"{folder}: written",
    ]
    assert backend.asked == ["/baseten/openapi", "/baseten/definition"]


def test_the_first_fetch_makes_the_folder(backend: Backend, tmp_path: Path) -> None:
    backend.serve(NEW)
    lines = run(f"{backend.url}/", tmp_path / "new" / "specs")
    assert [line.rpartition(", ")[2] for line in lines[:2]] == ["new", "new"]
    assert reading.load(tmp_path / "new" / "specs" / "baseten")["definition"] == NEW["definition"]


@pytest.mark.parametrize(("only", "kept"), [("definition", "openapi"), ("openapi", "definition")])
def test_one_document_is_taken_alone_and_the_other_stays(backend: Backend, specs: Path, only: str, kept: str) -> None:
    folder = specs / "baseten"
    entry = {"url": "https://a.example", "fetched": "2026-01-02"}
    (folder / "source.yaml").write_text(yaml.safe_dump({"documents": {kept: entry}}))
    before = (folder / f"{kept}.json").read_bytes()
    backend.serve({only: NEW[only]})
    lines = run(backend.url, specs, only=only)
    assert [line.partition(":")[0] for line in lines] == [only, str(folder)]
    assert backend.asked == [f"/baseten/{only}"]
    assert (folder / f"{kept}.json").read_bytes() == before
    assert (folder / f"{only}.json").read_bytes() == reading.canonical(NEW[only])
    source = yaml.safe_load((folder / "source.yaml").read_text())["documents"]
    assert (source[kept], source[only]["fetched"]) == (entry, "2026-03-04")


@pytest.mark.parametrize(("served", "missing"), [("definition", "openapi"), ("openapi", "definition")])
def test_where_one_document_is_missing_the_error_says_which_and_what_to_do(
    backend: Backend, specs: Path, served: str, missing: str
) -> None:
    backend.serve({served: NEW[served]})
    said = str(failure(backend.url, specs))
    assert said.startswith(f"{backend.url}/baseten/{missing}: status 404")
    assert f"{served} is there; `--only {served}` takes that one and keeps {missing} as it is" in said
    assert "check the provider's name" not in said


def test_where_both_are_missing_the_name_may_be_wrong(backend: Backend, specs: Path) -> None:
    assert "check the provider's name" in str(failure(backend.url, specs))


def test_a_snapshot_of_one_document_gets_the_other(backend: Backend, specs: Path) -> None:
    (specs / "baseten" / "definition.json").unlink()
    backend.serve(NEW)
    assert run(backend.url, specs)[1].endswith(", new")


def test_unchanged_documents_touch_nothing(backend: Backend, specs: Path) -> None:
    for name, content in OLD.items():
        served = json.dumps(dict(reversed(content.items())), indent=7).encode()
        backend.answers[f"/baseten/{name}"] = body(b"\xef\xbb\xbf" + served)
    before = state(specs)
    lines = run(backend.url, specs)
    assert state(specs) == before
    assert all(line.endswith("unchanged") for line in lines)
    assert len(lines) == 3


def test_a_change_in_one_document_dates_both_and_rewrites_one(backend: Backend, specs: Path) -> None:
    changed = json.loads(json.dumps(OLD["openapi"]))
    changed["paths"]["/b"]["get"]["summary"] = "Another"
    backend.serve({**OLD, "openapi": changed})
    before = state(specs)
    lines = run(backend.url, specs)
    after = state(specs)
    assert lines[0].endswith(", the same operations, changed inside")
    assert lines[1].endswith(", unchanged")
    assert after["baseten/definition.json"] == before["baseten/definition.json"]
    assert json.loads(after["baseten/openapi.json"][2] or b"") == changed
    dates = yaml.safe_load(after["baseten/source.yaml"][2] or b"")["documents"]
    assert [entry["fetched"] for entry in dates.values()] == ["2026-03-04", "2026-03-04"]


def test_without_a_date_it_is_today_in_utc(backend: Backend, specs: Path) -> None:
    backend.serve(NEW)
    days = [dt.datetime.now(dt.UTC).date().isoformat()]
    fetch("baseten", base_url=backend.url, specs=specs, allow_shrink=False, out=lambda line: None)
    days.append(dt.datetime.now(dt.UTC).date().isoformat())
    assert yaml.safe_load((specs / "baseten/source.yaml").read_text())["documents"]["openapi"]["fetched"] in days


def test_no_source_has_a_token_or_a_time_of_day(backend: Backend, specs: Path) -> None:
    backend.serve(NEW)
    run(backend.url, specs)
    assert not re.search(r"token|\d\d:\d\d:\d\d", (specs / "baseten" / "source.yaml").read_text())


# --- what stays as it was


@pytest.mark.parametrize("name", reading.NAMES)
def test_of_a_first_fetch_that_fails_nothing_is_left(backend: Backend, tmp_path: Path, name: str) -> None:
    backend.serve(NEW)
    del backend.answers[f"/baseten/{name}"]
    failure(backend.url, tmp_path)


@pytest.mark.parametrize("left", [2, 1])
def test_more_than_half_must_not_be_lost_unless_allowed(backend: Backend, specs: Path, left: int) -> None:
    shrunk = {name: document(*list(content["paths"])[:left]) for name, content in OLD.items()}
    backend.serve(shrunk)
    if left < 2:
        assert "--allow-shrink" in str(failure(backend.url, specs))
    lines = run(backend.url, specs, allow_shrink=left < 2)
    assert lines[0].endswith(f", 0 added, {4 - left} removed")
    assert reading.load(specs / "baseten")["definition"] == shrunk["definition"]


def test_when_the_second_rename_fails_the_snapshot_is_as_before(
    backend: Backend, specs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.serve(NEW)
    rename, calls = os.replace, list[Any]()

    def fails_second(source: Any, target: Any) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        rename(source, target)

    monkeypatch.setattr(os, "replace", fails_second)
    before = {name: content for name, (_, _, content) in state(specs).items()}
    with pytest.raises(DocumentError, match="nothing was changed"):
        run(backend.url, specs)
    assert {name: content for name, (_, _, content) in state(specs).items()} == before
    assert len(calls) == 2


def test_a_snapshot_that_can_not_be_read_is_not_overwritten(backend: Backend, specs: Path) -> None:
    backend.serve(NEW)
    (specs / "baseten" / "openapi.json").write_bytes(b"{")
    assert "restore the snapshot" in str(failure(backend.url, specs))
    assert backend.asked == []


def test_a_snapshot_folder_that_is_a_symlink_is_not_followed(backend: Backend, specs: Path) -> None:
    backend.serve(NEW)
    (specs / "baseten").rename(specs / "elsewhere")
    (specs / "baseten").symlink_to(specs / "elsewhere", target_is_directory=True)
    assert "is a symlink" in str(failure(backend.url, specs))
