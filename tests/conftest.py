"""What every test may rely on: no token, no gateway and no memory of the machine that it runs on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run of CI, so that a change is blamed for what it broke; `make fuzz` looks for new ones.
settings.register_profile("ci", derandomize=True, database=None)
settings.register_profile("fuzz", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(autouse=True)
def nothing_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty cache folder, and no `LOWCODEAPI_*` in the environment."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in [name for name in os.environ if name.startswith("LOWCODEAPI_")]:
        monkeypatch.delenv(name)
