"""Baseten's answers, by its published references: one example of each structure of the guide's operations."""

from __future__ import annotations

from typing import Any, Final

Json = dict[str, Any]
DAY: Final = "2025-01-01T00:00:00Z"
LATER: Final = "2025-01-02T03:04:05Z"

MODEL: Final[Json] = {
    "id": "model_abc123",
    "created_at": DAY,
    "name": "my-model",
    "deployments_count": 2,
    "production_deployment_id": "dep1",
    "development_deployment_id": None,
    "instance_type_name": "1x4",
    "team_name": "my-team",
}
CHAIN: Final[Json] = {
    "id": "chain_abc",
    "created_at": DAY,
    "name": "my-chain",
    "deployments_count": 1,
    "team_name": "my-team",
}
AUTOSCALING: Final[Json] = {
    "min_replica": 0,
    "max_replica": 3,
    "autoscaling_window": 60,
    "scale_down_delay": 900,
    "concurrency_target": 1,
    "target_utilization_percentage": 70,
}
DEPLOYMENT: Final[Json] = {
    "id": "dep1",
    "created_at": DAY,
    "name": "v1",
    "model_id": "model_abc123",
    "is_production": True,
    "is_development": False,
    "status": "ACTIVE",
    "active_replica_count": 1,
    "autoscaling_settings": AUTOSCALING,
    "instance_type_name": None,
    "environment": "production",
    "labels": {"owner": "me"},
}
INSTANCE_TYPE: Final[Json] = {
    "id": "1x4",
    "name": "1 vCPU, 4 GiB",
    "memory_limit_mib": 4096,
    "millicpu_limit": 1000,
    "gpu_count": 0,
    "gpu_type": None,
    "gpu_memory_limit_mib": None,
}
ENVIRONMENT: Final[Json] = {
    "name": "staging",
    "created_at": DAY,
    "model_id": "model_abc123",
    "current_deployment": DEPLOYMENT,
    "candidate_deployment": None,
    "in_progress_promotion": {"status": "RAMPING_UP", "percent_traffic_to_new_version": 25},
    "autoscaling_settings": AUTOSCALING,
    "promotion_settings": {
        "redeploy_on_promotion": False,
        "rolling_deploy": True,
        "promotion_cleanup_strategy": "SCALE_TO_ZERO",
        "rolling_deploy_config": {"rolling_deploy_strategy": "REPLICA", "max_surge_percent": 10},
    },
    "instance_type": INSTANCE_TYPE,
}
ACCEPTED: Final[Json] = {"status": "ACCEPTED", "message": "the settings will be used soon"}
SECRET: Final[Json] = {"id": "secret_1", "created_at": DAY, "name": "hf_access_token", "team_name": "my-team"}
KEY_INFO: Final[Json] = {
    "prefix": "abcd1234",
    "name": "my-key",
    "type": "WORKSPACE_INVOKE",
    "model_ids": ["model_abc123"],
    "team_name": None,
}
PREDICTION: Final[Json] = {"predictions": ["I'm doing well!"], "model_id": "abc123"}
QUEUE: Final[Json] = {
    "model_id": "model_abc123",
    "deployment_id": "dep1",
    "num_queued_requests": 3,
    "num_in_progress_requests": 2,
}
ASYNC_STATUS: Final[Json] = {
    "request_id": "req_456",
    "model_id": "model_abc123",
    "deployment_id": "dep1",
    "status": "FAILED",
    "webhook_status": "NO_WEBHOOK_PROVIDED",
    "created_at": DAY,
    "status_at": LATER,
    "errors": [{"code": "MODEL_PREDICT_TIMEOUT", "message": "it took too long"}],
}
CANCELED_REQUEST: Final[Json] = {"request_id": "req_456", "canceled": True, "message": "canceled"}
PROJECT: Final[Json] = {
    "id": "proj_123",
    "name": "my-training",
    "created_at": DAY,
    "updated_at": LATER,
    "team_name": None,
    "latest_job": None,
}
JOB: Final[Json] = {
    "id": "job_456",
    "created_at": DAY,
    "current_status": "TRAINING_JOB_RUNNING",
    "error_message": None,
    "instance_type": INSTANCE_TYPE,
    "updated_at": LATER,
    "training_project_id": "proj_123",
    "training_project": {"id": "proj_123", "name": "my-training"},
    "name": "my-job",
    "checkpoint_sync_status": "SYNCING",
    "priority": 0,
    "availability_model": "spot",
    "user": {"email": "me@example.com"},
}
CHECKPOINTS: Final[Json] = {
    "training_job": JOB,
    "checkpoints": [
        {
            "checkpoint_id": "checkpoint-100",
            "created_at": DAY,
            "checkpoint_type": "lora",
            "base_model": "a/b",
            "lora_adapter_config": {"r": 8},
            "size_bytes": 1024,
            "sync_status": None,
            "training_job_id": "job_456",
        }
    ],
}
CHECKPOINT_FILES: Final[Json] = {
    "presigned_urls": [
        {
            "url": "https://files.example.com/model.safetensors?X-Signature=abc",
            "relative_file_name": "checkpoint-100/model.safetensors",
            "node_rank": 0,
            "size_bytes": 1024,
            "last_modified": LATER,
        }
    ],
    "next_page_token": 2,
    "total_count": 11,
}
LOGS: Final[Json] = {
    "logs": [{"timestamp": "1735689600000000000", "message": "step 1", "replica": None, "level": "INFO"}]
}
_POINTS: Final = [{"value": 0.5, "timestamp": DAY}]
_STORAGE: Final[Json] = {"usage_bytes": _POINTS, "utilization": []}
_NODE: Final[Json] = {
    "gpu_memory_usage_bytes": {"0": _POINTS},
    "gpu_utilization": {"0": _POINTS},
    "cpu_usage": _POINTS,
    "cpu_memory_usage_bytes": _POINTS,
    "ephemeral_storage": _STORAGE,
}
METRICS: Final[Json] = {
    **_NODE,
    "training_job": JOB,
    "cache": None,
    "per_node_metrics": [{"node_id": "node-0", "metrics": _NODE}],
}
