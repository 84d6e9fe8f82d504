"""The Python interface of a version of the documents, or why there is none."""

from __future__ import annotations

import attrs

from .. import parse
from ..documents import DocumentError
from ..operation_names import operation_ids
from ..tree import Package
from .prepare import Prepared


@attrs.frozen
class Interface:
    """What a version becomes: a package, or the reason why there is none."""

    package: Package | None
    warnings: tuple[str, ...]
    error: str | None
    names: dict[str, str]
    """The operations' names by their places in the paired document."""


def interface(version: Prepared) -> Interface:
    """What a version becomes. An error is a part of the result."""
    try:
        parsed = parse.parse(version.document, provider="provider")
    except DocumentError as error:
        return Interface(None, (), str(error), {})
    return Interface(parsed.package, parsed.warnings, None, operation_ids(version.document)[0])
