"""A digest is good for one call, its own arguments, and ten minutes."""

from __future__ import annotations

import pytest
from lowcodeapi_baseten import InvalidParameterError
from lowcodeapi_baseten.agents.plans import Plans

DELETE = "deployments.delete"
ARGUMENTS = {"model_id": "abc123", "deployment_id": "dep1"}


def refused(plans: Plans, digest: str, operation: str, arguments: dict[str, object], why: str) -> None:
    with pytest.raises(InvalidParameterError, match=why):
        plans.redeem(digest, operation, arguments)


def test_a_digest_is_good_for_its_own_call_once_whatever_the_order_of_its_arguments() -> None:
    plans = Plans()
    digests = {plans.made(DELETE, ARGUMENTS) for _ in range(50)}
    assert len(digests) == 50
    digest = digests.pop()
    plans.redeem(digest, DELETE, dict(reversed(ARGUMENTS.items())))
    refused(plans, digest, DELETE, dict(ARGUMENTS), "used before")


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("deployments.deactivate", ARGUMENTS),
        (DELETE, {**ARGUMENTS, "deployment_id": "dep2"}),
        (DELETE, {"model_id": "abc123"}),
        (DELETE, {**ARGUMENTS, "more": None}),
        (DELETE, {**ARGUMENTS, "deployment_id": True}),
    ],
)
def test_another_call_is_refused_and_uses_it_up(operation: str, arguments: dict[str, object]) -> None:
    plans = Plans()
    digest = plans.made(DELETE, ARGUMENTS)
    refused(plans, digest, operation, arguments, "other arguments")
    refused(plans, digest, DELETE, dict(ARGUMENTS), "used before")


def test_it_is_good_for_ten_minutes() -> None:
    now = [1000.0]
    plans = Plans(lambda: now[0])
    early, late = plans.made(DELETE, ARGUMENTS), plans.made(DELETE, ARGUMENTS)
    now[0] += 599
    plans.redeem(early, DELETE, ARGUMENTS)
    now[0] += 2
    refused(plans, late, DELETE, dict(ARGUMENTS), "older than 10 minutes")


def test_what_is_made_up_or_another_servers_is_refused() -> None:
    plans = Plans()
    plans.made(DELETE, ARGUMENTS)
    for digest in ("", "x", "0" * 16 + "-" + "0" * 32, "-", "\ud800", Plans().made(DELETE, ARGUMENTS)):
        refused(plans, digest, DELETE, dict(ARGUMENTS), "made up")


def test_open_plans_are_bounded_and_the_oldest_goes_first() -> None:
    plans = Plans()
    first, *_, last = [plans.made(DELETE, ARGUMENTS) for _ in range(101)]
    refused(plans, first, DELETE, dict(ARGUMENTS), "not known")
    plans.redeem(last, DELETE, ARGUMENTS)
