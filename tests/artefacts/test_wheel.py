"""The wheel in an empty environment: its contents, its function there, and type checking of its users."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.artefacts import users_mistakes, users_of_a_provider

REPOSITORY = Path(__file__).parents[2]


class Installed:
    """An environment with the wheel and its dependencies, and nothing else."""

    def __init__(self, root: Path) -> None:
        self.python = root / "bin" / "python"
        (self.site,) = (root / "lib").glob("python*/site-packages")
        self.distributions = {name_of(found): found for found in distributions(path=[str(self.site)])}
        self.ours = self.distributions["lowcodeapi-baseten"]

    def run(self, program: str) -> str:
        """Run a program there, and return its output; -I keeps this repository and its environment out."""
        command = [str(self.python), "-I", "-c", program]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    root = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root)], check=True)
    # This environment's pip builds the wheel, and installs it into the other one, which has no pip.
    command = [sys.executable, "-m", "pip", "--python", str(root / "bin" / "python"), "install", "--quiet"]
    done = subprocess.run(
        [*command, "--disable-pip-version-check", str(REPOSITORY)], capture_output=True, text=True, check=False
    )
    output = done.stdout + done.stderr
    if done.returncode and "No matching distribution found" in output:
        pytest.skip("the wheel needs a package index: connect, or set PIP_INDEX_URL, and run make test-artefacts")
    assert done.returncode == 0, output
    return Installed(root)


def name_of(distribution: Distribution) -> str:
    return canonicalize_name(distribution.metadata["Name"])


def needs(distribution: Distribution) -> set[str]:
    """Its requirements here, without extras."""
    required = [Requirement(text) for text in distribution.requires or ()]
    return {canonicalize_name(it.name) for it in required if it.marker is None or it.marker.evaluate({"extra": ""})}


def test_it_brings_attrs_and_httpx_and_what_httpx_needs(installed: Installed) -> None:
    there = installed.distributions
    assert needs(installed.ours) == {"attrs", "httpx", "httpcore", "anyio"}
    expected, waiting = {"lowcodeapi-baseten", "attrs"}, ["httpx"]
    while waiting:
        name = waiting.pop()
        if name not in expected:
            expected.add(name)
            waiting.extend(needs(there[name]))
    assert set(there) == expected


def test_it_holds_the_two_packages_and_nothing_else(installed: Installed) -> None:
    names = [str(file) for file in installed.ours.files or () if file.suffix != ".pyc"]
    inside = [name for name in names if not name.startswith("../") and ".dist-info/" not in name]
    assert {name.partition("/")[0] for name in inside} == {"lowcodeapi_baseten", "lowcodeapi_baseten_api"}
    others = [name for name in inside if not name.endswith(".py")]
    assert sorted(others) == [
        "lowcodeapi_baseten/agents/SKILL.md",
        "lowcodeapi_baseten/py.typed",
        "lowcodeapi_baseten_api/py.typed",
    ]


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
    version, file, said, plain = json.loads(installed.run(USE))
    assert Path(file).is_relative_to(installed.site) and version == installed.ours.version
    assert ["LOWCODEAPI_API_TOKEN" in message for message in said] == [True, True]
    assert plain == ["Models", "Models"]


def test_the_generated_package_imports_nothing_of_the_other(installed: Installed) -> None:
    program = """
import pkgutil, importlib, sys, lowcodeapi_baseten_api as api
for module in pkgutil.walk_packages(api.__path__, "lowcodeapi_baseten_api."):
    importlib.import_module(module.name)
print([name for name in sys.modules if name.partition(".")[0] == "lowcodeapi_baseten"])
"""
    assert installed.run(program).strip() == "[]"


def checked(checker: str, installed: Installed, folder: Path) -> dict[str, set[int]]:
    """The lines that a type checker rejects in each program of a folder."""
    files = sorted(path.name for path in folder.glob("*.py"))
    if checker == "mypy":
        options = ["--strict", "--config-file=", "--cache-dir=/dev/null", f"--python-executable={installed.python}"]
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
    checker: str, installed: Installed, tmp_path: Path
) -> None:
    # Away from this repository, whose configuration would be found.
    shutil.copy(Path(__file__).with_name("users_program.py"), tmp_path / "program.py")
    (tmp_path / "mistakes.py").write_text(users_mistakes.program())
    users_of_a_provider.write(tmp_path)
    found = checked(checker, installed, tmp_path)
    assert (found["program.py"], found["provider_program.py"]) == (set(), set())
    for name, its in (("mistakes.py", users_mistakes), ("provider_mistakes.py", users_of_a_provider)):
        first = its.BEFORE.count("\n") + 1
        assert min(found[name], default=0) >= first
        assert [line for number, line in enumerate(its.MISTAKES, first) if number not in found[name]] == []
