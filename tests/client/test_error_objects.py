"""The error objects: one hierarchy, one line each, with the answer on them, and able to leave the process."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable
from typing import Any

import lowcodeapi_baseten
import pytest
from lowcodeapi_baseten import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    Baseten,
    ConfigurationError,
    ConflictError,
    EndpointUnavailableError,
    InvalidParameterError,
    LowCodeAPIError,
    NotFoundError,
    PayloadTooLargeError,
    PermissionDeniedError,
    RateLimitError,
    ResponseError,
    ServerError,
    UnprocessableEntityError,
)

from tests.support.drivers import DRIVERS
from tests.support.pairs import in_turn
from tests.support.wire import TOKEN, Received, Reply, Wire, reply
from tests.transport.peers import taken_port

# A provider's message may contain this: it must not break a log line or move a cursor.
RUDE = "first\nsecond\r\nthird\tfourth\x1b[31mred\x00\u2028last " + "long " * 500
HEADERS = {"content-type": "application/json", "retry-after": "7", "x-baseten-request-id": "req_789"}


def upstream(status: int, message: str = RUDE) -> Reply:
    error = {"error": message, "error_code": "client_error"}
    return reply({"message": message, "provider": "baseten", "error": error, "headers": HEADERS}, status)


BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: APIStatusError,
    403: PermissionDeniedError,
    404: NotFoundError,
    405: APIStatusError,
    409: ConflictError,
    413: PayloadTooLargeError,
    422: UnprocessableEntityError,
    429: RateLimitError,
    500: ServerError,
    502: ServerError,
    503: ServerError,
    599: ServerError,
}
ANSWERS: dict[str, tuple[Reply, type[LowCodeAPIError]]] = {
    **{f"status {status}": (upstream(status), cls) for status, cls in BY_STATUS.items()},
    "unknown route": (reply({"message": "Not Found"}, 404), EndpointUnavailableError),
    "broken JSON": (Reply(200, b'{"data":\n'), ResponseError),
    "text for an object": (Reply(200, b"one\ntwo", "text/plain"), ResponseError),
    "nothing for an object": (Reply(200, b"", ""), ResponseError),
    "a redirect elsewhere": (Reply(302, b"", "", {"location": "https://example.com/"}), ResponseError),
    "a page of a proxy": (Reply(502, b"<html>\n<h1>Bad Gateway</h1></html>", "text/html"), ServerError),
}


def caught(driver: str, wire: Wire, **options: Any) -> LowCodeAPIError:
    known = {"api_token": TOKEN, "base_url": wire.base_url, "url_format": "new", "max_retries": 0, **options}
    with DRIVERS[driver](**known) as client, pytest.raises(LowCodeAPIError) as error:
        client.call("models.get", "abc123")
    return error.value


def check_error_object(error: LowCodeAPIError) -> None:
    """One line of bounded length, no trace of the token, no chained exception, and the same after pickling."""
    assert str(error).isprintable()
    assert len(str(error)) < 1000
    assert TOKEN not in "".join(traceback.format_exception(error)) + repr(vars(error))
    assert error.__cause__ is None
    assert error.__context__ is None
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


@in_turn(name=[*ANSWERS], driver=[*DRIVERS])
def test_an_answer_that_is_no_success_is_an_error_of_its_class(name: str, driver: str) -> None:
    answer, cls = ANSWERS[name]
    with Wire(answer) as wire:
        error = caught(driver, wire)
    assert type(error) is cls
    assert str(error).startswith("models.get: ")
    assert vars(error)["operation"] == "models.get"
    assert [attempt.status_code for attempt in vars(error)["attempts"]] == [answer.status]
    check_error_object(error)


@pytest.mark.parametrize("status", BY_STATUS)
def test_an_error_has_what_baseten_said(status: int) -> None:
    with Wire(upstream(status, "no")) as wire:
        error = caught("sync", wire)
    assert isinstance(error, APIStatusError)
    assert (error.status_code, error.message, error.error_code) == (status, "no", "client_error")
    assert (error.request_id, error.retry_after) == ("req_789", 7.0)
    assert error.payload == {"error": "no", "error_code": "client_error"}
    assert error.headers == HEADERS
    assert "req_789" in str(error)


@pytest.mark.parametrize("url_format", ["auto", "new", "old"])
@pytest.mark.parametrize("status", [200, 404])
def test_a_page_in_answer_to_a_read_is_a_route_that_the_gateway_does_not_know(status: int, url_format: str) -> None:
    with Wire(Reply(status, b"<!DOCTYPE html>\n<h1>Welcome</h1>", "text/html; charset=utf-8")) as wire:
        error = caught("sync", wire, url_format=url_format)
    assert type(error) is EndpointUnavailableError
    purposes = [attempt.purpose for attempt in error.attempts]
    assert purposes == (["documents"] * 2 + ["call"] * 2 if url_format == "auto" else ["call"])
    check_error_object(error)


def hang_up(received: Received) -> Reply:
    raise ConnectionAbortedError(received.target)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(
    ("answer", "cls"), [(None, APITimeoutError), (hang_up, APIConnectionError)], ids=["silence", "lost"]
)
def test_a_prediction_without_an_answer_is_an_error_that_says_what_may_have_happened(
    answer: Any, cls: type[APIConnectionError], driver: str
) -> None:
    with Wire(answer) as wire, DRIVERS[driver](api_token=TOKEN, base_url=wire.base_url, timeout=2) as client:
        with pytest.raises(APIConnectionError, match="may have been carried out") as error:
            client.call("inference.predict_development", input={})
        assert wire.only
    assert type(error.value) is cls
    check_error_object(error.value)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_gateway_that_is_not_there_is_a_connection_error(driver: str) -> None:
    client = DRIVERS[driver](api_token=TOKEN, base_url=f"http://127.0.0.1:{taken_port()}", max_retries=0)
    with client, pytest.raises(APIConnectionError, match="could not be reached") as error:
        client.call("inference.predict_development", input={})
    assert type(error.value) is APIConnectionError
    check_error_object(error.value)


@pytest.mark.parametrize(
    "make",
    [lambda: Baseten(), lambda: Baseten(api_token=TOKEN).models.get("a/b")],
    ids=["configuration", "parameter"],
)
def test_an_error_from_before_a_request_is_of_the_same_kind(make: Callable[[], Any]) -> None:
    with pytest.raises(LowCodeAPIError) as error:
        make()
    check_error_object(error.value)


def test_the_hierarchy_is_the_documented_one() -> None:
    errors = {
        name: value
        for name in lowcodeapi_baseten.__all__
        if isinstance(value := getattr(lowcodeapi_baseten, name), type) and issubclass(value, Exception)
    }
    assert all(cls.__base__ is APIStatusError for cls in BY_STATUS.values() if cls is not APIStatusError)
    assert all(issubclass(cls, LowCodeAPIError) for cls in errors.values())
    # As users import them, and as tracebacks show them.
    assert {cls.__module__ for cls in errors.values()} == {"lowcodeapi_baseten"}
    assert "\nlowcodeapi_baseten.JournalError: x" in "\n" + "".join(
        traceback.format_exception(errors["JournalError"]("x"))
    )
    assert issubclass(EndpointUnavailableError, APIStatusError)
    assert issubclass(APITimeoutError, APIConnectionError)
    assert issubclass(InvalidParameterError, ValueError)
    assert not issubclass(APIConnectionError, APIStatusError)
    assert not issubclass(ResponseError, APIStatusError)
    assert not issubclass(ConfigurationError, ValueError)
