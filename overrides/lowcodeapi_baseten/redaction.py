"""Replace secrets in received text, in every spelling that encoders write.

`bytes.find` looks for each spelling in time linear in the text, whatever the text and secret are. (A regular expression
starts again at each byte: on a run of backslashes, a secret of backslashes makes that quadratic.)
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from lowcodeapi_baseten_api.types import Hidden, hidden, revealed

# Characters left alone by RFC 3986, JavaScript's encodeURIComponent and encodeURI, forms, paths, URL parsers; all.
_ENCODED = (
    rb"[^A-Za-z0-9._~-]",
    rb"[^A-Za-z0-9._~!*'()-]",
    rb"[^A-Za-z0-9._~!*'();/?:@&=+$,#-]",
    rb"[^A-Za-z0-9.*_-]",
    rb"[^A-Za-z0-9._~/-]",
    rb"[^!$-&(-;=?-~]",
    rb"[\x00-\xff]",
)
# Characters that JSON encoders write as \u00XX without need: none, Go and Rails, PHP, Gson, .NET.
_ESCAPED = ("", "<>&", "<>&'\"", "<>&='", "<>&'\"+`")
# A shorter core occurs in base64 of anything.
_SHORTEST_IN_BASE64 = 8


def _raw(value: str) -> Iterator[bytes]:
    """The value itself, and its base64 at each of the three offsets, without the characters shared with neighbours."""
    plain = value.encode("utf-8", "surrogatepass")
    yield plain
    if len(plain) < _SHORTEST_IN_BASE64:
        return
    for lead in range(3):
        text = base64.b64encode(bytes(lead) + plain).rstrip(b"=")
        own = text[(0, 2, 3)[lead] : len(text) - bool((lead + len(plain)) % 3)]
        yield own
        yield own.translate(bytes.maketrans(b"+/", b"-_"))


def _percent(value: str) -> Iterator[bytes]:
    """The value percent-encoded once and twice."""
    plain = value.encode("utf-8", "surrogatepass")
    for encoded in _ENCODED:
        upper = re.sub(encoded, lambda found: b"%%%02X" % ord(found[0]), plain)
        lower = re.sub(encoded, lambda found: b"%%%02x" % ord(found[0]), plain)
        for once in (upper, lower, upper.replace(b"%20", b"+"), lower.replace(b"%20", b"+")):
            yield once
            # Encoding encoded text changes only the percent signs.
            yield once.replace(b"%", b"%25")


def _json(value: str) -> Iterator[bytes]:
    """The value inside quotes of JSON, or of the `repr` that libraries put into their messages."""
    units = value.encode("utf-16-be", "surrogatepass").hex(" ", 2).split()
    written = ["".join(f"\\u{unit}" for unit in units)]
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        for signs in _ESCAPED:
            escaped = text[1:-1]
            for sign in signs:
                escaped = escaped.replace('\\"' if sign == '"' else sign, f"\\u{ord(sign):04x}")
            written += escaped, escaped.replace("/", "\\/")
    # Of two kinds of quotes in one text, Python escapes the single ones.
    written += repr(value)[1:-1], repr(f'"{value}')[2:-1]
    for plain in (value.encode("utf-8", "surrogatepass"), f'"{value}'.encode("utf-8", "surrogatepass")):
        yield repr(plain)[2:-1].removeprefix('"').encode()
    for text in written:
        for spelling in (text, re.sub(r"\\(?:u....|.)", lambda found: f"{found[0][:2]}{found[0][2:].upper()}", text)):
            yield spelling.encode("utf-8", "surrogatepass")


# The key is a byte that these spellings contain: a text without it needs no search for them.
_SPELL = {b"": _raw, b"%": _percent, b"\\": _json}


class Redaction:
    """Replaces values: raw, percent-encoded once or twice, escaped as in JSON, in base64. The longest match wins."""

    __slots__ = ("__begins", "__longest", "__mask", "__spellings", "__values")

    def __init__(self, values: Iterable[str | Hidden], mask: str) -> None:
        self.__values: tuple[Hidden, ...] = tuple(map(hidden, filter(revealed, values)))
        self.__mask = mask
        # Made on first use: most clients never need any but the raw ones.
        self.__spellings: dict[bytes, frozenset[bytes]] = {}
        self.__begins: dict[int, list[bytes]] | None = None
        self.__longest = 0

    def in_bytes(self, body: bytes) -> bytes:
        """Replace the values in bytes; returns the same object if there are none."""
        return self._split(body, is_last=True)[0]

    def in_text(self, text: str) -> str:
        """Replace the values in text."""
        encoded = text.encode("utf-8", "surrogatepass")
        found = self.in_bytes(encoded)
        return text if found is encoded else found.decode("utf-8", "surrogatepass")

    def in_json(self, value: Any, names: Iterable[str] = ()) -> Any:
        """Replace the values in decoded JSON, and everything under one of these names."""
        try:
            return self._in_json(value, frozenset(names))
        except RecursionError:
            return self.__mask

    def in_pieces(self) -> Pieces:
        """The same for bytes that arrive in pieces."""
        return Pieces(self)

    def _in_json(self, value: Any, names: frozenset[str]) -> Any:
        if isinstance(value, str):
            return self.in_text(value)
        if isinstance(value, bytes):
            return self.in_bytes(value)
        if isinstance(value, list):
            return [self._in_json(item, names) for item in value]
        if isinstance(value, dict):
            return {
                self.in_text(key): self.__mask if key in names else self._in_json(item, names)
                for key, item in value.items()
            }
        return value

    def _split(self, body: bytes, *, is_last: bool) -> tuple[bytes, bytes]:
        """Return the bytes with the values replaced, and a tail that must wait because it may begin a value."""
        places: dict[bytes, int] = {}
        for sign in _SPELL:
            if sign in body:
                for spelling in self._made(sign):
                    if (at := body.find(spelling)) >= 0:
                        places[spelling] = at
        if is_last and not places:
            return body, b""
        done, end = 0, len(body) if is_last else self._begun(body, 0)
        parts: list[bytes] = []
        while places:
            spelling = min(places, key=lambda spelling: (places[spelling], -len(spelling)))
            if (at := places[spelling]) >= end:
                break
            parts += body[done:at], self.__mask.encode()
            done = at + len(spelling)
            for passed in [spelling for spelling, at in places.items() if at < done]:
                places[passed] = body.find(passed, done)
                if places[passed] < 0:
                    del places[passed]
            if done > end:
                end = self._begun(body, done)
        return b"".join((*parts, body[done:end])), body[end:]

    def _begun(self, body: bytes, start: int) -> int:
        """Index of the longest tail that begins a spelling but does not complete it."""
        if self.__begins is None:
            self.__begins = {}
            for spelling in {spelling for sign in _SPELL for spelling in self._made(sign)}:
                self.__begins.setdefault(spelling[0], []).append(spelling)
                self.__longest = max(self.__longest, len(spelling))
        for at in range(max(start, len(body) - self.__longest + 1), len(body)):
            for spelling in self.__begins.get(body[at], ()):
                if len(spelling) > len(body) - at and spelling.startswith(body[at:]):
                    return at
        return len(body)

    def _made(self, sign: bytes) -> frozenset[bytes]:
        if sign not in self.__spellings:
            spell = _SPELL[sign]
            made = frozenset(spelling for value in self.__values for spelling in spell(value.reveal()))
            # The raw ones are always searched.
            self.__spellings[sign] = made - self._made(b"") if sign else made
        return self.__spellings[sign]

    def __repr__(self) -> str:
        return f"Redaction({self.__mask!r})"


class Pieces:
    """Bytes that arrive in pieces, with the values of a `Redaction` replaced as in the whole.

    It holds back only a tail that begins a spelling.
    """

    __slots__ = ("_held", "_redaction")

    def __init__(self, redaction: Redaction) -> None:
        self._redaction, self._held = redaction, b""

    def feed(self, piece: bytes) -> bytes:
        """Add a piece; return the bytes that can be handed on."""
        clean, self._held = self._redaction._split(self._held + piece, is_last=False)
        return clean

    def end(self) -> bytes:
        """Return the bytes held back: no more will come that could complete a value."""
        held, self._held = self._held, b""
        return self._redaction.in_bytes(held)
