"""Whatever bytes a server sends: a payload or one of our errors, in bounded memory, the body on the error."""

from __future__ import annotations

import gzip
import json
import random
import tracemalloc
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lowcodeapi_baseten import APIStatusError, Baseten, LowCodeAPIError, NotFoundError, ResponseError, ServerError
from lowcodeapi_baseten.envelope import Answer, read
from lowcodeapi_baseten.transport.answers import Body, Refused

from tests.client.stage import Stage, call_of
from tests.support.profiles import examples
from tests.support.raw_wire import Peer, RawWire, http
from tests.support.tables import one_test

TOKEN = "lca-hostile-0123456789abcdef"
MODELS = b'{"data": {"models": []}}'


def said(body: bytes, status: int = 200, content_type: str = "application/json") -> Answer:
    return Answer(status, {"content-type": content_type} if content_type else {}, body)


ERRORS: list[tuple[Any, Any]] = [
    *(("text", {"a": "b"}), (["a", {"b": 1}], None), (5, []), (1.5, "x"), (True, {"a": 1}), (False, {}), (None, 1)),
    *(({}, {"retry-after": "x"}), ([], {"retry-after": ["1"]}), ({"message": {"a": [1]}}, {"x": None}), ([[[]]], 0)),
    ({"error": "a\nb\x00\u2028c"}, {"x-baseten-request-id": "a\r\nb"}),
]
# The answer to `models.list`, and the outcome: [] or an error. How HTTP itself may be broken is in
# tests/transport/test_answers.py.
ANSWERS: dict[str, tuple[Answer, Any]] = {
    "the right thing": (said(MODELS), []),
    "a bare list": (said(b"[]"), []),
    "no content type": (said(MODELS, content_type=""), []),
    "a charset that is none": (said(MODELS, content_type="application/json; charset=klingon"), []),
    "a codec as the charset": (said(b"x", content_type="text/plain; charset=punycode"), ResponseError),
    "another codec": (said(b"x", content_type="text/plain; charset=unicode_escape"), ResponseError),
    "UTF-16": (said(MODELS.decode().encode("utf-16")), []),
    "a byte order mark": (said(b"\xef\xbb\xbf" + MODELS), []),
    "bytes that are no UTF-8": (said(b'{"data": "\xff\xfe"}'), ResponseError),
    "JSON as text": (said(MODELS, content_type="text/plain"), ResponseError),
    "text as JSON": (said(b"hello"), ResponseError),
    "a 200 with HTML": (said(b"<!doctype html><p>hi", content_type="text/html"), APIStatusError),
    "HTML as JSON": (said(b"<html>hi"), APIStatusError),
    "a 502 with HTML": (said(b"<html>bad gateway", 502, "text/html"), ServerError),
    "an empty body": (said(b""), ResponseError),
    "truncated JSON": (said(MODELS[:-1]), ResponseError),
    "trailing JSON": (said(MODELS + b"}"), ResponseError),
    "two documents": (said(MODELS + MODELS), ResponseError),
    "NaN": (said(b'{"data": {"models": [], "a": NaN, "b": -Infinity}}'), []),
    "duplicate keys, the last counts": (said(b'{"data": 1, "data": {"models": 1, "models": []}}'), []),
    "deep nesting": (said(b"[" * 100_000 + b"]" * 100_000), ResponseError),
    "a deep error": (said(b'{"error":' * 900 + b"1" + b"}" * 900, 400), APIStatusError),
    "a number of 10,000 digits": (said(b'{"data": {"models": [], "n": %s}}' % (b"9" * 10_000)), ResponseError),
    "a float of 10,000 digits": (said(b'{"data": {"models": [], "n": 1e%s}}' % (b"9" * 10_000)), []),
    "lone surrogates": (said(b'{"data": {"models": [], "a": "\\ud800"}}'), []),
    "an envelope inside an envelope": (said(b'{"data": {"data": {"models": []}}}'), ResponseError),
    "data missing": (said(b'{"message": "x", "provider": "baseten"}'), ResponseError),
    **{f"data {value}": (said(b'{"data": %s}' % value.encode()), ResponseError) for value in ("null", '"x"', "5")},
    "error with 200": (said(b'{"error": "no"}'), APIStatusError),
    "error with 200 and data null": (said(b'{"data": null, "error": "no"}'), APIStatusError),
    "result null and error": (said(b'{"provider": "b", "result": null, "error": "no"}'), APIStatusError),
    "error null": (said(b'{"error": null}'), ResponseError),
    "error with data": (said(b'{"data": {"models": []}, "error": "odd"}'), []),
    **{
        f"error as {json.dumps(error)[:20]}": (
            said(json.dumps({"message": "m", "provider": "b", "error": error, "headers": headers}).encode(), 422),
            APIStatusError,
        )
        for error, headers in ERRORS
    },
    "a message of two lines": (said(b'{"error": {}, "message": "a\\nb\\ud800"}', 400), APIStatusError),
    **{f"{status}": (said(b"", status), ResponseError) for status in (204, 205, 304)},
    "306": (said(MODELS, 306), ResponseError),
    "299": (said(MODELS, 299), []),
    "600": (said(MODELS, 600), APIStatusError),
    "999": (said(MODELS, 999), APIStatusError),
    "exactly a route miss": (said(b'{"message": "Not Found"}', 404), APIStatusError),
    "nearly a route miss": (said(b'{"message": "Not Found", "a": 1}', 404), NotFoundError),
}


