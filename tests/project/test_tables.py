"""Many rows in one test: each is checked, whatever the others do, and those that failed are named."""

from __future__ import annotations

import pytest

from tests.support.tables import one_test


@pytest.mark.parametrize("fails", [True, False])
def test_every_row_is_checked_and_those_that_failed_are_named(fails: bool) -> None:
    seen: list[tuple[str, int]] = []

    @one_test
    @pytest.mark.parametrize("kind", ["skipped", "failed", "good"])
    @pytest.mark.parametrize("times", [1, 2])
    def rows(kind: str, times: int) -> None:
        seen.append((kind, times))
        if kind == "skipped":
            pytest.skip("a tool is not there")
        assert kind != "failed" or not fails

    with pytest.raises((BaseExceptionGroup, pytest.skip.Exception)) as caught:
        rows()
    assert sorted(seen) == [(kind, times) for kind in ("failed", "good", "skipped") for times in (1, 2)]
    named = [error.__notes__ for error in getattr(caught.value, "exceptions", ())]
    assert named == ([[f"with {{'times': {times}, 'kind': 'failed'}}"] for times in (1, 2)] if fails else [])
