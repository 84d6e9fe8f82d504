"""Tools that mock, record and trace httpx work with an ordinary client, and nothing that they keep has the token."""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from lowcodeapi_baseten import APIConnectionError, LowCodeAPIError
from lowcodeapi_baseten.transport import core
from lowcodeapi_baseten_api import new_format

from tests.support.leaks import found, rendered
from tests.support.pairs import in_turn
from tests.support.raw_wire import RawWire, http
from tests.support.wire import TOKEN
from tests.transport.holding import holds
from tests.transport.peers import Counting
from tests.transport.seams import PREDICT, READ, LoopFace, SyncFace

# Imported here, because a test that imports it would be blamed for its loggers.
vcr: Any = importlib.import_module("vcr") if importlib.util.find_spec("vcr") else None

CLIENTS = pytest.mark.parametrize("client", [SyncFace, LoopFace], ids=["Baseten", "AsyncBaseten"])
GATEWAY = new_format.BASE_URL
ANSWER = {"data": {"answer": 42}}
EVENTS = b"data: 1\n\ndata: 2\n\n"
STREAM = {"content-type": "text/event-stream"}


def needs(module: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not importlib.util.find_spec(module), reason=f"{module} is not installed")


@pytest.fixture(autouse=True)
def the_token_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWCODEAPI_API_TOKEN", TOKEN)


def json_or_events(request: bytes) -> bytes:
    """The answer to a prediction whose input says which: the connection ends for "lose"."""
    if b"lose" in request:
        raise ConnectionAbortedError
    is_stream = b"stream" in request.partition(b"\r\n\r\n")[2]
    return http(EVENTS, content_type=STREAM["content-type"]) if is_stream else http(b'{"data": {"a": 1}}')


def nothing_is_kept(*things: Any) -> None:
    """Check that nothing that they keep holds the token."""
    for thing in things:
        assert holds(thing, TOKEN) is None


def fails_once(face: Any) -> None:
    """Check that the error of a prediction says that it may have been carried out, and shows no token."""
    with pytest.raises(APIConnectionError, match="may have been carried out") as caught:
        face.call(PREDICT, input=1)
    assert not found(TOKEN, rendered(caught.value))


# --- respx


@pytest.fixture
def router() -> Iterator[Any]:
    respx = pytest.importorskip("respx")
    if core.httpcore.__name__ != "httpcore":
        pytest.skip("respx knows no other")
    with respx.mock(assert_all_called=False) as made:
        yield made


@CLIENTS
def test_respx_answers_calls_and_streams(client: type[Any], router: Any) -> None:
    url = f"{GATEWAY}/development/predict"
    route = router.post(url).mock(
        side_effect=[httpx.Response(200, json=ANSWER), httpx.Response(200, headers=STREAM, content=EVENTS)]
    )
    with client() as face:
        assert face.call(PREDICT, input=1) == {"answer": 42}
        assert b"".join(face.stream(input=1)) == EVENTS
    assert [(call.request.method, str(call.request.url)) for call in route.calls] == [("POST", url)] * 2
    nothing_is_kept(list(router.calls), router)


@in_turn(
    error=[httpx.ReadTimeout, httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError],
    client=[SyncFace, LoopFace, LoopFace, SyncFace],
)
def test_what_respx_raises_on_a_prediction_is_one_call(error: type[Exception], client: type[Any], router: Any) -> None:
    route = router.post(f"{GATEWAY}/development/predict").mock(side_effect=error)
    with client() as face:
        fails_once(face)
    assert route.call_count == 1
    nothing_is_kept(router)


@CLIENTS
def test_what_respx_does_not_know_reaches_nobody_and_what_it_lets_through_the_server(
    client: type[Any], router: Any
) -> None:
    """respx then sees what is sent, with the token, as `SECURITY.md` says."""
    server = Counting()
    with RawWire(server) as wire, client(base_url=wire.base_url, url_format="new", max_retries=0) as face:
        with pytest.raises((LowCodeAPIError, AssertionError)) as caught:
            face.call(READ)
        assert not found(TOKEN, rendered(caught.value)) and wire.connections == 0
        router.route(host="127.0.0.1").pass_through()
        assert face.call(PREDICT, input=5)["input"] == 5
    assert server.inputs == [5]


_RESPX_FIRST = f"""
import respx
with respx.mock:
    respx.post("{GATEWAY}/development/predict").respond(json={ANSWER})
    from lowcodeapi_baseten import Baseten
    print(Baseten().inference.predict_development(input=1))
"""


