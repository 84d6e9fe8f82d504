"""Predictions read piece by piece, and answers other than JSON."""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import anyio
import httpx
import pytest
from lowcodeapi_baseten import APIConnectionError, AsyncBaseten, Baseten, ResponseError
from lowcodeapi_baseten.testing import LocalGateway, UpstreamError
from lowcodeapi_baseten.workflows import ServerSentEvent
from lowcodeapi_baseten.workflows.streams import Events, Lines

from tests.support.leaks import found, rendered
from tests.support.pairs import in_turn
from tests.support.raw_wire import Peer, RawWire
from tests.workflows.patience import BOTH, Run

TOKEN = "lca-stream-0123456789abcdef"


class Streamer(RawWire):
    """A gateway that answers a prediction with pieces, when the test lets it."""

    def __init__(self, *pieces: bytes, ends: bool = True) -> None:
        super().__init__(self._stream)
        self._pieces, self._ends = pieces, ends
        self.go_on = threading.Semaphore(0)
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
def sync_client(streamer: Streamer, **options: Any) -> Iterator[Baseten]:
    with Baseten(
        api_token=TOKEN, base_url=streamer.base_url, remember=False, url_format="new", max_retries=0, **options
    ) as client:
        yield client


def test_events_are_handed_out_as_they_arrive() -> None:
    with (
        Streamer(b"data: one\n\n", b"event: done\ndata: two\n\n") as streamer,
        sync_client(streamer) as client,
        client.inference.stream_predict_development(input={"a": 1}) as stream,
    ):
        assert (stream.status_code, stream.content_type, stream.request_id) == (200, "text/event-stream", "req_7")
        events = stream.events()
        streamer.go_on.release()
        assert next(events) == ServerSentEvent("message", "one")
        streamer.go_on.release()
        assert list(events) == [ServerSentEvent("done", "two")]
    assert b'{"input":{"a":1}}' in streamer.received[0]


def test_events_are_handed_out_as_they_arrive_to_a_task() -> None:
    async def main(streamer: Streamer) -> list[ServerSentEvent]:
        events = []
        async with (
            AsyncBaseten(api_token=TOKEN, base_url=streamer.base_url, remember=False, url_format="new") as client,
            await client.inference.stream_predict_environment("production", input=1) as stream,
        ):
            streamer.go_on.release()
            async for event in stream.events():
                events.append(event)
                streamer.go_on.release()
        return events

    with Streamer(b"data: one\n\n", b"data: two\n\n") as streamer:
        assert [event.data for event in anyio.run(main, streamer)] == ["one", "two"]


def test_a_stream_that_is_left_early_is_closed() -> None:
    with Streamer(b"data: one\n\n") as streamer, sync_client(streamer) as client:
        streamer.go_on.release()
        with client.inference.stream_predict_deployment("dep1", input=1) as stream:
            events = stream.events()
            next(events)
        assert streamer.is_gone.wait(10), "though somebody still holds the events"


def test_a_stream_that_breaks_is_an_error_and_not_an_end() -> None:
    with Streamer(b"data: one\n\n", ends=False) as streamer, sync_client(streamer) as client:
        streamer.go_on.release()
        with client.inference.stream_predict_development(input=1) as stream:
            events = stream.events()
            assert next(events).data == "one"
            with pytest.raises(APIConnectionError, match=r"the stream ended too early, after 11 bytes") as caught:
                next(events)
    assert TOKEN not in f"{caught.value!r}"
    assert caught.value.__cause__ is None and caught.value.__context__ is None
    assert len(streamer.received) == 1


def taken_of(streamer: Streamer, kind: str, take: str, **options: Any) -> tuple[list[Any], Exception | None]:
    """The items of a stream until it ends, and the error that ends it."""
    given, error = list[Any](), None
    known: Any = {"api_token": TOKEN, "base_url": streamer.base_url, "remember": False, "url_format": "new"}

    async def main() -> None:
        async with (
            AsyncBaseten(**known, **options) as client,
            await client.inference.stream_predict_development(input=1) as stream,
        ):
            async for item in getattr(stream, take)():
                given.append(item)

    try:
        if kind == "async":
            anyio.run(main)
        else:
            with Baseten(**known, **options) as client, client.inference.stream_predict_development(input=1) as stream:
                given.extend(iter(getattr(stream, take)()))
    except Exception as caught:
        error = caught
    return given, error


