"""``python -m lowcodeapi_baseten.testing``: the local gateway, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, get_args

from . import dialect, routing, settings


def _port(text: str) -> int:
    try:
        port = int(text)
        settings.is_port(None, None, port)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a whole number from 0 to 65535") from None
    return port


def _endpoint(url: str) -> str:
    try:
        settings.are_here(None, None, [url])
    except ValueError:
        raise argparse.ArgumentTypeError(f"{url!r} is not an http URL on this machine") from None
    return url


class Option(NamedTuple):
    """An option of the command. `name` is the argument of ``LocalGateway``, whose own default holds if this has none.

    `type` makes a value of a text, and raises `ValueError` or `argparse.ArgumentTypeError`.
    """

    flag: str
    about: str
    name: str
    choices: tuple[str, ...] = ()
    type: Callable[[str], Any] = str
    metavar: str | None = None
    is_list: bool = False
    default: Any = None


def _choice(flag: str, literal: Any, about: str) -> Option:
    return Option(flag, about, flag.strip("-").replace("-", "_"), get_args(literal))


ABOUT = "A LowCodeAPI gateway with a small Baseten behind it, on this machine alone."
OPTIONS = (
    Option("--port", "The port to listen on (default: a free one).", "port", type=_port, metavar="PORT"),
    Option("--api-token", "The token to accept (default: a random one).", "api_token", metavar="TOKEN"),
    _choice("--envelope", dialect.Envelope, "The published server's envelope, or the guide's (default: result)."),
    _choice("--new-format", routing.NewFormat, "URLs with path parameters (default: served)."),
    _choice("--documents", dialect.Documents, "Documents beside the API (default: as --new-format has them)."),
    _choice("--old-format", routing.OldFormat, "URLs with sanitised paths (default: served)."),
    _choice("--empty-answers", settings.EmptyAnswers, "Answers without a body (default: silent)."),
    _choice("--unknown-route", settings.UnknownRoute, "The answer to an unknown GET (default: json)."),
    _choice("--models-list", settings.ModelsList, "The shape of the list of models (default: object)."),
    _choice("--api-key-delete", settings.ApiKeyDelete, "Where a key's prefix is read from (default: prefix)."),
    Option("--webhook-secret", "Signs webhooks (default: unsigned).", "webhook_secret", metavar="SECRET"),
    Option(
        "--webhook-endpoint",
        "Where webhooks may go, on this machine; may be given several times (default: nowhere).",
        "webhook_endpoints",
        type=_endpoint,
        metavar="URL",
        is_list=True,
    ),
    Option(
        "--settle-after",
        "An asynchronous prediction is done after this time, though nobody looked (default: 1).",
        "settle_after",
        type=float,
        metavar="SECONDS",
        default=1.0,
    ),
)
"""The options of ``LocalGateway`` that fit a command line."""


def _parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(prog="python -m lowcodeapi_baseten.testing", description=ABOUT)
    for option in OPTIONS:
        described.add_argument(
            option.flag,
            dest=option.name,
            help=option.about,
            choices=option.choices or None,
            type=option.type,
            metavar=option.metavar,
            default=option.default,
            action="append" if option.is_list else "store",
        )
    return described


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the gateway. Returns 0 after Ctrl-C, 1 if the port is taken or the extra is missing."""
    return serve(vars(_parser().parse_args(arguments)))


def serve(options: Mapping[str, Any]) -> int:
    """`main` with arguments of ``LocalGateway``; those that are None keep their default."""
    given = {name: value for name, value in options.items() if value is not None}
    try:
        from .gateway import LocalGateway
    except ModuleNotFoundError as error:
        print(f"{error}: pip install 'lowcodeapi-baseten[testing]'", file=sys.stderr)
        return 1
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):  # KeyboardInterrupt may be raised a moment before the wait begins
        signal.signal(number, lambda *_: stopped.set())
    try:
        gateway = LocalGateway(**given).start()
    except OSError as error:
        print(f"can't listen on port {given.get('port', 0)}: {error}", file=sys.stderr)
        return 1
    print(f"LOWCODEAPI_BASE_URL={gateway.base_url}")
    print(f"LOWCODEAPI_API_TOKEN={gateway.api_token}")
    print(f"try: curl '{gateway.base_url}/v1/models?api_token={gateway.api_token}'", flush=True)
    stopped.wait()
    gateway.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
