"""Predictions: choosing where to send them, and the ID of one that was queued."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from lowcodeapi_baseten_api.resources.inference import Inference

from ..errors import InvalidParameterError, LowCodeAPIError
from .fields import id_of

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import AsyncPredictResponse

CALLS = Inference(lambda call: call)
"""Methods that return the call they would make."""


def method_of(
    methods: Any, prefix: str, environment: str | None, deployment: str | None, development: bool
) -> Callable[..., Any]:
    """The method for the one place that is named. Raises `InvalidParameterError` if none or several are."""
    given = [environment is not None, deployment is not None, development]
    if sum(given) != 1:
        raise InvalidParameterError(
            "environment", "is one of three: pass exactly one of environment=, deployment=, development=True"
        )
    if environment is not None:
        return partial(getattr(methods, f"{prefix}_environment"), environment)
    if deployment is not None:
        return partial(getattr(methods, f"{prefix}_deployment"), deployment)
    method: Callable[..., Any] = getattr(methods, f"{prefix}_development")
    return method


def request_id_of(answer: AsyncPredictResponse) -> str:
    """The ID of a queued prediction. Raises `LowCodeAPIError` if the answer has none."""
    request_id = id_of(answer.request_id)
    if request_id is None:
        raise LowCodeAPIError(
            "the prediction was queued, but the answer has no request_id to follow it by; its output goes to the "
            "webhook: don't submit it again"
        )
    return request_id
