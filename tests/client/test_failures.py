"""The error of a call without an answer advises where to look for the trouble."""

from __future__ import annotations

import pytest
from lowcodeapi_baseten.errors import error_of_failure
from lowcodeapi_baseten.secrets import Token
from lowcodeapi_baseten.steps import Failure
from lowcodeapi_baseten.transport.answers import Refused
from lowcodeapi_baseten.transport.environment import Unusable
from lowcodeapi_baseten.transport.failed import CLOSED, FULL, SILENT, failed, unmade, unsent
from lowcodeapi_baseten.transport.outgoing import Unreadable
from lowcodeapi_baseten_api.types import Attempt

from tests.support.wire import TOKEN

NETWORK = "check base_url and the network"
token = Token(TOKEN)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (unsent(ConnectionError("no"), token), f"be reached (ConnectionError: no) (new format: unsent); {NETWORK}"),
        (failed(ConnectionResetError("no"), token), f"lost (ConnectionResetError: no) (new format: lost); {NETWORK}"),
        (
            failed(Refused("more than max_response_bytes=9", cause="size"), token, 200),
            "max_response_bytes=9 (new format: refused); pass the client a larger max_response_bytes",
        ),
        (
            failed(Refused("no readable gzip"), token, 200),
            "no readable gzip (new format: refused); check base_url and any proxy in between",
        ),
        (
            Failure("refused", "it redirects to another host, 'max_response_bytes'", 302),
            "'max_response_bytes' (new format: refused); check base_url and any proxy in between",
        ),
        (SILENT, f"no answer in time (new format: timeout); {NETWORK}"),
        (CLOSED, "the client is closed (new format: unsent)"),
        (FULL, "every connection was in use, and none became free in time (new format: unsent)"),
        (unsent(Unusable("no proxy"), token), "models.list: no proxy (new format: unsent)"),
        (unsent(Unreadable("gone"), token), "request can't be sent (Unreadable: gone) (new format: unsent)"),
        (unmade(ValueError("no header"), token), "request can't be sent (ValueError: no header) (new format: unsent)"),
    ],
    ids=[
        "refused",
        "broken",
        "too large",
        "no gzip",
        "redirect",
        "silent",
        "closed",
        "full",
        "environment",
        "upload",
        "request",
    ],
)
def test_the_network_is_suspected_only_where_it_may_be_at_fault(failure: Failure, said: str) -> None:
    attempts = [Attempt("new", failure.kind, None, 0.1, "call")]
    error = error_of_failure(failure, "models.list", attempts, request_id=None, is_open=False)
    assert str(error).endswith(said)


@pytest.mark.parametrize(
    ("failure", "is_open", "said"),
    [
        (SILENT, False, f"{NETWORK}; timeout was 0.5 s: raise it to wait longer"),
        (SILENT, True, "check before you send it again; timeout was 0.5 s: raise it to wait longer"),
        (FULL, False, "(new format: unsent); timeout was 0.5 s: raise it to wait longer"),
        (CLOSED, False, "the client is closed (new format: unsent)"),
    ],
    ids=["silent", "may be done", "full", "no timeout"],
)
def test_a_timeout_says_how_long_it_was(failure: Failure, is_open: bool, said: str) -> None:
    attempts = [Attempt("new", failure.kind, None, 0.1, "call")]
    error = error_of_failure(failure, "models.list", attempts, request_id=None, is_open=is_open, timeout=0.5)
    assert str(error).endswith(said)


def test_the_token_is_in_no_text_of_a_failure() -> None:
    for make in (unsent, unmade, failed):
        for error in (OSError(TOKEN), Unreadable(TOKEN), Unusable(TOKEN)):
            assert TOKEN not in make(error, token).text
