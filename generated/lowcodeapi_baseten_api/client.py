"""A plain client for the given URL format: one request per call."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from . import decode, encode
from .operations import OPERATIONS
from .types import Attempt, Call, Format, RawResponse, UnexpectedPayload, UnexpectedStatus

if TYPE_CHECKING:
    import httpx

    from .resources.api_keys import ApiKeys, AsyncApiKeys, AsyncRawApiKeys, RawApiKeys
    from .resources.chains import AsyncChains, AsyncRawChains, Chains, RawChains
    from .resources.deployments import AsyncDeployments, AsyncRawDeployments, Deployments, RawDeployments
    from .resources.environments import AsyncEnvironments, AsyncRawEnvironments, Environments, RawEnvironments
    from .resources.inference import AsyncInference, AsyncRawInference, Inference, RawInference
    from .resources.models import AsyncModels, AsyncRawModels, Models, RawModels
    from .resources.secrets import AsyncRawSecrets, AsyncSecrets, RawSecrets, Secrets
    from .resources.training import AsyncRawTraining, AsyncTraining, RawTraining, Training


class _Plain:
    """Shared by the plain clients: from a call to a request, from a response to a result."""

    def __init__(
        self,
        format: Format,
        *,
        base_url: str | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> None:
        self._format = format
        self._base_url = (base_url or format.BASE_URL).rstrip("/")
        self._params = dict(params or {})
        self._headers = dict(headers or {})
        self._timeout = timeout

    def _payload(self, body: Any) -> Any:
        """Return the provider's answer in the body: here the body itself."""
        return body

    def _request(self, call: Call) -> dict[str, Any]:
        route = self._format.ROUTES.get(call.operation)
        if route is None:
            raise LookupError(f"{call.operation} has no route in the {self._format.NAME} format")
        content = encode.body(call)
        headers = {**self._headers, **(call.extra_headers or {})}
        if content is not None:
            headers = {"content-type": "application/json", **headers}
        timeout = call.timeout or self._timeout or OPERATIONS[call.operation].timeout
        query = encode.query_string([*encode.query(route, call), *self._params.items()])
        target = f"{encode.path(route, call)}{'?' if query else ''}{query}"
        # httpx would encode the braces of an old path, which the gateway wants as they are.
        literal = f"{urlsplit(self._base_url).path}{target}".encode() if "{" in target else None
        return {
            "method": route.method,
            "url": f"{self._base_url}{target}",
            "headers": headers,
            "content": content,
            "timeout": timeout,
            "extensions": {"target": literal} if literal else None,
        }

    def _response(self, call: Call, response: httpx.Response) -> RawResponse[Any]:
        if not response.is_success:
            raise UnexpectedStatus(call.operation, response.status_code, response.content)
        payload = self._payload(_decoded(response))
        attempt = Attempt(self._format.NAME, "answered", response.status_code, response.elapsed.total_seconds())
        try:
            result = decode.result(OPERATIONS[call.operation], payload)
        except UnexpectedPayload:
            # For example the gateway's envelope, unopened.
            result = payload
        return RawResponse(
            result,
            payload=payload,
            status_code=response.status_code,
            headers=dict(response.headers),
            request_id=response.headers.get("x-baseten-request-id"),
            format=self._format.NAME,
            attempts=(attempt,),
        )


def _decoded(response: httpx.Response) -> Any:
    if not response.content:
        return None
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "application/json" or content_type.endswith("+json"):
        return json.loads(response.content)
    return response.text if content_type.startswith("text/") else response.content


