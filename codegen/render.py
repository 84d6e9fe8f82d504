"""A `tree.Package` → the files of the generated package: templates, then ruff. Same package, same bytes."""

from __future__ import annotations

import functools
import subprocess
import sys
import tempfile
import textwrap
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import jinja2

from . import spelling
from .documents import DocumentError, visible
from .names import resource_classes
from .tree import Field, Model, Operation, Package, Route, Type

WIDTH = 118
TEMPLATES = Path(__file__).parent / "templates"
# Its connected client is written by hand: `Baseten`, in overrides/.
_HAND_WRITTEN = "baseten"
_RUFF = ("--isolated", "--no-cache", "--quiet", "--target-version", "py311", "--line-length", "120")


def render(package: Package, *, is_formatted: bool = True) -> dict[str, bytes]:
    """The files of a package by their path below the output folder: the package itself, and `API.md`.

    Without formatting it is the same package, with lines and imports as the templates leave them.
    """
    files = {f"{package.name}/{path}": text for path, text in modules(package)}
    files = _formatted(files) if is_formatted else files
    files[f"{package.name}/py.typed"] = ""
    files["API.md"] = _template("api.md", package=package)
    return {path: text.encode() for path, text in sorted(files.items())}


def modules(package: Package) -> Iterable[tuple[str, str]]:
    classes = resource_classes(package.groups)
    is_connected = package.provider != _HAND_WRITTEN
    yield "__init__.py", _template("package_init.py", package=package, is_connected=is_connected)
    has_forms = any(operation.media != "json" for operation in package.operations)
    for name in ("types", "encode", "decode", *(["forms"] if has_forms else [])):
        yield f"{name}.py", _static(f"{name}.py")
    yield "client.py", _template("client.py", groups=list(classes.items()), has_forms=has_forms)
    if is_connected:
        yield "connected.py", _static("connected.py")
    yield "operations.py", _template("operations.py", package=package)
    yield "new_format.py", _format_module(package, "new", "path parameters stay in the path.")
    yield "old_format.py", _format_module(package, "old", "sanitised paths, path parameters in the query.")
    yield "resources/__init__.py", '"""One module a group of operations."""\n'
    yield "resources/_raw.py", _static("raw.py")
    for group, operations in package.groups.items():
        yield f"resources/{group}.py", _resource(group, classes[group], operations)
    yield from _models(package)


def _format_module(package: Package, name: str, about: str) -> str:
    routes = [(operation.id, operation.new if name == "new" else operation.old) for operation in package.operations]
    present = [(id_, route) for id_, route in routes if route]
    return _template("format.py", package=package, name=name, about=about, routes=present)


def _resource(group: str, class_name: str, operations: list[Operation]) -> str:
    types = [field.type for operation in operations for field in operation.arguments]
    answers = [operation.result for operation in operations if operation.result]
    names = {inner.class_name for type_ in (*types, *answers) for inner in type_.walk() if inner.class_name}
    names |= {f"{inner.class_name}Dict" for type_ in types for inner in type_.walk() if inner.kind == "model"}
    names |= {f"{inner.class_name}Value" for type_ in types for inner in type_.walk() if inner.kind == "enum"}
    has_files = any(inner.kind == "file" for type_ in types for inner in type_.walk())
    imports = sorted(names)
    return _template(
        "resource.py", group=group, class_name=class_name, operations=operations, imports=imports, has_files=has_files
    )


def _models(package: Package) -> Iterable[tuple[str, str]]:
    modules = {model.name: model.module for model in package.models}
    modules |= {enum.name: enum.module for enum in package.enums}
    classes = [(model.name, model.module) for model in package.models]
    classes += [(f"{model.name}Dict", model.module) for model in package.models if model.is_argument]
    for enum in package.enums:
        classes += [(enum.name, enum.module), (f"{enum.name}Value", enum.module)]
    yield "models/__init__.py", _template("models_init.py", classes=sorted(classes))
    yield "models/schema.py", _static("schema.py")
    for enum in package.enums:
        is_text = all(isinstance(value, str) for _, value in enum.members)
        yield f"models/{enum.module}.py", _template("enum.py", enum=enum, is_text=is_text)
    reach = _reachable_modules(package.models, modules)
    for model in package.models:
        yield f"models/{model.module}.py", _model(model, modules, reach)


