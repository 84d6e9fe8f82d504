"""Make the sync twin of what is written async: the same text with other names. What differs otherwise is in `waits`."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from ruff import find_ruff_bin  # type: ignore[import-untyped]

WRITTEN = Path(__file__).parents[1] / "overrides/lowcodeapi_baseten/transport/_async"
MADE = WRITTEN.with_name("_sync")
FIRST_LINE = "# Generated from {name} by `python -m codegen unasync`: change that, and run it again.\n"

# In this order. A name of ours only loses its `Async`, `async_` or `a`.
_NAMES: tuple[tuple[str, str], ...] = (
    (r"async (def|with|for)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bfrom \.\._async\b", "from .._sync"),
    (r"\bAsyncByteStream\b", "SyncByteStream"),
    (r"\bAsync(?=[A-Z])", ""),
    (r"\b_Async(?=[A-Z])", "_"),
    (r"\b(async|ASYNC)_(?=\w)", ""),
    (r"\bhandle_async_request\b", "handle_request"),
    (r"\b(__)?a(iter|next|enter|exit)(__)?\b", r"\1\2\3"),
    (r"\ba(close|sleep|watch|drive)\b", r"\1"),
    (r"\bStopAsyncIteration\b", "StopIteration"),
)


def twin(text: str, name: str) -> str:
    """The sync twin of a module, as it is before it is formatted."""
    for pattern, put in _NAMES:
        text = re.sub(pattern, put, text)
    return FIRST_LINE.format(name=name) + text


def made() -> dict[str, str]:
    """What is to be in the folder of the twins: texts by their names."""
    paths = sorted(WRITTEN.glob("*.py"))
    return {path.name: _formatted(twin(path.read_text(), f"_async/{path.name}")) for path in paths}


def write() -> None:
    """Write the twins, and remove those of modules that are no more."""
    texts = made()
    MADE.mkdir(exist_ok=True)
    for path in MADE.glob("*.py"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (MADE / name).write_text(text)


def differing() -> list[str]:
    """The twins that are not what `write` would write."""
    texts = made()
    known = {path.name: path.read_text() for path in MADE.glob("*.py")}
    return sorted(name for name in texts.keys() | known.keys() if texts.get(name) != known.get(name))


def _formatted(text: str) -> str:
    for arguments in (["check", "--select", "I,F401", "--fix-only", "--quiet"], ["format", "--quiet"]):
        command = [find_ruff_bin(), *arguments, "--stdin-filename", str(MADE / "any.py"), "-"]
        text = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    return text
