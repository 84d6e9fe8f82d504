"""Secrets in what came from outside: found however they are written, and replaced."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from lowcodeapi_baseten_api.types import Hidden

_LONGEST = 2048  # characters of a secret that a pattern spells out; what follows a longer one is hidden too
_LETTERS = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}
_NAMES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
# How an encoded letter or digit begins, and the byte of it that is looked for first: one byte is found at the speed of
# memory, and most bodies have none of the three. (As a number, since `b"%" in body` makes an exception on its way.)
_ENCODED = (
    (ord("%"), re.compile(rb"%(?:25|[3-7])").search),
    (ord("\\"), re.compile(rb"\\u00[3-7]").search),
    (ord("&"), re.compile(rb"&#").search),
)
# The same where each character has two or four bytes, which JSON and text may come in. Each begins with what is found
# fast.
_WIDE_ENCODED = tuple(
    re.compile(rb"%s\0(?:\0\0)?%s\0" % signs).search for signs in ((b"%", b"[2-7]"), (rb"\\", b"u"), (b"&", b"#"))
)
_WIDE_CODECS = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")


class Redaction:
    """Replaces values: raw, percent-encoded (also twice), escaped as in JSON (also nested), as entities, in base64.

    Bytes may be UTF-8, UTF-16 or UTF-32.
    """

    __slots__ = ("__mask", "__pattern", "__runs", "__values", "__wide_runs", "__written")

    def __init__(self, values: Iterable[str], mask: str) -> None:
        self.__values = tuple(Hidden(value) for value in values if value)
        self.__runs = _runs(self.__values)
        self.__wide_runs = tuple(
            gap.join(re.findall(b"(?s:.)", run)) for run in self.__runs for gap in (b"\0", b"\0\0\0")
        )
        self.__mask = mask
        self.__pattern: re.Pattern[bytes] | None = None
        self.__written: tuple[Hidden, ...] | None = None

    def in_bytes(self, body: bytes) -> bytes:
        """The bytes with the values replaced."""
        body = self._in_narrow(body)
        if 0 not in body:
            return body
        has_sign = any(body.find(run) >= 0 for run in self.__wide_runs) or any(has(body) for has in _WIDE_ENCODED)
        return self._in_wide(body) if has_sign else body

    def _in_wide(self, body: bytes) -> bytes:
        narrow = body.replace(b"\0", b"")
        if (hidden := self._in_narrow(narrow)) == narrow:
            return body
        for codec in _WIDE_CODECS:
            try:
                text = body.decode(codec, "surrogatepass")
            except UnicodeDecodeError:
                continue
            if (found := self.in_text(text)) != text:
                return found.encode(codec, "surrogatepass")
        # It is not whole: what can be read of it is left.
        return hidden

    def _in_narrow(self, body: bytes) -> bytes:
        # A look for signs takes a fraction of the time of the pattern, and most bodies have none.
        for byte, has_encoded in _ENCODED:
            if byte in body and has_encoded(body):
                return self._replaced(body)
        for run in self.__runs:
            if body.find(run) >= 0:
                return self._replaced(body)
        return body

    def _replaced(self, body: bytes) -> bytes:
        if not self.__values:
            return body
        if self.__pattern is None:
            # Milliseconds, which most clients never need.
            self.__pattern = _pattern(self.__values)
        return self.__pattern.sub(self.__mask.encode(), body)

    def unfinished(self, body: bytes) -> int:
        """How many bytes at the end may be the beginning of a value, of which the rest is still to come.

        They are that in a spelling of `_written`. Not known are letters and digits that are encoded without need,
        characters that are encoded twice, and those of two or four bytes: `in_bytes` replaces these in one piece only.
        """
        if self.__written is None:
            self.__written = tuple(
                Hidden(text) for text in {text for value in self.__values for text in _written(value)}
            )
        longest = 0
        for written in self.__written:
            tail = body[max(len(body) - len(written) + 1, 0) :].decode("latin-1")
            start = tail.find(written[0])
            while start >= 0 and not written.startswith(tail[start:]):
                start = tail.find(written[0], start + 1)
            if start >= 0:
                longest = max(longest, len(tail) - start)
        return longest

    def in_text(self, text: str) -> str:
        """The text with the values replaced."""
        encoded = text.encode("utf-8", "surrogatepass")
        found = self.in_bytes(encoded)
        return text if found is encoded else found.decode("utf-8", "surrogatepass")

    def in_json(self, value: Any, names: Iterable[str] = ()) -> Any:
        """Decoded JSON with the values replaced, and with whatever stands under one of these names."""
        try:
            return self._in_json(value, frozenset(names))
        except RecursionError:
            return self.__mask

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

    def __repr__(self) -> str:
        return f"Redaction({self.__mask!r})"


def _pattern(values: Iterable[str]) -> re.Pattern[bytes]:
    forms = [form for value in values for form in (_spelled(value), *map(_base64_pattern, _in_base64(value)))]
    return re.compile("|".join(forms).encode("latin-1"))


def _spelled(value: str) -> str:
    """A pattern for the value in which each character may be encoded or not. It is made of latin-1 for bytes."""
    rest = "(?s:.*)" if len(value) > _LONGEST else ""
    return "".join(_character(char) for char in value[:_LONGEST]) + rest


def _character(char: str) -> str:
    encoded = char.encode("utf-8", "surrogatepass")
    units = char.encode("utf-16-be", "surrogatepass").hex()
    forms = [
        re.escape(encoded.decode("latin-1")),
        "".join(f"%(?:25)*{_hex(f'{byte:02x}')}" for byte in encoded),
        "".join(rf"\\+u{_hex(units[start : start + 4])}" for start in range(0, len(units), 4)),
        f"&#(?:0*{ord(char)}|[xX]0*{_hex(f'{ord(char):x}')});",
    ]
    if char in _LETTERS:
        forms.append(rf"\\+{_LETTERS[char]}")
    if char in "\"'\\/":
        forms.append(rf"\\+{re.escape(char)}")
    if char == "\\":
        forms.append(r"\\+")
    if char in _NAMES:
        forms.append(f"&{_NAMES[char]};")
    if char == " ":
        forms.append(r"\+")
    # Longest first: a backslash is the start of its own escapes.
    return f"(?:{'|'.join(sorted(forms, key=len, reverse=True))})"


def _hex(digits: str) -> str:
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in digits)


def _in_base64(value: str) -> Iterable[str]:
    """What base64 makes of the value wherever it begins in a longer text, without the characters it shares."""
    encoded = value.encode("utf-8", "surrogatepass")
    if not 8 <= len(encoded) <= _LONGEST:
        return
    for lead in range(3):
        text = base64.b64encode(b"\0" * lead + encoded).decode().rstrip("=")
        first = (0, 2, 3)[lead]
        last = len(text) - (1 if (lead + len(encoded)) % 3 else 0)
        yield text[first:last]


def _base64_pattern(text: str) -> str:
    return "".join({"+": "[+-]", "/": r"(?:\\*/|_)"}.get(char, char) for char in text)


def _written(value: str) -> Iterable[str]:
    """The value as it is, and as encoders write it by themselves. It is made of latin-1 for bytes."""
    plain = value.encode("utf-8", "surrogatepass")
    yield plain.decode("latin-1")
    yield quote(plain, safe="")
    yield json.dumps(value)[1:-1]
    yield "".join(f"&{_NAMES[char]};" if char in _NAMES else char for char in plain.decode("latin-1"))
    for text in _in_base64(value):
        yield text
        yield text.replace("/", r"\/")
        yield text.replace("+", "-").replace("/", "_")


def _runs(values: Iterable[str]) -> tuple[bytes, ...]:
    """Bytes of which any body has one that has a value in any form, unless a letter or digit of it is encoded.

    A form leaves letters and digits as they are, or it encodes them as in `_ENCODED`.
    """
    runs = set()
    for value in values:
        for text in (value, *_in_base64(value)):
            found = re.findall("[A-Za-z0-9]+", text, re.ASCII)
            runs.add(max(found, key=len).encode() if found else b"")
    return tuple(runs)
