"""The effects of an operation: its safety class and its marks, as the overlay says or by its method."""

from __future__ import annotations

from ..document.shape import Operation
from .tree import Safety

SAFETY: tuple[Safety, ...] = ("safe", "idempotent", "unsafe")
MARKS = ("x-destructive", "x-removal", "x-asynchronous")
"""It deletes, cancels, stops or deactivates; what it ends is gone, so that a 404 may mean that it is done; it starts a
prediction that ends later."""


def safety(operation: Operation) -> Safety:
    """The safety class. Without the overlay only a GET is safe, and everything else is unsafe."""
    stated = operation.node.get("x-safety")
    usual: Safety = "safe" if operation.method == "get" else "unsafe"
    return SAFETY[SAFETY.index(stated)] if stated in SAFETY else usual


def has(operation: Operation, mark: str) -> bool:
    """True if the operation has a mark of `MARKS`. Without the overlay a DELETE is destructive and a removal."""
    stated = operation.node.get(mark)
    return stated if isinstance(stated, bool) else operation.method == "delete" and mark != "x-asynchronous"
