"""A gateway's URL format: detected over real sockets, once, and remembered from one process to the next."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from lowcodeapi_baseten.testing import LocalGateway
from lowcodeapi_baseten_api.new_format import ROUTES as NEW_ROUTES

from tests.support.drivers import DRIVERS, Async, Sync
from tests.support.guide_table import TABLE
from tests.support.pairs import in_turn

# A gateway, the format that works on it, and the most requests of its first read.
GATEWAYS: dict[str, tuple[dict[str, Any], str, int]] = {
    "serves both": ({}, "new", 1),
    "new format only": ({"old_format": "missing"}, "new", 1),
    "new format only, as in the guide": ({"old_format": "missing", "envelope": "data"}, "new", 1),
    "old format only": ({"new_format": "missing"}, "old", 2),
    "old format only, as in the guide": ({"new_format": "missing", "envelope": "data"}, "old", 2),
    "old format only, a page for the unknown": ({"new_format": "missing", "unknown_route": "html"}, "old", 2),
    "silent in the new format": ({"new_format": "silent"}, "old", 2),
}
READ = ("models.get", "abc123")
PREDICTION = ("inference.predict_environment", "production")
BODY = {"text": "What is the capital of France?"}
# A client listens to silence for a quarter of it before it asks in the other format.
PATIENCE = 2.4


class Model:
    """A deployed model that records its inputs."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def __call__(self, body: Any) -> Any:
        self.asked.append(body)
        return {"echo": body}


@contextmanager
def gateway_that(kind: str) -> Iterator[tuple[LocalGateway, Model]]:
    model = Model()
    # Without its documents: `test_fatal_gateway` tests those.
    with LocalGateway(predict=model, documents="none", **GATEWAYS[kind][0]) as gateway:
        yield gateway, model


def opened(gateway: LocalGateway, driver: str = "sync", **options: Any) -> Sync | Async:
    known = {"api_token": gateway.api_token, "base_url": gateway.base_url, "timeout": PATIENCE, "max_retries": 0}
    return DRIVERS[driver](**{**known, **options})


def requests(gateway: LocalGateway) -> list[tuple[str, str]]:
    return [(request.method, request.path.removeprefix("/baseten")) for request in gateway.requests]


@in_turn(kind=[*GATEWAYS], driver=[*DRIVERS])
def test_a_read_and_a_prediction_succeed_and_the_second_ones_take_one_request_each(kind: str, driver: str) -> None:
    _, url_format, first_read = GATEWAYS[kind]
    with gateway_that(kind) as (gateway, model), opened(gateway, driver) as client:
        assert client.call(*READ).name == "my-model"
        assert len(gateway.requests) == first_read
        assert client.call(*PREDICTION, input=BODY) == {"echo": {"input": BODY}}
        assert len(gateway.requests) == first_read + 1
        assert model.asked == [{"input": BODY}]

        again = [client.raw(*READ), client.raw(*PREDICTION, input=BODY)]
        assert len(gateway.requests) == first_read + 3
        assert [raw.format for raw in again] == [url_format, url_format]
        assert len(model.asked) == gateway.count(PREDICTION[0]) == 2
        with opened(gateway, driver) as another:
            assert len(another.raw(*READ).attempts) == 1, "it is remembered"


@in_turn(kind=[*GATEWAYS], driver=[*DRIVERS])
def test_a_prediction_that_comes_first_is_sent_once_after_a_probe(kind: str, driver: str) -> None:
    with gateway_that(kind) as (gateway, model), opened(gateway, driver) as client:
        raw = client.raw(*PREDICTION, input=BODY)
        assert [method for method, _ in requests(gateway)] == ["GET", "POST"]
        purposes = [attempt.purpose for attempt in raw.attempts]
        assert purposes == ["documents"] * len(gateway.document_requests) + ["probe", "call"]
        assert raw.format == GATEWAYS[kind][1]
        assert model.asked == [{"input": BODY}]
        assert gateway.count(PREDICTION[0]) == 1


def test_two_routes_that_differ_are_of_operations_with_path_parameters() -> None:
    assert {row.id for row in TABLE if row.new != row.old} == {
        row.id for row in TABLE if "{" in NEW_ROUTES[row.id].path
    }


OLD_404, PROBE, NEW_200 = ("old", 404, "call"), ("new", 404, "probe"), ("new", 200, "call")


@in_turn(
    # A remembered format gives way to the other one; a format that this client has seen working, to a probe.
    case={"remembered": (False, [OLD_404, NEW_200]), "proven": (True, [OLD_404, PROBE, NEW_200])},
    operation={"prediction": PREDICTION, "read": READ},
    driver=[*DRIVERS],
)
def test_an_old_verdict_is_given_up_where_old_urls_match_templates(
    case: tuple[bool, list[Any]], operation: tuple[str, str], driver: str
) -> None:
    is_proven, expected = case
    options: dict[str, Any] = {"input": BODY} if operation == PREDICTION else {}
    with LocalGateway(new_format="missing", documents="none") as gateway:
        with opened(gateway, driver) as before, opened(gateway, driver) as after:
            assert before.raw(*READ).format == "old"
            # The gateway is updated: an old URL now reads as the unknown id `modelid`.
            gateway.new_format, gateway.old_format = "served", "missing"
            client = before if is_proven else after
            recovered = client.raw(*operation, **options)
            tried = [(attempt.format, attempt.status_code, attempt.purpose) for attempt in recovered.attempts]
            assert [attempt for attempt in tried if attempt[2] != "documents"] == expected
            assert [len(client.raw(*READ).attempts), len(client.raw(*PREDICTION, input=BODY).attempts)] == [1, 1]
            first, client.client = client.client, client.client.with_options(max_retries=1)
            assert len(client.raw(*READ).attempts) == 1, "it knows what was learnt"
            client.client = first
        with opened(gateway, driver) as another:
            assert len(another.raw(*PREDICTION, input=BODY).attempts) == 1


def test_a_format_is_logged_once_and_without_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with gateway_that("old format only") as (gateway, _):
        for _ in range(2):
            with opened(gateway) as client:
                for _ in range(2):
                    client.call(*READ)
                    client.call(*PREDICTION, input=BODY)
        told = [record for record in caplog.records if "is called in" in record.getMessage()]
        assert [record.getMessage() for record in told] == [f"{gateway.base_url} is called in the old URL format"]
        assert told[0].levelno == logging.INFO
        assert gateway.api_token not in caplog.text


def test_clients_of_two_gateways_share_nothing() -> None:
    with gateway_that("old format only") as (old, _), gateway_that("new format only") as (new, _):
        with opened(old) as first, opened(new) as second:
            assert [len(first.raw(*READ).attempts), len(second.raw(*READ).attempts)] == [4, 3]
            assert [len(first.raw(*READ).attempts), len(second.raw(*READ).attempts)] == [1, 1]
        assert {request.path for request in new.requests} == {"/baseten/v1/models/abc123"}
        with opened(old) as first, opened(new) as second:
            raws = [first.raw(*READ), second.raw(*READ)]
    assert [(raw.format, len(raw.attempts)) for raw in raws] == [("old", 1), ("new", 1)]
