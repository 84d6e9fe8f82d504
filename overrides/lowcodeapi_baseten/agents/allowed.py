"""Which tool carries out an operation, and which tools a server has. What is not allowed is not registered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from lowcodeapi_baseten_api.operations import OPERATIONS
from lowcodeapi_baseten_api.types import Operation

from ..errors import ConfigurationError, InvalidParameterError

READING = ("search_operations", "describe_operation", "read", "training_logs", "get_prediction", "doctor")
GROUPS: Mapping[str, tuple[str, ...]] = {
    "predict": ("predict", "submit_prediction"),
    "write": ("write",),
    "destructive": ("destroy",),
}
"""The tools that `--allow` adds, by group. The tools of `READING` need no consent."""


def tool_of(operation: Operation) -> str | None:
    """The tool that carries out an operation; None for one that takes or gives a secret, which no tool does."""
    if operation.secrets:
        return None
    if operation.is_destructive:
        return "destroy"
    if operation.safety == "safe":
        return "read"
    if operation.group == "inference" and operation.safety == "unsafe":
        return "submit_prediction" if operation.is_asynchronous else "predict"
    return "write"


def enabled(allow: Collection[str] = (), only: Collection[str] | None = None) -> tuple[str, ...]:
    """The tools of a server, in order.

    Args:
        allow: Groups to add to the reading tools.
        only: Names to narrow the tools to; by default all.

    Raises:
        ConfigurationError: There is no such group or tool, or a tool is named that is not allowed.
    """
    if unknown := sorted(set(allow) - set(GROUPS)):
        raise ConfigurationError(f"--allow takes {', '.join(GROUPS)}; got {', '.join(unknown)}")
    tools = [*READING, *(tool for group, its in GROUPS.items() if group in allow for tool in its)]
    if only is None:
        return tuple(tools)
    for name in only:
        if name not in tools:
            group = _group_of(name)
            hint = f"{name} needs --allow {group}" if group else f"--tools takes {', '.join(tools)}; got {name}"
            raise ConfigurationError(hint)
    return tuple(tool for tool in tools if tool in only)


def checked(operation: str, tool: str | None, tools: Collection[str]) -> Operation:
    """Return the operation's row if this tool may carry it out, or with `tool=None` any of these tools.

    Raises `InvalidParameterError`, which says what to do instead.
    """
    row = OPERATIONS.get(operation)
    own = None if row is None else tool_of(row)
    if row is None:
        near = get_close_matches(operation[:80], OPERATIONS, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}? " if near else ""
        problem = f"is no operation; {hint}search_operations finds one by words"
    elif own is None:
        problem = f"{row.id} is not for agents, as a secret would enter the conversation: ask the user to run it"
    elif own not in tools:
        how = f"--allow {group}" if (group := _group_of(own)) else f"the tool {own}"
        problem = f"{row.id} is not allowed here: the user started this without {how}"
    elif tool not in (None, own):
        problem = f"{row.id} is carried out by the tool {own}"
    else:
        return row
    raise InvalidParameterError("operation", problem)


def _group_of(tool: str) -> str | None:
    return next((group for group, its in GROUPS.items() if tool in its), None)


def secret_names(group: str) -> frozenset[str]:
    """The fields that the table marks as secret in any operation of a group: another one of it may answer them too."""
    return frozenset(name for row in OPERATIONS.values() if row.group == group for name in row.secrets)
