"""Base of the workflow groups: holds the client that makes the calls and provides the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .driving import Clock

if TYPE_CHECKING:
    from .client import AsyncWorkflowClient, WorkflowClient


class Workflows:
    """A group of operations that belongs to a client."""

    _client: WorkflowClient | AsyncWorkflowClient

    @property
    def _clock(self) -> Clock:
        return self._client.clock
