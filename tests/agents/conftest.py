"""Tests of this folder may be coroutines: they run on asyncio.

Importing `mcp` takes a second, so a test of this folder does it when it runs, not when it is collected.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.agents.session import TOKEN


@pytest.fixture
def anyio_backend() -> str:
    """For the plugin of anyio."""
    return "asyncio"


@pytest.fixture
def gateway() -> Iterator[LocalGateway]:
    """A gateway that takes `TOKEN`."""
    with LocalGateway(api_token=TOKEN) as running:
        yield running
