"""Every possible finding by id, in one table that the code and its documentation share."""

from __future__ import annotations

from .answers import ANSWERS
from .gateway import GATEWAY
from .kind import Bump, Heading, Kind, bump_of
from .operations import OPERATIONS
from .python import PYTHON
from .requests import REQUESTS

KINDS: dict[str, Kind] = {kind.id: kind for kind in (*OPERATIONS, *REQUESTS, *ANSWERS, *GATEWAY, *PYTHON)}

__all__ = ["KINDS", "Bump", "Heading", "Kind", "bump_of"]
