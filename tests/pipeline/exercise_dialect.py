"""Call every operation of a generated package in every format, and compare the received requests with the documents.

Expectations come from the documents and their construction, not from codegen's reading of them.
"""

from __future__ import annotations

import datetime
import inspect
import json
import re
from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

import httpx
from lowcodeapi_baseten import connect

from codegen.package.tree import Field, Operation, Package, Type
from tests.pipeline.dialect_documents import Made, Meant, places
from tests.support.wire import Received, Wire, in_data

FormatName = Literal["new", "old"]
OWN = {"timeout", "extra_query", "extra_headers", "extra_body"}
TEXT = "text & more = é/日 \"quoted\" 'so' %41 +"
MOMENT = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
FILE = b"content\r\n--of a file \xff\x00"
_EMPTY = {"type", "properties", "required"}
_PLAIN: dict[str, tuple[Any, Any]] = {
    **{"int": (3, 3), "float": (1.5, 1.5), "bool": (True, True), "none": (None, None), "file": (FILE, FILE)},
    **{"datetime": (MOMENT, MOMENT.isoformat()), "date": (MOMENT.date(), MOMENT.date().isoformat())},
}
"""A value of each plain type, and its JSON. Text is the rest."""


class Gateway(Wire):
    """The gateway of any provider. It answers an empty object, and records what it is sent."""

    def __init__(self) -> None:
        super().__init__(in_data({}))
        # One for all clients: making one takes time, and is not under test.
        self.transport = httpx.HTTPTransport(verify=False)

    def __exit__(self, *exception: object) -> None:
        self.transport.close()
        super().__exit__()


def exercise(package: Any, read: Package, made: Made, gateway: Gateway, *, is_connected: bool) -> None:
    """Raises AssertionError if a method is missing or sends anything unexpected.

    The methods are those of `connect()`'s client, else those of the package's own plain one.
    """
    operations: dict[int, list[Operation]] = {}
    for operation in read.operations:
        said = re.search(r"Operation ([0-9]+)\.", operation.description)
        assert said, "an operation that no document has"
        operations.setdefault(int(said[1]), []).append(operation)
    assert operations.keys() == made.operations.keys(), "no operation is lost"
    names: tuple[FormatName, ...] = ("new", "old")
    for name in names:
        with _client(package, name, gateway, is_connected=is_connected) as client:
            for number, meant in made.operations.items():
                found = [each for each in operations[number] if getattr(each, name)]
                assert len(found) == (meant.times if getattr(meant, name) else 0), f"a {name} route of {number} is lost"
                for operation in found:
                    _Call(package, read, client, operation, meant, name).check(gateway)


def _client(package: Any, name: FormatName, gateway: Gateway, *, is_connected: bool) -> Any:
    if is_connected:
        return connect(package, api_token="token", base_url=gateway.base_url, url_format=name, remember=False)
    routes = getattr(package, f"{name}_format")
    params = {"api_token": "token"}
    return package.Client(routes, base_url=gateway.base_url, params=params, transport=Kept(gateway.transport))


