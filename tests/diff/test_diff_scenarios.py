"""Realistic changes, and the whole report on each."""

from __future__ import annotations

import pytest

from tests.diff.scenarios import GOLDEN, SCENARIOS, told


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_reported_as_it_was(name: str) -> None:
    about, texts = told(name)
    for end, text in texts.items():
        expected = (GOLDEN / f"{name}.{end}").read_text(encoding="utf-8")
        assert text == expected, f"{about} If this is meant: python -m tests.diff.scenarios, and read the difference."


def test_there_are_thirty_scenarios_and_no_other_golden_files() -> None:
    assert len(SCENARIOS) >= 30
    assert {path.stem for path in GOLDEN.iterdir()} == SCENARIOS.keys()
