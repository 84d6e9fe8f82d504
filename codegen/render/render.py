"""A `tree.Package` → the files of the generated package: templates, then ruff. Same package, same bytes."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2

from ..files.formatting import formatted
from ..package.names import resource_classes
from ..package.tree import Enum, Model, Operation, Package
from .filters import FILTERS

TEMPLATES = Path(__file__).parents[1] / "templates"
# Its connected client is written by hand: `Baseten`, in overrides/.
_HAND_WRITTEN = "baseten"


def render(package: Package, *, is_formatted: bool = True) -> dict[str, bytes]:
    """The files of a package by their path below the output folder: the package itself, and `API.md`.

    Without formatting it is the same package, with lines and imports as the templates leave them.
    """
    files = {f"{package.name}/{path}": text for path, text in _made(package)}
    files = formatted(files) if is_formatted else files
    files |= {f"{package.name}/{path}": text for path, text in _same_for_all(package)}
    files[f"{package.name}/py.typed"] = ""
    files["API.md"] = _template("api.md", package=package)
    return {path: text.encode() for path, text in sorted(files.items())}


def _same_for_all(package: Package) -> Iterable[tuple[str, str]]:
    """The modules independent of the documents. Their templates have ruff's format already."""
    names = ["types", "encode", "decode"]
    names += ["forms"] if _has_forms(package) else []
    names += ["connected"] if _is_connected(package) else []
    has_results = any(_is_other(operation) for operation in package.operations)
    for name in names:
        yield f"{name}.py", _template(f"{name}.py", has_results=has_results)
    yield "resources/__init__.py", '"""One module a group of operations."""\n'
    yield "resources/_raw.py", _template("raw.py")
    yield "models/schema.py", _template("schema.py")


def _made(package: Package) -> Iterable[tuple[str, str]]:
    """The modules that depend on the documents."""
    classes = resource_classes(package.groups)
    yield "__init__.py", _template("package_init.py", package=package, is_connected=_is_connected(package))
    yield "client.py", _template("client.py", groups=list(classes.items()), has_forms=_has_forms(package))
    yield "operations.py", _template("operations.py", package=package)
    for name in ("new", "old"):
        routes = [(each.id, route) for each in package.operations if (route := getattr(each, name))]
        yield f"{name}_format.py", _template("format.py", package=package, name=name, routes=routes)
    others = [
        (each, tuple(sorted(each.result.structures))) for each in package.operations if each.result and _is_other(each)
    ]
    if others:
        yield "results.py", _template("results.py", operations=others)
    for group, operations in package.groups.items():
        yield f"resources/{group}.py", _resource(group, classes[group], operations)
    yield from _models(package)


def _has_forms(package: Package) -> bool:
    return any(operation.media != "json" for operation in package.operations)


def _is_other(operation: Operation) -> bool:
    """True if its answer is neither of a single class nor any value."""
    return operation.result is not None and operation.result.kind not in {"any", "model"}


def _is_connected(package: Package) -> bool:
    return package.provider != _HAND_WRITTEN


def _resource(group: str, class_name: str, operations: list[Operation]) -> str:
    sent = [field.type for operation in operations for field in operation.arguments]
    answers = [operation.result for operation in operations if operation.result]
    return _template(
        "resource.py",
        group=group,
        class_name=class_name,
        operations=operations,
        imports=sorted(
            {name for type_ in (*sent, *answers) for name in type_.structures}
            | {form for type_ in sent for form in type_.structures.values()}
        ),
        has_files=any(inner.kind == "file" for type_ in sent for inner in type_.walk()),
    )


def _models(package: Package) -> Iterable[tuple[str, str]]:
    named: list[Model | Enum] = [*package.models, *package.enums]
    modules = {each.name: each.module for each in named}
    classes = list(modules.items())
    classes += [(f"{model.name}Dict", model.module) for model in package.models if model.is_argument]
    classes += [(f"{enum.name}Value", enum.module) for enum in package.enums]
    yield "models/__init__.py", _template("models_init.py", classes=sorted(classes))
    for enum in package.enums:
        is_text = all(isinstance(value, str) for _, value in enum.members)
        yield f"models/{enum.module}.py", _template("enum.py", enum=enum, is_text=is_text)
    needs = {model.name: {name for field in model.fields for name in field.type.structures} for model in package.models}
    reached = {name: _reached(needs, name) for name in needs}
    for model in package.models:
        # Modules that import each other do so on use, not on import.
        cyclic = {name for name in reached[model.name] if model.name in reached.get(name, ())}
        yield f"models/{model.module}.py", _model(model, modules, cyclic)


def _reached(needs: dict[str, set[str]], name: str) -> set[str]:
    """The names that a name needs, directly or through others."""
    found: set[str] = set()
    queue = [name]
    while queue:
        new = needs.get(queue.pop(), set()) - found
        found |= new
        queue += new
    return found


def _model(model: Model, modules: dict[str, str], cyclic: set[str]) -> str:
    wanted = {
        name: form for field in model.fields for name, form in field.type.structures.items() if name != model.name
    }
    imports = [
        (name, modules[name], [name, *([form] if model.is_argument else [])]) for name, form in sorted(wanted.items())
    ]
    return _template(
        "model.py",
        model=model,
        imports=[row for row in imports if row[0] not in cyclic],
        cyclic=[row for row in imports if row[0] in cyclic],
        is_plain=all(field.wire.isidentifier() and field.wire == field.name for field in model.fields),
    )


# --- templates -------------------------------------------------------------------------------------------------------


def _template(template: str, /, **values: Any) -> str:
    return _environment(TEMPLATES).get_template(f"{template}.jinja").render(**values)


@functools.cache
def _environment(folder: Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # The output is Python and Markdown, never HTML; the filters escape for these.
        autoescape=False,
    )
    environment.filters.update(FILTERS)
    return environment
