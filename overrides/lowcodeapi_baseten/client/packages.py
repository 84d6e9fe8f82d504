"""Any generated package as `connect` uses it: its tables, and its classes in the place of ours."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from lowcodeapi_baseten_api.types import UNSET, Call, RawResponse

from ..errors import ConfigurationError
from ..plan import BASETEN, Tables
from ..request import Body


def module(package: Any, name: str) -> Any:
    """A module of a package. Raises `ConfigurationError` if codegen did not write it."""
    try:
        return importlib.import_module(f"{package.__name__}.{name}")
    except (ImportError, AttributeError):
        raise ConfigurationError(
            "connect() needs a package that codegen wrote, such as lowcodeapi_stripe_api; for Baseten, use `Baseten`"
        ) from None


def tables(package: Any) -> Tables:
    """The parts of a package that a plan needs."""
    new, old = module(package, "new_format"), module(package, "old_format")
    provider = urlsplit(new.BASE_URL).path.strip("/").rpartition("/")[2]
    if not provider:
        provider = package.__name__.rpartition(".")[2].removeprefix("lowcodeapi_").removesuffix("_api")
    has_forms = importlib.util.find_spec(f"{package.__name__}.forms") is not None
    body = _form_body(module(package, "forms"), module(package, "types")) if has_forms else BASETEN.body
    operations = module(package, "operations").OPERATIONS
    return Tables(provider, operations, new.ROUTES, old.ROUTES, new.BASE_URL, module(package, "decode"), body)


def _form_body(forms: Any, types: Any) -> Body:
    def body(call: Call) -> tuple[Any, Mapping[str, str]]:
        theirs = types.Call(**{**call._asdict(), "body": types.UNSET if call.body is UNSET else call.body})
        content, headers = forms.body(theirs)
        # The sender sets the length.
        return content, {name: value for name, value in headers.items() if name != "content-length"}

    return body


def base_url_for(known: Tables) -> str | None:
    """The environment's base URL, with this provider in the place of Baseten."""
    given = os.environ.get("LOWCODEAPI_BASE_URL")
    own = f"/{BASETEN.provider}"
    if given and given.rstrip("/").endswith(own):
        return f"{given.rstrip('/').removesuffix(own)}/{known.provider}"
    return given


def translated(call: Any, types: Any) -> Call:
    """The call with our UNSET in the place of the package's."""
    given: Any = call.body
    if given is types.UNSET:
        given = UNSET
    elif isinstance(given, dict):
        kept = {name: value for name, value in given.items() if value is not types.UNSET}
        given = kept if kept or not given else UNSET
    query = {name: value for name, value in call.query.items() if value is not types.UNSET}
    path = {name: UNSET if value is types.UNSET else value for name, value in call.path.items()}
    return Call(**{**call._asdict(), "path": path, "query": query, "body": given})


def answer(raw: RawResponse[Any], types: Any) -> Any:
    """The raw response in the package's classes."""
    values = {name: getattr(raw, name) for name in RawResponse.__slots__}
    values["attempts"] = [types.Attempt(*attempt) for attempt in raw.attempts]
    return types.RawResponse(values.pop("result"), **values)