class Kept(httpx.BaseTransport):
    """A transport that stays open when its client closes: making one takes longer than the whole test."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self.handle_request = transport.handle_request  # type: ignore[method-assign]


class _Call:
    """One operation in one format."""

    def __init__(
        self, package: Any, read: Package, client: Any, operation: Operation, meant: Meant, name: FormatName
    ) -> None:
        self._package, self._operation, self._meant = package, operation, meant
        self._fields = {model.name: model.fields for model in read.models}
        self._method = getattr(getattr(client, operation.group), operation.name)
        self._name = name
        self._path: str = getattr(meant, name)
        nodes = [(meant.new_node, operation.new), (meant.old_node, operation.old)]
        self._nodes = [node for node, route in nodes if route]

    def check(self, gateway: Gateway) -> None:
        operation = self._operation
        arguments = set(inspect.signature(self._method).parameters) - OWN
        assert arguments == {field.name for field in operation.arguments}
        taken = {field.wire for field in (*operation.path, *operation.query)}
        assert taken == self._parameters(), taken ^ self._parameters()
        self._check_fields()
        self._send(gateway, lambda field: True)
        is_first = self._name == ("new" if operation.new else "old")
        if is_first and not all(field.required for field in operation.arguments):
            self._send(gateway, lambda field: field.required)

    def _parameters(self) -> set[str]:
        """The names of all parameters, by the documents."""
        declared = {
            each["name"] for node in self._nodes for each in node["parameters"] if each["in"] in {"path", "query"}
        }
        routes = ((self._meant.new, self._operation.new), (self._meant.old, self._operation.old))
        return declared | {name for path, route in routes if path and route for name in places(path)}

    def _check_fields(self) -> None:
        """The fields of the body are the documents', if these state them."""
        contents = [node["requestBody"]["content"] for node in self._nodes if "requestBody" in node]
        roots = [media["schema"] for content in contents for media in content.values()]
        fields = {field.wire for field in self._operation.body}
        if roots and all(root.get("properties") for root in roots):
            listed = {name for root in roots for name in root["properties"]}
            required = {name for root in roots for name in root.get("required", ())}
            assert fields == listed | required
            assert self._operation.whole_body is None
        elif not any(root.get("properties") for root in roots):
            assert not fields
        is_nothing = all(
            root.get("type") == "object" and not root.get("properties") and root.keys() <= _EMPTY for root in roots
        )
        assert bool(fields or self._operation.whole_body) == (not is_nothing)

    def _send(self, gateway: Gateway, is_given: Callable[[Field], bool]) -> None:
        operation = self._operation
        path = {field.wire: f"id-{index}" for index, field in enumerate(operation.path)}
        query = {field.name: self._value(field.type, "query") for field in operation.query if is_given(field)}
        body = {field.name: self._value(field.type, operation.media) for field in operation.body if is_given(field)}
        keywords = {name: value for name, (value, _) in {**query, **body}.items()}
        wanted: Any = {field.wire: body[field.name][1] for field in operation.body if field.name in body}
        is_whole = operation.whole_body is not None and is_given(operation.whole_body)
        if operation.whole_body and is_whole:
            keywords[operation.whole_body.name], wanted = self._whole(operation.whole_body)
        self._method(*path.values(), **keywords)
        sent = gateway.only
        gateway.received.clear()
        sent_path, _, query_string = sent.target.partition("?")
        # The old format's route is the path as it stands.
        in_path = places(self._path) if self._name == "new" else []
        meant_path = re.sub(r"\{([^{}]+)\}", lambda match: path[match[1]] if in_path else match[0], self._path)
        assert (sent.method, unquote(sent_path)) == (self._meant.method, f"/baseten{meant_path}")
        assert sent_path.isascii() and " " not in sent_path
        assert ("{" in meant_path) == ("{" in sent_path), "braces are sent as they are"
        pairs = [(wire, value) for wire, value in path.items() if wire not in in_path]
        for field in operation.query:
            pairs += _pairs(field.wire, query.get(field.name, (None, None))[1])
        assert sorted(parse_qsl(query_string, keep_blank_values=True)) == sorted([*pairs, ("api_token", "token")])
        self._check_body(sent, wanted, is_whole=is_whole)

    def _check_body(self, sent: Received, wanted: Any, *, is_whole: bool) -> None:
        content_type, content = sent.header("content-type") or "", sent.body
        media = content_type.partition(";")[0]
        kind = self._operation.media
        if kind == "json" and (wanted or is_whole):
            assert (media, json.loads(content)) == ("application/json", wanted)
        elif kind == "form" and any(_each(value) for value in wanted.values()):
            pairs = [(name, _text(each)) for name, value in wanted.items() for each in _each(value)]
            assert media == "application/x-www-form-urlencoded"
            assert parse_qsl(content.decode(), keep_blank_values=True) == pairs
        elif kind == "multipart" and any(_each(value) for value in wanted.values()):
            parts = [(name, _bytes(each)) for name, value in wanted.items() for each in _each(value)]
            assert media == "multipart/form-data"
            assert _parts(content_type, content) == parts
        else:
            assert not content

    def _whole(self, field: Field) -> tuple[Any, Any]:
        if self._operation.media == "json":
            return self._value(field.type, "json")
        return {"a": TEXT, "b": [1, 2]}, {"a": TEXT, "b": [1, 2]}

    def _value(self, type_: Type, media: str) -> tuple[Any, Any]:
        """A value of the type, and its JSON."""
        match type_.kind:
            case "enum":
                member = next(iter(getattr(self._package.models, type_.class_name)))
                return member, member.value
            case "model":
                return self._model(type_.class_name, media)
            case "list":
                value, said = self._value(type_.inner[0], media)
                return [value, value], [said, said]
            case "map":
                value, said = self._value(type_.inner[0], media)
                return {TEXT: value}, {TEXT: said}
            case "union":
                return self._value(type_.inner[-1], media)
            case "any" if media == "query":
                return [TEXT, {"gte": 1}], [TEXT, {"gte": 1}]
            case "any":
                return {"a": [1, None, TEXT]}, {"a": [1, None, TEXT]}
            case kind:
                return _PLAIN.get(kind, (TEXT, TEXT))

    def _model(self, name: str, media: str) -> tuple[Any, Any]:
        """A structure with all of its fields; a nested one, which may be recursive, has one unknown field."""
        model = getattr(self._package.models, name)
        if media == "inside":
            return model.from_dict({"a": TEXT}), {"a": TEXT}
        fields = {field: self._value(field.type, "inside") for field in self._fields[name]}
        made = model(**{field.name: value for field, (value, _) in fields.items()})
        return made, {field.wire: said for field, (_, said) in fields.items()}


def _each(value: Any) -> list[Any]:
    """The form's values: each item of a list, none for nothing."""
    return [] if value is None else value if isinstance(value, list) else [value]


def _pairs(name: str, value: Any) -> list[tuple[str, str]]:
    """The query's pairs for a value."""
    if isinstance(value, dict):
        return [pair for key, each in value.items() for pair in _pairs(f"{name}[{key}]", each)]
    if isinstance(value, list):
        names = [f"{name}[{index}]" if isinstance(each, dict) else name for index, each in enumerate(value)]
        return [pair for each, of in zip(value, names, strict=True) for pair in _pairs(of, each)]
    return [] if value is None else [(name, _text(value))]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else _text(value).encode()


def _parts(content_type: str, content: bytes) -> list[tuple[str, bytes]]:
    """The names and contents of a multipart body."""
    boundary = content_type.partition("boundary=")[2].encode()
    *parts, end = content.split(b"--" + boundary)
    assert (parts[0], end) == (b"", b"--\r\n")
    found = []
    for part in parts[1:]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = re.search(r'; name="([^"]*)"', head.decode())
        assert name and value.endswith(b"\r\n")
        found.append((unquote(name[1]), value[:-2]))
    return found
