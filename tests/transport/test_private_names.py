"""The private names of httpcore, httpx and httpcore2 that we use exist. If one is missing, we stay safe."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import sys
from typing import Any

import httpx
import pytest
from lowcodeapi_baseten.transport.core import httpcore
from lowcodeapi_baseten.transport.private_names import async_without_locks, has_leftovers

from tests.support.raw_wire import RawWire
from tests.transport.peers import OK, Counting
from tests.transport.seams import PREDICT, SEAMS, opened

CORES = [name for name in ("httpcore", "httpcore2") if importlib.util.find_spec(name)]


def used(core: Any, base_url: str) -> Any:
    """A connection after an answer."""
    pool = core.ConnectionPool()
    pool.request("GET", base_url)
    (connection,) = pool.connections
    return connection


class Still:
    """A stream with nothing to read."""

    def get_extra_info(self, info: str) -> Any:
        return None


@pytest.mark.parametrize("name", CORES)
def test_leftovers_are_seen_where_the_parser_keeps_them(name: str) -> None:
    core = importlib.import_module(name)
    with RawWire(Counting(lambda _: OK)) as wire:
        connection = used(core, wire.base_url)
        assert not has_leftovers(connection, Still())
        connection.close()
    with RawWire(Counting(lambda _: OK + OK)) as wire:
        connection = used(core, wire.base_url)
        assert has_leftovers(connection, Still())
        connection.close()


@pytest.mark.parametrize("name", CORES)
def test_the_locks_of_a_connection_are_where_they_are_taken_out(name: str) -> None:
    """If they move, a call takes three more turns of the event loop, and nothing else changes."""
    core = importlib.import_module(name)

    async def main() -> None:
        with RawWire(Counting(lambda _: OK)) as wire:
            async with core.AsyncConnectionPool() as pool:
                await pool.request("GET", wire.base_url)
                (outer,) = pool.connections
                async_without_locks(outer)
                for lock in (outer._request_lock, outer._connection._state_lock):
                    with pytest.raises(StopIteration):
                        lock.__aenter__().send(None)  # at once
                assert (await pool.request("GET", wire.base_url)).status == 200

    asyncio.run(main())


@pytest.mark.parametrize("name", ["sync", "asyncio"])
def test_where_a_name_has_moved_calls_go_on_over_new_connections(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for cls in (httpcore.HTTP11Connection, httpcore.AsyncHTTP11Connection):
        monkeypatch.setattr(cls, "__getattribute__", _hiding(cls.__getattribute__))
    server = Counting()
    with RawWire(server) as wire, opened(SEAMS[name], wire.base_url) as face:
        for number in range(3):
            assert face.call(PREDICT, input=number)["input"] == number
    assert server.inputs == [0, 1, 2] and wire.connections == 3


def _hiding(real: Any) -> Any:
    """Hide the parser from our own code, as if it had another name there."""

    def get(self: Any, name: str) -> Any:
        if name == "_h11_state" and sys._getframe(1).f_globals["__name__"].startswith("lowcodeapi_baseten"):
            raise AttributeError(name)
        return real(self, name)

    return get


def test_our_transport_is_httpxs_so_that_what_patches_those_finds_it() -> None:
    from lowcodeapi_baseten.transport._async.transport import AsyncTransport
    from lowcodeapi_baseten.transport._sync.transport import Transport

    assert issubclass(Transport, httpx.HTTPTransport) and issubclass(AsyncTransport, httpx.AsyncHTTPTransport)
    # pytest-httpx, vcrpy and OpenTelemetry patch these.
    assert Transport.handle_request is httpx.HTTPTransport.handle_request
    assert AsyncTransport.handle_async_request is httpx.AsyncHTTPTransport.handle_async_request
