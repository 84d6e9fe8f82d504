"""`export`: the repaired, paired and overlaid document, as valid OpenAPI 3.1 for any other tool."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import arguments, pipeline
from .document import shape
from .document.reading import canonical
from .files.write import write_all
from .package import effects
from .package.operation_names import operation_ids


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads."""
    arguments.add_provider(parser)
    parser.add_argument(
        "--specs", type=Path, default=pipeline.SPECS, help="folder of the snapshots; default: codegen/specs"
    )
    parser.add_argument("--to", type=Path, metavar="FILE", help="default: standard output")


def run(options: argparse.Namespace) -> int:
    """Write the document. Its paths are those of the new format, where there is one; `x-routes` has both.

    Each operation has the name and the safety class that it has in the generated package.
    """
    document = pipeline.documented(options.provider, specs=options.specs, say=lambda line: None).document
    ids, _ = operation_ids(document)
    for operation in shape.operations(document):
        marks = {mark: True for mark in effects.MARKS if effects.has(operation, mark)}
        operation.node.update({"operationId": ids[operation.place], "x-safety": effects.safety(operation), **marks})
    content = canonical(document, where=f"the document of {options.provider}")
    if options.to is None:
        sys.stdout.buffer.write(content)
    else:
        write_all({options.to: content})
    return 0
