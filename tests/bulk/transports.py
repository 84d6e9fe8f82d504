"""The transports of a client, chosen by the environment, which a test's child processes inherit."""

from __future__ import annotations

import pytest
from lowcodeapi_baseten.transport import fast

EACH = ["default", *(["fast"] if fast.is_installed() else [])]


def ask_for(name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make every client without its own choice use this transport. Returns its name."""
    if name == "default":
        monkeypatch.delenv("LOWCODEAPI_TRANSPORT", raising=False)
    else:
        monkeypatch.setenv("LOWCODEAPI_TRANSPORT", name)
    return name
