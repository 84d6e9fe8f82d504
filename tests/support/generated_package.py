"""A generated package in the tests' process: imported from memory, and removed without a trace; or written."""

from __future__ import annotations

import contextlib
import functools
import importlib
import sys
from collections.abc import Iterator, Mapping
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType
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
    found = {path.partition("/")[2]: content for path, content in files.items() if path.endswith(".py")}
    for path, content in found.items():
        assert path.isascii() and len(content) <= longest, path
        _code(content)
    return {path: content.decode() for path, content in found.items()}


@contextlib.contextmanager
def imported(package: Package, files: Mapping[str, bytes] | None = None) -> Iterator[Any]:
    """Import it, as it was rendered or as the templates make it. On exit it is no longer in `sys.modules`."""
    modules = _Modules(files or render.render(package, is_formatted=False))
    sys.meta_path.insert(0, modules)
    try:
        yield importlib.import_module(package.name)
    finally:
        sys.meta_path.remove(modules)
        for name in [name for name in sys.modules if name.partition(".")[0] == package.name]:
            del sys.modules[name]


# Most modules are the same in every package, and to compile them takes longer than all else.
@functools.lru_cache(maxsize=1000)
def _code(content: bytes) -> CodeType:
    return compile(content, "a generated module", "exec", dont_inherit=True)


class _Modules(MetaPathFinder, InspectLoader):
    """Finds and loads the modules in these files."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        return spec_from_loader(fullname, self) if self._path(fullname) in self._files else None

    def is_package(self, fullname: str) -> bool:
        return self._path(fullname).endswith("/__init__.py")

    def get_source(self, fullname: str) -> str:
        return self._files[self._path(fullname)].decode()

    def get_code(self, fullname: str) -> CodeType:
        return _code(self._files[self._path(fullname)])

    def _path(self, fullname: str) -> str:
        path = fullname.replace(".", "/")
        return f"{path}/__init__.py" if f"{path}/__init__.py" in self._files else f"{path}.py"
