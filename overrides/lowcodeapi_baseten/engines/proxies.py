"""Moved to `transport.proxies`; here until all that imports it has moved, too."""

from ..transport.proxies import *  # noqa: F403
