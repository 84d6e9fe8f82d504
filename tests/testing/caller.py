"""Calls of the local gateway with a plain HTTP client instead of ours; and a model that fails."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from lowcodeapi_baseten.testing import LocalGateway, UpstreamError

SHORT = 0.25
"""Seconds after which a test calls it silence."""
JOB = "/v1/training_projects/proj_123/jobs/job_456"
"""The training job of the seed state."""


class Caller:
    """Sends requests with the token, as any HTTP client would."""

    def __init__(self, gateway: LocalGateway, client: httpx.Client) -> None:
        self.gateway = gateway
        self.client = client

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        url = f"{self.gateway.base_url}{path}{'&' if '?' in path else '?'}api_token={self.gateway.api_token}"
        if body is not None:
            options["json"] = body
        return self.client.request(method, url, **options)

    def result(self, method: str, path: str, body: Any = None) -> Any:
        response = self(method, path, body)
        assert response.status_code < 300, response.text
        return response.json()["result"]

    def is_silent(self, method: str, path: str, body: Any = None) -> bool:
        with pytest.raises(httpx.ReadTimeout):
            self(method, path, body, timeout=SHORT)
        return True


def raises(*arguments: Any) -> Any:
    """A model that fails with this `UpstreamError`."""

    def predict(body: Any) -> Any:
        raise UpstreamError(*arguments)

    return predict
