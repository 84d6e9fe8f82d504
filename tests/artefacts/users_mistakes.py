"""Mistakes in a user's code that type checkers must find, one per line."""

from __future__ import annotations

BEFORE = """
from lowcodeapi_baseten import AsyncBaseten, Baseten
from lowcodeapi_baseten_api import Client, models

async def mistakes(client: Baseten, asynchronous: AsyncBaseten) -> None:
    model = client.models.get("abc123")
"""
_LINES = """
client.models.get(5)
client.models.get()
client.models.get("abc123", "dep1")
client.models.get(model="abc123")
client.models.get("abc123", timeout="5")
client.models.delete(None)
client.models.list(extra_query=[("a", "b")])
client.models.list(extra_headers={"x-trace": 1})
client.models.remove("abc123")
client.model.get("abc123")
client.models.list().name
client.inference.predict_environment(input={})
client.inference.predict_environment("production", inputs={})
client.inference.async_predict_development(model_input=[1])
client.inference.async_predict_development(model_input={}, priority="high")
client.inference.async_predict_development(model_input={}, inference_retry_config={"attempts": 2})
client.deployments.get("abc123")
client.deployments.update_autoscaling("abc123", "dep1", min_replica="1")
client.deployments.update_autoscaling("abc123", "dep1", min_instances=1)
client.deployments.promote("abc123", "dep1", scale_down_previous_production=None)
client.environments.create("abc123")
client.environments.create("abc123", name="a", autoscaling_settings={"min_instances": 1})
client.environments.create("abc123", name="a", autoscaling_settings={"min_replica": "1"})
client.environments.promote("abc123", "production")
client.secrets.upsert(name="a")
client.secrets.upsert("a", "b")
client.api_keys.create(type="ADMIN")
client.api_keys.delete("abcd1234")
client.training.get_logs("proj_123", "job_456", direction="down")
client.training.get_logs("proj_123", "job_456", limit="10")
client.training.search_jobs(order_by=[{"field": "name"}])
client.training.search_jobs(statuses=[1])
client.with_raw_response.models.get("abc123").name
client.with_raw_response.models.get(5)
client.with_options(url_format="newest")
asynchronous.models.get("abc123").name
(await asynchronous.models.get("abc123")).nam
Baseten("token")
Baseten(token="token")
Baseten(max_retries="2")
Client("new")
models.OrderBy(field="name")
models.UpdateAutoscalingSettings(min_replica="1")
model.nam
model.name = "another"
model.deployments_count.upper()
model.production_deployment_id.upper()
"""
MISTAKES = _LINES.strip().splitlines()


def program() -> str:
    """All of them after each other."""
    return BEFORE + "".join(f"    {mistake}\n" for mistake in MISTAKES)
