"""Every example of the README runs, as it stands, against the local gateway."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lowcodeapi_baseten.testing import LocalGateway

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_of_the_readme_runs_as_it_stands(number: int, tmp_path: Path) -> None:
    source = EXAMPLES[number]
    if "import Baseten" not in source:
        # Later examples rely on the first one's import.
        source = f"from lowcodeapi_baseten import Baseten\n{source}"
    # Waits are skipped: the local gateway moves on at every look.
    source = f"import time\ntime.sleep = lambda seconds: None\n{source}"
    with LocalGateway() as gateway:
        environment = {
            **os.environ,
            "LOWCODEAPI_API_TOKEN": gateway.api_token,
            "LOWCODEAPI_BASE_URL": gateway.base_url,
            "XDG_CACHE_HOME": str(tmp_path),
        }
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", source],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, f"{source}\n{done.stdout}\n{done.stderr}"


def test_the_receiver_of_the_readme_is_the_one_that_is_tested() -> None:
    receiver = (ROOT / "tests/support/receiver.py").read_text(encoding="utf-8")
    assert any("webhooks.verify" in example and example in f"{receiver}\n" for example in EXAMPLES)


@pytest.mark.parametrize("target", re.findall(r"\$ make ([a-z ]+[a-z])", README))
def test_every_make_target_of_the_readme_exists(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in target.split():
        assert re.search(rf"^{name}:", makefile, re.MULTILINE), name


@pytest.mark.parametrize("link", re.findall(r"\]\(([A-Za-z][\w./-]*)\)", README))
def test_every_file_that_the_readme_links_exists(link: str) -> None:
    assert (ROOT / link).exists()
