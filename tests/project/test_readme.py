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
    with LocalGateway() as gateway:
        monkeypatch.setenv("LOWCODEAPI_API_TOKEN", gateway.api_token)
        monkeypatch.setenv("LOWCODEAPI_BASE_URL", gateway.base_url)
        exec(compile(example.source, f"{example.page}:{example.number}", "exec"), module.__dict__)
        for name, test in module.__dict__.items():
            if name.startswith("test_"):
                test(gateway)


TEXTS = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}
TARGETS = sorted({found for text in TEXTS.values() for found in re.findall(r"\$ make ([a-z]+)", text)})
LINKS = [
    (page, link) for page, text in TEXTS.items() for link in re.findall(r"\]\(([A-Za-z.][\w./-]*)(?:#[\w-]+)?\)", text)
]


@pytest.mark.parametrize("page", TEXTS)
def test_no_two_examples_of_a_page_share_a_checkpoint(page: str) -> None:
    used = re.findall(r"checkpoint[= ]\"?([\w.]+\.jsonl)", TEXTS[page])
    assert len(used) == len(set(used)), "each would refuse the other's file"


@pytest.mark.parametrize("target", TARGETS)
def test_every_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_every_linked_file_exists(page: str, link: str) -> None:
    assert (ROOT / page).parent.joinpath(link).exists()
