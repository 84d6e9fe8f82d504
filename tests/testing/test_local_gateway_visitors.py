"""The local gateway serves programs on this machine: no page in a browser, and no client that only blocks it."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from lowcodeapi_baseten.testing import LocalGateway
from lowcodeapi_baseten.testing.__main__ import main

from tests.testing.caller import Caller

SOON = 0.05
"""Seconds that a gateway of these tests waits for a request."""


def port_of(gateway: LocalGateway) -> int:
    port = urlsplit(gateway.base_url).port
    assert port is not None
    return port


@contextlib.contextmanager
def connected(gateway: LocalGateway) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port_of(gateway)), timeout=10) as connection:
        yield connection


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


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_name_that_comes_to_mean_this_machine_is_refused(call: Caller, host: str) -> None:
    response = call("GET", "/v1/models", headers={"host": host})
    assert response.status_code == 421
    assert response.text == f"The local gateway is for this machine alone: ask 127.0.0.1 or localhost, not {host!r}.\n"
    assert (call.gateway.count(), call.gateway.requests) == (0, [])


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:1", "127.8.9.1:80", "localhost", "LOCALHOST:80", "[::1]:80"])
def test_this_machine_may_be_called_by_any_of_its_names(call: Caller, host: str) -> None:
    assert call("GET", "/v1/models", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:1"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_page_of_another_site_is_refused_and_told_no_more(call: Caller, header: Any, method: str) -> None:
    asked = [header, ("access-control-request-method", "POST")]
    response = call(method, "/development/async_predict", headers=asked)
    assert (response.status_code, response.text) == (403, "The local gateway serves no page of another site.\n")
    assert not [name for name in response.headers if name.startswith("access-control")]
    assert (call.gateway.count(), call.gateway.requests) == (0, [])


def test_a_page_of_its_own_and_an_address_that_was_typed_are_answered(call: Caller) -> None:
    own = {"origin": f"http://127.0.0.1:{port_of(call.gateway)}", "sec-fetch-site": "same-origin"}
    for headers in (own, {"sec-fetch-site": "none"}):
        assert call("GET", "/v1/models", headers=headers).status_code == 200


def test_its_token_can_not_be_guessed_and_can_be_given() -> None:
    tokens = {LocalGateway().api_token for _ in range(10)}
    assert len(tokens) == 10
    assert all(re.fullmatch("lca-local-[0-9a-f]{16}", token) for token in tokens)
    assert LocalGateway(api_token="lca-mine").api_token == "lca-mine"


# --- those who hold it up --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "begun",
    [
        b"GET /baseten/v1/mod",
        b"GET /baseten/v1/models HTTP/1.1\r\nhost: localhost\r\n",
        b"POST /baseten/v1/models HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n\r\n",
        b"POST /baseten/v1/models HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n\r\n1234",
        b"POST /baseten/v1/models HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ],
)
def test_a_request_that_does_not_come_whole_is_told_so(begun: bytes) -> None:
    with LocalGateway(request_timeout=SOON) as gateway, connected(gateway) as connection:
        connection.sendall(begun)
        answer = all_of(connection)
        assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert answer.endswith(b"\r\n\r\nThe request did not arrive in time.\n")
        assert gateway.requests == []


def test_a_second_request_that_does_not_come_whole_is_told_so_too() -> None:
    with LocalGateway(request_timeout=SOON) as gateway, connected(gateway) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        answer = b""
        while not answer.endswith(b"}"):
            answer += connection.recv(65536)
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert all_of(connection).startswith(b"HTTP/1.1 408 ")


def test_who_says_nothing_is_left() -> None:
    with LocalGateway(request_timeout=SOON) as gateway, connected(gateway) as connection:
        assert all_of(connection) == b""


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


# --- webhooks --------------------------------------------------------------------------------------------------------


def test_no_port_is_called_that_was_not_named(call: Caller) -> None:
    with socket.create_server(("127.0.0.1", 0)) as bystander:
        port = bystander.getsockname()[1]
        call.gateway.webhook_endpoints = [f"http://127.0.0.1:{port}/hook"]
        for url in (f"http://127.0.0.1:{port}/admin", f"http://127.0.0.1:{port}/hook?x", "http://127.0.0.1:1/hook"):
            submitted = {"model_input": {}, "webhook_endpoint": url}
            assert call("POST", "/development/async_predict", submitted).status_code == 422
        for url in (f"https://127.0.0.1:{port}/hook", "https://example.com/hook", "https://[::1"):
            call.result("POST", "/development/async_predict", {"model_input": {}, "webhook_endpoint": url})
        call.gateway.settle()
        bystander.setblocking(False)
        with pytest.raises(BlockingIOError):
            bystander.accept()
    assert [delivery.status for delivery in call.gateway.webhooks] == [None] * 6


def test_whoever_waits_for_a_webhook_that_may_not_be_posted_is_told_why(call: Caller) -> None:
    submitted = {"model_input": {}, "webhook_endpoint": "https://example.com/hook"}
    request_id = call.result("POST", "/development/async_predict", submitted)["request_id"]
    call.gateway.settle()
    [error] = call.result("GET", f"/async_request/{request_id}")["errors"]
    assert "LocalGateway(webhook_endpoints=[...]) does not name https://example.com/hook" in error["message"]


@pytest.mark.parametrize(
    "named",
    ["http://127.0.0.1:1/hook", ["https://127.0.0.1/hook"], ["http://example.com/hook"], ["http://127.evil.example/"]],
)
def test_only_addresses_on_this_machine_can_be_named(named: Any) -> None:
    with pytest.raises(ValueError, match="webhook_endpoints must be a list of http URLs on this machine; got"):
        LocalGateway(webhook_endpoints=named)


def test_only_addresses_on_this_machine_can_be_named_in_a_shell(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--webhook-endpoint", "http://example.com/hook"])
    assert capsys.readouterr().err.endswith("'http://example.com/hook' is not an http URL on this machine\n")


def test_a_page_can_not_read_the_token_from_the_gateway(call: Caller) -> None:
    """It echoes a refused token; its own is in no answer."""
    wrong = httpx.get(f"{call.gateway.base_url}/v1/models?api_token=x", trust_env=False)
    assert wrong.status_code == 401 and call.gateway.api_token not in wrong.text
