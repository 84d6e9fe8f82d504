"""Requests before they are sent: checked, and for `--dry-run` printed as curl lines, which needs no token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lowcodeapi_baseten_api import new_format, old_format
from lowcodeapi_baseten_api.types import Call

from .settings import Settings
from .text import clean, to_json
from .values import misuse

Request = tuple[str, Sequence[Any], Mapping[str, Any]]
"""An operation, its path parameters and its other arguments."""


def rehearse(requests: Sequence[Request], settings: Settings) -> bool:
    """Check the requests. With `--dry-run` print them and return True: the command ends here."""
    return rehearsed([check(*request) for request in requests], settings)


def check(operation: str, path: Sequence[Any], named: Mapping[str, Any]) -> Call:
    """Before anything is asked or sent, refuse arguments that the method refuses or that can't be sent safely."""
    from ..curl import call_of

    try:
        return prepared(call_of(operation, path, named))
    except TypeError as error:
        # For example an argument with two names, given twice.
        raise misuse(str(error)) from None


def prepared(call: Call) -> Call:
    """Refuse a call that can't be sent safely. Raises `InvalidParameterError`."""
    from ..request import prepare

    prepare(call, {}, {})
    return call


def rehearsed(calls: Sequence[Call], settings: Settings) -> bool:
    """With `--dry-run` print calls that are checked, in the order in which they would be sent, and return True."""
    if settings.dry_run:
        _print([(call.operation, _lines(call, settings)) for call in calls], settings)
    return settings.dry_run


def _print(lines: Sequence[tuple[str, Mapping[str, str]]], settings: Settings) -> None:
    if settings.output == "json":
        print(to_json([{"operation": operation, **curl} for operation, curl in lines]))
        return
    for _, curl in lines:
        if len(curl) == 2 and curl["new"] == curl["old"]:
            curl = {"both": curl["new"]}
        for name, line in curl.items():
            print(f"# {name} URL format{'s' if name == 'both' else ''}\n{clean(line, keep_lines=True)}")


def _lines(call: Call, settings: Settings) -> dict[str, str]:
    """The curl line of each format that has a route."""
    from ..curl import curl_line

    base_url = settings.account().base_url
    formats = {"new": new_format.ROUTES, "old": old_format.ROUTES}
    return {
        name: curl_line(call, base_url=base_url, url_format=name)
        for name, routes in formats.items()
        if settings.url_format in {"auto", name} and call.operation in routes
    }
