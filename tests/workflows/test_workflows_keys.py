"""Rotating a key: one is always valid, and after a failure the error tells which exist."""

from __future__ import annotations

from typing import Any

import pytest
from lowcodeapi_baseten import InvalidParameterError
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway
from lowcodeapi_baseten.workflows import RotationError
from lowcodeapi_baseten_api.models import APIKey

from tests.support.pairs import in_turn
from tests.workflows.patience import BOTH, Run

OLD = "abcd1234"


def rotated(gateway: LocalGateway, run: Run, hand_over: Any = lambda key: None, **options: Any) -> Any:
    return run(gateway, lambda client: client.api_keys.rotate(OLD, hand_over=hand_over, **options))


def prefixes(gateway: LocalGateway) -> set[str]:
    return set(gateway.baseten.api_keys)


def test_a_key_takes_the_place_of_another_one(baseten_gateway: LocalGateway, run: Run) -> None:
    handed_over = list[APIKey]()

    def hand_over(key: APIKey) -> None:
        assert OLD in prefixes(baseten_gateway), "the old key lives until the new one is in use"
        handed_over.append(key)

    rotation = rotated(baseten_gateway, run, hand_over)
    assert prefixes(baseten_gateway) == {rotation.prefix}
    assert rotation.old_prefix == OLD
    assert handed_over == [rotation.key]
    assert rotation.key.api_key.startswith(f"{rotation.prefix}.")
    assert rotation.key.api_key not in repr(rotation)
    new = baseten_gateway.baseten.api_keys[rotation.prefix]
    assert (new.name, new.type, new.model_ids) == ("my-key", "WORKSPACE_MANAGE_ALL", None)


def test_the_new_key_may_differ(baseten_gateway: LocalGateway, run: Run) -> None:
    rotation = rotated(baseten_gateway, run, type="WORKSPACE_INVOKE", name=None, model_ids=["abc123"])
    new = baseten_gateway.baseten.api_keys[rotation.prefix]
    assert (new.name, new.type, new.model_ids) == (None, "WORKSPACE_INVOKE", ["abc123"])


def test_an_unknown_key_is_refused_and_nothing_is_done(baseten_gateway: LocalGateway, run: Run) -> None:
    with pytest.raises(InvalidParameterError, match="is not the prefix of any API key"):
        run(baseten_gateway, lambda client: client.api_keys.rotate("nobody", hand_over=lambda key: None))
    assert baseten_gateway.count("api_keys.create") == 0


def test_a_callback_that_fails_leaves_both_keys(baseten_gateway: LocalGateway, run: Run) -> None:
    def broken(key: APIKey) -> None:
        raise OSError("vault is sealed")

    with pytest.raises(
        RotationError, match=r"not handed over \(OSError\); both keys exist: the old one, abcd1234"
    ) as caught:
        rotated(baseten_gateway, run, broken)
    error = caught.value
    assert isinstance(error.__cause__, OSError)
    assert prefixes(baseten_gateway) == {OLD, error.new_prefix}
    assert str(error.new_prefix) in str(error)
    assert error.key is not None
    assert error.key.api_key not in f"{error} {error!r}"


def test_a_gateway_that_cannot_delete_keys_is_not_believed(baseten_gateway: LocalGateway, run: Run) -> None:
    baseten_gateway.api_key_delete = "path"
    with pytest.raises(RotationError, match=r"both keys exist.*no working route for deleting keys") as caught:
        rotated(baseten_gateway, run)
    assert prefixes(baseten_gateway) == {OLD, caught.value.new_prefix}


@in_turn(fault=["reset_after", "truncate", "malformed", "500_after"], run=BOTH)
def test_a_delete_whose_answer_was_lost_is_looked_up(baseten_gateway: LocalGateway, run: Run, fault: str) -> None:
    baseten_gateway.faults = FaultPlan(script=[fault], only=["api_keys.delete"])
    rotation = rotated(baseten_gateway, run)
    assert prefixes(baseten_gateway) == {rotation.prefix}


@in_turn(fault=["reset_before", "500"], run=BOTH)
def test_a_delete_that_was_not_done_leaves_both_keys(baseten_gateway: LocalGateway, run: Run, fault: str) -> None:
    baseten_gateway.faults = FaultPlan(script=[fault], only=["api_keys.delete"])
    with pytest.raises(RotationError, match="both keys exist") as caught:
        rotated(baseten_gateway, run)
    assert prefixes(baseten_gateway) == {OLD, caught.value.new_prefix}


def test_a_key_whose_value_was_lost_is_named(baseten_gateway: LocalGateway, run: Run) -> None:
    handed_over = list[APIKey]()
    baseten_gateway.faults = FaultPlan(script=["reset_after"], only=["api_keys.create"])
    with pytest.raises(RotationError, match=r"was created, but its value was lost: delete it") as caught:
        rotated(baseten_gateway, run, handed_over.append)
    assert prefixes(baseten_gateway) == {OLD, caught.value.new_prefix}
    assert str(caught.value.new_prefix) in str(caught.value)
    assert handed_over == []


@in_turn(fault=["reset_before", "503"], run=BOTH)
def test_a_key_that_was_not_created_changes_nothing(baseten_gateway: LocalGateway, run: Run, fault: str) -> None:
    baseten_gateway.faults = FaultPlan(script=[fault], only=["api_keys.create"])
    with pytest.raises(RotationError, match=r"no new key was created; the old one, abcd1234, exists"):
        rotated(baseten_gateway, run)
    assert prefixes(baseten_gateway) == {OLD}


def test_what_is_not_known_is_said(baseten_gateway: LocalGateway, run: Run) -> None:
    def hand_over(key: APIKey) -> None:
        baseten_gateway.faults = FaultPlan(rates={"503": 1.0}, only=["api_keys.delete", "api_keys.list"])

    with pytest.raises(RotationError, match=r"it is unknown if the old one, abcd1234, was deleted.*api_keys\.list"):
        rotated(baseten_gateway, run, hand_over)


@in_turn(seed=range(6), run=BOTH)
def test_under_faults_there_is_always_a_key_that_works(baseten_gateway: LocalGateway, run: Run, seed: int) -> None:
    baseten_gateway.faults = FaultPlan(
        seed=seed, rates={"reset_before": 0.15, "reset_after": 0.2, "500_after": 0.1, "503": 0.1}
    )
    handed_over = list[str]()
    try:
        rotated(baseten_gateway, run, lambda key: handed_over.append(key.api_key.partition(".")[0]))
        assert prefixes(baseten_gateway) == set(handed_over)
    except Exception:
        assert OLD in prefixes(baseten_gateway) or handed_over[0] in prefixes(baseten_gateway)
    assert baseten_gateway.count("api_keys.create") <= 1
