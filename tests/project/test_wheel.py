"""The wheel in an empty environment: its contents, its function there, and type checking of its users."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.pipeline import users_of_a_provider
from tests.project import users_mistakes
from tests.support.shared import mypy_cache, shared_folder

REPOSITORY = Path(__file__).parents[2]


class Installed:
    """An environment with the wheel and its dependencies, and nothing else."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.python = root / "venv" / "bin" / "python"

    @property
    def wheel(self) -> Path:
        (wheel,) = (self.root / "dist").glob("*.whl")
        return wheel

    @property
    def site(self) -> Path:
        (site,) = (self.root / "venv" / "lib").glob("python*/site-packages")
        return site

    def run(self, program: str) -> subprocess.CompletedProcess[str]:
        """Run a program there; -I keeps this repository and its environment out."""
        return subprocess.run([str(self.python), "-I", "-c", program], capture_output=True, text=True, check=False)


def done(*command: str) -> None:
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)
    output = run.stdout + run.stderr
    if run.returncode and "No matching distribution found" in output:
        pytest.skip("the wheel needs a package index: connect, or set PIP_INDEX_URL, and run make test")
    assert run.returncode == 0, output


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Made once, by the first of the parallel workers."""
    root = shared_folder(tmp_path_factory, "installed-wheel")
    made = Installed(root)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "is-made").exists():
            done(sys.executable, "-m", "build", "--wheel", "--outdir", str(root / "dist"), str(REPOSITORY))
            done(sys.executable, "-m", "venv", "--clear", "--without-pip", str(root / "venv"))
            # This environment's pip installs into the other one, which has none.
            pip = (sys.executable, "-m", "pip", "--python", str(made.python))
            done(*pip, "install", "--quiet", "--disable-pip-version-check", str(made.wheel))
            (root / "is-made").touch()
    yield made


def name_of(distribution: Distribution) -> str:
    return canonicalize_name(distribution.metadata["Name"])


def needs(distribution: Distribution) -> set[str]:
    """Its requirements here, without extras."""
    required = [Requirement(text) for text in distribution.requires or ()]
    return {canonicalize_name(it.name) for it in required if it.marker is None or it.marker.evaluate({"extra": ""})}


def test_it_brings_attrs_and_httpx_and_what_httpx_needs(installed: Installed) -> None:
    there = {name_of(found): found for found in distributions(path=[str(installed.site)])}
    assert needs(there["lowcodeapi-baseten"]) == {"attrs", "httpx", "httpcore", "anyio"}
    expected, waiting = {"lowcodeapi-baseten", "attrs"}, ["httpx"]
    while waiting:
        name = waiting.pop()
        if name not in expected:
            expected.add(name)
            waiting.extend(needs(there[name]))
    assert set(there) == expected


def test_it_holds_the_two_packages_and_nothing_else(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        names = wheel.namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"lowcodeapi_baseten", "lowcodeapi_baseten_api"}
    assert {"lowcodeapi_baseten/py.typed", "lowcodeapi_baseten_api/py.typed"} <= set(names)
    others = [name for name in names if not name.endswith((".py", "py.typed")) and ".dist-info/" not in name]
    assert others == ["lowcodeapi_baseten/agents/SKILL.md"]


USE = """
import json, sys
import lowcodeapi_baseten
from lowcodeapi_baseten import Baseten, ConfigurationError
from lowcodeapi_baseten_api import Client, new_format, old_format

said = []
for make in (Baseten, lowcodeapi_baseten.AsyncBaseten):
    try:
        make()
    except ConfigurationError as error:
        said.append(str(error))
plain = [type(Client(format).models).__name__ for format in (new_format, old_format)]
print(json.dumps([lowcodeapi_baseten.__version__, lowcodeapi_baseten.__file__, said, plain]))
"""


def test_it_works_there_and_asks_for_a_token(installed: Installed) -> None:
    run = installed.run(USE)
    assert (run.returncode, run.stderr) == (0, "")
    version, file, said, plain = json.loads(run.stdout)
    assert Path(file).is_relative_to(installed.site)
    assert installed.wheel.name.startswith(f"lowcodeapi_baseten-{version}-")
    assert ["LOWCODEAPI_API_TOKEN" in message for message in said] == [True, True]
    assert plain == ["Models", "Models"]


def test_the_generated_package_imports_nothing_of_the_other(installed: Installed) -> None:
    program = """
import pkgutil, importlib, sys, lowcodeapi_baseten_api as api
for module in pkgutil.walk_packages(api.__path__, "lowcodeapi_baseten_api."):
    importlib.import_module(module.name)
print([name for name in sys.modules if name.partition(".")[0] == "lowcodeapi_baseten"])
"""
    run = installed.run(program)
    assert (run.returncode, run.stderr, run.stdout.strip()) == (0, "", "[]")


def checked(checker: str, installed: Installed, folder: Path, cache: str) -> dict[str, set[int]]:
    """The lines that a type checker rejects in each program of a folder."""
    files = sorted(path.name for path in folder.glob("*.py"))
    if checker == "mypy":
        options = ["--strict", "--config-file=", cache, f"--python-executable={installed.python}"]
        command = ["-m", "mypy", *options, "--no-error-summary", "--output=json", *files]
    else:
        command = ["-m", "pyright", "--outputjson", "--pythonpath", str(installed.python), *files]
    run = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False, cwd=folder)
    found: dict[str, set[int]] = {file: set() for file in files}
    if checker == "mypy":
        for report in map(json.loads, filter(None, run.stdout.splitlines())):
            found[Path(report["file"]).name].add(report["line"])
    else:
        for report in json.loads(run.stdout)["generalDiagnostics"]:
            found[Path(report["file"]).name].add(report["range"]["start"]["line"] + 1)
    return found


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_a_type_checker_passes_a_users_program_and_finds_each_of_a_users_mistakes(
    checker: str, installed: Installed, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # Away from this repository, whose configuration would be found.
    shutil.copy(Path(__file__).with_name("users_program.py"), tmp_path / "program.py")
    (tmp_path / "mistakes.py").write_text(users_mistakes.program())
    users_of_a_provider.write(tmp_path)
    found = checked(checker, installed, tmp_path, mypy_cache(tmp_path_factory))
    assert (found["program.py"], found["provider_program.py"]) == (set(), set())
    for name, its in (("mistakes.py", users_mistakes), ("provider_mistakes.py", users_of_a_provider)):
        first = its.BEFORE.count("\n") + 1
        assert min(found[name], default=0) >= first
        assert [line for number, line in enumerate(its.MISTAKES, first) if number not in found[name]] == []
