"""`mcp`: the account as tools for an AI agent, over the Model Context Protocol."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from lowcodeapi_baseten_api.types import Hidden, hidden

from .commands import option, workflow
from .exits import NotAvailable
from .settings import Settings, common_options, token_in
from .values import Names, misuse

if TYPE_CHECKING:
    from ..client import AsyncBaseten


@workflow(
    option(
        "--allow",
        "Groups of tools to add: predict, write, destructive (comma-separated).",
        type=Names(),
        metavar="GROUPS",
    ),
    option("--tools", "Only these tools, by name (comma-separated).", type=Names(), metavar="NAMES"),
    option("--http", "Serve streamable HTTP here in place of stdio.", metavar="HOST:PORT"),
    option("--allow-remote", "Let other machines reach it. Needs a bearer token.", is_flag=True),
    option("--bearer-file", "Ask clients for the token in this file (default: $LOWCODEAPI_MCP_TOKEN).", metavar="FILE"),
    option(
        "--host-name host_names",
        "A Host that requests may have, as a proxy passes it on. May be repeated.",
        multiple=True,
        metavar="NAME",
    ),
    description="It only reads, unless --allow says more. What is not allowed is no tool at all.",
    common=common_options(has_forms=False, has_dry_run=False),
)
def mcp(params: Mapping[str, Any], settings: Settings) -> None:
    if find_spec("mcp") is None:
        raise NotAvailable("mcp is not installed: pip install 'lowcodeapi-baseten[mcp]'")
    import anyio

    from ..agents import allowed, server

    tools = allowed.enabled(params["allow"] or (), params["tools"])
    http = None
    if params["http"] is not None:
        remote, names, bearer = params["allow_remote"], params["host_names"], _bearer(params["bearer_file"])
        http = server.http_options(params["http"], allow_remote=remote, names=names, bearer=bearer)
    elif params["allow_remote"] or params["bearer_file"] or params["host_names"]:
        raise misuse("--allow-remote, --bearer-file and --host-name go with --http")
    anyio.run(partial(server.serve, settings.async_client, tools, partial(_examined, settings), http))


def _bearer(path: str | None) -> Hidden | None:
    from ..agents.server import BEARER

    found: Hidden | None = hidden((os.environ.get(BEARER, "").strip() or None) if path is None else token_in(path))
    return found


async def _examined(settings: Settings, client: AsyncBaseten) -> list[dict[str, Any]]:
    """The findings of `doctor`, whose requests this client sends."""
    from anyio import from_thread, to_thread

    from . import doctor

    def exchange(send: Any) -> Any:
        return from_thread.run(client._shared.engine.exchange, send)

    found = await to_thread.run_sync(doctor.findings_of, client._plan, exchange, settings.timeout)
    return [{name: value for name, value in each._asdict().items() if name != "exit_code"} for each in found]
