"""The columns that people see of each list of Baseten's. `--wide` shows all, `--columns` those that are asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import click
from lowcodeapi_baseten_api.operations import OPERATIONS


class Listing(NamedTuple):
    """Headings and the fields under them, in the order of their importance: where room is short, the last ones go.

    `key` is the field of the answer that holds the list, if the answer is not the list itself.
    """

    columns: Mapping[str, str]
    key: str = ""

    def path(self, name: str) -> str:
        """The field under this heading, whatever its case; any other name is a field's own."""
        headings = {heading.casefold(): field for heading, field in self.columns.items()}
        return headings.get(name.casefold(), name)


def _listing(*fields: str, key: str = "", **renamed: str) -> Listing:
    return Listing({**{field: field for field in fields}, **renamed}, key)


_OF_JOBS = {
    "status": "current_status",
    "instance": "instance_type",
    "created": "created_at",
    "user": "user.email",
    "checkpoints": "checkpoint_sync_status",
    "priority": "priority",
    "error": "error_message",
}
LISTINGS: Mapping[str, Listing] = {
    "api_keys.list": _listing("prefix", "name", "type", "model_ids"),
    "chains.list": _listing("id", "name", deployments="deployments_count", created="created_at"),
    "deployments.list": _listing(
        "id",
        "name",
        "status",
        "environment",
        replicas="active_replica_count",
        min_replica="autoscaling_settings.min_replica",
        max_replica="autoscaling_settings.max_replica",
        instance="instance_type_name",
        created="created_at",
    ),
    "environments.list": _listing(
        "name",
        deployment="current_deployment",
        candidate="candidate_deployment",
        promotion="in_progress_promotion.status",
        min_replica="autoscaling_settings.min_replica",
        max_replica="autoscaling_settings.max_replica",
        instance="instance_type",
        created="created_at",
    ),
    "models.list": _listing(
        "id",
        "name",
        deployments="deployments_count",
        production="production_deployment_id",
        development="development_deployment_id",
        instance="instance_type_name",
        created="created_at",
    ),
    "secrets.list": _listing("id", "name", created="created_at"),
    "training.get_logs": _listing("timestamp", "level", "replica", "message", key="logs"),
    "training.list_checkpoint_files": _listing(
        key="presigned_urls", name="relative_file_name", bytes="size_bytes", node="node_rank", modified="last_modified"
    ),
    "training.list_checkpoints": _listing(
        key="checkpoints",
        checkpoint="checkpoint_id",
        type="checkpoint_type",
        bytes="size_bytes",
        sync="sync_status",
        created="created_at",
    ),
    "training.list_jobs": _listing("id", "name", key="training_jobs", **_OF_JOBS),
    "training.search_jobs": _listing("id", "name", key="training_jobs", project="training_project", **_OF_JOBS),
}


def check(names: Sequence[str], operation: str) -> None:
    """Refuse a column that the rows of a known list lack, before anything is sent. Raises `click.UsageError`."""
    listing = LISTINGS.get(operation)
    if not names or listing is None:
        return
    known = [*dict.fromkeys([*listing.columns, *_fields(operation, listing)])]
    if missing := [name for name in names if listing.path(name).partition(".")[0] not in _fields(operation, listing)]:
        text = f"there is no column {' or '.join(missing)}; there are {', '.join(known)}"
        raise click.UsageError(text, click.get_current_context(silent=True))


def _fields(operation: str, listing: Listing) -> list[str]:
    """The fields of a row, as they are spelled in answers."""
    from attrs import fields
    from lowcodeapi_baseten_api import models
    from lowcodeapi_baseten_api.models.schema import attributes

    model = getattr(models, str(OPERATIONS[operation].result))
    if listing.key:
        of_list = str(getattr(fields(model), listing.key).type)
        model = next(getattr(models, word) for word in re.findall(r"\w+", of_list) if word in models.__all__)
    return [*attributes(model)]
