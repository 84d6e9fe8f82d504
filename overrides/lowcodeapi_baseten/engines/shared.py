"""Moved to `transport.shared`; here until all that imports it has moved, too."""

from ..transport.shared import *  # noqa: F403
