"""Over TLS: who is asked for, who is believed, and what is waited for."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import trustme
from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.steps import Failure

from tests.engines import EVERY, OK, engine, send
from tests.raw_wire import Peer, RawWire


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return made


class Secure:
    """Plays over TLS. `names` are what the clients asked for."""

    def __init__(self, authority: trustme.CA, name: str) -> None:
        self.names: list[str | None] = []
        self.requests: list[bytes] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(self._context)
        self._context.sni_callback = lambda _, asked, __: self.names.append(asked)
        self._context.set_alpn_protocols(["h2", "http/1.1"])

    def __call__(self, peer: Peer) -> None:
        with self._context.wrap_socket(peer.connection, server_side=True) as secure:
            assert secure.selected_alpn_protocol() == "http/1.1"
            spoken = Peer(secure, peer.closing, peer.number)
            while request := spoken.request():
                self.requests.append(request)
                spoken.send(OK if b"/large" not in request else OK.replace(b": 2", b": 3000002") + b"x" * 3_000_000)


@EVERY
def test_over_tls_the_host_is_named_and_a_connection_is_used_again(kind: str, authority: trustme.CA) -> None:
    secure = Secure(authority, "localhost")
    with RawWire(secure) as wire, engine(kind, f"https://localhost:{wire.port}", 4_000_000) as exchange:
        for request in (send(), send(content=b"x" * 3_000_000), send("GET", "/large", None), send()):
            outcome = exchange(request)
            assert isinstance(outcome, Answer) and len(outcome.body) in {2, 3_000_002}
    assert secure.names == ["localhost"]
    assert [len(request) > 3_000_000 for request in secure.requests] == [False, True, False, False]
    assert wire.connections == 1


@EVERY
def test_a_certificate_of_another_host_gets_no_token(kind: str, authority: trustme.CA) -> None:
    secure = Secure(authority, "elsewhere.example")
    with RawWire(secure) as wire, engine(kind, f"https://localhost:{wire.port}") as exchange:
        outcome = exchange(send())
    assert isinstance(outcome, Failure) and outcome.kind == "unsent"
    assert "ertificate" in outcome.text
    assert secure.requests == []


@EVERY
def test_a_server_that_never_shakes_hands_is_not_waited_for_longer_than_the_deadline(
    kind: str, authority: trustme.CA
) -> None:
    def waits(peer: Peer) -> None:
        peer.wait()

    with RawWire(waits) as wire:
        with engine(kind, f"https://localhost:{wire.port}") as exchange:
            outcome = exchange(send(timeout=0.2))
        assert isinstance(outcome, Failure) and outcome.kind == "unsent"


@EVERY
def test_a_tls_peer_that_reads_nothing_or_answers_nothing_is_silent(kind: str, authority: trustme.CA) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    def play(peer: Peer) -> None:
        with context.wrap_socket(peer.connection, server_side=True) as secure:
            spoken = Peer(secure, peer.closing, peer.number)
            spoken.request()
            spoken.send(OK)
            secure.recv(1000)
            peer.wait()

    with RawWire(play) as wire, engine(kind, f"https://localhost:{wire.port}") as exchange:
        for content in (b"{}", b"x" * 10_000_000):
            # The connection is made without haste: on a busy machine, shaking hands takes as long as the silence lasts.
            assert isinstance(exchange(send()), Answer)
            outcome = exchange(send(content=content, timeout=0.3))
            assert isinstance(outcome, Failure) and outcome.kind == "timeout"
    assert wire.connections == 2
