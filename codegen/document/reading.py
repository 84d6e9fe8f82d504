"""The two documents of a provider, read strictly.

Documents are untrusted, wherever they come from. Ambiguous input is refused here, so that no later stage meets it:
repeated keys in an object, numbers like NaN.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

NAMES: Final = ("openapi", "definition")
"""The two documents, new format first; also the last part of their URLs, and their file names without `.json`."""

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

MAX_BYTES: Final = 32 * 1024 * 1024
MAX_DEPTH: Final = 64
MAX_DIGITS: Final = 1000

_PROVIDER = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
_SURROGATE = re.compile("[\ud800-\udfff]")
REPLACED: Final = "\ufffd"
"""Takes the place of a lone surrogate: half a character, which JavaScript's `slice` leaves behind."""


class DocumentError(Exception):
    """The problem, its place, and what to do, on one line. Control characters are shown escaped."""

    def __init__(self, message: str) -> None:
        super().__init__(visible(message))


class NoDocuments(DocumentError):
    """The folder holds neither document."""


def check_provider(name: str) -> str:
    """Return a provider's name, which becomes a folder and a part of URLs. Raises `DocumentError` for other texts."""
    if not _PROVIDER.fullmatch(name):
        raise DocumentError(
            f"provider {clipped(name)!r}: no name of at most 64 of a-z, 0-9, _ and -; check the spelling"
        )
    return name


def parse(raw: bytes, *, where: str) -> dict[str, Any]:
    """Read a document.

    `raw` is UTF-8 (a byte order mark is allowed), 32 MiB at most. `where` (a URL or a path) begins the error.

    Raises `DocumentError` for anything but one JSON object, and for input that JSON readers disagree on: repeated keys
    (named by their JSON pointer), NaN and numbers beyond a float, integers of more than 1,000 digits, nesting deeper
    than 64 levels. Lone surrogates become U+FFFD, which `repair` reports.
    """
    if len(raw) > MAX_BYTES:
        raise DocumentError(f"{where}: larger than {_mebibytes(MAX_BYTES)}; this is no document of the gateway")
    if _HTML.match(raw):
        raise DocumentError(f"{where}: looks like HTML, not JSON; check the provider's name and the URL")
    document = _read_json(_decode(raw, where), where)
    _refuse_faults(document, [], where)
    if not isinstance(document, dict):
        raise DocumentError(f"{where}: JSON, but not an object; this is no document of the gateway")
    return document


def operations(document: object) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation, in the document's order. Malformed entries are skipped.

    Methods match in any case: `repair` reads `POST` as `post`.
    """
    paths = document.get("paths") if isinstance(document, dict) else None
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method, operation in item.items() if isinstance(item, dict) else ():
            spelled = method.strip().lower()
            if spelled in METHODS and isinstance(operation, dict):
                yield path, spelled, operation


def count_operations(document: object) -> int:
    """The number of operations in the document; 0 if it is not a document."""
    return sum(1 for _ in operations(document))


def canonical(document: Mapping[str, Any], *, where: str = "the document") -> bytes:
    """Serialize a document so that equal documents give equal bytes: sorted keys, two spaces, UTF-8, a final newline.

    Keys are sorted everywhere, even in `paths`: their order comes from a table in the gateway and has no meaning, so
    a reshuffle there must not show as a change. Lists keep their order, which has a meaning in JSON.

    Takes the result of `parse`. Raises `DocumentError` above 32 MiB, which `parse` would refuse to read back.
    """
    written = f"{json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)}\n".encode()
    if len(written) > MAX_BYTES:
        raise DocumentError(f"{where}: larger than {_mebibytes(MAX_BYTES)} when indented, which is not stored")
    return written


def load(folder: Path) -> dict[str, dict[str, Any] | None]:
    """Read `openapi.json` and `definition.json` from a folder, by name. One of them is enough; a missing one is None.

    Raises `NoDocuments` if neither is there, `DocumentError` if one is unreadable or not a document.
    """
    found = {name: _load_one(folder / f"{name}.json") for name in NAMES}
    if not any(document is not None for document in found.values()):
        raise NoDocuments(f"{folder}: neither openapi.json nor definition.json is there; fetch them, or check the path")
    return found


# --- reading ---------------------------------------------------------------------------------------------------------


@attrs.frozen
class _Fault:
    """Marks a fault in the parsed tree. The JSON reader can't tell its place; `_refuse_faults` finds the pointer."""

    what: str
    keys: tuple[str, ...] = ()


def _decode(raw: bytes, where: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{where}: not UTF-8 (byte {error.start}); check that it is a JSON document") from None


def _read_json(text: str, where: str) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise DocumentError(f"{where}: not JSON: {error.msg}, {place}; check that it is complete") from None
    except RecursionError:
        raise DocumentError(f"{where}: {_too_deep().what}; this is no document of the gateway") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Fault:
    found: dict[str, Any] = {}
    for given, value in pairs:
        key = given if given.isascii() else _SURROGATE.sub(REPLACED, given)
        if key in found:
            return _Fault("the same key twice in one object", (key,))
        found[key] = value
    return found


def _integer(digits: str) -> int | _Fault:
    # Python's own limit can be switched off, and conversion takes quadratic time.
    if len(digits) > MAX_DIGITS:
        return _Fault(f"an integer of more than {MAX_DIGITS} digits")
    return int(digits)


def _float(digits: str) -> float | _Fault:
    value = float(digits)
    return value if math.isfinite(value) else _Fault("a number beyond the range of a float")


def _constant(name: str) -> _Fault:
    return _Fault(f"{name}, which is not JSON,")


def _too_deep() -> _Fault:
    return _Fault(f"nested deeper than {MAX_DEPTH} levels")


def _refuse_faults(value: Any, keys: list[str], where: str) -> None:
    """Refuse the first fault, and replace lone surrogates."""
    is_fault = isinstance(value, _Fault)
    if is_fault or len(keys) >= MAX_DEPTH:
        fault = value if is_fault else _too_deep()
        place = pointer([*keys, *fault.keys])
        raise DocumentError(f"{where}: {fault.what} at {place}; ask for the document to be repaired")
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if isinstance(item, str):
            if not item.isascii():
                value[key] = _SURROGATE.sub(REPLACED, item)
        elif isinstance(item, dict | list | _Fault):
            _refuse_faults(item, [*keys, str(key)], where)


def json_pointer(keys: Iterable[str | int]) -> str:
    """Keys as an RFC 6901 pointer."""
    return "".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in keys)


def pointer(keys: Iterable[str | int]) -> str:
    """The JSON pointer of a place, shortened for a message."""
    return clipped(json_pointer(keys) or "the top level")


def clipped(text: str) -> str:
    """The text, without its middle if it is longer than 200 characters. For errors that quote received text."""
    return text if len(text) <= 200 else f"{text[:80]}…{text[-119:]}"


def visible(text: str) -> str:
    """The text on one line, with control and invisible characters escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def _mebibytes(size: int) -> str:
    return f"{size // 1024 // 1024} MiB"


def _load_one(path: Path) -> dict[str, Any] | None:
    if not os.path.lexists(path):
        return None
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DocumentError(f"{path}: can't be read ({error.strerror}); restore it or delete it") from None
    return parse(raw, where=str(path))
