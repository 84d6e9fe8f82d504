"""The HTTP server below the gateway: uvicorn's protocol with what ASGI lacks, in its own thread.

ASGI can neither reset a connection nor send half an answer, so methods of the protocol play those faults.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import struct
import sys
import threading
from collections.abc import Iterable

import h11
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol
from uvicorn.server import ServerState

from .settings import GatewaySettings

KEEP_ALIVE_SECONDS = 5  # as the gateway's own server
_BACKLOG = 2048
# SO_LINGER with a time of 0: close() sends RST in place of FIN
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

Headers = Iterable[tuple[bytes, bytes]]


class Connection(H11Protocol):
    """One connection. The application finds it as ``scope["state"]["connection"]``."""

    def __init__(self, settings: GatewaySettings, config: Config, state: ServerState) -> None:
        super().__init__(config, state, {"connection": self})
        self.access_log = False  # it would write the token with the URL
        self._settings = settings
        self._too_slow: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        plan = self._settings.faults
        if len(self.connections) > self._settings.max_connections or (plan and plan.refuses_connection()):
            self.reset()
        else:
            self._keep_time()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        state = self.conn.their_state
        if state is h11.SEND_BODY or (state is h11.IDLE and self.conn.trailing_data[0]):
            self._keep_time()
        else:
            self._forget_time()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_time()
        super().connection_lost(exc)

    def _keep_time(self) -> None:
        if self._too_slow is None:
            self._too_slow = self.loop.call_later(self._settings.request_timeout, self._refuse_slow)

    def _forget_time(self) -> None:
        if self._too_slow is not None:
            self._too_slow.cancel()
            self._too_slow = None

    def _refuse_slow(self) -> None:
        """Closes an incomplete request's connection: uvicorn waits for ever. A silent client gets no answer."""
        if self.conn.our_state is h11.SEND_RESPONSE or self.conn.trailing_data[0]:
            words = b"The request did not arrive in time.\n"
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(words))]
            self.transport.write(head(408, headers) + words)
        self.transport.close()

    def reset(self) -> None:
        """Closes with RST, at once, dropping unsent bytes."""
        underlying = self.transport.get_extra_info("socket")
        # the peer may have closed it already
        with contextlib.suppress(OSError):
            underlying.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.transport.abort()

    async def trickle(self, response: Response, seconds: float) -> None:
        """Sends the head one byte at a time, then the body, then closes."""
        for byte in head(response.status_code, response.raw_headers):
            if self.transport.is_closing():
                return
            self.transport.write(bytes((byte,)))
            await asyncio.sleep(seconds)
        self.transport.write(bytes(response.body))
        self.transport.close()

    def truncate(self, response: Response) -> None:
        """Sends half of the body, with a ``content-length`` of one byte more than the whole, then closes."""
        body = bytes(response.body)
        headers = [(name, value) for name, value in response.raw_headers if name != b"content-length"]
        headers.append((b"content-length", b"%d" % (len(body) + 1)))
        self.transport.write(head(response.status_code, headers) + body[: len(body) // 2])
        self.transport.close()


def head(status: int, headers: Headers) -> bytes:
    """The status line and headers of an answer that closes the connection."""
    lines = [b"HTTP/1.1 %d %s" % (status, STATUS_PHRASES[status])]
    lines += [name + b": " + value for name, value in headers]
    return b"\r\n".join([*lines, b"connection: close", b"", b""])


async def gone(receive: Receive) -> None:
    """Waits until the client or the server has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _listen(port: int) -> socket.socket:
    # Not create_server(): asyncio disables Nagle's algorithm only if the protocol is named; else each request takes 40
    # ms more.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":  # on Windows it would share the port with a stranger
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


class ServerThread:
    """Serves an application on a loopback port until it is closed.

    Unlike uvicorn's ``Server``, it does not poll ten times a second to start and stop, nor wait for open requests.
    """

    def __init__(self, app: ASGIApp, port: int, settings: GatewaySettings) -> None:
        self._listener = _listen(port)
        self.port: int = self._listener.getsockname()[1]

        async def until_closed(scope: Scope, receive: Receive, send: Send) -> None:
            with contextlib.suppress(asyncio.CancelledError):  # only close() cancels, and uvicorn would log it
                await app(scope, receive, send)

        self._config = Config(
            until_closed,
            interface="asgi3",
            lifespan="off",
            loop="asyncio",
            ws="none",
            http=Connection,
            log_config=None,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        self._settings = settings
        self._state = ServerState()
        self.loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="lowcodeapi-local-gateway", daemon=True)

    def start(self) -> None:
        """Returns at once: the port is open already, so an early client waits for the loop."""
        self._config.load()
        self._thread.start()

    def die(self) -> None:
        """Ends every connection and request at once, like the end of a process. A request calls it.

        The port stays open: it belongs to the next process, which its supervisor has started.
        """
        for connection in list(self._state.connections):
            connection.transport.abort()
        for task in self._state.tasks - {asyncio.current_task()}:
            task.cancel()

    def close(self) -> None:
        """Closes every connection, including silent ones, and the port. Returns when the thread has ended."""
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        protocol = functools.partial(Connection, self._settings, self._config, self._state)
        server = await self.loop.create_server(protocol, sock=self._listener, backlog=_BACKLOG)
        await self._stopped.wait()
        with contextlib.suppress(NotImplementedError):  # Windows
            self.loop.remove_reader(self._listener)
        # A connection accepted just now takes some turns of the loop before it can be closed.
        for _ in range(8):
            for connection in list(self._state.connections):
                connection.transport.abort()
            await asyncio.sleep(0)  # lets each notice that its connection is lost
        # Not earlier: asyncio would forget, unclosed, accepted connections without a transport.
        server.close()
        while self._state.tasks:
            for task in self._state.tasks:
                task.cancel()
            await asyncio.wait(self._state.tasks)
