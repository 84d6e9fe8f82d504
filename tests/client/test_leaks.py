"""The token and the secrets of an account occur nowhere: not in a log, an error, a frame, an output, a file.

Every logger is at DEBUG, asyncio is in debug mode, and a hostile gateway repeats its requests in every way it can.
"""

from __future__ import annotations

import base64
import copy
import io
import itertools
import json
import logging
import os
import pickle
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs

import lowcodeapi_baseten_api as api
import pytest
from lowcodeapi_baseten import AsyncBaseten, Baseten, ConfigurationError, LowCodeAPIError, connect, connect_async
from lowcodeapi_baseten.envelope import Envelope, Reading
from lowcodeapi_baseten.secrets import Content, Token, Withheld
from lowcodeapi_baseten.steps import Failure
from lowcodeapi_baseten.transport.choice import is_fast
from lowcodeapi_baseten_api.operations import OPERATIONS
from lowcodeapi_baseten_api.types import Call, Hidden, hidden
from rich.pretty import pretty_repr

from tests.support.drivers import DRIVERS, Async
from tests.support.leaks import forms, found, rendered, shown
from tests.support.pairs import in_turn
from tests.support.raw_wire import Peer, Play, RawWire, http
from tests.support.tables import one_test

TOKEN = 'lca-leak_0123+456/789=abc"def\\ghi&jkl'
SECRET = 'hunter2-"secret"/of+the\\workspace-ÿ-99'
KEY = "bt-key.0123456789abcdefghijklmnop"


class Everything(logging.Handler):
    """Collects every logger's messages, formatted with exceptions, and every attribute of every record."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.text = io.StringIO()

    def emit(self, record: logging.LogRecord) -> None:
        self.text.write(self.format(record) + "\n")
        self.text.write(repr(vars(record)) + "\n")


@contextmanager
def every_log() -> Iterator[Everything]:
    """A handler on the root, with every existing logger at DEBUG and without its own level."""
    handler, root = Everything(), logging.getLogger()
    known = [logger for logger in logging.root.manager.loggerDict.values() if isinstance(logger, logging.Logger)]
    levels = {logger: logger.level for logger in [root, *known]}
    for logger in known:
        logger.setLevel(logging.NOTSET)
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    try:
        yield handler
    finally:
        root.removeHandler(handler)
        for logger, level in levels.items():
            logger.setLevel(level)


def sent_token(request: bytes) -> str:
    target = request.split(b" ")[1].decode()
    return parse_qs(target.partition("?")[2])["api_token"][0]


def echo(make: Callable[[str], bytes]) -> Play:
    """Answers every request with what `make` returns for the request's target and for each form of the token."""

    def play(peer: Peer) -> None:
        if request := peer.request():
            said = "\n".join([request.split(b" ")[1].decode(), *forms(sent_token(request)).values()])
            peer.send(make(said))

    return play


def in_json(value: Any) -> bytes:
    """JSON in which text that is escaped already is not escaped again."""
    text = json.dumps(value)
    return text.replace(r"\\\\", r"\\").replace(r"\\\"", r"\"").replace(r"\\u", r"\u").encode()


def wrapped(said: str, **more: Any) -> bytes:
    return in_json({"message": said, "provider": "baseten", **more})


# What a server makes of a text whose first line is the request's target, and whose second the token.
ANSWERS: dict[str, Callable[[str], bytes]] = {
    "a header": lambda said: http(
        b"{}", *(f"x-echo-{number}: {line}" for number, line in enumerate(said.split("\n"))), status="400 Bad"
    ),
    "a broken header": lambda said: "HTTP/1.1 200 OK\r\n{} bad\0line: {}\r\n\r\n".format(*said.split("\n")).encode(),
    "a broken status": lambda said: f"HTTP/9.9 {said.splitlines()[0]}\r\n\r\n".encode(),
    "an error": lambda said: http(
        wrapped(said, error={"code": 401, "logging": {"query": {"api_token": said.splitlines()[1]}, "text": said}}),
        status="401 No",
    ),
    "upstream headers": lambda said: http(
        wrapped("m", error=said, headers={"x-a": said, "retry-after": said}),
        f"x-baseten-request-id: {said.splitlines()[1]}",
        status="422 No",
    ),
    "text": lambda said: http(said.encode(), status="500 No", content_type="text/plain"),
    "a page": lambda said: http(f"<html><body>{said}".encode(), status="404 No", content_type="text/html"),
    "broken JSON": lambda said: http(f'{{"data": "{said}'.encode()),
    "a redirect": lambda said: http(
        b"", f"location: https://{said.splitlines()[1]}.example/{said.splitlines()[0]}", status="302 Found"
    ),
    "a redirect here": lambda said: http(b"", f"location: {said.splitlines()[0]}", status="302 Found"),
    "cut short": lambda said: http((said * 9).encode())[:-9],
    "a broken encoding": lambda said: http(said.encode(), "content-encoding: gzip"),
    "an encoding": lambda said: http(b"{}", f"content-encoding: {said.splitlines()[1]}"),
    "the data": lambda said: http(in_json({"data": {"echo": said, "models": [{"id": said}]}})),
    "beside the data": lambda said: http(in_json({"data": {"models": []}, "error": said})),
}
SUCCEED = {"the data", "beside the data", "an encoding"}
# One for each place where an error is made: rich takes long, and shows the same frames for the others.
BY_RICH = {"an error", "broken JSON", "a broken header", "a redirect", "stays silent"}


