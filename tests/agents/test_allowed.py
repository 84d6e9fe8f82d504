"""Which operation is whose: by the operations table, and no other way in."""

from __future__ import annotations

import asyncio
import json

import pytest
from lowcodeapi_baseten import ConfigurationError, InvalidParameterError
from lowcodeapi_baseten.agents import allowed
from lowcodeapi_baseten.agents.server import HINTS
from lowcodeapi_baseten.testing import LocalGateway
from lowcodeapi_baseten_api.operations import OPERATIONS

from tests.agents.session import in_process, refused, said

ALL = allowed.enabled(allowed.GROUPS)
BY_TOOL = {tool: {id_ for id_, row in OPERATIONS.items() if allowed.tool_of(row) == tool} for tool in [*ALL, None]}


def test_every_operation_has_one_tool_but_those_with_secrets() -> None:
    assert sum(map(len, BY_TOOL.values())) == len(OPERATIONS)
    assert BY_TOOL[None] == {"api_keys.create", "secrets.upsert"}
    assert {id_.partition(".")[2].partition("_")[0] for id_ in BY_TOOL["destroy"]} == {
        "cancel",
        "deactivate",
        "delete",
        "stop",
    }
    verbs = {id_.partition(".")[2].partition("_")[0] for id_ in BY_TOOL["write"]}
    assert verbs == {"activate", "create", "promote", "recreate", "update", "wake"}
    assert {id_.partition("_")[0] for id_ in BY_TOOL["predict"]} == {"inference.predict"}
    assert {id_.partition("_")[0] for id_ in BY_TOOL["submit_prediction"]} == {"inference.async"}


@pytest.mark.parametrize("tool", ALL)
def test_a_hint_covers_all_that_its_tool_can_do(tool: str) -> None:
    hints, rows = HINTS[tool], [OPERATIONS[id_] for id_ in BY_TOOL[tool]]
    assert bool(hints.read_only_hint) == all(row.safety == "safe" for row in rows)
    if not hints.read_only_hint:
        assert bool(hints.idempotent_hint) == all(row.safety != "unsafe" for row in rows)
        # `write` replaces what was there, though no row of it is marked.
        assert bool(hints.destructive_hint) == (tool == "write" or any(row.is_destructive for row in rows))
        assert hints.open_world_hint


@pytest.mark.parametrize(
    ("allow", "only", "more"),
    [
        ([], None, ()),
        (["predict"], None, ("predict", "submit_prediction")),
        (["write"], None, ("write",)),
        (["destructive"], None, ("destroy",)),
        (["destructive", "write"], ["destroy", "read"], None),
    ],
)
def test_groups_add_and_names_narrow(allow: list[str], only: list[str] | None, more: tuple[str, ...] | None) -> None:
    expected = ("read", "destroy") if more is None else (*allowed.READING, *more)
    assert allowed.enabled(allow, only) == expected


@pytest.mark.parametrize(
    ("allow", "only", "why"),
    [
        (["everything"], None, "--allow takes predict, write, destructive; got everything"),
        ([], ["destroy"], "destroy needs --allow destructive"),
        ([], ["red"], "--tools takes search_operations"),
    ],
)
def test_a_name_that_is_none_is_refused_at_the_start(allow: list[str], only: list[str] | None, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        allowed.enabled(allow, only)


@pytest.mark.parametrize("group", [None, *allowed.GROUPS])
def test_nothing_outside_the_allowed_groups_can_be_called_by_name_or_by_id(group: str | None) -> None:
    allow = [] if group is None else [group]
    tools = allowed.enabled(allow)

    async def hunt() -> None:
        async with in_process(gateway, allow) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == list(tools)
            for name in set(ALL) - set(tools):
                assert (await client.call_tool(name, {"operation": "models.delete"})).is_error
            listed = set(said(await client.call_tool("search_operations"))["operations"])
            assert listed == {id_ for tool in tools for id_ in BY_TOOL[tool]}
            for operation in OPERATIONS:
                for tool in {"read", "write", "destroy"} & set(tools):
                    if operation not in BY_TOOL[tool]:
                        result = await client.call_tool(
                            tool, {"operation": operation, "plan": "x"} if tool != "read" else {"operation": operation}
                        )
                        assert refused(result)["type"] == "InvalidParameterError"
                described = await client.call_tool("describe_operation", {"operation": operation})
                assert described.is_error == (operation not in listed)

    with LocalGateway() as gateway:
        asyncio.run(hunt())
        assert gateway.requests == []


def test_what_to_do_instead_is_said() -> None:
    cases = {
        "models.delet": "did you mean models.delete",
        "secrets.upsert": "ask the user to run it",
        "models.delete": "started this without --allow destructive",
        "models.list": "carried out by the tool read",
    }
    for operation, hint in cases.items():
        with pytest.raises(InvalidParameterError, match=hint):
            allowed.checked(operation, "write", allowed.enabled(["write"]))


def test_the_list_of_tools_is_under_two_thousand_tokens() -> None:
    async def listed() -> str:
        async with in_process(gateway) as client:
            result = await client.list_tools()
            return json.dumps(result.model_dump(mode="json", by_alias=True, exclude_none=True))

    with LocalGateway() as gateway:
        text = asyncio.run(listed())
    assert len(text) < 8_000
