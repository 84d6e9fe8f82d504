"""Download one large file in a separate process, and print the peak memory of that process, in bytes.

`SOAK_MEGABYTES=300 python -m pytest tests/workflows/test_workflows_downloads.py -k memory` is the long form.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from lowcodeapi_baseten import Baseten
from lowcodeapi_baseten.workflows import Clock


class Hasty(Clock):
    """A clock whose pauses take no time."""

    def sleep(self, seconds: float) -> None:
        """Return at once."""


def main(base_url: str, token: str, folder: str) -> None:
    with Baseten(api_token=token, base_url=base_url, remember=False) as client:
        client.clock = Hasty()
        client.training.download_checkpoint_files(
            "proj_123", "job_456", to=folder, only=lambda file: file.relative_file_name.endswith("optimizer.pt")
        )
    print(_most_memory())


def _most_memory() -> int:
    status = Path("/proc/self/status")
    if status.exists():
        # Not getrusage(): its peak includes the parent process's memory.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


main(*sys.argv[1:])
