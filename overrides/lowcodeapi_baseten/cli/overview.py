"""The list of commands, and the command line's help: made without click, whose import takes longer than Python's
start."""

from __future__ import annotations

from collections.abc import Mapping

from lowcodeapi_baseten_api.operations import OPERATIONS

from . import PROGRAM

# The values name the module that has each `command()`.
WORKFLOWS: Mapping[str, tuple[str, str]] = {
    "predict": ("predict", "Call a model, and print what it answers."),
    "predict-many": ("predict_many", "Call a model for every line of standard input."),
    "submit": ("submit", "Queue an asynchronous prediction."),
    "wait": ("wait", "Wait until a request, deployment, promotion or job is done."),
    "wake": ("wake", "Wake a deployment, and wait until it is active."),
    "logs": ("logs", "Print the logs of a training job."),
    "metrics": ("metrics", "Plot the metrics of a training job."),
    "download": ("download", "Download what a training job made."),
    "keys": ("keys", "Rotate API keys."),
    "gateway": ("local", "Run a local gateway, to try things with no account."),
    "doctor": ("doctor", "Look for what is wrong with the set-up."),
    "completion": ("completion", "Print the completion script of a shell."),
}
_TEXT = """\
Usage: {program} COMMAND [ARGUMENTS] [OPTIONS]

  Baseten through the LowCodeAPI gateway.

Workflows:
{workflows}

Operations:
{resources}

Options:
  --version      Print the version.
  -h, --help     Show this, or the help of a command.

  Every command also takes --json, --dry-run, --yes, --url-format, --timeout,
  --base-url, --token-file and -v: see its --help.

  The token comes from LOWCODEAPI_API_TOKEN or --token-file. Output is a
  table on a terminal and JSON elsewhere.

  Exit codes: 0 done, 1 API error, 2 usage (nothing was sent), 3 deadline,
  4 configuration, 130 Ctrl-C."""
_LINE = 61  # characters left beside the name of a group


def text() -> str:
    """The help of the whole command line."""
    workflows = {name: summary for name, (_, summary) in WORKFLOWS.items()}
    return _TEXT.format(program=PROGRAM, workflows=_listed(workflows), resources=_listed(resources()))


def resources() -> dict[str, str]:
    """The groups of operations, each with a one-line summary of its operations."""
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
