"""`lowcodeapi-baseten`: every operation and every workflow from a shell, with the extra `cli`.

`app` finds the module of a command; `operations` has those of the generated table, `exits` the exit codes. Modules are
imported when used, so that commands start at once. What may enter: arguments, output and exit codes; the work itself
belongs to the client and its workflows."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    from . import overview, streams

    if closed := streams.missing_output():
        print(f"error: {closed}", file=sys.stderr)
        return 2
    streams.take_any_text()
    try:
        try:
            if missing := _missing():
                advice = f"{missing} is not installed: pip install 'lowcodeapi-baseten[cli]'"
                print(f"{overview.PROGRAM}: {advice}", file=sys.stderr)
                return 4
            code = _run(given)
            sys.stdout.flush()
            return code
        except BrokenPipeError:
            raise
        except Exception as error:
            from .exits import failed

            return failed(error, given)
    except KeyboardInterrupt:
        print(file=sys.stderr)  # the terminal has just shown ^C
        return 130
    except BrokenPipeError:
        # The reader has enough, as in `… | head`. Without this, Python would complain again at exit.
        streams.drop_output()
        return 141  # as if SIGPIPE had ended it: not everything was written


def _run(given: list[str]) -> int:
    """Run it; the version and the help without click."""
    from . import overview

    if given == ["--version"]:
        from .._version import __version__

        print(f"{overview.PROGRAM} {__version__}")
        return 0
    if given in ([], ["-h"], ["--help"]) and overview.COMPLETION_VARIABLE not in os.environ:
        print(overview.text())
        return 0
    from .app import run

    return run(given)


def _missing() -> str | None:
    """Return the name of a missing package of the extra `cli`, without importing any."""
    from importlib.util import find_spec

    return next((name for name in ("click", "rich") if find_spec(name) is None), None)
