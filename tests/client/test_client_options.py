"""Options of a client: the gateway's URL, the token, and options of the client and of one call."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from lowcodeapi_baseten import APITimeoutError, AsyncBaseten, Baseten, ConfigurationError
from lowcodeapi_baseten_api import new_format

from tests.support.drivers import DRIVERS
from tests.support.pairs import in_turn
from tests.support.tables import one_test
from tests.support.wire import TOKEN, Wire, in_result

MODELS = in_result({"models": []})


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire(MODELS) as wire:
        yield wire


# --- where the gateway is


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", "/baseten/v1/models"),
        ("/", "/baseten/v1/models"),
        ("/baseten", "/baseten/v1/models"),
        ("/baseten/", "/baseten/v1/models"),
        ("/behind/a/proxy/baseten", "/behind/a/proxy/baseten/v1/models"),
        ("/other", "/other/v1/models"),
    ],
)
@pytest.mark.parametrize("place", ["argument", "environment"])
def test_the_provider_is_added_where_the_path_is_empty(
    place: str, path: str, expected: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = wire.origin + path
    monkeypatch.setenv("LOWCODEAPI_BASE_URL", url if place == "environment" else "https://example.com/not-this-one")
    with Baseten(api_token=TOKEN, base_url=url if place == "argument" else None) as client:
        assert client.models.list() == []
    assert wire.only.path == expected


@pytest.mark.parametrize("driver", DRIVERS)
def test_the_documents_gateway_is_the_default_and_a_given_transport_is_used(driver: str) -> None:
    seen: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url)
        return httpx.Response(200, json={"data": []})

    with DRIVERS[driver](api_token=TOKEN, max_retries=0, transport=httpx.MockTransport(answer)) as opened:
        assert opened.call("models.list") == []
    assert [str(url) for url in seen] == [f"{new_format.BASE_URL}/v1/models?api_token={TOKEN}"]


@one_test
@pytest.mark.parametrize(
    "base_url",
    [
        "https://h",
        "https://h./a",
        "https://h_1-2.example:65535/a",
        "https://h:/a",
        "https://h:1/a//b;c=d",
        f"https://{'a' * 63}.example",
        "https://[2001:db8::1]:8443",
        *(f"http://{host}:8080" for host in ("localhost", "127.0.0.1", "127.1.2.3", "[::1]")),
    ],
)
def test_any_host_and_port_that_may_exist_are_taken_and_plain_http_is_for_loopback(base_url: str) -> None:
    assert base_url.removesuffix("/").removesuffix(":/a") in repr(Baseten(api_token=TOKEN, base_url=base_url))


REFUSED_URLS = [
    "http://api.lowcodeapi.com/baseten",
    "http://10.0.0.1/baseten",
    "http://0.0.0.0:8080",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "http://2130706433",
    "http://[::ffff:10.0.0.1]",
    "https://user:s3cret@api.lowcodeapi.com/baseten",
    "https://user@api.lowcodeapi.com/baseten",
    "https://@api.lowcodeapi.com/baseten",
    "http://notlocalhost/baseten",
    "http://s3cret@127.0.0.1/baseten",
    "https://api.lowcodeapi.com/baseten?api_token=s3cret",
    "https://api.lowcodeapi.com/baseten#s3cret",
    "ftp://127.0.0.1/baseten",
    "file:///etc/passwd",
    "api.lowcodeapi.com/baseten",
    "//api.lowcodeapi.com/baseten",
    "https://",
    "https:///baseten",
    "https://api.lowcodeapi.com:port/baseten",
    "https://api.lowcodeapi.com:99999/baseten",
    "https://api.lowcodeapi.com/baseten\r\nx: y",
    "https://api.löwcode.com/baseten",
    "https://[::1/baseten",
    "https://h:0",
    "https://h:-1",
    "https://h:65536",
    "https://h:80:80",
    "https://.",
    "https://a..b/baseten",
    "https://.a/baseten",
    f"https://{'a' * 64}.example/baseten",
    f"https://{'a.' * 127}a/baseten",
    "https://a*b/baseten",
    "https://a,b/baseten",
    "https://%61/baseten",
    "https://[v1.a]/baseten",
    "https://[127.0.0.1]/baseten",
    "https://h\\baseten",
    "https://h/\\baseten",
]


@one_test
@pytest.mark.parametrize("place", ["argument", "environment"])
@pytest.mark.parametrize("make", [Baseten, AsyncBaseten])
@pytest.mark.parametrize("base_url", REFUSED_URLS)
def test_a_base_url_that_the_token_must_not_go_to_is_refused(
    base_url: str, make: Any, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOWCODEAPI_BASE_URL", base_url if place == "environment" else "")
    with pytest.raises(ConfigurationError, match="base_url") as caught:
        make(api_token=TOKEN, base_url=base_url if place == "argument" else None)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


# --- the token


def test_the_token_is_the_given_one_or_that_of_the_environment(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWCODEAPI_API_TOKEN", "of-the-environment\n")
    for given in (None, "given"):
        with Baseten(api_token=given, base_url=wire.base_url) as client:
            client.models.list()
    assert [received.query for received in wire.received] == [
        [("api_token", "of-the-environment")],
        [("api_token", "given")],
    ]


@one_test
@in_turn(token=["", "a b", "a\nb", "a\x00", "tökèn", "x" * 5000, 7, b"bytes"], driver=[*DRIVERS])
def test_what_is_no_token_is_refused_and_not_shown(driver: str, token: Any) -> None:
    with pytest.raises(ConfigurationError, match="token") as caught:
        DRIVERS[driver](api_token=token)
    assert not token or repr(token) not in str(caught.value)


@pytest.mark.parametrize("driver", DRIVERS)
def test_without_a_token_there_is_no_client(driver: str) -> None:
    with pytest.raises(ConfigurationError, match="LOWCODEAPI_API_TOKEN"):
        DRIVERS[driver]()


# --- options of the client

BAD_OPTIONS: list[dict[str, Any]] = [
    {"url_format": "newest"},
    {"url_format": None},
    {"timeout": 0},
    {"timeout": -1},
    {"timeout": math.nan},
    {"timeout": math.inf},
    {"timeout": "5"},
    {"timeout": True},
    {"max_retries": -1},
    {"max_retries": 1.5},
    {"max_retries": "2"},
    {"max_retries": True},
    {"headers": {"Authorization": "Api-Key abc"}},
    {"headers": {"Host": "example.com"}},
    {"headers": {"x-split": "a\r\nx-injected: b"}},
    {"headers": {"no name": "a"}},
    {"headers": {"": "a"}},
    {"headers": {"x-number": 1}},
    {"headers": "x"},
    {"timeout": 10**400},
]
BAD_AT_CONSTRUCTION: list[dict[str, Any]] = [
    *({"max_response_bytes": value} for value in ("1", 0, -1, True, 1.5)),
    *({name: 5} for name in ("on_request", "on_response", "on_retry", "on_fallback", "transport", "base_url")),
]


@one_test
@in_turn(options=BAD_OPTIONS, driver=[*DRIVERS])
def test_an_option_that_cannot_work_is_refused_at_construction(driver: str, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(options))) as caught:
        DRIVERS[driver](api_token=TOKEN, **options)
    assert "\n" not in str(caught.value)
    client = DRIVERS[driver](api_token=TOKEN).client
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        client.with_options(**options)


@one_test
@in_turn(options=BAD_AT_CONSTRUCTION, driver=[*DRIVERS])
def test_an_option_of_construction_that_cannot_work_is_refused(driver: str, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        DRIVERS[driver](**{"api_token": TOKEN, **options})


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_client_with_other_options_shares_connections_and_closes_none(driver: str, wire: Wire) -> None:
    with DRIVERS[driver](api_token=TOKEN, base_url=wire.base_url, headers={"x-mine": "a"}) as opened:
        opened.call("models.list")
        original = opened.client
        # Its own close(), then use after it: neither may affect shared state.
        opened.client = original.with_options(timeout=5, max_retries=0, headers={"X-Mine": "b", "x-more": "c"})
        opened.call("models.list")
        opened.close()
        opened.call("models.list")
        opened.client = original
        opened.call("models.list")
        assert wire.connections == 1
    assert wire.is_left_with(0)
    sent = [(received.header("x-mine"), received.header("x-more")) for received in wire.received]
    assert sent == [("a", None), ("b", "c"), ("b", "c"), ("a", None)]


@in_turn(where=["client", "with_options", "call"], driver=[*DRIVERS])
def test_a_timeout_is_the_deadline_of_the_call(driver: str, where: str) -> None:
    short = {"timeout": 0.4}
    options = {"max_retries": 0, "url_format": "new", **(short if where == "client" else {})}
    with Wire(None) as wire, DRIVERS[driver](api_token=TOKEN, base_url=wire.base_url, **options) as opened:
        if where == "with_options":
            opened.client = opened.client.with_options(**short)
        with pytest.raises(APITimeoutError) as caught:
            opened.call("inference.predict_development", input={}, **(short if where == "call" else {}))
        assert [attempt.outcome for attempt in caught.value.attempts] == ["timeout"]
        assert len(wire.received) == 1
