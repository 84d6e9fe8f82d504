"""``LocalGateway``: the gateway's own part, between the server below and the stand-in Baseten behind."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

import attrs
from lowcodeapi_baseten_api import new_format as new_table
from lowcodeapi_baseten_api import old_format as old_table
from lowcodeapi_baseten_api.operations import OPERATIONS
from starlette.requests import ClientDisconnect
from starlette.requests import Request as IncomingRequest
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from . import account, dialect, environments, faults, inference, routing, settings, telemetry, visitors, webhooks
from .artifacts import PREFIX as ARTIFACTS_PATH
from .artifacts import refused
from .baseten import Baseten
from .faults import Fault, FaultPlan
from .records import Delivery, Received, Request
from .server import Connection, ServerThread, gone
from .settings import GatewaySettings
from .upstream import Answer, Reply

_MOUNT = f"/{dialect.PROVIDER}"
_REDACTED = "[redacted]"
_THREADS = 64
_ERROR_CODES = {408: "timeout", 429: "rate_limited", 503: "model_not_ready", 504: "timeout"}
_NO_FAULTS = FaultPlan()
_OBJECT_STORE = routing.Target(faults.ARTIFACTS, "", {}, takes_values_from_path=False)
_ROUTES = routing.GatewayRoutes(new_table.ROUTES, old_table.ROUTES)
_BASETEN_ROUTES = routing.baseten_routes(new_table.ROUTES, old_table.ROUTES)
# Importing these lets them carry out their operations.
_ = account, environments, telemetry


@attrs.define(kw_only=True, eq=False)
class LocalGateway(GatewaySettings):
    """LowCodeAPI with a small, stateful Baseten behind it, on a loopback port.

    Use it as a context manager, or ``start()`` and ``close()``. Every option is also an attribute that may be changed
    while it runs. Needs the extra ``testing`` (Starlette and uvicorn)::

        with LocalGateway() as gateway:
            client = Baseten(api_token=gateway.api_token, base_url=gateway.base_url)
    """

    port: int = attrs.field(default=0, validator=settings.is_port)
    """0 takes a free one at every start."""
    requests: list[Request] = attrs.field(factory=list, init=False, repr=False)
    """Every HTTP request that reached the gateway, in order; empty with ``record=False``. Requests for its documents
    are in ``document_requests``."""
    document_requests: list[Request] = attrs.field(factory=list, init=False, repr=False)
    """Every request for ``/openapi`` or ``/definition``, in order; empty with ``record=False``. Faults spare them."""
    deaths: int = attrs.field(default=0, init=False)
    """Number of times that a request in the new format has ended the gateway: see ``new_format="fatal"``."""
    received: list[Received] = attrs.field(factory=list, init=False, repr=False)
    """Every request that reached Baseten, in order; empty with ``record=False``."""
    webhooks: list[Delivery] = attrs.field(factory=list, init=False, repr=False)
    """Every attempt to deliver a webhook, in order."""
    baseten: Baseten = attrs.field(init=False, repr=False)
    """The account behind the gateway: models, deployments, secrets, training jobs and so on, to read or to change."""
    _counts: Counter[str] = attrs.field(factory=Counter, init=False, repr=False)
    _server: ServerThread | None = attrs.field(default=None, init=False, repr=False)
    _pool: ThreadPoolExecutor | None = attrs.field(default=None, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.baseten = Baseten(self, self._deliver, _BASETEN_ROUTES)

    def start(self) -> Self:
        """Listens, and returns at once. Raises ``OSError`` if the port is taken."""
        if self._server is None:
            self._pool = ThreadPoolExecutor(_THREADS, "lowcodeapi-local-model")
            self._server = ServerThread(self._serve, self.port, self)
            self.baseten.artifacts.base_url = f"http://127.0.0.1:{self._server.port}"
            self._server.start()
        return self

    def close(self) -> None:
        """Closes the port and every connection at once, including silent ones. The records stay."""
        if self._server is not None and self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._server.close()
            self._server = self._pool = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def base_url(self) -> str:
        """``http://127.0.0.1:PORT/baseten``. Raises ``RuntimeError`` while it is not running."""
        if self._server is None:
            raise RuntimeError("the local gateway is not running: use it in a with statement, or call start()")
        return f"http://127.0.0.1:{self._server.port}{_MOUNT}"

    def count(self, operation: str | None = None) -> int:
        """Number of requests for an operation that reached Baseten (``"models.get"``); without one, of all requests."""
        return self._counts.total() if operation is None else self._counts[operation]

    def reset(self) -> None:
        """Restores the seed state and deletes all counts and records. Settings stay."""
        with self.baseten.lock:
            self.baseten.reset()
            self.requests, self.received, self.webhooks, self._counts = [], [], [], Counter()
            self.document_requests, self.deaths = [], 0

    def settle(self) -> None:
        """Carries out every asynchronous prediction and delivers its webhook, as looks at them would."""
        inference.settle(self.baseten)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        incoming = IncomingRequest(scope, receive)
        refused_as = visitors.refusal(scope["headers"])
        try:
            body = None if refused_as else await _body_of(incoming, self.max_body_bytes)
        except ClientDisconnect:
            return
        if body is None:
            status, why = refused_as or (413, f"The body is longer than max_body_bytes={self.max_body_bytes}.\n")
            await PlainTextResponse(why, status)(scope, receive, send)
            return
        request, tokens = self._note(scope, incoming, body)
        if (name := _document_of(request)) is not None:
            await _response(self._document(name))(scope, receive, send)
        else:
            await self._serve_call(incoming, send, request, tokens)

    async def _serve_call(self, incoming: IncomingRequest, send: Send, request: Request, tokens: list[str]) -> None:
        """Answers a request for Baseten or for a file, with the fault that strikes it."""
        scope, receive = incoming.scope, incoming.receive
        connection: Connection = scope["state"]["connection"]
        target = self._target(request)
        is_fatal = self.new_format == "fatal" and target is not None and target.takes_values_from_path
        if is_fatal and self._server is not None:
            self.deaths += 1
            self._server.die()
            await gone(receive)
            return
        plan = self.faults or _NO_FAULTS
        fault = plan.strike(None if target is None else target.operation)
        if fault.name == "drop_format":
            self.new_format = "missing" if self.new_format == "served" else "served"
            target = self._target(request)
        elif fault.name == "envelope":
            self.envelope = "data" if self.envelope == "result" else "result"
        elif fault.name == "latency":
            await asyncio.sleep(plan.latency_seconds)
        if target is _OBJECT_STORE:
            reply: Reply | None = self._artifact(scope, request, fault.status)
        else:
            reply = await self._answer(request, tokens, target) if fault.acts else None
            reply = self._faulty(plan, fault, reply)
        response = None if reply is None else _response(reply)
        if fault.name in ("refuse", "reset_before", "reset_after"):
            connection.reset()
        elif response is None or fault.name == "stall":
            pass
        elif fault.name == "truncate":
            connection.truncate(response)
        elif fault.name == "trickle":
            await connection.trickle(response, plan.trickle_seconds)
        else:
            await response(scope, receive, send)
            return
        await gone(receive)  # silence, or the end of what was written below ASGI

    def _note(self, scope: Scope, incoming: IncomingRequest, body: bytes) -> tuple[Request, list[str]]:
        """The record of a request, and the tokens from its query."""
        query = routing.pairs(scope["query_string"].decode("latin-1"))
        tokens = [value for name, value in query if name == "api_token"]
        if tokens:
            query = [(name, _REDACTED if name == "api_token" else value) for name, value in query]
        request = Request(
            scope["method"], scope["raw_path"].decode("latin-1"), query, dict(incoming.headers.items()), body
        )
        if self.record:
            (self.requests if _document_of(request) is None else self.document_requests).append(request)
        return request, tokens

    def _document(self, name: str) -> Reply:
        """The document, without a token, or the answer to an unknown GET."""
        if not dialect.serves(name, self.documents, self.new_format):
            return self._unknown("GET")
        table = new_table.ROUTES if name == "openapi" else old_table.ROUTES
        return dialect.document(dialect.PROVIDER, self.base_url, table)

    def _unknown(self, method: str) -> Reply:
        return dialect.PAGE if self.unknown_route == "html" and method == "GET" else dialect.NOT_FOUND

    def _target(self, request: Request) -> routing.Target | None:
        """The target of a request: Baseten, the object store, or nowhere."""
        if request.path.startswith(ARTIFACTS_PATH):
            return _OBJECT_STORE
        if not request.path.startswith(f"{_MOUNT}/"):
            return None
        path = request.path.removeprefix(_MOUNT)
        return _ROUTES.find(request.method, path, request.query, new_format=self.new_format, old_format=self.old_format)

    async def _answer(self, request: Request, tokens: list[str], target: routing.Target | None) -> Reply | None:
        """The gateway's answer without faults; ``None`` for silence."""
        if target is None:
            return self._unknown(request.method)
        if tokens != [self.api_token]:
            return self._refuse(request, tokens)
        if target.takes_values_from_path and self.new_format == "silent":
            return None
        try:
            body = json.loads(request.body) if request.body else None if request.method == "GET" else {}
        except ValueError:
            return dialect.own_error(400, "The request body is not valid JSON.", self.envelope)
        try:
            answer = await self._forward(request, target, body)
        except ConnectionError:
            return dialect.connection_lost(self.envelope)
        return dialect.wrap(
            answer,
            self.envelope,
            date=self.baseten.http_date(),
            empty_is_silent=self.empty_answers == "silent",
        )

    def _refuse(self, request: Request, tokens: list[str]) -> Reply:
        prefix = re.match(r"[A-Za-z]+[-_]|", self.api_token)
        if len(tokens) == 1 and prefix is not None and tokens[0] and tokens[0].startswith(prefix[0]):
            return dialect.own_error(401, "The api_token is invalid.", self.envelope)
        # unmasked: clients must be tested against the echo of the token
        sent = iter(tokens)
        query = [(name, next(sent) if name == "api_token" else value) for name, value in request.query]
        return dialect.token_refused(request.method, request.path, request.headers, query, self.envelope)

    async def _forward(self, request: Request, target: routing.Target, body: Any) -> Answer:
        """Asks Baseten, at the URL that the gateway makes of the request."""
        passed_on = [pair for pair in request.query if pair[0] != "api_token"]
        path, query_string = routing.upstream_url(target, passed_on)
        query = routing.pairs(query_string)
        found = self.baseten.routes.find(request.method, path)
        operation = None if found is None else found.operation
        self._counts[operation or ""] += 1
        if self.record:
            self.received.append(Received(operation, request.method, path, query, body, request))
        loop = asyncio.get_running_loop()
        answer = self.baseten.begin(found, dict(query), body)
        if callable(answer):
            return await loop.run_in_executor(self._pool, answer)
        if self.settle_after is not None and operation is not None and OPERATIONS[operation].is_asynchronous:
            loop.call_later(self.settle_after, loop.run_in_executor, self._pool, self.settle)
        return answer

    def _faulty(self, plan: FaultPlan, fault: Fault, reply: Reply | None) -> Reply | None:
        """The answer under a fault that ASGI can send."""
        if fault.name == "hangup":
            return dialect.connection_lost(self.envelope)
        if fault.name == "malformed":
            return dialect.MALFORMED
        status = fault.status
        if status is None:
            return reply
        if plan.errors_from == "gateway":
            return dialect.own_error(status, http.client.responses[status], self.envelope)
        # a 503 that may have acted must not say that the model was not ready
        code = None if fault.acts else _ERROR_CODES.get(status)
        has_retry_after = status in (429, 503) and plan.retry_after is not None
        error = Answer(
            status,
            {"error": http.client.responses[status], "error_code": code or "internal_baseten_error"},
            headers={"retry-after": plan.retry_after or "0"} if has_retry_after else {},
        )
        return dialect.wrap(error, self.envelope, date=self.baseten.http_date(), empty_is_silent=False)

    def _artifact(self, scope: Scope, request: Request, failure: int | None) -> Reply:
        """The object store's answer, or the status of a fault in its place."""
        if failure is not None:
            return refused(failure, http.client.responses[failure].replace(" ", ""), "Please try again.")
        query = scope["query_string"].decode("latin-1")
        return self.baseten.artifacts.serve(request.method, request.path, query, request.headers)

    def _deliver(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int | None, str]:
        status, text = None, f"LocalGateway(webhook_endpoints=[...]) does not name {url}"
        if url in self.webhook_endpoints:
            status, text = webhooks.post(url, headers, body, self.webhook_timeout)
        self.webhooks.append(Delivery(url, dict(headers), body, status))
        return status, text


async def _body_of(incoming: IncomingRequest, most: int) -> bytes | None:
    """The body; ``None`` if it is longer than ``most`` bytes. uvicorn drops the rest."""
    stated = incoming.headers.get("content-length", "0")
    if int(stated) > most:
        return None
    body = bytearray()
    async for part in incoming.stream():
        body += part
        if len(body) > most:
            return None
    return bytes(body)


def _document_of(request: Request) -> str | None:
    """The document that a request asks for."""
    name = request.path.removeprefix(f"{_MOUNT}/")
    return name if request.method == "GET" and name in dialect.DOCUMENTS else None


def _response(reply: Reply) -> Response:
    return Response(reply.body, reply.status, dict(reply.headers), reply.content_type)
