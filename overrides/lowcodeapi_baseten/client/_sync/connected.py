# Generated from _async/connected.py by `python -m codegen unasync`: change that, and run it again.
"""The same client for any generated package: both URL formats, the envelope, the token, retries and path checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, TypeVar, Unpack, cast

from lowcodeapi_baseten_api.types import hidden

from ...errors import ConfigurationError
from ...plan import UrlFormat, plan
from ..packages import answer, base_url_for, module, tables, translated
from .baseten import Baseten

if TYPE_CHECKING:
    import httpx

    from ...hooks import FallbackEvent, RequestEvent, ResponseEvent, RetryEvent
    from ...transport.choice import Name

C = TypeVar("C")
C_co = TypeVar("C_co", covariant=True)


class Package(Protocol[C_co]):
    """A generated package, with the type of its connected client."""

    @property
    def __name__(self) -> str: ...
    @property
    def ConnectedClient(self) -> Callable[..., C_co]: ...


class Options(TypedDict, total=False):
    """Options besides the token and the URL: the same as `Baseten`'s."""

    url_format: UrlFormat
    timeout: float | None
    max_retries: int
    retry_unsafe: bool
    remember: bool
    transport: httpx.BaseTransport | Name | None
    headers: Mapping[str, str] | None
    max_response_bytes: int
    on_request: Callable[[RequestEvent], Any] | None
    on_response: Callable[[ResponseEvent], Any] | None
    on_retry: Callable[[RetryEvent], Any] | None
    on_fallback: Callable[[FallbackEvent], Any] | None


def connect(
    package: Package[C],
    *,
    api_token: str | None = None,
    base_url: str | None = None,
    **options: Unpack[Options],
) -> C:
    """Connect a generated package, with all that `Baseten` does: `connect(lowcodeapi_stripe_api)`.

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
    types, own = module(package, "types"), module(package, "connected").ConnectedClient
    unknown = options.keys() - Options.__annotations__.keys()
    if unknown:
        raise ConfigurationError(f"connect() has no option {', '.join(sorted(unknown))}")
    names = ("url_format", "timeout", "max_retries", "retry_unsafe", "headers")
    given: dict[str, Any] = {name: options[name] for name in names if name in options}  # type: ignore[literal-required]
    known = tables(package)
    made = plan(known, base_url=base_url or base_url_for(known), remember=options.get("remember", True), **given)
    rest: dict[str, Any] = {name: value for name, value in options.items() if name not in names}
    client = Baseten(api_token=api_token, base_url=made.origin + made.prefix, **{**rest, "remember": False})
    return cast("C", type(own.__name__, (_Connected, own), {})(client._with_plan(made), types))


class _Connected:
    """Translates calls and answers between the generated package's classes and ours."""

    def __init__(self, client: Baseten, types: Any) -> None:
        self._client, self._types = client, types

    def with_options(self, **options: Any) -> Any:
        """A client with other options, over the same connections. Closing it does not close them."""
        given = {name: value for name, value in options.items() if value is not self._types.UNSET}
        return type(self)(self._client.with_options(**given), self._types)

    def _run_raw(self, call: Any) -> Any:
        return answer(self._client._run_raw(translated(call, self._types)), self._types)

    def close(self) -> None:
        """Close the connections, unless they belong to another client."""
        self._client.close()

    def __repr__(self) -> str:
        return repr(self._client).replace(type(self._client).__name__, type(self).__name__, 1)
