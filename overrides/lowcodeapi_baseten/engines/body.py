"""Moved to `transport.body`; here until all that imports it has moved, too."""

from ..transport.body import *  # noqa: F403
