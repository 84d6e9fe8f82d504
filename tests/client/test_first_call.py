"""A program that has just started must not wait for modules that its import or its first call does not use."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.support.shell import environment

# What a program does, one step after the other; each step tells which modules it has imported by then.
_STEPS = {
    "import": "import lowcodeapi_baseten",
    "a client": "from lowcodeapi_baseten import Baseten; client = Baseten()",
    "a prediction": "client.inference.predict_environment('production', input=1)",
    "a command": "from lowcodeapi_baseten.cli import main; main(['predict', 'production', '--input', '1'])",
}
pytestmark = pytest.mark.usefixtures("default_transport")
_OURS = {"lowcodeapi_baseten", "lowcodeapi_baseten_api"}
_DECODES_WITH = {"msgspec", "typing_extensions"}  # if installed
_SLOW = {"asyncio", "concurrent.futures", "email.utils", "http.client", "multiprocessing", "ssl", "urllib.request"}
_OTHER_WORKFLOWS = {"deployments", "predict_many", "states", "streams", "waiting", "waking"}


def _modules(*steps: str, gateway: LocalGateway | None = None) -> Iterator[set[str]]:
    """The modules after each step, in one new process, without those that Python starts with."""
    told = "print('modules:', *{name for name, module in sys.modules.items() if module} - before, file=sys.stderr)"
    program = "\n".join(["import sys; before = {*sys.modules}", *(f"{step}\n{told}" for step in steps)])
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(
        command, env=environment(gateway, {}), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return (set(line.split()[1:]) for line in done.stderr.splitlines() if line.startswith("modules: "))


def _packages(modules: set[str]) -> set[str]:
    """The packages other than ours and Python's."""
    packages = {name.partition(".")[0] for name in modules} - _OURS - sys.stdlib_module_names
    return {name for name in packages if "cython" not in name}  # no files, and no time


def test_a_program_imports_what_it_uses_and_no_more() -> None:
    with LocalGateway() as gateway:
        imported, client, prediction, command = _modules(*_STEPS.values(), gateway=gateway)
        assert gateway.count("inference.predict_environment") == 2
    assert {name for name in imported if name.partition(".")[0] in _OURS} == {
        "lowcodeapi_baseten",
        "lowcodeapi_baseten._version",
    }
    assert not _packages(imported)
    assert not imported & {*_SLOW, "email", "json", "logging", "socket", "threading"}
    # A client that is not used has imported nothing to send with.
    assert not client & {"msgspec", "uvloop", "httpx", "httpcore", "anyio", "h11", "asyncio", "ssl"}
    # A prediction takes httpx's own imports, which no call of ours could leave out, and nothing more of others;
    # no class that no answer needs, and no workflow that nobody asked for.
    (of_httpx,) = map(_packages, _modules("import httpx, httpcore"))
    assert _packages(prediction) - _DECODES_WITH - of_httpx == set()
    assert not [name for name in command if name.startswith("lowcodeapi_baseten_api.models")]
    workflows = {name.rpartition(".")[2] for name in prediction if name.startswith("lowcodeapi_baseten.workflows.")}
    assert workflows and not workflows & _OTHER_WORKFLOWS
    # A command takes click beside that.
    assert _packages(command) - _DECODES_WITH - of_httpx <= {"click"}


def test_the_fast_wire_is_imported_when_it_sends() -> None:
    (modules,) = _modules("from lowcodeapi_baseten import Baseten; Baseten(api_token='abc', transport='fast')")
    assert not modules & {"msgspec", "uvloop", "httpx", "httpcore", "anyio", "h11", "asyncio", "ssl"}
