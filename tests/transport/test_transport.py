"""Our httpx transport, and its uses of non-public parts of httpcore and h11."""

from __future__ import annotations

import itertools
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import h11
import httpcore
import httpx
import pytest
from lowcodeapi_baseten import AsyncBaseten, Baseten, ConfigurationError
from lowcodeapi_baseten.secrets import Content
from lowcodeapi_baseten.transport._sync.backend import Backend
from lowcodeapi_baseten.transport._sync.gate import Gate
from lowcodeapi_baseten.transport._sync.transport import Transport
from lowcodeapi_baseten.transport.answers import Body, Refused
from lowcodeapi_baseten.transport.environment import is_exempt, proxy_of
from lowcodeapi_baseten.transport.errand import Errand
from lowcodeapi_baseten.transport.private_names import has_leftovers
from lowcodeapi_baseten.transport.socket_backend import NothingLeft, SocketBackend

from codegen import unasync
from tests.support.raw_wire import Peer, RawWire, http
from tests.support.wire import TOKEN

OK = http(b"{}")


def made() -> Transport:
    transport = Transport(Backend(SocketBackend()))
    transport.backend.errand = Errand(time.monotonic() + 10)
    return transport


def test_the_sync_twins_are_what_unasync_makes() -> None:
    assert unasync.differing() == []
    assert all(path.read_text().startswith("# Generated from _async/") for path in unasync.known())


def test_a_write_that_fails_at_its_first_byte_has_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stream = SocketBackend().connect_tcp("127.0.0.1", listener.getsockname()[1], 10)
        there, _ = listener.accept()
        stream.write(b"a", 10)
        # Closed with a byte unread, it answers with a reset.
        there.close()
        with pytest.raises(httpcore.WriteError) as caught:
            for _ in range(1000):
                stream.write(b"b", 10)
        assert isinstance(caught.value, NothingLeft)
        stream.close()


# --- what is not public: a new version that moves it fails here


def test_the_pool_of_httpxs_transport_is_where_ours_puts_its_own() -> None:
    assert isinstance(httpx.HTTPTransport()._pool, httpcore.ConnectionPool)
    assert isinstance(httpx.AsyncHTTPTransport()._pool, httpcore.AsyncConnectionPool)
    assert isinstance(made(), httpx.HTTPTransport)


def test_the_transport_handles_requests_as_httpxs_does() -> None:
    assert type(made()).handle_request is httpx.HTTPTransport.handle_request


def test_httpcores_own_pool_is_passed_by_unless_it_is_patched(monkeypatch: pytest.MonkeyPatch) -> None:
    def patched(self: Any, request: httpcore.Request) -> httpcore.Response:
        seen.append(request.url.target)
        return real(self, request)

    def play(peer: Peer) -> None:
        while peer.request():
            peer.send(OK)

    seen: list[bytes] = []
    real = httpcore.ConnectionPool.handle_request
    with RawWire(play) as wire:
        for is_patched in (False, True):
            if is_patched:
                monkeypatch.setattr(httpcore.ConnectionPool, "handle_request", patched)
            transport = made()
            transport.backend.errand.target = Content(b"/a?api_token=" + TOKEN.encode())
            transport.handle_request(httpx.Request("GET", f"http://127.0.0.1:{wire.port}/a")).read()
            assert len(transport._pool.connections) == is_patched
            transport.close()
    assert seen == [b"/a"]


@pytest.mark.parametrize(("surplus", "is_left"), [(b"", False), (b"H", True), (OK, True)])
def test_what_is_left_behind_an_answer_is_found(surplus: bytes, is_left: bool) -> None:
    def play(peer: Peer) -> None:
        while peer.request():
            peer.send(OK + surplus)

    with RawWire(play) as wire:
        transport = made()
        response = transport.handle_request(httpx.Request("GET", f"http://127.0.0.1:{wire.port}/"))
        response.read()
        # The parser is reached, so that a clean connection is known to be clean.
        assert transport.is_fresh() is not is_left
        transport.close()


def test_where_the_parser_can_not_be_seen_everything_counts_as_left() -> None:
    assert has_leftovers(object(), None)


def test_a_record_of_tls_that_waits_in_memory_is_found(tmp_path: Path) -> None:
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    there, here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(there)
    authority.configure_trust(here)
    to_us, to_them = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = here.wrap_bio(to_us, to_them, server_hostname="localhost")
    theirs = there.wrap_bio(to_them, to_us, server_side=True)
    is_done = {"ours": False, "theirs": False}
    for name in itertools.islice(itertools.cycle(is_done), 8):
        try:
            (ours if name == "ours" else theirs).do_handshake()
            is_done[name] = True
        except ssl.SSLWantReadError:
            pass

    class Stream:
        def get_extra_info(self, info: str) -> Any:
            return ours if info == "ssl_object" else False

    class Connection:
        _h11_state = h11.Connection(h11.CLIENT)

    assert not has_leftovers(Connection(), Stream())
    theirs.write(b"one more record")
    assert has_leftovers(Connection(), Stream())


# --- what goes on the wire


