"""Models keep what they read and send it back: reading never breaks on growth."""

from __future__ import annotations

import copy
import functools
import json
import pickle
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import attrs
import lowcodeapi_baseten_api.models as models
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lowcodeapi_baseten import UNSET, Baseten
from lowcodeapi_baseten_api.models.schema import Schema

from tests.support import guide_payloads as payloads
from tests.support.profiles import examples
from tests.support.wire import TOKEN, Wire, in_result


@functools.cache
def classes() -> Mapping[str, type[Any]]:
    """Every model. To import them all takes a tenth of a second."""
    found = {name: getattr(models, name) for name in models.__all__}
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, type) and issubclass(value, Schema) and hasattr(value, "from_dict")
    }


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
fields = st.deferred(
    lambda: st.sampled_from(sorted({field.name for cls in classes().values() for field in attrs.fields(cls)}))
)
objects = st.dictionaries(fields | st.text(max_size=5), values, max_size=6)


def own_fields(cls: type[Any]) -> dict[str, str]:
    """The documented names of a class and their attributes."""
    return {field.metadata.get("wire", field.name): field.name for field in attrs.fields(cls) if not field.inherited}


@examples(60)
@given(st.deferred(lambda: st.sampled_from(sorted(classes()))), objects)
@example("Model", {"id": "a", "additional_properties": 1, "a new field": {"of": ["tomorrow"]}})
def test_any_object_is_read_and_given_back_as_it_was(name: str, received: dict[str, Any]) -> None:
    cls, known = classes()[name], own_fields(classes()[name])
    read = cls.from_dict(copy.deepcopy(received))
    assert json.dumps(read.to_dict()) == json.dumps(received)
    assert read.additional_properties == {key: value for key, value in received.items() if key not in known}
    assert all(getattr(read, attribute) is None for wire, attribute in known.items() if wire not in received)


def test_an_empty_object_is_read_with_none_in_every_documented_field() -> None:
    for cls in classes().values():
        read = cls.from_dict({})
        assert {getattr(read, attribute) for attribute in own_fields(cls).values()} <= {None}, cls
        assert read.to_dict() == {}, cls


@pytest.mark.parametrize("status", ["HIBERNATING", "", "active", 7, None, ["ACTIVE"]], ids=repr)
def test_an_enum_value_that_is_new_stays_what_it_is(status: Any) -> None:
    read = models.Deployment.from_dict({**payloads.DEPLOYMENT, "status": status}).status
    assert (read, type(read)) == (status, type(status))


@pytest.mark.parametrize("created_at", ["yesterday", "", "2025-13-01T00:00:00Z", 1735689600, {"seconds": 1}], ids=repr)
def test_a_date_that_cannot_be_read_stays_what_it_is(created_at: Any) -> None:
    assert models.Model.from_dict({**payloads.MODEL, "created_at": created_at}).created_at == created_at


def test_what_is_known_is_a_member_that_is_its_string_and_a_datetime_with_its_zone() -> None:
    status = models.Deployment.from_dict(payloads.DEPLOYMENT).status
    assert status is models.DeploymentStatus.ACTIVE
    assert status == "ACTIVE"
    assert models.Model.from_dict(payloads.MODEL).created_at == datetime(2025, 1, 1, tzinfo=UTC)


def test_what_is_nested_is_read_as_deep_as_it_is() -> None:
    metrics = models.GetTrainingJobMetricsResponse.from_dict(payloads.METRICS)
    assert metrics.gpu_utilization["0"][0].value == 0.5
    assert metrics.per_node_metrics[0].metrics.ephemeral_storage.usage_bytes[0].timestamp == datetime(
        2025, 1, 1, tzinfo=UTC
    )
    assert metrics.to_dict() == payloads.METRICS


def test_a_copy_that_is_changed_sends_the_change_and_keeps_the_unknown() -> None:
    read = models.UpdateAutoscalingSettings.from_dict({"min_replica": 1, "burst": 2})
    changed = attrs.evolve(read, min_replica=5)
    assert (changed.to_dict()["min_replica"], changed.to_dict()["burst"]) == (5, 2)
    assert read.to_dict() == {"min_replica": 1, "burst": 2}


def test_what_to_dict_gives_is_the_callers_own() -> None:
    received = copy.deepcopy(payloads.DEPLOYMENT)
    read = models.Deployment.from_dict(received)
    read.to_dict()["labels"]["owner"] = "somebody else"
    assert read.to_dict() == payloads.DEPLOYMENT


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_a_model_survives_copying_and_pickling(again: Any) -> None:
    read = models.Deployment.from_dict({**payloads.DEPLOYMENT, "new": [1]})
    assert again(read) == read
    assert again(read).to_dict() == read.to_dict()


def opened(wire: Wire) -> Baseten:
    return Baseten(api_token=TOKEN, base_url=wire.base_url, url_format="new")


SETTINGS = models.UpdateAutoscalingSettings(min_replica=0, scale_down_delay=None, additional_properties={"burst": 2})


@pytest.mark.parametrize(
    ("given_settings", "sent"),
    [
        (UNSET, None),
        (None, {"autoscaling_settings": None}),
        ({"max_replica": 3}, {"autoscaling_settings": {"max_replica": 3}}),
        (SETTINGS, {"autoscaling_settings": {"min_replica": 0, "scale_down_delay": None, "burst": 2}}),
        (models.UpdateAutoscalingSettings(), {"autoscaling_settings": {}}),
    ],
    ids=["not given", "none", "a mapping", "an object", "an empty object"],
)
def test_what_is_not_given_is_not_sent_and_none_is_null(given_settings: Any, sent: Any) -> None:
    with Wire(in_result(payloads.ACCEPTED)) as wire, opened(wire) as client:
        client.environments.update("model_abc123", "staging", autoscaling_settings=given_settings)
    assert (json.loads(wire.only.body) if wire.only.body else None) == sent


def test_enums_are_sent_by_member_or_string_and_lists_may_be_of_either_form() -> None:
    by_class = models.OrderBy(field="created_at", order="desc")
    with Wire(in_result({"api_key": "a.b"})) as wire, opened(wire) as client:
        client.api_keys.create(type=models.APIKeyCategory.PERSONAL)
        client.api_keys.create(type="PERSONAL")
        client.training.search_jobs(order_by=(by_class, {"field": "name", "order": "asc"}))
    bodies = [json.loads(received.body) for received in wire.received]
    assert bodies == [
        {"type": "PERSONAL"},
        {"type": "PERSONAL"},
        {"order_by": [{"field": "created_at", "order": "desc"}, {"field": "name", "order": "asc"}]},
    ]
