"""The same client for any generated package: both URL formats, the envelope, the token, retries and path checks."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, TypeVar, Unpack, cast
from urllib.parse import urlsplit

from lowcodeapi_baseten_api.types import UNSET, Call, RawResponse, hidden

from .client import MAX_RESPONSE_BYTES, AsyncBaseten, Baseten
from .errors import ConfigurationError
from .plan import BASETEN, Plan, Tables, UrlFormat, plan

if TYPE_CHECKING:
    import httpx

    from .transport.choice import Name
    from .workflows.hooks import FallbackEvent, RequestEvent, ResponseEvent, RetryEvent

C = TypeVar("C")
C_co = TypeVar("C_co", covariant=True)


class Package(Protocol[C_co]):
    """A generated package, with the type of its connected client."""

    @property
    def __name__(self) -> str: ...
    @property
    def ConnectedClient(self) -> Callable[..., C_co]: ...


class AsyncPackage(Protocol[C_co]):
    """A generated package, with the type of its connected asynchronous client."""

    @property
    def __name__(self) -> str: ...
    @property
    def AsyncConnectedClient(self) -> Callable[..., C_co]: ...


class _Options(TypedDict, total=False):
    url_format: UrlFormat
    timeout: float | None
    max_retries: int
    retry_unsafe: bool
    remember: bool
    headers: Mapping[str, str] | None
    max_response_bytes: int
    on_request: Callable[[RequestEvent], Any] | None
    on_response: Callable[[ResponseEvent], Any] | None
    on_retry: Callable[[RetryEvent], Any] | None
    on_fallback: Callable[[FallbackEvent], Any] | None


class Options(_Options, total=False):
    """Options of `connect` besides the token and the URL: the same as `Baseten`'s."""

    transport: httpx.BaseTransport | Name | None


class AsyncOptions(_Options, total=False):
    """Options of `connect_async` besides the token and the URL: the same as `AsyncBaseten`'s."""

    transport: httpx.AsyncBaseTransport | Name | None


def connect(
    package: Package[C], *, api_token: str | None = None, base_url: str | None = None, **options: Unpack[Options]
) -> C:
    """Connect a generated package, with all that `Baseten` does: `connect(lowcodeapi_stripe_api, api_token=…)`.

    Returns the package's own `ConnectedClient`: its resources, `with_options`, and `close`.

    Args:
        package: A package that codegen wrote for a provider of LowCodeAPI.
        api_token: LowCodeAPI's token; by default the environment's `LOWCODEAPI_API_TOKEN`.
        base_url: The gateway's URL, with the provider in its path; by default `LOWCODEAPI_BASE_URL`, else the URL in
            the package's documents. If the environment's ends in `baseten`, this provider takes its place; any other
            path stays as given.
        **options: `url_format`, `timeout`, `max_retries`, `retry_unsafe`, `remember`, `transport`, `headers`,
            `max_response_bytes` and the four hooks, as `Baseten` takes them.

    Raises:
        ConfigurationError: No token, an option that can't work, or a package that codegen did not write.
    """
    api_token = hidden(api_token)
    return cast("C", _connected(package, Baseten, "ConnectedClient", api_token, base_url, {**options}))


def connect_async(
    package: AsyncPackage[C],
    *,
    api_token: str | None = None,
    base_url: str | None = None,
    **options: Unpack[AsyncOptions],
) -> C:
    """`connect`, asynchronous."""
    api_token = hidden(api_token)
    return cast("C", _connected(package, AsyncBaseten, "AsyncConnectedClient", api_token, base_url, {**options}))


def _connected(
    package: Any, driver: type[Any], kind: str, api_token: str | None, base_url: str | None, options: dict[str, Any]
) -> Any:
    types, tables = _module(package, "types"), _tables(package)
    given = {"url_format": "auto", "timeout": None, "max_retries": 2, "retry_unsafe": False, "headers": None}
    given |= {name: options.pop(name) for name in given.keys() & options.keys()}
    url = base_url or _from_environment(tables.provider)
    made = plan(tables, base_url=url, remember=options.pop("remember", True), **given)
    inner = _driver(driver, made, api_token, options)
    own = getattr(_module(package, "connected"), kind)
    return type(kind, (_CONNECTED[kind], own), {})(inner, types)


def _driver(driver: type[Any], made: Plan, api_token: str | None, options: dict[str, Any]) -> Any:
    """`Baseten`'s own driver, over the tables of another package."""
    known = {"transport": None, "max_response_bytes": MAX_RESPONSE_BYTES} | dict.fromkeys(_HOOKS)
    unknown = options.keys() - known.keys()
    if unknown:
        raise ConfigurationError(f"connect() has no option {', '.join(sorted(unknown))}")
    client = driver(api_token=api_token, base_url=f"{made.origin}{made.prefix}", remember=False, **{**known, **options})
    client._plan = made
    return client


