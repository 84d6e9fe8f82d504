"""Every operation: its ID, group, safety class and result. One row per operation."""

from __future__ import annotations

from collections.abc import Mapping

from .types import Operation

OPERATIONS: Mapping[str, Operation] = {
    "api_keys.create": Operation("api_keys.create", "api_keys", "unsafe", "APIKey", secrets=("api_key",)),
    "api_keys.delete": Operation(
        "api_keys.delete", "api_keys", "idempotent", "APIKeyTombstone", is_destructive=True, is_removal=True
    ),
    "api_keys.list": Operation("api_keys.list", "api_keys", "safe", "APIKeyInfo", list_key="keys"),
    "chains.delete": Operation(
        "chains.delete", "chains", "idempotent", "ChainTombstone", is_destructive=True, is_removal=True
    ),
    "chains.get": Operation("chains.get", "chains", "safe", "Chain"),
    "chains.list": Operation("chains.list", "chains", "safe", "Chain", list_key="chains"),
    "deployments.activate": Operation("deployments.activate", "deployments", "idempotent", "ActivateResponse"),
    "deployments.activate_development": Operation(
        "deployments.activate_development", "deployments", "idempotent", "ActivateResponse"
    ),
    "deployments.deactivate": Operation(
        "deployments.deactivate", "deployments", "idempotent", "DeactivateResponse", is_destructive=True
    ),
    "deployments.deactivate_development": Operation(
        "deployments.deactivate_development", "deployments", "idempotent", "DeactivateResponse", is_destructive=True
    ),
    "deployments.delete": Operation(
        "deployments.delete", "deployments", "idempotent", "DeploymentTombstone", is_destructive=True, is_removal=True
    ),
    "deployments.get": Operation("deployments.get", "deployments", "safe", "Deployment"),
    "deployments.get_development": Operation("deployments.get_development", "deployments", "safe", "Deployment"),
    "deployments.get_production": Operation("deployments.get_production", "deployments", "safe", "Deployment"),
    "deployments.list": Operation("deployments.list", "deployments", "safe", "Deployment", list_key="deployments"),
    "deployments.promote": Operation("deployments.promote", "deployments", "unsafe", "Deployment"),
    "deployments.promote_development": Operation(
        "deployments.promote_development", "deployments", "unsafe", "Deployment"
    ),
    "deployments.update_autoscaling": Operation(
        "deployments.update_autoscaling", "deployments", "idempotent", "UpdateAutoscalingSettingsResponse"
    ),
    "deployments.update_development_autoscaling": Operation(
        "deployments.update_development_autoscaling", "deployments", "idempotent", "UpdateAutoscalingSettingsResponse"
    ),
    "environments.activate": Operation("environments.activate", "environments", "idempotent", "ActivateResponse"),
    "environments.cancel_promotion": Operation(
        "environments.cancel_promotion",
        "environments",
        "idempotent",
        "CancelPromotionResponse",
        is_destructive=True,
        is_removal=True,
    ),
    "environments.create": Operation(
        "environments.create",
        "environments",
        "unsafe",
        "Environment",
        structures=(
            ("autoscaling_settings", "UpdateAutoscalingSettings"),
            ("promotion_settings", "UpdatePromotionSettings"),
        ),
    ),
    "environments.deactivate": Operation(
        "environments.deactivate", "environments", "idempotent", "DeactivateResponse", is_destructive=True
    ),
    "environments.get": Operation("environments.get", "environments", "safe", "Environment"),
    "environments.list": Operation("environments.list", "environments", "safe", "Environment", list_key="environments"),
    "environments.promote": Operation("environments.promote", "environments", "unsafe", "Deployment"),
    "environments.update": Operation(
        "environments.update",
        "environments",
        "idempotent",
        "UpdateAutoscalingSettingsResponse",
        structures=(
            ("autoscaling_settings", "UpdateAutoscalingSettings"),
            ("promotion_settings", "UpdatePromotionSettings"),
        ),
    ),
    "inference.async_predict_deployment": Operation(
        "inference.async_predict_deployment",
        "inference",
        "unsafe",
        "AsyncPredictResponse",
        is_asynchronous=True,
        structures=(("inference_retry_config", "InferenceRetryConfig"),),
    ),
    "inference.async_predict_development": Operation(
        "inference.async_predict_development",
        "inference",
        "unsafe",
        "AsyncPredictResponse",
        is_asynchronous=True,
        structures=(("inference_retry_config", "InferenceRetryConfig"),),
    ),
    "inference.async_predict_environment": Operation(
        "inference.async_predict_environment",
        "inference",
        "unsafe",
        "AsyncPredictResponse",
        is_asynchronous=True,
        structures=(("inference_retry_config", "InferenceRetryConfig"),),
    ),
    "inference.cancel_async_request": Operation(
        "inference.cancel_async_request",
        "inference",
        "idempotent",
        "CancelAsyncRequestResponse",
        is_destructive=True,
        is_removal=True,
    ),
    "inference.get_async_request": Operation("inference.get_async_request", "inference", "safe", "AsyncRequestStatus"),
    "inference.get_deployment_queue_status": Operation(
        "inference.get_deployment_queue_status", "inference", "safe", "AsyncQueueStatus"
    ),
    "inference.get_development_queue_status": Operation(
        "inference.get_development_queue_status", "inference", "safe", "AsyncQueueStatus"
    ),
    "inference.get_environment_queue_status": Operation(
        "inference.get_environment_queue_status", "inference", "safe", "AsyncQueueStatus"
    ),
    "inference.predict_deployment": Operation(
        "inference.predict_deployment", "inference", "unsafe", "Any", timeout=600.0
    ),
    "inference.predict_development": Operation(
        "inference.predict_development", "inference", "unsafe", "Any", timeout=600.0
    ),
    "inference.predict_environment": Operation(
        "inference.predict_environment", "inference", "unsafe", "Any", timeout=600.0
    ),
    "inference.wake_deployment": Operation("inference.wake_deployment", "inference", "idempotent", None),
    "inference.wake_development": Operation("inference.wake_development", "inference", "idempotent", None),
    "inference.wake_production": Operation("inference.wake_production", "inference", "idempotent", None),
    "models.delete": Operation(
        "models.delete", "models", "idempotent", "ModelTombstone", is_destructive=True, is_removal=True
    ),
    "models.get": Operation("models.get", "models", "safe", "Model"),
    "models.list": Operation("models.list", "models", "safe", "Model", list_key="models"),
    "secrets.list": Operation("secrets.list", "secrets", "safe", "Secret", list_key="secrets"),
    "secrets.upsert": Operation("secrets.upsert", "secrets", "idempotent", "Secret", secrets=("value",)),
    "training.download": Operation("training.download", "training", "safe", "DownloadTrainingJobResponse"),
    "training.get_job": Operation("training.get_job", "training", "safe", "GetTrainingJobResponse"),
    "training.get_logs": Operation("training.get_logs", "training", "safe", "GetLogsResponse"),
    "training.get_metrics": Operation("training.get_metrics", "training", "safe", "GetTrainingJobMetricsResponse"),
    "training.list_checkpoint_files": Operation(
        "training.list_checkpoint_files", "training", "safe", "GetTrainingJobCheckpointFilesResponse"
    ),
    "training.list_checkpoints": Operation(
        "training.list_checkpoints", "training", "safe", "GetTrainingJobCheckpointsResponse"
    ),
    "training.list_jobs": Operation("training.list_jobs", "training", "safe", "ListTrainingJobsResponse"),
    "training.recreate_job": Operation("training.recreate_job", "training", "unsafe", "RecreateTrainingJobResponse"),
    "training.search_jobs": Operation(
        "training.search_jobs", "training", "safe", "SearchTrainingJobsResponse", structures=(("order_by", "OrderBy"),)
    ),
    "training.stop_job": Operation(
        "training.stop_job", "training", "idempotent", "StopTrainingJobResponse", is_destructive=True
    ),
}
