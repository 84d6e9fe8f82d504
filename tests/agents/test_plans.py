"""A digest is good for one call, its own arguments, and ten minutes."""

from __future__ import annotations

import pytest
from lowcodeapi_baseten import InvalidParameterError
from lowcodeapi_baseten.agents.plans import Plans

ARGUMENTS = {"model_id": "abc123", "deployment_id": "dep1"}


class Time:
    """A clock that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_digest_is_good_for_its_own_call_whatever_the_order_of_its_arguments() -> None:
    plans = Plans()
    digest = plans.made("deployments.delete", ARGUMENTS)
    plans.redeem(digest, "deployments.delete", dict(reversed(ARGUMENTS.items())))


def test_equal_calls_have_different_digests() -> None:
    plans = Plans()
    assert len({plans.made("deployments.delete", ARGUMENTS) for _ in range(50)}) == 50


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("deployments.deactivate", ARGUMENTS),
        ("deployments.delete", {**ARGUMENTS, "deployment_id": "dep2"}),
        ("deployments.delete", {"model_id": "abc123"}),
        ("deployments.delete", {**ARGUMENTS, "more": None}),
        ("deployments.delete", {**ARGUMENTS, "deployment_id": True}),
    ],
)
def test_another_call_is_refused_and_uses_it_up(operation: str, arguments: dict[str, object]) -> None:
    plans = Plans()
    digest = plans.made("deployments.delete", ARGUMENTS)
    with pytest.raises(InvalidParameterError, match="other arguments"):
        plans.redeem(digest, operation, arguments)
    with pytest.raises(InvalidParameterError, match="used before"):
        plans.redeem(digest, "deployments.delete", ARGUMENTS)


def test_a_second_use_is_refused() -> None:
    plans = Plans()
    digest = plans.made("models.delete", ARGUMENTS)
    plans.redeem(digest, "models.delete", ARGUMENTS)
    with pytest.raises(InvalidParameterError, match="used before"):
        plans.redeem(digest, "models.delete", ARGUMENTS)


@pytest.mark.parametrize(("seconds", "is_good"), [(599, True), (601, False)])
def test_it_is_good_for_ten_minutes(seconds: float, is_good: bool) -> None:
    time = Time()
    plans = Plans(time)
    digest = plans.made("models.delete", ARGUMENTS)
    time.now += seconds
    if is_good:
        plans.redeem(digest, "models.delete", ARGUMENTS)
        return
    with pytest.raises(InvalidParameterError, match="older than 10 minutes"):
        plans.redeem(digest, "models.delete", ARGUMENTS)


@pytest.mark.parametrize("made_up", ["", "x", "0" * 16 + "-" + "0" * 32, "-", "\ud800"])
def test_what_is_made_up_is_refused(made_up: str) -> None:
    plans = Plans()
    plans.made("models.delete", ARGUMENTS)
    with pytest.raises(InvalidParameterError, match="made up"):
        plans.redeem(made_up, "models.delete", ARGUMENTS)


def test_another_servers_digest_is_refused() -> None:
    digest = Plans().made("models.delete", ARGUMENTS)
    with pytest.raises(InvalidParameterError):
        Plans().redeem(digest, "models.delete", ARGUMENTS)


def test_open_plans_are_bounded_and_the_oldest_goes_first() -> None:
    plans = Plans()
    first, *_, last = [plans.made("models.delete", ARGUMENTS) for _ in range(101)]
    with pytest.raises(InvalidParameterError):
        plans.redeem(first, "models.delete", ARGUMENTS)
    plans.redeem(last, "models.delete", ARGUMENTS)
