"""Which certificates are trusted by an engine that isn't httpx's: those that httpx trusts."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", re.DOTALL)


def extra_roots() -> tuple[bytes, ...]:
    """Root certificates to trust besides the system's: certifi's, unless `SSL_CERT_FILE` or `SSL_CERT_DIR` is set.

    These two are honoured by the system's own look-up.
    """
    return () if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR") else _of_certifi()


@cache
def _of_certifi() -> tuple[bytes, ...]:
    import certifi

    return tuple(_PEM.findall(Path(certifi.where()).read_bytes()))
