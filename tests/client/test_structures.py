"""A mapping that stands for a structure has only the structure's fields. Others go through `extra_body`."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest
from lowcodeapi_baseten import APIConnectionError, Baseten, InvalidParameterError, connect
from lowcodeapi_baseten_api.models import OrderBy, UpdateAutoscalingSettings

from tests.support.drivers import DRIVERS
from tests.support.generated_package import imported
from tests.support.pairs import in_turn
from tests.support.small_documents import body, document, operation, parsed
from tests.support.wire import TOKEN, Wire, in_data

CREATE, SEARCH, SUBMIT = "environments.create", "training.search_jobs", "inference.async_predict_development"
HINT = r" \(extra_body sends fields that this version does not know\)$"
# operation, its arguments, the parameter that is refused, the rest of the message
REFUSED: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "a slip": (
        CREATE,
        {"name": "e", "autoscaling_settings": {"min_replicas": 3}},
        "autoscaling_settings",
        "has no field 'min_replicas': did you mean 'min_replica'",
    ),
    "another word": (
        CREATE,
        {"name": "e", "autoscaling_settings": {"floor": 3}},
        "autoscaling_settings",
        "has no field 'floor'; it has min_replica, max_replica, ",
    ),
    "deeper": (
        CREATE,
        {"name": "e", "promotion_settings": {"rolling_deploy_config": {"max_surge": 1}}},
        "promotion_settings.rolling_deploy_config",
        "has no field 'max_surge'",
    ),
    "in a list": (
        SEARCH,
        {"order_by": [OrderBy(field="created_at", order="asc"), {"feld": "created_at"}]},
        r"order_by\[1\]",
        "has no field 'feld': did you mean 'field'",
    ),
    "any mapping": (
        SUBMIT,
        {"model_input": {}, "inference_retry_config": MappingProxyType({"max_attempt": 1})},
        "inference_retry_config",
        "has no field 'max_attempt': did you mean 'max_attempts'",
    ),
    "no text": (
        CREATE,
        {"name": "e", "autoscaling_settings": {1: 3}},
        "autoscaling_settings",
        "has no field 1; it has",
    ),
}


@in_turn(case=[*REFUSED], driver=[*DRIVERS])
def test_an_unknown_field_is_refused_by_name_before_anything_is_sent(case: str, driver: str) -> None:
    name, arguments, parameter, said = REFUSED[case]
    path = ["abc123"] if name == CREATE else []
    with Wire(in_data({})) as wire, DRIVERS[driver](api_token=TOKEN, base_url=wire.base_url) as client:
        with pytest.raises(InvalidParameterError, match=f"^{parameter} {said}.*{HINT}") as caught:
            client.call(name, *path, **arguments)
        assert not wire.received
    assert caught.value.parameter == parameter.replace("\\", "")


KNOWN = UpdateAutoscalingSettings(min_replica=3, additional_properties={"of_tomorrow": 1})


@pytest.mark.parametrize(
    ("call", "sent"),
    [
        *(
            (lambda client, given=given: client.environments.create("abc", name="e", autoscaling_settings=given), given)
            for given in ({"min_replica": 3}, {}, None)
        ),
        # An object of the class was checked when it was made.
        (lambda client: client.environments.create("abc", name="e", autoscaling_settings=KNOWN), KNOWN.to_dict()),
        (lambda client: client.environments.create("abc", name="e", extra_body={"autoscaling_settings": 1}), 1),
    ],
)
def test_what_is_known_and_what_extra_body_has_is_sent(call: Callable[[Any], object], sent: Any) -> None:
    with (
        Wire(in_data({})) as wire,
        Baseten(api_token=TOKEN, base_url=wire.base_url, url_format="new", remember=False) as client,
    ):
        call(client)
        client.inference.predict_development(input={"min_replicas": {"max_surge": 1}})
    first, second = (json.loads(received.body) for received in wire.received)
    assert first == {"name": "e", "autoscaling_settings": sent}
    assert second == {"input": {"min_replicas": {"max_surge": 1}}}, "a model's own input has any field"


def test_a_mapping_that_holds_itself_is_refused_like_all_that_can_not_be_sent() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with Baseten(api_token=TOKEN) as client, pytest.raises(InvalidParameterError, match="can't be sent"):
        client.training.search_jobs(order_by=endless)


PART = {"type": "object", "properties": {"name": {"type": "string"}}}
ITEM = {
    "type": "object",
    "properties": {
        "part": PART,
        "parts": {"type": "array", "items": PART},
        "free": {"type": "object", "additionalProperties": PART},
        "either": {"oneOf": [PART, {"type": "string"}]},
        "any": {},
    },
}
OF_A_PROVIDER = document(
    {
        "/v1/orders": {"post": operation("Create order", requestBody=body({"item": ITEM}))},
        "/v1/lists": {
            "post": operation(
                "Create list",
                requestBody={"content": {"application/json": {"schema": {"type": "array", "items": ITEM}}}},
            )
        },
    }
)


OF_ITS_METHODS: list[tuple[str, dict[str, Any], str | None]] = [
    ("create_order", {"item": {"name": 1}}, "item"),
    ("create_order", {"item": {"part": {"nam": 1}}}, "item.part"),
    ("create_order", {"item": {"parts": [{}, {"nam": 1}]}}, "item.parts[1]"),
    ("create_order", {"item": {"parts": ({}, {"nam": 1})}}, "item.parts[1]"),
    ("create_order", {"item": {"either": {"nam": 1}}}, "item.either"),
    ("create_order", {"item": {"free": {"nam": {"name": 1}}, "any": {"nam": 1}, "either": "nam"}}, None),
    ("create_list", {"body": [{}, {"part": {"nam": 1}}]}, "body[1].part"),
    ("create_list", {"body": [{"part": {"name": "x"}}]}, None),
]


def test_a_package_of_any_provider_is_checked_alike() -> None:
    with imported(parsed(OF_A_PROVIDER).package) as package, Wire(in_data({})) as wire:
        connected = connect(package, api_token=TOKEN, base_url=wire.base_url, url_format="new", remember=False)
        with connected:
            for method, arguments, parameter in OF_ITS_METHODS:
                wire.received.clear()
                call = getattr(connected.things, method)
                if parameter is None:
                    call(**arguments)
                else:
                    with pytest.raises(InvalidParameterError) as caught:
                        call(**arguments)
                    assert caught.value.parameter == parameter
                assert len(wire.received) == (parameter is None), arguments
        with pytest.raises(APIConnectionError, match="the client is closed"):
            connected.things.create_order(item={})
