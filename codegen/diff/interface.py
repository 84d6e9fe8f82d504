"""The Python interface of a version of the documents, or why there is none."""

from __future__ import annotations

import json
import re
from functools import lru_cache

import attrs

from .. import parse
from ..documents import DocumentError
from ..operation_names import operation_ids
from ..tree import Package
from .prepare import Prepared

_ADDRESS = re.compile(r" object at 0x[0-9a-f]+")
"""The parser shows some objects with their addresses, which differ from run to run."""


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
        return _interface(json.dumps(version.document))
    except DocumentError as error:
        return Interface(None, (), str(error), {})


@lru_cache(maxsize=2)
def _interface(text: str) -> Interface:
    """What a document becomes. Kept, since one version is often compared with several others."""
    document = json.loads(text)
    parsed = parse.parse(document, provider="provider")
    warnings = tuple(_ADDRESS.sub("", line) for line in parsed.warnings)
    return Interface(parsed.package, warnings, None, operation_ids(document)[0])
