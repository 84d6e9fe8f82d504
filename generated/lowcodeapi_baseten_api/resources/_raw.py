"""The raw form of a method: the same function, on a client whose answers are `RawResponse`s."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar, cast

from ..types import RawResponse

P = ParamSpec("P")
T = TypeVar("T")


def raw(method: Callable[P, T]) -> Callable[P, RawResponse[T]]:
    """Tell type checkers the return type of a method on a raw client. It does nothing else."""
    return cast("Callable[P, RawResponse[T]]", method)


def async_raw(method: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, RawResponse[T]]]:
    """`raw`, of an asynchronous method."""
    return cast("Callable[P, Coroutine[Any, Any, RawResponse[T]]]", method)
