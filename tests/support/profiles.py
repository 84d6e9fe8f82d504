"""Hypothesis profiles: `HYPOTHESIS_PROFILE=ci` (the default) or `fuzz`, thirty times as many examples."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

IS_FUZZ = {"ci": False, "fuzz": True}[os.environ.get("HYPOTHESIS_PROFILE", "ci")]
_TIMES = 30 if IS_FUZZ else 1


def examples(number: int) -> settings:
    """Settings for this many examples, thirty times as many under the profile `fuzz`."""
    return settings(
        max_examples=number * _TIMES,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
