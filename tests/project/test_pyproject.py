"""`make test-floors` installs the lowest allowed versions, every import is declared, and the wheel gets its files."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CLIENT = ROOT / "overrides" / "lowcodeapi_baseten"
# Imported only on the user's choice, or by an extra of its own.
CHOSEN = {
    "certifi",
    "click",
    "h11",
    "httptools",
    "jsonschema",  # comes with mcp
    "mcp",
    "keyring",
    "msgspec",
    "pytest",
    "rich",
    "socksio",
    "starlette",
    "trio",
    "uvicorn",
    "uvloop",
    "yaml",
}


def declared() -> dict[str, Requirement]:
    return {requirement.name: requirement for requirement in map(Requirement, PYPROJECT["project"]["dependencies"])}


def test_the_floors_are_the_lowest_versions_that_are_allowed() -> None:
    pinned = [Requirement(line) for line in (ROOT / "tests" / "floors.txt").read_text().splitlines() if line[0] != "#"]
    lowest = {name: version(requirement, ">=") for name, requirement in declared().items()}
    assert {requirement.name: version(requirement, "==") for requirement in pinned} == lowest


def version(requirement: Requirement, operator: str) -> Version:
    (found,) = [each.version for each in requirement.specifier if each.operator == operator]
    return Version(found)


def imported(folder: Path) -> set[str]:
    """The packages that its modules import; ruff keeps each import on a line of its own."""
    texts = [file.read_text(encoding="utf-8") for file in folder.rglob("*.py")]
    pattern = re.compile(r"^ *(?:from (\w+)[\w.]* import|import (\w+))", re.MULTILINE)
    return {one or other for text in texts for one, other in pattern.findall(text)}


def test_what_is_imported_is_declared() -> None:
    client, plain = imported(CLIENT), imported(ROOT / "generated")
    assert "lowcodeapi_baseten" not in plain
    foreign = (client | plain) - sys.stdlib_module_names - {"lowcodeapi_baseten", "lowcodeapi_baseten_api"}
    assert foreign - CHOSEN == {"attrs", "anyio", "httpcore", "httpx"} == set(declared())


def test_the_wheel_gets_the_two_packages_with_their_types_and_the_skill() -> None:
    target = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert target == {"packages": ["generated/lowcodeapi_baseten_api", "overrides/lowcodeapi_baseten"]}
    files = [path for package in target["packages"] for path in (ROOT / package).rglob("*") if path.is_file()]
    others = sorted(path.name for path in files if path.suffix not in {".py", ".pyc"})
    assert others == ["SKILL.md", "py.typed", "py.typed"]