def _model(model: Model, modules: dict[str, str], reach: dict[str, set[str]]) -> str:
    wanted: dict[str, set[str]] = {}
    for inner in (inner for field in model.fields for inner in field.type.walk()):
        if inner.class_name and inner.class_name != model.name:
            names = wanted.setdefault(inner.class_name, {inner.class_name})
            if model.is_argument:
                names.add(f"{inner.class_name}{'Dict' if inner.kind == 'model' else 'Value'}")
    imports = [(name, modules[name], sorted(names)) for name, names in sorted(wanted.items())]
    # Two modules that import each other do so when they are used, not when they are imported.
    cyclic = [row for row in imports if model.name in reach.get(row[0], ())]
    return _template(
        "model.py",
        model=model,
        imports=[row for row in imports if row not in cyclic],
        cyclic=cyclic,
        is_plain=all(field.wire.isidentifier() and field.wire == field.name for field in model.fields),
    )


def _reachable_modules(models: tuple[Model, ...], modules: dict[str, str]) -> dict[str, set[str]]:
    """For each class, the classes that its module needs, directly or through others."""
    direct = {
        model.name: {inner.class_name for field in model.fields for inner in field.type.walk() if inner.class_name}
        for model in models
    }
    reach: dict[str, set[str]] = {}
    for name in direct:
        found: set[str] = set()
        queue = [name]
        while queue:
            for other in direct.get(queue.pop(), set()) - found:
                found.add(other)
                queue.append(other)
        reach[name] = found
    return reach


# --- templates -------------------------------------------------------------------------------------------------------


def _template(template: str, /, **values: Any) -> str:
    return _environment(TEMPLATES).get_template(f"{template}.jinja").render(**values)


def _static(template: str) -> str:
    """A module in which nothing depends on the documents."""
    return _static_of(TEMPLATES, template)


@functools.cache
def _static_of(folder: Path, template: str) -> str:
    return _environment(folder).get_template(f"{template}.jinja").render()


