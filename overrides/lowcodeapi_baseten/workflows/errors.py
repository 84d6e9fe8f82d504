"""What can go wrong in a workflow, beyond what a single call can meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import LowCodeAPIError

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import APIKey


class WaitError(LowCodeAPIError):
    """What was waited for did not come.

    Attributes:
        answer: The last answer that was seen, or None where there was none.
        state: The state that it showed, or None.
    """

    def __init__(self, message: str, *, answer: Any = None, state: str | None = None) -> None:
        super().__init__(message)
        self.answer = answer
        self.state = state


class WaitTimeoutError(WaitError, TimeoutError):
    """The deadline of a workflow has passed. What was waited for goes on without us, and can be waited for again."""


class WaitFailedError(WaitError):
    """What was waited for has ended in a state from which nothing good comes."""


class WebhookError(LowCodeAPIError, ValueError):
    """A webhook that must not be believed: its signature, its age or its shape is wrong."""


class DownloadError(LowCodeAPIError):
    """A file could not be fetched.

    Attributes:
        name: The name of the file.
    """

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name = name


class RotationError(LowCodeAPIError):
    """An API key could not be exchanged. The message says which keys exist.

    Attributes:
        old_prefix: The prefix of the key that was to be replaced.
        new_prefix: The prefix of the new key, or None where none is known.
        key: The new key, or None. Its `repr` does not show it.
    """

    def __init__(self, message: str, *, old_prefix: str, new_prefix: str | None = None, key: APIKey | None = None):
        super().__init__(message)
        self.old_prefix = old_prefix
        self.new_prefix = new_prefix
        self.key = key
