"""Calls of the local gateway with a plain HTTP client instead of ours, and of the Baseten behind it without HTTP."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

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


class Account:
    """Asks the Baseten of a gateway that is not running."""

    def __init__(self, **options: Any) -> None:
        self.gateway = LocalGateway(**options)
        self.baseten = self.gateway.baseten

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        path, _, query = path.partition("?")
        return self.baseten.handle(method, path, dict(parse_qsl(query)), {} if body is None else body)

    def status(self, method: str, path: str, body: Any = None) -> int:
        return int(self(method, path, body).status)

    def result(self, method: str, path: str, body: Any = None) -> Any:
        answer = self(method, path, body)
        assert answer.status < 300, answer
        return answer.value

    def looks(self, number: int, path: str, *keys: str) -> list[Any]:
        """A field of each of several looks."""
        found = []
        for _ in range(number):
            value = self.result("GET", path)
            for key in keys:
                value = value and value[key]
            found.append(value)
        return found


def answers(answer: Any) -> Any:
    """A model that always gives this answer."""
    return lambda body: answer


def raises(*arguments: Any) -> Any:
    """A model that fails with this `UpstreamError`."""

    def predict(body: Any) -> Any:
        raise UpstreamError(*arguments)

    return predict
