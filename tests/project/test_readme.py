"""Every example of the README and of the documentation runs as it stands, alone, against the local gateway."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.project.examples import PAGES, ROOT, Example, examples

EXAMPLES = [example for example in examples() if example.engine is None]  # others: tests/distributed/


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.page}:{example.number}")
def test_an_example_runs_as_it_stands(example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    # Waits are skipped: the local gateway moves on at every look.
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    module = ModuleType("example")
    monkeypatch.setitem(sys.modules, "example", module)
    with LocalGateway(empty_answers="answered") as gateway:  # an unanswered wake-up would wait
        monkeypatch.setenv("LOWCODEAPI_API_TOKEN", gateway.api_token)
        monkeypatch.setenv("LOWCODEAPI_BASE_URL", gateway.base_url)
        exec(compile(example.source, f"{example.page}:{example.number}", "exec"), module.__dict__)
        for name, test in module.__dict__.items():
            if name.startswith("test_"):
                test(gateway)


TEXTS = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}


def test_no_two_examples_of_a_page_share_a_checkpoint() -> None:
    for page, text in TEXTS.items():
        used = re.findall(r"checkpoint[= ]\"?([\w.]+\.jsonl)", text)
        assert len(used) == len(set(used)), f"{page}: each would refuse the other's file"


def test_every_make_target_exists() -> None:
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    named = {found for text in TEXTS.values() for found in re.findall(r"\$ make ([a-z-]+)", text)}
    assert named and named <= set(targets)


def test_every_linked_file_exists() -> None:
    links = [
        (page, link)
        for page, text in TEXTS.items()
        for link in re.findall(r"\]\(([A-Za-z.][\w./-]*)(?:#[\w-]+)?\)", text)
    ]
    assert links and [link for link in links if not (ROOT / link[0]).parent.joinpath(link[1]).exists()] == []