def cut(data: bytes, *places: int) -> list[bytes]:
    return [data[start:end] for start, end in itertools.pairwise([0, *places, len(data)])]


ECHO = f"data: {TOKEN}\n\n".encode()


@in_turn(
    places=[(7,), (20,), (32,), (8, 9, 20), range(1, len(ECHO)), range(2, len(ECHO), 3)],
    take=["bytes", "lines", "events"],
    kind=["sync", "async", "async", "sync"],
)
def test_a_token_that_is_sent_in_pieces_is_hidden(kind: str, take: str, places: Iterable[int]) -> None:
    pieces = cut(ECHO, *places)
    with Streamer(*pieces) as streamer:
        streamer.go_on.release(len(pieces))
        given, error = taken_of(streamer, kind, take)
    assert error is None
    hidden = {"bytes": b"data: [api_token]\n\n", "lines": ["data: [api_token]", ""]}
    expected = hidden.get(take, [ServerSentEvent("message", "[api_token]")])
    assert (b"".join(given) if take == "bytes" else given) == expected


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("ends", [True, False])
def test_what_only_begins_like_the_token_comes_whole(kind: str, ends: bool) -> None:
    pieces = [b"my lca-str", b"ange friend, lca", b"-stream-0"]
    with Streamer(*pieces, ends=ends) as streamer:
        streamer.go_on.release(len(pieces))
        given, error = taken_of(streamer, kind, "bytes")
    assert b"".join(given) == b"".join(pieces)
    assert isinstance(error, APIConnectionError) is not ends


def test_nothing_is_held_back_but_what_may_be_the_token() -> None:
    with (
        Streamer(b"a word", b" and lca-", b"!") as streamer,
        sync_client(streamer) as client,
        client.inference.stream_predict_development(input=1) as stream,
    ):
        pieces = stream.bytes()
        for piece in (b"a word", b" and ", b"lca-!"):
            streamer.go_on.release()
            assert next(pieces) == piece


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_error_of_a_stream_shows_no_token_that_came_before(kind: str) -> None:
    with Streamer(ECHO, ends=False) as streamer:
        streamer.go_on.release()
        given, error = taken_of(streamer, kind, "events")
    assert len(given) == 1 and error is not None
    assert found(TOKEN, rendered(error)) == []


def test_a_token_in_pieces_is_hidden_in_other_spellings_too() -> None:
    sent = b"data: " + "".join(f"%{ord(char):02x}" for char in TOKEN).encode() + b"\n\n"
    pieces = cut(sent, *range(1, len(sent), 3))
    with Streamer(*pieces) as streamer:
        streamer.go_on.release(len(pieces))
        given, error = taken_of(streamer, "sync", "bytes")
    assert error is None and b"".join(given) == b"data: [api_token]\n\n"


def collected(gateway: LocalGateway, run: Run, take: Callable[[Any], Any], **options: Any) -> Any:
    """The items of a stream, of either kind of client."""

    def work(client: Any) -> Any:
        opened = client.inference.stream_predict_environment("production", input={"a": 1})
        if not hasattr(opened, "__await__"):
            with opened as stream:
                taken = take(stream)
                return list(taken) if hasattr(taken, "__iter__") else taken

        async def main() -> Any:
            async with await opened as stream:
                taken = take(stream)
                return [item async for item in taken] if hasattr(taken, "__aiter__") else taken

        return main()

    return run(gateway, work, **options)


def test_a_stream_that_the_gateway_collected_is_the_same_in_one_piece(baseten_gateway: LocalGateway, run: Run) -> None:
    baseten_gateway.predict = lambda body: ("data: one\n\ndata: two\n\n", "text/event-stream")
    events = collected(baseten_gateway, run, lambda stream: stream.events())
    assert [event.data for event in events] == ["one", "two"]
    assert baseten_gateway.count("inference.predict_environment") == 1


