"""States that move on without real time: every look is one step."""

from __future__ import annotations

import attrs


@attrs.define
class Progress:
    """A status, and the statuses that will follow.

    The first look shows the first status; every later look moves one step, then shows. So the status last seen stays
    true until somebody looks again.
    """

    status: str
    coming: list[str] = attrs.field(factory=list)
    seen: bool = False

    def begin(self, status: str, *coming: str) -> None:
        """Takes on a status at once, and the coming ones with further looks."""
        self.status, self.coming, self.seen = status, list(coming), False

    def look(self) -> str:
        """Moves one step if it is time, and returns the status."""
        if self.seen and self.coming:
            self.status = self.coming.pop(0)
        self.seen = True
        return self.status

    def is_over(self) -> bool:
        """True if the last status has been shown."""
        return self.seen and not self.coming