@one_test
@pytest.mark.parametrize(("answer", "comes"), ANSWERS.values(), ids=ANSWERS)
def test_any_answer_is_a_payload_or_one_of_our_errors(answer: Answer, comes: Any) -> None:
    stage = Stage(max_retries=0)
    result = stage.script(call_of("models.list"), answer)
    if isinstance(comes, list):
        assert result is not None and result.result == comes
    else:
        assert isinstance(stage.error, comes)
        assert str(stage.error).isprintable() and len(str(stage.error)) < 1000
        assert len(getattr(stage.error, "body", b"")) <= 65536


def test_the_body_is_kept_on_the_error_and_bounded() -> None:
    body, stage = b'{"unfinished": "' + b"x" * 100_000, Stage()
    assert stage.script(call_of("models.list"), said(body)) is None
    assert isinstance(stage.error, ResponseError)
    assert stage.error.body == body[:65536] and stage.error.status_code == 200


BOMB = gzip.compress(bytes(16 * 2**20))
# A body as it came, its codings, and the decoded body; None where it is refused.
CODED: dict[str, tuple[bytes, str | None, bytes | None]] = {
    "none": (MODELS, None, MODELS),
    "identity": (MODELS, "identity", MODELS),
    "gzip": (gzip.compress(MODELS), "gzip", MODELS),
    "gzip of two members": (gzip.compress(MODELS[:9]) + gzip.compress(MODELS[9:]), "x-gzip", MODELS),
    "deflate": (zlib.compress(MODELS), "deflate", MODELS),
    "deflate without its header": (zlib.compress(MODELS)[2:-4], "deflate", MODELS),
    "two codings": (gzip.compress(zlib.compress(MODELS)), "deflate, gzip", MODELS),
    "two codings, one of them unknown": (MODELS, "gzip, br", MODELS),
    "br": (MODELS, "br", MODELS),
    "a coding that is none": (MODELS, "\xff", MODELS),
    "nothing at all": (b"", "gzip", b""),
    "gzip twice in two headers": (gzip.compress(MODELS), "gzip, gzip", None),
    "gzip that is none": (MODELS, "gzip", None),
    "gzip of which nothing came": (gzip.compress(MODELS)[:5], "gzip", None),
    "gzip with garbage behind it": (gzip.compress(MODELS) + b"garbage", "gzip", None),
    "nine codings": (MODELS, ", ".join(["gzip"] * 9), None),
    "a bomb": (BOMB, "gzip", None),
    "a bomb in a bomb": (gzip.compress(BOMB), "gzip, gzip", None),
    "too much of nothing": (gzip.compress(b"") * 100_000, "gzip", None),
}


@one_test
@pytest.mark.parametrize("case", CODED)
def test_a_body_is_decoded_and_counted_while_it_is_inflated(case: str) -> None:
    """A bomb of 16 MB stops at the limit, not after it."""
    came, codings, comes = CODED[case]
    body = Body(1_000_000, codings)
    tracemalloc.start()
    try:
        if comes is not None:
            body.add(came)
            assert body.whole() == comes
            return
        with pytest.raises(Refused):
            body.add(came)
            body.whole()
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


WORDS = ["data", "error", "message", "provider", "result", "headers", "response_headers", "models", "code", "a", ""]
TYPES = [
    *("", "application/json", "application/problem+json; charset=utf-7", "text/plain", "text/html", "image/png", ";;="),
]
SCALARS: list[Any] = [
    *(None, True, False, 0, -1, 1e308, float("nan"), 10**30, "", "Not Found", "\ud800", "a\nb\u2028", "<html>", "\0"),
]
WAITS = ["1", "-1", "1e9", "Wed, 21 Oct 2015 07:28:00 GMT", "0 0 0", "Mon, 99 99 99:99:99", "9" * 400, "\u0661", " "]


