"""A secret in every spelling that an encoder writes is replaced: in one piece or in many, in linear time."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable, Iterable
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lowcodeapi_baseten.redaction import Redaction
from lowcodeapi_baseten.secrets import Token

from tests.support.profiles import examples
from tests.support.tables import one_test

MASK = "[secret]"
LONG = [
    "llc_0123456789abcdef",
    "tok/en+with=all~'of*(them)!",
    'q"\\/' * 5,
    "\\" * 40,
    "\\" * 40 + "x",
    "%" * 20,
    "%25%2525%u005c\\u0025",
    "<b>&amp;</b> it's `it`",
    "日本語のひみつ é 🙂",
    "two\nlines\tand more",
    "AAAAAAAAAAAAAAAAAAAAAAAB",
]
SECRETS = [*LONG, "a", "-_-", "%", "\\", "é"]


def _escaped(text: str, signs: str) -> str:
    written = json.dumps(text)[1:-1]
    for sign in signs:
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return written


def _all_escaped(text: str) -> str:
    units = text.encode("utf-16-be").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


def _all_percent(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def _in_base64(lead: int, encode: Callable[[bytes], bytes]) -> Callable[[str], str]:
    return lambda text: encode(b"x" * lead + text.encode() + b"yz").decode()


SPELLINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "percent, RFC 3986": lambda text: quote(text, safe=""),
    "percent, lower case": lambda text: urlencode({"": text}, safe="").removeprefix("="),
    "percent, encodeURIComponent": lambda text: quote(text, safe="!*'()"),
    "percent, a path": quote,
    "percent, a form": quote_plus,
    "percent, encodeURI": lambda text: quote(text, safe="!*'();/?:@&=+$,#"),
    "percent, a form in a browser": lambda text: quote(text, safe="*").replace("~", "%7E"),
    "percent, a parser of URLs": lambda text: quote(text, safe="!$%&()*+,-./:;=?@[\\]^_`{|}~"),
    "percent, all": _all_percent,
    "percent, all, upper case": lambda text: _all_percent(text).upper().replace("%%", "%"),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent twice, all": lambda text: _all_percent(text).replace("%", "%25"),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON, slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON for pages": lambda text: _escaped(text, "<>&"),
    "JSON for pages, as Gson writes it": lambda text: _escaped(text, "<>&='"),
    "JSON for pages, as PHP writes it": lambda text: _escaped(text, "<>&'").replace('\\"', "\\u0022"),
    "JSON for pages, as .NET writes it": lambda text: _escaped(text, "<>&'+`").replace('\\"', "\\u0022"),
    "JSON, all": _all_escaped,
    "JSON, all, upper case": lambda text: _all_escaped(text).upper().replace("\\U", "\\u"),
}
BASE64 = {
    f"{encode.__name__}, after {lead}": _in_base64(lead, encode)
    for lead in range(3)
    for encode in (base64.b64encode, base64.urlsafe_b64encode)
}


@one_test
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_replaced_and_nothing_else(spelling: str) -> None:
    for secret in SECRETS:
        written = SPELLINGS[spelling](secret).encode()
        assert Redaction([secret], MASK).in_bytes(b"{" + written + b"}") == b"{[secret]}", secret


@pytest.mark.parametrize("spelling", BASE64)
def test_base64_is_replaced_wherever_the_secret_begins_in_it(spelling: str) -> None:
    for secret in LONG:
        written = BASE64[spelling](secret)
        found = Redaction([secret], MASK).in_text(written)
        before, mask, after = found.partition(MASK)
        # The characters left over are shared with its neighbours.
        assert mask and len(before) <= 4 and len(after) <= 8, secret
        assert written.startswith(before) and written.endswith(after), secret


NOISE = ["%", "%2", "%25", "%3A", "\\", "\\\\", "\\u", "\\u00", "\\u003c", "+", "/", "A", "=", "\xff", "🙂"]


@examples(40)
@given(st.sampled_from(LONG), st.lists(st.sampled_from(NOISE) | st.text(max_size=3)))
def test_what_holds_no_secret_stays_as_it_is(secret: str, parts: list[str]) -> None:
    text = "".join(parts)
    if secret not in text:
        body = text.encode("utf-8", "surrogatepass")
        assert Redaction([secret], MASK).in_bytes(body) is body
        assert Redaction([secret], MASK).in_text(text) is text


def test_of_two_spellings_that_begin_at_one_place_the_longer_one_is_replaced() -> None:
    redaction = Redaction(["key%", "key"], MASK)
    assert redaction.in_text("key%2525 key%25 key% key") == " ".join([MASK] * 4)


def test_json_of_any_depth_hides_it() -> None:
    deep: object = "key"
    for _ in range(10_000):
        deep = [deep]
    redaction = Redaction(["key"], MASK)
    assert redaction.in_json(deep) == MASK
    assert redaction.in_json({"a key": ["key", b"key"], "n": 1}, ["n"]) == {
        f"a {MASK}": [MASK, MASK.encode()],
        "n": MASK,
    }


# --- in pieces


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    return [data[start:end] for start, end in itertools.pairwise([0, *sorted(places), len(data)])]


@st.composite
def bodies(draw: st.DrawFn, secret: str) -> bytes:
    """Spellings of the secret, beginnings and ends of them, and text that only looks like it."""
    whole = st.sampled_from([*SPELLINGS.values(), *BASE64.values()]).map(lambda spell: spell(secret))
    part = whole.flatmap(lambda text: st.integers(0, len(text)).map(lambda at: text[:at]))
    rest = whole.flatmap(lambda text: st.integers(0, len(text)).map(lambda at: text[at:]))
    pieces = st.one_of(whole, part, rest, st.sampled_from(NOISE), st.text(max_size=3))
    return "".join(draw(st.lists(pieces, max_size=6))).encode("utf-8", "surrogatepass")


@examples(80)
@given(st.sampled_from([*([secret] for secret in SECRETS), ["ab%", "%25", "b%\\"]]), st.data())
def test_any_split_of_any_text_gives_the_same_as_the_whole(secrets: list[str], data: st.DataObject) -> None:
    # With several secrets that overlap, the text has many beginnings of each.
    texts = bodies(secrets[0]) if len(secrets) == 1 else st.text("ab%\\25uc0", max_size=60).map(str.encode)
    redaction, body = Redaction(secrets, MASK), data.draw(texts)
    pieces = redaction.in_pieces()
    places = data.draw(st.sets(st.integers(0, len(body))))
    assert b"".join([*map(pieces.feed, cut(body, places)), pieces.end()]) == redaction.in_bytes(body)


@one_test
@pytest.mark.parametrize("spelling", [*SPELLINGS, *BASE64])
def test_a_token_cut_at_any_place_of_any_spelling_is_replaced(spelling: str) -> None:
    token = Token("lca/?>~0123'45+x=%")
    body = f"say {(SPELLINGS | BASE64)[spelling]('lca/?>~0123' + chr(39) + '45+x=%')} now".encode()
    whole = token.hidden_in_bytes(body, is_error=False)
    assert b"[api_token]" in whole
    for place in range(len(body)):
        pieces = token.hidden_in_pieces()
        assert b"".join([*map(pieces.feed, cut(body, [place])), pieces.end()]) == whole
    pieces = token.hidden_in_pieces()
    assert b"".join([*map(pieces.feed, cut(body, range(len(body)))), pieces.end()]) == whole


@one_test
@pytest.mark.parametrize(
    ("fed", "given"),
    [
        (b"a word", b"a word"),
        (b"a word, and l", b"a word, and "),
        (b"a word, and llc_", b"a word, and "),
        (b"llc_0123456789abcdef!", b"[secret]!"),
        (b"llc_0123456789abcdef", b"[secret]"),
        (b"llc_0123456789abcdeX", b"llc_0123456789abcdeX"),
        (b"100%", b"100"),
        (b"100% ", b"100% "),
    ],
)
def test_nothing_is_held_back_but_the_beginning_of_a_spelling(fed: bytes, given: bytes) -> None:
    assert Redaction(["llc_0123456789abcdef"], MASK).in_pieces().feed(fed) == given


def test_a_value_that_begins_a_longer_spelling_is_replaced_at_the_end() -> None:
    pieces = Redaction(["key%"], MASK).in_pieces()
    assert (pieces.feed(b"a key%"), pieces.end(), pieces.end()) == (b"a ", MASK.encode(), b"")


def test_a_short_token_leaves_what_a_model_answers_as_it_is_and_holds_nothing_back() -> None:
    token = Token("test")
    assert token.hidden_in_bytes(b"this is a test", is_error=False) == b"this is a test"
    assert b"test" not in token.hidden_in_bytes(b"bad token test", is_error=True)
    assert Token("test").hidden_in_pieces().feed(b"a te") == b"a te"
    eleven, twelve = b"01234567890", b"012345678901"
    assert Token(eleven.decode()).hidden_in_bytes(eleven, is_error=False) == eleven
    assert Token(twelve.decode()).hidden_in_bytes(twelve, is_error=False) == b"[api_token]"


# --- in linear time: `bytes.find` is, so it is counted how far each spelling is looked for


class Counted(bytes):
    """Bytes that count how many of them are searched, for each spelling."""

    searched: dict[bytes, int]

    def find(self, sub: bytes, start: int = 0) -> int:  # type: ignore[override]
        found = super().find(sub, start)
        self.searched[sub] = self.searched.get(sub, 0) + (found + len(sub) if found >= 0 else len(self)) - start
        return found


@examples(40)
@given(st.sampled_from(SECRETS), st.data())
def test_no_byte_is_searched_again_for_one_spelling(secret: str, data: st.DataObject) -> None:
    body = Counted(data.draw(bodies(secret)) * 5)
    body.searched = {}
    Redaction([secret], MASK).in_bytes(body)
    # A match passed by another spelling is behind: no more than its own length is searched twice.
    assert all(count <= 2 * len(body) for count in body.searched.values())
