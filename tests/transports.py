"""What a client may send over, asked for by the environment, as processes that a test starts inherit it."""

from __future__ import annotations

import pytest
from lowcodeapi_baseten.transport import fast

EACH = ["default", *(["fast"] if fast.is_installed() else [])]


def ask_for(name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let every client that is told nothing else send over this. Returns its name."""
    if name == "default":
        monkeypatch.delenv("LOWCODEAPI_TRANSPORT", raising=False)
    else:
        monkeypatch.setenv("LOWCODEAPI_TRANSPORT", name)
    return name
