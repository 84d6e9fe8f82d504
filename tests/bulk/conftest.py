"""The transports of a client, chosen by the environment, which child processes inherit."""

from __future__ import annotations

import pytest
from lowcodeapi_baseten.transport import fast


@pytest.fixture(params=["default", *(["fast"] if fast.is_installed() else [])])
def transport(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The transport of every client without its own choice."""
    if request.param == "default":
        monkeypatch.delenv("LOWCODEAPI_TRANSPORT", raising=False)
    else:
        monkeypatch.setenv("LOWCODEAPI_TRANSPORT", request.param)
    name: str = request.param
    return name
