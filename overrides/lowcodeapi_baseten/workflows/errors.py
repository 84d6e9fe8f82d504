"""Errors of workflows, beyond those of a single call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import LowCodeAPIError

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import APIKey


class WaitError(LowCodeAPIError):
    """A wait ended without success.

    Attributes:
        answer: The last answer seen, or None.
        state: The state in it, or None.
    """

    def __init__(self, message: str, *, answer: Any = None, state: str | None = None) -> None:
        super().__init__(message)
        self.answer = answer
        self.state = state


class WaitTimeoutError(WaitError, TimeoutError):
    """The deadline of a workflow has passed.

    What was in progress goes on at Baseten, and can be waited for again. If no look succeeded, `__cause__` is the error
    of the last one.
    """


class WaitFailedError(WaitError):
    """The awaited task has ended in a state of failure."""


class WebhookError(LowCodeAPIError, ValueError):
    """A webhook to reject: its signature, its age or its shape is wrong."""


class DownloadError(LowCodeAPIError):
    """A file could not be fetched.

    Attributes:
        name: The name of the file.
    """

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name = name


class RotationError(LowCodeAPIError):
    """Replacing an API key failed. The message says which keys exist.

    Attributes:
        old_prefix: The prefix of the key to replace.
        new_prefix: The prefix of the new key, or None if unknown.
        key: The new key, or None. Its `repr` does not show it.
    """

    def __init__(self, message: str, *, old_prefix: str, new_prefix: str | None = None, key: APIKey | None = None):
        super().__init__(message)
        self.old_prefix = old_prefix
        self.new_prefix = new_prefix
        self.key = key
