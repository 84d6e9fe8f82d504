"""Requests before they are sent: checked, and for `--dry-run` printed as curl lines, which needs no token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click
from lowcodeapi_baseten_api import new_format, old_format
from lowcodeapi_baseten_api.types import Call

from ..signatures import resource_class
from .settings import Settings
from .text import clean, to_json

Request = tuple[str, Sequence[Any], Mapping[str, Any]]
"""An operation, its path parameters and its other arguments."""


def rehearse(requests: Sequence[Request], settings: Settings) -> bool:
    """Check the requests. With `--dry-run` print them and return True: the command ends here."""
    calls = [check(*request) for request in requests]
    if settings.dry_run:
        show_calls(calls, settings)
    return settings.dry_run


def check(operation: str, path: Sequence[Any], named: Mapping[str, Any]) -> Call:
    """Before anything is asked or sent, refuse arguments that the method refuses or that can't be sent safely."""
    calls: list[Call] = []
    group, _, method = operation.partition(".")
    try:
        getattr(resource_class(group)(calls.append), method)(*path, **named)
    except TypeError as error:
        # For example an argument with two names, given twice.
        raise click.UsageError(str(error), click.get_current_context(silent=True)) from None
    return prepared(calls[0])


def prepared(call: Call) -> Call:
    """Refuse a call that can't be sent safely. Raises `InvalidParameterError`."""
    from ..request import prepare

    prepare(call, {}, {})
    return call


def show(requests: Sequence[Request], settings: Settings) -> None:
    """Print them in both URL formats, in the order in which they would be sent."""
    show_calls([check(*request) for request in requests], settings)


def show_calls(calls: Sequence[Call], settings: Settings) -> None:
    """Print calls that are checked, in both URL formats, in the order in which they would be sent."""
    lines = [(call.operation, _lines(call, settings)) for call in calls]
    if settings.output == "json":
        print(to_json([{"operation": operation, **curl} for operation, curl in lines]))
        return
    for _, curl in lines:
        if len(curl) == 2 and curl["new"] == curl["old"]:
            print(f"# both URL formats\n{clean(curl['new'], keep_lines=True)}")
        else:
            for name, line in curl.items():
                print(f"# {name} URL format\n{clean(line, keep_lines=True)}")


def _lines(call: Call, settings: Settings) -> dict[str, str]:
    from ..workflows.curl import curl_line

    base_url = settings.account().base_url
    known = {"new": new_format.ROUTES, "old": old_format.ROUTES}
    wanted = known if settings.url_format == "auto" else {settings.url_format: known[settings.url_format]}
    return {
        name: curl_line(call, base_url=base_url, url_format=name)
        for name, routes in wanted.items()
        if call.operation in routes
    }
