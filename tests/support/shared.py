"""A folder that all workers of a run share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def shared_folder(factory: pytest.TempPathFactory, name: str) -> Path:
    """The folder of this name, the same for every worker of this run of the tests."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    folder.mkdir(exist_ok=True)
    return folder


def mypy_cache(factory: pytest.TempPathFactory) -> str:
    """mypy's option for a cache that its runs share: without it each reads the standard library again."""
    return f"--cache-dir={shared_folder(factory, 'mypy-cache')}"
