"""Moved to `transport.tls`; here until all that imports it has moved, too."""

from ..transport.tls import *  # noqa: F403
