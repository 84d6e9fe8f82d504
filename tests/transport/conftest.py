"""Fixtures for the tests of sending: a trusted certificate authority, and no proxy but the tests' own."""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme

from tests.transport.peers import PROXY_NAMES


@pytest.fixture(scope="session")
def one_authority() -> trustme.CA:
    """One authority for the whole session, because making keys takes time."""
    return trustme.CA()


@pytest.fixture(scope="session")
def strange_authority() -> trustme.CA:
    """An authority that nobody trusts."""
    return trustme.CA()


@pytest.fixture
def authority(one_authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """A certificate authority that the environment trusts."""
    file = tmp_path / "authority.pem"
    one_authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return one_authority


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch, default_transport: None) -> None:
    """Name no proxy in the environment, and no transport: a test's seam names it."""
    for name in PROXY_NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
