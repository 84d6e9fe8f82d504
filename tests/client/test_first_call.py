"""A program that has just started must not wait for modules that its import or its first call does not use."""

from __future__ import annotations

import functools
import subprocess
import sys

import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.support.shell import environment

_SEEN = """
import sys
before = {{*sys.modules}}
{program}
print(*{{name for name, module in sys.modules.items() if module}} - before, file=sys.stderr)
"""
_CALL = """
from lowcodeapi_baseten import Baseten
with Baseten() as client:
    client.inference.predict_environment("production", input=1)
"""
_COMMAND = """
from lowcodeapi_baseten.cli import main
main(["predict", "production", "--input", "1"])
"""
pytestmark = pytest.mark.usefixtures("default_transport")
_OURS = {"lowcodeapi_baseten", "lowcodeapi_baseten_api"}
_DECODES_WITH = {"msgspec", "typing_extensions"}  # if installed
_SLOW = {"asyncio", "concurrent.futures", "email.utils", "http.client", "multiprocessing", "ssl", "urllib.request"}
_OTHER_WORKFLOWS = {"deployments", "predict_many", "states", "streams", "waiting", "waking"}


def _modules(program: str, gateway: LocalGateway | None = None, **env: str) -> set[str]:
    """The modules that a program imports in its own process, without those that Python starts with."""
    command = [sys.executable, "-W", "error", "-c", _SEEN.format(program=program)]
    env = environment(gateway, env)
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def _packages(modules: set[str]) -> set[str]:
    """The packages other than ours and Python's."""
    packages = {name.partition(".")[0] for name in modules} - _OURS - sys.stdlib_module_names
    return {name for name in packages if "cython" not in name}  # no files, and no time


@functools.cache
def _packages_of_httpx() -> set[str]:
    """The packages that httpx itself imports, which no call of ours could leave out."""
    return _packages(_modules("import httpx, httpcore"))


def test_the_import_alone_imports_nothing_else() -> None:
    modules = _modules("import lowcodeapi_baseten")
    ours = {name for name in modules if name.partition(".")[0] in _OURS}
    assert ours == {"lowcodeapi_baseten", "lowcodeapi_baseten._version"}
    assert not _packages(modules)
    assert not modules & {*_SLOW, "email", "json", "logging", "socket", "threading"}


def test_a_client_that_is_not_used_has_imported_nothing_to_send_with() -> None:
    modules = _modules("from lowcodeapi_baseten import Baseten; Baseten(api_token='abc', transport='fast')")
    assert not modules & {"msgspec", "uvloop", "httpx", "httpcore", "anyio", "h11", "asyncio", "ssl"}


def test_a_first_prediction_imports_what_it_sends_with_and_no_more() -> None:
    with LocalGateway() as gateway:
        modules = _modules(_CALL, gateway)
        assert gateway.count("inference.predict_environment") == 1
    # httpx's own imports, and nothing more of ours.
    assert _packages(modules) - _DECODES_WITH - _packages_of_httpx() == set()
    # No class that no answer needs, and no workflow that nobody asked for.
    assert not [name for name in modules if name.startswith("lowcodeapi_baseten_api.models")]
    workflows = {name.rpartition(".")[2] for name in modules if name.startswith("lowcodeapi_baseten.workflows.")}
    assert workflows and not workflows & _OTHER_WORKFLOWS


def test_a_command_imports_what_its_call_does_and_click() -> None:
    with LocalGateway() as gateway:
        modules = _modules(_COMMAND, gateway)
        assert gateway.count("inference.predict_environment") == 1
    assert _packages(modules) - _DECODES_WITH - _packages_of_httpx() <= {"click"}
    assert not [name for name in modules if name.startswith("lowcodeapi_baseten_api.models")]
