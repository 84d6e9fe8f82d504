"""The growth of the generator's time with the number of operations."""

from __future__ import annotations

import copy
import resource
from typing import Any

from codegen import pipeline
from codegen.document import reading
from codegen.package import parse
from codegen.pair import pair
from codegen.render import render
from codegen.repair import repair

SIZES = (50, 500, 5000)


def synthetic(document: dict[str, Any], operations: int) -> dict[str, Any]:
    """A document like this one with this many operations: its own, repeated in other groups and paths."""
    grown = {**document, "paths": {}}
    made = copies = 0
    while made < operations:
        for path, item in document["paths"].items():
            copied = copy.deepcopy(dict(list(item.items())[: operations - made]))
            for node in copied.values():
                summary = f"{node.get('summary', 'Operation')} {made}"
                node.update(tags=[f"Group {copies}"], operationId=f"operation{made}", summary=summary)
                made += 1
            if copied:
                grown["paths"][f"/c{copies}{path}"] = copied
        copies += 1
    return grown


def seconds(operations: int) -> float:
    """Processor seconds, ruff's included: other load on the machine does not count."""
    snapshot = reading.load(pipeline.SPECS / "baseten")
    assert snapshot["openapi"] is not None
    document = synthetic(snapshot["openapi"], operations)
    before = _used()
    repaired = repair.repair(document)
    package = parse.parse(pair.pair(repaired.document, None).document, provider="synthetic").package
    assert len(package.operations) == operations, f"{len(package.operations)} of {operations}"
    render.render(package)
    return _used() - before


def _used() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
