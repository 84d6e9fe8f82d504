"""The server as a separate process, or in this one with the SDK's own client."""

from __future__ import annotations

import json
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
from lowcodeapi_baseten import AsyncBaseten
from lowcodeapi_baseten.agents import allowed
from lowcodeapi_baseten.agents.answers import Answers
from lowcodeapi_baseten.testing import LocalGateway

from tests.support.shell import COMMAND, environment

if TYPE_CHECKING:
    from mcp import Client
    from mcp.types import CallToolResult

EVERYTHING = ("--allow", "predict,write,destructive")
TOKEN = "lca-local-0123456789abcdef"
MODELS_DELETE = {"operation": "models.delete", "arguments": {"model_id": "abc123"}}


def text_of(result: CallToolResult) -> str:
    """The text of a result, which is all that it has."""
    (content,) = result.content
    assert content.type == "text" and result.structured_content is None
    return content.text


def said(result: CallToolResult) -> Any:
    """The decoded text of a result that is no error."""
    assert not result.is_error, text_of(result)
    return json.loads(text_of(result))


def refused(result: CallToolResult) -> Any:
    """The error of a result."""
    assert result.is_error, text_of(result)
    return json.loads(text_of(result))["error"]


def started(gateway: LocalGateway, *options: str, **more: str) -> subprocess.Popen[bytes]:
    """A server as a separate process; `more` is added to its environment."""
    return subprocess.Popen(
        [*COMMAND, "mcp", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**environment(gateway), **more},
    )


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
    from lowcodeapi_baseten.agents.server import server_of
    from lowcodeapi_baseten.agents.tools import Tools
    from mcp import Client

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
