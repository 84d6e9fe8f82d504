"""The TLS settings that httpx has, made without it: importing it takes longer than all the rest of a first call."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl


def tls_of(origin: str) -> ssl.SSLContext | None:
    """Settings for an origin; None for plain HTTP, which is spoken to loopback alone.

    Trusted is what `SSL_CERT_FILE` or `SSL_CERT_DIR` names, else what certifi, which comes with httpx, does.
    """
    if not origin.startswith("https:"):
        return None
    import ssl

    if file := os.environ.get("SSL_CERT_FILE"):
        context = ssl.create_default_context(cafile=file)
    elif folder := os.environ.get("SSL_CERT_DIR"):
        context = ssl.create_default_context(capath=folder)
    else:
        import certifi

        context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context
