"""The tools: each checks its arguments, calls the client, and answers with bounded and labelled text."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Literal

import jsonschema
from lowcodeapi_baseten_api.operations import OPERATIONS
from lowcodeapi_baseten_api.types import Call
from mcp.server.mcpserver import Context

from ..client import AsyncBaseten
from ..curl import call_of
from ..errors import InvalidParameterError
from ..redaction import Redaction
from ..secrets import MASK_OF_OTHERS
from ..signatures import signature
from ..workflows.errors import WaitError
from ..workflows.predictions import method_of
from . import allowed, catalogue, search
from .answers import Answers, picked, text_of
from .plans import SECONDS, Plans
from .results import Tell, watched

LINES = 100
_LONGEST_WAIT = 3600.0
_FOUND = 10
_BODY = 10_000  # bytes of a body that a plan shows
_NOTHING = Redaction([], MASK_OF_OTHERS)

Doctor = Callable[[AsyncBaseten], Awaitable[list[dict[str, Any]]]]


class Tools:
    """The tools of a server, over one client. Their docstrings are what a model reads."""

    def __init__(self, client: AsyncBaseten, enabled: Collection[str], answers: Answers, doctor: Doctor) -> None:
        self._client, self._enabled, self._answers, self._doctor = client, enabled, answers, doctor
        self._plans = Plans()

    async def search_operations(self, query: str = "") -> str:
        """Find operations of Baseten by words, such as "logs of a job". Without words it lists all that are allowed."""
        known = [id_ for id_, row in OPERATIONS.items() if allowed.tool_of(row) in self._enabled]
        found = search.found(query, known, _FOUND if query.strip() else len(known))
        tools = {id_: allowed.tool_of(OPERATIONS[id_]) for id_ in found}
        if not query.strip():
            return text_of({"operations": tools})
        rows = []
        for id_, tool in tools.items():
            of = signature(id_)
            arguments = [field.name for field in (*of.path, *of.fields)]
            rows.append({"operation": id_, "summary": of.summary, "tool": tool, "arguments": arguments})
        hint = {} if rows else {"next": "Nothing fits. Try other words, or none, to list everything that is allowed."}
        return text_of({"operations": rows, **hint})

    async def describe_operation(self, operation: str) -> str:
        """Arguments of an operation as JSON Schema, its safety class, routes, its tool, and an example."""
        return text_of(catalogue.described(allowed.checked(operation, None, self._enabled).id))

    async def read(
        self,
        operation: str = "",
        arguments: dict[str, Any] | None = None,
        fields: list[str] | None = None,
        cursor: str | None = None,
    ) -> str:
        """Carry out any operation that only reads, such as models.list.

        fields keeps only these of each object ("id", "training_job.current_status"). A long answer ends with a cursor:
        call read with it alone to get the next part.
        """
        if cursor is not None:
            return self._answers.part(cursor)
        return await self._done(operation, self._checked(operation, "read", arguments), fields)

    async def training_logs(
        self,
        training_project_id: str,
        training_job_id: str,
        min_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] | None = None,
        start_epoch_millis: int | None = None,
        end_epoch_millis: int | None = None,
    ) -> str:
        """The latest 100 log lines of a training job, oldest first; with start_epoch_millis the first 100 since."""
        is_latest = start_epoch_millis is None
        given = _given(
            training_project_id=training_project_id,
            training_job_id=training_job_id,
            start_epoch_millis=start_epoch_millis,
            end_epoch_millis=end_epoch_millis,
            min_level=min_level,
            direction="desc" if is_latest else "asc",
            limit=LINES,
        )
        raw = await self._client._run_raw(_call("training.get_logs", given))
        lines = raw.payload.get("logs") if isinstance(raw.payload, dict) else None
        if not isinstance(lines, list):
            return self._labelled("training.get_logs", raw.payload)
        lines = lines[:LINES][::-1] if is_latest else lines[:LINES]
        more: dict[str, Any] = {}
        if len(lines) == LINES:
            name, line = ("end", lines[0]) if is_latest else ("start", lines[-1])
            more["next"] = f"For more, give {name}_epoch_millis={_millis(line)}."
        return self._labelled("training.get_logs", lines, **more)

    async def get_prediction(self, request_id: str, ctx: Context, wait_seconds: float = 0) -> str:
        """The status of an asynchronous prediction; with wait_seconds once it is over, or the time is.

        The output is not in it: that goes to the webhook alone.
        """
        inference = self._client.inference
        if wait_seconds <= 0:
            status = await inference.get_async_request(request_id)
        else:
            timeout = min(wait_seconds, _LONGEST_WAIT)

            async def waited(tell: Tell) -> Any:
                return await inference.wait(request_id, timeout=timeout, on_change=lambda seen: tell(str(seen.status)))

            try:
                status = await watched(ctx, waited)
            except WaitError as error:
                if error.answer is None:
                    raise
                status = error.answer
        return self._labelled("inference.get_async_request", status.to_dict())

    async def doctor(self) -> str:
        """Look for what is wrong with the set-up: versions, the gateway, its URL format, the token, the clock."""
        return self._answers.of("the checks, and the gateway", await self._doctor(self._client))

    async def predict(
        self,
        ctx: Context,
        environment: str | None = None,
        deployment: str | None = None,
        development: bool = False,
        input: Any = None,
        body: Any = None,
    ) -> str:
        """Run the model now, up to 10 minutes. Costs money, and is never repeated.

        Give exactly one of environment ("production"), deployment (an ID) and development; and either input, sent as
        {"input": …}, or body, the whole body.
        """
        send = method_of(self._client.with_raw_response.inference, "predict", environment, deployment, development)
        if (input is None) == (body is None):
            raise InvalidParameterError("input", "or body is given, exactly one of the two")
        given = {"body": body} if input is None else {"input": input}
        raw = await watched(ctx, lambda tell: send(**given))
        return self._answers.of("the model's output", raw.payload)

    async def submit_prediction(
        self,
        environment: str | None = None,
        deployment: str | None = None,
        development: bool = False,
        input: dict[str, Any] | None = None,
        webhook_endpoint: str | None = None,
        priority: int | None = None,
        max_time_in_queue_seconds: int | None = None,
        inference_retry_config: dict[str, Any] | None = None,
    ) -> str:
        """Queue a long prediction, and get its request_id for get_prediction. Costs money.

        The output goes to webhook_endpoint (HTTPS) and nowhere else. Places and input as in predict; priority is 0
        (first) to 2.
        """
        inference = self._client.with_raw_response.inference
        send = method_of(inference, "async_predict", environment, deployment, development)
        given = _given(
            webhook_endpoint=webhook_endpoint,
            priority=priority,
            max_time_in_queue_seconds=max_time_in_queue_seconds,
            inference_retry_config=inference_retry_config,
        )
        raw = await send(model_input={} if input is None else input, **given)
        return self._answers.of("Baseten: async_predict", raw.payload)

    async def write(self, operation: str, arguments: dict[str, Any] | None = None, plan: str | None = None) -> str:
        """Carry out an operation that changes things: create, promote, recreate, activate, wake, update.

        Without plan nothing is sent: it answers what would be, and a digest. Show that to the user, then call again
        with the same arguments and plan=digest.
        """
        return await self._planned("write", operation, arguments, plan)

    async def destroy(self, operation: str, arguments: dict[str, Any] | None = None, plan: str | None = None) -> str:
        """Carry out an operation that ends something: delete, deactivate, stop, cancel. It can't be taken back.

        Without plan nothing is sent: it answers what would be, and a digest. Show that to the user, then call again
        with the same arguments and plan=digest.
        """
        return await self._planned("destroy", operation, arguments, plan)

    async def _planned(self, tool: str, operation: str, arguments: dict[str, Any] | None, plan: str | None) -> str:
        given = self._checked(operation, tool, arguments)
        if plan is not None:
            self._plans.redeem(plan, operation, given)
            return await self._done(operation, given)
        described = {"operation": operation, "does": signature(operation).summary, **self._request(operation, given)}
        advice = (
            f"Nothing was sent. If the user wants this, call {tool} again with the same arguments and plan=digest, "
            f"once, within {SECONDS / 60:g} minutes."
        )
        return text_of({"plan": described, "digest": self._plans.made(operation, given), "next": advice})

    def _checked(self, operation: str, tool: str, arguments: dict[str, Any] | None) -> dict[str, Any]:
        """The arguments, if the tool may carry out the operation and they fit it. Raises `InvalidParameterError`."""
        given = {} if arguments is None else arguments
        schema = catalogue.entry(allowed.checked(operation, tool, self._enabled).id)["arguments"]
        if (problem := next(jsonschema.Draft202012Validator(schema).iter_errors(given), None)) is not None:
            where = ".".join(map(str, ("arguments", *problem.absolute_path)))
            raise InvalidParameterError(where, f"{problem.message[:300]}; describe_operation shows what fits")
        return given

    def _request(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The request that would be sent, without the token."""
        plan = self._client._plan
        request = plan.prepared(_call(operation, arguments))
        name = plan.formats.first(operation) if plan.url_format == "auto" else plan.url_format
        name = name if name in request.routes else next(iter(request.routes))
        made: dict[str, Any] = {"method": request.routes[name].method, "path": request.target(name, plan.prefix)}
        if (content := request.content) is not None:
            is_short = len(content) <= _BODY
            made["body"] = json.loads(content) if is_short else f"as given: {len(content):,} bytes of JSON"
        return made

    async def _done(self, operation: str, arguments: dict[str, Any], fields: list[str] | None = None) -> str:
        """Carry it out. Returns the answer."""
        raw = await self._client._run_raw(_call(operation, arguments))
        list_key, payload = OPERATIONS[operation].list_key, raw.payload
        if list_key is not None and isinstance(payload, dict):
            payload = payload.get(list_key, payload)
        marks = {name: True for name in ("already_done", "unconfirmed") if getattr(raw, name)}
        return self._labelled(operation, payload, fields, **marks)

    def _labelled(self, operation: str, payload: Any, fields: list[str] | None = None, **known: Any) -> str:
        """The payload, with the values under secret names replaced. (The client has taken out the token.)"""
        if names := allowed.secret_names(OPERATIONS[operation].group):
            payload = _NOTHING.in_json(payload, names)
        payload = payload if fields is None else picked(payload, fields)
        return self._answers.of(f"Baseten: {operation}", payload, **known)


def _given(**named: Any) -> dict[str, Any]:
    """Those that are not None."""
    return {name: value for name, value in named.items() if value is not None}


def _call(operation: str, arguments: dict[str, Any]) -> Call:
    """The call that the method would make. Raises `InvalidParameterError` for arguments that exclude each other."""
    try:
        return call_of(operation, (), arguments)
    except TypeError as error:
        problem = str(error)
    raise InvalidParameterError("arguments", f"don't fit: {problem}")


def _millis(line: Any) -> int | str:
    try:
        return int(line["timestamp"]) // 1_000_000
    except (TypeError, KeyError, ValueError):
        return "the time of that line"
