"""The whole suite as a leak hunt: `python -m pytest -p tests.support.leak_session` (`make leaks`).

Every logger is at DEBUG, and after each test every error of ours that it raised is rendered, with the locals of all
frames but the tests' own. None of it may contain a token of the tests.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from lowcodeapi_baseten import LowCodeAPIError
from lowcodeapi_baseten.testing import settings

from tests.support.leaks import forms, rendered

# The tests' own tokens, and the local gateway's.
_NAMES = ("local", "token", "wire", "stream", "production", "paths", "hostile", "deadline", "curl")
_FORMS = [form for name in _NAMES for form in forms(f"lca-{name}-0123456789abcdef").values()]
_MOST = 40  # errors of one test; hypothesis makes thousands of one kind
# They use httpx's own client, which logs URLs: to inspect the gateway, or as the plain client warns.
_HTTPX_CLIENTS = ("test_local_gateway", "test_baseten_", "plain_client")
_made: list[LowCodeAPIError] = []
_logged: list[tuple[str, str]] = []


class _Log(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("tests"):
            _logged.append((record.name, record.getMessage()))


def _note(self: LowCodeAPIError, *arguments: object) -> None:
    Exception.__init__(self, *arguments)
    if len(_made) < _MOST:
        _made.append(self)


def pytest_configure() -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger().addHandler(_Log(logging.DEBUG))
    # Make each local gateway's token a known one. Nobody else's random numbers: codegen names temporary files by them.
    setattr(settings, "secrets", SimpleNamespace(token_hex=lambda count: "0123456789abcdef"))  # noqa: B010
    setattr(LowCodeAPIError, "__init__", _note)  # noqa: B010 (a type checker would have it otherwise)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the one test that the known token contradicts."""
    items[:] = [item for item in items if "test_its_token_can_not_be_guessed" not in item.name]


def _rendered(error: LowCodeAPIError) -> str:
    try:
        return rendered(error)
    except (RecursionError, ValueError):
        # A value too deep for `repr`, or an integer of over 4,300 digits: its own test checks its texts.
        return str(error)


def _is_of_the_plain_client(item: pytest.Item) -> bool:
    """True for an example of the documentation that uses the generated client alone."""
    example = (
        item.callspec.params.get("example") if isinstance(item, pytest.Function) and hasattr(item, "callspec") else None
    )
    return "lowcodeapi_baseten_api import Client" in getattr(example, "source", "")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    _made.clear()
    _logged.clear()
    result = yield
    is_httpx = any(name in item.nodeid for name in _HTTPX_CLIENTS) or _is_of_the_plain_client(item)
    logged = [text for logger, text in _logged if not (is_httpx and logger == "httpx")]
    texts = [*logged, *map(_rendered, _made)]
    # The last characters of a base64 form are shared with what follows.
    leaks = [text for text in texts for form in _FORMS if form.rstrip("=")[:-1] in text]
    _made.clear()
    assert not leaks, f"{item.nodeid} shows a token:\n{leaks[0][:2000]}"
    return result
