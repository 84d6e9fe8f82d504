"""Run openapi-python-client's parser: collect its results, and its messages for unreadable operations."""

from __future__ import annotations

import contextlib
import copy
import io
import re
from collections.abc import Mapping
from pathlib import Path

from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import Endpoint

from ..document.reading import DocumentError, clipped
from ..document.shape import Json

# A default repr, which differs in every run; and an untrue phrase, since the operation is generated anyway.
_OBJECT = re.compile(r"<[\w.]{1,200} object at 0x[0-9a-f]{1,20}>")
_NOT_SO = "Endpoint will not be generated."

# The parser deep-copies each operation three times and drops the copies, which takes half of its time.
setattr(Endpoint, "__deepcopy__", lambda self, memo: copy.copy(self))  # noqa: B010


def parsed_where_possible(components: Json, paths: Mapping[int, Json]) -> tuple[GeneratorData, dict[int, str]]:
    """The parser's result for readable operations, and its message for each unreadable one, by number.

    Raises `DocumentError` if the parser can't read even the components alone.
    """
    said: dict[int, str] = {}
    try:
        return _parsed(components, paths), said
    except DocumentError:
        _parsed(components, {})
    for number, path in paths.items():
        try:
            _parsed(components, {number: path})
        except DocumentError as error:
            said[number] = str(error)
    return _parsed(components, {number: path for number, path in paths.items() if number not in said}), said


def _parsed(components: Json, paths: Mapping[int, Json]) -> GeneratorData:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "document", "version": "0"},
        "components": components,
        "paths": {path: item for each in paths.values() for path, item in each.items()},
    }
    config = Config.from_sources(ConfigFile(), MetaType.NONE, Path("document.json"), "utf-8", False, None)
    try:
        # The parser prints pydantic's message about a bad document. Our caller prints one line instead.
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            data = GeneratorData.from_dict(document, config=config)
    except Exception as error:
        # Third-party code on an untrusted document: whatever it raises, only the document can be fixed.
        raise DocumentError(f"the parser fails ({type(error).__name__}: {clipped(str(error))})") from None
    if isinstance(data, GeneratorError):
        raise DocumentError(line(data))
    return data


def line(error: GeneratorError) -> str:
    """The parser's message on one line, the same in every run, without untrue phrases."""
    said = " ".join(f"{error.header} {error.detail or ''}".replace(_NOT_SO, "It is called without types.").split())
    return _OBJECT.sub("…", said)[:400]
