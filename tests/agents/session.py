"""The SDK's own client, connected to the server: as a separate process over stdio, or in this one."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from lowcodeapi_baseten import AsyncBaseten
from lowcodeapi_baseten.agents import allowed
from lowcodeapi_baseten.agents.answers import Answers
from lowcodeapi_baseten.agents.server import server_of
from lowcodeapi_baseten.agents.tools import Tools
from lowcodeapi_baseten.testing import LocalGateway
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.types import CallToolResult, TextContent

from tests.support.shell import environment

EVERYTHING = ("--allow", "predict,write,destructive")
TOKEN = "lca-local-0123456789abcdef"
MODELS_DELETE = {"operation": "models.delete", "arguments": {"model_id": "abc123"}}


def text_of(result: CallToolResult) -> str:
    """The text of a result, which is all that it has."""
    (content,) = result.content
    assert isinstance(content, TextContent) and result.structured_content is None
    return content.text


def said(result: CallToolResult) -> Any:
    """The decoded text of a result that is no error."""
    assert not result.is_error, text_of(result)
    return json.loads(text_of(result))


def refused(result: CallToolResult) -> Any:
    """The error of a result."""
    assert result.is_error, text_of(result)
    return json.loads(text_of(result))["error"]


def parameters(gateway: LocalGateway, *options: str) -> StdioServerParameters:
    """The command that a client starts."""
    command = ["-W", "error", "-W", "default::ResourceWarning", "-m", "lowcodeapi_baseten.cli", "mcp", *options]
    return StdioServerParameters(command=sys.executable, args=command, env=environment(gateway))


@asynccontextmanager
async def in_process(
    gateway: LocalGateway | None,
    allow: Sequence[str] = tuple(allowed.GROUPS),
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    prepare: Callable[[AsyncBaseten], Any] = lambda client: None,
    mode: str = "auto",
) -> AsyncIterator[Client]:
    """A client of a server in this process; without a gateway give `transport`."""

    async def doctor(client: AsyncBaseten) -> list[dict[str, Any]]:
        raise NotImplementedError

    answers, tools = Answers(), allowed.enabled(allow)
    base_url = "http://127.0.0.1:1/baseten" if gateway is None else gateway.base_url
    try:
        async with AsyncBaseten(api_token=TOKEN, base_url=base_url, transport=transport) as baseten:
            prepare(baseten)
            async with Client(server_of(Tools(baseten, tools, answers, doctor), tools), mode=mode) as client:
                yield client
    finally:
        answers.close()
