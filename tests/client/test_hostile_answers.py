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
from lowcodeapi_baseten import (
    APIStatusError,
    Baseten,
    LowCodeAPIError,
    NotFoundError,
    ResponseError,
    ServerError,
)
from lowcodeapi_baseten.envelope import Answer, read
from lowcodeapi_baseten.transport.answers import Body, Refused

from tests.client.stage import Stage, call_of
from tests.support.drivers import DRIVERS
from tests.support.pairs import in_turn
from tests.support.profiles import examples
from tests.support.raw_wire import Peer, RawWire, http, says

TOKEN = "lca-hostile-0123456789abcdef"
BOMB = gzip.compress(bytes(32 * 2**20))
DEEP = b"[" * 100_000 + b"]" * 100_000
DEEP_OBJECT = b'{"error":' * 900 + b"1" + b"}" * 900


def raw(status: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode("latin-1") + body


GZIP = "content-encoding: gzip"
MODELS = b'{"data": {"models": []}}'
ERRORS: list[tuple[Any, Any]] = [
    *(("text", {"a": "b"}), (["a", {"b": 1}], None), (5, []), (1.5, "x"), (True, {"a": 1}), (False, {}), (None, 1)),
    *(({}, {"retry-after": "x"}), ([], {"retry-after": ["1"]}), ({"message": {"a": [1]}}, {"x": None}), ([[[]]], 0)),
    ({"error": "a\nb\x00\u2028c"}, {"x-baseten-request-id": "a\r\nb"}),
]
# The server's answer to `models.list`, and the outcome: [] or an error. How HTTP itself may be broken is in
# tests/transport/test_answers.py.
ANSWERS: dict[str, tuple[bytes, Any]] = {
    "the right thing": (http(MODELS), []),
    "a bare list": (http(b"[]"), []),
    "no content type": (raw("200 OK", f"content-length: {len(MODELS)}", body=MODELS), []),
    "no length": (raw("200 OK", "content-type: application/json", body=MODELS), []),
    "a charset that is none": (http(MODELS, content_type="application/json; charset=klingon"), []),
    "a codec as the charset": (http(b"x", content_type="text/plain; charset=punycode"), ResponseError),
    "another codec": (http(b"x", content_type="text/plain; charset=unicode_escape"), ResponseError),
    "UTF-16": (http(MODELS.decode().encode("utf-16")), []),
    "a byte order mark": (http(b"\xef\xbb\xbf" + MODELS), []),
    "bytes that are no UTF-8": (http(b'{"data": "\xff\xfe"}'), ResponseError),
    "JSON as text": (http(MODELS, content_type="text/plain"), ResponseError),
    "text as JSON": (http(b"hello"), ResponseError),
    "a 200 with HTML": (http(b"<!doctype html><p>hi", content_type="text/html"), APIStatusError),
    "HTML as JSON": (http(b"<html>hi"), APIStatusError),
    "a 502 with HTML": (http(b"<html>bad gateway", status="502 Bad", content_type="text/html"), ServerError),
    "an empty body": (http(b""), ResponseError),
    "truncated JSON": (http(MODELS[:-1]), ResponseError),
    "trailing JSON": (http(MODELS + b"}"), ResponseError),
    "two documents": (http(MODELS + MODELS), ResponseError),
    "NaN": (http(b'{"data": {"models": [], "a": NaN, "b": -Infinity}}'), []),
    "duplicate keys, the last counts": (http(b'{"data": 1, "data": {"models": 1, "models": []}}'), []),
    "deep nesting": (http(DEEP), ResponseError),
    "a deep error": (http(DEEP_OBJECT, status="400 No"), APIStatusError),
    "a number of 10,000 digits": (http(b'{"data": {"models": [], "n": %s}}' % (b"9" * 10_000)), ResponseError),
    "a float of 10,000 digits": (http(b'{"data": {"models": [], "n": 1e%s}}' % (b"9" * 10_000)), []),
    "lone surrogates": (http(b'{"data": {"models": [], "a": "\\ud800"}}'), []),
    "an envelope inside an envelope": (http(b'{"data": {"data": {"models": []}}}'), ResponseError),
    "data missing": (http(b'{"message": "x", "provider": "baseten"}'), ResponseError),
    "data null": (http(b'{"data": null}'), ResponseError),
    "data text": (http(b'{"data": "x"}'), ResponseError),
    "data a number": (http(b'{"data": 5}'), ResponseError),
    "error with 200": (http(b'{"error": "no"}'), APIStatusError),
    "error with 200 and data null": (http(b'{"data": null, "error": "no"}'), APIStatusError),
    "result null and error": (http(b'{"provider": "b", "result": null, "error": "no"}'), APIStatusError),
    "error null": (http(b'{"error": null}'), ResponseError),
    "error with data": (http(b'{"data": {"models": []}, "error": "odd"}'), []),
    **{
        f"error as {json.dumps(error)[:20]}": (
            http(
                json.dumps({"message": "m", "provider": "b", "error": error, "headers": headers}).encode(),
                status="422 No",
            ),
            APIStatusError,
        )
        for error, headers in ERRORS
    },
    "a message of two lines": (http(b'{"error": {}, "message": "a\\nb\\ud800"}', status="400 No"), APIStatusError),
    "gzip": (http(gzip.compress(MODELS), GZIP), []),
    "gzip of two members": (http(gzip.compress(MODELS[:9]) + gzip.compress(MODELS[9:]), GZIP), []),
    "a bomb": (http(BOMB, GZIP), ResponseError),
    "a bomb in chunks": (
        raw("200 OK", GZIP, "transfer-encoding: chunked", body=b"%x\r\n" % len(BOMB) + BOMB + b"\r\n0\r\n\r\n"),
        ResponseError,
    ),
    "a bomb in a bomb": (http(gzip.compress(BOMB), "content-encoding: gzip, gzip"), ResponseError),
    "gzip twice in two headers": (http(gzip.compress(MODELS), GZIP, GZIP), ResponseError),
    "two codings, undone in their order": (
        http(gzip.compress(zlib.compress(MODELS)), "content-encoding: deflate, gzip"),
        [],
    ),
    "two codings, one of them unknown": (http(MODELS, "content-encoding: gzip, br"), []),
    "deflate": (http(zlib.compress(MODELS), "content-encoding: deflate"), []),
    "br": (http(MODELS, "content-encoding: br"), []),
    "zstd": (http(MODELS, "content-encoding: zstd"), []),
    "a coding that is none": (http(MODELS, "content-encoding: \xff"), []),
    "identity": (http(MODELS, "content-encoding: identity"), []),
    "gzip that is none": (http(MODELS, GZIP), ResponseError),
    "gzip of which nothing came": (http(gzip.compress(MODELS)[:5], GZIP), ResponseError),
    "gzip with garbage behind it": (http(gzip.compress(MODELS) + b"garbage", GZIP), ResponseError),
    "204 with a body": (raw("204 No Content", body=MODELS), ResponseError),
    "205": (raw("205 Reset", "content-length: 0"), ResponseError),
    "299": (http(MODELS, status="299 Odd"), []),
    "304": (raw("304 Not Modified"), ResponseError),
    "306": (http(MODELS, status="306 Unused"), ResponseError),
    "600": (http(MODELS, status="600 Odd"), APIStatusError),
    "999": (http(MODELS, status="999 Odd"), APIStatusError),
    "exactly a route miss": (http(b'{"message": "Not Found"}', status="404 Not Found"), APIStatusError),
    "nearly a route miss": (http(b'{"message": "Not Found", "a": 1}', status="404 Not Found"), NotFoundError),
}


@in_turn(case=[*ANSWERS], driver=[*DRIVERS])
def test_any_answer_is_a_payload_or_one_of_our_errors(case: str, driver: str) -> None:
    said, comes = ANSWERS[case]
    options = {"api_token": TOKEN, "max_retries": 0, "max_response_bytes": 2_000_000, "timeout": 10.0}
    with RawWire(says(said)) as wire, DRIVERS[driver](base_url=wire.base_url, **options) as client:
        if isinstance(comes, list):
            assert client.call("models.list") == comes
            return
        with pytest.raises(comes) as caught:
            client.call("models.list")
    assert str(caught.value).isprintable() and len(str(caught.value)) < 1000
    assert len(getattr(caught.value, "body", b"")) <= 65536


def test_the_body_is_kept_on_the_error_and_bounded() -> None:
    body = b'{"unfinished": "' + b"x" * 100_000
    with (
        RawWire(says(http(body))) as wire,
        Baseten(api_token=TOKEN, base_url=wire.base_url) as client,
        pytest.raises(ResponseError) as caught,
    ):
        client.models.list()
    assert caught.value.body == body[:65536] and caught.value.status_code == 200


def test_a_body_is_counted_while_it_is_inflated() -> None:
    """A bomb of 32 MB stops at the limit, not after it."""
    body = Body(1_000_000, "gzip")
    body.add(BOMB)
    tracemalloc.start()
    try:
        with pytest.raises(Refused):
            body.whole()
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_gzip_that_inflates_to_nothing_is_bounded_too() -> None:
    body = Body(1_000_000, "gzip")
    empty = gzip.compress(b"")
    with pytest.raises(Refused):
        for _ in range(100):
            body.add(empty * 1000)


WORDS = ["data", "error", "message", "provider", "result", "headers", "response_headers", "models", "code", "a", ""]
TYPES = [
    "",
    "application/json",
    "application/problem+json; charset=utf-7",
    "text/plain",
    "text/html",
    "image/png",
    ";;=",
]
SCALARS = [
    None,
    True,
    False,
    0,
    -1,
    1e308,
    float("nan"),
    10**30,
    "",
    "Not Found",
    "\ud800",
    "a\nb\u2028",
    "<html>",
    "\0",
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


@given(st.binary(min_size=100, max_size=800))
@examples(100)
def test_any_answer_is_read(choices: bytes) -> None:
    maker = Maker(choices)
    for _ in range(12):  # with 300 examples, 3,600 bodies
        answer = maker.answer()
        for method in ("GET", "POST"):
            reading = read(answer, method=method)
            assert reading.message.isprintable() and len(reading.message) <= 300
            assert reading.retry_after is None or reading.retry_after >= 0
            assert not (reading.is_success and not 200 <= answer.status < 300)
            assert reading.request_id is None or reading.request_id.isprintable()
            assert not reading.is_own_failure or not reading.is_behind_route
            assert repr(reading).startswith("<Reading") and reading.error_code != ""


OPERATIONS = [
    "models.list",
    "models.get",
    "models.delete",
    "inference.predict_development",
    "inference.wake_production",
]
OPERATIONS += ["api_keys.create", "training.get_logs", "environments.create", "inference.get_async_request"]


@given(st.sampled_from(OPERATIONS), st.binary(min_size=100, max_size=800))
@examples(100)
def test_any_answer_ends_a_call_in_a_value_or_one_of_our_errors(operation: str, choices: bytes) -> None:
    maker, stage = Maker(choices), Stage()
    for _ in range(6):  # with 300 examples, at least 1,800 bodies
        result = stage.play(call_of(operation), lambda send: (maker.answer(), 0.01))
        assert (result is None) == isinstance(stage.error, LowCodeAPIError)
        if stage.error is not None:
            assert str(stage.error).isprintable()


@pytest.mark.parametrize("seed", range(4))
def test_any_bytes_over_a_socket_end_in_a_value_or_one_of_our_errors(seed: int) -> None:
    """Good answers with bytes changed, cut out, doubled or added at random places."""
    chance = random.Random(seed)
    seeds = [said for said, _ in ANSWERS.values() if 0 < len(said) < 5000]

    def mutated() -> bytes:
        said = bytearray(chance.choice(seeds))
        for _ in range(chance.randrange(1, 6)):
            start = chance.randrange(len(said) + 1)
            said[start : start + chance.randrange(4)] = chance.choice(
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
