# Generated from _async/baseten.py by `python -m codegen unasync`: change that, and run it again.
"""The client: the generated client, with calls that `call` decides, and with workflows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from lowcodeapi_baseten_api.client import Client
from lowcodeapi_baseten_api.types import UNSET, Call, RawResponse, Unset, hidden

from ...client_call import run
from ...curl import call_of, line
from ...hooks import Hooks
from ...plan import Plan, UrlFormat, plan
from ...secrets import token_from
from ...transport._sync.driver import drive
from ...transport._sync.shared import Shared
from ...workflows.base import Clock

if TYPE_CHECKING:
    import httpx

    from ...bulk.inference import BulkInference
    from ...hooks import FallbackEvent, RequestEvent, ResponseEvent, RetryEvent
    from ...transport.choice import Name
    from ...workflows._sync.api_keys import ApiKeyWorkflows
    from ...workflows._sync.deployments import DeploymentWorkflows
    from ...workflows._sync.environments import EnvironmentWorkflows
    from ...workflows._sync.training import TrainingWorkflows

MAX_RESPONSE_BYTES = 100 * 2**20


class Baseten(Client):
    """Baseten through LowCodeAPI: every operation, whichever URL format and envelope the gateway has.

    Threads, or the tasks of an event loop, may share one client. Use it as a context manager, or call `close()`.

    Args:
        api_token: LowCodeAPI's token; by default the environment's `LOWCODEAPI_API_TOKEN`.
        base_url: The gateway's URL, with the provider in its path; by default `LOWCODEAPI_BASE_URL`, else
            https://api.lowcodeapi.com/baseten. Plain HTTP only to a loopback address.
        url_format: "new", "old", or "auto": detect once which one this gateway serves, and remember it.
        timeout: Seconds for a whole call, retries included; by default 60, and 600 for predictions.
        max_retries: The most times that a call is sent again, and only if that can do no harm.
        retry_unsafe: Retry predictions and creations too, though they may then be carried out twice.
        remember: Keep which format worked in the user's cache folder for 24 hours, for the next process.
        transport: By default our own httpx transport, so tools that mock, record or trace httpx work. Or an httpx
            transport of yours, such as `httpx.HTTPTransport(verify=…, proxy=…)`. "fast" asks for the fast wire
            of the extra `fast`, as the environment's `LOWCODEAPI_TRANSPORT` does: `predict_many`, and everything that
            an asynchronous client sends, then bypass httpx mocks. "stock" is an old name of the default.
        headers: Headers of every request.
        max_response_bytes: The largest answer that is read, after decompression.
        on_request: Called before every request, with a small event that holds no secret. Hooks must not block.
        on_response: Called after every request, answered or not.
        on_retry: Called before a call is sent again.
        on_fallback: Called before a call is sent in the other URL format.

    Attributes:
        clock: The time that workflows see. A test may replace it with one that never waits.

    Raises:
        ConfigurationError: No token, or an option that can't work. Nothing was sent.
    """

    clock: Clock = Clock()

    def __init__(
        self,
        *,
        api_token: str | None = None,
        base_url: str | None = None,
        url_format: UrlFormat = "auto",
        timeout: float | None = None,
        max_retries: int = 2,
        retry_unsafe: bool = False,
        remember: bool = True,
        transport: httpx.BaseTransport | Name | None = None,
        headers: Mapping[str, str] | None = None,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        on_request: Callable[[RequestEvent], Any] | None = None,
        on_response: Callable[[ResponseEvent], Any] | None = None,
        on_retry: Callable[[RetryEvent], Any] | None = None,
        on_fallback: Callable[[FallbackEvent], Any] | None = None,
    ) -> None:
        api_token = hidden(api_token)
        options: dict[str, Any] = {"url_format": url_format, "timeout": timeout, "max_retries": max_retries}
        self._plan = plan(base_url=base_url, remember=remember, **options, retry_unsafe=retry_unsafe, headers=headers)
        self._shared = Shared(self._plan.origin, token_from(api_token), max_response_bytes, transport)
        self._owns = True
        self._hooks = Hooks(on_request, on_response, on_retry, on_fallback, self._shared.token.hidden_in).checked()

    def with_options(
        self,
        *,
        url_format: UrlFormat | Unset = UNSET,
        timeout: float | Unset | None = UNSET,
        max_retries: int | Unset = UNSET,
        retry_unsafe: bool | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Self:
        """A client with other options, over the same connections. Closing it does not close them."""
        options = {"url_format": url_format, "timeout": timeout, "max_retries": max_retries}
        changed = self._plan.changed(**options, retry_unsafe=retry_unsafe, headers=headers)
        return self._with_plan(changed, owns=False)

    def _with_plan(self, plan: Plan, *, owns: bool = True) -> Self:
        """A client with another plan, over the same connections. It closes them if it `owns` them."""
        client = object.__new__(type(self))
        client._plan, client._owns = plan, owns
        client._shared, client._hooks, client.clock = self._shared, self._hooks, self.clock
        return client

    def curl(self, operation: str, *args: Any, url_format: UrlFormat | None = None, **kwargs: Any) -> str:
        """A call as a line to paste into a shell. Nothing is sent.

        The line names the token as `$LOWCODEAPI_API_TOKEN`, which the shell fills in; secret fields and headers are
        masked.

        Args:
            operation: The operation's ID, such as "models.get".
            *args: The method's positional arguments.
            url_format: "new" or "old"; by default the format that the client would try first.
            **kwargs: The method's keyword arguments.

        Raises:
            InvalidParameterError: There is no such operation, or a parameter could not be sent.
        """
        return line(self._plan, call_of(operation, args, kwargs), None if url_format == "auto" else url_format)

    @cached_property
    def api_keys(self) -> ApiKeyWorkflows:
        from ...workflows._sync.api_keys import ApiKeyWorkflows

        return ApiKeyWorkflows(self)

    @cached_property
    def deployments(self) -> DeploymentWorkflows:
        from ...workflows._sync.deployments import DeploymentWorkflows

        return DeploymentWorkflows(self)

    @cached_property
    def environments(self) -> EnvironmentWorkflows:
        from ...workflows._sync.environments import EnvironmentWorkflows

        return EnvironmentWorkflows(self)

    @cached_property
    def inference(self) -> BulkInference:
        from ...bulk.inference import BulkInference

        return BulkInference(self)

    @cached_property
    def training(self) -> TrainingWorkflows:
        from ...workflows._sync.training import TrainingWorkflows

        return TrainingWorkflows(self)

    def _run_raw(self, call: Call) -> RawResponse[Any]:
        return drive(self._shared, run(self._plan, call, time.monotonic, self._hooks), call)

    def close(self) -> None:
        """Close the connections, unless they belong to another client."""
        if self._owns:
            self._shared.close()

    def __repr__(self) -> str:
        if "_plan" not in self.__dict__:  # in a traceback during construction
            return f"<{type(self).__name__}>"
        return f"<{type(self).__name__} {self._plan.origin}{self._plan.prefix}, {self._plan.url_format} format>"
