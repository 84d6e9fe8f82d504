"""Ask LowCodeAPI's backend for the documents of a provider: one host, bounded bytes and seconds."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import re
import ssl
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs
import httpx

from ..document import reading
from ..document.reading import DocumentError

DEFAULT_BACKEND_URL: Final = "https://backend.lowcodeapi.com"
BACKEND_URL_VARIABLE: Final = "LOWCODEAPI_BACKEND_URL"

_HOST = re.compile(rb"[A-Za-z0-9._:-]+")


@attrs.frozen
class Limits:
    """Limits for one document: bytes, decompressed, and seconds, to connect and in all."""

    max_bytes: int = reading.MAX_BYTES
    connect: float = 10.0
    total: float = 60.0


LIMITS: Final = Limits()


@attrs.frozen
class Served:
    """One document: `body` as served, without its content coding; `canonical` as stored."""

    name: str
    url: str
    body: bytes
    document: dict[str, Any]
    canonical: bytes

    @property
    def operations(self) -> int:
        return reading.count_operations(self.document)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def backend_url(option: str | None, environ: Mapping[str, str]) -> str:
    """The documents' URL: the option, else `LOWCODEAPI_BACKEND_URL`, else LowCodeAPI. Empty counts as not given."""
    return option or environ.get(BACKEND_URL_VARIABLE) or DEFAULT_BACKEND_URL


class Unreachable(Exception):
    """No connection to the backend; the message is the reason."""


def checked_base_url(base_url: str) -> str:
    """The URL without a slash at its end. Raises `DocumentError` unless it is https, or http to a loopback address."""
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, ValueError):
        raise DocumentError("backend URL: not a URL; give one like https://backend.lowcodeapi.com") from None
    if url.userinfo or url.query or url.fragment:
        raise DocumentError("backend URL: has a user, a query or a fragment; give only host and path")
    if not _HOST.fullmatch(url.raw_host) or (
        url.scheme != "https" and not (url.scheme == "http" and _is_loopback(url.host))
    ):
        raise DocumentError(f"backend URL {_origin(url)}: https is needed (http for a loopback address only)")
    return str(url).rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _origin(url: httpx.URL) -> str:
    return reading.clipped(f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}")


class _Missing(DocumentError):
    """The backend has no such document."""


def served_by(base: str, wanted: Sequence[str], limits: Limits) -> list[Served]:
    """Fetch the wanted documents. Raises `DocumentError` that says which is missing, and what to do."""
    served: list[Served] = []
    missing: list[tuple[str, _Missing]] = []
    for name in wanted:
        try:
            served.append(_serve(name, f"{base}/{name}", limits))
        except _Missing as error:
            missing.append((name, error))
    if not missing:
        return served
    name, why = missing[0]
    if served:
        raise DocumentError(
            f"{why}, though {served[0].name} is there; `--only {served[0].name}` takes that one and keeps {name} "
            "as it is. Nothing was changed"
        )
    if len(wanted) == 1:
        raise DocumentError(f"{why}. Nothing was changed")
    raise DocumentError(f"{why}, nor is there {missing[1][0]}; check the provider's name")


def _serve(name: str, url: str, limits: Limits) -> Served:
    body = _download(url, limits)
    document = reading.parse(body, where=url)
    if not reading.count_operations(document):
        raise DocumentError(f"{url}: a document without operations; check the provider's name")
    return Served(name, url, body, document, reading.canonical(document, where=url))


def _download(url: str, limits: Limits) -> bytes:
    # Always `from None`: httpx's exceptions hold the request, and so more than a message should.
    try:
        return asyncio.run(_get(httpx.URL(url), limits))
    except TimeoutError:
        raise DocumentError(f"{url}: no complete answer within {limits.total:g} s; try again later") from None
    except httpx.HTTPError as error:
        reason = reading.clipped(str(error)) or type(error).__name__
        if is_unreachable(error):
            raise Unreachable(reason) from None
        raise DocumentError(f"{url}: the connection failed ({reason}); try again later") from None
    except (httpx.InvalidURL, ValueError, OSError) as error:
        # An unusable Location, proxy setting or certificate file.
        raise DocumentError(f"{url}: can't be asked ({type(error).__name__}); check proxy and TLS settings") from None


def is_unreachable(error: httpx.HTTPError) -> bool:
    """True if no host answered. A host that answers but fails to prove its identity is another failure."""
    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, ssl.SSLError):
            return False
        chain = chain.__cause__ or chain.__context__
    return isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError)


async def _get(url: httpx.URL, limits: Limits) -> bytes:
    # One deadline around everything: httpx's own timeouts restart with each byte, and never stop a slow drip.
    async with asyncio.timeout(limits.total), _client(url, limits) as client, client.stream("GET", url) as response:
        if response.status_code == 404:
            raise _Missing(f"{url}: status 404, so it is not there")
        if response.status_code != 200:
            raise DocumentError(f"{url}: status {response.status_code}, not 200; check the URL, or try again later")
        coding = response.headers.get("content-encoding", "").strip().lower()
        if coding not in {"", "identity", "gzip"}:
            # Several codings on top of each other could take all memory in one step.
            raise DocumentError(f"{url}: content coding {reading.clipped(coding)!r}, which was not asked for")
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > limits.max_bytes:
                raise DocumentError(f"{url}: more than {limits.max_bytes} bytes; this is no document of the gateway")
        return bytes(body)


def _client(url: httpx.URL, limits: Limits) -> httpx.AsyncClient:
    # To load the certificates takes 60 ms. Without TLS none are needed: this context trusts nobody.
    trusted: ssl.SSLContext | bool = url.scheme == "https" or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.AsyncClient(
        headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        verify=trusted,
        timeout=httpx.Timeout(None, connect=limits.connect),
        follow_redirects=False,
        trust_env=not _is_loopback(url.host),  # for a proxy, loopback is another machine
    )
