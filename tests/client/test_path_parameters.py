"""The gateway pastes an ID unencoded into a URL that carries the account's key: an invalid ID is never sent."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from lowcodeapi_baseten import AsyncBaseten, Baseten, InvalidParameterError
from lowcodeapi_baseten.plan import plan
from lowcodeapi_baseten.request import check_id, prepare
from lowcodeapi_baseten_api import new_format, old_format
from lowcodeapi_baseten_api.operations import OPERATIONS
from lowcodeapi_baseten_api.types import Call

from tests.client.stage import call_of

TOKEN = "lca-paths-0123456789abcdef"
WITH_ID = sorted(id_ for id_ in OPERATIONS if call_of(id_).path)


class Member(str, enum.Enum):  # noqa: UP042
    PLAIN = "abc"


_DOTS = [".", "..", "...", "/", "\\", "/..", "../", "..\\", "a/..", "a/../b", "a/../../secrets", "./a", "a/./b", "//a"]
_ENCODED = [quote(value, safe="") for value in ("..", "/", "\\", "../secrets", "?", "#", "&", "%", "\0", "\r\n", " ")]
_ENCODED += [
    "%2e%2e",
    "%2E%2E%2F",
    "..%2f",
    "%2e.",
    ".%2e",
    "%c0%af",
    "%c0%ae",
    "%e0%80%af",
    "%u002e",
    "%u2215",
    "%%32%65",
]
_MARKS = [f"a{mark}b" for mark in " !\"#$%&'()*+,/:;<=>?@[\\]^`{|}"]
_CONTROL = [f"a{chr(code)}b" for code in (*range(32), 127, 128, 133, 160, 0x2028, 0x2029)]
_ENDS = [f"abc{tail}" for tail in ("\n", "\r", "\r\n", "\t", " ", "\0", "/", "?", "#", "%", "\\", ";", "&a=b", "\n\n")]
_ALIKE = [
    *(
        "a\u2024b",
        "\u2025",
        "\u2026",
        "a\u2044b",
        "a\u2215b",
        "a\u29f8b",
        "a\uff0fb",
        "a\uff0eb",
        "\uff0e\uff0e",
        "a\uff3cb",
    ),
    *(
        "a\u200bb",
        "a\u200db",
        "\ufeffabc",
        "a\u202eb",
        "a\u0301",
        "\u00e9",
        "\u0430bc",
        "\u0661\u0662",
        "\uff41",
        "ªbc",
        "ſbc",
    ),
    *("\u212a", "\U0001d4d0", "\ud800", "a\ud800b", "日本", "🙂", "İd", "ıd", "ﬁ"),
]
_PATTERNS = [
    "$&",
    "$`",
    "$'",
    "$1",
    "$$",
    "${x}",
    "{model_id}",
    "{{x}}",
    "%s",
    "a$&b",
    "`id`",
    "$(id)",
    "<x>",
    "a|b",
    "*",
]
_URLS = [
    "http://x",
    "https:x",
    "//x/y",
    "javascript:0",
    "file:///etc/passwd",
    "@x",
    "a@b",
    "a:b",
    "a?x=1#",
    "a?api_token=x",
]
_LONG = ["a" * 257, "a" * 10_000, "../" * 1000, "%2e" * 5000]
_TYPES: list[Any] = [None, 0, 1, -1, 1.5, True, False, b"abc", bytearray(b"abc"), ["abc"], ("abc",), {"a": 1}, {"abc"}]
_TYPES += [object(), Ellipsis, NotImplemented, float("nan"), 10**400, str, len, memoryview(b"abc"), range(3)]
_MORE = [
    "",
    " ",
    "\t",
    "abc def",
    "a,b",
    "a;b",
    "a=b",
    "a&b",
    "a+b",
    "'",
    '"',
    "a'b",
    "--\u2014",
    "null\0",
    "a\\b",
    "a\x1bb",
]
_NESTED = [
    f"{prefix}{value}" for prefix in ("abc/", "abc%2f", "..;/") for value in ("secrets", "..", "v1/api_keys", "?x")
]
HOSTILE: list[Any] = [
    *(
        *(value for value in _DOTS if value != "..."),
        *_ENCODED,
        *_MARKS,
        *_CONTROL,
        *_ENDS,
        *_ALIKE,
        *_PATTERNS,
        *_URLS,
        *_LONG,
        *_TYPES,
        *_MORE,
    ),
    *_NESTED,
]


def placeholders(name: str) -> list[str]:
    """The ID that an old gateway would read as the route itself."""
    plain = name.replace("_", "")
    return [plain, plain.upper(), plain.title()]


# IDs as in Baseten's API reference, and the names of environments.
EXAMPLES = [
    *(
        "abcd1234",
        "abc123",
        "model_123",
        "dep_456",
        "proj_123",
        "job_456",
        "req_789",
        "production",
        "development",
        "staging",
    ),
    *(
        "2a1b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d",
        "e6m9q8w",
        "3yd9v3q",
        "wd1lndkw",
        "qvv5lnq",
        "gvpql31",
        "zq8x4m2.v1",
        "my-env",
    ),
    *("lqz4pw4", "yqvr9l3", "7qk59gdq", "9b2f1e2c6b0e4c3f", "A", "a~b", "_x", "-x", "...", "a" * 256, "modelid2", "0"),
]


def test_the_table_is_long_enough() -> None:
    texts = {repr(value) for value in HOSTILE}
    assert len(texts) >= 200, len(texts)
    assert len(WITH_ID) >= 35


class Untouched(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Fails if a request reaches it."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise AssertionError("a request was made")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise AssertionError("a request was made")


def cases(operation: str) -> Iterator[tuple[str, Any]]:
    """Each path parameter with each hostile value; the others are good."""
    for name in call_of(operation).path:
        for value in [*HOSTILE, *placeholders(name)]:
            yield name, value


@pytest.mark.parametrize("url_format", ["new", "old"])
@pytest.mark.parametrize("operation", WITH_ID)
def test_what_is_no_id_is_refused_before_a_connection_is_opened(operation: str, url_format: Any) -> None:
    with Baseten(api_token=TOKEN, url_format=url_format, transport=Untouched(), remember=False) as client:
        for name, value in cases(operation):
            with pytest.raises(InvalidParameterError) as caught:
                client._run_raw(Call(operation, path={**call_of(operation).path, name: value}))
            assert caught.value.parameter == name and str(caught.value).startswith(name)
            assert len(str(caught.value)) < 400 and str(caught.value).isprintable()


def test_the_async_client_refuses_them_too() -> None:
    async def main() -> None:
        async with AsyncBaseten(api_token=TOKEN, transport=Untouched(), remember=False) as client:
            for value in HOSTILE:
                with pytest.raises(InvalidParameterError):
                    await client.models.get(value)
                with pytest.raises(InvalidParameterError):
                    await client.inference.predict_deployment(value, input=1)

    asyncio.run(main())


def test_methods_refuse_them_by_name() -> None:
    with Baseten(api_token=TOKEN, transport=Untouched(), remember=False) as client:
        for value in HOSTILE:
            with pytest.raises(InvalidParameterError, match="deployment_id"):
                client.deployments.promote("abc", value)


@pytest.mark.parametrize("operation", WITH_ID)
def test_every_example_id_passes_and_arrives_as_it_is(operation: str) -> None:
    made = plan(base_url="http://127.0.0.1:1", remember=False)
    routes = {name: known[operation] for name, known in made.routes.items()}
    for value in EXAMPLES:
        names = call_of(operation).path
        request = prepare(Call(operation, path=dict.fromkeys(names, value)), routes, {})
        for name in (new_format.NAME, old_format.NAME):
            path, _, query = request.target(name, "").partition("?")
            assert path.split("/").count(value) + query.split("&").count(f"{next(iter(names))}={value}") >= 1


def test_a_member_of_an_enum_is_sent_as_its_value() -> None:
    assert str(check_id("model_id", Member.PLAIN)) == "abc"


CUT = ["..;", "..:", "..@", ".;", "..;a=b", "..;..", "...;", ";", ";a", ".:.", "..:a@b"]


@pytest.mark.parametrize("more", [";", ";:@=", ":@;=,+!*'()&|^<>[]"])
def test_a_wider_operation_takes_no_dots_before_a_character_that_a_server_may_cut_at(more: str) -> None:
    for value in CUT:
        with pytest.raises(InvalidParameterError, match=r"^id "):
            check_id("id", value, more)


def test_a_wider_operation_takes_what_only_has_dots_and_those_characters() -> None:
    for value in ("a;..", "@me", ":a", "a:b@c", ".a:b", "...", "..a;b", "a..:b"):
        assert check_id("id", value, ":@;") == value