class Client(_Plain):
    """A plain client: each call is one request in the given format.

    It does not retry, fall back to the other format, check path parameters or open the gateway's envelope:
    `lowcodeapi_baseten` adds that, and a subclass's `_payload` may open the envelope. An answer of another shape than
    documented, such as an envelope in place of a list, is returned as received. A status other than 2xx raises
    `UnexpectedStatus`. Every URL contains `params`, and httpx logs URLs at INFO: keep that log quiet if a token is
    among them.

    Args:
        format: The module `new_format` or `old_format`.
        base_url: The gateway's URL; by default the one in its document.
        params: Query parameters of every request, such as `{"api_token": ...}`.
        headers: Headers of every request.
        timeout: Seconds for each phase of a request; by default 60, or the operation's own.
        transport: An httpx transport; by default httpx's own.
    """

    def __init__(
        self,
        format: Format,
        *,
        base_url: str | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(format, base_url=base_url, params=params, headers=headers, timeout=timeout)
        self._transport = transport

    @cached_property
    def _http(self) -> httpx.Client:
        import httpx

        return httpx.Client(transport=self._transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        if "_http" in self.__dict__:
            self._http.close()

    def _run(self, call: Call) -> Any:
        return self._run_raw(call).result

    def _run_raw(self, call: Call) -> RawResponse[Any]:
        return self._response(call, self._http.request(**self._request(call)))

    @cached_property
    def with_raw_response(self) -> RawClient:
        """The same operations, each answer as a `RawResponse`."""
        return RawClient(self._run_raw)

    @cached_property
    def api_keys(self) -> ApiKeys:
        from .resources.api_keys import ApiKeys

        return ApiKeys(self._run)

    @cached_property
    def chains(self) -> Chains:
        from .resources.chains import Chains

        return Chains(self._run)

    @cached_property
    def deployments(self) -> Deployments:
        from .resources.deployments import Deployments

        return Deployments(self._run)

    @cached_property
    def environments(self) -> Environments:
        from .resources.environments import Environments

        return Environments(self._run)

    @cached_property
    def inference(self) -> Inference:
        from .resources.inference import Inference

        return Inference(self._run)

    @cached_property
    def models(self) -> Models:
        from .resources.models import Models

        return Models(self._run)

    @cached_property
    def secrets(self) -> Secrets:
        from .resources.secrets import Secrets

        return Secrets(self._run)

    @cached_property
    def training(self) -> Training:
        from .resources.training import Training

        return Training(self._run)


class AsyncClient(_Plain):
    """`Client`, asynchronous."""

    def __init__(
        self,
        format: Format,
        *,
        base_url: str | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(format, base_url=base_url, params=params, headers=headers, timeout=timeout)
        self._transport = transport

    @cached_property
    def _http(self) -> httpx.AsyncClient:
        import httpx

        return httpx.AsyncClient(transport=self._transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        if "_http" in self.__dict__:
            await self._http.aclose()

    async def _run(self, call: Call) -> Any:
        return (await self._run_raw(call)).result

    async def _run_raw(self, call: Call) -> RawResponse[Any]:
        return self._response(call, await self._http.request(**self._request(call)))

    @cached_property
    def with_raw_response(self) -> AsyncRawClient:
        """The same operations, each answer as a `RawResponse`."""
        return AsyncRawClient(self._run_raw)

    @cached_property
    def api_keys(self) -> AsyncApiKeys:
        from .resources.api_keys import AsyncApiKeys

        return AsyncApiKeys(self._run)

    @cached_property
    def chains(self) -> AsyncChains:
        from .resources.chains import AsyncChains

        return AsyncChains(self._run)

    @cached_property
    def deployments(self) -> AsyncDeployments:
        from .resources.deployments import AsyncDeployments

        return AsyncDeployments(self._run)

    @cached_property
    def environments(self) -> AsyncEnvironments:
        from .resources.environments import AsyncEnvironments

        return AsyncEnvironments(self._run)

    @cached_property
    def inference(self) -> AsyncInference:
        from .resources.inference import AsyncInference

        return AsyncInference(self._run)

    @cached_property
    def models(self) -> AsyncModels:
        from .resources.models import AsyncModels

        return AsyncModels(self._run)

    @cached_property
    def secrets(self) -> AsyncSecrets:
        from .resources.secrets import AsyncSecrets

        return AsyncSecrets(self._run)

    @cached_property
    def training(self) -> AsyncTraining:
        from .resources.training import AsyncTraining

        return AsyncTraining(self._run)


class RawClient:
    """The operations of `Client`, each answer as a `RawResponse`."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    @cached_property
    def api_keys(self) -> RawApiKeys:
        from .resources.api_keys import ApiKeys, RawApiKeys

        return RawApiKeys(ApiKeys(self._run))

    @cached_property
    def chains(self) -> RawChains:
        from .resources.chains import Chains, RawChains

        return RawChains(Chains(self._run))

    @cached_property
    def deployments(self) -> RawDeployments:
        from .resources.deployments import Deployments, RawDeployments

        return RawDeployments(Deployments(self._run))

    @cached_property
    def environments(self) -> RawEnvironments:
        from .resources.environments import Environments, RawEnvironments

        return RawEnvironments(Environments(self._run))

    @cached_property
    def inference(self) -> RawInference:
        from .resources.inference import Inference, RawInference

        return RawInference(Inference(self._run))

    @cached_property
    def models(self) -> RawModels:
        from .resources.models import Models, RawModels

        return RawModels(Models(self._run))

    @cached_property
    def secrets(self) -> RawSecrets:
        from .resources.secrets import RawSecrets, Secrets

        return RawSecrets(Secrets(self._run))

    @cached_property
    def training(self) -> RawTraining:
        from .resources.training import RawTraining, Training

        return RawTraining(Training(self._run))


class AsyncRawClient:
    """The operations of `AsyncClient`, each answer as a `RawResponse`."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    @cached_property
    def api_keys(self) -> AsyncRawApiKeys:
        from .resources.api_keys import AsyncApiKeys, AsyncRawApiKeys

        return AsyncRawApiKeys(AsyncApiKeys(self._run))

    @cached_property
    def chains(self) -> AsyncRawChains:
        from .resources.chains import AsyncChains, AsyncRawChains

        return AsyncRawChains(AsyncChains(self._run))

    @cached_property
    def deployments(self) -> AsyncRawDeployments:
        from .resources.deployments import AsyncDeployments, AsyncRawDeployments

        return AsyncRawDeployments(AsyncDeployments(self._run))

    @cached_property
    def environments(self) -> AsyncRawEnvironments:
        from .resources.environments import AsyncEnvironments, AsyncRawEnvironments

        return AsyncRawEnvironments(AsyncEnvironments(self._run))

    @cached_property
    def inference(self) -> AsyncRawInference:
        from .resources.inference import AsyncInference, AsyncRawInference

        return AsyncRawInference(AsyncInference(self._run))

    @cached_property
    def models(self) -> AsyncRawModels:
        from .resources.models import AsyncModels, AsyncRawModels

        return AsyncRawModels(AsyncModels(self._run))

    @cached_property
    def secrets(self) -> AsyncRawSecrets:
        from .resources.secrets import AsyncRawSecrets, AsyncSecrets

        return AsyncRawSecrets(AsyncSecrets(self._run))

    @cached_property
    def training(self) -> AsyncRawTraining:
        from .resources.training import AsyncRawTraining, AsyncTraining

        return AsyncRawTraining(AsyncTraining(self._run))
