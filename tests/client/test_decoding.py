"""Decoding with the extra `fast` equals the standard library's, value by value and error by error."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

pytest.importorskip("msgspec")

from hypothesis import example, given
from hypothesis import strategies as st
from lowcodeapi_baseten.decoding import loads

from tests.support.profiles import examples

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.text(st.characters(categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=20,
)
TOKENS = st.sampled_from(
    [
        *("{", "}", "[", "]", ":", ",", '"', "\\u", "d800", "\\", "e", "E", "+", "-", ".", "0", "1", "-0", '"a"'),
        *("99999999999999999999", "1e400", "1e-400", "NaN", "Infinity", "null", "true", "false"),
        *(" ", "\n", "\t", "\x0c", "\x00", "\ufeff", "é"),
    ]
)


def outcome(decode: Any, body: bytes) -> Any:
    """A form in which 1, 1.0 and True, 0.0 and -0.0 differ, and NaN equals itself."""
    try:
        return spelled(decode(body))
    except (ValueError, RecursionError) as error:
        return type(error).__name__, str(error)


def spelled(value: Any) -> Any:
    if isinstance(value, dict):
        return "object", [(key, spelled(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [spelled(item) for item in value]
    if isinstance(value, float):
        return "float", repr(value), math.copysign(1, value)
    return type(value).__name__, value


@examples(50)
@given(VALUES, st.booleans())
@example(2**64, True)
@example(-(2**63) - 1, True)
@example(float("nan"), True)
@example("\ud800", True)
def test_what_python_writes_is_read_the_same(value: Any, is_ascii: bool) -> None:
    body = json.dumps(value, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")
    assert outcome(loads, body) == outcome(json.loads, body)


@given(
    st.lists(TOKENS, max_size=12).map("".join) | st.text(max_size=10),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32-be"]),
)
@example('{"a":1,"a":2}', "utf-8")
@example("1e400", "utf-8")
@example("01", "utf-8")
def test_what_looks_like_json_is_read_or_refused_the_same(text: str, encoding: str) -> None:
    body = text.encode(encoding)
    assert outcome(loads, body) == outcome(json.loads, body)


@pytest.mark.parametrize("depth", [500, 100_000])
def test_deep_nesting_is_read_or_refused_the_same(depth: int) -> None:
    body = b"[" * depth + b"]" * depth
    said = [type(outcome(decode, body)) if depth < 1000 else outcome(decode, body)[0] for decode in (loads, json.loads)]
    assert said[0] == said[1]
