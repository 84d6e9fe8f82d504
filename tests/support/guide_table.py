"""The guide's operations by hand: the call, the expected request, and the expected result.

The paths are the guide's, with the corrections of its known slips: deactivating has the path `.../deactivate`, an
asynchronous request sends `model_input`, and autoscaling settings are at the top level of the body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tests.support import guide_payloads as p

JAN_1, JAN_2 = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)


class Row(NamedTuple):
    """One operation. `new` and `old` are its URLs as the guide writes them, after the provider and without the token.

    `result` is the class of the answer, "list[...]" of that class, "Any" for the payload itself, or "None". `fields`
    are some of its attributes by dotted path; of a list, those of its first item.
    """

    id: str
    arguments: tuple[str, ...]
    options: Mapping[str, Any]
    method: str
    new: str
    old: str
    body: Any
    payload: Any
    result: str
    fields: Mapping[str, Any]


def row(
    id: str,
    method: str,
    path: str,
    arguments: tuple[str, ...],
    options: Mapping[str, Any],
    payload: Any,
    result: str,
    fields: Mapping[str, Any] = {},
) -> Row:
    """A row whose URLs follow from the path, and whose query or body follows from the options.

    In the old format, a path parameter's name without signs stands in its place, and the parameter is in the query.
    """
    names = re.findall(r"{(\w+)}", path)
    new, old, query = path, path, []
    for name, value in zip(names, arguments, strict=True):
        new, old = new.replace(f"{{{name}}}", value), old.replace(f"{{{name}}}", name.replace("_", ""))
        query.append(f"{name}={value}")
    own = [f"{name}={value}" for name, value in options.items()] if method in {"GET", "DELETE"} else []
    body = None if own or not options else options.get("body", options)
    new, old = ("?".join(filter(None, (url, "&".join(pairs)))) for url, pairs in ((new, own), (old, query + own)))
    return Row(id, arguments, options, method, new, old, body, payload, result, fields)


_PRODUCTION, _DEP = ("production",), ("dep1",)
_MODEL, _MODEL_DEP, _MODEL_ENV = ("model_abc123",), ("model_abc123", "dep1"), ("model_abc123", "staging")
_JOB = ("proj_123", "job_456")
_INPUT = {"text": "Hello, how are you?"}
_RETRY = {"max_attempts": 2, "initial_delay_ms": 500}
_ASYNC = {
    "model_input": {"prompt": "Generate a long article"},
    "webhook_endpoint": "https://example.com/done",
    "priority": 1,
    "max_time_in_queue_seconds": 600,
    "inference_retry_config": _RETRY,
}
_SCALE = {"min_replica": 1, "max_replica": 10}
_SUCCESS = {"success": True}
_TOMBSTONE = {"id": "model_abc123", "deleted": True}
_QUEUED = {"num_queued_requests": 3, "num_in_progress_requests": 2}
_ACCEPTED = {"status": "ACCEPTED", "message": "the settings will be used soon"}

# fmt: off
INFERENCE = [
    row("inference.predict_environment", "POST", "/environments/{env_name}/predict", _PRODUCTION, {"input": _INPUT},
        p.PREDICTION, "Any"),
    row("inference.predict_development", "POST", "/development/predict", (), {"input": _INPUT}, ["a", 1, None], "Any"),
    row("inference.predict_deployment", "POST", "/deployment/{deployment_id}/predict", _DEP,
        {"body": {"messages": [], "stream": False}}, {"object": "list", "data": [1], "model": "m"}, "Any"),
    row("inference.async_predict_environment", "POST", "/environments/{env_name}/async_predict", _PRODUCTION, _ASYNC,
        {"request_id": "req_456"}, "AsyncPredictResponse", {"request_id": "req_456"}),
    row("inference.async_predict_development", "POST", "/development/async_predict", (), {"model_input": _INPUT},
        {"request_id": "req_456"}, "AsyncPredictResponse", {"request_id": "req_456"}),
    row("inference.async_predict_deployment", "POST", "/deployment/{deployment_id}/async_predict", _DEP,
        {"model_input": _INPUT, "priority": 2}, {"request_id": "req_456"}, "AsyncPredictResponse",
        {"request_id": "req_456"}),
    row("inference.get_async_request", "GET", "/async_request/{request_id}", ("req_456",), {}, p.ASYNC_STATUS,
        "AsyncRequestStatus", {"status": "FAILED", "status_at": JAN_2, "chain_id": None}),
    row("inference.cancel_async_request", "DELETE", "/async_request/{request_id}", ("req_456",), {}, p.CANCELED_REQUEST,
        "CancelAsyncRequestResponse", {"canceled": True}),
    row("inference.get_environment_queue_status", "GET", "/environments/{env_name}/async_queue_status", _PRODUCTION, {},
        p.QUEUE, "AsyncQueueStatus", _QUEUED),
    row("inference.get_development_queue_status", "GET", "/development/async_queue_status", (), {}, p.QUEUE,
        "AsyncQueueStatus", _QUEUED),
    row("inference.get_deployment_queue_status", "GET", "/deployment/{deployment_id}/async_queue_status", _DEP, {},
        p.QUEUE, "AsyncQueueStatus", _QUEUED),
    row("inference.wake_production", "POST", "/production/wake", (), {}, None, "None"),
    row("inference.wake_development", "POST", "/development/wake", (), {}, None, "None"),
    row("inference.wake_deployment", "POST", "/deployment/{deployment_id}/wake", _DEP, {}, None, "None"),
]
MODELS_AND_CHAINS = [
    row("models.list", "GET", "/v1/models", (), {}, {"models": [p.MODEL]}, "list[Model]",
        {"id": "model_abc123", "created_at": JAN_1}),
    row("models.get", "GET", "/v1/models/{model_id}", _MODEL, {}, p.MODEL, "Model",
        {"name": "my-model", "production_deployment_id": "dep1"}),
    row("models.delete", "DELETE", "/v1/models/{model_id}", _MODEL, {}, _TOMBSTONE, "ModelTombstone", _TOMBSTONE),
    row("chains.list", "GET", "/v1/chains", (), {}, {"chains": [p.CHAIN, p.CHAIN]}, "list[Chain]",
        {"id": "chain_abc", "created_at": JAN_1}),
    row("chains.get", "GET", "/v1/chains/{chain_id}", ("chain_abc",), {}, p.CHAIN, "Chain",
        {"deployments_count": 1, "team_name": "my-team"}),
    row("chains.delete", "DELETE", "/v1/chains/{chain_id}", ("chain_abc",), {}, {"id": "chain_abc", "deleted": True},
        "ChainTombstone", {"deleted": True}),
]
DEPLOYMENTS = [
    row("deployments.list", "GET", "/v1/models/{model_id}/deployments", _MODEL, {}, {"deployments": [p.DEPLOYMENT]},
        "list[Deployment]", {"status": "ACTIVE", "labels": {"owner": "me"}}),
    row("deployments.get", "GET", "/v1/models/{model_id}/deployments/{deployment_id}", _MODEL_DEP, {}, p.DEPLOYMENT,
        "Deployment", {"autoscaling_settings.max_replica": 3, "created_at": JAN_1}),
    row("deployments.get_production", "GET", "/v1/models/{model_id}/deployments/production", _MODEL, {}, p.DEPLOYMENT,
        "Deployment", {"is_production": True}),
    row("deployments.get_development", "GET", "/v1/models/{model_id}/deployments/development", _MODEL, {}, p.DEPLOYMENT,
        "Deployment", {"is_development": False}),
    row("deployments.delete", "DELETE", "/v1/models/{model_id}/deployments/{deployment_id}", _MODEL_DEP, {},
        {"id": "dep1", "deleted": True, "model_id": "model_abc123"}, "DeploymentTombstone", {"id": "dep1"}),
    row("deployments.activate", "POST", "/v1/models/{model_id}/deployments/{deployment_id}/activate", _MODEL_DEP, {},
        _SUCCESS, "ActivateResponse", _SUCCESS),
    row("deployments.activate_development", "POST", "/v1/models/{model_id}/deployments/development/activate", _MODEL,
        {}, _SUCCESS, "ActivateResponse", _SUCCESS),
    row("deployments.deactivate", "POST", "/v1/models/{model_id}/deployments/{deployment_id}/deactivate", _MODEL_DEP,
        {}, _SUCCESS, "DeactivateResponse", _SUCCESS),
    row("deployments.deactivate_development", "POST", "/v1/models/{model_id}/deployments/development/deactivate",
        _MODEL, {}, _SUCCESS, "DeactivateResponse", _SUCCESS),
    row("deployments.promote", "POST", "/v1/models/{model_id}/deployments/{deployment_id}/promote", _MODEL_DEP,
        {"scale_down_previous_production": False}, p.DEPLOYMENT, "Deployment", {"id": "dep1"}),
    row("deployments.promote_development", "POST", "/v1/models/{model_id}/deployments/development/promote", _MODEL,
        {"scale_down_previous_production": True}, p.DEPLOYMENT, "Deployment", {"environment": "production"}),
    row("deployments.update_autoscaling", "PATCH",
        "/v1/models/{model_id}/deployments/{deployment_id}/autoscaling_settings", _MODEL_DEP, _SCALE, p.ACCEPTED,
        "UpdateAutoscalingSettingsResponse", _ACCEPTED),
    row("deployments.update_development_autoscaling", "PATCH",
        "/v1/models/{model_id}/deployments/development/autoscaling_settings", _MODEL,
        {"scale_down_delay": None, "max_replica": 2}, p.ACCEPTED, "UpdateAutoscalingSettingsResponse", _ACCEPTED),
]
ENVIRONMENTS = [
    row("environments.list", "GET", "/v1/models/{model_id}/environments", _MODEL, {}, {"environments": [p.ENVIRONMENT]},
        "list[Environment]", {"current_deployment.id": "dep1"}),
    row("environments.get", "GET", "/v1/models/{model_id}/environments/{env_name}", _MODEL_ENV, {}, p.ENVIRONMENT,
        "Environment",
        {"in_progress_promotion.status": "RAMPING_UP", "instance_type.gpu_type": None, "candidate_deployment": None}),
    row("environments.create", "POST", "/v1/models/{model_id}/environments", _MODEL,
        {"name": "staging", "autoscaling_settings": _SCALE}, p.ENVIRONMENT, "Environment", {"name": "staging"}),
    row("environments.update", "PATCH", "/v1/models/{model_id}/environments/{env_name}", _MODEL_ENV,
        {"promotion_settings": {"rolling_deploy": True}}, p.ACCEPTED, "UpdateAutoscalingSettingsResponse", _ACCEPTED),
    row("environments.activate", "POST", "/v1/models/{model_id}/environments/{env_name}/activate", _MODEL_ENV, {},
        _SUCCESS, "ActivateResponse", _SUCCESS),
    row("environments.deactivate", "POST", "/v1/models/{model_id}/environments/{env_name}/deactivate", _MODEL_ENV, {},
        _SUCCESS, "DeactivateResponse", _SUCCESS),
    row("environments.promote", "POST", "/v1/models/{model_id}/environments/{env_name}/promote", _MODEL_ENV,
        {"deployment_id": "dep2", "scale_down_previous_deployment": False}, p.DEPLOYMENT, "Deployment",
        {"active_replica_count": 1}),
    row("environments.cancel_promotion", "POST", "/v1/models/{model_id}/environments/{env_name}/cancel_promotion",
        _MODEL_ENV, {}, {"status": "RAMPING_DOWN", "message": "soon"}, "CancelPromotionResponse",
        {"status": "RAMPING_DOWN"}),
]
SECRETS_AND_KEYS = [
    row("secrets.list", "GET", "/v1/secrets", (), {}, {"secrets": [p.SECRET]}, "list[Secret]",
        {"name": "hf_access_token", "created_at": JAN_1}),
    row("secrets.upsert", "POST", "/v1/secrets", (), {"name": "hf_access_token", "value": "s3cr€t"}, p.SECRET, "Secret",
        {"id": "secret_1"}),
    row("api_keys.list", "GET", "/v1/api_keys", (), {}, {"keys": [p.KEY_INFO]}, "list[APIKeyInfo]",
        {"prefix": "abcd1234", "type": "WORKSPACE_INVOKE"}),
    row("api_keys.create", "POST", "/v1/api_keys", (),
        {"type": "PERSONAL", "name": None, "model_ids": ["model_abc123"]}, {"api_key": "abcd1234.efgh"}, "APIKey",
        {"api_key": "abcd1234.efgh"}),
    row("api_keys.delete", "DELETE", "/v1/api_keys", (), {"prefix": "abcd1234"}, {"prefix": "abcd1234"},
        "APIKeyTombstone", {"prefix": "abcd1234"}),
]
TRAINING = [
    row("training.list_jobs", "GET", "/v1/training_projects/{training_project_id}/jobs", ("proj_123",), {},
        {"training_project": p.PROJECT, "training_jobs": [p.JOB]}, "ListTrainingJobsResponse",
        {"training_project.id": "proj_123", "training_project.updated_at": JAN_2}),
    row("training.get_job", "GET", "/v1/training_projects/{training_project_id}/jobs/{training_job_id}", _JOB, {},
        {"training_project": p.PROJECT, "training_job": p.JOB}, "GetTrainingJobResponse",
        {"training_job.user.email": "me@example.com", "training_job.availability_model": "spot"}),
    row("training.search_jobs", "POST", "/v1/training_jobs/search", (),
        {"project_id": "proj_123", "statuses": ["A"], "order_by": [{"field": "created_at", "order": "desc"}]},
        {"training_jobs": [p.JOB]}, "SearchTrainingJobsResponse"),
    row("training.stop_job", "POST", "/v1/training_projects/{training_project_id}/jobs/{training_job_id}/stop", _JOB,
        {}, {"training_job": p.JOB}, "StopTrainingJobResponse", {"training_job.id": "job_456"}),
    row("training.recreate_job", "POST", "/v1/training_projects/{training_project_id}/jobs/{training_job_id}/recreate",
        _JOB, {}, {"training_job": p.JOB}, "RecreateTrainingJobResponse", {"training_job.created_at": JAN_1}),
    row("training.list_checkpoints", "GET",
        "/v1/training_projects/{training_project_id}/jobs/{training_job_id}/checkpoints", _JOB, {}, p.CHECKPOINTS,
        "GetTrainingJobCheckpointsResponse", {"training_job.checkpoint_sync_status": "SYNCING"}),
    row("training.list_checkpoint_files", "GET",
        "/v1/training_projects/{training_project_id}/jobs/{training_job_id}/checkpoint_files",
        _JOB, {"page_size": 1, "page_token": 1}, p.CHECKPOINT_FILES, "GetTrainingJobCheckpointFilesResponse",
        {"next_page_token": 2, "total_count": 11}),
    row("training.get_logs", "GET",
        "/v1/training_projects/{training_project_id}/jobs/{training_job_id}/logs",
        _JOB,
        {"start_epoch_millis": 1735689600000, "end_epoch_millis": 1735693200000, "direction": "desc", "limit": 10},
        p.LOGS, "GetLogsResponse"),
    row("training.get_metrics", "GET",
        "/v1/training_projects/{training_project_id}/jobs/{training_job_id}/metrics",
        _JOB, {"start_epoch_millis": 0, "end_epoch_millis": 60000}, p.METRICS, "GetTrainingJobMetricsResponse",
        {"cache": None, "training_job.name": "my-job"}),
    row("training.download", "GET", "/v1/training_projects/{training_project_id}/jobs/{training_job_id}/download", _JOB,
        {}, {"artifact_presigned_urls": ["https://files.example.com/a.tgz"]}, "DownloadTrainingJobResponse",
        {"artifact_presigned_urls": ["https://files.example.com/a.tgz"]}),
]
TABLE = [
]
# fmt: on

TABLE = [*INFERENCE, *MODELS_AND_CHAINS, *DEPLOYMENTS, *ENVIRONMENTS, *SECRETS_AND_KEYS, *TRAINING]
