"""A call leaves no token in a log, an error, a `repr` or a frame, over any transport and however it ends."""

from __future__ import annotations

import gc
import logging
import warnings
from typing import Any

import anyio
import httpx
import pytest

from tests.support.leaks import found, rendered
from tests.support.raw_wire import Peer, RawWire, http
from tests.support.tables import check_each
from tests.support.wire import TOKEN
from tests.transport.holding import holds
from tests.transport.peers import Counting, input_of
from tests.transport.seams import (
    INSTALLED,
    LOOPS,
    OUR_READERS,
    PLAIN,
    PREDICT,
    READ,
    AsyncSees,
    LoopFace,
    Seam,
    Sees,
    SyncFace,
    each,
    opened,
)

ECHO = TOKEN.encode()
# The server's answers by input. They echo the token where they can.
SAID = {
    "well": http(b'{"data": {"input": "' + ECHO + b'"}}', f"x-echo: {TOKEN}"),
    "refused": http(b'{"error": "' + ECHO + b'"}', status="401 Unauthorized"),
    "no HTTP": b"HTTP/1.1 200 OK\r\nx-\0: " + ECHO,
    "the token": ECHO,
    "half": http(b'{"data": "' + ECHO + b'"}')[:-1],
    "nothing": b"",
    "page": http(b"<html>" + ECHO, content_type="text/html"),
    "elsewhere": http(b"", f"location: http://elsewhere.example/{TOKEN}", status="302 Found"),
}


def says_what_is_asked(peer: Peer) -> None:
    while request := peer.request():
        asked = input_of(request)
        if asked == "silence":
            peer.wait()
            return
        peer.send(SAID[asked])
        if asked in {"no HTTP", "the token", "half", "nothing"}:
            return


def test_no_log_no_warning_and_no_error_shows_the_token(caplog: pytest.LogCaptureFixture) -> None:
    def check(seam: Seam) -> None:
        with opened(seam, wire.base_url, max_retries=0) as face:
            asked = [*SAID, "silence"]
            outcomes = face.together(*({"input": name, "timeout": 0.5} for name in asked))
            assert not found(TOKEN, repr(face.client))
        errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert len(errors) >= 7
        for error in errors:
            assert not found(TOKEN, rendered(error, by_rich=False)), str(error)

    caplog.set_level(logging.NOTSET)
    for name in ("httpx", "httpcore", "httpx2", "httpcore2", "aiohttp", "asyncio", "lowcodeapi_baseten"):
        caplog.set_level(logging.NOTSET, logger=name)
    with RawWire(says_what_is_asked) as wire, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        check_each(PLAIN.values(), check, at_once=3)
    assert not [each for each in warned if TOKEN in str(each.message)]
    assert not found(TOKEN, caplog.text)


@each(LOOPS)
def test_what_a_cancelled_call_raises_shows_no_token(seam: Seam) -> None:
    caught: list[BaseException] = []

    async def main(client: Any) -> None:
        with anyio.move_on_after(0.1):
            try:
                await client.inference.predict_development(input="silence")
            except BaseException as error:
                caught.append(error)
                raise

    with RawWire(says_what_is_asked) as wire, opened(seam, wire.base_url) as face:
        assert isinstance(face, LoopFace)
        face.run(main, face.client)
    assert len(caught) == 1 and not found(TOKEN, rendered(caught[0]))


@OUR_READERS
def test_a_call_leaves_no_work_for_the_garbage_collector(seam: Seam) -> None:
    """Or only little, since leftovers would hold the request, and the request holds the token."""
    with RawWire(Counting()) as wire, opened(seam, wire.base_url) as face:
        for _ in range(3):
            face.call(PREDICT, input=1)
        gc.collect()
        gc.disable()
        try:
            before = requests_kept()
            for _ in range(20):
                face.call(PREDICT, input=1)
            kept = requests_kept() - before
        finally:
            gc.enable()
        assert kept <= 3


def requests_kept() -> int:
    """The number of request and answer objects in memory."""
    return sum(type(thing).__name__ in {"Request", "Response", "Errand", "Incoming"} for thing in gc.get_objects())


# --- the token's place in the request of a given transport


@pytest.mark.parametrize("module", ["httpx", "httpx2"])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_to_their_own_transports_the_token_goes_beside_the_url(
    kind: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = pytest.importorskip(module)
    cls = library.HTTPTransport if kind == "sync" else library.AsyncHTTPTransport
    name = "handle_request" if kind == "sync" else "handle_async_request"
    real, requests = getattr(cls, name), []

    def see(self: Any, request: Any) -> Any:
        requests.append(request)
        return real(self, request)

    monkeypatch.setattr(cls, name, see)
    seam = INSTALLED[f"{kind} {module}"]
    with RawWire(Counting()) as wire, opened(seam, wire.base_url) as face:
        face.call(PREDICT, input=1)
    assert isinstance(requests[0], library.Request)
    assert TOKEN not in str(requests[0].url) and TOKEN not in repr(requests[0]) + repr(requests[0].extensions)
    assert holds(requests[0].url, TOKEN) is None


@pytest.mark.parametrize("face", [SyncFace, LoopFace], ids=["sync", "async"])
def test_to_a_strangers_it_goes_in_the_url(face: type[Any]) -> None:
    """It accepts the token nowhere else, as `SECURITY.md` says."""
    sees = (Sees if face is SyncFace else AsyncSees)(lambda _: httpx.Response(200, json={"data": {"models": []}}))
    with opened(Seam(face, lambda: {"transport": sees}), "https://localhost:9") as client:
        client.call(READ)
    assert sees.requests[0].url.params["api_token"] == TOKEN
