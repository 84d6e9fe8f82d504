"""How far an asynchronous request has come."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import date_time, enum_of, list_of, model_of
from .async_request_error import AsyncRequestError
from .async_request_state import AsyncRequestState
from .async_webhook_status import AsyncWebhookStatus
from .schema import Schema, getter, received_as

__all__ = ["AsyncRequestStatus"]


@attrs.frozen(kw_only=True)
class AsyncRequestStatus(Schema):
    """How far an asynchronous request has come."""

    request_id: str
    """ID of the asynchronous request."""
    model_id: str | None = None
    """ID of the model that runs the request."""
    chain_id: str | None = None
    """ID of the chain that runs the request."""
    deployment_id: str
    """ID of the deployment that runs the request."""
    status: AsyncRequestState | str
    """State of the request."""
    webhook_status: AsyncWebhookStatus | str
    """State of the webhook call that delivers the output."""
    created_at: datetime.datetime
    """When the request was received, ISO 8601."""
    status_at: datetime.datetime
    """When the state last changed, ISO 8601."""
    errors: list[AsyncRequestError]
    """What went wrong, empty if nothing did."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> AsyncRequestStatus:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            request_id=get("request_id"),
            model_id=get("model_id"),
            chain_id=get("chain_id"),
            deployment_id=get("deployment_id"),
            status=enum_of(AsyncRequestState, get("status")),
            webhook_status=enum_of(AsyncWebhookStatus, get("webhook_status")),
            created_at=date_time(get("created_at")),
            status_at=date_time(get("status_at")),
            errors=list_of(lambda item: model_of(AsyncRequestError, item), get("errors")),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
