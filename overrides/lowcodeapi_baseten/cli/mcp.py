"""`mcp`: the account as tools for an AI agent, over the Model Context Protocol."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from .commands import Command
from .exits import NotAvailable
from .overview import WORKFLOWS
from .settings import Settings, common_options, token_in

if TYPE_CHECKING:
    from ..client import AsyncBaseten

_ALLOW = "Groups of tools to add: predict, write, destructive (comma-separated)."
_TOOLS = "Only these tools, by name (comma-separated)."
_HTTP = "Serve streamable HTTP here in place of stdio."
_REMOTE = "Let other machines reach it. Needs a bearer token."
_BEARER = "Ask clients for the token in this file (default: $LOWCODEAPI_MCP_TOKEN)."
_NAME = "A Host that requests may have, as a proxy passes it on. May be repeated."


def command() -> click.Command:
    """`mcp`."""
    return Command(
        "mcp",
        _mcp,
        [
            click.Option(["--allow"], metavar="GROUPS", help=_ALLOW),
            click.Option(["--tools"], metavar="NAMES", help=_TOOLS),
            click.Option(["--http"], metavar="HOST:PORT", help=_HTTP),
            click.Option(["--allow-remote"], is_flag=True, help=_REMOTE),
            click.Option(["--bearer-file"], metavar="FILE", help=_BEARER),
            click.Option(["--host-name", "host_names"], multiple=True, metavar="NAME", help=_NAME),
        ],
        summary=WORKFLOWS["mcp"],
        description="It only reads, unless --allow says more. What is not allowed is no tool at all.",
        common=common_options(has_forms=False, has_dry_run=False),
    )


def _mcp(params: Mapping[str, Any], settings: Settings) -> None:
    if find_spec("mcp") is None:
        raise NotAvailable("mcp is not installed: pip install 'lowcodeapi-baseten[mcp]'")
    import anyio

    from ..agents import allowed, server

    tools = allowed.enabled(_listed(params["allow"]) or (), _listed(params["tools"]))
    http = None
    if params["http"] is None and (params["allow_remote"] or params["bearer_file"] or params["host_names"]):
        raise click.UsageError(
            "--allow-remote, --bearer-file and --host-name go with --http", click.get_current_context()
        )
    if params["http"] is not None:
        http = server.http_options(
            params["http"],
            allow_remote=params["allow_remote"],
            names=params["host_names"],
            bearer=_bearer(params["bearer_file"]),
        )
    anyio.run(partial(server.serve, settings.async_client, tools, partial(_examined, settings), http))


def _bearer(path: str | None) -> Any:
    from lowcodeapi_baseten_api.types import hidden

    from ..agents.server import BEARER

    return hidden((os.environ.get(BEARER, "").strip() or None) if path is None else token_in(path))


def _listed(names: str | None) -> list[str] | None:
    return None if names is None else [name.strip() for name in names.split(",") if name.strip()]


async def _examined(settings: Settings, client: AsyncBaseten) -> list[dict[str, Any]]:
    """The findings of `doctor`, whose requests this client sends."""
    from anyio import from_thread, to_thread

    from . import doctor

    def exchange(send: Any) -> Any:
        return from_thread.run(client._shared.engine.exchange, send)

    found = await to_thread.run_sync(doctor.findings_of, client._plan, exchange, settings.timeout)
    return [{name: value for name, value in each._asdict().items() if name != "exit_code"} for each in found]
