"""Requests of a fetch: to which host, for which documents, over which route. An invalid provider or URL sends none."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from codegen.fetch.backend import Limits, backend_url
from codegen.fetch.fetch import Offline
from tests.fetch.backend import NEW, Backend, failure, run


@pytest.mark.parametrize(
    "provider",
    ["", ".", "..", "../x", "a/b", "a\\b", "Baseten", "-a", "_a", "a b", "a\n", "a?", "é", "%2e%2e", "a" * 65, "/etc"],
)
def test_a_provider_that_is_no_plain_name_is_refused(backend: Backend, specs: Path, provider: str) -> None:
    assert str(failure(backend.url, specs, provider=provider)).startswith("provider '")
    assert backend.asked == []


@pytest.mark.parametrize("provider", ["a", "0", "open-ai_2", "a" * 64])
def test_a_plain_name_is_asked_for(backend: Backend, specs: Path, provider: str) -> None:
    failure(backend.url, specs, provider=provider)
    assert backend.asked == [f"/{provider}/openapi", f"/{provider}/definition"]


@pytest.mark.parametrize(
    "url",
    [
        "http://backend.lowcodeapi.com",
        "http://0.0.0.0:80",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "backend.lowcodeapi.com",
        "https://",
        "https://[",
        "https://a:b:c",
        "https://user:hunter2@127.0.0.1",
        "https://127.0.0.1/?token=hunter2",
        "https://127.0.0.1/#hunter2",
        "https://127.0.0.1/\n",
        "",
    ],
)
def test_a_backend_that_is_no_https_url_is_refused(specs: Path, url: str) -> None:
    error = failure(url, specs)
    assert not isinstance(error, Offline)
    assert str(error).startswith("backend URL")
    assert "hunter2" not in str(error)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_plain_http_is_for_loopback(specs: Path, host: str) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        error = failure(f"http://{host}:{bound.getsockname()[1]}", specs, Limits(connect=1))
    assert isinstance(error, Offline)


@pytest.mark.parametrize(
    ("variable", "value"), [("SSL_CERT_FILE", "/absent/hunter2.pem"), ("HTTPS_PROXY", "nonsense://me:hunter2@proxy")]
)
def test_a_machine_set_up_wrong_is_told_so(
    specs: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, value)
    error = failure("https://backend.invalid", specs)
    assert not isinstance(error, Offline)
    assert "check proxy and TLS settings" in str(error)
    assert "hunter2" not in str(error)


def test_a_path_in_front_is_kept(backend: Backend, specs: Path) -> None:
    failure(f"{backend.url}/api/v2/", specs)
    assert backend.asked == ["/api/v2/baseten/openapi", "/api/v2/baseten/definition"]


@pytest.mark.parametrize(
    ("option", "environ", "expected"),
    [
        ("https://o", {"LOWCODEAPI_BACKEND_URL": "https://e"}, "https://o"),
        (None, {"LOWCODEAPI_BACKEND_URL": "https://e"}, "https://e"),
        ("", {"LOWCODEAPI_BACKEND_URL": "https://e"}, "https://e"),
        (None, {"LOWCODEAPI_BACKEND_URL": ""}, "https://backend.lowcodeapi.com"),
        (None, {}, "https://backend.lowcodeapi.com"),
    ],
)
def test_the_backend_is_option_then_environment_then_default(
    option: str | None, environ: dict[str, str], expected: str
) -> None:
    assert backend_url(option, environ) == expected


def test_loopback_is_never_asked_through_a_proxy(
    backend: Backend, specs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Backend()
    try:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        backend.serve(NEW)
        run(backend.url, specs)
        assert proxy.asked == []
    finally:
        proxy.close()
