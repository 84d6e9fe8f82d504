"""Refuse an unknown field inside an argument, as Python refuses an unknown argument."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from lowcodeapi_baseten_api.types import Call

from .errors import InvalidParameterError

_MOST_SHOWN = 200
EXTRA_BODY = " (extra_body sends fields that this version does not know)"


def check_structures(call: Call, structures: Sequence[tuple[str, str]], package: str) -> None:
    """Check every mapping that is given for one of the package's classes. Raises `InvalidParameterError`.

    `structures` is that of the operation. An object of the class was checked when it was made.
    """
    models = f"{package}.models"
    try:
        for name, class_name in structures:
            for place in (call.query, call.body):
                if not name and place is call.body:
                    _check("body", class_name, place, models)
                elif isinstance(place, Mapping) and name in place:
                    _check(name, class_name, place[name], models)
    except RecursionError:
        pass  # encoding it will fail, too, and say so


def _check(parameter: str, class_name: str, given: Any, models: str) -> None:
    if isinstance(given, Mapping):
        _check_fields(parameter, class_name, given, models)
    elif isinstance(given, Sequence) and not isinstance(given, (str, bytes)):
        for index, item in enumerate(given):
            _check(f"{parameter}[{index}]", class_name, item, models)


def _check_fields(parameter: str, class_name: str, given: Mapping[Any, Any], models: str) -> None:
    cls = getattr(importlib.import_module(models), class_name)
    known = importlib.import_module(f"{models}.schema").attributes(cls)
    for name in given:
        if name not in known:
            raise InvalidParameterError(parameter, f"has no field {name!r:.60}{_instead(name, known)}")
    for name, inner in cls._structures:
        if name in given:
            _check(f"{parameter}.{name}", inner, given[name], models)


def _instead(name: object, known: Mapping[str, str]) -> str:
    from difflib import get_close_matches  # here since only an error takes it

    near = get_close_matches(str(name)[:_MOST_SHOWN], known, 1)
    told = f": did you mean {near[0]!r}?" if near else f"; it has {', '.join(known)[:_MOST_SHOWN]}"
    return told + EXTRA_BODY