def test_lines_and_bytes_can_be_taken_too(baseten_gateway: LocalGateway, run: Run) -> None:
    baseten_gateway.predict = lambda body: ('{"n": 1}\n{"n": 2}', "application/x-ndjson")
    assert collected(baseten_gateway, run, lambda stream: stream.lines()) == ['{"n": 1}', '{"n": 2}']
    assert b"".join(collected(baseten_gateway, run, lambda stream: stream.bytes())) == b'{"n": 1}\n{"n": 2}'


def test_a_model_that_does_not_stream_answers_all_the_same(baseten_gateway: LocalGateway, run: Run) -> None:
    assert collected(baseten_gateway, run, lambda stream: (stream.is_streamed, stream.payload)) in (
        [False, {"echo": {"input": {"a": 1}}}],
        (False, {"echo": {"input": {"a": 1}}}),
    )
    (line,) = collected(baseten_gateway, run, lambda stream: stream.lines())
    assert json.loads(line) == {"echo": {"input": {"a": 1}}}
    with pytest.raises(ResponseError, match="JSON in one piece"):
        collected(baseten_gateway, run, lambda stream: stream.events())


@in_turn(new_format=["served", "missing", "silent"], run=BOTH)
def test_a_stream_is_sent_once_in_whichever_format(baseten_gateway: LocalGateway, run: Run, new_format: Any) -> None:
    baseten_gateway.new_format = new_format
    baseten_gateway.predict = lambda body: ("data: one\n\n", "text/event-stream")
    events = collected(baseten_gateway, run, lambda stream: stream.events(), timeout=1)
    assert [event.data for event in events] == ["one"]
    assert baseten_gateway.count("inference.predict_environment") == 1


def test_an_error_in_place_of_a_stream_is_raised(baseten_gateway: LocalGateway, run: Run) -> None:
    def broken(body: Any) -> Any:
        raise UpstreamError(422, {"error": "no such voice"})

    baseten_gateway.predict = broken
    with pytest.raises(Exception, match="422: no such voice"):
        collected(baseten_gateway, run, lambda stream: stream.events())


def test_the_log_of_a_stream_has_no_token(
    baseten_gateway: LocalGateway, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    baseten_gateway.predict = lambda body: ("data: one\n\n", "text/event-stream")
    collected(baseten_gateway, run, lambda stream: stream.events())
    assert baseten_gateway.api_token not in caplog.text


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_stream_goes_over_a_given_transport(kind: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=b"data: one\n\ndata: two\n\n")

    with Streamer(b"of nobody") as unused:
        given, error = taken_of(unused, kind, "events", transport=httpx.MockTransport(answer))
    assert error is None and [event.data for event in given] == ["one", "two"]
    assert not unused.received


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
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


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    decoder = Lines()
    with pytest.raises(ValueError, match="a line of more than"):
        for _ in range(20):
            decoder.feed(b"x" * 2**20)


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


@in_turn(answer=[[1, 2], 7, False, "plain text", b"\x00\x01", {"data": [1], "error": None}], run=BOTH)
def test_a_prediction_may_be_anything(baseten_gateway: LocalGateway, run: Run, answer: Any) -> None:
    baseten_gateway.predict = lambda body: answer
    assert run(baseten_gateway, lambda client: client.inference.predict_development(input=1)) == answer


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
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers={"content-type": content_type}, content=body))
    with Baseten(api_token=TOKEN, transport=transport, url_format="new", remember=False) as client:
        assert client.inference.predict_development(input=1) == body


def test_an_event_without_an_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lowcodeapi_baseten.workflows.streams.MAX_LINE", 1000)
    with (
        Streamer(b"data: fits\n\n", *[b"data: " + b"x" * 90 + b"\n"] * 20) as streamer,
        sync_client(streamer) as client,
        client.inference.stream_predict_development(input={"a": 1}) as stream,
    ):
        for _ in range(21):
            streamer.go_on.release()
        events = stream.events()
        assert next(events).data == "fits"
        with pytest.raises(ResponseError, match=r"an event of more than 1,000 characters"):
            next(events)


def test_an_event_as_long_as_it_may_be_is_one() -> None:
    events = Events()
    for _ in range(16):
        assert events.feed("data:" + "x" * (2**20 - 1)) is None
    event = events.feed("")
    assert event is not None and len(event.data) == 16 * 2**20 - 1
