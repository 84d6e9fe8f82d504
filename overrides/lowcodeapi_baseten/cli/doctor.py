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
from .commands import workflow
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


@workflow(
    description="Versions, the token, the gateway, its URL format and envelope, the clock. Only reads are sent.",
    common=common_options(has_dry_run=False, timeout="Seconds for each request (default: 10)."),
)
def doctor(_: Mapping[str, Any], settings: Settings) -> None:
    found = _findings(settings)
    if settings.form == "table" and not settings.columns:
        from rich.text import Text

        from .tables import aligned, console

        rows = []
        for finding in found:
            mark, style = _MARKS[finding.state]
            advice = (f"\n{finding.advice}" if finding.advice else "", "bold")
            rows.append((Text(mark, style=style), finding.name, Text.assemble(finding.detail, advice)))
        console().print(aligned(rows))
    else:
        output.show([finding._asdict() for finding in found], settings)
    if code := next((finding.exit_code for finding in found if finding.state == "failed"), exits.OK):
        click.get_current_context().exit(code)


def _findings(settings: Settings) -> list[Finding]:
    """Every finding, in the order in which things can go wrong."""
    found = [_versions()]
    checked, advice = "profile", ""
    try:
        account = settings.account()
        checked, advice = "base URL", f"change --base-url or {_BASE_URL}"
        origin, _ = checked_base_url(account.base_url)
        checked, advice = "transport", f"change {choice.VARIABLE}"
        choice.checked(None, max_bytes=1)  # the environment's choice alone
        found.append(_transport(origin))
        checked, advice = "token", f"set {VARIABLE}, or give --token-file a file that holds the token alone"
        client = settings.client()
    except LowCodeAPIError as error:
        return [*found, Finding(checked, "failed", clean(str(error)), advice, exits.CONFIGURATION)]
    found.append(Finding("token", "ok", clean(f"from {account.source}")))
    with client:
        return [*found, *_Line(client._plan, client._shared.engine.exchange, settings.timeout or _TIMEOUT).findings()]


def findings_of(plan: Plan, exchange: Callable[[Send], Answer | Failure], timeout: float | None) -> list[Finding]:
    """The findings about an existing client, whose requests `exchange` sends."""
    return [_versions(), _transport(plan.origin), *_Line(plan, exchange, timeout or _TIMEOUT).findings()]


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


class _Line(NamedTuple):
    """The way to the gateway: a client's plan, its sender, and the seconds for each request."""

    plan: Plan
    exchange: Callable[[Send], Answer | Failure]
    timeout: float

    def findings(self) -> Iterator[Finding]:
        """List the models, which has the same URL in both formats; then ask for a made-up ID in each format."""
        where = f"{self.plan.origin}{self.plan.prefix}"
        answer = self._ask("models.list", {}, "new")
        if isinstance(answer, Failure):
            code = exits.TIMEOUT if answer.kind == "timeout" else exits.API_ERROR
            yield Finding("gateway", "failed", f"{where}: {clean(answer.text)}", _advice(answer), code)
            return
        reading = read(answer, method="GET")
        yield _reached(where, reading)
        yield _clock(answer)
        if reading.is_success:
            yield _envelope(reading, answer)
            yield self._formats()

    def _formats(self) -> Finding:
        """Tell which URL formats are served. The old one can't be proven: its URLs may match templates of the new one.

        A request in the new format ends a published gateway. It is only sent if the documents name that format, or to
        LowCodeAPI's own hosts, which have no documents.
        """
        operation = probe_operation(OPERATIONS, new_format.ROUTES, old_format.ROUTES)
        if operation is None:
            return Finding("URL format", "ok", "both are the same")
        documents = self.plan.documents
        told = None if documents is None else self._documented(documents)
        names = [part[1:-1] for part in new_format.ROUTES[operation].path.split("/") if part.startswith("{")]
        path = dict.fromkeys(names, MADE_UP_ID)
        harmless = ("new", "old") if documents is None or told == "new" else ("old",)
        said = {name: _served(self._ask(operation, path, name)) for name in harmless}
        found = [] if documents is None else [f"its documents: {told or 'they say nothing'}"]
        found += [f"{name}: {word}" for name, word in said.items()]
        if "new" not in said:
            found.append("new: not asked, as a published gateway ends with such a request")
        detail = "; ".join(found)
        if documents is not None and told is None:
            served = "old" if said["old"] == "served" else "new"
            advice = f'let the gateway serve /openapi or /definition; or give url_format="{served}", if that is served'
            return Finding("URL format", "unknown", detail, advice)
        if "served" in said.values():
            return Finding("URL format", "ok", detail)
        advice = "no operation with an id can work: ask LowCodeAPI"
        return Finding("URL format", "failed", detail, advice, exits.API_ERROR)

    def _documented(self, documents: Request) -> str | None:
        """The format that the gateway's documents name; asks without the token, for five seconds at most."""

        def asked(name: str) -> verdicts.What:
            answer = self._sent(documents, name, min(self.timeout, SHORT / 2), "documents")
            return answer if isinstance(answer, Failure) else read(answer, method="GET")

        openapi = asked("new")
        return verdicts.documented(openapi, asked("old") if verdicts.is_absent(openapi) else None)

    def _ask(self, operation: str, path: dict[str, str], name: str) -> Answer | Failure:
        routes = {"new": new_format.ROUTES[operation], "old": old_format.ROUTES[operation]}
        return self._sent(prepare(Call(operation, path=path), routes, self.plan.headers), name, self.timeout, "call")

    def _sent(self, request: Request, name: str, timeout: float, purpose: str) -> Answer | Failure:
        target, has_token = request.target(name, self.plan.prefix), purpose == "call"
        method, headers = request.routes[name].method, self.plan.headers
        return self.exchange(Send(method, target, headers, None, timeout, has_token, name, purpose))


def _advice(failure: Failure) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in failure.text:
        return (
            "set SSL_CERT_FILE to a file with the certificate of the authority that signed this one, such as your "
            "company's proxy; or check the base URL"
        )
    if failure.cause == "certificates":
        return "correct SSL_CERT_FILE or SSL_CERT_DIR: a file or folder with the certificates that are trusted"
    if "httpx[socks]" in failure.text:
        return "pip install 'httpx[socks]', or name the gateway's host in NO_PROXY"
    if failure.cause == "proxy":
        return "correct HTTPS_PROXY or ALL_PROXY, or name the gateway's host in NO_PROXY"
    name = _BASE_URL if os.environ.get(_BASE_URL) else "the default"
    return f"check the network and the base URL (from --base-url, else {name})"


def _reached(where: str, reading: Reading) -> Finding:
    if reading.is_success:
        return Finding("gateway", "ok", f"{where}: it takes the token")
    if reading.is_route_miss:
        advice = "this is not a LowCodeAPI gateway for Baseten: check the base URL, with the provider in its path"
    elif reading.status in {401, 403}:
        advice = "check the token, and the Baseten key that is stored in the LowCodeAPI account"
    else:
        advice = "the gateway or Baseten is in trouble: try again later"
    said = f"{where}: {reading.status}: {clean(reading.message)}"
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


def _served(answer: Answer | Failure) -> str:
    if isinstance(answer, Failure):
        return "silent" if answer.kind == "timeout" else clean(answer.text)
    reading = read(answer, method="GET")
    if reading.is_route_miss:
        return "unknown"
    return "served" if reading.is_success or reading.is_behind_route else f"unclear ({reading.status})"
