"""The logger `lowcodeapi_baseten`. `LOWCODEAPI_LOG=info` or `debug` writes it to standard error."""

from __future__ import annotations

import contextlib
import logging
import os

from .errors import ConfigurationError

VARIABLE = "LOWCODEAPI_LOG"
_LEVELS = {"": None, "info": logging.INFO, "debug": logging.DEBUG}

log = logging.getLogger("lowcodeapi_baseten")
log.addHandler(logging.NullHandler())

_is_set_up = False


def say(level: int, text: str, *arguments: object, exc_info: bool = False) -> None:
    """Log a line. A log that fails must not lose an answer, nor cause a call to be sent again."""
    with contextlib.suppress(Exception):
        log.log(level, text, *arguments, exc_info=exc_info)


def set_up() -> None:
    """Do what `LOWCODEAPI_LOG` asks for, the first time. Raises `ConfigurationError`."""
    global _is_set_up
    if _is_set_up:
        return
    asked = os.environ.get(VARIABLE, "").strip().lower()
    if asked not in _LEVELS:
        raise ConfigurationError(f"{VARIABLE} must be 'info' or 'debug'; got {asked[:60]!r}")
    _is_set_up = True
    level = _LEVELS[asked]
    if level is None:
        return
    log.setLevel(level)
    if all(isinstance(handler, logging.NullHandler) for handler in log.handlers):
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        log.addHandler(handler)
