"""The local gateway serves programs on this machine: no page in a browser, and no client that only blocks it."""

from __future__ import annotations

import re
import socket
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.support.tables import one_test
from tests.testing.caller import Caller

SOON = 0.05
"""Seconds that a gateway of these tests waits for a request."""


def connected(gateway: LocalGateway) -> socket.socket:
    return socket.create_connection(("127.0.0.1", urlsplit(gateway.base_url).port), timeout=10)


def all_of(connection: socket.socket) -> bytes:
    """Everything sent until the other side closes."""
    got = b""
    while part := connection.recv(65536):
        got += part
    return got


# --- pages in a browser ----------------------------------------------------------------------------------------------

FOREIGN_HOSTS = [
    *("evil.example", "evil.example:80", "127.evil.example", "127.0.0.1.evil.example", "localhost.evil.example"),
    *("192.168.0.1", "0.0.0.0", "[::2]", "[::1", "", "127.0.0.1@evil.example", "localhost:80@evil.example"),
]


OWN_HOSTS = ["127.0.0.1", "127.0.0.1:1", "127.8.9.1:80", "localhost", "LOCALHOST:80", "[::1]:80"]
FOREIGN_PAGES = [
    *(("origin", origin) for origin in ("https://evil.example", "null", "http://127.0.0.1:1")),
    *(("sec-fetch-site", site) for site in ("cross-site", "same-site")),
]


def test_a_name_that_comes_to_mean_this_machine_is_refused(call: Caller) -> None:
    for host in FOREIGN_HOSTS:
        response = call("GET", "/v1/models", headers={"host": host})
        only = f"The local gateway is for this machine alone: ask 127.0.0.1 or localhost, not {host!r}.\n"
        assert (response.status_code, response.text) == (421, only)
    assert (call.gateway.count(), call.gateway.requests) == (0, [])


def test_this_machine_may_be_called_by_any_of_its_names(call: Caller) -> None:
    assert [call("GET", "/v1/models", headers={"host": host}).status_code for host in OWN_HOSTS] == [200] * 6


@one_test
@pytest.mark.parametrize(("method", "header"), product(("GET", "POST", "OPTIONS"), FOREIGN_PAGES))
def test_a_page_of_another_site_is_refused_and_told_no_more(method: str, header: tuple[str, str], call: Caller) -> None:
    asked = [header, ("access-control-request-method", "POST")]
    response = call(method, "/development/async_predict", headers=asked)
    assert (response.status_code, response.text) == (403, "The local gateway serves no page of another site.\n")
    assert not [name for name in response.headers if name.startswith("access-control")]
    assert (call.gateway.count(), call.gateway.requests) == (0, [])


def test_a_page_of_its_own_and_an_address_that_was_typed_are_answered(call: Caller) -> None:
    own = {"origin": call.gateway.base_url.removesuffix("/baseten"), "sec-fetch-site": "same-origin"}
    for headers in (own, {"sec-fetch-site": "none"}):
        assert call("GET", "/v1/models", headers=headers).status_code == 200


def test_its_token_can_not_be_guessed_and_can_be_given() -> None:
    tokens = {LocalGateway().api_token for _ in range(10)}
    assert len(tokens) == 10
    assert all(re.fullmatch("lca-local-[0-9a-f]{16}", token) for token in tokens)
    assert LocalGateway(api_token="lca-mine").api_token == "lca-mine"


# --- those who hold it up --------------------------------------------------------------------------------------------


WHOLE = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"
POST = b"POST /baseten/v1/models HTTP/1.1\r\nhost: localhost\r\n"
LATE = b"HTTP/1.1 408 Request Timeout\r\n"


@pytest.mark.parametrize(
    ("begun", "answer"),
    [
        (b"", b""),
        (b"GET /baseten/v1/mod", LATE),
        (WHOLE[:-2], LATE),
        (POST + b"content-length: 5\r\n\r\n1234", LATE),
        (POST + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n", LATE),
    ],
)
def test_a_request_that_does_not_come_whole_is_told_so_and_who_says_nothing_is_left(
    begun: bytes, answer: bytes
) -> None:
    with LocalGateway(request_timeout=SOON) as gateway, connected(gateway) as connection:
        connection.sendall(begun)
        got = all_of(connection)
        assert got.startswith(answer) and bool(got) == bool(begun)
        assert not got or got.endswith(b"\r\n\r\nThe request did not arrive in time.\n")
        assert gateway.requests == []


def test_a_second_request_that_does_not_come_whole_is_told_so_too() -> None:
    with LocalGateway(request_timeout=SOON) as gateway, connected(gateway) as connection:
        connection.sendall(WHOLE)
        while not connection.recv(65536).endswith(b"}"):
            pass
        connection.sendall(WHOLE[:-2])
        assert all_of(connection).startswith(LATE)


def test_a_model_may_take_longer_than_a_request_may() -> None:
    with LocalGateway(request_timeout=SOON, new_format="silent") as gateway, connected(gateway) as connection:
        token = gateway.api_token.encode()
        connection.sendall(b"GET /baseten/v1/models/abc123?api_token=%b HTTP/1.1\r\nhost: localhost\r\n\r\n" % token)
        connection.settimeout(4 * SOON)
        with pytest.raises(TimeoutError):
            connection.recv(1)


@pytest.mark.parametrize("content", [b"x" * 101, iter([b"x" * 60, b"x" * 60])], ids=["a length", "chunks"])
def test_a_body_that_is_too_long_is_refused_and_the_connection_goes_on(call: Caller, content: Any) -> None:
    call.gateway.max_body_bytes = 100
    refused = call("POST", "/development/predict", content=content)
    assert (refused.status_code, refused.text) == (413, "The body is longer than max_body_bytes=100.\n")
    assert (call.gateway.count(), call.gateway.requests) == (0, [])
    assert call.result("POST", "/development/predict", {"n": 1}) == {"echo": {"n": 1}}


def test_one_connection_too_many_is_closed_and_the_others_go_on(call: Caller) -> None:
    call.gateway.max_connections = 2
    assert call("GET", "/v1/models").status_code == 200
    with connected(call.gateway) as second:
        with pytest.raises(ConnectionResetError), connected(call.gateway) as third:
            third.recv(1)
        assert call("GET", "/v1/models").status_code == 200
        second.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert second.recv(65536).startswith(b"HTTP/1.1 404 ")
