"""The map in CONTRIBUTING.md names files and folders that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAP = PAGE[: PAGE.index("## Before a commit")]
CLIENT = ROOT / "overrides/lowcodeapi_baseten"
NAMED = sorted({name for name in re.findall(r"`([\w./]+)`", MAP) if re.search(r"/$|\.(py|yaml|toml|jinja)$", name)})


def test_every_file_of_the_map_exists() -> None:
    assert len(NAMED) > 50
    assert [name for name in NAMED if not (ROOT / name).exists() and not (CLIENT / name).exists()] == []


def test_every_file_of_the_thin_layer_is_on_the_map() -> None:
    known = {path.name for path in CLIENT.glob("*.py")} - {"__init__.py", "_version.py"}
    assert known - set(NAMED) <= {"decoding.py", "forks.py"}  # nobody looks for these by a change
