"""Moved to `transport.heads`; here until all that imports it has moved, too."""

from ..transport.heads import *  # noqa: F403
