"""A keyring for tests: in memory, or in a file where `KEYRING_OF_TESTS` names one, for other processes to look into."""

from __future__ import annotations

import importlib.metadata
import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend

# Import now what the library's finder of packages imports on first use: a test leaves no module behind.
importlib.metadata.version("keyring")


class Memory(KeyringBackend):
    """Keeps everything, and is recommended."""

    priority = 5.0  # pyright: ignore[reportAssignmentType]

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, if there is one."""
        return self.kept.get(f"{service}: {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""
        self.kept[f"{service}: {username}"] = password
        if path := os.environ.get("KEYRING_OF_TESTS"):
            Path(path).write_text(json.dumps(self.kept))

    def delete_password(self, service: str, username: str) -> None:
        """Delete a secret. As with most keyrings it must be there."""
        del self.kept[f"{service}: {username}"]


class Plain(Memory):
    """As keyrings that write plain text: suitable, but not recommended."""

    priority = 0.5  # pyright: ignore[reportAssignmentType]


class Locked(Memory):
    """Refuses, and repeats what it was given."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Raises."""
        raise OSError(f"can't store {password} on a locked keychain")
