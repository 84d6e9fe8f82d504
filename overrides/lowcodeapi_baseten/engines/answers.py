"""Moved to `transport.answers`; here until all that imports it has moved, too."""

from ..transport.answers import *  # noqa: F403
