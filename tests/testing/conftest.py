"""A caller for a running local gateway; and the Baseten of one without HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.testing.caller import Account, Caller


@pytest.fixture(scope="module")
def http_client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=10, trust_env=False, verify=False) as client:  # reading certificates takes time
        yield client


@pytest.fixture
def call(gateway: LocalGateway, http_client: httpx.Client) -> Caller:
    return Caller(gateway, http_client)


@pytest.fixture
def ask() -> Account:
    return Account()