class Maker:
    """Makes answers of random bytes; hypothesis finds the bytes, and shrinks them after a failure."""

    def __init__(self, choices: bytes) -> None:
        self._choices = iter(choices)

    def next(self, below: int) -> int:
        return next(self._choices, 0) % below

    def value(self, depth: int = 0) -> Any:
        kind = self.next(4 if depth < 5 else 1)
        if kind < 2:
            return SCALARS[self.next(len(SCALARS))]
        if kind == 2:
            return [self.value(depth + 1) for _ in range(self.next(4))]
        return {WORDS[self.next(len(WORDS))]: self.value(depth + 1) for _ in range(self.next(6))}

    def body(self) -> bytes:
        kind = self.next(8)
        if kind == 0:
            return bytes(self.next(256) for _ in range(self.next(40)))
        value = {WORDS[self.next(len(WORDS))]: self.value(1) for _ in range(self.next(5))} if kind < 6 else self.value()
        encoded = json.dumps(value).encode()
        return encoded[: self.next(60)] if kind == 1 else encoded

    def answer(self) -> Answer:
        headers = {"content-type": TYPES[self.next(len(TYPES))]}
        if self.next(3) == 0:
            headers["retry-after"] = WAITS[self.next(len(WAITS))]
        if self.next(3) == 0:
            headers["x-baseten-request-id"] = str(SCALARS[self.next(len(SCALARS))])
            headers["location"] = ["/x", "//evil.example", "http://[", "\0", "?a", ""][self.next(6)]
        return Answer(
            (200, 200, 200, 302, 400, 404, 429, 500, 100 + self.next(225) * 4)[self.next(9)], headers, self.body()
        )


OPERATIONS = [
    *("models.list", "models.get", "models.delete", "inference.predict_development", "inference.wake_production"),
    *("api_keys.create", "training.get_logs", "environments.create", "inference.get_async_request"),
]


@given(st.sampled_from(OPERATIONS), st.binary(min_size=100, max_size=800))
@examples(40)
def test_any_answer_ends_a_call_in_a_value_or_one_of_our_errors(operation: str, choices: bytes) -> None:
    maker, stage = Maker(choices), Stage()

    def respond(send: Any) -> tuple[Answer, float]:
        answer = maker.answer()
        for method in ("GET", "POST"):
            reading = read(answer, method=method)
            assert reading.message.isprintable() and len(reading.message) <= 300
            assert reading.retry_after is None or reading.retry_after >= 0
            assert not (reading.is_success and not 200 <= answer.status < 300)
            assert reading.request_id is None or reading.request_id.isprintable()
            assert not reading.is_own_failure or not reading.is_behind_route
            assert repr(reading).startswith("<Reading") and reading.error_code != ""
        return answer, 0.01

    for _ in range(8):  # with 40 examples, at least 320 bodies
        result = stage.play(call_of(operation), respond)
        assert (result is None) == isinstance(stage.error, LowCodeAPIError)
        if stage.error is not None:
            assert str(stage.error).isprintable()


def test_any_bytes_over_a_socket_end_in_a_value_or_one_of_our_errors() -> None:
    """Good answers with bytes changed, cut out, doubled or added at random places."""
    chance = random.Random(1)
    seeds = [
        http(answer.body, status=f"{answer.status} Odd")
        for answer, _ in ANSWERS.values()
        if len(answer.body) < 5000 and answer.status >= 200
    ]

    def mutated() -> bytes:
        said = bytearray(chance.choice(seeds))
        for _ in range(chance.randrange(1, 6)):
            start = chance.randrange(len(said) + 1)
            said[start : start + chance.randrange(2)] = chance.choice(
                [b"", chance.randbytes(3), b"\r\n", b"\0", b": ", bytes(said[start : start + 20])]
            )
        return bytes(said)

    def play(peer: Peer) -> None:
        if peer.request():
            peer.send(mutated())

    with RawWire(play) as wire, Baseten(api_token=TOKEN, base_url=wire.base_url, max_retries=0, timeout=2) as client:
        for _ in range(60):
            try:
                assert isinstance(client.models.list(), list)
            except LowCodeAPIError as error:
                assert str(error).isprintable()
