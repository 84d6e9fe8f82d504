"""Engines that `make test` does not install."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def needs(*modules: str) -> pytest.MarkDecorator:
    """Skip what needs these modules where they are not installed."""
    absent = [name for name in modules if importlib.util.find_spec(name) is None]
    return pytest.mark.skipif(bool(absent), reason="engines are not installed: make test-distributed")
