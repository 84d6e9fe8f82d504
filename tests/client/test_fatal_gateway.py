"""A gateway that ends with any request in the new format, as the published one does on Node 20: how often it dies."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from lowcodeapi_baseten import AsyncBaseten, Baseten, LowCodeAPIError, NotFoundError
from lowcodeapi_baseten.testing import LocalGateway

from tests.support.drivers import DRIVERS
from tests.support.pairs import in_turn
from tests.support.shell import here

Step = Callable[[Any], Any]

STEPS: dict[str, Step] = {
    "read": lambda client: client.call("models.get", "abc123"),
    "prediction": lambda client: client.call("inference.predict_environment", "production", input=1),
    "change": lambda client: client.call("secrets.upsert", name="a", value="a-secret-value"),
    "deletion": lambda client: client.call("models.delete", "abc123"),
    "nothing there": lambda client: client.call("models.get", "nothing"),
    "wake": lambda client: client.call("inference.wake_deployment", "dep_prod", timeout=30),
}
# The documents served, and the most deaths allowed.
DEATHS = {None: 0, "none": 1}
SERVES = pytest.mark.parametrize(("documents", "most"), DEATHS.items())


def options(gateway: LocalGateway, **more: Any) -> dict[str, Any]:
    return {"api_token": gateway.api_token, "base_url": gateway.base_url, **more}


def fatal(documents: Any) -> LocalGateway:
    return LocalGateway(new_format="fatal", documents=documents)


def play(client: Any, steps: Iterable[str]) -> None:
    for step in steps:
        with contextlib.suppress(NotFoundError):
            STEPS[step](client)


@in_turn(first=[*STEPS], driver=[*DRIVERS], documents=[None, None, "none", "none"])
def test_whatever_comes_first_it_dies_once_at_most_for_a_client(first: str, driver: str, documents: Any) -> None:
    with fatal(documents) as gateway, DRIVERS[driver](**options(gateway, remember=False)) as client:
        play(client, [first, *STEPS, first])
        assert gateway.deaths == DEATHS[documents]
        predictions = [first, *STEPS, first].count("prediction")
        assert gateway.count("inference.predict_environment") == predictions
        assert len(gateway.document_requests) <= 2


@in_turn(first=[*STEPS], driver=[*DRIVERS], documents=[None, None, "none"])
def test_for_a_cache_folder_it_dies_once_at_most(first: str, driver: str, documents: Any) -> None:
    with fatal(documents) as gateway:
        for step in [first, *STEPS]:
            with DRIVERS[driver](**options(gateway)) as client:
                play(client, [step])
        assert gateway.deaths == DEATHS[documents]


@SERVES
def test_a_restart_between_calls_changes_nothing(documents: Any, most: int) -> None:
    with fatal(documents) as gateway:
        gateway.port = int(gateway.base_url.split(":")[2].split("/")[0])
        with DRIVERS["sync"](**options(gateway, remember=False)) as client:
            for step in STEPS:
                play(client, [step])
                gateway.close()
                gateway.start()
        assert gateway.deaths == most


TWENTY = [["read", "prediction"][number % 2] for number in range(20)]


def in_threads(gateway: LocalGateway) -> None:
    with DRIVERS["sync"](**options(gateway, remember=False)) as client, ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda kind: STEPS[kind](client), TWENTY))


def in_tasks(gateway: LocalGateway) -> None:
    async def main() -> None:
        async with AsyncBaseten(**options(gateway, remember=False)) as client:
            reads, predict = client.models.get, client.inference.predict_environment
            calls = [reads("abc123") if kind == "read" else predict("production", input=1) for kind in TWENTY]
            await asyncio.gather(*calls)

    asyncio.run(main())


@SERVES
@pytest.mark.parametrize("call", [in_threads, in_tasks])
def test_twenty_calls_at_once_kill_it_once_at_most(
    call: Callable[[LocalGateway], None], documents: Any, most: int
) -> None:
    with fatal(documents) as gateway:
        call(gateway)
        assert gateway.deaths == most
        assert gateway.count("inference.predict_environment") == TWENTY.count("prediction")
        assert len(gateway.document_requests) <= 2


@SERVES
def test_a_run_and_a_stream_kill_it_once_at_most(documents: Any, most: int) -> None:
    uses: list[Step] = [
        lambda client: list(client.inference.predict_many([1] * 30, environment="production", concurrency=20)),
        lambda client: list(client.inference.stream_predict_environment("production", input=1).bytes()),
    ]
    for use in uses:
        with fatal(documents) as gateway, Baseten(**options(gateway, remember=False)) as client:
            assert use(client)
            assert gateway.deaths == most


def test_its_documents_are_asked_once_without_the_token_and_attempts_and_hooks_tell_of_it() -> None:
    events: list[Any] = []
    hooks = {name: events.append for name in ("on_request", "on_response", "on_retry", "on_fallback")}
    old = "/baseten/v1/models/modelid"
    with fatal(None) as gateway:
        with Baseten(**options(gateway, **hooks)) as client:
            attempts = client.with_raw_response.models.get("abc123").attempts
        with Baseten(**options(gateway)) as client:
            client.models.get("abc123")
        assert [request.path for request in gateway.document_requests] == ["/baseten/openapi", "/baseten/definition"]
        assert [request.query for request in gateway.document_requests] == [[], []]
        assert [request.path for request in gateway.requests] == [old] * 2
    assert [(attempt.purpose, attempt.format, attempt.status_code) for attempt in attempts] == [
        ("documents", "new", 404),
        ("documents", "old", 200),
        ("call", "old", 200),
    ]
    assert [type(event).__name__ for event in events] == ["RequestEvent", "ResponseEvent"] * 3, "no fallback"
    assert [(event.purpose, event.path) for event in events[::2]] == [
        ("documents", "/baseten/openapi"),
        ("documents", "/baseten/definition"),
        ("call", old),
    ]


def test_whoever_asks_for_the_new_format_is_told_what_it_does() -> None:
    with fatal(None) as gateway, Baseten(**options(gateway, url_format="new", max_retries=0)) as client:
        with pytest.raises(LowCodeAPIError, match='url_format="old"'):
            client.models.get("abc123")
        assert (gateway.deaths, gateway.document_requests) == (1, [])


@pytest.mark.parametrize(
    ("more", "state", "said", "advice"),
    [
        ({}, "ok", "its documents: old; old: served; new: not asked", ""),
        ({"documents": "none"}, "unknown", "they say nothing; old: served; new: not asked", 'url_format="old"'),
        ({"new_format": "served"}, "ok", "its documents: new; new: served; old: served", ""),
        ({"new_format": "served", "documents": "none"}, "unknown", "new: not asked", "let the gateway serve /openapi"),
        ({"new_format": "silent"}, "ok", "its documents: old; old: served; new: not asked", ""),
        ({"new_format": "missing", "documents": "none"}, "unknown", "old: served; new: not asked", "if that is served"),
    ],
)
def test_the_doctor_never_kills_it(more: dict[str, Any], state: str, said: str, advice: str) -> None:
    with LocalGateway(**{"new_format": "fatal", **more}) as gateway:
        done = here("doctor", gateway=gateway)
        assert gateway.deaths == 0
        assert all(not request.query for request in gateway.document_requests) and gateway.document_requests
    (found,) = [finding for finding in done.json if finding["name"] == "URL format"]
    assert (done.code, found["state"]) == (0, state)
    assert said in found["detail"] and advice in found["advice"]
