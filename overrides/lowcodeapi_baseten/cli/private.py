"""Files that only their owner can read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write(target: Path, text: str) -> None:
    """Write a file that nobody else can read. In one step: a reader finds the old text or the new one, whole."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, target)
    except BaseException as error:
        if isinstance(error, OSError):
            error.filename = error.filename or str(target)
        os.unlink(temporary)
        raise
