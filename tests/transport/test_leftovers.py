"""Bytes behind an answer answer nothing: the connection is closed, and no prediction is sent twice because of them.

Transports of the user are not tested: their libraries take such bytes for the next answer.
"""

from __future__ import annotations

import json
import socket
import threading
from types import SimpleNamespace
from typing import Any

import pytest
import trustme
from lowcodeapi_baseten.transport._sync.lane import Lane
from lowcodeapi_baseten.transport.errand import NONE

from tests.support.pairs import in_pairs
from tests.support.raw_wire import Peer, http
from tests.transport.peers import WAYS, Counting, echo, input_of
from tests.transport.seams import OUR_SEAMS, OURS, PREDICT, Seam, opened

STALE = http(json.dumps({"data": {"input": "somebody else's"}}).encode())
BUSY = http(b'{"error": "slow down"}', "retry-after: 0", status="429 Too Many Requests")

# Bytes that a server sends behind an answer, in the same write.
SURPLUS = {
    "an answer": STALE,
    "429": BUSY,
    "429, and an answer": BUSY + STALE,
    "a letter": b"H",
    "half an answer": STALE[:20],
    "an empty line": b"\r\n",
    "no HTTP": b"\0\0\0",
    "100 Continue": b"HTTP/1.1 100 Continue\r\n\r\n",
}


class Surplus:
    """Sends something behind its first answers: in the same write, in a separate one, or a moment later."""

    def __init__(self, how: str) -> None:
        self._how = how
        self.received: list[object] = []
        self.is_said = threading.Event()

    def __call__(self, peer: Peer) -> None:
        while request := peer.request():
            asked = input_of(request)
            self.received.append(asked)
            self._say(peer, echo(request), SURPLUS.get(asked, b""))
            self.is_said.set()

    def _say(self, peer: Peer, answer: bytes, more: bytes) -> None:
        if self._how == "in one write":
            peer.send(answer + more)
            return
        # Two writes make two TLS records; a cork puts both in one packet.
        if self._how == "in one packet" and hasattr(socket, "TCP_CORK"):
            peer.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        peer.send(answer)
        if self._how == "late":
            peer.wait(0.01)
        if more:
            peer.send(more)
        if hasattr(socket, "TCP_CORK"):
            peer.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)


@in_pairs(how=["in one write", "in one packet", "late"], way=[*WAYS], seam=OURS)
def test_what_is_left_over_goes_to_no_call_and_nothing_is_sent_twice(
    how: str, way: str, seam: Seam, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    if (how, way) == ("late", "proxy"):
        how = "in one packet"  # nobody can tell when a proxy has passed on what is late
    # All of them once: TLS and a proxy change only how they arrive.
    some = SURPLUS if way == "plain" else ["an answer", "half an answer"]
    asked = [asked for surplus in some for asked in (surplus, f"after {surplus}")]
    server = Surplus(how)
    with WAYS[way](server, authority, monkeypatch) as base_url, opened(seam, base_url) as face:
        got = []
        for each in asked:
            server.is_said.clear()
            got.append(face.call(PREDICT, input=each)["input"])
            if how == "late":
                assert server.is_said.wait(10)
    assert got == asked
    assert server.received == asked


STREAMED = http(b"data: 1\n\n", content_type="text/event-stream")


@OUR_SEAMS
def test_what_is_behind_a_stream_a_429_or_an_answer_without_a_body_goes_to_no_call(
    seam: Seam, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = []

    def play(peer: Peer) -> None:
        while request := peer.request():
            received.append(input_of(request))
            if b"/wake" in request:
                peer.send(b"HTTP/1.1 204 No Content\r\n\r\n" + STALE)
            elif received[-1] == "stream":
                peer.send(STREAMED + STALE)
            else:
                peer.send(BUSY + STALE if received == [1] else echo(request))

    with WAYS["plain"](play, authority, monkeypatch) as base_url, opened(seam, base_url) as face:
        assert face.call(PREDICT, input=1)["input"] == 1
        assert face.call("inference.wake_production") is None
        assert face.call(PREDICT, input=2)["input"] == 2
        assert b"".join(face.stream(input="stream")) == b"data: 1\n\n"
        assert face.call(PREDICT, input=3)["input"] == 3
    assert received == [1, 1, None, 2, "stream", 3]  # a 429 means that nothing was done


@OUR_SEAMS
def test_what_is_left_over_in_many_calls_at_a_time_goes_to_none_of_them(
    seam: Seam, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Counting(lambda request: echo(request) + (STALE if input_of(request) % 2 else BUSY))
    with WAYS["plain"](server, authority, monkeypatch) as base_url, opened(seam, base_url) as face:
        for start in (0, 8):
            outcomes = face.together(*({"input": number} for number in range(start, start + 8)))
            assert [outcome["input"] for outcome in outcomes] == list(range(start, start + 8))
    assert sorted(server.inputs) == list(range(16))


class Line:
    """A connection."""

    def __init__(self) -> None:
        self.backend: Any = SimpleNamespace(errand=None, is_closed=False)
        self.is_closed = self.is_spoilt = self.is_old = False

    def is_fresh(self) -> bool:
        return not self.is_spoilt

    def has_expired(self) -> bool:
        return self.is_old

    def abandon(self) -> None:
        pass

    def close(self) -> None:
        self.is_closed = True


def test_only_what_is_given_back_clean_is_kept() -> None:
    lane = Lane(Line, 1)
    unclean, spoilt, clean = lane.take(), lane.take(), lane.take()
    spoilt.is_spoilt = True
    lane.give(unclean, is_clean=False)
    lane.give(spoilt, is_clean=True)
    lane.give(clean, is_clean=True)
    assert unclean.is_closed and spoilt.is_closed and not clean.is_closed
    assert clean.backend.errand is NONE  # it has no token
    assert lane.take() is clean and lane.take() not in (unclean, spoilt, clean)


def test_what_is_idle_for_too_long_is_closed_when_another_is_given_back() -> None:
    lane = Lane(Line, 2)
    old, new = lane.take(), lane.take()
    old.is_old = True
    lane.give(old, is_clean=True)
    lane.give(new, is_clean=True)
    assert old.is_closed and not new.is_closed and lane.idle == [new]


def test_a_forked_child_closes_nothing_of_its_parents() -> None:
    lane = Lane(Line, 2)
    used, idle = lane.take(), lane.take()
    lane.give(idle, is_clean=True)
    lane.in_child()
    lane.give(used, is_clean=False)
    lane.close()
    assert not used.is_closed and not idle.is_closed
