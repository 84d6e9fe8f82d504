"""Keeps the details of our exchanges out of httpcore's log, as it shows headers and a gateway may echo the token."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_CORES = ("httpcore", "httpcore2")
_PARTS = ("connection", "http11", "http2", "proxy", "socks")
# Get them once: `getLogger` takes a lock in Python code. If Ctrl-C leaves it locked, nobody can log any more.
_LOGGERS = [
    *(logging.getLogger(f"{core}.{part}") for core in _CORES for part in _PARTS),
    *(logging.getLogger(name) for name in ("hpack.hpack", "hpack.table")),  # HTTP/2's headers
]
_is_ours: ContextVar[bool] = ContextVar("lowcodeapi_baseten_is_ours", default=False)


class _NamesOnly(logging.Filter):
    """Cuts records that are logged during our exchanges down to the name of the event."""

    def filter(self, record: logging.LogRecord) -> bool:
        if _is_ours.get():
            record.msg, record.args = record.getMessage().partition(" ")[0], ()
        return True


_names_only = _NamesOnly()


@contextmanager
def quietly() -> Iterator[None]:
    """Hide the details of our exchange inside. Other users of httpcore keep their log."""
    for logger in _LOGGERS:
        if _names_only not in logger.filters:  # the user may have removed it
            logger.addFilter(_names_only)
    token = _is_ours.set(True)
    try:
        yield
    finally:
        _is_ours.reset(token)
