"""`make test-floors` installs the lowest allowed versions, and every import is declared."""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
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
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {requirement.name: requirement for requirement in map(Requirement, project["dependencies"])}


def test_the_floors_are_the_lowest_versions_that_are_allowed() -> None:
    pinned = [Requirement(line) for line in (ROOT / "tests" / "floors.txt").read_text().splitlines() if line[0] != "#"]
    lowest = {name: version(requirement, ">=") for name, requirement in declared().items()}
    assert {requirement.name: version(requirement, "==") for requirement in pinned} == lowest


def version(requirement: Requirement, operator: str) -> Version:
    (found,) = [each.version for each in requirement.specifier if each.operator == operator]
    return Version(found)


def test_what_is_imported_is_declared() -> None:
    imported = set()
    for file in [*CLIENT.rglob("*.py"), *(ROOT / "generated").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported |= {name.partition(".")[0] for name in names}
    foreign = imported - sys.stdlib_module_names - {"lowcodeapi_baseten", "lowcodeapi_baseten_api", "attr", "_typeshed"}
    assert foreign - CHOSEN == {"attrs", "anyio", "httpcore", "httpx"} == set(declared())