def closes(peer: Peer) -> None:
    peer.request()


def stays_silent(peer: Peer) -> None:
    peer.request()
    peer.wait()


PLAYS: dict[str, Play] = {name: echo(make) for name, make in ANSWERS.items()} | {
    "closes": closes,
    "stays silent": stays_silent,
}


class Hunt:
    """The traces of a call."""

    def __init__(self, log: Everything, cache: Path) -> None:
        self.log, self.cache = log, cache
        self.parts: list[str] = []
        self.errors = 0

    def take(self, error: BaseException, kind: str) -> None:
        self.parts.append(rendered(error, by_rich=not self.errors and kind in BY_RICH))
        self.errors += 1

    def text(self, capture: pytest.CaptureFixture[str]) -> str:
        output = capture.readouterr()
        files = [path.read_text("latin-1") for path in self.cache.rglob("*") if path.is_file()]
        return "\n".join([*self.parts, self.log.text.getvalue(), output.out, output.err, *files])


@pytest.fixture
def hunt() -> Iterator[Hunt]:
    with every_log() as log, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        hunt = Hunt(log, Path(os.environ["XDG_CACHE_HOME"]))
        yield hunt
        assert not [str(warning.message) for warning in warned if found(TOKEN, str(warning.message))]


CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("models.get", ("abc",), {}),
    ("models.delete", ("abc",), {}),
    ("inference.predict_development", (), {"input": "x"}),
]


@in_turn(kind=[*PLAYS], driver=[*DRIVERS])
def test_the_token_is_nowhere(kind: str, driver: str, hunt: Hunt, capfd: pytest.CaptureFixture[str]) -> None:
    options = {"api_token": TOKEN, "max_retries": 0, "timeout": 0.2 if kind == "stays silent" else 5.0}
    with RawWire(PLAYS[kind]) as wire, DRIVERS[driver](base_url=wire.base_url, **options) as client:
        if isinstance(client, Async) and kind in BY_RICH:  # for asyncio's own log; it takes long, too
            client.runner.get_loop().set_debug(True)
        for operation, arguments, keywords in CALLS:
            try:
                raw = client.raw(operation, *arguments, **keywords)
                hunt.parts += [shown(raw), repr(raw.result)]
            except LowCodeAPIError as error:
                hunt.take(error, kind)
                assert error.__cause__ is None and error.__context__ is None
        for made in (client.client, client.client.with_options(timeout=1)):
            hunt.parts += [repr(made), repr(vars(made))]
    assert hunt.errors or kind in SUCCEED
    text = hunt.text(capfd)
    assert found(TOKEN, text) == []
    assert is_fast(None) or "httpcore.connection" in text, "nothing was logged, so nothing was shown"


WITHOUT = {"a header": "transport.quiet._NamesOnly.filter"} | dict.fromkeys(
    ("an error", "upstream headers", "text"), "redaction.Redaction.in_bytes"
)


