"""Findings about the gateway as a whole."""

from __future__ import annotations

from .kind import Kind

_ABOUT = "the gateway"

GATEWAY = (
    Kind(
        "server-url-changed",
        _ABOUT,
        "breaking",
        ("server-url-changed",),
        "The server's URL was {old} and is {new}.",
        "An installed version sends to the old URL unless base_url= is given.",
    ),
    Kind(
        "upstream-host-changed",
        _ABOUT,
        "risky",
        ("upstream-host-changed",),
        "Behind {count} routes stands another host of the provider: {old}, now {new}.",
        "The calls look the same, but another host answers them.",
    ),
    Kind(
        "security-scheme-changed",
        _ABOUT,
        "breaking",
        ("security-scheme-changed",),
        "The security scheme {field} was {old} and is {new}.",
        "An installed version may be refused with 401; this client knows the token in the query only.",
    ),
    Kind(
        "token-place-changed",
        _ABOUT,
        "breaking",
        ("token-place-changed",),
        "The token was sent in {old} and is sent in {new}.",
        "An installed version sends the token where it is not read; every call is refused with 401.",
    ),
    Kind(
        "security-requirement-changed",
        _ABOUT,
        "breaking",
        ("security-requirement-changed",),
        "What a caller has to prove was {old} and is {new}.",
        "{call} may be refused with 401 or 403.",
    ),
    Kind(
        "document-lost",
        _ABOUT,
        "risky",
        ("document-gained",),
        "{document} is no longer there; it had {count} operations.",
        "Every call has one format's route less; gateways that serve that format only can't be reached.",
    ),
    Kind(
        "document-gained",
        _ABOUT,
        "safe",
        ("document-lost",),
        "{document} is there, with {count} operations.",
        "Calls can fall back to one more format.",
        "Added",
    ),
    Kind(
        "unused-schema-changed",
        _ABOUT,
        "safe",
        ("unused-schema-changed",),
        "Schemas have changed that no operation uses.",
        "No call changes by it.",
    ),
    Kind(
        "gateway-text-changed",
        _ABOUT,
        "safe",
        ("gateway-text-changed",),
        "{field} was {old} and is {new}.",
        "The docstring of the package may change, and nothing else.",
    ),
    Kind(
        "document-changed",
        _ABOUT,
        "risky",
        ("document-changed",),
        "{field} was {old} and is {new}.",
        "Read what this means for callers: no rule of this report knows {field}.",
    ),
)
