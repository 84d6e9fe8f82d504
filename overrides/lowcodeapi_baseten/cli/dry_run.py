"""`--dry-run`: the requests as curl lines, in both URL formats. No token is needed, and nothing is sent."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from lowcodeapi_baseten_api import new_format, old_format

from .settings import Settings
from .text import clean, to_json

Request = tuple[str, Sequence[Any], Mapping[str, Any]]
"""An operation, its path parameters and its other arguments."""


def show(requests: Sequence[Request], settings: Settings) -> None:
    """Print them, in the order in which they would be sent."""
    lines = [(operation, _lines(operation, path, named, settings)) for operation, path, named in requests]
    if settings.as_json:
        print(to_json([{"operation": operation, **curl} for operation, curl in lines]))
        return
    for _, curl in lines:
        if len(curl) == 2 and curl["new"] == curl["old"]:
            print(f"# both URL formats\n{clean(curl['new'], keep_lines=True)}")
        else:
            for name, line in curl.items():
                print(f"# {name} URL format\n{clean(line, keep_lines=True)}")


def _lines(operation: str, path: Sequence[Any], named: Mapping[str, Any], settings: Settings) -> dict[str, str]:
    from ..workflows.curl import curl_line

    base_url = settings.base_url or os.environ.get("LOWCODEAPI_BASE_URL") or new_format.BASE_URL
    known = {"new": new_format.ROUTES, "old": old_format.ROUTES}
    wanted = known if settings.url_format == "auto" else {settings.url_format: known[settings.url_format]}
    return {
        name: curl_line(operation, path, named, base_url=base_url, url_format=name)
        for name, routes in wanted.items()
        if operation in routes
    }
