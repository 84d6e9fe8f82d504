"""Run `lowcodeapi-baseten` as a separate process: through pipes, or on a terminal controlled by a test."""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import logging
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self, TextIO
from unittest.mock import patch

from lowcodeapi_baseten.cli import main
from lowcodeapi_baseten.testing import LocalGateway

COMMAND = [sys.executable, "-W", "error", "-W", "default::ResourceWarning", "-m", "lowcodeapi_baseten.cli"]
_PATIENCE = 60.0  # seconds, for a busy machine


class Done(NamedTuple):
    """A process that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, decoded."""
        return json.loads(self.out)


def run(
    *arguments: str,
    gateway: LocalGateway | None = None,
    given: str | bytes = b"",
    env: Mapping[str, str] | None = None,
    command: list[str] = COMMAND,
    folder: Path | None = None,
) -> Done:
    """Run it through pipes; `given` is its standard input."""
    data = given.encode() if isinstance(given, str) else given
    done = subprocess.run(
        [*command, *arguments],
        input=data,
        env=environment(gateway, env),
        capture_output=True,
        timeout=_PATIENCE,
        check=False,
        cwd=folder,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def here(
    *arguments: str,
    gateway: LocalGateway | None = None,
    given: str | bytes | int | None = "",
    env: Mapping[str, str] | None = None,
    width: int | None = None,
    out: TextIO | None = None,
    err: TextIO | None = None,
    encoding: str = "utf-8",
) -> Done:
    """Run it in this process, in a tenth of the time.

    Args:
        given: Its standard input: text, the number of an open file, or None for a closed one.
        width: Its streams say that they are terminals of this width.
        out: Its standard output, such as one end of a pipe. `Done` has then none of it.
        err: Its standard error.
        encoding: The encoding that Python would give the other streams.
    """
    log = logging.getLogger("lowcodeapi_baseten")
    before = log.handlers, log.propagate, log.level
    ours = [_Stream(io.BytesIO(), encoding=encoding, write_through=True) for _ in range(2)]
    columns = {} if width is None else {"COLUMNS": str(width)}
    with (
        patch.dict(os.environ, environment(gateway, {**columns, **(env or {})}), clear=True),
        patch.object(_Stream, "isatty", lambda self: width is not None),
        _standard_input(given),
        contextlib.redirect_stdout(out or ours[0]),
        contextlib.redirect_stderr(err or ours[1]),
    ):
        try:
            code = main(arguments)
        except SystemExit as error:
            code = int(error.code or 0)
        finally:
            log.handlers, log.propagate = before[:2]
            log.setLevel(before[2])
    said = [stream.buffer.getvalue().decode() for stream in ours if isinstance(stream.buffer, io.BytesIO)]
    return Done(code, *said)


@contextlib.contextmanager
def _standard_input(given: str | bytes | int | None) -> Iterator[None]:
    """Give this process another standard input: `sys.stdin`, and the file with the number 0."""
    with contextlib.ExitStack() as stack:
        stdin = None
        if isinstance(given, int):
            stack.enter_context(standing_for(0, given))
            stdin = stack.enter_context(open(given, encoding="utf-8", closefd=False))
        elif given is not None:
            data = given.encode() if isinstance(given, str) else given
            file = stack.enter_context(tempfile.TemporaryFile())
            file.write(data)
            file.seek(0)
            stack.enter_context(standing_for(0, file.fileno()))
            stdin = _Stream(io.BytesIO(data), encoding="utf-8")
        stack.enter_context(patch.object(sys, "stdin", stdin))
        yield


@contextlib.contextmanager
def standing_for(number: int, other: int) -> Iterator[None]:
    """Give one of the streams 0 to 2 the file of another number."""
    before = os.dup(number)
    os.dup2(other, number)
    try:
        yield
    finally:
        os.dup2(before, number)
        os.close(before)


def on_screen(*arguments: str, width: int = 80, **options: Any) -> str:
    """The screen of a terminal of this width, without colours."""
    done = here(*arguments, width=width, **options)
    return plain(done.out + done.err)


def plain(screen: str) -> str:
    """Without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", screen)


class _Stream(io.TextIOWrapper):
    """A stream whose answer to `isatty` a test may change."""


def environment(gateway: LocalGateway | None, env: Mapping[str, str] | None = None) -> dict[str, str]:
    """A shell's environment, set up for this gateway."""
    made = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}}
    made["TERM"] = "xterm-256color"
    if gateway is not None:
        made.update(LOWCODEAPI_BASE_URL=gateway.base_url, LOWCODEAPI_API_TOKEN=gateway.api_token)
    return {**made, **(env or {})}


@contextlib.contextmanager
def terminal_here(width: int = 100, typed: str = "") -> Iterator[tuple[TextIO, Callable[[], str]]]:
    """A terminal for the streams of a command in this process, with keys that were pressed, and its screen at the end.

    For Ctrl-C and what is not echoed, `Terminal` gives a process a session of its own.
    """
    ours, theirs = _opened_terminal(width, 40)
    with open(ours, "r+b", buffering=0) as user, open(theirs, "r+b", buffering=0) as file:
        out = io.TextIOWrapper(file, encoding="utf-8", write_through=True)
        user.write(typed.encode())

        def screen() -> str:
            out.close()
            shown = b""
            with contextlib.suppress(OSError):  # Linux raises this at the end
                while piece := user.read(65536):
                    shown += piece
            return shown.decode().replace("\r\n", "\n")

        yield out, screen


def _opened_terminal(width: int, height: int) -> tuple[int, int]:
    """The user's end of a pseudo-terminal, and the command's."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    return ours, theirs


class Terminal:
    """The command on a real terminal of a given size. `screen` collects its output, including escape sequences."""

    def __init__(
        self,
        *arguments: str,
        gateway: LocalGateway | None = None,
        env: Mapping[str, str] | None = None,
        width: int = 100,
        height: int = 40,
    ) -> None:
        self.screen = ""
        self._ours, theirs = _opened_terminal(width, height)
        self._process = subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment(gateway, env),
            # Ctrl-C reaches the terminal's foreground session.
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._ours)

    def expect(self, text: str) -> None:
        """Read until this is on the screen."""
        until = time.monotonic() + _PATIENCE
        while text not in self.screen:
            assert self._read(until), f"{text!r} did not come; the screen is:\n{self.screen}"

    def type(self, keys: str) -> None:
        """Press keys: `"\\x03"` is Ctrl-C."""
        os.write(self._ours, keys.encode())

    def end(self) -> int:
        """Read until the process has ended. Returns its exit code."""
        until = time.monotonic() + _PATIENCE
        while self._read(until):
            pass
        return self._process.wait(_PATIENCE)

    def _read(self, until: float) -> bool:
        if not select.select([self._ours], [], [], max(until - time.monotonic(), 0))[0]:
            return False
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # Linux raises this when all others have closed it
            return False
        self.screen += data.decode(errors="replace").replace("\r\n", "\n")
        return bool(data)


def path_with_it(folder: Path) -> str:
    """A `PATH` with this package's `lowcodeapi-baseten`."""
    script = folder / "lowcodeapi-baseten"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -W error -m lowcodeapi_baseten.cli "$@"\n')
    script.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
