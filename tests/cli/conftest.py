"""A gateway that the tests of a file share, in its first state for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lowcodeapi_baseten.testing import LocalGateway


@pytest.fixture(scope="module")
def running() -> Iterator[LocalGateway]:
    """For `gateway` alone."""
    with LocalGateway(empty_answers="answered") as gateway:
        yield gateway


@pytest.fixture
def gateway(running: LocalGateway) -> Iterator[LocalGateway]:
    """The gateway. It answers what has no body, else a wake-up would wait."""
    running.reset()
    settings = running.predict, running.faults
    yield running
    running.predict, running.faults = settings
