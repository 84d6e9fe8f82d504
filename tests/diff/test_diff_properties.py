"""Properties of every comparison, for any documents."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from codegen.diff.catalogue import KINDS
from codegen.document.reading import DocumentError
from tests.diff.documents import BOTH, GONE, at, documents, edited, prepared, report, source, spelled

QUICK = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.just(GONE),
    st.text(alphabet="abc 1é<`%", min_size=1, max_size=8),
    st.integers(-3, 200),
    st.booleans(),
    st.just({}),
    st.sampled_from(["string", "integer", "number", "boolean", "date", "query", "path"]),
)


def pointers(value: Any, here: str = "") -> Iterator[str]:
    """Yield a pointer to every place below the top of a document."""
    if here:
        yield here
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from pointers(item, f"{here}/{str(key).replace('~', '~0').replace('/', '~1')}")


def is_noise(pointer: str) -> bool:
    """True for differences that repair removes: OpenAPI's version, a parameter's redundant `required`, empty lists."""
    is_redundant = "/parameters/" in pointer and pointer.endswith("/required") and "schema" not in pointer
    return pointer == "/openapi" or is_redundant or at(BASE, pointer) == []


BASE = documents()["openapi"]
PLACES = st.sampled_from([pointer for pointer in pointers(BASE) if not is_noise(pointer)])


def shuffled(value: Any, order: random.Random) -> Any:
    """The same JSON with its keys in another order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key], order) for key in order.sample(list(value), len(value))}
    return [shuffled(item, order) for item in value] if isinstance(value, list) else value


def is_at(found: str | None, pointer: str) -> bool:
    """True if a pointer leads to a place, into it, or to something around it other than the whole document."""
    if not found:
        return False
    # A change of `required` is reported at each property, and a change of `in` at the parameter.
    places = {pointer, re.sub("/required(/[0-9]+)?$", "/properties", pointer), re.sub("/in$", "", pointer)}
    return any(f"{place}/".startswith(f"{found}/") or f"{found}/".startswith(f"{place}/") for place in places)


def test_the_order_of_keys_is_no_change() -> None:
    old = documents()
    for seed in range(5):
        assert report(old, shuffled(old, random.Random(seed)), with_python=False).findings == (), seed


@pytest.mark.parametrize("names", [BOTH, ("openapi",), ("definition",)], ids=" ".join)
@given(pointer=PLACES, value=VALUES)
@QUICK
def test_another_value_anywhere_is_a_finding_that_points_at_it(
    names: tuple[str, ...], pointer: str, value: Any
) -> None:
    old = documents()
    before = at(old["openapi"], pointer)
    assume(before != value or type(before) is not type(value))
    try:
        new = edited({pointer: value}, names)
        # Versions that repair to the same document have no change.
        assume(prepared(source(old)).repaired != prepared(source(new)).repaired)
        found = report(old, new, with_python=False).findings
    except DocumentError:
        # A version that is no longer a document gives an error, not findings.
        assume(False)
    for name in names:
        places = [place for finding in found for version in finding.pointers.values() for place in version.values()]
        assert any(is_at(place, spelled(pointer, name)) for place in places), (name, places)


@given(st.dictionaries(PLACES, VALUES, min_size=1, max_size=3))
@QUICK
def test_exchanging_old_and_new_exchanges_added_and_removed(edits: dict[str, Any]) -> None:
    old = documents()
    try:
        new = edited(edits)
    except (KeyError, IndexError, TypeError, AttributeError):
        assume(False)  # one edit took the place of another
    try:
        there, back = (report(*pair, with_python=False).findings for pair in ((old, new), (new, old)))
    except DocumentError:
        assume(False)
    unmatched = [finding.id for finding in back]
    for finding in there:
        mirror = next((mirror for mirror in KINDS[finding.id].mirrors if mirror in unmatched), None)
        assert mirror is not None, (finding.id, [each.id for each in back])
        unmatched.remove(mirror)
    assert unmatched == []
