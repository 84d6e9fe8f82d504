"""Predictions read piece by piece, and answers other than JSON."""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import socket
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import httpx
import pytest
from lowcodeapi_baseten import APIConnectionError, Baseten, ResponseError, UnprocessableEntityError
from lowcodeapi_baseten.testing import LocalGateway, UpstreamError
from lowcodeapi_baseten.workflows import PredictionStream, ServerSentEvent
from lowcodeapi_baseten.workflows.streams import Events, Lines

from tests.support.leaks import found, rendered
from tests.support.pairs import in_turn
from tests.support.raw_wire import Peer, RawWire
from tests.support.tables import one_test
from tests.workflows.odd_answers import Gateway, enveloped
from tests.workflows.patience import connected

TOKEN = "lca-stream-0123456789abcdef"


class Streamer(RawWire):
    """A gateway that answers a prediction with pieces, when the test lets it."""

    def __init__(self, *pieces: bytes, ends: bool = True, waits: bool = False) -> None:
        super().__init__(self._stream)
        self._pieces, self._ends = pieces, ends
        self.go_on = threading.Semaphore(0 if waits else len(pieces))
        self.is_gone = threading.Event()
        self.received: list[bytes] = []

    def __exit__(self, *exception: object) -> None:
        self.go_on.release(len(self._pieces))
        super().__exit__(*exception)

    def _stream(self, peer: Peer) -> None:
        self.received.append(peer.request())
        peer.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n")
        peer.send(b"x-baseten-request-id: req_7\r\n\r\n")
        for piece in self._pieces:
            self.go_on.acquire()
            peer.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        if not self._ends:
            peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            return
        peer.send(b"0\r\n\r\n")
        # Reset, or closed: the client has gone.
        with contextlib.suppress(ConnectionError):
            assert not peer.connection.recv(1)
        self.is_gone.set()


@contextlib.contextmanager
def streamed(streamer: Streamer, **options: Any) -> Iterator[PredictionStream]:
    """The stream of a prediction."""
    given: dict[str, Any] = {"api_token": TOKEN, "base_url": streamer.base_url, "remember": False, **options}
    with (
        Baseten(**given, url_format="new", max_retries=0) as client,
        client.inference.stream_predict_development(input={"a": 1}) as stream,
    ):
        yield stream


def taken_of(streamer: Streamer, take: str, **options: Any) -> tuple[list[Any], Exception | None]:
    """The items of a stream until it ends, and the error that ends it."""
    given = list[Any]()
    try:
        with streamed(streamer, **options) as stream:
            given.extend(iter(getattr(stream, take)()))
    except Exception as error:
        return given, error
    return given, None


def test_events_are_handed_out_as_they_arrive() -> None:
    with (
        Streamer(b"data: one\n\n", b"event: done\ndata: two\n\n", waits=True) as streamer,
        streamed(streamer) as stream,
    ):
        assert (stream.status_code, stream.content_type, stream.request_id) == (200, "text/event-stream", "req_7")
        events = stream.events()
        streamer.go_on.release()
        assert next(events) == ServerSentEvent("message", "one")
        streamer.go_on.release()
        assert list(events) == [ServerSentEvent("done", "two")]
    assert b'{"input":{"a":1}}' in streamer.received[0]


def test_a_stream_that_is_left_early_is_closed() -> None:
    with Streamer(b"data: one\n\n") as streamer:
        with streamed(streamer) as stream:
            events = stream.events()
            next(events)
        assert streamer.is_gone.wait(10), "though somebody still holds the events"


def test_a_stream_that_breaks_is_an_error_and_not_an_end() -> None:
    with Streamer(ECHO, ends=False) as streamer:
        given, error = taken_of(streamer, "events")
    assert [event.data for event in given] == ["[api_token]"]
    assert isinstance(error, APIConnectionError) and "ended too early, after 35 bytes" in str(error)
    assert error.__cause__ is None and error.__context__ is None
    assert found(TOKEN, rendered(error)) == []
    assert len(streamer.received) == 1


# --- the token in a stream


def cut(data: bytes, *places: int) -> list[bytes]:
    return [data[start:end] for start, end in itertools.pairwise([0, *places, len(data)])]


