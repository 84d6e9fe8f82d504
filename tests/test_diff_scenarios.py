"""Realistic changes, and all that is said of them."""

from __future__ import annotations

import pytest

from codegen.diff import compare
from tests.diff_scenarios import GOLDEN, SCENARIOS, told

# To read everything takes much longer than to read what differs, so not all scenarios are told so: those where methods,
# arguments, classes, attributes or names come, go or change.
ABOUT_NAMES = (
    "answer-loses-a-field",
    "endpoint-removed",
    "enum-grew",
    "many-at-once",
    "new-endpoint-reaches-the-second-format",
    "overlay-renames-a-class",
    "overlay-renames-a-method",
    "type-widened-and-narrowed",
)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_reported_as_it_was(name: str) -> None:
    about, texts = told(name)
    for end, text in texts.items():
        expected = (GOLDEN / f"{name}.{end}").read_text(encoding="utf-8")
        assert text == expected, f"{about} If this is meant: python -m tests.diff_scenarios, and read the difference."


@pytest.mark.parametrize("name", ABOUT_NAMES)
def test_what_is_equal_in_both_versions_says_nothing_when_it_is_read_too(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "unequal", lambda old, new, also: (old, new))
    for end, text in told(name)[1].items():
        assert text == (GOLDEN / f"{name}.{end}").read_text(encoding="utf-8")


def test_there_are_thirty_scenarios_and_no_other_golden_files() -> None:
    assert len(SCENARIOS) >= 30
    assert {path.stem for path in GOLDEN.iterdir()} == SCENARIOS.keys()
