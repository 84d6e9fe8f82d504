"""The pytest fixture ``baseten_gateway``. An entry point loads it, so it must cost nothing until used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .gateway import LocalGateway


@pytest.fixture
def baseten_gateway() -> Iterator[LocalGateway]:
    """A running :class:`~lowcodeapi_baseten.testing.LocalGateway` in its seed state, for this test alone."""
    from .gateway import LocalGateway

    with LocalGateway() as gateway:
        yield gateway
