"""Moved to `transport.sockets`; here until all that imports it has moved, too."""

from ..transport.sockets import *  # noqa: F403
