"""Whatever a document's dialect, the package is written, imports, and sends the right requests."""

from __future__ import annotations

import itertools
import math
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from openapi_spec_validator import validate

from codegen.package import parse
from codegen.package.tree import Package
from codegen.pair import pair
from codegen.repair import repair
from tests.pipeline.dialect_documents import KINDS, QUIRKS, Made, documents, make
from tests.pipeline.exercise_dialect import exercise, import_whole
from tests.support.generated_package import imported, write
from tests.support.profiles import IS_FUZZ
from tests.support.recording_gateway import Gateway
from tests.support.shared import mypy_cache
from tests.support.small_documents import Json

pytestmark = pytest.mark.filterwarnings("ignore:.*sends a file in the field:UserWarning")
LARGEST = 300 if IS_FUZZ else 5
PARTS = 4
# Validation takes as long as all the rest: in CI one document of each part, and each quirk alone; in the fuzz all.
VALIDATED = 1
NUMBERS = itertools.count()


def many(number: int) -> settings:
    """Settings for this many documents. Failures are shrunk only in a deliberate search."""
    phases = [Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if IS_FUZZ else [])]
    slow = [HealthCheck.too_slow, HealthCheck.large_base_example]
    return settings(max_examples=number, suppress_health_check=slow, phases=phases)


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with Gateway() as server:
        yield server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dialects")


def read(made: Made, provider: str) -> tuple[Package, list[Json]]:
    """The package of the documents, and the repaired documents."""
    new, old = (None if each is None else repair.repair(each).document for each in (made.openapi, made.definition))
    paired = pair.pair(new, old)
    return parse.parse(paired.document, provider=provider).package, [each for each in (new, old) if each is not None]


def check(made: Made, folder: Path, gateway: Gateway, *, is_validated: bool) -> None:
    """Check everything that must hold of any documents."""
    number = next(NUMBERS)
    package, repaired = read(made, f"odd{number}")
    assert len({operation.id for operation in package.operations}) == len(package.operations)
    if is_validated:
        for document in repaired:
            validate(document)
    gateway.received.clear()
    with imported(package, folder) as module:
        exercise(module, package, made, gateway, is_connected=number % 2 == 0)
        import_whole(module, package)
    shutil.rmtree(folder / package.name)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_operation_of_any_document_sends_what_it_should(part: int, gateway: Gateway, folder: Path) -> None:
    seen = itertools.count()

    @many(math.ceil((5000 if IS_FUZZ else 60) / PARTS))
    @given(documents(LARGEST))
    def look(made: Made) -> None:
        check(made, folder, gateway, is_validated=IS_FUZZ or next(seen) < VALIDATED)

    look()


@pytest.mark.parametrize("kind", KINDS)
def test_each_quirk_alone_changes_nothing_of_what_is_sent(kind: str, gateway: Gateway, folder: Path) -> None:
    # In CI each quirk comes as an OpenAPI document, with a definition in turn alone and beside it, and some as either.
    turns = {"openapi": (1, 0), "definition": (2, 0), "both": (2, 1), "same": (3, 0)}
    every, first = turns[kind]
    for number, name in enumerate(QUIRKS):
        if IS_FUZZ or number % every == first:
            check(make(3, [name], number, kind), folder, gateway, is_validated=kind == "openapi")


def test_packages_of_any_documents_pass_mypy_strict(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    def checked(number: int) -> None:
        folder = tmp_path / str(number)
        names: list[str] = []

        @many(12)
        @seed(number)
        @given(documents(min(LARGEST, 20)))
        def add(made: Made) -> None:
            package, _ = read(made, f"typed{len(names)}")
            names.append(package.name)
            write(package, folder)

        add()
        command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", mypy_cache(tmp_path_factory)]
        packages = [argument for name in names for argument in ("-p", name)]
        done = subprocess.run([*command, *packages], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:]

    for number in range(10 if IS_FUZZ else 1):
        checked(number)


@pytest.mark.parametrize("name", QUIRKS)
def test_every_quirk_of_the_table_is_in_the_documents(name: str) -> None:
    quirk = QUIRKS[name]
    kind = "definition" if name == "a path that still has {model_id} in it" else "openapi"
    plain, odd = make(10, [], 1, kind), make(10, [name], 1, kind)
    assert (plain.openapi, plain.definition) != (odd.openapi, odd.definition)
    if quirk.rule:
        for_what = repair.repair(odd.openapi or odd.definition or {}).counts
        assert for_what[quirk.rule], f"{quirk.rule} has nothing to repair"