ECHO = f"data: {TOKEN}\n\n".encode()
ENCODED = b"data: " + "".join(f"%{ord(char):02x}" for char in TOKEN).encode() + b"\n\n"


@in_turn(
    places=[(7,), (20,), (32,), (8, 9, 20), range(1, len(ECHO)), range(2, len(ECHO), 3)],
    take=["bytes", "lines", "events"],
    sent=[ECHO, ENCODED],
)
def test_a_token_that_is_sent_in_pieces_is_hidden(take: str, places: Iterable[int], sent: bytes) -> None:
    with Streamer(*cut(sent, *places)) as streamer:
        given, error = taken_of(streamer, take)
    assert error is None
    hidden = {"bytes": b"data: [api_token]\n\n", "lines": ["data: [api_token]", ""]}
    expected = hidden.get(take, [ServerSentEvent("message", "[api_token]")])
    assert (b"".join(given) if take == "bytes" else given) == expected


@pytest.mark.parametrize("ends", [True, False])
def test_a_text_that_only_begins_like_the_token_comes_whole(ends: bool) -> None:
    pieces = [b"my lca-str", b"ange friend, lca", b"-stream-0"]
    with Streamer(*pieces, ends=ends) as streamer:
        given, error = taken_of(streamer, "bytes")
    assert b"".join(given) == b"".join(pieces)
    assert isinstance(error, APIConnectionError) is not ends


def test_nothing_is_held_back_but_a_possible_beginning_of_the_token() -> None:
    with Streamer(b"a word", b" and lca-", b"!", waits=True) as streamer, streamed(streamer) as stream:
        pieces = stream.bytes()
        for piece in (b"a word", b" and ", b"lca-!"):
            streamer.go_on.release()
            assert next(pieces) == piece


# --- through the local gateway, which collects a stream


def collected(client: Baseten, take: str) -> Any:
    """The items of a stream."""
    with client.inference.stream_predict_environment("production", input={"a": 1}) as stream:
        return list(getattr(stream, take)())


