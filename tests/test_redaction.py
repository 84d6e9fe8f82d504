"""The quick look for signs of a secret misses nothing that the whole pattern would find."""

from __future__ import annotations

import base64
import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lowcodeapi_baseten.redaction import Redaction, _pattern

from tests.profiles import examples

MASK = "[secret]"
SECRETS = [
    "llc_0123456789abcdef",
    "a",
    "-_-",
    "x y&z",
    'q"\\/',
    "<b>",
    "é",
    "日本語のひみつ",
    "\n\t",
    "tok/en+with=all~",
]
# What secrets are made of when they are encoded, and what stands beside them in answers that hold none.
NOISE = [
    "%",
    "%2",
    "%25",
    "%3A",
    "&",
    "&#",
    "&amp;",
    "&#x",
    "\\",
    "\\\\",
    "\\u",
    "\\u00",
    "\\u00e9",
    "u006",
    "+",
    "/",
    "A",
]


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode())


def _json(char: str) -> str:
    units = char.encode("utf-16-be").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


SPELLINGS = [
    lambda char: char,
    _percent,
    lambda char: _percent(char).lower(),
    lambda char: _percent(char).replace("%", "%2525"),
    _json,
    lambda char: _json(char).replace("\\", "\\\\\\"),
    lambda char: f"&#{ord(char)};",
    lambda char: f"&#x00{ord(char):X};",
]


@st.composite
def spelled(draw: st.DrawFn, secret: str) -> str:
    """The secret, each character in any spelling of its own; or all of it in base64, wherever it begins."""
    if draw(st.booleans()):
        return "".join(draw(st.sampled_from(SPELLINGS))(char) for char in secret)
    lead, tail = draw(st.binary(max_size=4)), draw(st.binary(max_size=4))
    return base64.b64encode(lead + secret.encode() + tail).decode()


@st.composite
def bodies(draw: st.DrawFn, secret: str) -> bytes:
    """A body with parts of the secret, all of it, and what only looks like it."""
    part = st.integers(0, len(secret)).map(lambda end: secret[:end])
    pieces = st.one_of(st.sampled_from(NOISE), spelled(secret), part.flatmap(spelled), st.text(max_size=3))
    return "".join(draw(st.lists(pieces, max_size=6))).encode("utf-8", "surrogatepass")


@cache
def both(*secrets: str) -> tuple[Redaction, re.Pattern[bytes]]:
    """What is tested, and the pattern that it spares itself."""
    return Redaction(secrets, MASK), _pattern(secrets)


def check(body: bytes, *secrets: str) -> None:
    redaction, pattern = both(*secrets)
    assert redaction.in_bytes(body) == pattern.sub(MASK.encode(), body)


@pytest.mark.parametrize("secret", SECRETS)
@examples(60)
@given(data=st.data())
def test_the_look_for_signs_misses_nothing(secret: str, data: st.DataObject) -> None:
    check(data.draw(bodies(secret)), secret)


@examples(60)
@given(st.text(min_size=1, max_size=6), st.data())
def test_the_look_for_signs_misses_nothing_of_any_secret(secret: str, data: st.DataObject) -> None:
    check(data.draw(bodies(secret)), secret, "key-1")


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("spelling", range(len(SPELLINGS)))
def test_every_spelling_is_replaced(secret: str, spelling: int) -> None:
    body = "".join(map(SPELLINGS[spelling], secret)).encode()
    assert Redaction([secret], MASK).in_bytes(b"{" + body + b"}") == b"{" + MASK.encode() + b"}"


def test_text_without_a_secret_comes_back_as_it_is() -> None:
    text = 'no secret \ud800 %41 \\u0041 &#65; "quoted"'
    assert Redaction(["llc_0123456789abcdef"], MASK).in_text(text) == text
    assert Redaction([], MASK).in_text(text) is text


WIDE = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
TOKEN = SECRETS[0]
BASE64 = base64.b64encode(f"x{TOKEN}".encode()).decode()


@pytest.mark.parametrize("codec", WIDE)
@pytest.mark.parametrize("spelled", [TOKEN, "".join(map(_percent, TOKEN)), "".join(map(_json, TOKEN)), BASE64])
def test_a_secret_in_wide_characters_is_replaced_and_the_rest_stays(codec: str, spelled: str) -> None:
    text = '{"message": "日本: ' + spelled + ' is bad"}'
    found = Redaction([TOKEN], MASK).in_bytes(text.encode(codec)).decode(codec)
    assert MASK in found and found.startswith('{"message": "日本: ') and found.endswith(' is bad"}')
    assert spelled not in found and BASE64[4:] not in found


@pytest.mark.parametrize("codec", WIDE)
@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_secret_in_wide_characters_that_are_not_whole_is_replaced(codec: str, cut: int) -> None:
    found = Redaction([TOKEN], MASK).in_bytes(f"ab {TOKEN} c".encode(codec)[cut:-cut])
    assert TOKEN.encode() not in found.replace(b"\0", b"")


@pytest.mark.parametrize(
    "body", [b"\0" * 1000, b"a\0" * 1000, b"%\0004\0001\0", bytes(range(256)) * 20, b"\0%41\0&#65;"]
)
def test_bytes_with_zeros_that_hold_no_secret_stay_as_they_are(body: bytes) -> None:
    assert Redaction([TOKEN], MASK).in_bytes(body) == body
