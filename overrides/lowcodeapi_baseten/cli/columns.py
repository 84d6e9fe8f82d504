"""The columns that people see of each list of Baseten's, and an answer as rows with the columns that were asked for.

`--wide` shows all columns, `--columns` those that are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from lowcodeapi_baseten_api.operations import OPERATIONS

from .text import to_json
from .values import misuse

_MISSING = object()


class Listing(NamedTuple):
    """Headings and the fields under them, in the order of their importance: where room is short, the last ones go.

    `key` is the field of the answer that holds the list, if the answer is not the list itself. Without columns it
    stands for any answer, of which nothing is known.
    """

    columns: Mapping[str, str] = {}
    key: str = ""

    def path(self, name: str) -> str:
        """The field under this heading, whatever its case; any other name is a field's own."""
        headings = {heading.casefold(): field for heading, field in self.columns.items()}
        return headings.get(name.casefold(), name)

    def listed(self, value: Any) -> list[Any] | None:
        """The answer if it is a list, else the list that is known to be in it; None if there is none."""
        found = value.get(self.key) if self.columns and isinstance(value, Mapping) else value
        return found if isinstance(found, list) else None

    def rows(self, value: Any) -> list[Any]:
        """The rows of the list; an answer without one is one row."""
        found = self.listed(value)
        return [value] if found is None else found

    def chosen(self, value: Any, columns: Mapping[str, str]) -> Any:
        """The answer with these columns alone, by their names: rows where it has a list, else one object."""
        picked = [{name: at(row, path) for name, path in columns.items()} for row in self.rows(value)]
        return picked[0] if self.listed(value) is None else picked


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


def check_columns(names: Sequence[str], operation: str) -> None:
    """Refuse a column that the rows of a known list lack, before anything is sent. Raises `click.UsageError`."""
    listing = LISTINGS.get(operation)
    if not names or listing is None:
        return
    fields = _fields(operation, listing)
    if missing := [name for name in names if listing.path(name).partition(".")[0] not in fields]:
        raise misuse(_no_column(missing, dict.fromkeys([*listing.columns, *fields])))


def unknown(columns: Mapping[str, str], rows: Sequence[Any]) -> tuple[list[str], str]:
    """The columns that no row has, and a message about them."""
    missing = [name for name, path in columns.items() if all(at(row, path, _MISSING) is _MISSING for row in rows)]
    return missing, _no_column(missing, names_in(rows))


def _no_column(missing: Sequence[str], there: Iterable[str]) -> str:
    are = ", ".join(there)
    return f"there is no column {' or '.join(missing)}; there are {are}" if are else "there are no columns"


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


def at(row: Any, path: str, default: Any = None) -> Any:
    """The value at a path, such as `user.email`. A field whose own name has dots is found too."""
    if not isinstance(row, Mapping):
        return default
    if path in row:
        return row[path]
    first, dot, rest = path.partition(".")
    return at(row.get(first), rest, default) if dot else default


def names_in(rows: Sequence[Any]) -> list[str]:
    """The names of all fields, in the order in which they first come."""
    return list(dict.fromkeys(str(name) for row in rows if isinstance(row, Mapping) for name in row))


class _Lines(list[str]):
    """The lines that are written, each ended as the system's tools expect it.

    The writer quotes only what its own line ending contains, and some readers take a bare `\\r` for one.
    """

    def write(self, line: str) -> None:
        self.append(line.removesuffix("\r\n") + "\n")


def to_csv(rows: Sequence[Any]) -> str:
    """CSV with a line of names. A nested value is JSON in its cell; null is an empty cell."""
    import csv

    def cell(value: Any) -> str:
        return value or "" if value is None or isinstance(value, str) else to_json(value, indent=None)

    names = names_in(rows) or ["value"]
    lines = _Lines()
    writer = csv.writer(lines)
    writer.writerow(names)
    writer.writerows(
        [cell(row.get(name)) for name in names] if isinstance(row, Mapping) else [cell(row)] for row in rows
    )
    return "".join(lines)
