"""Of two packages what is not equal in both.

To render a package and read it back takes as long as to make it. A method is rendered from its operation alone, a class
from its model or enum alone: what is equal in both packages reads the same in both, and is no change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import attrs

from ..tree import Enum, Model, Package


def unequal(old: Package, new: Package, also: Collection[str] = ()) -> tuple[Package, Package]:
    """Both packages without what is equal in both, but with the operations of the names in `also`."""
    sides = old, new
    operations = _differing(*({each.id: each for each in side.operations} for side in sides)) | set(also)
    classes = _differing(*({each.name: each for each in _classes(side)} for side in sides))
    # The module of a model imports the classes of its fields. They stay in both, or one would seem to be gone.
    queue = list(classes)
    uses = [{model.name: _used(model) for model in side.models} for side in sides]
    while queue:
        name = queue.pop()
        found = {used for side in uses for used in side.get(name, ())} - classes
        classes |= found
        queue += found
    kept = [
        attrs.evolve(
            side,
            operations=tuple(each for each in side.operations if each.id in operations),
            models=tuple(each for each in side.models if each.name in classes),
            enums=tuple(each for each in side.enums if each.name in classes),
        )
        for side in sides
    ]
    return kept[0], kept[1]


def _differing(old: Mapping[str, object], new: Mapping[str, object]) -> set[str]:
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def _classes(package: Package) -> tuple[Model | Enum, ...]:
    return (*package.models, *package.enums)


def _used(model: Model) -> set[str]:
    return {inner.class_name for field in model.fields for inner in field.type.walk() if inner.class_name}
