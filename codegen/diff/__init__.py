"""Compare two versions of a provider's documents and say which changes break callers: `python -m codegen diff`.

Both functions import their modules when they are called, so that the other commands start faster.
"""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `diff` to a parser."""
    from .command import add_arguments as add

    add(parser)


def run(options: argparse.Namespace) -> int:
    """Compare and report. Returns 0; 1 for findings that `--fail-on` names; 2 for a bad document or argument."""
    from .command import run as run_command

    return run_command(options)
