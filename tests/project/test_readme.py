"""Every example of the README runs, as it stands, against the local gateway."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from lowcodeapi_baseten.testing import LocalGateway

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


# Starting Python and importing the client takes longer than an example: they all run in children of one process.
RUNNER = """
import asyncio, httpx, json, os, sys, time, traceback
import lowcodeapi_baseten.client, lowcodeapi_baseten.testing
time.sleep = lambda seconds: None  # waits are skipped: the local gateway moves on at every look

def run(source, settings):
    try:
        os.environ.update(settings)
        os.chdir(settings["XDG_CACHE_HOME"])
        exec(compile(source, "README.md", "exec"), {"__name__": "__main__"})
        sys.stdout.flush()
    except BaseException:
        print(f"{traceback.format_exc()}in this example:\\n{source}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)

for source, settings in json.load(sys.stdin):
    if os.fork() == 0:
        run(source, settings)
while True:
    try:
        assert os.wait()[1] == 0
    except ChildProcessError:
        break
"""


def test_every_example_of_the_readme_runs_as_it_stands(tmp_path: Path) -> None:
    with ExitStack() as gateways:
        runs = []
        for number, source in enumerate(EXAMPLES):
            gateway = gateways.enter_context(LocalGateway())
            folder = tmp_path / str(number)
            folder.mkdir()
            settings = {
                "LOWCODEAPI_API_TOKEN": gateway.api_token,
                "LOWCODEAPI_BASE_URL": gateway.base_url,
                "XDG_CACHE_HOME": str(folder),
            }
            # Later examples rely on the first one's import.
            line = "" if "import Baseten" in source else "from lowcodeapi_baseten import Baseten\n"
            runs.append((f"{line}{source}", settings))
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", RUNNER],
            input=json.dumps(runs),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert len(EXAMPLES) > 10
    assert (done.returncode, done.stderr) == (0, "")


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
