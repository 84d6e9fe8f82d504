"""A client of the local gateway, whose waits take no time.

It is synchronous: `make check` compares the sync twins with their originals. `test_good_answers_end_well` and
`test_async_workflows.py` hold what differs for an async client.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lowcodeapi_baseten import Baseten
from lowcodeapi_baseten.testing import LocalGateway

from tests.workflows.patience import Quick, connected


@pytest.fixture
def gateway(gateway: LocalGateway) -> LocalGateway:
    gateway.empty_answers = "answered"  # an unanswered wake-up would wait in real time
    return gateway


@pytest.fixture
def clock() -> Quick:
    return Quick()


@pytest.fixture
def client(gateway: LocalGateway, clock: Quick) -> Iterator[Baseten]:
    with connected(gateway, clock=clock) as client:
        yield client
