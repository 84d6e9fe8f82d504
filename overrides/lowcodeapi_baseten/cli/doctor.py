"""`doctor`: find problems in the set-up, and say how to fix them. A failed check skips those that depend on it."""

from __future__ import annotations

import datetime
import email.utils
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal, NamedTuple

import click
from lowcodeapi_baseten_api import new_format, old_format
from lowcodeapi_baseten_api.operations import OPERATIONS
from lowcodeapi_baseten_api.types import Call

from .. import verdicts
from .._version import __version__
from ..call import SHORT
from ..envelope import Answer, Reading, read
from ..errors import LowCodeAPIError
from ..formats import MADE_UP_ID, probe_operation
from ..plan import Plan
from ..request import Request, prepare
from ..secrets import VARIABLE
from ..steps import Failure, Send
from ..transport import choice
from ..transport.environment import PROXY, is_direct
from ..urls import checked_base_url
from . import exits, output
from .commands import Command
from .overview import WORKFLOWS
from .settings import Settings, common_options
from .text import clean

_BASE_URL = "LOWCODEAPI_BASE_URL"
_TIMEOUT = 10.0
_CLOCK_TOLERANCE = 60.0  # seconds; a webhook older than 300 is refused
_PACKAGES = ("httpx", "attrs", "click", "rich", "httptools", "msgspec", "uvloop", "starlette", "uvicorn", "mcp")
_MARKS = {"ok": ("ok", "green"), "unknown": ("??", "yellow"), "warning": ("!!", "yellow"), "failed": ("no", "red")}


class Finding(NamedTuple):
    """The result of a check. `exit_code` is the exit code of `doctor` if this check failed."""

    name: str
    state: Literal["ok", "unknown", "warning", "failed"]
    detail: str
    advice: str = ""
    exit_code: int = exits.OK


class _Line(NamedTuple):
    """The way to the gateway: a client's plan, and its sender."""

    plan: Plan
    exchange: Callable[[Send], Answer | Failure]


def command() -> click.Command:
    """`doctor`."""
    return Command(
        "doctor",
        _doctor,
        [],
        summary=WORKFLOWS["doctor"],
        description="Versions, the token, the gateway, its URL format and envelope, the clock. Only reads are sent.",
        common=common_options(has_dry_run=False, timeout="Seconds for each request (default: 10)."),
    )


def _doctor(_: Mapping[str, Any], settings: Settings) -> None:
    found = findings(settings)
    if settings.form == "table" and not settings.columns:
        _draw(found)
    else:
        output.show([finding._asdict() for finding in found], settings)
    if code := next((finding.exit_code for finding in found if finding.state == "failed"), exits.OK):
        click.get_current_context().exit(code)


def _draw(found: list[Finding]) -> None:
    from rich.table import Table
    from rich.text import Text

    from .tables import console

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for finding in found:
        mark, style = _MARKS[finding.state]
        text = Text(finding.detail)
        if finding.advice:
            text.append(f"\n{finding.advice}", style="bold")
        table.add_row(Text(mark, style=style), Text(finding.name), text)
    console().print(table)


def findings(settings: Settings) -> list[Finding]:
    """Every finding, in the order in which things can go wrong."""
    found = [_versions()]
    try:
        account = settings.account()
    except LowCodeAPIError as error:
        return [*found, Finding("profile", "failed", clean(str(error)), exit_code=exits.CONFIGURATION)]
    try:
        origin, _ = checked_base_url(account.base_url)
    except LowCodeAPIError as error:
        advice = f"change --base-url or {_BASE_URL}"
        return [*found, Finding("base URL", "failed", clean(str(error)), advice, exits.CONFIGURATION)]
    try:
        choice.checked(None, max_bytes=1)  # the environment's choice alone
    except LowCodeAPIError as error:
        advice = f"change {choice.VARIABLE}"
        return [*found, Finding("transport", "failed", clean(str(error)), advice, exits.CONFIGURATION)]
    found.append(_transport(origin))
    try:
        client = settings.client()
    except LowCodeAPIError as error:
        advice = f"set {VARIABLE}, or give --token-file a file that holds the token alone"
        return [*found, Finding("token", "failed", clean(str(error)), advice, exits.CONFIGURATION)]
    found.append(Finding("token", "ok", clean(f"from {account.source}")))
    with client:
        line = _Line(client._plan, client._shared.engine.exchange)
        found += _of_gateway(line, settings.timeout or _TIMEOUT)
    return found


