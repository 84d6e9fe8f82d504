"""The list of commands, and the command line's help: made without click, whose import takes longer than Python's
start."""

from __future__ import annotations

from collections.abc import Mapping

PROGRAM = "lowcodeapi-baseten"
ALIAS = "lcb"
COMPLETION_VARIABLE = "_LOWCODEAPI_BASETEN_COMPLETE"
"""Set by a shell that asks for completions; other variables then hold the command line."""

WORKFLOWS: Mapping[str, str] = {
    "predict": "Call a model, and print what it answers.",
    "predict-many": "Call a model for every line of standard input.",
    "submit": "Queue an asynchronous prediction.",
    "wait": "Wait until a request, deployment, promotion or job is done.",
    "wake": "Wake a deployment, and wait until it is active.",
    "logs": "Print the logs of a training job.",
    "metrics": "Plot the metrics of a training job.",
    "download": "Download what a training job made.",
    "keys": "Rotate API keys.",
    "api": "Call an operation by its method and path.",
    "login": "Keep a token in the system's keyring.",
    "logout": "Remove a token from the system's keyring.",
    "whoami": "Show which account is used, and try its token.",
    "gateway": "Run a local gateway, to try things with no account.",
    "doctor": "Look for what is wrong with the set-up.",
    "mcp": "Serve the account to an AI agent, as MCP tools.",
    "skill": "Print the skill that teaches an AI agent.",
    "commands": "List every operation with its arguments.",
    "completion": "Print the completion script of a shell.",
    "help": "Show the help of a command.",
}
_TEXT = """\
Usage: {program} COMMAND [ARGUMENTS] [OPTIONS]

  Baseten through the LowCodeAPI gateway. The command's short name is {alias}.

Workflows:
{workflows}

Operations:
{resources}

Options:
  --version      Print the version.
  -h, --help     Show this, or the help of a command.

  Most commands also take --output, --columns, --json, --dry-run, --timeout,
  --base-url, --profile and others: each command's --help lists its own.

  The token comes from --token-file, else from --profile, else from
  LOWCODEAPI_API_TOKEN, else from the profile that LOWCODEAPI_PROFILE names,
  else from the profile that login stored under no name. Output is a table on
  a terminal and JSON elsewhere.

  Exit codes: 0 done, 1 API error, 2 usage (nothing was sent), 3 deadline,
  4 configuration, 130 Ctrl-C, 141 output closed early."""
_LINE = 61  # characters left beside the name of a group


def text() -> str:
    """The help of the whole command line."""
    return _TEXT.format(program=PROGRAM, alias=ALIAS, workflows=_listed(WORKFLOWS), resources=_listed(resources()))


def resources() -> dict[str, str]:
    """The groups of operations, each with a one-line summary of its operations."""
    from lowcodeapi_baseten_api.operations import OPERATIONS

    known: dict[str, list[str]] = {}
    for operation in OPERATIONS.values():
        known.setdefault(dashed(operation.group), []).append(dashed(method_name(operation.id)))
    return {group: _shortened(", ".join(methods)) for group, methods in known.items()}


def method_name(operation: str) -> str:
    """The name of the Python method."""
    return operation.partition(".")[2]


def dashed(name: str) -> str:
    """A Python name with dashes, as shells write it."""
    return name.replace("_", "-")


def _listed(commands: Mapping[str, str]) -> str:
    return "\n".join(f"  {name:<13}  {summary}" for name, summary in commands.items())


def _shortened(line: str) -> str:
    return line if len(line) <= _LINE else f"{line[:_LINE].rpartition(',')[0]}, …"
