"""The old URL format: sanitised paths, path parameters in the query. One route per operation."""

from __future__ import annotations

from collections.abc import Mapping

from .types import Route

NAME = "old"
BASE_URL = "https://api.lowcodeapi.com/baseten"

ROUTES: Mapping[str, Route] = {
    "api_keys.create": Route("POST", "/v1/api_keys"),
    "api_keys.delete": Route("DELETE", "/v1/api_keys"),
    "api_keys.list": Route("GET", "/v1/api_keys"),
    "chains.delete": Route("DELETE", "/v1/chains/chainid", ("chain_id",)),
    "chains.get": Route("GET", "/v1/chains/chainid", ("chain_id",)),
    "chains.list": Route("GET", "/v1/chains"),
    "deployments.activate": Route(
        "POST", "/v1/models/modelid/deployments/deploymentid/activate", ("model_id", "deployment_id")
    ),
    "deployments.activate_development": Route(
        "POST", "/v1/models/modelid/deployments/development/activate", ("model_id",)
    ),
    "deployments.deactivate": Route(
        "POST", "/v1/models/modelid/deployments/deploymentid/deactivate", ("model_id", "deployment_id")
    ),
    "deployments.deactivate_development": Route(
        "POST", "/v1/models/modelid/deployments/development/deactivate", ("model_id",)
    ),
    "deployments.delete": Route("DELETE", "/v1/models/modelid/deployments/deploymentid", ("model_id", "deployment_id")),
    "deployments.get": Route("GET", "/v1/models/modelid/deployments/deploymentid", ("model_id", "deployment_id")),
    "deployments.get_development": Route("GET", "/v1/models/modelid/deployments/development", ("model_id",)),
    "deployments.get_production": Route("GET", "/v1/models/modelid/deployments/production", ("model_id",)),
    "deployments.list": Route("GET", "/v1/models/modelid/deployments", ("model_id",)),
    "deployments.promote": Route(
        "POST", "/v1/models/modelid/deployments/deploymentid/promote", ("model_id", "deployment_id")
    ),
    "deployments.promote_development": Route(
        "POST", "/v1/models/modelid/deployments/development/promote", ("model_id",)
    ),
    "deployments.update_autoscaling": Route(
        "PATCH", "/v1/models/modelid/deployments/deploymentid/autoscaling_settings", ("model_id", "deployment_id")
    ),
    "deployments.update_development_autoscaling": Route(
        "PATCH", "/v1/models/modelid/deployments/development/autoscaling_settings", ("model_id",)
    ),
    "environments.activate": Route(
        "POST", "/v1/models/modelid/environments/envname/activate", ("model_id", "env_name")
    ),
    "environments.cancel_promotion": Route(
        "POST", "/v1/models/modelid/environments/envname/cancel_promotion", ("model_id", "env_name")
    ),
    "environments.create": Route("POST", "/v1/models/modelid/environments", ("model_id",)),
    "environments.deactivate": Route(
        "POST", "/v1/models/modelid/environments/envname/deactivate", ("model_id", "env_name")
    ),
    "environments.get": Route("GET", "/v1/models/modelid/environments/envname", ("model_id", "env_name")),
    "environments.list": Route("GET", "/v1/models/modelid/environments", ("model_id",)),
    "environments.promote": Route("POST", "/v1/models/modelid/environments/envname/promote", ("model_id", "env_name")),
    "environments.update": Route("PATCH", "/v1/models/modelid/environments/envname", ("model_id", "env_name")),
    "inference.async_predict_deployment": Route("POST", "/deployment/deploymentid/async_predict", ("deployment_id",)),
    "inference.async_predict_development": Route("POST", "/development/async_predict"),
    "inference.async_predict_environment": Route("POST", "/environments/envname/async_predict", ("env_name",)),
    "inference.cancel_async_request": Route("DELETE", "/async_request/requestid", ("request_id",)),
    "inference.get_async_request": Route("GET", "/async_request/requestid", ("request_id",)),
    "inference.get_deployment_queue_status": Route(
        "GET", "/deployment/deploymentid/async_queue_status", ("deployment_id",)
    ),
    "inference.get_development_queue_status": Route("GET", "/development/async_queue_status"),
    "inference.get_environment_queue_status": Route("GET", "/environments/envname/async_queue_status", ("env_name",)),
    "inference.predict_deployment": Route("POST", "/deployment/deploymentid/predict", ("deployment_id",)),
    "inference.predict_development": Route("POST", "/development/predict"),
    "inference.predict_environment": Route("POST", "/environments/envname/predict", ("env_name",)),
    "inference.wake_deployment": Route("POST", "/deployment/deploymentid/wake", ("deployment_id",)),
    "inference.wake_development": Route("POST", "/development/wake"),
    "inference.wake_production": Route("POST", "/production/wake"),
    "models.delete": Route("DELETE", "/v1/models/modelid", ("model_id",)),
    "models.get": Route("GET", "/v1/models/modelid", ("model_id",)),
    "models.list": Route("GET", "/v1/models"),
    "secrets.list": Route("GET", "/v1/secrets"),
    "secrets.upsert": Route("POST", "/v1/secrets"),
    "training.download": Route(
        "GET",
        "/v1/training_projects/trainingprojectid/jobs/trainingjobid/download",
        ("training_project_id", "training_job_id"),
    ),
    "training.get_job": Route(
        "GET", "/v1/training_projects/trainingprojectid/jobs/trainingjobid", ("training_project_id", "training_job_id")
    ),
    "training.get_logs": Route(
        "GET",
        "/v1/training_projects/trainingprojectid/jobs/trainingjobid/logs",
        ("training_project_id", "training_job_id"),
    ),
    "training.get_metrics": Route(
        "GET",
        "/v1/training_projects/trainingprojectid/jobs/trainingjobid/metrics",
        ("training_project_id", "training_job_id"),
    ),
    "training.list_checkpoint_files": Route(
        "GET",
        "/v1/training_projects/trainingprojectid/jobs/trainingjobid/checkpoint_files",
        ("training_project_id", "training_job_id"),
    ),
    "training.list_checkpoints": Route(
        "GET",
        "/v1/training_projects/trainingprojectid/jobs/trainingjobid/checkpoints",
        ("training_project_id", "training_job_id"),
    ),
    "training.list_jobs": Route("GET", "/v1/training_projects/trainingprojectid/jobs", ("training_project_id",)),
    "training.recreate_job": Route(
        "POST",
        "/v1/training_projects/trainingprojectid/jobs/trainingjobid/recreate",
        ("training_project_id", "training_job_id"),
    ),
    "training.search_jobs": Route("POST", "/v1/training_jobs/search"),
    "training.stop_job": Route(
        "POST",
        "/v1/training_projects/trainingprojectid/jobs/trainingjobid/stop",
        ("training_project_id", "training_job_id"),
    ),
}
