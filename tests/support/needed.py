"""Programs that some tests need and a new machine may not have. `make test` ends with how to install them."""

from __future__ import annotations

import shutil

import pytest


def needs(program: str) -> pytest.MarkDecorator:
    """Skip the test if this program is missing."""
    reason = f"{program} is not there: apt-get install {program}"
    return pytest.mark.skipif(shutil.which(program) is None, reason=reason)
