"""A deadline that passes while connecting is a timeout, and it stays certain that nothing was sent."""

from __future__ import annotations

from typing import Any

import pytest
from lowcodeapi_baseten import APIConnectionError, APITimeoutError
from lowcodeapi_baseten.secrets import Token
from lowcodeapi_baseten.transport.failed import FULL, unsent

from tests.client.stage import Stage, call_of
from tests.support.raw_wire import Peer, RawWire
from tests.support.wire import TOKEN
from tests.transport.peers import full_backlog, taken_port
from tests.transport.seams import EVERY_SEAM, OUR_SEAMS, PREDICT, READ, Seam, kinds, opened

pytestmark = pytest.mark.timeout(30)

TIMEOUT = 0.2  # seconds; none of these calls gets a connection


def silent(peer: Peer) -> None:
    peer.wait()


def overdue(seam: Seam, base_url: str) -> APITimeoutError:
    """Return the error of a call that ends while it connects."""
    with opened(seam, base_url, max_retries=0) as face, pytest.raises(APITimeoutError) as caught:
        face.call(PREDICT, input=1, timeout=TIMEOUT)
    return caught.value


@EVERY_SEAM
def test_a_connection_that_is_not_made_in_time_is_a_timeout(seam: Seam) -> None:
    with full_backlog() as port:
        error = overdue(seam, f"http://127.0.0.1:{port}")
    if seam.is_believed:
        assert kinds(error) == ["unsent"]
        assert "in time" in str(error) and "carried out" not in str(error)


@EVERY_SEAM
def test_a_handshake_that_is_not_done_in_time_is_a_timeout(seam: Seam) -> None:
    with RawWire(silent) as wire:
        error = overdue(seam, f"https://localhost:{wire.port}")
    if seam.is_believed:
        assert kinds(error) == ["unsent"] and "carried out" not in str(error)


@OUR_SEAMS
def test_a_proxy_that_opens_no_tunnel_in_time_is_a_timeout(seam: Seam, monkeypatch: pytest.MonkeyPatch) -> None:
    with RawWire(silent) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert kinds(overdue(seam, "https://localhost:9")) == ["unsent"]


@OUR_SEAMS
def test_so_it_is_where_the_gateway_is_first_asked_for_its_documents(seam: Seam) -> None:
    with full_backlog() as port:
        options = {"api_token": TOKEN, "remember": False, "base_url": f"http://127.0.0.1:{port}", "max_retries": 0}
        with seam.face(**options, **seam.options()) as face, pytest.raises(APITimeoutError) as caught:
            face.call("models.get", "abc123", timeout=TIMEOUT)
    assert kinds(caught.value) == ["unsent"] and "the call itself was not sent" in str(caught.value)


@OUR_SEAMS
def test_a_connection_that_is_refused_is_no_timeout(seam: Seam) -> None:
    address = f"http://127.0.0.1:{taken_port()}"
    with opened(seam, address, max_retries=0) as face, pytest.raises(APIConnectionError) as caught:
        face.call(PREDICT, input=1, timeout=5)
    assert type(caught.value) is APIConnectionError
    assert kinds(caught.value) == ["unsent"]


@OUR_SEAMS
def test_a_stream_that_gets_no_connection_in_time_is_a_timeout(seam: Seam) -> None:
    with (
        full_backlog() as port,
        opened(seam, f"http://127.0.0.1:{port}", max_retries=0) as face,
        pytest.raises(APITimeoutError) as caught,
    ):
        face.stream(input=1, timeout=TIMEOUT)
    assert kinds(caught.value) == ["unsent"]


@pytest.mark.parametrize("operation", [PREDICT, READ])
@pytest.mark.parametrize("failure", [unsent(TimeoutError(), Token(TOKEN)), FULL], ids=["no connection", "none free"])
def test_it_is_tried_again_within_the_deadline_like_every_call_of_which_nothing_left(
    failure: Any, operation: str
) -> None:
    stage = Stage(url_format="new")
    assert stage.script(call_of(operation), failure, failure, failure) is None
    assert isinstance(stage.error, APITimeoutError)
    assert len(stage.slept) == 2
