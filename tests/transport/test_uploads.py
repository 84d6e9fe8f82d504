"""An upload is read while it is sent and declares its length, over any transport."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from lowcodeapi_baseten import APIConnectionError, connect, connect_async

from tests.support.generated_package import imported
from tests.support.small_documents import document, operation, parsed
from tests.support.wire import TOKEN, Wire, in_data

FIELDS = {"file": {"type": "string", "format": "binary"}}
DOCUMENT = document(
    {
        "/v1/files": {
            "post": operation(
                "Upload file", requestBody={"content": {"multipart/form-data": {"schema": {"properties": FIELDS}}}}
            )
        }
    }
)
CONTENT = b"x" * 300_000


@pytest.fixture(scope="module")
def package() -> Iterator[Any]:
    with imported(parsed(DOCUMENT).package) as package:
        yield package


@pytest.fixture
def gateway() -> Iterator[Wire]:
    with Wire(in_data({})) as server:
        yield server


def upload(kind: str, package: Any, base_url: str, file: Any, transport: Any = None) -> None:
    """Send a file by either kind of client."""
    options: dict[str, Any] = {
        "api_token": TOKEN,
        "base_url": base_url,
        "remember": False,
        "transport": transport,
        "url_format": "new",
        "max_retries": 0,
    }
    if kind == "sync":
        with connect(package, **options) as client:
            client.things.upload_file(file=file)
        return

    async def main() -> None:
        client: Any = connect_async(package, **options)
        try:
            await client.things.upload_file(file=file)
        finally:
            await client.aclose()

    asyncio.run(main())


both = pytest.mark.parametrize("kind", ["sync", "async"])
GIVEN: dict[str, Callable[[], Any]] = {"sync": httpx.HTTPTransport, "async": httpx.AsyncHTTPTransport}
over_each = pytest.mark.parametrize("over", ["the default", "a transport"])


def _given(kind: str, over: str) -> Any:
    return GIVEN[kind]() if over == "a transport" else None


@both
@over_each
def test_an_upload_arrives_whole_and_with_its_length(kind: str, over: str, package: Any, gateway: Wire) -> None:
    upload(kind, package, gateway.base_url, CONTENT, _given(kind, over))
    sent = gateway.only
    assert sent.header("content-length") == str(len(sent.body))
    assert sent.header("transfer-encoding") is None
    assert b"\r\n\r\n" + CONTENT + b"\r\n" in sent.body


class Broken(io.BytesIO):
    """A file that fails after a while."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= 100_000:
            raise OSError("the disk is gone")
        return super().read(size)


@both
@over_each
def test_a_file_that_can_not_be_read_is_said_and_is_not_called_the_networks_fault(
    kind: str, over: str, package: Any, gateway: Wire
) -> None:
    with pytest.raises(APIConnectionError, match=r"the request can't be sent .*the disk is gone") as caught:
        upload(kind, package, gateway.base_url, Broken(CONTENT), _given(kind, over))
    assert [attempt.outcome for attempt in caught.value.attempts] == ["unsent"]
    assert not any(words in str(caught.value) for words in ("be reached", "base_url", "may have been carried out"))


class Changed(io.BytesIO):
    """A file whose length changes before it is read."""

    def __init__(self, found: int) -> None:
        super().__init__(b"x" * found)

    def seek(self, place: int, whence: int = io.SEEK_SET, /) -> int:
        return super().seek(place, whence) if whence != io.SEEK_END else len(CONTENT)


@both
@over_each
@pytest.mark.parametrize("found", [1000, len(CONTENT) + 100_000], ids=["shorter", "longer"])
def test_a_file_that_has_another_length_than_it_had_is_cut_off_and_is_not_called_the_networks_fault(
    found: int, kind: str, over: str, package: Any, gateway: Wire
) -> None:
    with pytest.raises(APIConnectionError, match="the request can't be sent") as caught:
        upload(kind, package, gateway.base_url, Changed(found), _given(kind, over))
    assert [attempt.outcome for attempt in caught.value.attempts] == ["unsent"]
    # What it got it can tell from a whole request.
    assert all(len(sent.body) < int(sent.header("content-length") or 0) for sent in gateway.received)


@both
@pytest.mark.parametrize(("name", "what"), [("missing.pdf", "No such file"), ("", "Is a directory")])
def test_a_path_that_can_not_be_read_is_refused_before_anything_is_sent(
    kind: str, name: str, what: str, package: Any, gateway: Wire, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match=what):
        upload(kind, package, gateway.base_url, tmp_path / name)
    assert not gateway.received


class Looking(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that keeps the pieces of a body, and the file's position before the first."""

    def __init__(self, file: io.BytesIO) -> None:
        self._file = file
        self.before = -1
        self.pieces: list[bytes] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.before = self._file.tell()
        self.pieces += cast("Iterable[bytes]", request.stream)
        return httpx.Response(200, json={"data": {}})

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.before = self._file.tell()
        self.pieces += [piece async for piece in cast("AsyncIterable[bytes]", request.stream)]
        return httpx.Response(200, json={"data": {}})


@both
def test_a_transport_that_was_given_reads_an_upload_piece_by_piece(kind: str, package: Any) -> None:
    file = io.BytesIO(CONTENT)
    looking = Looking(file)
    upload(kind, package, "https://localhost/odd", file, looking)
    assert looking.before == 0
    assert CONTENT in b"".join(looking.pieces)
    assert max(map(len, looking.pieces)) < 70_000
