"""Every operation as a command: its parameters, and its request on the wire."""

from __future__ import annotations

import functools
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import click
import pytest
from lowcodeapi_baseten.cli.app import Root
from lowcodeapi_baseten.cli.operations import OperationCommand
from lowcodeapi_baseten.cli.settings import Option
from lowcodeapi_baseten.signatures import signature_of
from lowcodeapi_baseten.testing import LocalGateway
from lowcodeapi_baseten_api import new_format
from lowcodeapi_baseten_api.operations import OPERATIONS
from lowcodeapi_baseten_api.types import UNSET, Unset

from tests.support.shell import here
from tests.support.tables import one_test

_INPUT = {"text": "hi"}


def commands(group: click.Group, context: click.Context) -> Iterator[tuple[str, click.Command, click.Context]]:
    """Every command, however deep, by the words that name it."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, parent=context, info_name=name, max_content_width=80, terminal_width=80)
        yield inner.command_path, command, inner
        if isinstance(command, click.Group):
            yield from commands(command, inner)


@functools.cache
def every_command() -> dict[str, tuple[click.Command, click.Context]]:
    """Each command with its context, by the words that name it."""
    root = Root()
    return {path: (command, inner) for path, command, inner in commands(root, click.Context(root))}


def test_every_operation_is_a_command_that_takes_its_path_parameters_by_position() -> None:
    for operation in OPERATIONS:
        command, _ = every_command()[operation.replace("_", "-").replace(".", " ")]
        assert isinstance(command, OperationCommand)
        in_path = re.findall(r"\{(\w+)\}", new_format.ROUTES[operation].path)
        assert [param.name for param in command.params if isinstance(param, click.Argument)] == in_path
        flags = [flag for param in command.params if isinstance(param, click.Option) for flag in param.opts]
        assert len(flags) == len(set(flags)), "a field takes the option of every command"


def test_the_help_of_every_command_has_one_style() -> None:
    assert {"gateway", "completion", "wait promotion", "api-keys list"} <= set(every_command())
    for path, (command, context) in every_command().items():
        text = command.get_help(context)
        assert command.short_help or isinstance(command, click.Group)
        assert text.startswith(f"Usage: {path} "), text
        assert "[required] [required]" not in " ".join(text.split()), text
        titles = re.findall(r"^(\w[\w ]*):$", text, re.MULTILINE)
        assert set(titles) <= {"Arguments", "Options", "Common options", "Commands", "Workflows"}, titles
        common = [option for option in command.params if isinstance(option, Option)]
        assert ("Common options" in titles) == bool(common)


# A command line, and below it the request at Baseten: method, path with query, body.
CALLS = r"""
models delete abc123 --yes
    DELETE /v1/models/abc123 {}
api-keys delete --prefix abcd1234 --yes
    DELETE /v1/api_keys?prefix=abcd1234 {}
api-keys create --type personal --model-ids '["abc123"]'
    POST /v1/api_keys {"model_ids": ["abc123"], "type": "PERSONAL"}
deployments update-autoscaling abc123 dep1 --min-replica 1 --max-replica null
    PATCH /v1/models/abc123/deployments/dep1/autoscaling_settings {"max_replica": null, "min_replica": 1}
deployments promote abc123 dep4 --no-scale-down-previous-production
    POST /v1/models/abc123/deployments/dep4/promote {"scale_down_previous_production": false}
environments create abc123 --name preview --autoscaling-settings '{"min_replica": 0}'
    POST /v1/models/abc123/environments {"autoscaling_settings": {"min_replica": 0}, "name": "preview"}
environments create abc123 --name b --body '{"name": "a", "new": [1]}'
    POST /v1/models/abc123/environments {"name": "b", "new": [1]}
training get-logs proj_123 job_456 --limit 2 --direction ASC
    GET /v1/training_projects/proj_123/jobs/job_456/logs?direction=asc&limit=2 null
