"""Wrong certificates or a wrong proxy in the environment: every kind of call reports them alike."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten import APIConnectionError, AsyncBaseten, Baseten

from tests.support.pairs import in_turn
from tests.support.raw_wire import Peer, RawWire
from tests.support.wire import TOKEN
from tests.transport.peers import PROXY_NAMES

# "{folder}" has a file in it without certificates.
WRONG: Mapping[str, tuple[dict[str, str], str]] = {
    "no such file": (
        {"SSL_CERT_FILE": "{folder}/missing.pem"},
        r"check SSL_CERT_FILE=.*/missing\.pem \(FileNotFoundError",
    ),
    "no certificates": (
        {"SSL_CERT_FILE": "{folder}/diary.pem"},
        r"the certificates can't be read; check SSL_CERT_FILE=.*/diary\.pem \(SSLError",
    ),
    "no such file, with a proxy": (
        {"SSL_CERT_FILE": "{folder}/missing.pem", "HTTPS_PROXY": "http://127.0.0.1:9"},
        r"the certificates can't be read; check SSL_CERT_FILE=.*/missing\.pem",
    ),
    "another protocol": ({"HTTPS_PROXY": "ftp://user:pass-word@127.0.0.1:9"}, "not a usable address"),
    "SOCKS": ({"HTTPS_PROXY": "socks5://user:pass-word@127.0.0.1:9"}, r"httpx\[socks\]|could not be reached"),
    "no address": ({"ALL_PROXY": "http://user:pass-word@[127.0.0.1"}, "not a usable address"),
    "nobody listens": (
        {"HTTPS_PROXY": "http://user:pass-word@127.0.0.1:9"},
        r"the proxy of the environment, 127\.0\.0\.1:9, or the gateway could not be reached .*; check HTTPS_PROXY",
    ),
    "no such host": (
        {"ALL_PROXY": "user:pass-word@proxy.invalid:3128"},
        r"the proxy of the environment, proxy\.invalid:3128, or the gateway could not be reached \(Connect",
    ),
    "no port": ({"HTTPS_PROXY": "http://user:pass-word/@127.0.0.1:9"}, "not a usable address"),
}


def sync(work: Callable[[Baseten], Any]) -> None:
    with Baseten(api_token=TOKEN, base_url="https://localhost:9", url_format="new", max_retries=0) as client:
        work(client)


def asynchronous(work: Callable[[AsyncBaseten], Any]) -> None:
    async def main() -> None:
        async with AsyncBaseten(
            api_token=TOKEN, base_url="https://localhost:9", url_format="new", max_retries=0
        ) as client:
            await work(client)

    asyncio.run(main())


async def _run(client: AsyncBaseten) -> None:
    async for _ in client.inference.predict_many([1], development=True):
        pass


KINDS: Mapping[str, Callable[[], None]] = {
    "call": lambda: sync(lambda client: client.inference.predict_development(input=1)),
    "stream": lambda: sync(lambda client: client.inference.stream_predict_development(input=1)),
    "run": lambda: sync(lambda client: list(client.inference.predict_many([1], development=True))),
    "async call": lambda: asynchronous(lambda client: client.inference.predict_development(input=1)),
    "async stream": lambda: asynchronous(lambda client: client.inference.stream_predict_development(input=1)),
    "async run": lambda: asynchronous(_run),
}


def _clear(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXY_NAMES, *map(str.lower, PROXY_NAMES), "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


# Each kind of call meets a wrong certificate and a wrong proxy; the rest is between two of them.
CASES = [
    *itertools.product(KINDS, ["no certificates", "nobody listens"]),
    *zip(itertools.cycle(["call", "async call"]), WRONG, strict=False),
]


@pytest.mark.parametrize(("kind", "wrong"), dict.fromkeys(CASES))
def test_what_can_not_be_used_is_an_error_that_names_it_and_nothing_is_sent(
    kind: str, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "diary.pem").write_text("my diary")
    _clear(monkeypatch)
    variables, told = WRONG[wrong]
    for name, value in variables.items():
        monkeypatch.setenv(name, value.replace("{folder}", str(tmp_path)))
    with pytest.raises(APIConnectionError, match=told) as caught:
        KINDS[kind]()
    assert type(caught.value) is APIConnectionError
    assert [attempt.outcome for attempt in caught.value.attempts] == ["unsent"]
    assert not any(word in str(caught.value) for word in ("pass-", "base_url", "may have been carried out"))


@in_turn(kind=[*KINDS], refusal=["407 Proxy Authentication Required", "403 Forbidden"])
def test_a_proxy_that_refuses_is_named_without_its_password(
    kind: str, refusal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(peer: Peer) -> None:
        peer.request()
        peer.send(f"HTTP/1.1 {refusal}\r\ncontent-length: 0\r\n\r\n".encode())

    _clear(monkeypatch)
    with RawWire(refuse) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:pass-word@127.0.0.1:{proxy.port}")
        with pytest.raises(APIConnectionError) as caught:
            KINDS[kind]()
    named = f"the proxy of the environment, 127.0.0.1:{proxy.port}"
    told = f"{named}, refused the connection (ProxyError: {refusal}); check HTTPS_PROXY"
    assert told in str(caught.value)
    assert not any(word in str(caught.value) for word in ("user", "pass-word", "base_url"))