_HOOKS = ("on_request", "on_response", "on_retry", "on_fallback")


class _Connected:
    """Shared by both clients: translate calls and answers between the generated package's classes and ours."""

    def __init__(self, driver: Any, types: Any) -> None:
        self._driver, self._types = driver, types

    def with_options(self, **options: Any) -> Any:
        """A client with other options, over the same connections. Closing it does not close them."""
        given = {name: value for name, value in options.items() if value is not self._types.UNSET}
        return type(self)(self._driver.with_options(**given), self._types)

    def __repr__(self) -> str:
        return repr(self._driver).replace(type(self._driver).__name__, type(self).__name__, 1)

    def _translated(self, call: Any) -> Call:
        """Replace the other package's UNSET with ours."""
        given: Any = call.body
        if given is self._types.UNSET:
            given = UNSET
        elif isinstance(given, dict):
            kept = {name: value for name, value in given.items() if value is not self._types.UNSET}
            given = kept if kept or not given else UNSET
        query = {name: value for name, value in call.query.items() if value is not self._types.UNSET}
        path = {name: UNSET if value is self._types.UNSET else value for name, value in call.path.items()}
        return Call(**{**call._asdict(), "path": path, "query": query, "body": given})

    def _answer(self, raw: RawResponse[Any]) -> Any:
        values = {name: getattr(raw, name) for name in RawResponse.__slots__}
        values["attempts"] = [self._types.Attempt(*attempt) for attempt in raw.attempts]
        return self._types.RawResponse(values.pop("result"), **values)


class _ConnectedClient(_Connected):
    def _run_raw(self, call: Any) -> Any:
        return self._answer(self._driver._run_raw(self._translated(call)))

    def close(self) -> None:
        """Close the connections, unless they belong to another client."""
        self._driver.close()


class _ConnectedAsyncClient(_Connected):
    async def _run_raw(self, call: Any) -> Any:
        return self._answer(await self._driver._run_raw(self._translated(call)))

    async def aclose(self) -> None:
        """Close the connections, unless they belong to another client."""
        await self._driver.aclose()


_CONNECTED: dict[str, type[Any]] = {
    "ConnectedClient": _ConnectedClient,
    "AsyncConnectedClient": _ConnectedAsyncClient,
}


# --- the package -----------------------------------------------------------------------------------------------------


def _tables(package: Any) -> Tables:
    new, old = _module(package, "new_format"), _module(package, "old_format")
    provider = urlsplit(new.BASE_URL).path.strip("/").rpartition("/")[2]
    if not provider:
        provider = package.__name__.rpartition(".")[2].removeprefix("lowcodeapi_").removesuffix("_api")
    body: Callable[[Call], tuple[Any, Mapping[str, str]]] = BASETEN.body
    if _has_forms(package):
        body = _form_body(_module(package, "forms"), _module(package, "types"))
    operations = _module(package, "operations").OPERATIONS
    return Tables(provider, operations, new.ROUTES, old.ROUTES, new.BASE_URL, _module(package, "decode"), body)


def _form_body(forms: Any, types: Any) -> Callable[[Call], tuple[Any, Mapping[str, str]]]:
    def body(call: Call) -> tuple[Any, Mapping[str, str]]:
        theirs = types.Call(**{**call._asdict(), "body": types.UNSET if call.body is UNSET else call.body})
        content, headers = forms.body(theirs)
        # The engine sets the length.
        return content, {name: value for name, value in headers.items() if name != "content-length"}

    return body


def _has_forms(package: Any) -> bool:
    return importlib.util.find_spec(f"{package.__name__}.forms") is not None


def _module(package: Any, name: str) -> Any:
    try:
        return importlib.import_module(f"{package.__name__}.{name}")
    except (ImportError, AttributeError):
        raise ConfigurationError(
            "connect() needs a package that codegen wrote, such as lowcodeapi_stripe_api; for Baseten, use `Baseten`"
        ) from None


def _from_environment(provider: str) -> str | None:
    """Adapt a `LOWCODEAPI_BASE_URL` set for Baseten to another provider."""
    given = os.environ.get("LOWCODEAPI_BASE_URL")
    own = f"/{BASETEN.provider}"
    return f"{given.rstrip('/').removesuffix(own)}/{provider}" if given and given.rstrip("/").endswith(own) else given
