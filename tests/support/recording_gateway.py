"""A server on a loopback port that records its requests, for any provider, and answers an empty object.

`LocalGateway` has Baseten behind it and knows no other provider's routes.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


class Gateway:
    """The recorded requests: method, path with its query, headers in lower case, body."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str, dict[str, str], bytes]] = []
        # One for all clients: making one takes time, and is not under test.
        self.transport = httpx.HTTPTransport(verify=False)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.received.append((self.command, self.path, headers, body))
                answer = b'{"data":{}}'
                lines = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(answer)}\r\n\r\n"
                self.wfile.write(lines.encode() + answer)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/odd"

    def close(self) -> None:
        self.transport.close()
        self._server.shutdown()
        self._server.server_close()