def test_the_target_with_the_token_is_on_the_wire_and_nowhere_above() -> None:
    received: list[bytes] = []

    def play(peer: Peer) -> None:
        while request := peer.request():
            received.append(request)
            peer.send(OK)

    with RawWire(play) as wire:
        transport = made()
        transport.backend.errand.target = Content(b"/a/{b}?api_token=" + TOKEN.encode())
        request = httpx.Request("GET", f"http://127.0.0.1:{wire.port}/a/b")
        transport.handle_request(request).read()
        transport.close()
    assert received[0].startswith(f"GET /a/{{b}}?api_token={TOKEN} HTTP/1.1\r\n".encode())
    assert TOKEN not in repr(vars(request)) and transport.backend.errand.has_left


@pytest.mark.parametrize(
    ("transport", "told"),
    [
        (httpx.Client(), "pass a transport, not a client"),
        (httpx.AsyncHTTPTransport(), "which is for AsyncBaseten"),
        (httpx.HTTPTransport, "not a class: pass"),
        ("slow", "'fast' or an httpx transport"),
        (3, "got 'int'"),
    ],
)
def test_what_is_no_transport_is_refused_when_the_client_is_made(transport: Any, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        Baseten(api_token=TOKEN, transport=transport)
    with pytest.raises(ConfigurationError, match="which is for Baseten"):
        AsyncBaseten(api_token=TOKEN, transport=httpx.HTTPTransport())  # type: ignore[arg-type]


# --- codings


@pytest.mark.parametrize("coding", ["br", "identity, br", "\xff", "gzip, br"])
def test_an_unknown_coding_is_identity(coding: str) -> None:
    body = Body(1000, coding)
    body.add(b"as it came")
    assert body.whole() == b"as it came"


def test_codings_are_undone_in_their_order_and_what_can_not_be_is_kept() -> None:
    import gzip
    import zlib

    body = Body(1000, "deflate, gzip")
    body.add(gzip.compress(zlib.compress(b"twice")))
    assert body.whole() == b"twice"
    broken = Body(1000, "gzip")
    broken.add(b"no gzip")
    with pytest.raises(Refused, match="gzip can't be decoded") as caught:
        broken.whole()
    assert caught.value.body == b"no gzip"


# --- proxies

ENVIRONMENTS: list[dict[str, str]] = [
    {},
    {"HTTPS_PROXY": "http://one:1"},
    {"ALL_PROXY": "http://all:1"},
    {"HTTPS_PROXY": "http://one:1", "ALL_PROXY": "http://all:1"},
    {"HTTP_PROXY": "http://one:1"},
    {"https_proxy": "one:1"},
    *(
        {"HTTPS_PROXY": "http://one:1", "NO_PROXY": exempt}
        for exempt in (
            "*",
            "h.example",
            "example",
            ".example",
            "other",
            "h.example:8443",
            "a, h.example",
            "ample",
        )
    ),
]


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=str)
def test_the_proxy_is_the_one_that_httpxs_client_chooses(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with httpx.Client() as client:
        chosen: Any = client._transport_for_url(httpx.URL("https://h.example/"))
    url = getattr(chosen._pool, "_proxy_url", None)
    ours = proxy_of("https://h.example")
    assert (ours is None) == (url is None)
    assert ours is None or url is None or httpx.URL(ours.reveal()).host == url.host.decode()


@pytest.mark.parametrize(
    ("host", "port", "no_proxy", "is_named"),
    [
        ("10.1.2.3", 443, "10.0.0.0/8", True),
        ("11.1.2.3", 443, "10.0.0.0/8", False),
        ("10.1.2.3", 443, "10.1.2.3", True),
        ("10.1.2.3", 443, "10.1.2.3:8443", False),
        ("10.1.2.3", 8443, "10.1.2.3:8443", True),
        ("::1", 443, "::1", True),
        ("::1", 443, "[::1]", True),
        ("::1", 8443, "[::1]:443", False),
        ("fd00::7", 443, "fd00::/8", True),
        ("h.example", 443, "10.0.0.0/8,h.example", True),
        ("h.example", 443, "https://h.example", True),
        ("h.example", 443, "", False),
        ("h.example", 443, "h.example:443", True),
        ("h.example", 443, "h.example:8443", False),
        ("h.example", 443, "/,:,[,]:", False),
    ],
)
def test_a_host_is_named_by_address_network_and_port(host: str, port: int, no_proxy: str, is_named: bool) -> None:
    assert is_exempt(host, port, no_proxy) == is_named


# --- the gate


def test_a_gate_lets_in_so_many_and_each_in_its_turn() -> None:
    gate, order, started = Gate(1), list[int](), list[threading.Event]()

    def work(number: int) -> None:
        who = object()
        started[number].set()
        try:
            assert gate.enter(who, time.monotonic() + 30)
            order.append(number)
        finally:
            gate.inside.discard(who)
            gate.admit()

    first = object()
    assert gate.enter(first, 0.0)
    threads = []
    for number in range(5):
        started.append(threading.Event())
        threads.append(threading.Thread(target=work, args=(number,)))
        threads[-1].start()
        while len(gate._line) <= number:
            threading.Event().wait(0.001)
    assert not gate.enter(object(), time.monotonic() - 1)
    gate.inside.discard(first)
    gate.admit()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4] and not gate.inside and not gate._line
