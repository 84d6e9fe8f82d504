"""The structures sent and received. Each is imported on first use."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .activate_response import ActivateResponse as ActivateResponse
    from .api_key import APIKey as APIKey
    from .api_key_category import APIKeyCategory as APIKeyCategory
    from .api_key_category import APIKeyCategoryValue as APIKeyCategoryValue
    from .api_key_info import APIKeyInfo as APIKeyInfo
    from .api_key_tombstone import APIKeyTombstone as APIKeyTombstone
    from .async_predict_response import AsyncPredictResponse as AsyncPredictResponse
    from .async_queue_status import AsyncQueueStatus as AsyncQueueStatus
    from .async_request_error import AsyncRequestError as AsyncRequestError
    from .async_request_error_code import AsyncRequestErrorCode as AsyncRequestErrorCode
    from .async_request_error_code import AsyncRequestErrorCodeValue as AsyncRequestErrorCodeValue
    from .async_request_state import AsyncRequestState as AsyncRequestState
    from .async_request_state import AsyncRequestStateValue as AsyncRequestStateValue
    from .async_request_status import AsyncRequestStatus as AsyncRequestStatus
    from .async_webhook_status import AsyncWebhookStatus as AsyncWebhookStatus
    from .async_webhook_status import AsyncWebhookStatusValue as AsyncWebhookStatusValue
    from .autoscaling_settings import AutoscalingSettings as AutoscalingSettings
    from .cancel_async_request_response import CancelAsyncRequestResponse as CancelAsyncRequestResponse
    from .cancel_promotion_response import CancelPromotionResponse as CancelPromotionResponse
    from .cancel_promotion_status import CancelPromotionStatus as CancelPromotionStatus
    from .cancel_promotion_status import CancelPromotionStatusValue as CancelPromotionStatusValue
    from .chain import Chain as Chain
    from .chain_tombstone import ChainTombstone as ChainTombstone
    from .checkpoint_file import CheckpointFile as CheckpointFile
    from .checkpoint_sync_status import CheckpointSyncStatus as CheckpointSyncStatus
    from .checkpoint_sync_status import CheckpointSyncStatusValue as CheckpointSyncStatusValue
    from .deactivate_response import DeactivateResponse as DeactivateResponse
    from .deployment import Deployment as Deployment
    from .deployment_status import DeploymentStatus as DeploymentStatus
    from .deployment_status import DeploymentStatusValue as DeploymentStatusValue
    from .deployment_tombstone import DeploymentTombstone as DeploymentTombstone
    from .download_training_job_response import DownloadTrainingJobResponse as DownloadTrainingJobResponse
    from .environment import Environment as Environment
    from .get_logs_response import GetLogsResponse as GetLogsResponse
    from .get_training_job_checkpoint_files_response import (
        GetTrainingJobCheckpointFilesResponse as GetTrainingJobCheckpointFilesResponse,
    )
    from .get_training_job_checkpoints_response import (
        GetTrainingJobCheckpointsResponse as GetTrainingJobCheckpointsResponse,
    )
    from .get_training_job_metrics_response import GetTrainingJobMetricsResponse as GetTrainingJobMetricsResponse
    from .get_training_job_response import GetTrainingJobResponse as GetTrainingJobResponse
    from .in_progress_promotion import InProgressPromotion as InProgressPromotion
    from .in_progress_promotion_status import InProgressPromotionStatus as InProgressPromotionStatus
    from .in_progress_promotion_status import InProgressPromotionStatusValue as InProgressPromotionStatusValue
    from .inference_retry_config import InferenceRetryConfig as InferenceRetryConfig
    from .inference_retry_config import InferenceRetryConfigDict as InferenceRetryConfigDict
    from .instance_type import InstanceType as InstanceType
    from .list_training_jobs_response import ListTrainingJobsResponse as ListTrainingJobsResponse
    from .log import Log as Log
    from .log_level import LogLevel as LogLevel
    from .log_level import LogLevelValue as LogLevelValue
    from .model import Model as Model
    from .model_tombstone import ModelTombstone as ModelTombstone
    from .order_by import OrderBy as OrderBy
    from .order_by import OrderByDict as OrderByDict
    from .promotion_cleanup_strategy import PromotionCleanupStrategy as PromotionCleanupStrategy
    from .promotion_cleanup_strategy import PromotionCleanupStrategyValue as PromotionCleanupStrategyValue
    from .promotion_settings import PromotionSettings as PromotionSettings
    from .recreate_training_job_response import RecreateTrainingJobResponse as RecreateTrainingJobResponse
    from .rolling_deploy_config import RollingDeployConfig as RollingDeployConfig
    from .rolling_deploy_strategy import RollingDeployStrategy as RollingDeployStrategy
    from .rolling_deploy_strategy import RollingDeployStrategyValue as RollingDeployStrategyValue
    from .schema import Schema as Schema
    from .search_training_jobs_response import SearchTrainingJobsResponse as SearchTrainingJobsResponse
    from .secret import Secret as Secret
    from .sort_order import SortOrder as SortOrder
    from .sort_order import SortOrderValue as SortOrderValue
    from .stop_training_job_response import StopTrainingJobResponse as StopTrainingJobResponse
    from .storage_metrics import StorageMetrics as StorageMetrics
    from .training_job import TrainingJob as TrainingJob
    from .training_job_checkpoint import TrainingJobCheckpoint as TrainingJobCheckpoint
    from .training_job_metric import TrainingJobMetric as TrainingJobMetric
    from .training_job_metrics import TrainingJobMetrics as TrainingJobMetrics
    from .training_job_node_metrics import TrainingJobNodeMetrics as TrainingJobNodeMetrics
    from .training_project import TrainingProject as TrainingProject
    from .training_project_summary import TrainingProjectSummary as TrainingProjectSummary
    from .update_autoscaling_settings import UpdateAutoscalingSettings as UpdateAutoscalingSettings
    from .update_autoscaling_settings import UpdateAutoscalingSettingsDict as UpdateAutoscalingSettingsDict
    from .update_autoscaling_settings_response import (
        UpdateAutoscalingSettingsResponse as UpdateAutoscalingSettingsResponse,
    )
    from .update_autoscaling_settings_status import UpdateAutoscalingSettingsStatus as UpdateAutoscalingSettingsStatus
    from .update_autoscaling_settings_status import (
        UpdateAutoscalingSettingsStatusValue as UpdateAutoscalingSettingsStatusValue,
    )
    from .update_promotion_settings import UpdatePromotionSettings as UpdatePromotionSettings
    from .update_promotion_settings import UpdatePromotionSettingsDict as UpdatePromotionSettingsDict
    from .update_rolling_deploy_config import UpdateRollingDeployConfig as UpdateRollingDeployConfig
    from .update_rolling_deploy_config import UpdateRollingDeployConfigDict as UpdateRollingDeployConfigDict
    from .user import User as User
    from .v1_availability_model import V1AvailabilityModel as V1AvailabilityModel
    from .v1_availability_model import V1AvailabilityModelValue as V1AvailabilityModelValue

_MODULES = {
    "APIKey": "api_key",
    "APIKeyCategory": "api_key_category",
    "APIKeyCategoryValue": "api_key_category",
    "APIKeyInfo": "api_key_info",
    "APIKeyTombstone": "api_key_tombstone",
    "ActivateResponse": "activate_response",
    "AsyncPredictResponse": "async_predict_response",
    "AsyncQueueStatus": "async_queue_status",
    "AsyncRequestError": "async_request_error",
    "AsyncRequestErrorCode": "async_request_error_code",
    "AsyncRequestErrorCodeValue": "async_request_error_code",
    "AsyncRequestState": "async_request_state",
    "AsyncRequestStateValue": "async_request_state",
    "AsyncRequestStatus": "async_request_status",
    "AsyncWebhookStatus": "async_webhook_status",
    "AsyncWebhookStatusValue": "async_webhook_status",
    "AutoscalingSettings": "autoscaling_settings",
    "CancelAsyncRequestResponse": "cancel_async_request_response",
    "CancelPromotionResponse": "cancel_promotion_response",
    "CancelPromotionStatus": "cancel_promotion_status",
    "CancelPromotionStatusValue": "cancel_promotion_status",
    "Chain": "chain",
    "ChainTombstone": "chain_tombstone",
    "CheckpointFile": "checkpoint_file",
    "CheckpointSyncStatus": "checkpoint_sync_status",
    "CheckpointSyncStatusValue": "checkpoint_sync_status",
    "DeactivateResponse": "deactivate_response",
    "Deployment": "deployment",
    "DeploymentStatus": "deployment_status",
    "DeploymentStatusValue": "deployment_status",
    "DeploymentTombstone": "deployment_tombstone",
    "DownloadTrainingJobResponse": "download_training_job_response",
    "Environment": "environment",
    "GetLogsResponse": "get_logs_response",
    "GetTrainingJobCheckpointFilesResponse": "get_training_job_checkpoint_files_response",
    "GetTrainingJobCheckpointsResponse": "get_training_job_checkpoints_response",
    "GetTrainingJobMetricsResponse": "get_training_job_metrics_response",
    "GetTrainingJobResponse": "get_training_job_response",
    "InProgressPromotion": "in_progress_promotion",
    "InProgressPromotionStatus": "in_progress_promotion_status",
    "InProgressPromotionStatusValue": "in_progress_promotion_status",
    "InferenceRetryConfig": "inference_retry_config",
    "InferenceRetryConfigDict": "inference_retry_config",
    "InstanceType": "instance_type",
    "ListTrainingJobsResponse": "list_training_jobs_response",
    "Log": "log",
    "LogLevel": "log_level",
    "LogLevelValue": "log_level",
    "Model": "model",
    "ModelTombstone": "model_tombstone",
    "OrderBy": "order_by",
    "OrderByDict": "order_by",
    "PromotionCleanupStrategy": "promotion_cleanup_strategy",
    "PromotionCleanupStrategyValue": "promotion_cleanup_strategy",
    "PromotionSettings": "promotion_settings",
    "RecreateTrainingJobResponse": "recreate_training_job_response",
    "RollingDeployConfig": "rolling_deploy_config",
    "RollingDeployStrategy": "rolling_deploy_strategy",
    "RollingDeployStrategyValue": "rolling_deploy_strategy",
    "SearchTrainingJobsResponse": "search_training_jobs_response",
    "Secret": "secret",
    "SortOrder": "sort_order",
    "SortOrderValue": "sort_order",
    "StopTrainingJobResponse": "stop_training_job_response",
    "StorageMetrics": "storage_metrics",
    "TrainingJob": "training_job",
    "TrainingJobCheckpoint": "training_job_checkpoint",
    "TrainingJobMetric": "training_job_metric",
    "TrainingJobMetrics": "training_job_metrics",
    "TrainingJobNodeMetrics": "training_job_node_metrics",
    "TrainingProject": "training_project",
    "TrainingProjectSummary": "training_project_summary",
    "UpdateAutoscalingSettings": "update_autoscaling_settings",
    "UpdateAutoscalingSettingsDict": "update_autoscaling_settings",
    "UpdateAutoscalingSettingsResponse": "update_autoscaling_settings_response",
    "UpdateAutoscalingSettingsStatus": "update_autoscaling_settings_status",
    "UpdateAutoscalingSettingsStatusValue": "update_autoscaling_settings_status",
    "UpdatePromotionSettings": "update_promotion_settings",
    "UpdatePromotionSettingsDict": "update_promotion_settings",
    "UpdateRollingDeployConfig": "update_rolling_deploy_config",
    "UpdateRollingDeployConfigDict": "update_rolling_deploy_config",
    "User": "user",
    "V1AvailabilityModel": "v1_availability_model",
    "V1AvailabilityModelValue": "v1_availability_model",
    "Schema": "schema",
}

__all__ = [
    "APIKey",
    "APIKeyCategory",
    "APIKeyCategoryValue",
    "APIKeyInfo",
    "APIKeyTombstone",
    "ActivateResponse",
    "AsyncPredictResponse",
    "AsyncQueueStatus",
    "AsyncRequestError",
    "AsyncRequestErrorCode",
    "AsyncRequestErrorCodeValue",
    "AsyncRequestState",
    "AsyncRequestStateValue",
    "AsyncRequestStatus",
    "AsyncWebhookStatus",
    "AsyncWebhookStatusValue",
    "AutoscalingSettings",
    "CancelAsyncRequestResponse",
    "CancelPromotionResponse",
    "CancelPromotionStatus",
    "CancelPromotionStatusValue",
    "Chain",
    "ChainTombstone",
    "CheckpointFile",
    "CheckpointSyncStatus",
    "CheckpointSyncStatusValue",
    "DeactivateResponse",
    "Deployment",
    "DeploymentStatus",
    "DeploymentStatusValue",
    "DeploymentTombstone",
    "DownloadTrainingJobResponse",
    "Environment",
    "GetLogsResponse",
    "GetTrainingJobCheckpointFilesResponse",
    "GetTrainingJobCheckpointsResponse",
    "GetTrainingJobMetricsResponse",
    "GetTrainingJobResponse",
    "InProgressPromotion",
    "InProgressPromotionStatus",
    "InProgressPromotionStatusValue",
    "InferenceRetryConfig",
    "InferenceRetryConfigDict",
    "InstanceType",
    "ListTrainingJobsResponse",
    "Log",
    "LogLevel",
    "LogLevelValue",
    "Model",
    "ModelTombstone",
    "OrderBy",
    "OrderByDict",
    "PromotionCleanupStrategy",
    "PromotionCleanupStrategyValue",
    "PromotionSettings",
    "RecreateTrainingJobResponse",
    "RollingDeployConfig",
    "RollingDeployStrategy",
    "RollingDeployStrategyValue",
    "Schema",
    "SearchTrainingJobsResponse",
    "Secret",
    "SortOrder",
    "SortOrderValue",
    "StopTrainingJobResponse",
    "StorageMetrics",
    "TrainingJob",
    "TrainingJobCheckpoint",
    "TrainingJobMetric",
    "TrainingJobMetrics",
    "TrainingJobNodeMetrics",
    "TrainingProject",
    "TrainingProjectSummary",
    "UpdateAutoscalingSettings",
    "UpdateAutoscalingSettingsDict",
    "UpdateAutoscalingSettingsResponse",
    "UpdateAutoscalingSettingsStatus",
    "UpdateAutoscalingSettingsStatusValue",
    "UpdatePromotionSettings",
    "UpdatePromotionSettingsDict",
    "UpdateRollingDeployConfig",
    "UpdateRollingDeployConfigDict",
    "User",
    "V1AvailabilityModel",
    "V1AvailabilityModelValue",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_MODULES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
