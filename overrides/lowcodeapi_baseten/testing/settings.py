"""Settings, at construction and while the gateway runs."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

import attrs
from attrs.validators import in_, optional

from .dialect import Documents, Envelope
from .faults import FaultPlan
from .routing import NewFormat, OldFormat
from .upstream import Predict
from .visitors import is_loopback


def echo(body: Any) -> Any:
    """The default model: ``{"echo": body}``."""
    return {"echo": body}


def is_port(instance: object, attribute: object, value: object) -> None:
    """A validator. Raises ``ValueError``."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 65535:
        raise ValueError(f"a port must be a whole number from 0 to 65535; got {value!r}")


def are_here(instance: object, attribute: object, value: Sequence[str]) -> None:
    """A validator of URLs on this machine. Raises ``ValueError``."""
    for url in [value] if isinstance(value, str) else value:
        target = urlsplit(url)
        if isinstance(value, str) or target.scheme != "http" or not is_loopback(target.hostname):
            raise ValueError(f"webhook_endpoints must be a list of http URLs on this machine; got {value!r}")


def random_token() -> str:
    """A token that nobody can guess."""
    return f"lca-local-{secrets.token_hex(8)}"


ModelsList = Literal["object", "bare"]
ApiKeyDelete = Literal["prefix", "path"]
EmptyAnswers = Literal["silent", "answered"]
UnknownRoute = Literal["json", "html"]


@attrs.define(kw_only=True, eq=False)
class BasetenSettings:
    """Settings of Baseten itself."""

    predict: Predict = echo
    """The deployed model: takes the body of a prediction; returns a JSON value, a ``str`` (sent as text) or ``bytes``,
    or a pair of one and its content type; or raises ``UpstreamError``, or ``ConnectionError`` to make Baseten hang up.
    It runs in its own thread, several at a time."""
    models_list: ModelsList = attrs.field(default="object", validator=in_(get_args(ModelsList)))
    """``{"models": [...]}`` as Baseten answers, or a bare list as in the guide."""
    api_key_delete: ApiKeyDelete = attrs.field(default="prefix", validator=in_(get_args(ApiKeyDelete)))
    """``prefix``: ``DELETE /v1/api_keys?prefix=`` works as in the guide; ``path``: it gets Baseten's 404."""
    webhook_secret: str | Sequence[str] | None = None
    """Signs webhooks; several during a rotation; ``None`` leaves them unsigned."""
    webhook_endpoints: Sequence[str] = attrs.field(default=(), validator=are_here)
    """The URLs that webhooks may be posted to: ``["http://127.0.0.1:8000/webhook"]``. No other address is called."""


@attrs.define(kw_only=True, eq=False)
class GatewaySettings(BasetenSettings):
    """Settings of the gateway in front of it."""

    api_token: str = attrs.field(factory=random_token)
    """The accepted token, at random by default. A token that differs before its first ``-`` or ``_`` is malformed,
    others are unknown."""
    envelope: Envelope = attrs.field(default="result", validator=in_(get_args(Envelope)))
    """``result`` as in the published server, ``data`` as in the guide."""
    new_format: NewFormat = attrs.field(default="served", validator=in_(get_args(NewFormat)))
    """``silent``: a request with parameters in its path is never answered, and never reaches Baseten. ``fatal``: such a
    request ends the gateway, as on Node 20, even without a token: every connection breaks, and a supervisor restarts it
    on the same port."""
    documents: Documents | None = attrs.field(default=None, validator=optional(in_(get_args(Documents))))
    """The documents (``/openapi`` and ``/definition``) served beside the API, to anybody: ``both``, ``definition`` or
    ``none``. By default both if the new format is served, else the definition, as the published server does."""
    old_format: OldFormat = attrs.field(default="served", validator=in_(get_args(OldFormat)))
    """``missing`` with the new format served: old URLs match its templates, with ``modelid`` as the id."""
    empty_answers: EmptyAnswers = attrs.field(default="silent", validator=in_(get_args(EmptyAnswers)))
    """The fate of a request that Baseten carries out and answers without a body, or with ``null``: answered or
    silent."""
    unknown_route: UnknownRoute = attrs.field(default="json", validator=in_(get_args(UnknownRoute)))
    """The answer to an unknown GET: 404 as JSON, or an HTML page with status 200. All else unknown gets the 404."""
    faults: FaultPlan | None = None
    settle_after: float | None = None
    """Seconds until an asynchronous prediction is carried out without a look; ``None`` waits for a look."""
    webhook_timeout: float = 10.0
    """Seconds for each of the two attempts to deliver a webhook."""
    request_timeout: float = 30.0
    """Seconds for a whole request to arrive; a slower one gets a 408, and its connection is closed."""
    max_body_bytes: int = 64 * 1024 * 1024
    """A request with a longer body gets a 413."""
    max_connections: int = 4096
    """The most open connections; one more is closed at once."""
    record: bool = True
    """``False`` keeps only counts, not the requests."""
