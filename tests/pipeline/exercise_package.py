"""Import every module of a generated package, call every method, read every structure: `python FILE NAME [FOLDER]`.

Run it in its own process. It prints as JSON each method's request and each enum's values.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import json
import pkgutil
import sys
from typing import Any

OWN = {"timeout", "extra_query", "extra_headers", "extra_body"}


def main(name: str, folder: str) -> None:
    sys.dont_write_bytecode = True
    sys.path.insert(0, folder)
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, f"{name}."):
        importlib.import_module(module.name)
    models = importlib.import_module(f"{name}.models")
    enums: dict[str, Any] = {}
    for class_name in models._MODULES:
        found = getattr(models, class_name)
        if inspect.isclass(found) and issubclass(found, enum.Enum):
            enums[class_name] = [member.value for member in found]
        elif inspect.isclass(found) and issubclass(found, models.Schema) and found is not models.Schema:
            round_trip(found, importlib.import_module(f"{name}.models.schema"))
    print(json.dumps({"calls": calls(package, name), "enums": enums}))


def round_trip(model: Any, schema: Any) -> None:
    received = {wire: f"value of {wire}" for wire in schema.attributes(model)}
    read = model.from_dict({**received, "unknown": 1})
    assert {wire: getattr(read, name) for wire, name in schema.attributes(model).items()} == received
    assert read.additional_properties == {"unknown": 1}
    assert read.to_dict() == {**received, "unknown": 1}
    made = model(**{name: f"value of {wire}" for wire, name in schema.attributes(model).items()})
    assert made.to_dict() == received


def calls(package: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    client = package.Client(package.new_format)
    client._run = lambda call: found.__setitem__(
        call.operation, [list(call.path), list(call.query), list(call.body or ())]
    )
    for operation in importlib.import_module(f"{name}.operations").OPERATIONS.values():
        method = getattr(getattr(client, operation.group), operation.id.partition(".")[2])
        method(**{argument: "a" for argument in inspect.signature(method).parameters if argument not in OWN})
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
