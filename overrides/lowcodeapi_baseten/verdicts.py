"""Judge an answer or failure: which format it shows, whether anything was done, whether to retry. All pure."""

from __future__ import annotations

import os
from urllib.parse import urljoin, urlsplit

from .envelope import Answer, Reading, read
from .memory import NEW, OLD
from .steps import Failure

What = Reading | Failure

FIRST_DELAY, LONGEST_DELAY = 0.5, 8.0  # seconds
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def is_silence(what: What) -> bool:
    """True if the request went out, and nothing came back."""
    return isinstance(what, Failure) and what.kind == "timeout"


def is_from_behind(what: What) -> bool:
    """True if the route is served: a success, or an answer that can only come from beyond the route."""
    return isinstance(what, Reading) and (what.is_success or what.is_behind_route)


def is_miss(what: What) -> bool:
    """True if the gateway does not know the route."""
    return isinstance(what, Reading) and what.is_route_miss


def is_broken_off(what: What) -> bool:
    """True if the request went out, and the connection ended before an answer began."""
    return isinstance(what, Failure) and what.kind == "lost" and what.status is None


def documented(openapi: What, definition: What | None) -> str | None:
    """The format that a gateway's documents name; None if they name none.

    Ask for `definition` only if `openapi` `is_absent`.
    """
    if _is_document(openapi):
        return NEW
    return OLD if is_absent(openapi) and definition is not None and _is_document(definition) else None


def is_absent(what: What) -> bool:
    """True if there is no such document."""
    return isinstance(what, Reading) and what.status == 404


def _is_document(what: What) -> bool:
    document = what.envelope.payload if isinstance(what, Reading) and what.status == 200 else None
    if not isinstance(document, dict):
        return False
    version, paths = document.get("openapi", document.get("swagger")), document.get("paths")
    return isinstance(version, str) and isinstance(paths, dict) and bool(paths)


def is_fate_unknown(what: What) -> bool:
    """True if nobody can tell whether the request was carried out."""
    if isinstance(what, Failure):
        return what.kind in {"timeout", "lost", "refused"}
    if what.is_success or _is_not_ready(what):
        return False
    return what.status < 300 or what.status == 408 or what.status >= 500


def may_pass(what: What, *, is_repeatable: bool) -> bool:
    """True if sending again may help and can do no harm."""
    if isinstance(what, Failure):
        if what.kind == "unsent":
            return not what.is_final
        return is_repeatable and what.kind in {"timeout", "lost"}
    if what.status == 429 or _is_not_ready(what):
        return True
    return is_repeatable and (what.status == 408 or what.status >= 500)


def delay(what: What, tried: int) -> float:
    """Seconds before the next attempt: the answer's own `retry_after`, else exponential backoff with full jitter."""
    if isinstance(what, Reading) and what.retry_after is not None:
        return what.retry_after
    # Not `random`, which takes a while to import: most processes send nothing again.
    share = int.from_bytes(os.urandom(4)) / 2**32
    return share * min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(tried, 10))


def rank(what: What) -> int:
    """Rank outcomes by how much they say: from behind the route, from the gateway, unclear, silence, nothing."""
    if isinstance(what, Failure):
        return 0 if what.kind == "late" else 1
    if what.is_route_miss:
        return 0
    return 4 if what.is_behind_route else 3 if what.status >= 400 else 2


def understood(outcome: Answer | Failure, method: str, origin: str, target: str) -> What | str:
    """Return the verdict on an outcome, or the target of a redirect of a GET within the same origin."""
    if isinstance(outcome, Failure):
        return outcome
    if outcome.status not in _REDIRECTS:
        return read(outcome, method=method)
    return _redirected(outcome.status, method, origin, target, outcome.headers.get("location"))


def _redirected(status: int, method: str, origin: str, target: str, location: str | None) -> str | Failure:
    """Return the target of a redirect on the same origin, or a refusal.

    Only a GET follows: a 302 turns a POST into a GET that nobody asked for.
    """
    try:
        url = urlsplit(urljoin(origin + target, location or ""))
        host, port = url.hostname or "", url.port
    except ValueError:
        return Failure("refused", "it redirects to an invalid URL", status)
    here = urlsplit(origin)
    if (url.scheme, host, port or _port(url.scheme)) != (here.scheme, here.hostname, here.port or _port(here.scheme)):
        return Failure("refused", f"it redirects to another host, {host[:100]!r}", status)
    if not location:
        return Failure("refused", "it redirects without a location", status)
    if method != "GET":
        return Failure("refused", f"it redirects a {method}, which is not followed", status)
    # The token is added again when it is sent, and a gateway that redirects may repeat it.
    query = "&".join(pair for pair in url.query.split("&") if pair and not pair.startswith("api_token="))
    found = f"{url.path}{'?' if query else ''}{query}"
    if not (found.isascii() and found.isprintable()) or " " in found:
        return Failure("refused", "it redirects to an invalid URL", status)
    return found


def _port(scheme: str) -> int | None:
    return {"http": 80, "https": 443}.get(scheme)


def _is_not_ready(what: Reading) -> bool:
    return what.status == 503 and what.error_code == "model_not_ready"
