"""Cache compiled templates in `__pycache__`, as Python does with its modules.

Compiling them takes longer than rendering fifty operations. A damaged or old file, or one made of another template or
by other rules, is ignored; if none can be written, none is kept.
"""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
import sys
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket


class Compiled(jinja2.BytecodeCache):
    """The compiled templates of a folder.

    `rules`: everything else that affects compilation. Filters don't, as long as none is applied to a constant, which
    Jinja would evaluate while compiling.
    """

    def __init__(self, folder: Path, rules: object) -> None:
        self._folder = folder
        self._rules = f"{jinja2.__version__} {rules!r}".encode() + importlib.util.MAGIC_NUMBER

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return importlib.util.cache_from_source(str(self._folder / name))

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            kept = Path(bucket.key).read_bytes()
            digest, code = kept[:32], kept[32:]
            if digest == self._digest(bucket, code):
                bucket.code = marshal.loads(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode or bucket.code is None:
            return
        code = marshal.dumps(bucket.code)
        with suppress(OSError):
            file = Path(bucket.key)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(self._digest(bucket, code) + code)

    def _digest(self, bucket: Bucket, code: bytes) -> bytes:
        """Hash the code and all inputs of its compilation, including the file's name, which tracebacks show."""
        parts = (self._rules, bucket.checksum.encode(), bucket.key.encode(), code)
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()
