"""What the workflows of a group are given: the client, whose calls they make and whose clock they follow."""

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
