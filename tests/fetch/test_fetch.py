"""A fetch that works: the requests it sends, and the files it writes: both documents and their source."""

from __future__ import annotations

import copy
import datetime as dt
import gzip
import hashlib
import json
from pathlib import Path

import pytest
import yaml

from codegen.document import reading
from codegen.fetch.backend import backend_url
from tests.fetch.backend import NEW, OLD, Backend, document, encoded, failure, run, state
from tests.support.raw_wire import http


def test_both_documents_are_stored_with_their_source_and_no_time_of_day(backend: Backend, specs: Path) -> None:
    backend.serve(NEW)
    lines = run(backend.url, specs)
    folder = specs / "baseten"
    assert sorted(path.name for path in folder.iterdir()) == ["definition.json", "openapi.json", "source.yaml"]
    source = (folder / "source.yaml").read_text()
    assert source.startswith("# Written by `python -m codegen fetch`")
    sums = {name: hashlib.sha256(encoded(name)).hexdigest() for name in NEW}
    for name, content in NEW.items():
        assert (folder / f"{name}.json").read_bytes() == reading.canonical(content)
        assert yaml.safe_load(source)["documents"][name] == {
            "url": f"{backend.url}/baseten/{name}",
            "fetched": "2026-03-04",
            "sha256": sums[name],
            "bytes": len(encoded(name)),
            "operations": len(content["paths"]),
        }
    said = [f"{len(encoded(name))} bytes, sha256 {sums[name][:12]}" for name in NEW]
    assert lines == [
        f"openapi: 4 operations, {said[0]}, 1 added, 1 removed",
        f"definition: 5 operations, {said[1]}, 1 added, 0 removed",
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


def test_a_snapshot_of_one_document_gets_the_other(backend: Backend, specs: Path) -> None:
    (specs / "baseten" / "definition.json").unlink()
    backend.serve(NEW)
    assert run(backend.url, specs)[1].endswith(", new")


def test_unchanged_documents_touch_nothing(backend: Backend, specs: Path) -> None:
    for name, content in OLD.items():
        served = json.dumps(dict(reversed(content.items())), indent=7).encode()
        backend.answers[f"/baseten/{name}"] = http(b"\xef\xbb\xbf" + served)
    before = state(specs)
    assert [line.rpartition(" ")[2] for line in run(backend.url, specs)] == ["unchanged"] * 3
    assert state(specs) == before


def test_a_change_in_one_document_dates_both_and_rewrites_one(backend: Backend, specs: Path) -> None:
    changed = copy.deepcopy(OLD["openapi"])
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
    run(backend.url, specs, today=None)
    days.append(dt.datetime.now(dt.UTC).date().isoformat())
    assert yaml.safe_load((specs / "baseten/source.yaml").read_text())["documents"]["openapi"]["fetched"] in days


@pytest.mark.parametrize("left", [2, 1])
def test_more_than_half_must_not_be_lost_unless_allowed(backend: Backend, specs: Path, left: int) -> None:
    shrunk = {name: document(*list(content["paths"])[:left]) for name, content in OLD.items()}
    backend.serve(shrunk)
    if left < 2:
        assert "--allow-shrink" in str(failure(backend.url, specs))
    lines = run(backend.url, specs, allow_shrink=left < 2)
    assert lines[0].endswith(f", 0 added, {4 - left} removed")
    assert reading.load(specs / "baseten")["definition"] == shrunk["definition"]


def test_gzip_is_undone_though_identity_was_asked_for(backend: Backend, specs: Path) -> None:
    for name in NEW:
        backend.answers[f"/baseten/{name}"] = http(gzip.compress(encoded(name)), "Content-Encoding: GZip")
    run(backend.url, specs)
    assert reading.load(specs / "baseten")["openapi"] == NEW["openapi"]
    source = yaml.safe_load((specs / "baseten/source.yaml").read_text())["documents"]["openapi"]
    assert source["sha256"] == hashlib.sha256(encoded("openapi")).hexdigest()
    assert {request.header("accept-encoding") for request in backend.received} == {"identity"}


# --- where it asks ---------------------------------------------------------------------------------------------------


def test_a_plain_name_is_asked_for_below_the_path_of_the_backend(backend: Backend, specs: Path) -> None:
    names = ["a", "0", "open-ai_2", "a" * 64]
    for name in names:
        failure(f"{backend.url}/api/v2/", specs, name)
    assert backend.asked == [f"/api/v2/{name}/{document}" for name in names for document in OLD]


def test_the_backend_is_option_then_environment_then_default() -> None:
    given, empty = {"LOWCODEAPI_BACKEND_URL": "https://e"}, {"LOWCODEAPI_BACKEND_URL": ""}
    assert backend_url("https://o", given) == "https://o"
    assert {backend_url(None, given), backend_url("", given)} == {"https://e"}
    assert {backend_url(None, empty), backend_url(None, {})} == {"https://backend.lowcodeapi.com"}


def test_loopback_is_never_asked_through_a_proxy(
    backend: Backend, specs: Path, nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, nobody)
    backend.serve(NEW)
    assert run(backend.url, specs)[2].endswith("written")
