"""Batches of an engine as inputs, and answers as columns: Arrow tables, pandas frames, mappings of numpy columns.

These libraries are not imported before a batch of theirs is there.
"""

from __future__ import annotations

import base64
import importlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import InvalidParameterError, LowCodeAPIError
from .blocks import Answer

COLUMNS = Answer._fields
_TEXT = json.JSONEncoder(ensure_ascii=False)


def column(batch: Any, name: str) -> list[Any]:
    """The values of a column, as Python's own. Raises `InvalidParameterError` if there is not exactly one."""
    names = _names(batch)
    if names.count(name) != 1:
        raise InvalidParameterError(name, f"must be one column of the batch; it has {', '.join(map(str, names))}")
    values = batch[name]
    return [_plain(value) for value in (values.to_pylist() if _is_arrow(batch) else values)]


def check(batch: Any) -> None:
    """Refuse a batch that is no columns, or that has a column of ours."""
    if not (_is_arrow(batch) or isinstance(batch, Mapping) or hasattr(batch, "assign")):
        kind = f"{type(batch).__module__}.{type(batch).__qualname__}"
        raise InvalidParameterError(
            "batch", f"must be an Arrow table, a pandas frame or a mapping of numpy columns; got a {kind}"
        )
    for name in COLUMNS:
        if name in _names(batch):
            raise InvalidParameterError(name, "is a column of the batch already: rename it, it would be replaced")


def with_answers(batch: Any, answers: Iterable[Answer]) -> Any:
    """The batch with three more columns, of text or missing."""
    made = list(answers)
    columns = {name: [getattr(answer, name) for answer in made] for name in COLUMNS}
    if isinstance(batch, Mapping):
        return {**batch, **columns}
    if _is_arrow(batch):
        arrow = importlib.import_module("pyarrow")
        for name, values in columns.items():
            batch = batch.append_column(name, arrow.array(values, arrow.string()))
        return batch
    pandas = importlib.import_module("pandas")
    return batch.assign(**{name: pandas.array(values, dtype="string") for name, values in columns.items()})


def answer_of(output: Any) -> Answer:
    """The columns of an item's output or error. Bytes are `{"base64": …}`."""
    if isinstance(output, LowCodeAPIError):
        return Answer(None, _unicode(str(output)), type(output).__name__)
    if isinstance(output, bytes):
        output = {"base64": base64.b64encode(output).decode()}
    text = _TEXT.encode(output)
    # Arrow refuses half a character.
    return Answer(text if _unicode(text) == text else json.dumps(output))


def _is_arrow(batch: Any) -> bool:
    return hasattr(batch, "append_column")


def _names(batch: Any) -> list[Any]:
    return list(batch.column_names if _is_arrow(batch) else batch.keys())


def _unicode(text: str) -> str:
    return text.encode(errors="replace").decode()


def _plain(value: Any) -> Any:
    """Numpy's arrays and scalars as Python's, however deep. JSON can't express them."""
    try:
        return _converted(value)
    except RecursionError:
        return InvalidParameterError("an input", "is nested too deeply")


def _converted(value: Any) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {name: _converted(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_converted(each) for each in value]
    return value
