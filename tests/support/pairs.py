"""Cases of several columns without all their combinations: in pairs, or in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, product
from typing import Any

import pytest


def in_pairs(**columns: Sequence[Any] | Mapping[str, Any]) -> pytest.MarkDecorator:
    """Parametrize a test with all pairs of values of two columns, but not with all combinations of all columns.

    A mapping gives its values, and its keys as their names in the test's id. The same columns give the same rows.
    """
    return _cases(columns, _rows([len(column) for column in columns.values()]))


def in_turn(**columns: Sequence[Any] | Mapping[str, Any]) -> pytest.MarkDecorator:
    """Parametrize a test with every value of each column, the shorter columns over and over beside the longest.

    For tables of cases that any value of the other columns would do for, such as sync and async.
    """
    sizes = [len(column) for column in columns.values()]
    return _cases(columns, [tuple(row % size for size in sizes) for row in range(max(sizes))])


def _cases(
    columns: Mapping[str, Sequence[Any] | Mapping[str, Any]], rows: list[tuple[int, ...]]
) -> pytest.MarkDecorator:
    names = [list(column) for column in columns.values()]
    values = [list(column.values() if isinstance(column, Mapping) else column) for column in columns.values()]
    cases = [
        pytest.param(
            *(column[index] for column, index in zip(values, row, strict=True)),
            id="-".join(_id(column[index]) for column, index in zip(names, row, strict=True)),
        )
        for row in rows
    ]
    return pytest.mark.parametrize(list(columns), cases)


def _id(value: Any) -> str:
    if isinstance(value, tuple):  # its repr may have addresses, which differ between workers
        return "-".join(map(_id, value))[:40]
    name = value if isinstance(value, str) else getattr(value, "__name__", repr(value))
    return ascii(name)[1:-1][:40]


def _rows(sizes: list[int]) -> list[tuple[int, ...]]:
    """Rows of indexes: for each two columns, each pair of indexes is in a row."""
    met: set[tuple[tuple[int, int], tuple[int, int]]] = set()
    rows: list[tuple[int, ...]] = []
    by_size = sorted(range(len(sizes)), key=lambda column: -sizes[column])
    for one, other in combinations(by_size, 2):
        for first, second in product(range(sizes[one]), range(sizes[other])):
            if ((one, first), (other, second)) in met:
                continue
            row = {one: first, other: second}
            for column in by_size:
                if column not in row:
                    row[column] = max(
                        range(sizes[column]),
                        key=lambda index: (
                            sum((known, (column, index)) not in met for known in row.items()),
                            -(index - len(rows)) % sizes[column],  # in turn, where nothing is missing
                        ),
                    )
            met.update(product(row.items(), row.items()))
            rows.append(tuple(row[column] for column in range(len(sizes))))
    return rows
