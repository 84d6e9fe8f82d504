"""Every operation of the guide over a real socket: both URL formats, both envelopes, sync and async."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import reduce
from operator import attrgetter
from typing import Any

import pytest
from lowcodeapi_baseten import AsyncBaseten, Baseten, __version__
from lowcodeapi_baseten_api import AsyncClient, Client, new_format
from lowcodeapi_baseten_api.types import RawResponse

from tests.support.drivers import DRIVERS, Async, Sync
from tests.support.guide_table import TABLE, Row
from tests.support.pairs import in_pairs
from tests.support.tables import one_test
from tests.support.wire import JSON, TOKEN, Received, Reply, Wire, in_data, in_result

Opened = Callable[[str, str], Sync | Async]
URL_FORMATS = ["new", "old"]
# One of each kind: a list, an object, a page, a prediction, POST without a body, PATCH, no answer, a removal.
KINDS = {
    "models.list",
    "models.get",
    "training.list_checkpoint_files",
    "inference.predict_environment",
    "environments.activate",
    "deployments.update_autoscaling",
    "inference.wake_deployment",
    "api_keys.delete",
}


@pytest.fixture(scope="module")
def shared_wire() -> Iterator[Wire]:
    with Wire() as wire:
        yield wire


@pytest.fixture(scope="module")
def opened(shared_wire: Wire) -> Iterator[Opened]:
    """Give the client for a driver and a URL format, the same one for every operation."""
    known: dict[tuple[str, str], Sync | Async] = {}

    def client(driver: str, url_format: str) -> Sync | Async:
        if (driver, url_format) not in known:
            options: Any = {"api_token": TOKEN, "base_url": shared_wire.base_url, "url_format": url_format}
            made: Sync | Async = DRIVERS[driver](**options, remember=False)
            known[driver, url_format] = made
            stack.enter_context(made)
        return known[driver, url_format]

    with ExitStack() as stack:
        yield client


def answer(row: Row, envelope: str) -> Reply:
    if row.payload is None:
        return Reply(202, b"", "")
    return in_result(row.payload) if envelope == "result" else in_data(row.payload)


def check_request(received: Received, row: Row, url_format: str) -> None:
    path, _, query = (row.new if url_format == "new" else row.old).partition("?")
    assert received.method == row.method
    assert received.path == f"/baseten{path}"
    expected = sorted(tuple(pair.split("=")) for pair in query.split("&") if pair)
    assert sorted(received.query[:-1]) == expected
    assert received.query[-1] == ("api_token", TOKEN)
    assert received.header("authorization") is None
    assert received.header("user-agent") == f"lowcodeapi-baseten/{__version__}"
    if row.body is None:
        assert received.body == b""
        assert received.header("content-type") is None
    else:
        assert json.loads(received.body) == row.body
        assert received.header("content-type") == "application/json"


def check_result(result: Any, row: Row) -> None:
    if row.result in {"Any", "None"}:
        assert result == row.payload
        return
    name, item, payload = row.result, result, row.payload
    if row.result.startswith("list["):
        (payloads,) = row.payload.values()
        assert type(result) is list
        assert len(result) == len(payloads)
        name, item, payload = row.result[5:-1], result[0], payloads[0]
    assert type(item).__name__ == name
    assert item.to_dict() == payload
    assert {path: reduce(getattr, path.split("."), item) for path in row.fields} == row.fields


ROWS = {row.id: row for row in TABLE}


@one_test
@in_pairs(row=ROWS, url_format=[*URL_FORMATS], driver=[*DRIVERS], envelope=["result", "data"])
def test_an_operation_sends_and_answers_what_the_guide_says(
    row: Row, url_format: str, driver: str, envelope: str, shared_wire: Wire, opened: Opened
) -> None:
    shared_wire.says(answer(row, envelope))
    result = opened(driver, url_format).call(row.id, *row.arguments, **row.options)
    check_request(shared_wire.only, row, url_format)
    check_result(result, row)


@one_test
@in_pairs(row={id_: ROWS[id_] for id_ in sorted(KINDS)}, url_format=[*URL_FORMATS], driver=[*DRIVERS])
def test_the_raw_form_sends_the_same_and_says_what_came_with_it(
    row: Row, url_format: str, driver: str, shared_wire: Wire, opened: Opened
) -> None:
    shared_wire.says(answer(row, "result"))
    raw = opened(driver, url_format).raw(row.id, *row.arguments, **row.options)
    check_request(shared_wire.only, row, url_format)
    assert type(raw) is RawResponse
    check_result(raw.result, row)
    assert raw.payload == row.payload
    assert (raw.status_code, raw.format) == (200 if row.payload is not None else 202, url_format)
    assert [(attempt.format, attempt.status_code) for attempt in raw.attempts] == [(url_format, raw.status_code)]
    assert not raw.already_done
    assert not raw.unconfirmed
    if row.payload is not None:
        # Baseten's headers, from inside the envelope, and not the gateway's own.
        assert raw.headers["content-type"] == "application/json" != JSON
        assert raw.request_id == "req_789"


def test_the_table_has_the_guides_56_operations_once() -> None:
    assert len(ROWS) == len(TABLE) == 56 and ROWS.keys() >= KINDS


def test_sync_and_async_methods_and_their_raw_forms_take_the_same_arguments() -> None:
    clients: list[Any] = [Baseten(api_token=TOKEN, remember=False), AsyncBaseten(api_token=TOKEN, remember=False)]
    clients += [Client(new_format), AsyncClient(new_format)]
    forms = [form for client in clients for form in (client, client.with_raw_response)]
    for operation in ROWS:
        methods = [attrgetter(operation)(form) for form in forms]
        parameters = [inspect.signature(method).parameters for method in methods]
        assert all(each == parameters[0] for each in parameters), operation
        assert {"timeout", "extra_query", "extra_headers", "extra_body"} <= set(parameters[0]), operation
        assert [inspect.iscoroutinefunction(method) for method in methods] == [False, False, True, True] * 2, operation


def test_a_token_is_percent_encoded_once(shared_wire: Wire) -> None:
    shared_wire.says(in_data([]))
    with Baseten(api_token="a+b/c=d&e%20", base_url=shared_wire.base_url, remember=False) as client:
        assert client.models.list() == []
    assert shared_wire.only.target == "/baseten/v1/models?api_token=a%2Bb%2Fc%3Dd%26e%2520"
