"""A server on a loopback port that records its requests, for any provider, and answers an empty object.

`LocalGateway` has Baseten behind it and knows no other provider's routes.
"""

from __future__ import annotations

import httpx

from tests.support.raw_wire import Peer, RawWire, http
from tests.support.wire import received


class Gateway(RawWire):
    """The recorded requests: method, path with its query, headers in lower case, body."""

    def __init__(self) -> None:
        super().__init__(self._converse)
        self.received: list[tuple[str, str, dict[str, str], bytes]] = []
        # One for all clients: making one takes time, and is not under test.
        self.transport = httpx.HTTPTransport(verify=False)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/odd"

    def __exit__(self, *exception: object) -> None:
        self.transport.close()
        super().__exit__()

    def _converse(self, peer: Peer) -> None:
        while sent := peer.request():
            request = received(sent, peer.number)
            self.received.append((request.method, request.target, dict(request.headers), request.body))
            peer.send(http(b'{"data":{}}'))
