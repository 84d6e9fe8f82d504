"""The sync and the async client behind one interface, so that one test covers both."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from operator import attrgetter
from typing import Any, Self

from lowcodeapi_baseten import AsyncBaseten, Baseten


class Sync:
    """A `Baseten`."""

    def __init__(self, **options: Any) -> None:
        self.client: Any = Baseten(**options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self.client.close()

    def call(self, operation: str, *arguments: Any, **options: Any) -> Any:
        """The result of an operation by its ID."""
        return attrgetter(operation)(self.client)(*arguments, **options)

    def raw(self, operation: str, *arguments: Any, **options: Any) -> Any:
        """The same, as a `RawResponse`."""
        return attrgetter(operation)(self.client.with_raw_response)(*arguments, **options)


class Async:
    """An `AsyncBaseten`, in its own event loop."""

    def __init__(self, **options: Any) -> None:
        self.client: Any = AsyncBaseten(**options)
        self.runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        with self.runner:
            self.close()

    def close(self) -> None:
        self.runner.run(self.client.aclose())

    def call(self, operation: str, *arguments: Any, **options: Any) -> Any:
        """The result of an operation by its ID."""
        return self.runner.run(attrgetter(operation)(self.client)(*arguments, **options))

    def raw(self, operation: str, *arguments: Any, **options: Any) -> Any:
        """The same, as a `RawResponse`."""
        return self.runner.run(attrgetter(operation)(self.client.with_raw_response)(*arguments, **options))


Driver = type[Sync] | type[Async]
DRIVERS: Mapping[str, Driver] = {"sync": Sync, "async": Async}
