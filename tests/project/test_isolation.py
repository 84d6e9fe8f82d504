"""The suite fails a test that leaves something to the next, hides the machine from tests, and reports skipped ones."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

LEAKS = {
    "modules": "(folder / 'left_behind.py').touch(); import left_behind",
    "path": "sys.path.append('/nowhere')",
    "folder": "os.chdir(folder)",
    "environment": "os.environ['LEFT'] = 'behind'",
    "signals": "signal.signal(signal.SIGTERM, lambda *_: None)",
    "loggers": "logging.getLogger('left.behind').setLevel(1)",
    "threads": "threading.Thread(target=threading.Event().wait, name='a thread', daemon=True).start()",
    "interpreter": "sys.setswitchinterval(0.004)",
}
HEAD = """
import logging, os, signal, sys, threading
from pathlib import Path
import pytest

from tests import conftest

conftest._PATIENCE = 0.01
folder = Path(__file__).parent
"""
MACHINE = {
    **dict.fromkeys(["HTTP_PROXY", "https_proxy", "ALL_PROXY", "no_proxy"], "http://127.0.0.1:1"),
    **dict.fromkeys(["LOWCODEAPI_API_TOKEN", "XDG_CONFIG_HOME", "PYTHONPATH", "SSL_CERT_DIR"], "/nowhere"),
    **{"COLUMNS": "10", "TERM": "dumb", "NO_COLOR": "1", "LANG": "C", "LC_ALL": "POSIX", "TZ": "Asia/Kathmandu"},
}
SEEN = f"""
@pytest.mark.skip(reason="a tool is not there: apt-get install a-tool")
@pytest.mark.parametrize("n", range(2))
def test_skipped(n):
    pass

def test_it_sees_nothing_of_the_machine():
    assert not os.environ.keys() & {set(MACHINE)!r}
    assert not (Path.home() / ".cache").exists() and not Path(os.environ["XDG_CACHE_HOME"]).exists()
"""


def test_each_kind_of_thing_that_is_left_fails_its_test_and_the_end_says_what_was_skipped(tmp_path: Path) -> None:
    tests = [f"def test_{name}():\n    {code}\n" for name, code in LEAKS.items()]
    (tmp_path / "test_small.py").write_text("\n".join([HEAD, *tests, SEEN]))
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-c", os.devnull]
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), str(tmp_path)],
        env={**os.environ, **MACHINE, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = set(re.findall(r"ERROR at teardown of test_(\w+)", done.stdout))
    # Threads belong to the file, and are reported with its last test.
    assert LEAKS.keys() - {"threads"} <= failed, done.stdout
    assert "threads: a thread still runs" in done.stdout
    assert f" {len(LEAKS) + 1} passed, 2 skipped, " in done.stdout
    *_, said, _ = done.stdout.splitlines()
    assert said == "2 tests: a tool is not there: apt-get install a-tool"
