"""Which operation is whose: by the operations table, and no other way in."""

from __future__ import annotations

import json

import pytest
from lowcodeapi_baseten import ConfigurationError, InvalidParameterError
from lowcodeapi_baseten.agents import allowed
from lowcodeapi_baseten.testing import LocalGateway
from lowcodeapi_baseten_api.operations import OPERATIONS

from tests.agents.session import in_process, refused, said
from tests.support.tables import one_test

ALL = allowed.enabled(allowed.GROUPS)
BY_TOOL = {tool: {id_ for id_, row in OPERATIONS.items() if allowed.tool_of(row) == tool} for tool in [*ALL, None]}


def test_every_operation_has_one_tool_but_those_with_secrets() -> None:
    verbs = {tool: {id_.partition(".")[2].partition("_")[0] for id_ in ids} for tool, ids in BY_TOOL.items()}
    assert sum(map(len, BY_TOOL.values())) == len(OPERATIONS)
    assert BY_TOOL[None] == {"api_keys.create", "secrets.upsert"}
    assert verbs["destroy"] == {"cancel", "deactivate", "delete", "stop"}
    assert verbs["write"] == {"activate", "create", "promote", "recreate", "update", "wake"}
    assert (verbs["predict"], verbs["submit_prediction"]) == ({"predict"}, {"async"})


def test_a_hint_covers_all_that_its_tool_can_do() -> None:
    from lowcodeapi_baseten.agents.server import HINTS

    for tool in ALL:
        hints, rows = HINTS[tool], [OPERATIONS[id_] for id_ in BY_TOOL[tool]]
        assert bool(hints.read_only_hint) == all(row.safety == "safe" for row in rows), tool
        if not hints.read_only_hint:
            assert bool(hints.idempotent_hint) == all(row.safety != "unsafe" for row in rows), tool
            # `write` replaces what was there, though no row of it is marked.
            assert bool(hints.destructive_hint) == (tool == "write" or any(row.is_destructive for row in rows)), tool
            assert hints.open_world_hint, tool


@one_test
@pytest.mark.parametrize(
    ("allow", "only", "tools"),
    [
        ([], None, allowed.READING),
        (["predict"], None, (*allowed.READING, "predict", "submit_prediction")),
        (["write"], None, (*allowed.READING, "write")),
        (["destructive"], None, (*allowed.READING, "destroy")),
        (["destructive", "write"], ["destroy", "read"], ("read", "destroy")),
        (["everything"], None, "--allow takes predict, write, destructive; got everything"),
        ([], ["destroy"], "destroy needs --allow destructive"),
        ([], ["red"], "--tools takes search_operations"),
    ],
)
def test_groups_add_and_names_narrow(allow: list[str], only: list[str] | None, tools: tuple[str, ...] | str) -> None:
    if isinstance(tools, str):
        with pytest.raises(ConfigurationError, match=tools):
            allowed.enabled(allow, only)
    else:
        assert allowed.enabled(allow, only) == tools


@pytest.mark.anyio
@pytest.mark.parametrize("allow", [[], *([group] for group in allowed.GROUPS)], ids=str)
async def test_nothing_outside_the_allowed_groups_can_be_called_by_name_or_by_id(
    gateway: LocalGateway, allow: list[str]
) -> None:
    tools = allowed.enabled(allow)
    async with in_process(gateway, allow) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == list(tools)
        for name in set(ALL) - set(tools):
            assert (await client.call_tool(name, {"operation": "models.delete"})).is_error
        listed = set(said(await client.call_tool("search_operations"))["operations"])
        assert listed == {id_ for tool in tools for id_ in BY_TOOL[tool]}
        # One operation of each tool, and of none: `checked` tells all others by the same table.
        for operation in (min(ids) for ids in BY_TOOL.values() if ids):
            for tool in {"read", "write", "destroy"} & set(tools):
                if operation not in BY_TOOL[tool]:
                    plan = {} if tool == "read" else {"plan": "x"}
                    result = await client.call_tool(tool, {"operation": operation, **plan})
                    assert refused(result)["type"] == "InvalidParameterError"
            described = await client.call_tool("describe_operation", {"operation": operation})
            assert described.is_error == (operation not in listed)
    assert gateway.requests == []


@one_test
@pytest.mark.parametrize(
    ("operation", "hint"),
    [
        ("models.delet", "did you mean models.delete"),
        ("secrets.upsert", "ask the user to run it"),
        ("models.delete", "started this without --allow destructive"),
        ("models.list", "carried out by the tool read"),
    ],
)
def test_what_to_do_instead_is_said(operation: str, hint: str) -> None:
    with pytest.raises(InvalidParameterError, match=hint):
        allowed.checked(operation, "write", allowed.enabled(["write"]))


@pytest.mark.anyio
async def test_the_list_of_tools_is_under_two_thousand_tokens(gateway: LocalGateway) -> None:
    async with in_process(gateway) as client:
        listed = await client.list_tools()
    assert len(json.dumps(listed.model_dump(mode="json", by_alias=True, exclude_none=True))) < 8_000
