"""The parser of the fast wire by itself: with answers in any pieces, and with any bytes."""

from __future__ import annotations

import pytest

pytest.importorskip("httptools")

from hypothesis import given
from hypothesis import strategies as st
from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.secrets import Token
from lowcodeapi_baseten.steps import Failure
from lowcodeapi_baseten.transport.fast.incoming import Incoming

from tests.support.profiles import examples
from tests.support.tables import one_test
from tests.support.wire import TOKEN
from tests.transport.test_answers import ANSWERS, BODY, HEAD, HINT, OK, chunked, said


@examples(40)
@given(st.sampled_from(sorted(ANSWERS)), st.lists(st.integers(0, 200), max_size=8))
def test_an_answer_is_the_same_in_whatever_pieces_it_comes(case: str, cuts: list[int]) -> None:
    answer, _, _ = ANSWERS[case]
    whole = parsed(answer)
    assert isinstance(whole, Answer)
    incoming, start = Incoming(1 << 20, "POST"), 0
    for cut in [*sorted(cuts), len(answer)]:
        if cut > start:
            incoming.feed(answer[start:cut])
            start = cut
    incoming.eof()
    assert incoming.outcome(Token(TOKEN)) == whole


def parsed(answer: bytes) -> Answer | Failure:
    """The result for an answer that comes in one piece."""
    incoming = Incoming(1 << 20, "POST")
    incoming.feed(answer)
    incoming.eof()
    return incoming.outcome(Token(TOKEN))


def test_an_answer_that_can_not_be_decoded_is_on_the_failure() -> None:
    failure = parsed(said("content-encoding: gzip", "content-length: 5", body=b"plain"))
    assert isinstance(failure, Failure) and failure.kind == "refused"
    assert (failure.status, failure.body) == (200, b"plain")


@one_test
@pytest.mark.parametrize("step", [10_000, 200_000])
@pytest.mark.parametrize(
    "data",
    [
        said(f"x-a: {'a' * 150_000}"),
        said(*[f"x-{number}: 1" for number in range(20_000)]),
        HEAD + b"x-a: " + b"a" * 150_000,
        b"\r\n" * 75_000,
        chunked(b"{}", end=b"0\r\nx-a: ")[:-1] + b"a" * 450_000,
    ],
    ids=["a line", "many lines", "a line without an end", "empty lines", "a trailer without an end"],
)
def test_a_head_that_is_too_long_is_given_up_before_it_ends(data: bytes, step: int) -> None:
    incoming = Incoming(1 << 20, "POST")
    for start in range(0, len(data), step):
        incoming.feed(data[start : start + step])
    assert incoming.is_over
    outcome = incoming.outcome(Token(TOKEN))
    assert isinstance(outcome, Failure) and outcome.kind == "lost"


def test_what_comes_behind_an_answer_is_no_part_of_it() -> None:
    incoming = Incoming(1 << 20, "POST")
    incoming.feed(OK)
    assert incoming.is_over and incoming.is_kept
    incoming.feed(OK)
    assert not incoming.is_kept
    outcome = incoming.outcome(Token(TOKEN))
    assert isinstance(outcome, Answer) and outcome.body == BODY


@examples(40)
@given(st.lists(st.binary(max_size=60) | st.sampled_from([OK, HEAD, HINT, b"\r\n", chunked(b"{}")]), max_size=6))
def test_any_bytes_are_an_answer_or_a_failure(pieces: list[bytes]) -> None:
    incoming = Incoming(1 << 20, "POST")
    for piece in pieces:
        incoming.feed(piece)
    incoming.eof()
    assert isinstance(incoming.outcome(Token(TOKEN)), Answer | Failure)


def test_the_answer_to_a_head_has_no_body() -> None:
    incoming = Incoming(1 << 20, "HEAD")
    incoming.feed(said("content-length: 1000"))
    outcome = incoming.outcome(Token(TOKEN))
    assert isinstance(outcome, Answer) and (outcome.body, outcome.headers["content-length"]) == (b"", "1000")
