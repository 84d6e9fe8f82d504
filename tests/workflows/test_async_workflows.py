"""Behaviour that only an async client has: it awaits callbacks, and its task can be cancelled."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
from lowcodeapi_baseten import AsyncBaseten
from lowcodeapi_baseten.testing import LocalGateway
from lowcodeapi_baseten.workflows import Progress
from lowcodeapi_baseten_api.models import APIKey

from tests.workflows.odd_answers import JOB, PROJECT
from tests.workflows.patience import connected


def run(gateway: LocalGateway, work: Callable[[AsyncBaseten], Awaitable[Any]], **options: Any) -> Any:
    async def main() -> Any:
        async with connected(gateway, AsyncBaseten, **options) as client:
            return await work(client)

    return anyio.run(main)


def test_an_asynchronous_callback_is_awaited(gateway: LocalGateway) -> None:
    seen = list[str]()

    async def tell(job: Any) -> None:
        await anyio.sleep(0)
        seen.append(job.current_status)

    async def hand_over(key: APIKey) -> None:
        await anyio.sleep(0)
        seen.append(key.api_key)

    run(gateway, lambda client: client.training.wait(PROJECT, JOB, on_change=tell))
    rotation = run(gateway, lambda client: client.api_keys.rotate("abcd1234", hand_over=hand_over))
    assert seen == ["TRAINING_JOB_RUNNING", "TRAINING_JOB_COMPLETED", rotation.key.api_key]


def test_events_are_handed_out_as_they_arrive_to_a_task(gateway: LocalGateway) -> None:
    gateway.predict = lambda body: ("data: one\n\ndata: two\n\n", "text/event-stream")

    async def work(client: AsyncBaseten) -> list[str]:
        async with await client.inference.stream_predict_environment("production", input=1) as stream:
            return [event.data async for event in stream.events()]

    assert run(gateway, work) == ["one", "two"]


def test_a_follower_whose_task_is_cut_off_goes_on_and_can_be_closed(gateway: LocalGateway) -> None:
    async def work(client: AsyncBaseten) -> tuple[list[Any], list[Any]]:
        follower, lines, has_ended = client.training.follow_logs(PROJECT, JOB), list[Any](), False
        while not has_ended:
            has_ended = True
            for is_cut_off in (True, False):  # cut off wherever it waits, and asked again
                with anyio.CancelScope() as scope:
                    if is_cut_off:
                        scope.cancel()
                    async for line in follower:
                        lines.append(line.message)
                        has_ended = False
                        break
        follower = client.training.follow_logs(PROJECT, JOB)
        whole = [line.message async for line in follower]
        follower.close()
        assert [line async for line in follower] == []
        return lines, whole

    lines, whole = run(gateway, work)
    assert lines == whole and len(whole) > 20


def test_a_cancelled_task_stops_its_download(gateway: LocalGateway, tmp_path: Path) -> None:
    gateway.baseten.artifacts.sizes[f"{JOB}/checkpoint-200/optimizer.pt"] = 8_000_000
    has_begun, go_on, calls = threading.Event(), threading.Event(), list[int]()

    def progress(event: Progress) -> None:
        calls.append(event.done_bytes)
        has_begun.set()
        assert go_on.wait(10)

    async def work(client: AsyncBaseten) -> None:
        async with anyio.create_task_group() as group:

            async def fetch() -> None:
                training = client.training
                await training.download_checkpoint_files(PROJECT, JOB, to=tmp_path, progress=progress, concurrency=1)

            group.start_soon(fetch)
            await anyio.to_thread.run_sync(has_begun.wait, 10)
            group.cancel_scope.cancel()
        go_on.set()

    run(gateway, work)
    for thread in threading.enumerate():
        if thread.name.startswith("lowcodeapi-download"):
            thread.join(10)
    assert len(calls) <= 2
    assert not any(path.is_file() and not path.name.endswith(".part") for path in tmp_path.rglob("*"))
