"""A small program of a user. Type checkers find nothing in it."""

from __future__ import annotations

import datetime
from typing import Any

from lowcodeapi_baseten import UNSET, APIStatusError, AsyncBaseten, Baseten, NotFoundError, RateLimitError, RawResponse
from lowcodeapi_baseten_api import Client, models, new_format, old_format
from lowcodeapi_baseten_api.models import Deployment, DeploymentStatus, Model, OrderBy, UpdateAutoscalingSettings


def read(client: Baseten) -> list[str]:
    found: list[Model] = client.models.list()
    model: Model = client.models.get("abc123", timeout=5)
    created: datetime.datetime = model.created_at
    development: str | None = model.development_deployment_id
    deployment: Deployment = client.deployments.get_production(model.id, extra_query={"a": 1, "b": ["c"]})
    status: DeploymentStatus | str = deployment.status
    raw: RawResponse[Model] = client.with_raw_response.models.get("abc123", extra_headers={"x-trace": "1"})
    count: int = raw.result.deployments_count
    unknown: dict[str, Any] = model.additional_properties
    return [*(model.name for model in found), f"{created} {development} {status} {count} {unknown} {raw.request_id}"]


def change(client: Baseten) -> None:
    answer: Any = client.inference.predict_environment("production", input={"text": "Hello"})
    client.inference.predict_deployment("dep1", body=[answer])
    client.inference.async_predict_development(model_input={}, priority=1, inference_retry_config={"max_attempts": 2})
    client.deployments.update_autoscaling("abc123", "dep1", min_replica=1, max_replica=None, scale_down_delay=UNSET)
    settings = UpdateAutoscalingSettings(min_replica=0)
    client.environments.create("abc123", name="staging", autoscaling_settings=settings)
    client.environments.create("abc123", name="staging", autoscaling_settings={"min_replica": 0})
    client.training.get_logs("proj_123", "job_456", direction="desc", limit=10)
    client.training.search_jobs(order_by=[OrderBy(field="created_at", order="desc"), {"field": "name", "order": "asc"}])
    client.api_keys.create(type=models.APIKeyCategory.PERSONAL)
    client.api_keys.create(type="WORKSPACE_INVOKE", model_ids=("abc123",))
    client.inference.wake_production()


async def read_async() -> str:
    async with AsyncBaseten(api_token="x", url_format="auto", max_retries=0) as client:
        raw: RawResponse[list[Model]] = await client.with_raw_response.models.list()
        model: Model = await client.with_options(timeout=5).models.get(raw.result[0].id)
        return model.name


def caught(client: Baseten) -> float | None:
    try:
        client.models.delete("abc123")
    except RateLimitError as error:
        return error.retry_after
    except (NotFoundError, APIStatusError) as error:
        print(error.status_code, error.error_code, error.request_id, [attempt.format for attempt in error.attempts])
    return None


def plain() -> list[Model]:
    with Client(new_format, params={"api_token": "x"}) as client, Client(old_format) as other:
        return client.models.list() or other.models.list()
