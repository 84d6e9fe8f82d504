"""Ctrl-C and exceptions of signal handlers come through, repeat nothing, show no token and leave nothing locked."""

from __future__ import annotations

import gc
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme
from lowcodeapi_baseten import Baseten

from tests.support.leaks import found, rendered
from tests.support.pairs import in_pairs, in_turn
from tests.support.raw_wire import Peer, RawWire
from tests.support.wire import TOKEN
from tests.transport.peers import echo, full_backlog
from tests.transport.seams import OURS, PREDICT, READ, SYNC, Seam, each, opened
from tests.transport.storms import run_storms

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="no signal to send on this system"),
]

EVERY_SYNC = each(SYNC)


class SoftTimeLimitExceeded(Exception):
    """Like Celery's."""


class Stop(BaseException):
    """A `BaseException`, like Ctrl-C and gevent's timeout."""


class Late(TimeoutError):
    """A handler's own `TimeoutError`; sockets raise that class, too."""


RAISED: list[type[BaseException]] = [SoftTimeLimitExceeded, Stop, KeyboardInterrupt, Late]


@pytest.fixture
def signalled() -> Iterator[Callable[[BaseException], None]]:
    """Set the exception that the handler of SIGUSR1 raises in the main thread."""
    raised: list[BaseException] = []

    def handle(number: int, frame: Any) -> None:
        if raised:
            raise raised.pop()

    before = signal.signal(signal.SIGUSR1, handle)
    gc.collect()
    gc.disable()  # Python ignores exceptions in destructors
    logging.disable()  # logging ignores those that are raised while it makes or writes a record
    yield raised.append
    logging.disable(logging.NOTSET)
    gc.enable()
    raised.clear()
    signal.signal(signal.SIGUSR1, before)


def strike() -> None:
    """Send the signal to the main thread, wherever it is."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)


def strike_in(function: str) -> None:
    """Send the signal once the main thread is in a function of that name."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        frame = sys._current_frames().get(threading.main_thread().ident or 0)
        while frame is not None:
            if frame.f_code.co_name == function:
                strike()
                return
            frame = frame.f_back
        time.sleep(0.001)


def waits_for_the_head(peer: Peer) -> None:
    strike()
    peer.wait(5)


def in_the_body(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{")
    peer.wait(0.02)
    strike()
    peer.wait(5)


def asks_for_patience(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 429 Too Many\r\nretry-after: 20\r\ncontent-length: 2\r\n\r\n{}")
    peer.wait(0.05)
    strike()


MOMENTS = {play.__name__: play for play in (waits_for_the_head, in_the_body, asks_for_patience)}


@in_pairs(kind=RAISED, moment=[*MOMENTS], seam=SYNC, operation=[PREDICT, READ, "inference.wake_production"])
def test_what_a_signal_handler_raises_comes_through_and_nothing_is_sent_again(
    operation: str, kind: type[BaseException], moment: str, seam: Seam, signalled: Callable[[BaseException], None]
) -> None:
    received = []

    def play(peer: Peer) -> None:
        while request := peer.request():
            received.append(request)
            if len(received) == 1:
                MOMENTS[moment](peer)
            else:
                peer.send(echo(request))

    error = kind("time is over")
    options = {"input": 1} if operation == PREDICT else {}
    with RawWire(play) as wire, opened(seam, wire.base_url) as face:
        signalled(error)
        with pytest.raises(kind) as caught:
            face.call(operation, **options, timeout=30)
        assert caught.value is error
        assert not found(TOKEN, rendered(caught.value))
        assert len(received) == 1
        assert face.call(PREDICT, input=2, timeout=5)["input"] == 2


@in_turn(kind=RAISED, moment=["connecting", "shaking hands"])
def test_before_anything_is_sent_too(
    moment: str, kind: type[BaseException], authority: trustme.CA, signalled: Callable[[BaseException], None]
) -> None:
    left = threading.Event()

    def shakes_no_hands(peer: Peer) -> None:
        strike()
        peer.connection.settimeout(10)
        while peer.connection.recv(1000):
            pass
        left.set()

    error = kind("time is over")
    signalled(error)
    with full_backlog() as port, RawWire(shakes_no_hands) as wire:
        is_connecting = moment == "connecting"
        if is_connecting:
            threading.Thread(target=strike_in, args=("create_connection",)).start()
        url = f"http://127.0.0.1:{port}" if is_connecting else f"https://localhost:{wire.port}"
        with opened(OURS["sync"], url) as face, pytest.raises(kind) as caught:
            face.call(PREDICT, input=1, timeout=30)
        assert caught.value is error and not found(TOKEN, rendered(caught.value))
        del caught
        gc.collect()
        assert is_connecting or left.wait(10)


@EVERY_SYNC
def test_a_stream_that_a_signal_ends_is_not_read_again(seam: Seam, signalled: Callable[[BaseException], None]) -> None:
    def play(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 0\n\n")
        peer.wait(0.02)
        strike()
        peer.wait(5)

    error = SoftTimeLimitExceeded("time is over")
    with RawWire(play) as wire, opened(seam, wire.base_url) as face:
        signalled(error)
        with pytest.raises(SoftTimeLimitExceeded) as caught:
            face.stream(input=1, timeout=30)
    assert caught.value is error and not found(TOKEN, rendered(caught.value))
    assert wire.connections == 1


def test_a_thread_that_is_interrupted_leaves_its_turn_to_ask_to_the_next(
    signalled: Callable[[BaseException], None],
) -> None:
    """Before a prediction goes to an unknown gateway, one call asks for the URL format, and the others wait."""
    asked = threading.Event()

    def play(peer: Peer) -> None:
        while request := peer.request():
            if b"POST" not in request[:5] and not asked.is_set():
                asked.set()
                strike()
                peer.wait(5)
                return
            peer.send(echo(request))

    with RawWire(play) as wire, Baseten(api_token=TOKEN, base_url=wire.base_url, remember=False) as client:
        signalled(Stop())
        with pytest.raises(Stop):
            client.inference.predict_deployment("abc", input=1, timeout=30)
        assert client.inference.predict_deployment("abc", input=2, timeout=5)["input"] == 2


def test_a_storm_of_interrupts_leaves_nothing_taken_and_sends_nothing_twice() -> None:
    done = run_storms()
    assert done.returncode == 0, done.stderr
