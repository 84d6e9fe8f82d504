"""Formats that worked, kept between processes: one small file in the user's cache folder."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

NEW, OLD = "new", "old"
_NAMES = (NEW, OLD)  # not a set: a foreign file may have an unhashable value in their place
_HOUR = 60 * 60.0
_DAY = 24 * _HOUR


class Memory:
    """Verdicts kept between processes in one small JSON file without secrets. It never makes a call fail."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock

    @classmethod
    def of_user(cls) -> Memory | None:
        """The memory in the user's cache folder (`XDG_CACHE_HOME`, else `~/.cache`). None if the user has none."""
        from pathlib import Path

        home = os.environ.get("XDG_CACHE_HOME", "")
        folder = Path(home if os.path.isabs(home) else os.path.expanduser("~/.cache"))
        return cls(folder / "lowcodeapi-baseten" / "formats.json") if folder.is_absolute() else None

    def recall(self, base_url: str) -> tuple[str | None, dict[str, str], bool]:
        """Return this gateway's verdict of the last 24 hours: its format, the operations that differ, and a bool.

        The bool is True if the new format is barred, since a request in it would end the gateway.
        """
        entry = self._read().get(base_url)
        if not isinstance(entry, dict) or entry.get("format") not in _NAMES or not self._is_fresh(entry):
            return None, {}, False
        operations = entry.get("operations")
        known = operations.items() if isinstance(operations, dict) else ()
        is_barred = entry["format"] == OLD and entry.get("barred") is True
        return entry["format"], {name: value for name, value in known if value in _NAMES}, is_barred

    def store(self, base_url: str, name: str, operations: Mapping[str, str], *, is_barred: bool) -> None:
        """Remember a verdict, in one atomic step."""
        # OSError: a full disk, a read-only home; ValueError: a file that is not JSON.
        with contextlib.suppress(OSError, ValueError, RecursionError):
            gateways = self._read()
            known = gateways.get(base_url)
            if isinstance(known, dict) and self.recall(base_url) == (name, dict(operations), is_barred):
                is_recent = self._clock() - known["at"] < _HOUR
                if is_recent:
                    return
            kept = {key: entry for key, entry in gateways.items() if self._is_fresh(entry)}
            verdict = {"format": name, "operations": dict(operations), "barred": is_barred}
            kept[base_url] = {**verdict, "at": self._clock()}
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary = self._path.with_name(f"formats-{os.urandom(8).hex()}")
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump({"version": 1, "gateways": kept}, file)
                os.replace(temporary, self._path)
            except BaseException:
                os.unlink(temporary)
                raise

    def _is_fresh(self, entry: Any) -> bool:
        at = entry.get("at") if isinstance(entry, dict) else None
        now = self._clock()
        # Compared, not subtracted: a number in a foreign file may be too large for that.
        return isinstance(at, (int, float)) and now - _DAY < at <= now

    def _read(self) -> dict[str, Any]:
        try:
            if not self._path.is_file():
                return {}
            with self._path.open("rb") as file:
                # A foreign file may be anything, of any size.
                known = json.loads(file.read(1 << 20))
        except (OSError, ValueError, RecursionError):
            return {}
        gateways = known.get("gateways") if isinstance(known, dict) and known.get("version") == 1 else None
        return gateways if isinstance(gateways, dict) else {}
