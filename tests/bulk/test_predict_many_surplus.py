"""Bytes behind an answer answer nothing: no item gets them, and nothing is predicted twice."""

from __future__ import annotations

import json
import threading
from collections import Counter
from typing import Any

from tests.bulk.runs import over_each_transport, run
from tests.support.pairs import in_pairs
from tests.support.raw_wire import Peer, RawWire, http
from tests.support.wire import TOKEN

ITEMS = 12


def _answer(output: Any) -> bytes:
    return http(json.dumps({"data": output}).encode())


POISON = _answer("of another request")
REFUSED = http(b'{"error": "slow down"}', "retry-after: 0", status="429 Too Many Requests")


class Generous:
    """Answers every request, with surplus bytes. If `does_refuse`, it first refuses every third one."""

    def __init__(self, surplus: bytes, *, does_refuse: bool) -> None:
        self._surplus, self._does_refuse = surplus, does_refuse
        self._lock = threading.Lock()
        self._seen: Counter[int] = Counter()
        self.predicted: Counter[int] = Counter()

    def __call__(self, peer: Peer) -> None:
        while request := peer.request():
            number = json.loads(request.partition(b"\r\n\r\n")[2])["input"]
            with self._lock:
                self._seen[number] += 1
                is_refused = self._does_refuse and number % 3 == 0 and self._seen[number] == 1
                self.predicted[number] += not is_refused
            peer.send((REFUSED if is_refused else _answer(number)) + self._surplus)


@over_each_transport
@in_pairs(
    surplus={"a whole answer": POISON, "a part of one": POISON[:20], "a byte": b"\0"},
    does_refuse={"200": False, "429": True},
    kind=["sync", "async"],
)
def test_what_stands_behind_an_answer_is_no_other_items_answer(kind: str, does_refuse: bool, surplus: bytes) -> None:
    server = Generous(surplus, does_refuse=does_refuse)
    with RawWire(server) as wire:
        client = {"api_token": TOKEN, "base_url": wire.base_url, "url_format": "new", "remember": False}
        items = run(kind, None, range(ITEMS), client, concurrency=3, ordered=True)
        assert [item.output for item in items] == list(range(ITEMS))
    assert max(server.predicted.values()) == 1
    assert wire.connections == ITEMS + (4 if does_refuse else 0)  # no connection is used again