def docstring(text: str, indent: int = 0, *, first: int = 0) -> str:
    """Text of a document as it may stand in a docstring: no quotes that end it, no escapes, nothing invisible.

    `indent` is that of the lines after the first, `first` what stands before the text on its first line.
    """
    shown = "".join(" " if char.isspace() else char for char in text)
    shown = "".join(char for char in shown if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    shown = " ".join(shown.split()).replace("\\", "\\\\").replace('"""', "'''")
    lines = textwrap.wrap(
        shown,
        width=WIDTH - indent,
        initial_indent=" " * max(first - indent, 0),
        break_long_words=False,
        break_on_hyphens=False,
    )
    wrapped = ("\n" + " " * indent).join(lines).lstrip()
    # A quote at the end would join those that end the docstring.
    return f'{wrapped[:-1]}\\"' if wrapped.endswith('"') else wrapped


def _attribute(field: Field, is_argument: bool) -> str:
    """The annotation and default of a model's attribute."""
    annotation = spelling.argument(field.type) if is_argument else spelling.answer(field.type)
    settings = []
    if not field.required and is_argument:
        annotation = _or_unset(annotation)
        settings.append(("default", "UNSET"))
    elif not field.required:
        annotation = annotation if annotation == "Any" or annotation.endswith("None") else f"{annotation} | None"
        settings.append(("default", "None"))
    if field.secret:
        settings.append(("repr", "masked"))
    if field.name != field.wire:
        settings.append(("metadata", f"{{'wire': {field.wire!r}}}"))
    if not settings:
        return annotation
    if [key for key, _ in settings] == ["default"]:
        return f"{annotation} = {settings[0][1]}"
    return f"{annotation} = attrs.field({', '.join(f'{key}={value}' for key, value in settings)})"


def _parameter(field: Field) -> str:
    """The annotation and default of a method's argument."""
    annotation = spelling.argument(field.type)
    if field.required:
        return annotation
    return f"{_or_unset(annotation)} = UNSET"


def _or_unset(annotation: str) -> str:
    if annotation == "Any":
        return annotation
    bare = annotation.removesuffix(" | None")
    return f"{bare} | Unset" if bare == annotation else f"{bare} | Unset | None"


def _entry(field: Field) -> str:
    """The annotation of a key of a TypedDict."""
    annotation = spelling.argument(field.type)
    return f"Required[{annotation}]" if field.required else annotation


def _keywords(operation: Operation) -> list[Field]:
    """The keyword arguments of a method: required ones first, then as the document has them."""
    aliased = {name for _, name in operation.aliases}
    fields = []
    for field in sorted((*operation.query, *operation.body), key=lambda field: not field.required):
        # Where a field has another name, or the whole body is another way to say it, neither alone is required.
        optional = field.wire in aliased or (operation.any_body and field in operation.body)
        fields.append(Field(field.wire, field.name, field.type, field.required and not optional, field.description))
        for alias, name in operation.aliases:
            if name == field.wire:
                fields.append(Field(alias, alias, field.type, False, f"Another name of `{field.name}`."))
    fields += [operation.whole_body] if operation.whole_body else []
    if operation.any_body:
        names = " and ".join(f"`{field.name}`" for field in operation.body)
        fields.append(Field("body", "body", Type("any"), False, f"The whole body, in place of {names}: any JSON."))
    return sorted(fields, key=lambda field: not field.required)


def _body(operation: Operation) -> str:
    """The expression of a method's body."""
    if operation.whole_body:
        return operation.whole_body.name
    aliases = {name: alias for alias, name in operation.aliases}
    entries = []
    for field in operation.body:
        value = field.name
        if alias := aliases.get(field.wire):
            value = f'renamed("{operation.name}", "{field.name}", {field.name}, "{alias}", {alias})'
        entries.append(f"{field.wire!r}: {value}")
    fields = "{" + ", ".join(entries) + "}"
    return f'either("{operation.name}", {fields}, body)' if operation.any_body else fields


def _returns(operation: Operation) -> str:
    if operation.result is None:
        return "None"
    annotation = spelling.answer(operation.result)
    return f"builtins.list[{annotation}]" if operation.list_key else annotation


def _row(operation: Operation) -> str:
    """A row of `operations.py`."""
    result = operation.result
    name = None if result is None else result.class_name if result.kind == "model" else "Any"
    row = f"Operation({operation.id!r}, {operation.group!r}, {operation.safety!r}, {name!r}"
    if operation.list_key:
        row += f", list_key={operation.list_key!r}"
    if operation.timeout:
        row += f", timeout={float(operation.timeout)}"
    if operation.path_characters:
        row += f", path_characters={operation.path_characters!r}"
    if operation.secrets:
        row += f", secrets={operation.secrets!r}"
    return row + ")"


def _markdown_signature(operation: Operation) -> str:
    arguments = [field.name for field in operation.path]
    keywords = [field.name if field.required else f"{field.name}=…" for field in _keywords(operation)]
    listed = ", ".join([*arguments, *(["*", *keywords] if keywords else [])])
    return f"{operation.group}.{operation.name}({listed}) -> {_returns(operation).removeprefix('builtins.')}"


def _markdown_route(operation: Operation, name: str) -> str:
    route: Route | None = operation.new if name == "new" else operation.old
    if route is None:
        return "none"
    query = "&".join(f"{parameter}={{{parameter}}}" for parameter in route.query)
    shown = f"{route.method} {route.path}{'?' if query else ''}{query}".replace("`", "'")
    # A code span takes anything but its own end; what can't be seen is shown escaped.
    return f"`{visible(' '.join(shown.split()))}`"


_FILTERS: dict[str, Callable[..., Any]] = {
    "attribute": _attribute,
    "body": _body,
    "decode": spelling.decode,
    "docstring": docstring,
    "entry": _entry,
    "keywords": _keywords,
    "literal": repr,
    "markdown_route": _markdown_route,
    "markdown_signature": _markdown_signature,
    "parameter": _parameter,
    "returns": _returns,
    "row": _row,
}


@functools.cache
def _environment(folder: Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # What is written is Python and Markdown, never HTML; the filters escape for these.
        autoescape=False,
    )
    environment.filters.update(_FILTERS)
    return environment


# --- ruff ------------------------------------------------------------------------------------------------------------


def _formatted(files: dict[str, str]) -> dict[str, str]:
    """The same modules without unused imports, sorted and formatted by ruff."""
    with tempfile.TemporaryDirectory(prefix="lowcodeapi-codegen-") as name:
        folder = Path(name)
        for path, text in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        _ruff("check", "--select", "F401,I,RUF022", "--fix", *_RUFF, str(folder))
        _ruff("format", *_RUFF, str(folder))
        return {path: (folder / path).read_text(encoding="utf-8") for path in files}


def _ruff(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "ruff", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = " ".join((done.stdout + done.stderr).split())
        raise DocumentError(f"ruff can't read what the templates made of the documents: {said[:400]}")