inference predict-environment production --input '{"text": "hi"}'
    POST /environments/production/predict {"input": {"text": "hi"}}
predict production --input null
    POST /environments/production/predict {"input": null}
predict development --body '"text"'
    POST /development/predict "text"
predict --deployment dep1 --input 1
    POST /deployment/dep1/predict {"input": 1}
inference async-predict-development --input '{}' --priority 0
    POST /development/async_predict {"model_input": {}, "priority": 0}
--json models get abc123 --url-format old
    GET /v1/models/abc123?model_id=abc123 null
""".strip().splitlines()


@one_test
@pytest.mark.parametrize(("line", "sent"), zip(CALLS[::2], CALLS[1::2], strict=True))
def test_a_command_reaches_baseten_as_the_method_would(line: str, sent: str, gateway: LocalGateway) -> None:
    gateway.reset()
    done = here(*shlex.split(line), gateway=gateway)
    assert (done.code, done.err) == (0, ""), done
    json.loads(done.out)
    received = gateway.received[-1]
    query = f"?{urlencode(sorted(received.query))}" if received.query else ""
    assert f"{received.method} {received.path}{query} {json.dumps(received.body, sort_keys=True)}" == sent.strip()


def test_a_body_comes_from_a_file_or_from_standard_input(gateway: LocalGateway, tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text(json.dumps(_INPUT), "utf-8-sig")
    from_file = here("predict", "production", "--input", f"@{tmp_path / 'in.json'}", gateway=gateway)
    from_pipe = here("predict", "production", "--body", "-", gateway=gateway, given=json.dumps({"input": _INPUT}))
    assert from_file.json == from_pipe.json == {"echo": {"input": _INPUT}}


def test_a_secret_can_be_kept_out_of_the_history_of_the_shell(gateway: LocalGateway, tmp_path: Path) -> None:
    (tmp_path / "value").write_text("s3cr3t\n")
    here("secrets", "upsert", "--name", "a", "--value", f"@{tmp_path / 'value'}", gateway=gateway)
    here("secrets", "upsert", "--name", "b", "--value", "-", gateway=gateway, given="piped\r\n")
    values = {name: secret.value for name, secret in gateway.baseten.secrets.items()}
    assert (values["a"], values["b"]) == ("s3cr3t", "piped")


def test_every_operation_that_ends_something_asks_first() -> None:
    """The overlay marks them; this list of names is a second opinion."""
    ending = ("delete", "deactivate", "stop", "cancel")
    named = {id_ for id_ in OPERATIONS if id_.partition(".")[2].startswith(ending)}
    assert {id_ for id_ in OPERATIONS if "--yes" in here(*id_.replace("_", "-").split("."), "--help").out} == named


class Invented:
    def method(
        self,
        some_id: str,
        *,
        count: int,
        ratio: float | Unset | None = UNSET,
        is_on: bool | Unset = UNSET,
        names: list[str | int] | Unset = UNSET,
        timeout_: str | Unset = UNSET,
        when: str | Unset = UNSET,
        timeout: float | None = None,
    ) -> None:
        """Do a thing

        Described
        on two lines.

        Args:
            some_id: Its id
            count: How many,
                on two lines
        """


def test_a_signature_is_read_from_annotations_and_docstring() -> None:
    signature = signature_of(Invented.method)
    assert (signature.summary, signature.description) == ("Do a thing", "Described\non two lines.")
    assert [(field.name, field.about) for field in signature.path] == [("some_id", "Its id")]
    count, ratio, is_on, names, timeout, when = signature.fields
    assert (count.kind, count.is_required, count.about) == ("integer", True, "How many, on two lines")
    assert (ratio.kind, ratio.is_required, ratio.is_nullable) == ("number", False, True)
    assert (is_on.kind, names.kind, when.kind) == ("flag", "json", "text")
    assert (timeout.wire, timeout.flag) == ("timeout", "timeout")
