"""Proxies of the environment: HTTPS goes through them by CONNECT, and they see no token; plain HTTP never does."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme
from lowcodeapi_baseten import APIConnectionError, Baseten, LowCodeAPIError
from lowcodeapi_baseten.testing import LocalGateway

from tests.drivers import DRIVERS, Driver
from tests.raw_wire import Peer, RawWire, http

TOKEN = "lca-token-0123456789abcdef"
NAMES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")


class Tunnel:
    """A proxy that knows CONNECT alone; `heard` is all that it could read."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.heard: list[bytes] = []

    def __call__(self, peer: Peer) -> None:
        head = peer.request()
        self.heard.append(head)
        if not head.startswith(b"CONNECT "):
            peer.send(b"HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", self._port)) as beyond:
            peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pipe, args=(beyond, peer.connection.sendall))
            back.start()
            _pipe(peer.connection, beyond.sendall)
            with contextlib.suppress(OSError):
                beyond.shutdown(socket.SHUT_WR)
            back.join()


def _pipe(source: socket.socket, sink: Callable[[bytes], None]) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink(data)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return made


@pytest.fixture
def tls_port(authority: trustme.CA) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    def play(peer: Peer) -> None:
        with context.wrap_socket(peer.connection, server_side=True) as secure:
            spoken = Peer(secure, peer.closing, peer.number)
            while spoken.request():
                spoken.send(http(b'{"data": {"answer": 42}}'))

    with RawWire(play) as wire:
        yield wire.port


@pytest.mark.parametrize("driver", DRIVERS.values(), ids=DRIVERS)
def test_https_goes_through_the_proxy_which_sees_no_token(
    driver: Driver, tls_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tunnel = Tunnel(tls_port)
    with RawWire(tunnel) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:word@127.0.0.1:{proxy.port}")
        with driver(api_token=TOKEN, base_url=f"https://localhost:{tls_port}") as client:
            assert client.call("inference.predict_development", input=1) == {"answer": 42}
    assert tunnel.heard and all(head.startswith(f"CONNECT localhost:{tls_port} ".encode()) for head in tunnel.heard)
    assert b"Proxy-Authorization: Basic dXNlcjp3b3Jk" in tunnel.heard[0]
    assert not any(TOKEN.encode() in head for head in tunnel.heard)


@pytest.mark.parametrize("driver", DRIVERS.values(), ids=DRIVERS)
def test_a_host_that_is_to_go_without_the_proxy_does(
    driver: Driver, tls_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tunnel = Tunnel(tls_port)
    with RawWire(tunnel) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "localhost")
        with driver(api_token=TOKEN, base_url=f"https://localhost:{tls_port}") as client:
            assert client.call("inference.predict_development", input=1) == {"answer": 42}
    assert tunnel.heard == []


@pytest.mark.parametrize("driver", DRIVERS.values(), ids=DRIVERS)
def test_a_certificate_that_nobody_vouches_for_gets_no_token(
    driver: Driver, tls_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other.pem"))
    with (
        driver(api_token=TOKEN, base_url=f"https://localhost:{tls_port}", max_retries=0) as client,
        pytest.raises(APIConnectionError, match=r"(?i)certificate") as caught,
    ):
        client.call("inference.predict_development", input=1)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("driver", DRIVERS.values(), ids=DRIVERS)
def test_plain_http_goes_through_no_proxy(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    tunnel = Tunnel(0)
    with RawWire(tunnel) as proxy, LocalGateway() as gateway:
        for name in NAMES[:6]:
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with driver(api_token=gateway.api_token, base_url=gateway.base_url) as client:
            client.call("models.list")
    assert tunnel.heard == []
    assert proxy.connections == 0


def test_a_run_through_a_proxy_sends_as_many_at_a_time_as_it_is_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    most = 260
    are_all_there = threading.Barrier(most)

    def play(peer: Peer) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            while peer.request():
                are_all_there.wait(20)
                peer.send(http(b'{"data": {"answer": 42}}'))

    with RawWire(play) as wire, Baseten(api_token=TOKEN, base_url=wire.base_url, url_format="new") as client:
        run = client.inference.predict_many(range(most), development=True, concurrency=most, timeout=30)
        assert {item.position for item in run} == set(range(most))
    assert wire.connections == most


@pytest.mark.parametrize("driver", DRIVERS.values(), ids=DRIVERS)
def test_a_proxy_that_stays_silent_holds_no_call_past_its_deadline(
    driver: Driver, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(peer: Peer) -> None:
        peer.wait()

    with RawWire(silent) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with (
            driver(api_token=TOKEN, base_url="https://localhost:9", max_retries=0) as client,
            pytest.raises(LowCodeAPIError),
        ):
            client.call("inference.predict_development", input=1, timeout=0.25)
        assert proxy.connections == 1
