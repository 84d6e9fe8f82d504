"""After a request is sent, no local fault hides that, and no answer is lost."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

pytest.importorskip("httptools")

from lowcodeapi_baseten import APIConnectionError, APITimeoutError, Baseten, LowCodeAPIError, ResponseError
from lowcodeapi_baseten.secrets import Token
from lowcodeapi_baseten.steps import Send
from lowcodeapi_baseten.transport import choice
from lowcodeapi_baseten.transport.environment import Unusable
from lowcodeapi_baseten.transport.failed import CLOSED, FULL, unmade, unsent
from lowcodeapi_baseten.transport.outgoing import Unreadable
from lowcodeapi_baseten_api import decode
from lowcodeapi_baseten_api.types import Operation, UnexpectedPayload

from tests.client.stage import GOOD, UNSENT, Stage, answer, call_of
from tests.support.drivers import DRIVERS
from tests.support.raw_wire import Peer, RawWire, http
from tests.support.wire import TOKEN, Wire, in_data

PAST = "Wed, 21 Oct 2015 07:28:00 GMT"
PREDICT, READ = "inference.predict_deployment", "models.get"

# --- where no file can be opened any more

_WITHOUT_FILES = """
import asyncio, errno, sys
import encodings.idna  # connecting takes it
from lowcodeapi_baseten import AsyncBaseten, Baseten, RateLimitError

base_url, kind = sys.argv[1:]


class NoFiles:
    is_reached = False

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if cls.is_reached:
            raise OSError(errno.EMFILE, "Too many open files", name)


def reached(_):
    NoFiles.is_reached = True


async def awaited(result):
    return await result if hasattr(result, "__await__") else result


async def main():
    options = {"api_token": "abc", "base_url": base_url, "remember": False, "url_format": "new", "transport": "fast"}
    client = (Baseten if kind == "sync" else AsyncBaseten)(**options, on_request=reached)
    uses = [
        lambda: client.inference.predict_environment("production", input=1),
        lambda: client.models.get("abc123"),
        lambda: client.models.list(),
        lambda: client.secrets.upsert(name="a", value="b"),
    ]
    for use in uses:
        NoFiles.is_reached = False
        print(type(await awaited(use())).__name__)
    NoFiles.is_reached = False
    try:
        await awaited(client.chains.get("abc123"))
    except RateLimitError as error:
        print(error.status_code, error.curl()[:4])
    NoFiles.is_reached = False
    await awaited(client.close() if kind == "sync" else client.aclose())


sys.meta_path.insert(0, NoFiles)
asyncio.run(main())
"""


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_answer_is_read_where_no_module_can_be_imported_any_more(kind: str) -> None:
    received: list[bytes] = []

    def play(peer: Peer) -> None:
        while request := peer.request():
            received.append(request)
            # The first one is retried. Neither that nor the date takes an import, nor the line of the error.
            if b"chains" in request or len(received) == 1:
                peer.send(http(b'{"error": "slow down"}', f"retry-after: {PAST}", status="429 Too Many"))
            else:
                peer.send(http(b'{"data": {"models": [], "id": "abc123"}}'))

    with RawWire(play) as wire:
        command = [sys.executable, "-W", "error", "-c", _WITHOUT_FILES, wire.base_url, kind]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["dict", "Model", "list", "Secret", "429", "curl"]
    assert len(received) == 8


# --- where something is wrong with this code, or with the machine


class Broken:
    """A package's reader that fails as soon as it reads."""

    UnexpectedPayload = UnexpectedPayload

    @staticmethod
    def result(operation: Operation, payload: Any) -> Any:
        if payload:
            raise OSError("too many open files")
        return decode.result(operation, payload)


def broken(**options: Any) -> Stage:
    stage = Stage(url_format="new", **options)
    stage.plan = stage.plan._replace(tables=stage.plan.tables._replace(decode=Broken))
    return stage


def test_an_answer_that_can_not_be_worked_on_is_on_the_error_without_its_secrets() -> None:
    stage = broken()
    assert stage.script(call_of(PREDICT, body={"input": 1}), GOOD) is None
    error = stage.error
    assert isinstance(error, ResponseError)
    assert (error.status_code, error.body, len(error.attempts)) == (200, GOOD.body, 1)
    assert "OSError: too many open files" in str(error) and "may have been carried out" in str(error)
    assert isinstance(error.__cause__, OSError)
    assert stage.script(call_of(READ), GOOD) is None
    assert isinstance(stage.error, ResponseError) and "may have been" not in str(stage.error)
    answered = answer(200, '{"data": {"api_key": "s3cr3t-s3cr3t"}}')
    assert stage.script(call_of("api_keys.create", body={"name": "a"}), answered) is None
    assert isinstance(stage.error, ResponseError) and b"s3cr3t" not in stage.error.body
    assert "s3cr3t" not in str(stage.error)


def test_what_is_wrong_before_anything_is_sent_stays_what_it_is() -> None:
    class Hopeless(Broken):
        @staticmethod
        def result(operation: Operation, payload: Any) -> Any:
            raise OSError("too many open files")

    stage = broken()
    stage.plan = stage.plan._replace(tables=stage.plan.tables._replace(decode=Hopeless))
    assert stage.script(call_of(PREDICT, body={"input": 1})) is None
    assert type(stage.error) is OSError


def test_a_sender_that_raises_leaves_the_fate_of_a_prediction_open(monkeypatch: pytest.MonkeyPatch) -> None:
    class Sender:
        def exchange(self, send: Send) -> Any:
            raise MemoryError(f"no room for {TOKEN}")

        def close(self) -> None:
            pass

    monkeypatch.setattr(choice, "sender", lambda *arguments: Sender())
    with (
        Baseten(api_token=TOKEN, url_format="new") as client,
        pytest.raises(APIConnectionError, match=r"ended in a MemoryError.* may have been carried out") as caught,
    ):
        client.inference.predict_deployment("abc", input=1)
    assert [attempt.outcome for attempt in caught.value.attempts] == ["lost"]
    assert TOKEN not in str(caught.value) and caught.value.__context__ is None


# --- what stays as it is, however often it is tried

token = Token(TOKEN)
FINAL = [
    CLOSED,
    unmade(ValueError("a header that is none"), token),
    unsent(Unreadable("the body can't be read ([Errno 21] Is a directory)"), token),
    unsent(Unusable("no certificates can be read"), token),
]


@pytest.mark.parametrize("operation", [PREDICT, READ])
def test_what_will_not_change_is_not_tried_again_and_a_connection_that_was_not_made_is(operation: str) -> None:
    for failure in FINAL:
        stage = Stage(url_format="new")
        assert stage.script(call_of(operation), failure) is None
        assert isinstance(stage.error, APIConnectionError) and str(stage.error).count("unsent") == 1
        assert not stage.slept
    for failure in (UNSENT, FULL, unsent(TimeoutError(), token)):
        stage = Stage(url_format="new")
        assert stage.script(call_of(operation), failure, failure, failure) is None
        assert len(stage.slept) == 2
        assert isinstance(stage.error, APITimeoutError) == (failure is not UNSENT)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_closed_client_is_not_asked_twice_before_a_prediction(driver: str) -> None:
    """With an unknown format, the gateway would be asked first."""
    with Wire(in_data({})) as wire, DRIVERS[driver](api_token=TOKEN, base_url=wire.base_url) as opened:
        opened.close()
        with pytest.raises(LowCodeAPIError, match=r"closed \(documents: unsent\); the call itself was not sent"):
            opened.call(PREDICT, "abc", input=1)
        assert not wire.received