def findings_of(plan: Plan, exchange: Callable[[Send], Answer | Failure], timeout: float | None) -> list[Finding]:
    """The findings about an existing client, whose requests `exchange` sends."""
    return [_versions(), _transport(plan.origin), *_of_gateway(_Line(plan, exchange), timeout or _TIMEOUT)]


def _versions() -> Finding:
    known = []
    for name in _PACKAGES:
        try:
            known.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            known.append(f"no {name}")
    detail = f"lowcodeapi-baseten {__version__}, Python {platform.python_version()}, {', '.join(known)}"
    return Finding("versions", "ok", detail)


def _transport(origin: str) -> Finding:
    if not is_direct(origin):
        return Finding("transport", "ok", f"httpx, through {PROXY}")
    return Finding("transport", "ok", "httpx, and the fast wire for bulk" if choice.is_fast(None) else "httpx")


def _of_gateway(line: _Line, timeout: float) -> Iterator[Finding]:
    """List the models, which has the same URL in both formats; then ask for a made-up ID in each format."""
    where = f"{line.plan.origin}{line.plan.prefix}"
    name = _BASE_URL if os.environ.get(_BASE_URL) else "the default"
    answer = _ask(line, "models.list", {}, "new", timeout)
    if isinstance(answer, Failure):
        code = exits.TIMEOUT if answer.kind == "timeout" else exits.API_ERROR
        advice = f"check the network and the base URL (from --base-url, else {name})"
        if "CERTIFICATE_VERIFY_FAILED" in answer.text:
            advice = (
                "set SSL_CERT_FILE to a file with the certificate of the authority that signed this one, such as your "
                "company's proxy; or check the base URL"
            )
        elif answer.cause == "certificates":
            advice = "correct SSL_CERT_FILE or SSL_CERT_DIR: a file or folder with the certificates that are trusted"
        elif "httpx[socks]" in answer.text:
            advice = "pip install 'httpx[socks]', or name the gateway's host in NO_PROXY"
        elif answer.cause == "proxy":
            advice = "correct HTTPS_PROXY or ALL_PROXY, or name the gateway's host in NO_PROXY"
        yield Finding("gateway", "failed", f"{where}: {clean(answer.text)}", advice, code)
        return
    reading = read(answer, method="GET")
    yield _reached(where, reading)
    yield _clock(answer)
    if reading.is_success:
        yield _envelope(reading, answer)
        yield _formats(line, timeout)


def _ask(line: _Line, operation: str, path: dict[str, str], name: str, timeout: float) -> Answer | Failure:
    routes = {"new": new_format.ROUTES[operation], "old": old_format.ROUTES[operation]}
    return _sent(line, prepare(Call(operation, path=path), routes, line.plan.headers), name, timeout)


def _sent(line: _Line, request: Request, name: str, timeout: float, purpose: str = "call") -> Answer | Failure:
    target, has_token = request.target(name, line.plan.prefix), purpose == "call"
    send = Send(request.routes[name].method, target, line.plan.headers, None, timeout, has_token, name, purpose)
    return line.exchange(send)


