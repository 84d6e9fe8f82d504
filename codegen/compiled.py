"""Templates compiled once, as Python compiles its modules, and kept beside them in `__pycache__`.

To compile them takes longer than to render fifty operations. A file that is damaged, old, or made of another template
by other rules is as good as none; and where none can be written, there is none.
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

    `rules`: whatever else decides what a template is compiled to. Filters do not as long as none is given a constant,
    which is what Jinja would work out while it compiles.
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
        """Of all that the code was made of, its file's name included, which tracebacks show; and of the code itself."""
        parts = (self._rules, bucket.checksum.encode(), bucket.key.encode(), code)
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()
