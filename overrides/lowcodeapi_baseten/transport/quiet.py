"""httpcore's log without the details of our exchanges: it writes headers, and a gateway may echo the token in them."""

from __future__ import annotations

import logging
from contextvars import ContextVar, Token

_is_ours: ContextVar[bool] = ContextVar("lowcodeapi_baseten_is_ours", default=False)


class _NamesOnly(logging.Filter):
    """Of a record that is written during an exchange of ours, the name of the event is left."""

    def filter(self, record: logging.LogRecord) -> bool:
        if _is_ours.get():
            record.msg, record.args = record.getMessage().partition(" ")[0], ()
        return True


_names_only = _NamesOnly()
_LOGGERS = [logging.getLogger(f"httpcore.{name}") for name in ("connection", "http11", "http2", "proxy", "socks")]


def begin() -> Token[bool]:
    """An exchange of ours begins: other users of httpcore keep their log. Give to `end` what this returns."""
    for logger in _LOGGERS:
        if _names_only not in logger.filters:  # its user may have removed it
            logger.addFilter(_names_only)
    return _is_ours.set(True)


def end(began: Token[bool]) -> None:
    """It is over."""
    _is_ours.reset(began)
