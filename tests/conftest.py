"""What every test may rely on: no token, no gateway and no memory of the machine that it runs on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import trustme
from hypothesis import settings

# The same examples in every run of CI, so that a change is blamed for what it broke; `make fuzz` looks for new ones.
settings.register_profile("ci", derandomize=True, database=None)
settings.register_profile("fuzz", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# A shell's background job ignores Ctrl-C, and so would every process that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def one_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that is trusted: reading what the world trusts takes 40 ms for each client of httpx's."""
    file = tmp_path_factory.mktemp("trusted") / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    return file


@pytest.fixture(autouse=True)
def nothing_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_certificate: Path) -> None:
    """An empty cache folder, and no `LOWCODEAPI_*` in the environment but the engine that is to be tested."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("SSL_CERT_FILE", str(one_certificate))
    for name in [name for name in os.environ if name.startswith("LOWCODEAPI_") and name != "LOWCODEAPI_TRANSPORT"]:
        monkeypatch.delenv(name)