def _reached(where: str, reading: Reading) -> Finding:
    if reading.is_success:
        return Finding("gateway", "ok", f"{where}: it takes the token")
    said = f"{where}: {reading.status}: {clean(reading.message)}"
    if reading.is_route_miss:
        advice = "this is not a LowCodeAPI gateway for Baseten: check the base URL, with the provider in its path"
    elif reading.status in {401, 403}:
        advice = "check the token, and the Baseten key that is stored in the LowCodeAPI account"
    else:
        advice = "the gateway or Baseten is in trouble: try again later"
    return Finding("gateway", "failed", said, advice, exits.API_ERROR)


def _clock(answer: Answer) -> Finding:
    try:
        there = email.utils.parsedate_to_datetime(answer.headers["date"])
        difference = (datetime.datetime.now(datetime.UTC) - there).total_seconds()
    except (KeyError, ValueError, TypeError):
        return Finding("clock", "unknown", "not compared: the gateway's answers carry no date")
    if abs(difference) <= _CLOCK_TOLERANCE:
        return Finding("clock", "ok", "within a minute of the gateway's")
    side = "ahead of" if difference > 0 else "behind"
    detail = f"{abs(difference):.0f} s {side} the gateway's"
    return Finding("clock", "warning", detail, "set the clock: webhooks are refused as too old or too new")


def _envelope(reading: Reading, answer: Answer) -> Finding:
    if not reading.envelope.is_open:
        return Finding("envelope", "ok", "none: answers are bare")
    is_published = b'"provider"' in answer.body and b'"result"' in answer.body
    return Finding("envelope", "ok", '"result", as the published server' if is_published else '"data", as in the guide')


def _formats(line: _Line, timeout: float) -> Finding:
    """Tell which URL formats are served. The old one can't be proven: its URLs may match templates of the new one.

    A request in the new format ends a published gateway. It is only sent if the documents name that format, or to
    LowCodeAPI's own hosts, which have no documents.
    """
    operation = probe_operation(OPERATIONS, new_format.ROUTES, old_format.ROUTES)
    if operation is None:
        return Finding("URL format", "ok", "both are the same")
    documents = line.plan.documents
    told = None if documents is None else _documented(line, documents, timeout)
    names = [part[1:-1] for part in new_format.ROUTES[operation].path.split("/") if part.startswith("{")]
    path = dict.fromkeys(names, MADE_UP_ID)
    harmless = ("new", "old") if documents is None or told == "new" else ("old",)
    said = {name: _served(_ask(line, operation, path, name, timeout)) for name in harmless}
    found = [f"{name}: {word}" for name, word in said.items()]
    if documents is not None:
        found.insert(0, f"its documents: {told or 'they say nothing'}")
    if "new" not in said:
        found.append("new: not asked, as a published gateway ends with such a request")
    detail = "; ".join(found)
    if documents is not None and told is None:
        served = "old" if said["old"] == "served" else "new"
        advice = f'let the gateway serve /openapi or /definition; or give url_format="{served}", if that is served'
        return Finding("URL format", "unknown", detail, advice)
    if "served" in said.values():
        return Finding("URL format", "ok", detail)
    return Finding("URL format", "failed", detail, "no operation with an id can work: ask LowCodeAPI", exits.API_ERROR)


def _documented(line: _Line, documents: Request, timeout: float) -> str | None:
    """The format that the gateway's documents name; asks without the token, for five seconds at most."""

    def asked(name: str) -> verdicts.What:
        answer = _sent(line, documents, name, min(timeout, SHORT / 2), "documents")
        return answer if isinstance(answer, Failure) else read(answer, method="GET")

    openapi = asked("new")
    return verdicts.documented(openapi, asked("old") if verdicts.is_absent(openapi) else None)


def _served(answer: Answer | Failure) -> str:
    if isinstance(answer, Failure):
        return "silent" if answer.kind == "timeout" else clean(answer.text)
    reading = read(answer, method="GET")
    if reading.is_route_miss:
        return "unknown"
    return "served" if reading.is_success or reading.is_behind_route else f"unclear ({reading.status})"
