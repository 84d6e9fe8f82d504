"""How long hypothesis looks: `HYPOTHESIS_PROFILE=ci` (the default) or `fuzz`, ten times as many examples."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_TIMES = {"ci": 1, "fuzz": 10}[os.environ.get("HYPOTHESIS_PROFILE", "ci")]


def examples(number: int) -> settings:
    """Settings for so many examples, ten times as many under the profile `fuzz`."""
    return settings(
        max_examples=number * _TIMES,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
