"""The fast wire: an event loop other than its own, and an answer that can't be put together."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from lowcodeapi_baseten import APIConnectionError, AsyncBaseten, LowCodeAPIError
from lowcodeapi_baseten.secrets import Token
from lowcodeapi_baseten.transport import fast

from tests.support.raw_wire import RawWire
from tests.support.wire import TOKEN
from tests.transport.peers import Counting
from tests.transport.seams import PREDICT, SEAMS, kinds, opened

pytestmark = pytest.mark.skipif(not fast.is_installed(), reason="the extra `fast`")


def test_a_client_that_was_opened_on_asyncio_sends_nothing_on_trio() -> None:
    trio = pytest.importorskip("trio")

    async def called() -> AsyncBaseten:
        client = AsyncBaseten(api_token=TOKEN, base_url=wire.base_url, url_format="new", transport="fast")
        await client.inference.predict_development(input=1)
        return client

    with RawWire(server := Counting()) as wire, asyncio.Runner() as runner:
        client = runner.run(called())
        with pytest.raises(LowCodeAPIError, match="runs on asyncio") as caught:
            trio.run(lambda: client.inference.predict_development(input=2))
        assert kinds(caught.value) == ["unsent"]
        runner.run(client.aclose())
    assert server.inputs == [1]


def test_an_exchange_whose_answer_can_not_be_put_together_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    from lowcodeapi_baseten.transport.fast.incoming import Incoming

    def full(incoming: Incoming, token: Token) -> Any:
        raise MemoryError("no room")

    monkeypatch.setattr(Incoming, "outcome", full)
    with (
        RawWire(Counting()) as wire,
        opened(SEAMS["fast"], wire.base_url) as face,
        pytest.raises(APIConnectionError, match="MemoryError") as caught,
    ):
        face.call(PREDICT, input=1, timeout=10_000)
    assert kinds(caught.value) == ["lost"]
