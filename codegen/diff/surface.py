"""The Python interface of a generated package, as griffe reads it from the rendered modules. Nothing is imported."""

from __future__ import annotations

import tempfile
from pathlib import Path

import attrs
import griffe

from .. import render
from ..tree import Operation, Package

_NAME = "package"
_SAME_FOR_ALL = ("models/schema.py", "resources/_raw.py")


@attrs.frozen
class Argument:
    """An argument of a method: by position or by name, required where it has no default."""

    name: str
    annotation: str
    default: str | None
    is_keyword: bool


@attrs.frozen
class Method:
    """A method of a resource."""

    symbol: str
    arguments: dict[str, Argument]
    returns: str
    meanings: dict[str, str] = attrs.field(factory=dict)
    """The field of the documents that each argument stands for."""


@attrs.frozen
class Class:
    """A model or an enum: attributes with their annotations, members with their values."""

    name: str
    is_enum: bool
    is_argument: bool
    """Whether callers make it themselves; of others, which are only received, defaults say nothing."""
    attributes: dict[str, Argument]
    meanings: dict[str, str] = attrs.field(factory=dict)
    """The field of the documents that each attribute stands for."""


@attrs.frozen
class Surface:
    """All that a caller can name."""

    methods: dict[str, Method]
    classes: dict[str, Class]
    names: frozenset[str]
    module: griffe.Module


def surface(package: Package) -> Surface:
    """Render a package, unformatted, and read its interface back with griffe."""
    with tempfile.TemporaryDirectory(prefix="codegen-diff-") as folder:
        root = Path(folder) / _NAME
        for path, text in render.modules(package):
            if path == "__init__.py" or (path.startswith(("models/", "resources/")) and path not in _SAME_FOR_ALL):
                target = root / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
        module = griffe.GriffeLoader(search_paths=[folder]).load(_NAME)
    if not isinstance(module, griffe.Module):
        raise TypeError("griffe read something else than a module")
    methods, classes = _methods(module), _classes(module)
    for operation in package.operations:
        if operation.id in methods:
            methods[operation.id].meanings.update(_meanings(operation))
    for model in package.models:
        if model.name in classes:
            classes[model.name].meanings.update({field.name: field.wire for field in model.fields})
    return Surface(methods, classes, _names(module), module)


def _meanings(operation: Operation) -> dict[str, str]:
    """A path parameter and a field of the body may have one name."""
    places = {"path": operation.path, "query": operation.query, "body": operation.body}
    return {field.name: f"{place} {field.wire}" for place, fields in places.items() for field in fields}


def symbol(path: str) -> str:
    """A dotted path as griffe has it → the symbol as findings have it: sync and async, plain and raw are one."""
    parts = path.removeprefix(f"{_NAME}.").split(".")
    if parts[0] == "resources" and len(parts) > 3:
        return f"{parts[1]}.{parts[3]}"
    if parts[0] == "models" and len(parts) > 2:
        name = parts[2].removesuffix("Dict").removesuffix("Value")
        return ".".join([name, *parts[3:]])
    return ".".join(parts)


def _methods(module: griffe.Module) -> dict[str, Method]:
    found: dict[str, Method] = {}
    for name, resource in _modules(module, "resources"):
        classes = {key: class_ for key, class_ in resource.members.items() if isinstance(class_, griffe.Class)}
        for class_ in classes.values():
            # Beside the plain class stand its asynchronous and raw forms, which take and return the same.
            if not {f"Async{class_.name}", f"Raw{class_.name}"} <= classes.keys():
                continue
            for function in class_.functions.values():
                if not function.name.startswith("_"):
                    id_ = f"{name}.{function.name}"
                    found[id_] = Method(id_, _arguments(function), str(function.returns))
    return found


def _arguments(function: griffe.Function) -> dict[str, Argument]:
    return {
        parameter.name: Argument(
            parameter.name,
            str(parameter.annotation),
            None if parameter.default is None else str(parameter.default),
            parameter.kind is griffe.ParameterKind.keyword_only,
        )
        for parameter in function.parameters
        if parameter.name != "self"
    }


def _classes(module: griffe.Module) -> dict[str, Class]:
    found: dict[str, Class] = {}
    for _, model in _modules(module, "models"):
        own = {key: class_ for key, class_ in model.members.items() if isinstance(class_, griffe.Class)}
        for class_ in own.values():
            if class_.name.removesuffix("Dict") in own.keys() - {class_.name}:
                continue
            is_enum = any("enum" in str(base).lower() for base in class_.bases)
            attributes = {
                name: Argument(name, str(attribute.annotation), _default(attribute), True)
                for name, attribute in class_.attributes.items()
                if not name.startswith("_")
            }
            found[class_.name] = Class(class_.name, is_enum, f"{class_.name}Dict" in own, attributes)
    return found


def _default(attribute: griffe.Attribute) -> str | None:
    """What an attribute is without being given: the enum's value, or the default of an attrs field."""
    text = None if attribute.value is None else str(attribute.value)
    return None if text is None or (text.startswith("attrs.field(") and "default=" not in text) else text


def _names(module: griffe.Module) -> frozenset[str]:
    models = module.modules.get("models")
    exports = [str(name) for part in (module, models) if part is not None for name in part.exports or ()]
    return frozenset(exports)


def _modules(module: griffe.Module, folder: str) -> list[tuple[str, griffe.Module]]:
    found = module.modules.get(folder)
    return [(name, part) for name, part in found.modules.items() if not name.startswith("_")] if found else []