@pytest.mark.parametrize("new_format", ["served", "missing", "silent"])
def test_a_stream_that_the_gateway_collected_is_sent_once_and_the_same(
    gateway: LocalGateway, new_format: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    gateway.new_format = new_format
    gateway.predict = lambda body: ("data: one\n\ndata: two\n\n", "text/event-stream")
    with connected(gateway, timeout=1) as client:
        assert [event.data for event in collected(client, "events")] == ["one", "two"]
    assert gateway.count("inference.predict_environment") == 1
    assert gateway.api_token not in caplog.text


def test_lines_and_bytes_can_be_taken_too(gateway: LocalGateway, client: Baseten) -> None:
    gateway.predict = lambda body: ('{"n": 1}\n{"n": 2}', "application/x-ndjson")
    assert collected(client, "lines") == ['{"n": 1}', '{"n": 2}']
    assert b"".join(collected(client, "bytes")) == b'{"n": 1}\n{"n": 2}'


def test_a_model_that_does_not_stream_answers_all_the_same(client: Baseten) -> None:
    said = {"echo": {"input": {"a": 1}}}
    with client.inference.stream_predict_deployment("dep1", input={"a": 1}) as stream:
        assert (stream.is_streamed, stream.payload) == (False, said)
        (line,) = stream.lines()
    assert json.loads(line) == said
    with pytest.raises(ResponseError, match="JSON in one piece"):
        collected(client, "events")


@pytest.mark.parametrize("payload", ["a\ud800b", {"text": "\ud800"}, ["\udfff"], {"\ud800": 1}, "\ud83d"])
def test_an_answer_with_a_lone_surrogate_is_taken_in_pieces_too(payload: Any) -> None:
    client = Gateway(lambda operation: enveloped(payload)).client
    text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
    whole = text.encode("utf-8", "backslashreplace")
    assert collected(client, "bytes") == [whole]
    assert collected(client, "lines") == [whole.decode()]
    if isinstance(payload, str):
        assert collected(client, "events") == []
        return
    assert json.loads(whole) == payload
    with pytest.raises(ResponseError) as caught:
        collected(client, "events")
    assert caught.value.body == whole


def test_an_error_in_place_of_a_stream_is_raised(gateway: LocalGateway, client: Baseten) -> None:
    def broken(body: Any) -> Any:
        raise UpstreamError(422, {"error": "no such voice"})

    gateway.predict = broken
    with pytest.raises(UnprocessableEntityError, match="422: no such voice"):
        collected(client, "events")


# --- lines and events


@one_test
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
@pytest.mark.parametrize(
    ("sent", "lines"),
    [
        (b"a\nb\n", ["a", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\rb\r", ["a", "b"]),
        (b"a\r\n\r\nb", ["a", "", "b"]),
        (b"\n\n", ["", ""]),
        (b"a", ["a"]),
        (b"", []),
        ("ü\u2028ü\n€".encode(), ["ü\u2028ü", "€"]),
        (b"\xff\n", ["\ufffd"]),
    ],
)
def test_lines_are_the_same_wherever_the_pieces_were_cut(sent: bytes, lines: list[str], size: int) -> None:
    decoder = Lines()
    found = [line for start in range(0, len(sent), size) for line in decoder.feed(sent[start : start + size])]
    assert [*found, *decoder.feed(b"", is_last=True)] == lines


@pytest.mark.parametrize(
    ("lines", "events"),
    [
        (["data: a", ""], [ServerSentEvent("message", "a")]),
        (["data:a", "data:  b", ""], [ServerSentEvent("message", "a\n b")]),
        (["\ufeffevent: x", "id: 7", "retry: 50", "data", ""], [ServerSentEvent("x", "", "7", 50)]),
        (
            ["id: 7", "data: a", "", "data: b", ""],
            [ServerSentEvent(data="a", id="7"), ServerSentEvent(data="b", id="7")],
        ),
        ([": comment", "event: x", "", "data: a"], [ServerSentEvent("message", "a")]),
        (["retry: soon", "id: a\0", "unknown: x", "data: [DONE]", ""], [ServerSentEvent("message", "[DONE]")]),
        ([], []),
    ],
)
def test_events_are_read_as_the_standard_says(lines: list[str], events: list[ServerSentEvent]) -> None:
    decoder = Events()
    assert [event for event in (*map(decoder.feed, lines), decoder.end()) if event] == events


@pytest.mark.parametrize(
    ("take", "sent", "problem"),
    [
        ("lines", [b"x" * 90] * 20, "a line of more than 1,000 characters"),
        ("events", [b"data: " + b"x" * 90 + b"\n"] * 20, "an event of more than 1,000 characters"),
        ("events", [b"data: " + b"x" * 99 + b"\n"] * 10, None),
    ],
)
def test_a_line_or_an_event_without_an_end_does_not_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch, take: str, sent: list[bytes], problem: str | None
) -> None:
    monkeypatch.setattr("lowcodeapi_baseten.workflows.streams.MAX_LINE", 1000)
    with Streamer(b"data: fits\n\n", *sent) as streamer:
        given, error = taken_of(streamer, take)
    assert len(given) == (2 if take == "lines" or problem is None else 1)
    assert (error and str(error).partition(": ")[2]) == problem


# --- answers other than JSON


@pytest.mark.parametrize("answer", [[1, 2], 7, False, "plain text", b"\x00\x01", {"data": [1], "error": None}])
def test_a_prediction_may_be_anything(gateway: LocalGateway, client: Baseten, answer: Any) -> None:
    gateway.predict = lambda body: answer
    assert client.inference.predict_development(input=1) == answer


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"GIF89a", "image/gif; charset=utf-8"),
        (b"\x89PNG\xff", "image/png"),
        ("\ufffd".encode(), "image/png"),
        ("\ufffd".encode(), "application/xml; charset=utf-8"),
    ],
)
def test_bytes_without_the_mark_are_returned_as_they_come(body: bytes, content_type: str) -> None:
    client = Gateway(lambda _: httpx.Response(200, headers={"content-type": content_type}, content=body)).client
    assert client.inference.predict_development(input=1) == body
