"""Make the sync twins of async modules: the same text with other names. Other differences are in `waits`."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from ruff import find_ruff_bin  # type: ignore[import-untyped]

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
    return {_place(path): _formatted(twin(path.read_text(), f"_async/{path.name}")) for path in paths}


def known() -> list[Path]:
    """The existing twins."""
    return sorted(path for folder in WRITTEN for path in _place(folder).glob("*.py"))


def write() -> None:
    """Write the twins, and remove obsolete ones."""
    texts = made()
    for path in set(known()) - texts.keys():
        path.unlink()
    for path, text in texts.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def differing() -> list[str]:
    """The twins that differ from what `write` would write, by their paths in the client."""
    texts, there = made(), {path: path.read_text() for path in known()}
    differ = sorted(path for path in texts.keys() | there.keys() if texts.get(path) != there.get(path))
    return [path.relative_to(CLIENT).as_posix() for path in differ]


def _place(path: Path) -> Path:
    return Path(*("_sync" if part == "_async" else part for part in path.parts))


def _formatted(text: str) -> str:
    for arguments in (["check", "--select", "I,F401", "--fix-only", "--quiet"], ["format", "--quiet"]):
        command = [find_ruff_bin(), *arguments, "--stdin-filename", str(CLIENT / "any.py"), "-"]
        text = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    return text
