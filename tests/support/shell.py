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
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self
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
    given: str = "",
    env: Mapping[str, str] | None = None,
    width: int | None = None,
) -> Done:
    """Run it in this process, in a tenth of the time: for tables of cases.

    With `width` its streams say that they are terminals of this width.
    """
    log = logging.getLogger("lowcodeapi_baseten")
    before = log.handlers, log.propagate, log.level
    out, err = (_Stream(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    stdin = _Stream(io.BytesIO(given.encode()), encoding="utf-8")
    columns = {} if width is None else {"COLUMNS": str(width)}
    with (
        patch.dict(os.environ, environment(gateway, {**columns, **(env or {})}), clear=True),
        patch.object(_Stream, "isatty", lambda self: width is not None),
        patch.object(sys, "stdin", stdin),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            code = main(arguments)
        finally:
            log.handlers, log.propagate = before[:2]
            log.setLevel(before[2])
    said = [stream.buffer.getvalue().decode() for stream in (out, err) if isinstance(stream.buffer, io.BytesIO)]
    return Done(code, *said)


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
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
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
