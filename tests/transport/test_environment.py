"""Proxies and certificates of the environment: which are used, what a proxy sees, and what is said of unusable ones."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import certifi
import httpx
import pytest
import trustme
from lowcodeapi_baseten import APIConnectionError, AsyncBaseten, Baseten
from lowcodeapi_baseten.transport import fast
from lowcodeapi_baseten.transport.environment import is_direct, proxy_of, tls_of

from tests.support.pairs import in_turn
from tests.support.raw_wire import Peer, RawWire
from tests.support.tables import one_test
from tests.support.wire import TOKEN
from tests.transport.peers import Counting, Tunnel, secured
from tests.transport.seams import OUR_READERS, PREDICT, Seam, opened

P, Q = "http://proxy.example:3128", "http://other.example:3128"
GATEWAY, V6 = "https://gateway.example", "https://[2001:db8::7]"

# The variables, and the proxy for the gateway. All as httpx's own client reads them.
VARIABLES: list[tuple[dict[str, str], str | None]] = [
    ({}, None),
    ({"HTTPS_PROXY": P}, P),
    ({"https_proxy": P}, P),
    ({"ALL_PROXY": P}, P),
    ({"HTTPS_PROXY": P, "ALL_PROXY": Q}, P),
    ({"HTTP_PROXY": P}, None),
    ({"HTTPS_PROXY": "proxy.example:3128"}, P),
    ({"ALL_PROXY": "socks5://proxy.example:1080"}, "socks5://proxy.example:1080"),
    ({"HTTPS_PROXY": "https://proxy.example:3129"}, "https://proxy.example:3129"),
    ({"HTTPS_PROXY": ""}, None),
    ({"HTTPS_PROXY": P, "no_proxy": "gateway.example"}, None),
]
# NO_PROXY, an origin, and True if it is exempt. httpx knows neither networks nor brackets, nor a port of 443.
EXEMPT: list[tuple[str, str, bool]] = [
    ("*", GATEWAY, True),
    ("a.example, gateway.example ,b.example", GATEWAY, True),
    ("a.example", GATEWAY, False),
    ("way.example", GATEWAY, False),
    ("example", GATEWAY, True),
    (".example", GATEWAY, True),
    ("gateway.example", "https://a.gateway.example", True),
    (".gateway.example", GATEWAY, False),
    ("https://gateway.example", GATEWAY, True),
    ("gateway.example:8443", f"{GATEWAY}:8443", True),
    ("gateway.example:8443", GATEWAY, False),
    ("gateway.example:443", GATEWAY, True),
    ("192.0.2.7", "https://192.0.2.7", True),
    ("192.0.2.7", "https://192.0.2.8", False),
    ("2.7", "https://192.0.2.7", False),
    ("10.0.0.0/8", "https://10.1.2.3", True),
    ("10.0.0.0/8", "https://11.1.2.3", False),
    ("2001:db8::7", V6, True),
    ("2001:db8::8", V6, False),
    ("2001:db8::/32", V6, True),
    ("[2001:db8::7]", V6, True),
    ("[2001:db8::7]:8443", f"{V6}:8443", True),
    ("[2001:db8::7]:8443", f"{V6}:9443", False),
    ("localhost", "https://localhost:8443", True),
    ("localhost", "https://127.0.0.1", False),
    ("/,:,[,]:", GATEWAY, False),
    (",", GATEWAY, False),
    # Plain HTTP goes only to this machine, and never through a proxy.
    ("", "http://127.0.0.1:8000", True),
]


@one_test
@pytest.mark.parametrize(
    ("variables", "origin", "proxy"),
    [
        *((variables, GATEWAY, proxy) for variables, proxy in VARIABLES),
        *(({"HTTPS_PROXY": P, "NO_PROXY": no}, origin, None if is_exempt else P) for no, origin, is_exempt in EXEMPT),
    ],
    ids=str,
)
def test_the_proxy_is_the_one_that_the_environment_names(
    variables: Mapping[str, str], origin: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = proxy_of(origin)
    assert (found and found.reveal()) == proxy  # hidden, as it may hold a password


@one_test
@pytest.mark.parametrize("url", ["ftp://proxy.example", "http://", "http://proxy.example:0", "http://proxy.example:x"])
def test_a_proxy_that_can_not_be_used_is_never_passed_by(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", url)
    with pytest.raises(ValueError):
        proxy_of(GATEWAY)
    assert not is_direct(GATEWAY)


@OUR_READERS
def test_https_goes_through_the_proxy_which_sees_no_token_and_an_exempt_host_or_plain_http_does_not(
    seam: Seam, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Counting()
    with RawWire(secured(server, authority)) as wire, RawWire(tunnel := Tunnel(wire.port)) as proxy:
        for name in ("HTTPS_PROXY", "HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://user:word@127.0.0.1:{proxy.port}")
        with opened(seam, f"https://localhost:{wire.port}/baseten") as face:
            for number in (1, 2):
                assert face.call(PREDICT, input=number)["input"] == number
            assert tunnel.heard
            assert b"".join(face.stream(input=3))
        assert server.inputs == [1, 2, 3]
        for head in tunnel.heard:
            assert head.startswith(f"CONNECT localhost:{wire.port} ".encode())
            assert b"proxy-authorization: basic dxnlcjp3b3jk" in head.lower() and TOKEN.encode() not in head
        used = proxy.connections
        with RawWire(Counting()) as plain, opened(seam, plain.base_url) as face:
            assert face.call(PREDICT, input=1)["input"] == 1
        monkeypatch.setenv("NO_PROXY", "localhost")
        with opened(seam, f"https://localhost:{wire.port}/baseten") as face:
            assert face.call(PREDICT, input=1)["input"] == 1
        assert proxy.connections == used


@pytest.mark.parametrize("variable", [None, "SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_tls_trusts_and_demands_what_httpx_does(
    variable: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def settings(context: ssl.SSLContext) -> list[object]:
        names = ("verify_mode", "check_hostname", "options", "verify_flags", "minimum_version", "maximum_version")
        ciphers = [context.get_ciphers()] if httpx.__version__ >= "0.28" else []  # before that, httpx had its own list
        own = [getattr(context, name) for name in names]
        return [*own, ciphers, sorted(context.get_ca_certs(binary_form=True))]

    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    if variable is not None:
        monkeypatch.setenv(variable, str(file if variable == "SSL_CERT_FILE" else tmp_path))
    ours = tls_of(GATEWAY)
    assert ours is not None and ours.verify_mode is ssl.CERT_REQUIRED and ours.check_hostname
    assert settings(ours) == settings(httpx.create_ssl_context())
    if variable is None:
        assert len(ours.get_ca_certs()) == Path(certifi.where()).read_text().count("BEGIN CERTIFICATE")


# --- what can't be used

HOME = "127.0.0.1:9"
# "{folder}" has a file in it without certificates.
WRONG: Mapping[str, tuple[dict[str, str], str]] = {
    "no certificates": (
        {"SSL_CERT_FILE": "{folder}/diary.pem"},
        r"the certificates can't be read; check SSL_CERT_FILE=.*/diary\.pem \(SSLError",
    ),
    "nobody listens": (
        {"HTTPS_PROXY": f"http://user:pass-word@{HOME}"},
        r"the proxy of the environment, 127\.0\.0\.1:9, or the gateway could not be reached .*; check HTTPS_PROXY",
    ),
    "no such file": ({"SSL_CERT_FILE": "{folder}/no.pem"}, r"check SSL_CERT_FILE=.*/no\.pem \(FileNotFoundError"),
    "no such file, with a proxy": (
        {"SSL_CERT_FILE": "{folder}/missing.pem", "HTTPS_PROXY": f"http://{HOME}"},
        r"the certificates can't be read; check SSL_CERT_FILE=.*/missing\.pem",
    ),
    "another protocol": ({"HTTPS_PROXY": f"ftp://user:pass-word@{HOME}"}, "not a usable address"),
    "SOCKS": ({"HTTPS_PROXY": f"socks5://user:pass-word@{HOME}"}, r"httpx\[socks\]|could not be reached"),
    "no address": ({"ALL_PROXY": "http://user:pass-word@[127.0.0.1"}, "not a usable address"),
    "no such host": (
        {"ALL_PROXY": "user:pass-word@proxy.invalid:3128"},
        r"the proxy of the environment, proxy\.invalid:3128, or the gateway could not be reached \(Connect",
    ),
    "no port": ({"HTTPS_PROXY": f"http://user:pass-word/@{HOME}"}, "not a usable address"),
}
OPTIONS: dict[str, Any] = {"api_token": TOKEN, "base_url": "https://localhost:9", "url_format": "new", "max_retries": 0}


def sync(work: Callable[[Baseten], Any]) -> None:
    with Baseten(**OPTIONS) as client:
        work(client)


def asynchronous(work: Callable[[AsyncBaseten], Any], **options: Any) -> None:
    async def main() -> None:
        async with AsyncBaseten(**OPTIONS, **options) as client:
            await work(client)

    asyncio.run(main())


async def _run(client: AsyncBaseten) -> None:
    async for _ in client.inference.predict_many([1], development=True):
        pass


KINDS: dict[str, Callable[[], None]] = {
    "call": lambda: sync(lambda client: client.inference.predict_development(input=1)),
    "async call": lambda: asynchronous(lambda client: client.inference.predict_development(input=1)),
    "stream": lambda: sync(lambda client: client.inference.stream_predict_development(input=1)),
    "async stream": lambda: asynchronous(lambda client: client.inference.stream_predict_development(input=1)),
    "run": lambda: sync(lambda client: list(client.inference.predict_many([1], development=True))),
    "async run": lambda: asynchronous(_run),
}
if fast.is_installed():
    KINDS["fast call"] = lambda: asynchronous(
        lambda client: client.inference.predict_development(input=1), transport="fast"
    )
# Each kind of call meets wrong certificates and a wrong proxy; plain calls meet the rest.
CASES = [(kind, wrong) for wrong in WRONG for kind in ([*KINDS] if wrong in [*WRONG][:2] else ["call", "async call"])]


@one_test
@pytest.mark.parametrize(("kind", "wrong"), CASES)
def test_what_can_not_be_used_is_an_error_that_names_it_and_nothing_is_sent(
    kind: str, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "diary.pem").write_text("my diary")
    variables, told = WRONG[wrong]
    for name, value in variables.items():
        monkeypatch.setenv(name, value.replace("{folder}", str(tmp_path)))
    with pytest.raises(APIConnectionError, match=told) as caught:
        KINDS[kind]()
    assert type(caught.value) is APIConnectionError
    assert [attempt.outcome for attempt in caught.value.attempts] == ["unsent"]
    assert not any(word in str(caught.value) for word in ("pass-", "base_url", "may have been carried out"))


def answering(answer: bytes) -> Callable[[Peer], None]:
    def play(peer: Peer) -> None:
        peer.request()
        peer.send(answer)

    return play


@in_turn(kind=[*KINDS], refusal=["407 Proxy Authentication Required", "403 Forbidden"])
def test_a_proxy_that_refuses_is_named_without_its_password(
    kind: str, refusal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawWire(answering(f"HTTP/1.1 {refusal}\r\ncontent-length: 0\r\n\r\n".encode())) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:pass-word@127.0.0.1:{proxy.port}")
        with pytest.raises(APIConnectionError) as caught:
            KINDS[kind]()
    named = f"the proxy of the environment, 127.0.0.1:{proxy.port}"
    told = f"{named}, refused the connection (ProxyError: {refusal}); check HTTPS_PROXY"
    assert told in str(caught.value)
    assert not any(word in str(caught.value) for word in ("user", "pass-word", "base_url"))


@in_turn(kind=["call", "async call"], answer=[b"", b"SSH-2.0-OpenSSH_9.6\r\n"])
def test_a_proxy_that_opens_no_tunnel_has_sent_nothing(
    kind: str, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawWire(answering(answer)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(APIConnectionError) as caught:
            KINDS[kind]()
    assert [attempt.outcome for attempt in caught.value.attempts] == ["unsent"]