def test_respx_is_seen_where_it_was_there_before_what_sends_was_imported(router: Any) -> None:
    done = subprocess.run([sys.executable, "-c", _RESPX_FIRST], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "{'answer': 42}\n", done.stderr[-2000:]


# --- pytest-httpx


@needs("pytest_httpx")
@CLIENTS
def test_pytest_httpx_answers_calls_and_streams(client: type[Any], request: pytest.FixtureRequest) -> None:
    mock = request.getfixturevalue("httpx_mock")
    mock.add_response(method="POST", url=f"{GATEWAY}/development/predict", json=ANSWER)
    mock.add_response(method="POST", url=f"{GATEWAY}/development/predict", headers=STREAM, content=EVENTS)
    with client() as face:
        assert face.call(PREDICT, input=1) == {"answer": 42}
        assert b"".join(face.stream(input=1)) == EVENTS
    assert [sent.method for sent in mock.get_requests()] == ["POST", "POST"]
    nothing_is_kept(mock.get_requests(), mock)


@needs("pytest_httpx")
@in_turn(error=[httpx.ReadTimeout("silent"), httpx.ConnectError("refused")], client=[SyncFace, LoopFace])
def test_what_pytest_httpx_raises_on_a_prediction_is_one_call(
    error: Exception, client: type[Any], request: pytest.FixtureRequest
) -> None:
    mock = request.getfixturevalue("httpx_mock")
    mock.add_exception(error, method="POST", is_reusable=True)
    with client() as face:
        fails_once(face)
    assert len(mock.get_requests(method="POST")) == 1
    nothing_is_kept(mock)


# --- vcrpy


@needs("vcr")
@CLIENTS
def test_vcrpy_records_calls_and_streams_and_plays_them_again(client: type[Any], tmp_path: Path) -> None:
    def use(face: Any) -> None:
        assert face.call(PREDICT, input=1) == {"a": 1}
        assert b"".join(face.stream(input="stream")) == EVENTS

    server = Counting(json_or_events)
    recorder = vcr.VCR(record_mode="once", match_on=["method", "scheme", "host", "port", "path", "query", "body"])
    cassette = tmp_path / "cassette.yaml"
    with RawWire(server) as wire:
        base_url = wire.base_url
        with recorder.use_cassette(str(cassette)) as recorded, client(base_url=base_url, url_format="new") as face:
            use(face)
        nothing_is_kept(recorded)
    assert len(server.received) == 2 and all(TOKEN.encode() in request for request in server.received)
    assert not found(TOKEN, cassette.read_text())
    # The server is gone.
    with recorder.use_cassette(str(cassette)) as played, client(base_url=base_url, url_format="new") as face:
        use(face)
        assert played.play_count == 2
    assert len(server.received) == 2


# --- OpenTelemetry


@pytest.fixture
def spans() -> Iterator[Callable[[], list[Any]]]:
    instrumentation = pytest.importorskip("opentelemetry.instrumentation.httpx")
    trace = pytest.importorskip("opentelemetry.sdk.trace")
    exporting = pytest.importorskip("opentelemetry.sdk.trace.export")
    memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")
    exporter, provider = memory.InMemorySpanExporter(), trace.TracerProvider()
    provider.add_span_processor(exporting.SimpleSpanProcessor(exporter))
    instrumentor = instrumentation.HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    yield lambda: list(exporter.get_finished_spans())
    instrumentor.uninstrument()
    provider.shutdown()


@CLIENTS
def test_opentelemetry_sees_a_span_of_each_request(client: type[Any], spans: Callable[[], list[Any]]) -> None:
    server = Counting(json_or_events)
    with RawWire(server) as wire, client(base_url=wire.base_url, url_format="new") as face:
        assert face.call(PREDICT, input=1) == {"a": 1}
        assert b"".join(face.stream(input="stream")) == EVENTS
        with pytest.raises(APIConnectionError):
            face.call(PREDICT, input="lose")
    assert len(spans()) == len(server.received) == 3
    for span, request in zip(spans(), server.received, strict=True):
        assert span.attributes["http.method"] == "POST"
        assert span.attributes["http.url"] == f"{wire.base_url}/development/predict"
        context = format(span.context.trace_id, "032x").encode()
        assert b"traceparent: 00-" + context in request.lower()  # it reached the gateway
        assert not found(TOKEN, span.to_json())
    nothing_is_kept(spans())
