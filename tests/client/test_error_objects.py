"""The error objects: one hierarchy, one line each, with the answer and true advice, and able to leave the process."""

from __future__ import annotations

import pickle
import re
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
from lowcodeapi_baseten.secrets import Token
from lowcodeapi_baseten.steps import Failure
from lowcodeapi_baseten.transport.answers import Refused
from lowcodeapi_baseten.transport.environment import Unusable
from lowcodeapi_baseten.transport.failed import CLOSED, FULL, SILENT, failed, unmade, unsent
from lowcodeapi_baseten.transport.outgoing import Unreadable

from tests.client.stage import LOST, TIMEOUT, UNSENT, Outcome, Stage, answer, call_of, own, upstream
from tests.support.drivers import DRIVERS
from tests.support.tables import check_each, one_test
from tests.support.wire import TOKEN, Received, Reply, Wire, reply
from tests.transport.peers import taken_port

# A provider's message may contain this: it must not break a log line or move a cursor.
RUDE = "first\nsecond\r\nthird\tfourth\x1b[31mred\x00\u2028last " + "long " * 500
HEADERS = {"content-type": "application/json", "retry-after": "7", "x-baseten-request-id": "req_789"}

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


def rude(status: int) -> Reply:
    error = {"error": RUDE, "error_code": "client_error"}
    return reply({"message": RUDE, "provider": "baseten", "error": error, "headers": HEADERS}, status)


PAGE = Reply(404, b"<!DOCTYPE html>\n<h1>Welcome</h1>", "text/html; charset=utf-8")
ANSWERS: dict[str, tuple[Reply, type[LowCodeAPIError]]] = {
    **{f"status {status}": (rude(status), cls) for status, cls in BY_STATUS.items()},
    "unknown route": (reply({"message": "Not Found"}, 404), EndpointUnavailableError),
    "a page": (PAGE, EndpointUnavailableError),
    "a page that is found": (PAGE._replace(status=200), EndpointUnavailableError),
    "broken JSON": (Reply(200, b'{"data":\n'), ResponseError),
    "text for an object": (Reply(200, b"one\ntwo", "text/plain"), ResponseError),
    "nothing for an object": (Reply(200, b"", ""), ResponseError),
    "a redirect elsewhere": (Reply(302, b"", "", {"location": "https://example.com/"}), ResponseError),
    "a page of a proxy": (Reply(502, b"<html>\n<h1>Bad Gateway</h1></html>", "text/html"), ServerError),
}


def check_error_object(error: LowCodeAPIError) -> None:
    """One line of bounded length, no trace of the token, no chained exception, and the same after pickling."""
    assert str(error).isprintable() and len(str(error)) < 1000
    assert TOKEN not in "".join(traceback.format_exception(error)) + repr(vars(error))
    assert error.__cause__ is None and error.__context__ is None
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize("driver", DRIVERS)
def test_an_answer_that_is_no_success_is_an_error_of_its_class(driver: str) -> None:
    def check(name: str) -> None:
        said, cls = ANSWERS[name]
        wire.says(said)
        with pytest.raises(LowCodeAPIError) as caught:
            client.call("models.get", "abc123")
        error = caught.value
        known: Any = error
        assert type(error) is cls
        assert str(error).startswith("models.get: ") and known.operation == "models.get"
        assert [attempt.status_code for attempt in known.attempts] == [said.status]
        check_error_object(error)
        if name.startswith("status "):
            assert (known.status_code, known.error_code, known.request_id) == (said.status, "client_error", "req_789")
            assert (known.retry_after, known.headers) == (7.0, HEADERS)
            assert known.payload == {"error": RUDE, "error_code": "client_error"}
            assert known.message.startswith("first second third fourth") and "req_789" in str(error)

    options: dict[str, Any] = {"api_token": TOKEN, "url_format": "new", "max_retries": 0}
    with Wire() as wire, DRIVERS[driver](**options, base_url=wire.base_url) as client:
        check_each(ANSWERS, check)


def hang_up(received: Received) -> Reply:
    raise ConnectionAbortedError(received.target)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(
    ("said", "cls"), [(None, APITimeoutError), (hang_up, APIConnectionError)], ids=["silence", "lost"]
)
def test_a_prediction_without_an_answer_is_an_error_that_says_what_may_have_happened(
    said: Any, cls: type[APIConnectionError], driver: str
) -> None:
    with Wire(said) as wire, DRIVERS[driver](api_token=TOKEN, base_url=wire.base_url, timeout=0.5) as client:
        with pytest.raises(APIConnectionError, match="may have been carried out") as error:
            client.call("inference.predict_development", input={})
        assert wire.only
    assert type(error.value) is cls
    check_error_object(error.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Baseten(),
        lambda: Baseten(api_token=TOKEN).models.get("a/b"),
        lambda: Baseten(api_token=TOKEN, base_url=f"http://127.0.0.1:{taken_port()}", max_retries=0).models.list(),
    ],
    ids=["configuration", "parameter", "nobody is there"],
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


# --- the advice at the end of the message

READ, DELETE, ACTIVATE, PREDICT = "models.get", "models.delete", "deployments.activate", "inference.predict_deployment"
HARMLESS = "; the request may have been carried out, and sending it again does no harm"
LOOK = "; the request may have been carried out: check before you send it again"
SEVEN, LONGER = "; try again in 7 s, as it asks", "; timeout was 60 s: raise it to wait longer"
NETWORK = "; check base_url and the network"
HEADER = answer(408, "{}", {"content-type": "application/json", "retry-after": "7"})
token = Token(TOKEN)

