"""The guide's operations by hand: the call, the expected request, and the expected result.

The URLs are the guide's, with the corrections of its known slips: deactivating has the path `.../deactivate`, an
asynchronous request sends `model_input`, and autoscaling settings are at the top level of the body.
"""

from __future__ import annotations

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
_JOB_QUERY = "training_project_id=proj_123&training_job_id=job_456"
_OLD_JOB = "/v1/training_projects/trainingprojectid/jobs/trainingjobid"
_NEW_JOB = "/v1/training_projects/proj_123/jobs/job_456"
_NEW_MODEL, _OLD_MODEL = "/v1/models/model_abc123", "/v1/models/modelid"
_SUCCESS = {"success": True}
_TOMBSTONE = {"id": "model_abc123", "deleted": True}
_QUEUED = {"num_queued_requests": 3, "num_in_progress_requests": 2}
_ACCEPTED = {"status": "ACCEPTED", "message": "the settings will be used soon"}

# fmt: off
INFERENCE = [
    Row("inference.predict_environment", _PRODUCTION, {"input": _INPUT}, "POST",
        "/environments/production/predict", "/environments/envname/predict?env_name=production",
        {"input": _INPUT}, p.PREDICTION, "Any", {}),
    Row("inference.predict_development", (), {"input": _INPUT}, "POST",
        "/development/predict", "/development/predict",
        {"input": _INPUT}, ["a", 1, None], "Any", {}),
    Row("inference.predict_deployment", _DEP, {"body": {"messages": [], "stream": False}}, "POST",
        "/deployment/dep1/predict", "/deployment/deploymentid/predict?deployment_id=dep1",
        {"messages": [], "stream": False}, {"object": "list", "data": [1], "model": "m"}, "Any", {}),
    Row("inference.async_predict_environment", _PRODUCTION, _ASYNC, "POST",
        "/environments/production/async_predict", "/environments/envname/async_predict?env_name=production",
        _ASYNC, {"request_id": "req_456"}, "AsyncPredictResponse", {"request_id": "req_456"}),
    Row("inference.async_predict_development", (), {"model_input": _INPUT}, "POST",
        "/development/async_predict", "/development/async_predict",
        {"model_input": _INPUT}, {"request_id": "req_456"}, "AsyncPredictResponse", {"request_id": "req_456"}),
    Row("inference.async_predict_deployment", _DEP, {"model_input": _INPUT, "priority": 2}, "POST",
        "/deployment/dep1/async_predict", "/deployment/deploymentid/async_predict?deployment_id=dep1",
        {"model_input": _INPUT, "priority": 2}, {"request_id": "req_456"}, "AsyncPredictResponse",
        {"request_id": "req_456"}),
    Row("inference.get_async_request", ("req_456",), {}, "GET",
        "/async_request/req_456", "/async_request/requestid?request_id=req_456",
        None, p.ASYNC_STATUS, "AsyncRequestStatus", {"status": "FAILED", "status_at": JAN_2, "chain_id": None}),
    Row("inference.cancel_async_request", ("req_456",), {}, "DELETE",
        "/async_request/req_456", "/async_request/requestid?request_id=req_456",
        None, p.CANCELED_REQUEST, "CancelAsyncRequestResponse", {"canceled": True}),
    Row("inference.get_environment_queue_status", _PRODUCTION, {}, "GET",
        "/environments/production/async_queue_status", "/environments/envname/async_queue_status?env_name=production",
        None, p.QUEUE, "AsyncQueueStatus", _QUEUED),
    Row("inference.get_development_queue_status", (), {}, "GET",
        "/development/async_queue_status", "/development/async_queue_status",
        None, p.QUEUE, "AsyncQueueStatus", _QUEUED),
    Row("inference.get_deployment_queue_status", _DEP, {}, "GET",
        "/deployment/dep1/async_queue_status", "/deployment/deploymentid/async_queue_status?deployment_id=dep1",
        None, p.QUEUE, "AsyncQueueStatus", _QUEUED),
    Row("inference.wake_production", (), {}, "POST", "/production/wake", "/production/wake", None, None, "None", {}),
    Row("inference.wake_development", (), {}, "POST", "/development/wake", "/development/wake", None, None, "None", {}),
    Row("inference.wake_deployment", _DEP, {}, "POST",
        "/deployment/dep1/wake", "/deployment/deploymentid/wake?deployment_id=dep1", None, None, "None", {}),
]
MODELS_AND_CHAINS = [
    Row("models.list", (), {}, "GET", "/v1/models", "/v1/models",
        None, {"models": [p.MODEL]}, "list[Model]", {"id": "model_abc123", "created_at": JAN_1}),
    Row("models.get", _MODEL, {}, "GET", _NEW_MODEL, f"{_OLD_MODEL}?model_id=model_abc123",
        None, p.MODEL, "Model", {"name": "my-model", "production_deployment_id": "dep1"}),
    Row("models.delete", _MODEL, {}, "DELETE", _NEW_MODEL, f"{_OLD_MODEL}?model_id=model_abc123",
        None, _TOMBSTONE, "ModelTombstone", _TOMBSTONE),
    Row("chains.list", (), {}, "GET", "/v1/chains", "/v1/chains",
        None, {"chains": [p.CHAIN, p.CHAIN]}, "list[Chain]", {"id": "chain_abc", "created_at": JAN_1}),
    Row("chains.get", ("chain_abc",), {}, "GET",
        "/v1/chains/chain_abc", "/v1/chains/chainid?chain_id=chain_abc",
        None, p.CHAIN, "Chain", {"deployments_count": 1, "team_name": "my-team"}),
    Row("chains.delete", ("chain_abc",), {}, "DELETE",
        "/v1/chains/chain_abc", "/v1/chains/chainid?chain_id=chain_abc",
        None, {"id": "chain_abc", "deleted": True}, "ChainTombstone", {"deleted": True}),
]
DEPLOYMENTS = [
    Row("deployments.list", _MODEL, {}, "GET",
        f"{_NEW_MODEL}/deployments", f"{_OLD_MODEL}/deployments?model_id=model_abc123",
        None, {"deployments": [p.DEPLOYMENT]}, "list[Deployment]", {"status": "ACTIVE", "labels": {"owner": "me"}}),
    Row("deployments.get", _MODEL_DEP, {}, "GET", f"{_NEW_MODEL}/deployments/dep1",
        f"{_OLD_MODEL}/deployments/deploymentid?model_id=model_abc123&deployment_id=dep1",
        None, p.DEPLOYMENT, "Deployment", {"autoscaling_settings.max_replica": 3, "created_at": JAN_1}),
    Row("deployments.get_production", _MODEL, {}, "GET",
        f"{_NEW_MODEL}/deployments/production", f"{_OLD_MODEL}/deployments/production?model_id=model_abc123",
        None, p.DEPLOYMENT, "Deployment", {"is_production": True}),
    Row("deployments.get_development", _MODEL, {}, "GET",
        f"{_NEW_MODEL}/deployments/development", f"{_OLD_MODEL}/deployments/development?model_id=model_abc123",
        None, p.DEPLOYMENT, "Deployment", {"is_development": False}),
    Row("deployments.delete", _MODEL_DEP, {}, "DELETE", f"{_NEW_MODEL}/deployments/dep1",
        f"{_OLD_MODEL}/deployments/deploymentid?model_id=model_abc123&deployment_id=dep1",
        None, {"id": "dep1", "deleted": True, "model_id": "model_abc123"}, "DeploymentTombstone", {"id": "dep1"}),
    Row("deployments.activate", _MODEL_DEP, {}, "POST", f"{_NEW_MODEL}/deployments/dep1/activate",
        f"{_OLD_MODEL}/deployments/deploymentid/activate?model_id=model_abc123&deployment_id=dep1",
        None, _SUCCESS, "ActivateResponse", _SUCCESS),
    Row("deployments.activate_development", _MODEL, {}, "POST", f"{_NEW_MODEL}/deployments/development/activate",
        f"{_OLD_MODEL}/deployments/development/activate?model_id=model_abc123",
        None, _SUCCESS, "ActivateResponse", _SUCCESS),
    Row("deployments.deactivate", _MODEL_DEP, {}, "POST", f"{_NEW_MODEL}/deployments/dep1/deactivate",
        f"{_OLD_MODEL}/deployments/deploymentid/deactivate?model_id=model_abc123&deployment_id=dep1",
        None, _SUCCESS, "DeactivateResponse", _SUCCESS),
    Row("deployments.deactivate_development", _MODEL, {}, "POST", f"{_NEW_MODEL}/deployments/development/deactivate",
        f"{_OLD_MODEL}/deployments/development/deactivate?model_id=model_abc123",
        None, _SUCCESS, "DeactivateResponse", _SUCCESS),
    Row("deployments.promote", _MODEL_DEP, {"scale_down_previous_production": False}, "POST",
        f"{_NEW_MODEL}/deployments/dep1/promote",
        f"{_OLD_MODEL}/deployments/deploymentid/promote?model_id=model_abc123&deployment_id=dep1",
        {"scale_down_previous_production": False}, p.DEPLOYMENT, "Deployment", {"id": "dep1"}),
    Row("deployments.promote_development", _MODEL, {"scale_down_previous_production": True}, "POST",
        f"{_NEW_MODEL}/deployments/development/promote",
        f"{_OLD_MODEL}/deployments/development/promote?model_id=model_abc123",
        {"scale_down_previous_production": True}, p.DEPLOYMENT, "Deployment", {"environment": "production"}),
    Row("deployments.update_autoscaling", _MODEL_DEP, _SCALE, "PATCH",
        f"{_NEW_MODEL}/deployments/dep1/autoscaling_settings",
        f"{_OLD_MODEL}/deployments/deploymentid/autoscaling_settings?model_id=model_abc123&deployment_id=dep1",
        _SCALE, p.ACCEPTED, "UpdateAutoscalingSettingsResponse", _ACCEPTED),
    Row("deployments.update_development_autoscaling", _MODEL, {"scale_down_delay": None, "max_replica": 2}, "PATCH",
        f"{_NEW_MODEL}/deployments/development/autoscaling_settings",
        f"{_OLD_MODEL}/deployments/development/autoscaling_settings?model_id=model_abc123",
        {"scale_down_delay": None, "max_replica": 2}, p.ACCEPTED, "UpdateAutoscalingSettingsResponse", _ACCEPTED),
]
ENVIRONMENTS = [
    Row("environments.list", _MODEL, {}, "GET",
        f"{_NEW_MODEL}/environments", f"{_OLD_MODEL}/environments?model_id=model_abc123",
        None, {"environments": [p.ENVIRONMENT]}, "list[Environment]", {"current_deployment.id": "dep1"}),
    Row("environments.get", _MODEL_ENV, {}, "GET", f"{_NEW_MODEL}/environments/staging",
        f"{_OLD_MODEL}/environments/envname?model_id=model_abc123&env_name=staging",
        None, p.ENVIRONMENT, "Environment",
        {"in_progress_promotion.status": "RAMPING_UP", "instance_type.gpu_type": None, "candidate_deployment": None}),
    Row("environments.create", _MODEL, {"name": "staging", "autoscaling_settings": _SCALE}, "POST",
        f"{_NEW_MODEL}/environments", f"{_OLD_MODEL}/environments?model_id=model_abc123",
        {"name": "staging", "autoscaling_settings": _SCALE}, p.ENVIRONMENT, "Environment", {"name": "staging"}),
    Row("environments.update", _MODEL_ENV, {"promotion_settings": {"rolling_deploy": True}}, "PATCH",
        f"{_NEW_MODEL}/environments/staging",
        f"{_OLD_MODEL}/environments/envname?model_id=model_abc123&env_name=staging",
        {"promotion_settings": {"rolling_deploy": True}}, p.ACCEPTED, "UpdateAutoscalingSettingsResponse", _ACCEPTED),
    Row("environments.activate", _MODEL_ENV, {}, "POST", f"{_NEW_MODEL}/environments/staging/activate",
        f"{_OLD_MODEL}/environments/envname/activate?model_id=model_abc123&env_name=staging",
        None, _SUCCESS, "ActivateResponse", _SUCCESS),
    Row("environments.deactivate", _MODEL_ENV, {}, "POST", f"{_NEW_MODEL}/environments/staging/deactivate",
        f"{_OLD_MODEL}/environments/envname/deactivate?model_id=model_abc123&env_name=staging",
        None, _SUCCESS, "DeactivateResponse", _SUCCESS),
    Row("environments.promote", _MODEL_ENV, {"deployment_id": "dep2", "scale_down_previous_deployment": False}, "POST",
        f"{_NEW_MODEL}/environments/staging/promote",
        f"{_OLD_MODEL}/environments/envname/promote?model_id=model_abc123&env_name=staging",
        {"deployment_id": "dep2", "scale_down_previous_deployment": False}, p.DEPLOYMENT, "Deployment",
        {"active_replica_count": 1}),
    Row("environments.cancel_promotion", _MODEL_ENV, {}, "POST", f"{_NEW_MODEL}/environments/staging/cancel_promotion",
        f"{_OLD_MODEL}/environments/envname/cancel_promotion?model_id=model_abc123&env_name=staging",
        None, {"status": "RAMPING_DOWN", "message": "soon"}, "CancelPromotionResponse", {"status": "RAMPING_DOWN"}),
]
SECRETS_AND_KEYS = [
    Row("secrets.list", (), {}, "GET", "/v1/secrets", "/v1/secrets",
        None, {"secrets": [p.SECRET]}, "list[Secret]", {"name": "hf_access_token", "created_at": JAN_1}),
    Row("secrets.upsert", (), {"name": "hf_access_token", "value": "s3cr€t"}, "POST", "/v1/secrets", "/v1/secrets",
        {"name": "hf_access_token", "value": "s3cr€t"}, p.SECRET, "Secret", {"id": "secret_1"}),
    Row("api_keys.list", (), {}, "GET", "/v1/api_keys", "/v1/api_keys",
        None, {"keys": [p.KEY_INFO]}, "list[APIKeyInfo]", {"prefix": "abcd1234", "type": "WORKSPACE_INVOKE"}),
    Row("api_keys.create", (), {"type": "PERSONAL", "name": None, "model_ids": ["model_abc123"]}, "POST",
        "/v1/api_keys", "/v1/api_keys", {"type": "PERSONAL", "name": None, "model_ids": ["model_abc123"]},
        {"api_key": "abcd1234.efgh"}, "APIKey", {"api_key": "abcd1234.efgh"}),
    Row("api_keys.delete", (), {"prefix": "abcd1234"}, "DELETE",
        "/v1/api_keys?prefix=abcd1234", "/v1/api_keys?prefix=abcd1234",
        None, {"prefix": "abcd1234"}, "APIKeyTombstone", {"prefix": "abcd1234"}),
]
TRAINING = [
    Row("training.list_jobs", ("proj_123",), {}, "GET", "/v1/training_projects/proj_123/jobs",
        "/v1/training_projects/trainingprojectid/jobs?training_project_id=proj_123",
        None, {"training_project": p.PROJECT, "training_jobs": [p.JOB]}, "ListTrainingJobsResponse",
        {"training_project.id": "proj_123", "training_project.updated_at": JAN_2}),
    Row("training.get_job", _JOB, {}, "GET", _NEW_JOB, f"{_OLD_JOB}?{_JOB_QUERY}",
        None, {"training_project": p.PROJECT, "training_job": p.JOB}, "GetTrainingJobResponse",
        {"training_job.user.email": "me@example.com", "training_job.availability_model": "spot"}),
    Row("training.search_jobs", (),
        {"project_id": "proj_123", "statuses": ["A"], "order_by": [{"field": "created_at", "order": "desc"}]}, "POST",
        "/v1/training_jobs/search", "/v1/training_jobs/search",
        {"project_id": "proj_123", "statuses": ["A"], "order_by": [{"field": "created_at", "order": "desc"}]},
        {"training_jobs": [p.JOB]}, "SearchTrainingJobsResponse", {}),
    Row("training.stop_job", _JOB, {}, "POST", f"{_NEW_JOB}/stop", f"{_OLD_JOB}/stop?{_JOB_QUERY}",
        None, {"training_job": p.JOB}, "StopTrainingJobResponse", {"training_job.id": "job_456"}),
    Row("training.recreate_job", _JOB, {}, "POST", f"{_NEW_JOB}/recreate", f"{_OLD_JOB}/recreate?{_JOB_QUERY}",
        None, {"training_job": p.JOB}, "RecreateTrainingJobResponse", {"training_job.created_at": JAN_1}),
    Row("training.list_checkpoints", _JOB, {}, "GET", f"{_NEW_JOB}/checkpoints", f"{_OLD_JOB}/checkpoints?{_JOB_QUERY}",
        None, p.CHECKPOINTS, "GetTrainingJobCheckpointsResponse", {"training_job.checkpoint_sync_status": "SYNCING"}),
    Row("training.list_checkpoint_files", _JOB, {"page_size": 1, "page_token": 1}, "GET",
        f"{_NEW_JOB}/checkpoint_files?page_size=1&page_token=1",
        f"{_OLD_JOB}/checkpoint_files?{_JOB_QUERY}&page_size=1&page_token=1",
        None, p.CHECKPOINT_FILES, "GetTrainingJobCheckpointFilesResponse", {"next_page_token": 2, "total_count": 11}),
    Row("training.get_logs", _JOB,
        {"start_epoch_millis": 1735689600000, "end_epoch_millis": 1735693200000, "direction": "desc", "limit": 10},
        "GET",
        f"{_NEW_JOB}/logs?start_epoch_millis=1735689600000&end_epoch_millis=1735693200000&direction=desc&limit=10",
        f"{_OLD_JOB}/logs?{_JOB_QUERY}&start_epoch_millis=1735689600000&end_epoch_millis=1735693200000"
        "&direction=desc&limit=10",
        None, p.LOGS, "GetLogsResponse", {}),
    Row("training.get_metrics", _JOB, {"start_epoch_millis": 0, "end_epoch_millis": 60000}, "GET",
        f"{_NEW_JOB}/metrics?start_epoch_millis=0&end_epoch_millis=60000",
        f"{_OLD_JOB}/metrics?{_JOB_QUERY}&start_epoch_millis=0&end_epoch_millis=60000",
        None, p.METRICS, "GetTrainingJobMetricsResponse", {"cache": None, "training_job.name": "my-job"}),
    Row("training.download", _JOB, {}, "GET", f"{_NEW_JOB}/download", f"{_OLD_JOB}/download?{_JOB_QUERY}",
        None, {"artifact_presigned_urls": ["https://files.example.com/a.tgz"]}, "DownloadTrainingJobResponse",
        {"artifact_presigned_urls": ["https://files.example.com/a.tgz"]}),
]
# fmt: on

TABLE = [*INFERENCE, *MODELS_AND_CHAINS, *DEPLOYMENTS, *ENVIRONMENTS, *SECRETS_AND_KEYS, *TRAINING]

# Every promised operation, by group.
PROMISED: Mapping[str, str] = {
    "inference": """
        predict_environment predict_development predict_deployment async_predict_environment async_predict_development
        async_predict_deployment get_async_request cancel_async_request get_environment_queue_status
        get_development_queue_status get_deployment_queue_status wake_production wake_development wake_deployment""",
    "models": "list get delete",
    "chains": "list get delete",
    "deployments": """
        list get get_production get_development delete activate activate_development deactivate deactivate_development
        promote promote_development update_autoscaling update_development_autoscaling""",
    "environments": "list get create update activate deactivate promote cancel_promotion",
    "secrets": "list upsert",
    "api_keys": "list create delete",
    "training": """
        list_jobs get_job search_jobs stop_job recreate_job list_checkpoints list_checkpoint_files get_logs get_metrics
        download""",
}
