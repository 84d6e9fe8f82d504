"""Makes the TLS settings of httpx without importing it, which takes longer than the rest of a first call."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl


def tls_of(origin: str) -> ssl.SSLContext | None:
    """TLS settings for an origin; None for plain HTTP, which is used only to loopback.

    They trust the certificates in `SSL_CERT_FILE` or `SSL_CERT_DIR`, or else those of certifi, which httpx brings.
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
