"""The new URL format: path parameters stay in the path. One route per operation."""

from __future__ import annotations

from collections.abc import Mapping

from .types import Route

NAME = "new"
BASE_URL = "https://api.lowcodeapi.com/baseten"

ROUTES: Mapping[str, Route] = {
    "api_keys.create": Route("POST", "/v1/api_keys"),
    "api_keys.delete": Route("DELETE", "/v1/api_keys"),
    "api_keys.list": Route("GET", "/v1/api_keys"),
    "chains.delete": Route("DELETE", "/v1/chains/{chain_id}"),
    "chains.get": Route("GET", "/v1/chains/{chain_id}"),
    "chains.list": Route("GET", "/v1/chains"),
    "deployments.activate": Route("POST", "/v1/models/{model_id}/deployments/{deployment_id}/activate"),
    "deployments.activate_development": Route("POST", "/v1/models/{model_id}/deployments/development/activate"),
    "deployments.deactivate": Route("POST", "/v1/models/{model_id}/deployments/{deployment_id}/deactivate"),
    "deployments.deactivate_development": Route("POST", "/v1/models/{model_id}/deployments/development/deactivate"),
    "deployments.delete": Route("DELETE", "/v1/models/{model_id}/deployments/{deployment_id}"),
    "deployments.get": Route("GET", "/v1/models/{model_id}/deployments/{deployment_id}"),
    "deployments.get_development": Route("GET", "/v1/models/{model_id}/deployments/development"),
    "deployments.get_production": Route("GET", "/v1/models/{model_id}/deployments/production"),
    "deployments.list": Route("GET", "/v1/models/{model_id}/deployments"),
    "deployments.promote": Route("POST", "/v1/models/{model_id}/deployments/{deployment_id}/promote"),
    "deployments.promote_development": Route("POST", "/v1/models/{model_id}/deployments/development/promote"),
    "deployments.update_autoscaling": Route(
        "PATCH", "/v1/models/{model_id}/deployments/{deployment_id}/autoscaling_settings"
    ),
    "deployments.update_development_autoscaling": Route(
        "PATCH", "/v1/models/{model_id}/deployments/development/autoscaling_settings"
    ),
    "environments.activate": Route("POST", "/v1/models/{model_id}/environments/{env_name}/activate"),
    "environments.cancel_promotion": Route("POST", "/v1/models/{model_id}/environments/{env_name}/cancel_promotion"),
    "environments.create": Route("POST", "/v1/models/{model_id}/environments"),
    "environments.deactivate": Route("POST", "/v1/models/{model_id}/environments/{env_name}/deactivate"),
    "environments.get": Route("GET", "/v1/models/{model_id}/environments/{env_name}"),
    "environments.list": Route("GET", "/v1/models/{model_id}/environments"),
    "environments.promote": Route("POST", "/v1/models/{model_id}/environments/{env_name}/promote"),
    "environments.update": Route("PATCH", "/v1/models/{model_id}/environments/{env_name}"),
    "inference.async_predict_deployment": Route("POST", "/deployment/{deployment_id}/async_predict"),
    "inference.async_predict_development": Route("POST", "/development/async_predict"),
    "inference.async_predict_environment": Route("POST", "/environments/{env_name}/async_predict"),
    "inference.cancel_async_request": Route("DELETE", "/async_request/{request_id}"),
    "inference.get_async_request": Route("GET", "/async_request/{request_id}"),
    "inference.get_deployment_queue_status": Route("GET", "/deployment/{deployment_id}/async_queue_status"),
    "inference.get_development_queue_status": Route("GET", "/development/async_queue_status"),
    "inference.get_environment_queue_status": Route("GET", "/environments/{env_name}/async_queue_status"),
    "inference.predict_deployment": Route("POST", "/deployment/{deployment_id}/predict"),
    "inference.predict_development": Route("POST", "/development/predict"),
    "inference.predict_environment": Route("POST", "/environments/{env_name}/predict"),
    "inference.wake_deployment": Route("POST", "/deployment/{deployment_id}/wake"),
    "inference.wake_development": Route("POST", "/development/wake"),
    "inference.wake_production": Route("POST", "/production/wake"),
    "models.delete": Route("DELETE", "/v1/models/{model_id}"),
    "models.get": Route("GET", "/v1/models/{model_id}"),
    "models.list": Route("GET", "/v1/models"),
    "secrets.list": Route("GET", "/v1/secrets"),
    "secrets.upsert": Route("POST", "/v1/secrets"),
    "training.download": Route("GET", "/v1/training_projects/{training_project_id}/jobs/{training_job_id}/download"),
    "training.get_job": Route("GET", "/v1/training_projects/{training_project_id}/jobs/{training_job_id}"),
    "training.get_logs": Route("GET", "/v1/training_projects/{training_project_id}/jobs/{training_job_id}/logs"),
    "training.get_metrics": Route("GET", "/v1/training_projects/{training_project_id}/jobs/{training_job_id}/metrics"),
    "training.list_checkpoint_files": Route(
        "GET", "/v1/training_projects/{training_project_id}/jobs/{training_job_id}/checkpoint_files"
    ),
    "training.list_checkpoints": Route(
        "GET", "/v1/training_projects/{training_project_id}/jobs/{training_job_id}/checkpoints"
    ),
    "training.list_jobs": Route("GET", "/v1/training_projects/{training_project_id}/jobs"),
    "training.recreate_job": Route(
        "POST", "/v1/training_projects/{training_project_id}/jobs/{training_job_id}/recreate"
    ),
    "training.search_jobs": Route("POST", "/v1/training_jobs/search"),
    "training.stop_job": Route("POST", "/v1/training_projects/{training_project_id}/jobs/{training_job_id}/stop"),
}
