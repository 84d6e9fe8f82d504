"""TLS is as in httpx, whatever the environment says of certificates."""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi
import httpx
import pytest
import trustme
from lowcodeapi_baseten.transport.environment import tls_of


def settings(context: ssl.SSLContext) -> dict[str, object]:
    names = ("verify_mode", "check_hostname", "options", "verify_flags", "minimum_version", "maximum_version")
    said: dict[str, object] = {name: getattr(context, name) for name in names}
    return said | {"ciphers": context.get_ciphers(), "trusted": sorted(context.get_ca_certs(binary_form=True))}


@pytest.mark.parametrize("variable", [None, "SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_it_trusts_and_demands_what_httpx_does(
    variable: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    if variable is not None:
        monkeypatch.setenv(variable, str(file if variable == "SSL_CERT_FILE" else tmp_path))
    ours = tls_of("https://api.lowcodeapi.com")
    assert ours is not None
    assert settings(ours) == settings(httpx.create_ssl_context())
    assert ours.verify_mode is ssl.CERT_REQUIRED and ours.check_hostname
    if variable is None:
        assert len(ours.get_ca_certs()) == Path(certifi.where()).read_text().count("BEGIN CERTIFICATE")


def test_plain_http_has_none() -> None:
    assert tls_of("http://127.0.0.1:8000") is None
