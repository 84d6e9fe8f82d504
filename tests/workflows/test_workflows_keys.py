"""Rotating a key: one is always valid, and after a failure the error tells which exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from lowcodeapi_baseten import Baseten, InvalidParameterError
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway
from lowcodeapi_baseten.workflows import RotationError
from lowcodeapi_baseten_api.models import APIKey

from tests.support.tables import one_test
from tests.workflows.odd_answers import KEYS, NEW_KEYS, Gateway, answering, says

OLD, NEW = "abcd1234", "ef567890"
KEY = KEYS["keys"][0]
BOTH_KEYS = {"keys": [KEY, *NEW_KEYS["keys"]]}


def rotated(client: Any, hand_over: Any = lambda key: None, **options: Any) -> Any:
    return client.api_keys.rotate(OLD, hand_over=hand_over, **options)


def prefixes(gateway: LocalGateway) -> set[str]:
    return set(gateway.baseten.api_keys)


def test_a_key_takes_the_place_of_another_one(gateway: LocalGateway, client: Baseten) -> None:
    handed_over = list[APIKey]()

    def hand_over(key: APIKey) -> None:
        assert OLD in prefixes(gateway), "the old key lives until the new one is in use"
        handed_over.append(key)

    rotation = rotated(client, hand_over)
    assert prefixes(gateway) == {rotation.prefix}
    assert rotation.old_prefix == OLD
    assert handed_over == [rotation.key]
    assert rotation.key.api_key.startswith(f"{rotation.prefix}.")
    assert rotation.key.api_key not in repr(rotation)
    new = gateway.baseten.api_keys[rotation.prefix]
    assert (new.name, new.type, new.model_ids) == ("my-key", "WORKSPACE_MANAGE_ALL", None)


def test_the_new_key_may_differ(gateway: LocalGateway, client: Baseten) -> None:
    rotation = rotated(client, type="WORKSPACE_INVOKE", name=None, model_ids=["abc123"])
    new = gateway.baseten.api_keys[rotation.prefix]
    assert (new.name, new.type, new.model_ids) == (None, "WORKSPACE_INVOKE", ["abc123"])


def test_a_callback_that_fails_leaves_both_keys(gateway: LocalGateway, client: Baseten) -> None:
    def broken(key: APIKey) -> None:
        raise OSError("vault is sealed")

    problem = r"not handed over \(OSError\); both keys exist: the old one, abcd1234"
    with pytest.raises(RotationError, match=problem) as caught:
        rotated(client, broken)
    error = caught.value
    assert isinstance(error.__cause__, OSError)
    assert prefixes(gateway) == {OLD, error.new_prefix}
    assert str(error.new_prefix) in str(error)
    assert error.key is not None
    assert error.key.api_key not in f"{error} {error!r}"


@pytest.mark.parametrize("fault", ["reset_after", "truncate", "malformed", "500_after"])
def test_a_delete_whose_answer_was_lost_is_looked_up(gateway: LocalGateway, client: Baseten, fault: str) -> None:
    gateway.faults = FaultPlan(script=[fault], only=["api_keys.delete"])
    rotation = rotated(client)
    assert prefixes(gateway) == {rotation.prefix}


NO_ROUTE = "both keys exist.*no working route for deleting keys"


@pytest.mark.parametrize(
    ("deletes", "fault", "problem"),
    [("path", None, NO_ROUTE), ("prefix", "reset_before", "both keys exist"), ("prefix", "500", "both keys exist")],
)
def test_a_delete_that_was_not_done_leaves_both_keys(
    gateway: LocalGateway, client: Baseten, deletes: Any, fault: str | None, problem: str
) -> None:
    gateway.api_key_delete = deletes
    gateway.faults = FaultPlan(script=[fault], only=["api_keys.delete"])
    with pytest.raises(RotationError, match=problem) as caught:
        rotated(client)
    assert prefixes(gateway) == {OLD, caught.value.new_prefix}


def test_a_key_whose_value_was_lost_is_named(gateway: LocalGateway, client: Baseten) -> None:
    handed_over = list[APIKey]()
    gateway.faults = FaultPlan(script=["reset_after"], only=["api_keys.create"])
    with pytest.raises(RotationError, match=r"was created, but its value was lost: delete it") as caught:
        rotated(client, handed_over.append)
    assert prefixes(gateway) == {OLD, caught.value.new_prefix}
    assert str(caught.value.new_prefix) in str(caught.value)
    assert handed_over == []


@pytest.mark.parametrize("fault", ["reset_before", "503"])
def test_a_key_that_was_not_created_changes_nothing(gateway: LocalGateway, client: Baseten, fault: str) -> None:
    gateway.faults = FaultPlan(script=[fault], only=["api_keys.create"])
    with pytest.raises(RotationError, match=r"no new key was created; the old one, abcd1234, exists"):
        rotated(client)
    assert prefixes(gateway) == {OLD}


def test_an_unknown_fate_of_the_old_key_is_said(gateway: LocalGateway, client: Baseten) -> None:
    def hand_over(key: APIKey) -> None:
        gateway.faults = FaultPlan(rates={"503": 1.0}, only=["api_keys.delete", "api_keys.list"])

    with pytest.raises(RotationError, match=r"it is unknown if the old one, abcd1234, was deleted.*api_keys\.list"):
        rotated(client, hand_over)


@pytest.mark.parametrize("seed", range(4))
def test_under_faults_there_is_always_a_key_that_works(gateway: LocalGateway, client: Baseten, seed: int) -> None:
    gateway.faults = FaultPlan(
        seed=seed, rates={"reset_before": 0.15, "reset_after": 0.2, "500_after": 0.1, "503": 0.1}
    )
    handed_over = list[str]()
    try:
        rotated(client, lambda key: handed_over.append(key.api_key.partition(".")[0]))
        assert prefixes(gateway) == set(handed_over)
    except Exception:
        assert OLD in prefixes(gateway) or handed_over[0] in prefixes(gateway)
    assert gateway.count("api_keys.create") <= 1


# --- undocumented answers: whatever is said once it is created, nobody is left without its name


def then(*keys: Any) -> dict[str, Any]:
    """The old key, and these the next time that the keys are listed."""
    return {"api_keys.list": (KEYS, {"keys": list(keys)})}


NO_KEY: dict[str, Any] = {"api_keys.create": {}}
WHOLE: dict[str, Any] = {"api_keys.create": {"api_key": "all-of-it-is-secret"}}
LOST = f"{NEW} was created, but its value was lost"
AFTER: Mapping[str, tuple[dict[str, Any], str, str | None]] = {
    "a list with an entry that is none": (then("x"), "it is unknown if", NEW),
    "a list without prefixes": (then({"name": "a"}), "it is unknown if", NEW),
    "a list of no keys": (then(), "it is unknown if", NEW),
    "a list that is none": ({"api_keys.list": (KEYS, {"keys": 5})}, "it is unknown if", NEW),
    "a prefix that can't be looked up": (then({"prefix": []}), "it is unknown if", NEW),
    "the old key, and one that is odd": (then(KEY, 5), "both keys exist", NEW),
    "no key in the answer": ({"api_keys.create": {"api_key": None}, **then(*BOTH_KEYS["keys"])}, LOST, NEW),
    "a number for a key": ({"api_keys.create": {"api_key": 5}, **then(*BOTH_KEYS["keys"])}, LOST, NEW),
    "no key and odd prefixes": (
        {**NO_KEY, **then(KEY, {"prefix": 5}, {"prefix": {}})},
        "it is unknown if a new one was created",
        None,
    ),
    "no key, odd prefixes and the new one": ({**NO_KEY, **then(None, {"prefix": NEW})}, LOST, NEW),
    "two new keys": ({**NO_KEY, **then({"prefix": "b"}, {"prefix": 1}, {"prefix": "a"})}, "a, b was created", None),
    "a key without a prefix": ({**WHOLE, "api_keys.list": KEYS}, "a new one was created, and is `key` of this", None),
}


@one_test
@pytest.mark.parametrize("case", AFTER)
def test_a_created_key_is_named_whatever_the_server_says(case: str) -> None:
    answers, problem, new_prefix = AFTER[case]
    gateway = Gateway(says(answers))
    with pytest.raises(RotationError, match=problem) as caught:
        rotated(gateway.client)
    error = caught.value
    assert (error.old_prefix, error.new_prefix) == (OLD, new_prefix)
    assert OLD in str(error) and (new_prefix or "") in str(error)
    assert "secret" not in f"{error}{error!r}"
    assert gateway.asked.count("api_keys.create") == 1


def test_a_key_without_a_prefix_is_rotated_by_the_one_that_is_new_in_the_list() -> None:
    rotation = rotated(Gateway(says({**WHOLE, "api_keys.list": (KEYS, BOTH_KEYS, NEW_KEYS)})).client)
    assert (rotation.prefix, rotation.key.api_key) == (NEW, "all-of-it-is-secret")


@pytest.mark.parametrize("keys", [[5, None, "x"], [{"prefix": None}, {"prefix": [OLD]}, {"name": OLD}]])
def test_a_key_that_no_entry_shows_is_not_rotated(keys: list[Any]) -> None:
    gateway = answering("api_keys.list", {"keys": keys})
    with pytest.raises(InvalidParameterError, match="is not the prefix of any API key"):
        rotated(gateway.client)
    assert gateway.asked == ["api_keys.list"]


@pytest.mark.parametrize("prefix", [None, 5, "", "a/b", "\ud800", "a\n"])
def test_a_prefix_that_could_not_be_deleted_is_refused_before_a_key_is_created(prefix: Any) -> None:
    gateway = answering("api_keys.list", {"keys": [{**KEY, "prefix": prefix}]})
    with pytest.raises(InvalidParameterError) as caught:
        gateway.client.api_keys.rotate(prefix, hand_over=lambda key: None)
    assert (caught.value.parameter, gateway.asked) == ("prefix", [])


def test_odd_entries_beside_the_old_key_are_no_hindrance() -> None:
    keys: list[Any] = [{**KEY, "prefix": "ef", "other": 1}, 5, KEY]
    assert rotated(answering("api_keys.list", {"keys": keys}, NEW_KEYS).client).prefix == NEW
