"""Proxies of the environment: HTTPS uses them by CONNECT, so they see no token. Plain HTTP never uses them."""

from __future__ import annotations

import pytest
import trustme

from tests.support.raw_wire import RawWire
from tests.support.wire import TOKEN
from tests.transport.peers import Counting, Tunnel, secured
from tests.transport.seams import OUR_SEAMS, PREDICT, Seam, opened

ALL = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


@OUR_SEAMS
def test_https_goes_through_the_proxy_which_sees_no_token(
    seam: Seam, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Counting()
    with RawWire(secured(server, authority)) as wire, RawWire(tunnel := Tunnel(wire.port)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:word@127.0.0.1:{proxy.port}")
        with opened(seam, f"https://localhost:{wire.port}/baseten") as face:
            for number in (1, 2):
                assert face.call(PREDICT, input=number)["input"] == number
            assert b"".join(face.stream(input=3))
    assert server.inputs == [1, 2, 3]
    assert tunnel.heard and all(head.startswith(f"CONNECT localhost:{wire.port} ".encode()) for head in tunnel.heard)
    assert all(b"proxy-authorization: basic dxnlcjp3b3jk" in head.lower() for head in tunnel.heard)
    assert not any(TOKEN.encode() in head for head in tunnel.heard)


@OUR_SEAMS
def test_a_host_that_is_to_go_without_the_proxy_does(
    seam: Seam, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Counting()
    with RawWire(secured(server, authority)) as wire, RawWire(Tunnel(wire.port)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "localhost")
        with opened(seam, f"https://localhost:{wire.port}/baseten") as face:
            assert face.call(PREDICT, input=1)["input"] == 1
    assert proxy.connections == 0


@OUR_SEAMS
def test_plain_http_goes_through_no_proxy(seam: Seam, monkeypatch: pytest.MonkeyPatch) -> None:
    with RawWire(Counting()) as wire, RawWire(Tunnel(0)) as proxy:
        for name in ALL:
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with opened(seam, wire.base_url) as face:
            assert face.call(PREDICT, input=1)["input"] == 1
    assert proxy.connections == 0
