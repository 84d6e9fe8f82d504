"""The proxy that a client uses is the one that `httpx.Client` would choose. The cases say where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx
import pytest
from lowcodeapi_baseten.transport.environment import proxy_of

P, Q = "http://proxy.example:3128", "http://other.example:3128"
GATEWAY = "https://gateway.example"
SAME = "the same"
REFUSED = "no client can be made"


class Case(NamedTuple):
    """An environment, an origin, and its proxy. `httpx_says` is httpx's choice if that differs."""

    environment: Mapping[str, str]
    origin: str
    proxy: str | None
    httpx_says: str | None = SAME


def named(**more: str) -> dict[str, str]:
    return {"HTTPS_PROXY": P, **more}


CASES = {
    "nothing": Case({}, GATEWAY, None),
    "for HTTPS": Case(named(), GATEWAY, P),
    "in lower case": Case({"https_proxy": P}, GATEWAY, P),
    "for all": Case({"ALL_PROXY": P}, GATEWAY, P),
    "for both": Case(named(ALL_PROXY=Q), GATEWAY, P),
    "for HTTP alone": Case({"HTTP_PROXY": P}, GATEWAY, None),
    "without a scheme": Case({"HTTPS_PROXY": "proxy.example:3128"}, GATEWAY, P),
    "over SOCKS": Case({"ALL_PROXY": "socks5://proxy.example:1080"}, GATEWAY, "socks5://proxy.example:1080"),
    "over TLS": Case({"HTTPS_PROXY": "https://proxy.example:3129"}, GATEWAY, "https://proxy.example:3129"),
    "empty": Case({"HTTPS_PROXY": ""}, GATEWAY, None),
    # NO_PROXY
    "any host": Case(named(NO_PROXY="*"), GATEWAY, None),
    "this host": Case(named(NO_PROXY="gateway.example"), GATEWAY, None),
    "this host, in lower case": Case(named(no_proxy="gateway.example"), GATEWAY, None),
    "this host among others": Case(named(NO_PROXY="a.example, gateway.example ,b.example"), GATEWAY, None),
    "another host": Case(named(NO_PROXY="a.example"), GATEWAY, P),
    "a host that ends like it": Case(named(NO_PROXY="way.example"), GATEWAY, P),
    "its domain": Case(named(NO_PROXY="example"), GATEWAY, None),
    "its domain, with a dot": Case(named(NO_PROXY=".example"), GATEWAY, None),
    "below it": Case(named(NO_PROXY="gateway.example"), "https://a.gateway.example", None),
    "below it alone": Case(named(NO_PROXY=".gateway.example"), GATEWAY, P),
    "its scheme too": Case(named(NO_PROXY="https://gateway.example"), GATEWAY, None),
    "its port": Case(named(NO_PROXY="gateway.example:8443"), f"{GATEWAY}:8443", None),
    "another port": Case(named(NO_PROXY="gateway.example:8443"), GATEWAY, P),
    "another port of another": Case(named(NO_PROXY="gateway.example:8443"), f"{GATEWAY}:9443", P),
    "an address": Case(named(NO_PROXY="192.0.2.7"), "https://192.0.2.7", None),
    "another address": Case(named(NO_PROXY="192.0.2.7"), "https://192.0.2.8", P),
    "nothing but punctuation": Case(named(NO_PROXY="/,:,[,]:"), GATEWAY, P),
    "an address of IPv6": Case(named(NO_PROXY="2001:db8::7"), "https://[2001:db8::7]", None),
    "another of IPv6": Case(named(NO_PROXY="2001:db8::7"), "https://[2001:db8::8]", P),
    "this machine": Case(named(NO_PROXY="localhost"), "https://localhost:8443", None),
    "this machine by its address": Case(named(NO_PROXY="localhost"), "https://127.0.0.1", P),
    "nothing at all": Case(named(NO_PROXY=""), GATEWAY, P),
    "a comma": Case(named(NO_PROXY=","), GATEWAY, P),
    # httpx doesn't know networks, and compares ports after dropping the default one
    "a network": Case(named(NO_PROXY="10.0.0.0/8"), "https://10.1.2.3", None, P),
    "another network": Case(named(NO_PROXY="10.0.0.0/8"), "https://11.1.2.3", P),
    "a network of IPv6": Case(named(NO_PROXY="2001:db8::/32"), "https://[2001:db8::7]", None, REFUSED),
    "the port that goes without saying": Case(named(NO_PROXY="gateway.example:443"), GATEWAY, None, P),
    "an address of IPv6 and its port": Case(
        named(NO_PROXY="[2001:db8::7]:8443"), "https://[2001:db8::7]:8443", None, REFUSED
    ),
    "an address of IPv6 in brackets": Case(named(NO_PROXY="[2001:db8::7]"), "https://[2001:db8::7]", None, REFUSED),
    "an address of IPv6 and another port": Case(
        named(NO_PROXY="[2001:db8::7]:8443"), "https://[2001:db8::7]:9443", P, REFUSED
    ),
    # Plain HTTP goes only to this machine, and never through a proxy
    "plain HTTP": Case({"HTTP_PROXY": P, "ALL_PROXY": P}, "http://127.0.0.1:8000", None, P),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_proxy_is_the_one_that_httpx_chooses(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in case.environment.items():
        monkeypatch.setenv(name, value)
    found = proxy_of(case.origin)
    assert (found and found.reveal()) == case.proxy  # hidden, as it may hold a password
    assert chosen_by_httpx(case.origin) == (case.proxy if case.httpx_says == SAME else case.httpx_says)


def chosen_by_httpx(origin: str) -> str | None:
    """The proxy that httpx's client would use for this origin."""
    made = httpx.HTTPTransport.__init__

    def remember(self: Any, *arguments: Any, proxy: httpx.Proxy | None = None, **options: Any) -> None:
        self.named = None if proxy is None else str(proxy.url)
        made(self, *arguments, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(httpx.HTTPTransport, "__init__", remember)
        try:
            client = httpx.Client(verify=False)
        except httpx.InvalidURL:
            return REFUSED
        with client:
            chosen: Any = client._transport_for_url(httpx.URL(origin))
            named: str | None = chosen.named
            return named


@pytest.mark.parametrize("url", ["ftp://proxy.example", "http://", "http://proxy.example:0", "http://proxy.example:x"])
def test_a_proxy_that_can_not_be_used_is_never_passed_by(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", url)
    with pytest.raises(ValueError):
        proxy_of(GATEWAY)
