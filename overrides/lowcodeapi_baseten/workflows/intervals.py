"""How long is waited where the caller does not say, in seconds. Signatures need it, and a plain call nothing else."""

from __future__ import annotations

INTERVAL, MAX_INTERVAL = 1.0, 10.0
"""Between the first two looks, and the most between any two."""

PREDICTION = 3600.0
DEPLOYMENT = 1800.0
PROMOTION = 3600.0
"""In all, for the end of an asynchronous prediction, an active deployment, the end of a promotion."""
