"""The timeout of a call is its deadline, whatever the other side does and however far the call got.

A call that doesn't end at its deadline ends when the other side gives up, which fails the test.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
import trustme
from lowcodeapi_baseten import APIConnectionError, APITimeoutError, LowCodeAPIError

from tests.support.raw_wire import Peer, RawWire
from tests.support.tables import check_each
from tests.transport.peers import OK, Counting, full_backlog, input_of, secured
from tests.transport.seams import (
    EVERY_PLAIN_SEAM,
    INSTALLED,
    OUR_PLAIN_SEAMS,
    OURS,
    PLAIN,
    PREDICT,
    READ,
    Face,
    Seam,
    kinds,
    opened,
)

pytestmark = [
    pytest.mark.timeout(30),
    pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning"),  # from aiohttp
]

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
TIMEOUT = 0.6  # seconds; on a busy machine even connecting takes time
PAUSE, PATIENCE = 0.05, 20.0  # seconds between two bytes, and until the other side gives up
MISSED = "the deadline was missed: the other side gave up first"
AT_ONCE = 4  # seams that wait at the same time


def silent(peer: Peer) -> None:
    assert peer.wait(PATIENCE), MISSED


def trickles(begins: bytes, drop: bytes) -> Callable[[Peer], None]:
    """Begins an answer, and goes on with it for much longer than any deadline."""

    def play(peer: Peer) -> None:
        peer.send(begins)
        for _ in range(round(PATIENCE / PAUSE)):
            if peer.wait(PAUSE):
                return
            peer.send(drop)
        raise AssertionError(MISSED)

    return play


CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"
PLAYS = {
    "silent": silent,
    "headers": trickles(HEAD, b"x-more: 1\r\n"),
    "a line": trickles(b"HTTP/1.1 200 ", b"O"),
    "a body": trickles(HEAD + b"content-length: 1000000\r\n\r\n", b" "),
    "chunks": trickles(CHUNKED, b"1\r\n \r\n"),
    "trailers": trickles(CHUNKED + b"0\r\n", b"x-more: 1\r\n"),
    "hints": trickles(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
}
# Foreign sync transports end these by their phases, or return pieces between which we check the deadline.
ENDED_BY_PHASES = {"silent", "a body", "chunks"}


def plays_what_is_asked(peer: Peer, kind: Callable[[Peer], Peer] = lambda peer: peer) -> None:
    while request := peer.request():
        if input_of(request) is None:
            peer.send(OK)
        else:
            PLAYS[input_of(request)](kind(peer))
            return


@contextmanager
def warm(seam: Seam, base_url: str) -> Iterator[Face]:
    """A client that has made a call: its first one takes longer, and waits for none of its connections."""
    with opened(seam, base_url) as face:
        face.call(READ)
        yield face


def ended(seam: Seam) -> list[str]:
    return [name for name in PLAYS if seam.is_cut_off or name in ENDED_BY_PHASES]


READERS = [OURS[name] for name in ("sync", "asyncio", "fast") if name in OURS]


def test_no_answer_holds_a_call_past_its_deadline_and_none_is_sent_again(authority: trustme.CA) -> None:
    def check(row: tuple[Seam, bool]) -> None:
        seam, is_secure = row
        names = ended(seam)
        with (
            RawWire(secured(plays_what_is_asked, authority) if is_secure else plays_what_is_asked) as wire,
            warm(seam, f"https://localhost:{wire.port}/baseten" if is_secure else wire.base_url) as face,
        ):
            errors = face.together(*({"input": name, "timeout": TIMEOUT} for name in names))
        assert {name: type(error) for name, error in zip(names, errors, strict=True)} == dict.fromkeys(
            names, APITimeoutError
        )
        assert [kinds(error) for error in errors] == [["timeout"]] * len(names)
        assert all("may have been carried out" in str(error) for error in errors)
        assert wire.connections == len(names)

    rows = [*((seam, False) for seam in PLAIN.values()), *((seam, True) for seam in READERS)]
    check_each(rows, check, at_once=AT_ONCE)


STREAMED = {"headers", "a body", "chunks", "hints", "silent"}


class Streaming(Peer):
    """Sends another media type, so that its answer is streamed."""

    def __init__(self, peer: Peer) -> None:
        super().__init__(peer.connection, peer.closing, peer.number)

    def send(self, data: bytes) -> None:
        super().send(data.replace(b"application/json", b"text/event-stream"))


def test_no_answer_holds_a_stream_past_its_deadline() -> None:
    streams = partial(plays_what_is_asked, kind=Streaming)

    def check(seam: Seam) -> None:
        def ended_stream(name: str) -> None:
            with pytest.raises(APITimeoutError, match=r"may have been carried out|the answer is incomplete"):
                face.stream(input=name, timeout=TIMEOUT)

        names = sorted(STREAMED.intersection(ended(seam)))
        with RawWire(streams) as wire, warm(seam, wire.base_url) as face, ThreadPoolExecutor(len(names)) as threads:
            list(threads.map(ended_stream, names))
        # A stream over our transports has a connection of its own.
        assert wire.connections == len(names) + seam.is_ours

    check_each(PLAIN.values(), check, at_once=AT_ONCE)


def reads_slowly(peer: Peer) -> None:
    for _ in range(round(PATIENCE / PAUSE)):
        if peer.wait(PAUSE):
            return
        peer.connection.recv(1024)
    raise AssertionError(MISSED)


LARGE = 5_000_000  # bytes: more than the buffers of a connection take


def test_who_does_not_read_a_request_holds_no_call_past_its_deadline() -> None:
    def check(seam: Seam) -> None:
        def play(peer: Peer) -> None:
            # A sync transport of somebody else has its own timeouts: SECURITY.md.
            reads_slowly(peer) if peer.number == 1 and seam.is_cut_off else silent(peer)

        with RawWire(play) as wire, opened(seam, wire.base_url) as face:
            errors = face.together(*[{"input": "x" * LARGE, "timeout": 2 * TIMEOUT}] * 2)
        assert [kinds(error) for error in errors] == [["timeout"]] * 2 and wire.connections == 2

    check_each(PLAIN.values(), check, at_once=5)


# --- before anything is sent


def unsent(seam: Seam, base_url: str) -> None:
    """Check that a prediction ends by its deadline in a timeout and, where we can know, is reported as unsent."""
    with opened(seam, base_url, max_retries=0) as face, pytest.raises(APIConnectionError) as caught:
        face.call(PREDICT, input="x", timeout=TIMEOUT)
    if seam.is_ours:
        assert type(caught.value) is APITimeoutError, base_url
        assert kinds(caught.value) == ["unsent"] and "carried out" not in str(caught.value), base_url
    else:
        assert kinds(caught.value)[0] in {"unsent", "timeout", "lost"}, base_url


def shakes_hands_slowly(peer: Peer) -> None:
    peer.connection.recv(10)
    trickles(b"\x16\x03\x03\x40\x00", b"\x02")(peer)


# By the port that the proxy is asked for: silence, an answer without end, and a tunnel in which nobody shakes hands.
TUNNELS = {
    b":1 ": silent,
    b":2 ": trickles(b"HTTP/1.1 200 Connection established\r\n", b"x-more: 1\r\n"),
    b":3 ": trickles(b"HTTP/1.1 200 Connection established\r\n\r\n", b""),
}


def digs_as_asked(peer: Peer) -> None:
    head = peer.request().partition(b"\r\n")[0]
    next(play for port, play in TUNNELS.items() if port in head)(peer)


def test_a_connection_that_is_not_made_in_time_is_known_as_such(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        full_backlog() as port,
        RawWire(silent) as wire,
        RawWire(shakes_hands_slowly) as slow,
        RawWire(digs_as_asked) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "localhost")
        urls = [f"http://127.0.0.1:{port}", f"https://localhost:{wire.port}"]
        ours = [f"https://localhost:{slow.port}", *(f"https://127.0.0.1:{number}" for number in (1, 2, 3))]
        cases = [(seam, url) for seam in PLAIN.values() for url in (*urls, *(ours if seam.is_ours else ()))]
        check_each(cases, lambda case: unsent(*case), at_once=16)
        assert proxy.connections == 3 * sum(seam.is_ours for seam in PLAIN.values())


# --- names; uvloop looks them up by itself


@contextmanager
def looked_up(found: Callable[[], Any]) -> Iterator[None]:
    """Replace the addresses of `localhost`."""
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        # A check for a numeric address looks nothing up.
        is_name = host in {"localhost", b"localhost"} and not options.get("flags", 0) & socket.AI_NUMERICHOST
        return found() if is_name else real(host, port, *arguments, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", look_up)
        yield


def addresses(port: int, *hosts: str) -> Callable[[], Any]:
    return lambda: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in hosts]


OUR_PLAIN = [seam for seam in PLAIN.values() if seam.is_ours]


def test_a_name_that_is_not_looked_up_in_time_is_known_as_such_and_keeps_no_program_from_ending() -> None:
    goes_on, waiting = threading.Event(), list[threading.Thread]()

    def found() -> Any:
        waiting.append(threading.current_thread())
        assert goes_on.wait(20), "an event loop waited for the name before it ended"
        return addresses(wire.port, "127.0.0.1")()

    with RawWire(silent) as wire, looked_up(found):
        try:
            check_each(OUR_PLAIN, lambda seam: unsent(seam, f"http://localhost:{wire.port}"), at_once=len(OUR_PLAIN))
            assert len(waiting) == len(OUR_PLAIN) and all(thread.daemon for thread in waiting)
        finally:
            goes_on.set()


def test_many_addresses_share_one_deadline() -> None:
    with full_backlog() as port, looked_up(addresses(port, *["127.0.0.1"] * 50)):
        check_each(OUR_PLAIN, lambda seam: unsent(seam, f"http://localhost:{port}"), at_once=len(OUR_PLAIN))


def on_another_address(port: int) -> socket.socket:
    """A listener with this port, on another address of this machine."""
    try:
        return socket.create_server(("127.0.0.2", port))
    except OSError:
        pytest.skip("this system has one address alone")


@OUR_PLAIN_SEAMS
def test_an_address_that_is_silent_or_refuses_leaves_time_for_the_next(seam: Seam) -> None:
    answers = Counting()
    with (
        full_backlog() as port,
        RawWire(answers, on_another_address(port)),
        looked_up(addresses(port, "127.0.0.1", "127.0.0.9", "127.0.0.2")),
        opened(seam, f"http://localhost:{port}") as face,
    ):
        assert face.call(PREDICT, input=7, timeout=1.0)["input"] == 7
    assert answers.inputs == [7]


# --- one call after another


def test_a_call_that_ended_in_time_leaves_the_next_one_its_own() -> None:
    def check(seam: Seam) -> None:
        with RawWire(Counting()) as wire, opened(seam, wire.base_url) as face:
            assert face.call(READ, timeout=0.5) == []
            threading.Event().wait(0.55)
            assert face.call(READ, timeout=1e9) == []
        assert wire.connections == 1

    check_each(READERS, check, at_once=3)


@EVERY_PLAIN_SEAM
def test_a_deadline_that_has_passed_sends_nothing(seam: Seam) -> None:
    with RawWire(Counting()) as wire, opened(seam, wire.base_url, max_retries=0) as face:
        with pytest.raises(LowCodeAPIError):
            face.call(PREDICT, input=1, timeout=1e-9)
        assert face.call(PREDICT, input=2)["input"] == 2
    assert wire.connections <= 1


def test_every_seam_that_can_be_is_tested() -> None:
    assert {"sync", "asyncio", "sync httpx", "async httpx"} <= set(INSTALLED)
