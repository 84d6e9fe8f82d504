"""The gateway pastes an ID unencoded into a URL that carries the account's key: an invalid ID is never sent."""

from __future__ import annotations

import itertools
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from lowcodeapi_baseten import InvalidParameterError
from lowcodeapi_baseten.plan import plan
from lowcodeapi_baseten.request import check_id, prepare
from lowcodeapi_baseten_api import new_format, old_format
from lowcodeapi_baseten_api.operations import OPERATIONS
from lowcodeapi_baseten_api.types import Call

from tests.client.stage import call_of
from tests.support.drivers import DRIVERS
from tests.support.guide_table import TABLE
from tests.support.pairs import in_turn

TOKEN = "lca-paths-0123456789abcdef"
BODIES = {row.id: row.options for row in TABLE}
WITH_ID = sorted(id_ for id_ in OPERATIONS if call_of(id_).path)


def words(text: str) -> list[str]:
    """The values of a table that have no space in them."""
    return text.split(" ")


_DOTS = words(". .. / \\ /.. ../ ..\\ a/.. a/../b a/../../secrets ./a a/./b //a")
_ENCODED = [quote(value, safe="") for value in ("..", "/", "\\", "../secrets", "?", "#", "&", "%", "\0", "\r\n", " ")]
_ENCODED += words("%2e%2e %2E%2E%2F ..%2f %2e. .%2e %c0%af %c0%ae %e0%80%af %u002e %u2215 %%32%65")
_MARKS = [f"a{mark}b" for mark in " !\"#$%&'()*+,/:;<=>?@[\\]^`{|}"]
_CONTROL = [f"a{chr(code)}b" for code in (*range(32), 127, 128, 133, 160, 0x2028, 0x2029)]
_ENDS = [f"abc{tail}" for tail in ("\n", "\r", "\r\n", "\t", " ", "\0", "/", "?", "#", "%", "\\", ";", "&a=b", "\n\n")]
_ALIKE = words(
    "a\u2024b \u2025 \u2026 a\u2044b a\u2215b a\u29f8b a\uff0fb a\uff0eb \uff0e\uff0e a\uff3cb a\u200bb a\u200db"
)
_ALIKE += words(
    "\ufeffabc a\u202eb a\u0301 \u00e9 \u0430bc \u0661\u0662 \uff41 ªbc ſbc \u212a \U0001d4d0 日本 🙂 İd ıd ﬁ"
)
_ALIKE += ["\ud800", "a\ud800b"]
_PATTERNS = words("$& $` $' $1 $$ ${x} {model_id} {{x}} %s a$&b `id` $(id) <x> a|b *")
_URLS = words("http://x https:x //x/y javascript:0 file:///etc/passwd @x a@b a:b a?x=1# a?api_token=x")
_LONG = ["a" * 257, "a" * 10_000, "../" * 1000, "%2e" * 5000]
_TYPES: list[Any] = [None, 0, 1, -1, 1.5, True, False, b"abc", bytearray(b"abc"), ["abc"], ("abc",), {"a": 1}, {"abc"}]
_TYPES += [object(), Ellipsis, NotImplemented, float("nan"), 10**400, str, len, memoryview(b"abc"), range(3)]
_MORE = ["", " ", "\t", "abc def", *words("a,b a;b a=b a&b a+b ' \" a'b --\u2014 a\\b"), "null\0", "a\x1bb"]
_NESTED = [
    f"{prefix}{value}" for prefix in ("abc/", "abc%2f", "..;/") for value in ("secrets", "..", "v1/api_keys", "?x")
]
HOSTILE: list[Any] = [*_DOTS, *_ENCODED, *_MARKS, *_CONTROL, *_ENDS, *_ALIKE, *_PATTERNS, *_URLS, *_LONG, *_TYPES]
HOSTILE += [*_MORE, *_NESTED]


def placeholders(name: str) -> list[str]:
    """The ID that an old gateway would read as the route itself."""
    plain = name.replace("_", "")
    return [plain, plain.upper(), plain.title()]


# IDs as in Baseten's API reference, the names of environments, and whatever else is one.
EXAMPLES = words("abcd1234 abc123 model_123 dep_456 proj_123 job_456 req_789 production development staging my-env")
EXAMPLES += words("2a1b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d e6m9q8w 3yd9v3q wd1lndkw qvv5lnq gvpql31 zq8x4m2.v1")
EXAMPLES += words("lqz4pw4 7qk59gdq 9b2f1e2c6b0e4c3f A a~b A-b_c.d~0 _x -x ... modelid2 model_id null 0")
EXAMPLES += ["a" * 256]


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


@in_turn(url_format=["new", "old", "auto", "auto"], driver=[*DRIVERS])
def test_what_is_no_id_is_refused_before_a_connection_is_opened(url_format: str, driver: str) -> None:
    """Each hostile value for one operation, and some of them for each path parameter of each operation."""
    cases = [("models.get", "model_id", value) for value in HOSTILE]
    for operation in WITH_ID:
        for name in call_of(operation).path:
            cases += [(operation, name, value) for value in ("../secrets", "a?x=1#", None, *placeholders(name))]
    options: dict[str, Any] = {"transport": Untouched(), "remember": False, "url_format": url_format}
    with DRIVERS[driver](api_token=TOKEN, **options) as client:
        for operation, name, value in cases:
            arguments = {**call_of(operation).path, name: value, **BODIES.get(operation, {})}
            with pytest.raises(InvalidParameterError) as caught:
                client.call(operation, **arguments)
            assert caught.value.parameter == name and str(caught.value).startswith(name)
            assert len(str(caught.value)) < 400 and str(caught.value).isprintable()


def test_every_example_id_passes_and_arrives_as_it_is() -> None:
    made = plan(base_url="http://127.0.0.1:1", remember=False)
    for operation, value in itertools.product(WITH_ID, EXAMPLES):
        routes = {name: known[operation] for name, known in made.routes.items()}
        names = call_of(operation).path
        request = prepare(Call(operation, path=dict.fromkeys(names, value)), routes, {})
        for name in (new_format.NAME, old_format.NAME):
            path, _, query = request.target(name, "").partition("?")
            assert path.split("/").count(value) + query.split("&").count(f"{next(iter(names))}={value}") >= 1


CUT = ["..;", "..:", "..@", ".;", "..;a=b", "..;..", "...;", ";", ";a", ".:.", "..:a@b"]


@pytest.mark.parametrize("more", [";", ";:@=", ":@;=,+!*'()&|^<>[]"])
def test_a_wider_operation_takes_no_dots_before_a_character_that_a_server_may_cut_at(more: str) -> None:
    for value in CUT:
        with pytest.raises(InvalidParameterError, match=r"^id "):
            check_id("id", value, more)


def test_a_wider_operation_takes_what_only_has_dots_and_those_characters() -> None:
    for value in ("a;..", "@me", ":a", "a:b@c", ".a:b", "...", "..a;b", "a..:b"):
        assert check_id("id", value, ":@;") == value


@pytest.mark.parametrize("value", ["a/b", "a\\b", "a?b", "a#b", "a%2fb", "a$b"])
def test_no_operation_takes_what_ends_or_changes_a_path(value: str) -> None:
    with pytest.raises(InvalidParameterError, match=r"^id "):
        check_id("id", value, "/\\?#%$")
