"""Both ways to run a workflow. A table of cases takes them in turn: `in_turn(case=[...], run=BOTH)`."""

from __future__ import annotations

import pytest

from tests.workflows.patience import BOTH, Run


@pytest.fixture(params=BOTH)
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a workflow with a sync client, and again with an async one."""
    made: Run = request.param
    return made
