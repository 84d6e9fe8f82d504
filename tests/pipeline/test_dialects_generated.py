"""Whatever a document's dialect, the package is written, imports, sends the right requests, and has right types."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from codegen.package import parse
from codegen.package.tree import Package
from codegen.repair import repair
from tests.pipeline.dialect_documents import KINDS, QUIRKS, Made, documents, make
from tests.pipeline.exercise_dialect import exercise
from tests.support.generated_package import imported, write
from tests.support.profiles import IS_FUZZ
from tests.support.recording_gateway import Gateway
from tests.support.small_documents import TEXT, Json, answer, body, document, operation, paired, parameter, parsed, ref
from tests.support.valid_openapi import validate

pytestmark = pytest.mark.filterwarnings("ignore:.*sends a file in the field:UserWarning")
LARGEST = 300 if IS_FUZZ else 5
PARTS = 4
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


def read(made: Made, provider: str) -> Package:
    return parse.parse(paired(made.openapi, made.definition).document, provider=provider).package


def check(made: Made, gateway: Gateway) -> None:
    """Check everything that must hold of any documents."""
    number = next(NUMBERS)
    package = read(made, f"odd{number}")
    assert len({operation.id for operation in package.operations}) == len(package.operations)
    # The repaired documents of each quirk are validated in `test_dialects`, too.
    for each in (made.openapi, made.definition) if IS_FUZZ else ():
        if each is not None:
            validate(repair.repair(each).document)
    gateway.received.clear()
    with imported(package) as module:
        exercise(module, package, made, gateway, is_connected=number % 2 == 0)
        for name in module.models.__all__:
            getattr(module.models, name)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_operation_of_any_document_sends_what_it_should(part: int, gateway: Gateway) -> None:
    @many(math.ceil((5000 if IS_FUZZ else 24) / PARTS))
    @seed(part)
    @given(documents(LARGEST))
    def look(made: Made) -> None:
        check(made, gateway)

    look()


@pytest.mark.parametrize("kind", KINDS)
def test_each_quirk_alone_changes_nothing_of_what_is_sent(kind: str, gateway: Gateway) -> None:
    # In CI each quirk comes as one kind of document, in turn.
    for number, name in enumerate(QUIRKS):
        if IS_FUZZ or KINDS[number % len(KINDS)] == kind:
            check(make(3, [name], number, kind), gateway)


def test_every_quirk_of_the_table_is_in_the_documents() -> None:
    plain = {kind: make(10, [], 1, kind) for kind in ("openapi", "definition")}
    for name, quirk in QUIRKS.items():
        kind = "definition" if name == "a path that still has {model_id} in it" else "openapi"
        odd = make(10, [name], 1, kind)
        assert (plain[kind].openapi, plain[kind].definition) != (odd.openapi, odd.definition), name
        if quirk.rule:
            counts = repair.repair(odd.openapi or odd.definition or {}).counts
            assert counts[quirk.rule], f"{name}: {quirk.rule} has nothing to repair"


# --- types -----------------------------------------------------------------------------------------------------------

OBJECT: Json = {"type": "object", "properties": {"id": TEXT}}
MONEY, FILE, WALLET, NEEDS = map(ref, ("Money", "File", "Wallet", "Needs"))
UPLOAD: Json = {"multipart/form-data": {"schema": {"properties": {"file": {**TEXT, "format": "binary"}}}}}
SHADOWS: Json = {
    "/upload": {"post": operation("Upload", tags=["File"], requestBody={"content": UPLOAD})},
    "/upload-again": {
        "post": operation("Upload again", requestBody={"content": UPLOAD}, responses=answer(FILE)),
    },
    "/argument": {"get": operation("Pay", parameters=[parameter("Money")], responses=answer(MONEY))},
    "/any": {"get": operation("Ask", parameters=[parameter("Any"), parameter("builtins")])},
    "/fields": {
        "post": operation("Show", requestBody=body({"in": WALLET})),
        "get": operation("Look", responses=answer(WALLET)),
    },
    **{
        f"/search/{name}": {
            "get": operation(operationId=f"search.{name}", parameters=[parameter("a")], responses=answer(MONEY))
        }
        for name in ("Query", "Any", "Mapping", "Money", "zoom")
    },
}
SCHEMAS: Json = {
    "Money": OBJECT,
    "File": OBJECT,
    "Wallet": {"type": "object", "properties": {"Money": MONEY, "Other": MONEY, "needs": NEEDS}},
    "Needs": {"type": "object", "properties": {"Required": TEXT, "last": TEXT}, "required": ["last"]},
}


def test_no_name_of_a_document_changes_what_an_annotation_says(tmp_path: Path) -> None:
    """Packages pass mypy: of any documents, and of one whose names are those of classes and builtins."""
    shadows = parsed(document(SHADOWS, components={"schemas": SCHEMAS}))
    assert shadows.warnings == ()
    write(shadows.package, tmp_path)
    names = [shadows.package.name]

    def add(made: Made) -> None:
        package = read(made, f"typed{len(names)}")
        names.append(package.name)
        write(package, tmp_path)

    add(make(20, list(QUIRKS), 1, "both"))
    if IS_FUZZ:
        many(400)(given(documents(20))(add))()
    # To read httpx takes most of the time, and no document changes what is in it.
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = true\n[mypy-httpx.*]\nfollow_imports = skip\n")
    command = [sys.executable, "-m", "mypy", "--cache-dir=/dev/null"]
    packages = [argument for name in names for argument in ("-p", name)]
    done = subprocess.run([*command, *packages], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
