"""The account's initial contents, with the ids of the guide's examples."""

from __future__ import annotations

from lowcodeapi_baseten.testing.objects import (
    RUNNING,
    APIKey,
    Chain,
    Checkpoint,
    Deployment,
    Environment,
    Job,
    Model,
    Progress,
    Project,
    Secret,
    starting,
)
from lowcodeapi_baseten.testing.state import State

CREATED_AT = "2025-01-01T00:00:00Z"


def plant(state: State) -> None:
    """Replaces every collection."""
    state.models = {
        "abc123": Model("abc123", CREATED_AT, "my-model"),
        "model_abc123": Model("model_abc123", CREATED_AT, "my-other-model"),
    }
    state.deployments = {
        deployment.id: deployment
        for deployment in (
            Deployment("dep1", CREATED_AT, "v1", "abc123", environment="production"),
            Deployment("dep2", CREATED_AT, "development", "abc123", is_development=True),
            Deployment("dep3", CREATED_AT, "v2", "abc123", Progress("SCALED_TO_ZERO"), environment="staging"),
            Deployment("dep4", CREATED_AT, "v0", "abc123", Progress("INACTIVE")),
            Deployment("dep5", CREATED_AT, "v1", "model_abc123", environment="production"),
            Deployment("dep6", CREATED_AT, "development", "model_abc123", is_development=True),
            Deployment("dep7", CREATED_AT, "v2", "model_abc123", Progress("SCALED_TO_ZERO"), environment="staging"),
        )
    }
    state.environments = {
        (deployment.model_id, deployment.environment): Environment(
            deployment.environment, CREATED_AT, deployment.model_id, current=deployment.id
        )
        for deployment in state.deployments.values()
        if deployment.environment is not None
    }
    state.chains = {"chain_abc": Chain("chain_abc", CREATED_AT, "my-chain")}
    state.secrets = {"hf_access_token": Secret("secret_seed", CREATED_AT, "hf_access_token", "local-value")}
    state.api_keys = {"abcd1234": APIKey("abcd1234", "my-key", "WORKSPACE_MANAGE_ALL")}
    state.async_requests = {}
    state.training_projects = {"proj_123": Project("proj_123", "my-training", CREATED_AT, CREATED_AT)}
    state.training_jobs = {}
    job = Job("job_456", "proj_123", "my-job", CREATED_AT, CREATED_AT, starting(RUNNING))
    job.checkpoints = [_checkpoint(100, 0), _checkpoint(200, 0), _checkpoint(300, 4)]
    state.add_job(job)


def _checkpoint(number: int, step: int) -> Checkpoint:
    files = {"config.json": 512, "tokenizer.json": 2_000}
    files.update({f"model-{shard:05d}-of-00010.safetensors": 10_000 + shard for shard in range(1, 11)})
    if number == 200:  # large enough for several ranges, or for a cut in the middle
        files["optimizer.pt"] = 1_500_000
    return Checkpoint(f"checkpoint-{number}", files, step)
