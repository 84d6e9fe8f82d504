"""Moved to `transport.failed`; here until all that imports it has moved, too."""

from ..transport.failed import *  # noqa: F403
