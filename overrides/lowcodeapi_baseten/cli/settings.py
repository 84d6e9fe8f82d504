"""The options of every command, and the client made from them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

import click

from ..errors import ConfigurationError
from ..secrets import VARIABLE
from . import profiles
from .overview import PROGRAM
from .streams import can_ask
from .text import clean, say
from .values import Form, Names, Seconds

if TYPE_CHECKING:
    from ..client import AsyncBaseten, Baseten
    from ..hooks import RequestEvent, ResponseEvent

_TIMEOUT = "Seconds for the whole call (default: 60, predictions 600)."


class Declined(click.ClickException):
    """The user answered no."""

    exit_code = 2


class Settings(NamedTuple):
    """The options given besides the command's own parameters."""

    output: Literal["table", "json", "yaml", "csv"] | None = None
    columns: tuple[str, ...] = ()
    wide: bool = False
    dry_run: bool = False
    url_format: Literal["auto", "new", "old"] = "auto"
    timeout: float | None = None
    base_url: str | None = None
    token_file: str | None = None
    profile: str | None = None
    verbose: bool = False
    yes: bool = False

    @classmethod
    def of(cls, context: click.Context) -> Settings:
        """Read the command's options; one not given there may stand before the command."""
        given: dict[str, Any] = {}
        level: click.Context | None = context
        while level is not None:
            for name in (*cls._fields, "as_json"):
                if level.params.get(name):
                    given.setdefault(name, level.params[name])
            level = level.parent
        if given.pop("as_json", False):
            given.setdefault("output", "json")
        return cls(**given)

    @property
    def form(self) -> Literal["table", "json", "yaml", "csv"]:
        """The form of a result."""
        return self.output or ("table" if sys.stdout.isatty() else "json")

    def confirm(self, what: str) -> None:
        """Ask on the terminal, unless --yes is given. Raises if the answer is no, or if there is nobody to ask."""
        if self.yes:
            return
        if not can_ask():
            raise click.UsageError(f"{what}: this can't be taken back, and there is no terminal to ask on: give --yes")
        print(clean(f"{what}: this can't be taken back. Go on? [y/N] "), end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise Declined("nothing was sent")

    def account(self) -> profiles.Account:
        """The gateway and the source of the token. Raises `ConfigurationError` if there is no such profile."""
        return profiles.account(token_file=self.token_file, profile=self.profile, base_url=self.base_url)

    def client(self, **options: Any) -> Baseten:
        """A client. Raises `ConfigurationError` if there is no token, or an option can't work.

        Args:
            options: Options of `Baseten` that override these settings.
        """
        # httpx imports its own command line, with rich and pygments, which takes longer than a call.
        sys.modules.setdefault("httpx._main", cast("Any", None))
        from ..client import Baseten

        return Baseten(**{**self._options(), **options})

    def async_client(self) -> AsyncBaseten:
        """`client`, asynchronous."""
        from ..client import AsyncBaseten

        return AsyncBaseten(**self._options())

    def _options(self) -> Mapping[str, Any]:
        _show_log(self.verbose)
        account = self.account()
        if account.source is None:
            advice = f"run {PROGRAM} login, set {VARIABLE}, or give --token-file FILE"
            raise ConfigurationError(f"there is no token: {advice}")
        return {
            "api_token": token_in(self.token_file) if self.token_file else account.stored_token(),
            "base_url": account.base_url,
            "url_format": self.url_format,
            "timeout": self.timeout,
            **({"on_request": _show_request, "on_response": _show_response} if self.verbose else {}),
        }


def token_in(path: str) -> str:
    """Read the token from a file. Raises `ConfigurationError`."""
    try:
        with open(path, encoding="utf-8") as file:
            token = file.read(1 << 16).strip()
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or "no UTF-8 text"
        raise ConfigurationError(f"--token-file {path!r} can't be read: {problem}") from None
    if not token:
        raise ConfigurationError(f"--token-file {path!r} is empty")
    return token


class Option(click.Option):
    """An option that every command has; help shows these last."""


def common_options(
    *, is_destructive: bool = False, has_forms: bool = True, has_dry_run: bool = True, timeout: str = _TIMEOUT
) -> list[Option]:
    """The options that every command takes, unless it prints in one form alone, or sends nothing that changes."""
    made = [
        Option(["-o", "--output"], type=Form(), help="Default: a table on a terminal, JSON elsewhere."),
        Option(["--columns"], type=Names(), metavar="NAMES", help="Only these columns, such as id,user.email."),
        Option(["--wide"], is_flag=True, help="All columns of a table, however wide."),
        Option(["--json", "as_json"], is_flag=True, help="JSON on a terminal too, and errors as JSON."),
        Option(["--dry-run"], is_flag=True, help="Print the request as curl, in both URL formats; send nothing."),
        Option(["--yes"], is_flag=True, hidden=not is_destructive, help="Don't ask."),
        Option(["--url-format"], type=click.Choice(["auto", "new", "old"]), help="The URL format (default: auto)."),
        Option(["--timeout"], type=Seconds(), metavar="SECONDS", help=timeout),
        Option(["--base-url"], metavar="URL", help="Where the gateway is (default: $LOWCODEAPI_BASE_URL)."),
        Option(["--token-file"], metavar="FILE", help="Read the token from a file (default: $LOWCODEAPI_API_TOKEN)."),
        Option(["--profile"], metavar="NAME", help="Use what login stored (default: $LOWCODEAPI_PROFILE)."),
        Option(["-v", "--verbose"], is_flag=True, help="Show each request on standard error."),
    ]
    left_out = {*(() if has_forms else ("output", "columns", "wide")), *(() if has_dry_run else ("dry_run",))}
    return [option for option in made if option.name not in left_out]


def profile_options(*more: str) -> list[Option]:
    """The options of a command about a profile: for its output, `--profile`, and those of these names."""
    return [option for option in common_options() if option.name in {"output", "as_json", "profile", *more}]


RESERVED = frozenset({"help", *(option.opts[-1].removeprefix("--") for option in common_options())})
"""Option names that no field of an operation may take."""


def _show_log(verbose: bool) -> None:
    """Send the package's log to standard error: its warnings, and with -v its retries and fallbacks too."""
    log = logging.getLogger("lowcodeapi_baseten")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine())
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO if verbose else logging.WARNING)


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Level and message; no traceback, whose frames hold bodies."""
        return clean(f"{record.levelname.lower()}: {record.getMessage()}")


def _show_request(event: RequestEvent) -> None:
    """For -v: no query, body or token."""
    probe = "" if event.purpose == "call" else ", to learn which format is served"
    say(f"> {event.method} {event.path} ({event.operation}, {event.format} format{probe})")


def _show_response(event: ResponseEvent) -> None:
    say(f"< {event.status_code or event.outcome} after {event.seconds:.2f} s")
