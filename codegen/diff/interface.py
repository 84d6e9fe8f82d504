"""The Python interface of a version of the documents, or the reason why there is none."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import attrs

from ..document.reading import DocumentError
from ..package import parse
from ..package.tree import Operation, Package
from .prepare import Prepared


@attrs.frozen
class Interface:
    """The package made from a version, or the error that prevents one."""

    package: Package | None
    warnings: tuple[str, ...]
    error: str | None
    names: Mapping[str, str]
    """Names of operations by their places in the paired document."""

    @functools.cached_property
    def operations(self) -> dict[str, Operation]:
        """The operations of the package by their names."""
        return {} if self.package is None else {each.id: each for each in self.package.operations}


def interface(version: Prepared) -> Interface:
    """Parse a version into its interface. An error is part of the result, not raised."""
    try:
        parsed = parse.parse(version.document, provider="provider")
    except DocumentError as error:
        return Interface(None, (), str(error), {})
    return Interface(parsed.package, parsed.warnings, None, parsed.ids)
