"""The log of httpcore without the details of our exchanges: it writes headers, and a gateway may echo the token."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_CORES = ("httpcore", "httpcore2")
_PARTS = ("connection", "http11", "http2", "proxy", "socks")
# Asked for once: `getLogger` takes a lock in Python code, which Ctrl-C can leave taken, and then nobody logs any more.
_LOGGERS = [
    *(logging.getLogger(f"{core}.{part}") for core in _CORES for part in _PARTS),
    *(logging.getLogger(name) for name in ("hpack.hpack", "hpack.table")),  # HTTP/2's headers
]
_is_ours: ContextVar[bool] = ContextVar("lowcodeapi_baseten_is_ours", default=False)


class _NamesOnly(logging.Filter):
    """Of a record that is written during an exchange of ours, the name of the event is left."""

    def filter(self, record: logging.LogRecord) -> bool:
        if _is_ours.get():
            record.msg, record.args = record.getMessage().partition(" ")[0], ()
        return True


_names_only = _NamesOnly()


@contextmanager
def quietly() -> Iterator[None]:
    """An exchange of ours: other users of httpcore keep their log."""
    for logger in _LOGGERS:
        if _names_only not in logger.filters:  # its user may have removed it
            logger.addFilter(_names_only)
    token = _is_ours.set(True)
    try:
        yield
    finally:
        _is_ours.reset(token)
