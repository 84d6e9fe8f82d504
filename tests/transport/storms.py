"""Interrupts calls at any point, in a separate process, because Ctrl-C may leave foreign code in any state.

`python -m tests.transport.storms` runs them.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from lowcodeapi_baseten import Baseten
from lowcodeapi_baseten.transport.quiet import quietly

from tests.support.raw_wire import RawWire
from tests.support.wire import TOKEN
from tests.transport.peers import Counting, echo

_LIMIT = 100  # seconds; after that it shows where it hangs


# A profiler's exception there is unlike a signal's: behind `__exit__` it breaks Python 3.11's stack, and up to 3.13 no
# signal is handled behind `__enter__`. (On 3.14 one is, which leaves any program's lock taken: CPython's gh-148874.)
_UNLIKE_A_SIGNAL = frozenset({"__enter__", "__exit__"})


class Interrupter:
    """Raises Ctrl-C in this thread at the n-th point at which Python checks for signals.

    These points are the start of each function, and the return of each C function.
    """

    def __init__(self, at: int | None) -> None:
        self._at, self.seen = at, 0

    def __enter__(self) -> Interrupter:
        sys.setprofile(self._look)
        return self

    def __exit__(self, *exception: object) -> None:
        sys.setprofile(None)

    def _look(self, frame: Any, event: str, argument: Any) -> None:
        if event not in {"call", "c_return"} or frame.f_code.co_filename == __file__:
            return
        if event == "c_return" and getattr(argument, "__name__", "") in _UNLIKE_A_SIGNAL:
            return
        self.seen += 1
        if self.seen == self._at:
            sys.setprofile(None)
            raise KeyboardInterrupt


def _interrupted(client: Baseten, number: int, at: int | None) -> tuple[bool, int]:
    """Interrupt a prediction at that point. Returns True if that worked, and the number of points passed."""
    with Interrupter(at) as points:
        try:
            client.inference.predict_development(input=number, timeout=10)
        except KeyboardInterrupt:
            return True, points.seen
    return False, points.seen


def _at_any_point(server: Counting) -> None:
    with RawWire(server) as wire:
        with Baseten(api_token=TOKEN, base_url=wire.base_url, url_format="new", remember=False) as client:
            client.inference.predict_development(input=-1)
            points = _interrupted(client, -2, None)[1]
            hits = 0
            for number, at in enumerate(range(1, points, max(1, points // 50))):
                hits += _interrupted(client, number, at)[0]
                # No lock is held, and no answer to another request is left.
                found: Any = client.inference.predict_development(input=f"after {number}", timeout=5)
                assert found["input"] == f"after {number}", f"at {at} of {points}"
            assert hits > 25
            assert wire.is_left_with(4), "what was interrupted is still open"
        assert wire.is_left_with(0)
    inputs = [each for each in server.inputs if isinstance(each, int)]
    assert len(set(inputs)) == len(inputs)


def _on_new_and_on_kept_connections() -> None:
    _at_any_point(Counting(lambda request: echo(request, "connection: close")))
    _at_any_point(Counting())


class _TimeIsOver(Exception):
    """Like Celery's soft time limit."""


def _while_threads_call() -> None:
    """Hit the main thread at random moments. Every thread must go on."""
    raised: list[BaseException] = []

    def handle(number: int, frame: Any) -> None:
        if raised:
            raise raised.pop()

    def strike() -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    signal.signal(signal.SIGUSR1, handle)
    server, ends = Counting(), threading.Event()
    answered: list[int] = []

    def others(first: int) -> None:
        number = first
        while not ends.is_set():
            got: Any = client.inference.predict_development(input=number, timeout=10)
            assert got["input"] == number
            answered.append(number)
            number += 10

    with (
        RawWire(server) as wire,
        Baseten(api_token=TOKEN, base_url=wire.base_url, url_format="new", remember=False) as client,
    ):
        client.inference.predict_development(input=-1)  # do the imports first: interrupts break Python's imports
        threads = [threading.Thread(target=others, args=(first,)) for first in (1, 2, 3)]
        for thread in threads:
            thread.start()
        try:
            for number in range(25):
                raised.append(error := _TimeIsOver(str(number)))
                shot = threading.Timer((number % 20) / 5000, strike)
                try:
                    shot.start()
                    for more in range(10_000):
                        client.inference.predict_development(input=1_000_000 * (1 + number) + more, timeout=10)
                except _TimeIsOver as caught:
                    assert caught is error
                shot.join()
        finally:
            ends.set()
            for thread in threads:
                thread.join(20)
        assert not any(thread.is_alive() for thread in threads)
    assert len(set(server.inputs)) == len(server.inputs)
    assert set(answered) <= set(server.inputs)


def _in_the_log() -> None:
    """Interrupt `logging`, whose lock in Python code stays locked if Ctrl-C comes between two of its lines."""
    for at in range(1, 200):
        with suppress(KeyboardInterrupt), Interrupter(at), quietly():
            pass
    free = threading.Event()

    def ask() -> None:
        logging.getLogger("anybody")
        free.set()

    threading.Thread(target=ask, daemon=True).start()
    assert free.wait(10)
    assert sys.getprofile() is None


def run_storms() -> subprocess.CompletedProcess[str]:
    """Run all of them in one separate process."""
    command = [sys.executable, "-m", "tests.transport.storms"]
    root = Path(__file__).parents[2]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=_LIMIT + 10)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(_LIMIT, exit=True)
    for storm in (_while_threads_call, _on_new_and_on_kept_connections, _in_the_log):
        storm()
    sys.stdout.flush()
    os._exit(0)  # regardless of the state in which the interrupts left the interpreter
