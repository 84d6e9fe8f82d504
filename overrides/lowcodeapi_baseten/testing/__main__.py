"""``python -m lowcodeapi_baseten.testing``: the local gateway, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any, get_args

from lowcodeapi_baseten.testing import dialect, routing, settings


def _port(text: str) -> int:
    try:
        port = int(text)
        settings.is_port(None, None, port)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: use a whole number from 0 to 65535") from None
    return port


def _endpoint(url: str) -> str:
    try:
        settings.are_here(None, None, [url])
    except ValueError:
        raise argparse.ArgumentTypeError(f"{url!r} is not an http URL on this machine") from None
    return url


def parser() -> argparse.ArgumentParser:
    """The command line, with the options of ``LocalGateway`` that fit there."""
    described = argparse.ArgumentParser(
        prog="python -m lowcodeapi_baseten.testing",
        description="A LowCodeAPI gateway with a small Baseten behind it, on this machine alone.",
    )

    def choice(flag: str, options: Any, default: str, text: str) -> None:
        described.add_argument(flag, choices=get_args(options), default=default, help=f"{text} (default: %(default)s)")

    described.add_argument("--port", type=_port, default=0, help="0 takes a free one (default: %(default)s)")
    described.add_argument("--api-token", default=None, help="the token to accept (default: a random one)")
    choice("--envelope", dialect.Envelope, "result", "the published server's envelope, or the guide's")
    choice("--new-format", routing.NewFormat, "served", "what becomes of URLs with path parameters")
    described.add_argument(
        "--documents",
        choices=get_args(dialect.Documents),
        default=None,
        help="which documents are served beside the API (default: as a gateway does with such a new format)",
    )
    choice("--old-format", routing.OldFormat, "served", "what becomes of URLs with sanitised paths")
    choice("--empty-answers", settings.EmptyAnswers, "silent", "what becomes of answers without a body")
    choice("--unknown-route", settings.UnknownRoute, "json", "what an unknown GET gets")
    choice("--models-list", settings.ModelsList, "object", "the shape of the list of models")
    choice("--api-key-delete", settings.ApiKeyDelete, "prefix", "where the prefix of a key to delete is looked for")
    described.add_argument("--webhook-secret", default=None, help="signs webhooks (default: unsigned)")
    described.add_argument(
        "--webhook-endpoint",
        action="append",
        dest="webhook_endpoints",
        type=_endpoint,
        metavar="URL",
        help="where webhooks may be posted to on this machine; may be given several times (default: nowhere)",
    )
    described.add_argument(
        "--settle-after",
        type=float,
        default=1.0,
        metavar="SECONDS",
        help="when an asynchronous prediction is done though nobody looked (default: %(default)s)",
    )
    return described


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the gateway. Returns 0 after Ctrl-C, 1 if the port is taken or the extra is missing."""
    options = {name: value for name, value in vars(parser().parse_args(arguments)).items() if value is not None}
    try:
        from lowcodeapi_baseten.testing.gateway import LocalGateway
    except ModuleNotFoundError as error:
        print(f"{error}: pip install 'lowcodeapi-baseten[testing]'", file=sys.stderr)
        return 1
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):  # KeyboardInterrupt may be raised a moment before the wait begins
        signal.signal(number, lambda *_: stopped.set())
    try:
        gateway = LocalGateway(**options).start()
    except OSError as error:
        print(f"can't listen on port {options['port']}: {error}", file=sys.stderr)
        return 1
    print(f"LOWCODEAPI_BASE_URL={gateway.base_url}")
    print(f"LOWCODEAPI_API_TOKEN={gateway.api_token}")
    print(f"try: curl '{gateway.base_url}/v1/models?api_token={gateway.api_token}'", flush=True)
    stopped.wait()
    gateway.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
