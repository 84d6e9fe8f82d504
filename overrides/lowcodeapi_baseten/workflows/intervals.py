"""Default waits, in seconds. A module of their own: signatures need them, and a plain call no other workflow."""

from __future__ import annotations

INTERVAL, MAX_INTERVAL = 1.0, 10.0
"""The first pause between two polls, and the longest."""

PREDICTION = 3600.0
DEPLOYMENT = 1800.0
PROMOTION = 3600.0
"""Total wait for an asynchronous prediction, an active deployment, and a promotion."""
