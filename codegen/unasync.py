"""Make the sync twins of async modules: the same text with other names. Other differences are in `waits`."""

from __future__ import annotations

import re
from pathlib import Path

from .files.formatting import formatted
from .files.write import write_all

CLIENT = Path(__file__).parents[1] / "overrides/lowcodeapi_baseten"
WRITTEN = tuple(CLIENT / folder / "_async" for folder in ("transport", "workflows", "client"))
FIRST_LINE = "# Generated from {name} by `python -m codegen unasync`: change that, and run it again.\n"

# In this order. Our own names only lose `Async`, `async_` or `a`.
_NAMES: tuple[tuple[str, str], ...] = (
    (r"async (def|with|for)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bfrom ([.\w]*)\b_async\b", r"from \1_sync"),
    (r"\bAsyncByteStream\b", "SyncByteStream"),
    # Baseten's own names of its asynchronous predictions stay.
    (r"\bAsync(?!RequestStatus|PredictRe)(?=[A-Z])", ""),
    (r"\bAwaitedPrediction\b", "AsyncPrediction"),
    (r"\b_Async(?=[A-Z])", "_"),
    (r"\b(async|ASYNC)_(?!predict)(?=\w)", ""),
    # Of hooks that an asynchronous client awaits.
    (r", and awaited if asynchronous,|, asynchronously or not", ""),
    (r"\bhandle_async_request\b", "handle_request"),
    (r"\b(__)?a(iter|next|enter|exit)(__)?\b", r"\1\2\3"),
    (r"\ba(close|sleep|watch|drive)\b", r"\1"),
    (r"\bconnect_async\b", "connect"),
    (r"\bStopAsyncIteration\b", "StopIteration"),
)


def twin(text: str, name: str) -> str:
    """The sync twin of a module, unformatted."""
    for pattern, put in _NAMES:
        text = re.sub(pattern, put, text)
    return FIRST_LINE.format(name=name) + text


def made() -> dict[Path, str]:
    """The intended text of every twin, by path."""
    paths = sorted(path for folder in WRITTEN for path in folder.glob("*.py"))
    texts = {str(_place(path)): twin(path.read_text(), f"_async/{path.name}") for path in paths}
    return {CLIENT / path: text for path, text in formatted(texts).items()}


def known() -> list[Path]:
    """The existing twins."""
    return sorted(path for folder in WRITTEN for path in (CLIENT / _place(folder)).glob("*.py"))


def write() -> None:
    """Write the twins, and remove obsolete ones, all or nothing."""
    texts = made()
    write_all({path: text.encode() for path, text in texts.items()}, remove=set(known()) - texts.keys())


def differing() -> list[str]:
    """The twins that differ from what `write` would write, by their paths in the client."""
    texts, there = made(), {path: path.read_text() for path in known()}
    differ = sorted(path for path in texts.keys() | there.keys() if texts.get(path) != there.get(path))
    return [path.relative_to(CLIENT).as_posix() for path in differ]


def _place(path: Path) -> Path:
    """The path of a twin in the client."""
    return Path(*("_sync" if part == "_async" else part for part in path.relative_to(CLIENT).parts))