# The outcomes of a read, and the end of the error's message.
ADVICE: dict[str, tuple[str, list[Outcome], str]] = {
    **{
        f"status {status}": (READ, [upstream(status)], f"; {advice}")
        for status, advice in {
            402: "check the billing of the account",
            403: "check what the account may do",
            405: "the API does not offer this operation here: look for a newer version of this package",
            410: "the resource is gone for good",
            415: "the API does not accept this type of body: check extra_headers",
            424: "something that this call depends on failed: fix that first",
            418: "sending it again unchanged won't help",
            451: "sending it again unchanged won't help",
            **dict.fromkeys((408, 423, 500, 503), "try again later"),
        }.items()
    },
    **{f"{status} that asks for a wait": (READ, [upstream(status, retry_after="7")], SEVEN) for status in (429, 500)},
    "a header that asks for a wait": (READ, [HEADER], SEVEN),
    "a wait where none helps": (READ, [upstream(400, retry_after="7")], "; check the arguments"),
    "500 of a prediction": (PREDICT, [upstream(500)], LOOK),
    "a wait of a prediction": (PREDICT, [upstream(503, retry_after="7")], LOOK + SEVEN),
    # What may have happened is said of changes alone.
    "silence": (DELETE, [TIMEOUT], HARMLESS + LONGER),
    "lost": (ACTIVATE, [LOST], HARMLESS),
    "lost, then unsent": (DELETE, [LOST, UNSENT], HARMLESS),
    "500": (ACTIVATE, [upstream(500)], f"{HARMLESS}; try again later"),
    "503 that asks for a wait": (DELETE, [upstream(503, retry_after="7")], HARMLESS + SEVEN),
    "silence, then 409": (ACTIVATE, [TIMEOUT, upstream(409)], f"{HARMLESS}; check the current state of the resource"),
    "a read": (READ, [TIMEOUT], f"(new format: timeout){NETWORK}{LONGER}"),
    "a delete that was unsent": (DELETE, [UNSENT], f"(new format: unsent){NETWORK}"),
    # The network is suspected only where it may be at fault.
    "refused": (READ, [unsent(ConnectionError("no"), token)], f"be reached (ConnectionError: no) ({{}}){NETWORK}"),
    "not in time": (READ, [unsent(TimeoutError("no"), token)], f"in time (TimeoutError: no) ({{}}){NETWORK}{LONGER}"),
    "broken": (READ, [failed(ConnectionResetError("no"), token)], f"(ConnectionResetError: no) ({{}}){NETWORK}"),
    "too large": (
        READ,
        [failed(Refused("more than max_response_bytes=9", cause="size"), token)],
        "max_response_bytes=9 ({}); pass the client a larger max_response_bytes",
    ),
    "no gzip": (READ, [failed(Refused("no gzip"), token)], "no gzip ({}); check base_url and any proxy in between"),
    "redirected": (
        READ,
        [Failure("refused", "it redirects to another host, 'max_response_bytes'")],
        "'max_response_bytes' ({}); check base_url and any proxy in between",
    ),
    "silent": (PREDICT, [SILENT], LOOK + LONGER.replace("60", "600")),
    "closed": (READ, [CLOSED], "the client is closed ({})"),
    "full": (READ, [FULL], f"every connection was in use, and none became free in time ({{}}){LONGER}"),
    "the environment": (READ, [unsent(Unusable("no proxy"), token)], "models.get: no proxy ({})"),
    "an upload": (READ, [unsent(Unreadable("gone"), token)], "request can't be sent (Unreadable: gone) ({})"),
    "a header": (READ, [unmade(ValueError("none"), token)], "request can't be sent (ValueError: none) ({})"),
}


def said(operation: str, *outcomes: Outcome, **options: Any) -> str:
    """The message of the error that these outcomes end in."""
    stage = Stage(url_format="new", max_retries=len(outcomes) - 1, **options)
    assert stage.script(call_of(operation), *outcomes) is None
    return str(stage.error)


@one_test
@pytest.mark.parametrize(("operation", "outcomes", "end"), ADVICE.values(), ids=ADVICE)
def test_the_advice_is_true_of_what_happened(operation: str, outcomes: list[Outcome], end: str) -> None:
    kind = outcomes[-1].kind if isinstance(outcomes[-1], Failure) else ""
    assert said(operation, *outcomes).endswith(end.replace("{}", f"new format: {kind}"))


def test_a_prediction_that_may_be_repeated_may_still_have_happened() -> None:
    assert said(PREDICT, LOST, LOST, retry_unsafe=True).endswith(LOOK)
    for outcome in (upstream(400), upstream(429), UNSENT):
        assert "carried out" not in said(PREDICT, outcome) + said(DELETE, outcome)


@pytest.mark.parametrize("operation", [READ, DELETE, PREDICT])
def test_a_refusal_by_the_gateway_itself_says_that_it_is_the_token(operation: str) -> None:
    told = said(operation, own(403))
    assert re.search("; the gateway refuses the token: check the token in LOWCODEAPI_API_TOKEN", told)


def test_the_token_is_in_no_text_of_a_failure() -> None:
    for make in (unsent, unmade, failed):
        for error in (OSError(TOKEN), Unreadable(TOKEN), Unusable(TOKEN)):
            assert TOKEN not in make(error, token).text
