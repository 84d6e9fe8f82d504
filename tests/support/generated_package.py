"""A generated package in the tests' process: written, imported, and removed without a trace."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codegen.package.tree import Package
from codegen.render import render


def write(package: Package, folder: Path) -> None:
    """Write its files below this folder, as the templates make them."""
    for path, content in render.render(package, is_formatted=False).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def compiled(package: Package, *, longest: int = 10**7) -> dict[str, str]:
    """Compile its modules, none of which is longer, and return them by their paths in it."""
    files = render.render(package, is_formatted=False)
    found = {path.partition("/")[2]: content.decode() for path, content in files.items() if path.endswith(".py")}
    for path, text in found.items():
        assert path.isascii() and len(text) <= longest, path
        compile(text, path, "exec")
    return found


@contextlib.contextmanager
def imported(package: Package, folder: Path) -> Iterator[Any]:
    """Write it and import it. On exit it is no longer in `sys.modules`, and the folder is not on the path."""
    write(package, folder)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module(package.name)
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == package.name]:
            del sys.modules[name]
