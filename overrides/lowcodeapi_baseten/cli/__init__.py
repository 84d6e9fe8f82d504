"""`lowcodeapi-baseten`: every operation and every workflow from a shell.

Exit codes: 0 done, 1 the API or the gateway refused or can't be reached, or a file or a line of input is bad, 2 usage
(nothing was sent), 3 a deadline passed, 4 configuration (no token, a bad option of the client, a missing extra), 130
Ctrl-C.

Modules are imported only when used, so that commands start at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

PROGRAM = "lowcodeapi-baseten"
COMPLETION_VARIABLE = "_LOWCODEAPI_BASETEN_COMPLETE"
"""Set by a shell that asks for completions; other variables then hold the command line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    from . import streams

    if closed := streams.missing_output():
        print(f"error: {closed}", file=sys.stderr)
        return 2
    try:
        if missing := _missing():
            print(
                f"{PROGRAM}: {missing} is not installed: pip install 'lowcodeapi-baseten[cli]'",
                file=sys.stderr,
            )
            return 4
        if given == ["--version"]:
            from .._version import __version__

            print(f"{PROGRAM} {__version__}")
            return 0
        if given in ([], ["-h"], ["--help"]) and COMPLETION_VARIABLE not in os.environ:
            from .overview import text

            print(text(), flush=True)
            return 0
        from .app import run

        return run(given)
    except KeyboardInterrupt:
        # Ctrl-C while modules are imported; `app` handles it later.
        return 130
    except BrokenPipeError:
        # The reader has enough, as in `… | head`. Without this, Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _missing() -> str | None:
    """Return the name of a missing package of the extra `cli`, without importing any."""
    from importlib.util import find_spec

    return next((name for name in ("click", "rich") if find_spec(name) is None), None)
