"""How a state moves on without real time: every look at a thing is one step."""

from __future__ import annotations

import attrs


@attrs.define
class Progress:
    """A status, and those that will follow it.

    The first look shows the status that was begun; every later look moves one step, then shows. So what was seen last
    is what holds until somebody looks again.
    """

    status: str
    coming: list[str] = attrs.field(factory=list)
    seen: bool = False

    def begin(self, status: str, *coming: str) -> None:
        """Takes on a status at once, and the ones to come with further looks."""
        self.status, self.coming, self.seen = status, list(coming), False

    def look(self) -> str:
        """Moves one step where it is time, and returns the status."""
        if self.seen and self.coming:
            self.status = self.coming.pop(0)
        self.seen = True
        return self.status

    def is_over(self) -> bool:
        """Whether the last status has been shown."""
        return self.seen and not self.coming
