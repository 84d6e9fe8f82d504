"""Arguments that several commands share: the provider, and what a fetch takes."""

from __future__ import annotations

import argparse
import datetime
import os
from pathlib import Path

from .document.reading import NAMES, DocumentError, check_provider
from .fetch import backend
from .fetch.fetch import fetch


def add_provider(parser: argparse.ArgumentParser) -> None:
    """Add `--provider`."""
    parser.add_argument("--provider", type=_provider, default="baseten", help="default: baseten")


def _provider(text: str) -> str:
    try:
        return check_provider(text)
    except DocumentError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add_fetch(parser: argparse.ArgumentParser) -> None:
    """Add what `fetched` reads, besides the provider."""
    parser.add_argument("--base-url", help=f"default: LOWCODEAPI_BACKEND_URL, else {backend.DEFAULT_BACKEND_URL}")
    parser.add_argument("--only", choices=NAMES, help="take one document; the other stays as it is")
    parser.add_argument(
        "--allow-shrink", action="store_true", help="accept a document that lost half of its operations"
    )


def fetched(options: argparse.Namespace, specs: Path) -> None:
    """Fetch the documents as the arguments say."""
    fetch(
        options.provider,
        base_url=backend.backend_url(options.base_url, os.environ),
        specs=specs,
        allow_shrink=options.allow_shrink,
        only=options.only,
        today=datetime.datetime.now(datetime.UTC).date(),
        out=print,
    )
