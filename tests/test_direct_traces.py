"""What an exchange leaves behind: no token in a log, a failure, a `repr` or a frame; no needless module, no garbage."""

from __future__ import annotations

import gc
import logging
import subprocess
import sys
import traceback

import pytest

pytest.importorskip("httptools")

from lowcodeapi_baseten.auth import Token
from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.steps import Failure
from lowcodeapi_baseten.transport.fast.incoming import Incoming
from lowcodeapi_baseten.transport.fast.request import Requests
from lowcodeapi_baseten.transport.socket_backend import SocketStream

from tests.engines import EVERY, OK, answers, engine, origin, send
from tests.raw_wire import Peer, RawWire
from tests.wire import TOKEN


@EVERY
def test_no_log_and_no_failure_shows_the_token(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.NOTSET)

    def play(peer: Peer) -> None:
        peer.request()
        peer.send([OK, b"HTTP/1.1 200 OK\r\nx-\0: " + TOKEN.encode(), OK[:-1], TOKEN.encode()][(peer.number - 1) % 4])

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        outcomes = [exchange(send()) for _ in range(8)]
    assert {type(outcome) for outcome in outcomes} == {Answer, Failure}
    assert not any(TOKEN in outcome.text for outcome in outcomes if isinstance(outcome, Failure))
    assert TOKEN not in caplog.text


def test_a_frame_that_ctrl_c_leaves_behind_shows_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(SocketStream, "read", interrupted)
    with RawWire(answers) as wire, engine("sync", origin(wire)) as exchange:
        with pytest.raises(KeyboardInterrupt) as caught:
            exchange(send())
        shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "errand" in shown and TOKEN not in shown


def test_no_repr_shows_the_token() -> None:
    requests = Requests("http://127.0.0.1:1", Token(TOKEN))
    pieces = list(requests.pieces(send()))
    assert TOKEN.encode() in b"".join(pieces)
    assert TOKEN not in repr([requests, pieces, memoryview(pieces[0]), Incoming(1, "GET")])


_IMPORTS = """
import sys
import lowcodeapi_baseten
from lowcodeapi_baseten import AsyncBaseten, Baseten
heavy = {"httptools", "msgspec", "uvloop", "httpx", "httpcore", "anyio", "h11", "asyncio", "ssl"}
with Baseten(api_token="abc", base_url=sys.argv[1], transport="fast", remember=False) as client:
    assert not (heavy - {"httptools"}) & sys.modules.keys(), heavy & sys.modules.keys()
"""


def test_a_client_that_was_not_used_has_imported_nothing_to_send_with() -> None:
    subprocess.run([sys.executable, "-c", _IMPORTS, "http://127.0.0.1:1"], check=True, timeout=60)


@EVERY
def test_an_exchange_leaves_no_work_for_the_garbage_collector(kind: str) -> None:
    def kept() -> int:
        return sum(isinstance(thing, Incoming) for thing in gc.get_objects())

    with RawWire(answers) as wire, engine(kind, origin(wire)) as exchange:
        exchange(send())
        gc.collect()
        gc.disable()
        try:
            before = kept()
            for _ in range(20):
                exchange(send())
            assert kept() <= before + 1
        finally:
            gc.enable()
