"""Find names that need each other, directly or through others, in time linear in the needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def circles(needs: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Number each name: two names share a number if each needs the other.

    Kosaraju's algorithm: in the reverse order of a search, an unnumbered name that needs another one is in its circle.
    """
    needed_by: dict[str, list[str]] = {}
    for name, others in needs.items():
        for other in others:
            needed_by.setdefault(other, []).append(name)
    numbers: dict[str, int] = {}
    for number, root in enumerate(reversed(_finished(needs))):
        queue = [root]
        while queue:
            name = queue.pop()
            if name not in numbers:
                numbers[name] = number
                queue += needed_by.get(name, ())
    return numbers


def _finished(needs: Mapping[str, Iterable[str]]) -> list[str]:
    """Every name, after all names that it needs and that were not visited before."""
    order: list[str] = []
    met: set[str] = set()
    for root in needs:
        way = [] if root in met else [(root, iter(needs[root]))]
        met.add(root)
        # No recursion: a chain of classes may be deeper than Python's stack.
        while way:
            name, left = way[-1]
            following = next((other for other in left if other not in met), None)
            if following is None:
                order.append(name)
                way.pop()
            else:
                met.add(following)
                way.append((following, iter(needs.get(following, ()))))
    return order