@pytest.mark.parametrize("kind", WITHOUT)
def test_without_the_redaction_or_the_quiet_the_hunt_finds_the_token(
    kind: str, hunt: Hunt, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(f"lowcodeapi_baseten.{WITHOUT[kind]}", lambda self, given: given)
    with RawWire(PLAYS[kind]) as wire, Baseten(api_token=TOKEN, base_url=wire.base_url, max_retries=0) as client:
        with pytest.raises(LowCodeAPIError) as caught:
            client.models.list()
        hunt.take(caught.value, kind)
    assert found(TOKEN, hunt.text(capfd))


# "end": what follows the token.
BAD_CONSTRUCTIONS: list[dict[str, Any]] = [
    {"end": "\n"},
    {"end": " "},
    {"end": "é"},
    {"base_url": "http://gateway.example/baseten"},
    {"base_url": "no url"},
    {"url_format": "newest"},
    {"max_retries": -1},
    {"timeout": 0},
    {"headers": {"authorization": "x"}},
]


def printable(length: int) -> str:
    """A token with every sign in it, if it is long enough."""
    return "".join(chr(33 + (number * 37 + 11) % 94) for number in range(length))


MAKERS: list[Any] = [Baseten, AsyncBaseten]
MAKERS += [partial(make, cast("Any", api)) for make in (connect, connect_async)]
# Rich cuts texts at 80 characters.
LENGTHS = [5, 36, 80, 81, 500]


@one_test
@in_turn(
    options=BAD_CONSTRUCTIONS * 2,
    make=dict(zip(("sync", "async", "connect", "connect_async"), MAKERS, strict=True)),
    length=LENGTHS,
)
def test_an_option_that_can_not_work_shows_no_token_of_any_length(
    options: dict[str, Any], make: Any, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = printable(length)
    with pytest.raises(ConfigurationError) as caught:
        if "end" in options and length == 36:  # from the environment
            monkeypatch.setenv("LOWCODEAPI_API_TOKEN", f"{token}\x01")
            make()
        make(api_token=token + options.get("end", ""), **{name: options[name] for name in options if name != "end"})
    assert found(token, rendered(caught.value)) == []


@in_turn(length=LENGTHS, kind=["text", "a broken header", "a broken status", "an encoding"], driver=[*DRIVERS])
def test_no_error_of_a_call_shows_a_token_of_any_length(kind: str, length: int, driver: str) -> None:
    def play(peer: Peer) -> None:
        if request := peer.request():
            peer.send(ANSWERS[kind](f"{request.split(b' ')[1].decode()}\n{sent_token(request)}"))

    token = printable(length)
    with (
        RawWire(play) as wire,
        DRIVERS[driver](api_token=token, base_url=wire.base_url, max_retries=0) as client,
        pytest.raises(LowCodeAPIError) as caught,
    ):
        client.call("models.list")
    assert found(token, rendered(caught.value)) == []


@in_turn(length=LENGTHS, driver=[*DRIVERS])
def test_no_error_of_a_call_shows_a_secret_of_any_length(length: int, driver: str) -> None:
    secret = printable(length)
    with DRIVERS[driver](api_token=TOKEN, base_url="http://127.0.0.1:9", max_retries=0) as client:
        with pytest.raises(LowCodeAPIError) as caught:
            client.call("secrets.upsert", name="a", value=secret)
        assert found(secret, rendered(caught.value)) == found(TOKEN, rendered(caught.value)) == []
        with pytest.raises(LowCodeAPIError) as caught:
            client.call("secrets.upsert", name={1, 2}, value=secret)
        assert found(secret, rendered(caught.value)) == []


def test_what_cuts_long_values_shows_nothing_of_a_request() -> None:
    for length, most in itertools.product(LENGTHS, [1, 80, None]):
        secret = printable(length)
        call = Call("a", body={"b": hidden(secret)})
        held = {"text": Hidden(secret), "bytes": Content(secret.encode()), "call": call}
        shown = pretty_repr(held, max_string=most, max_width=100_000)
        assert secret[:4] not in shown.replace("\\\\", "\\").replace("\\'", "'")
        assert "***" in shown and f"<{most if most and most < length else length} bytes>" in shown


def test_a_secret_text_is_no_text_and_is_given_by_one_method_alone() -> None:
    secret = Hidden(TOKEN)
    assert not isinstance(secret, str) and secret.reveal() == TOKEN
    assert found(TOKEN, f"{secret} {secret!r} {secret!s} {[secret]} {vars(Holder(secret))}") == []
    uses: list[Callable[[Any], object]]
    uses = [len, iter, list, bytes, json.dumps, "".join, lambda it: it[:80], lambda it: "a" + it]
    for use in uses:
        with pytest.raises(TypeError):
            use(secret)
    for action in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            action(secret)


class Holder:
    """A user's object that holds a secret."""

    def __init__(self, secret: Hidden) -> None:
        self.secret = secret


def test_the_holder_gives_nothing_away() -> None:
    token = Token(TOKEN)
    for text in (repr(token), str(token), f"{token}", repr(vars(Baseten(api_token=TOKEN)))):
        assert found(TOKEN, text) == []
    for action in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            action(token)
    with pytest.raises(TypeError):
        hash(token)
    assert token == Token(TOKEN) != Token("another-token-0123")


# --- the secrets of an account


def secret_of(request: bytes) -> str:
    value: str = json.loads(request.partition(b"\r\n\r\n")[2])["value"]
    return value


def echo_secret(make: Callable[[str], bytes]) -> Play:
    def play(peer: Peer) -> None:
        if request := peer.request():
            peer.send(
                make("\n".join([f"/?a={forms(secret_of(request))['percent']}", *forms(secret_of(request)).values()]))
            )

    return play


@in_turn(kind=[name for name in ANSWERS if name not in SUCCEED], driver=[*DRIVERS])
def test_a_secret_that_is_stored_is_nowhere(
    kind: str, driver: str, hunt: Hunt, capfd: pytest.CaptureFixture[str]
) -> None:
    # A header can't contain "ÿ".
    is_body = kind in {"an error", "text", "a page", "broken JSON"}
    secret = SECRET if is_body else SECRET.replace("ÿ", "y")
    with (
        RawWire(echo_secret(ANSWERS[kind])) as wire,
        DRIVERS[driver](api_token=TOKEN, base_url=wire.base_url, max_retries=0) as client,
        pytest.raises(LowCodeAPIError) as caught,
    ):
        client.call("secrets.upsert", name="a", value=secret)
    hunt.take(caught.value, kind)
    assert found(secret, hunt.text(capfd)) == []


@pytest.mark.parametrize("place", ["body", "extra_body"])
def test_a_stored_secret_is_taken_out_of_every_part_of_an_answer(place: str) -> None:
    said, given = f"not {KEY}!", {place: {"value": KEY}}
    withheld = Withheld(OPERATIONS["secrets.upsert"], Call("secrets.upsert", **given))  # type: ignore[arg-type]
    envelope = Envelope({said: [said]}, {"text": said, "value": "another"}, said, {"x-a": said}, True)
    reading = withheld.reading(
        Reading(400, envelope, said, False, False, True, said, None, {"x-b": said}, said.encode())
    )
    assert not found(KEY, repr([*reading, *reading.envelope]))
    assert reading.request_id == withheld.text(said) == withheld.failure(Failure("lost", said)).text == "not [secret]!"
    assert reading.envelope.error == {"text": "not [secret]!", "value": "[secret]"}
    assert reading.headers == {"x-b": "not [secret]!"} and reading.problem == "not [secret]!"


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_stored_secret_that_is_sent_back_is_only_in_the_result(driver: str, hunt: Hunt, capfd: Any) -> None:
    def play(peer: Peer) -> None:
        while request := peer.request():
            body = {"data": {"name": "a", "value": secret_of(request)}, "error": f"kept {secret_of(request)}"}
            peer.send(http(json.dumps(body).encode()))

    with RawWire(play) as wire, DRIVERS[driver](api_token=TOKEN, base_url=wire.base_url) as client:
        raw = client.raw("secrets.upsert", name="a", value=SECRET)
        hunt.parts.append(shown(raw))
    assert raw.result.to_dict()["value"] == SECRET
    assert found(SECRET, hunt.text(capfd)) == []


@in_turn(
    body=[
        json.dumps({"data": {"api_key": KEY}}),
        json.dumps({"data": {"api_key": KEY}, "error": f"beware of {KEY}"}),
        json.dumps({"provider": "baseten", "result": {"api_key": KEY}, "response_headers": {"x-a": KEY}}),
        json.dumps({"data": [KEY]}),
        json.dumps({"data": json.dumps({"api_key": KEY})}),
        json.dumps({"data": {"api_key": KEY}})[:-1],
        base64.b64encode(KEY.encode()).decode(),
    ],
    driver=[*DRIVERS],
)
def test_a_new_api_key_is_only_in_the_result(body: str, driver: str, hunt: Hunt, capfd: Any) -> None:
    def play(peer: Peer) -> None:
        while peer.request():
            peer.send(http(body.encode()))

    with RawWire(play) as wire, DRIVERS[driver](api_token=TOKEN, base_url=wire.base_url) as client:
        try:
            raw = client.raw("api_keys.create", type="PERSONAL")
            assert raw.result.api_key == KEY
            hunt.parts += [shown(raw), repr(raw.result)]
        except LowCodeAPIError as error:
            hunt.take(error, "broken JSON")
    assert found(KEY, hunt.text(capfd)) == []
