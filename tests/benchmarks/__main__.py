"""`python -m tests.benchmarks`: every client beside the others, in interleaved rounds, as medians and ratios."""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from . import clients, generation, processes, server

AT_A_TIME = (1, 4, 8, 64, 256, 1024)


def rounds(count: int, measure: Callable[[], Mapping[str, float]]) -> dict[str, float]:
    """The median of each, over `count` rounds in which each had its turn."""
    seen: dict[str, list[float]] = {}
    for _ in range(count):
        gc.collect()
        for name, value in measure().items():
            seen.setdefault(name, []).append(value)
    return {name: statistics.median(values) for name, values in seen.items()}


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table as Markdown."""
    print(f"\n**{title}**\n")
    print(f"| {' | '.join(columns)} |")
    print(f"|{'---|' * len(list(columns))}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def _microseconds(call: clients.Once, times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - started) / times * 1e6


def start(port: int, count: int) -> None:
    """Importing, and the first call."""
    programs = processes.starts(port)
    with tempfile.TemporaryDirectory() as bytecode:
        processes.round_of_starts(programs, bytecode)  # writes it, and fills caches
        found = rounds(count, lambda: processes.round_of_starts(programs, bytecode))
    bare = found.pop("a bare interpreter")
    above = {name: seconds - bare for name, seconds in found.items()}
    unit = {name: above["httpx, first call" if "first call" in name else "import httpx"] for name in above}
    rows = [(name, f"{above[name] * 1e3:.0f} ms", f"{above[name] / unit[name]:.2f}") for name in above]
    table("Start, above a bare interpreter", ("", "time", "of httpx's"), rows)


def sync(port: int, count: int) -> None:
    """One call at a time."""
    calls = clients.one_at_a_time(port)
    for call in calls.values():
        _microseconds(call, 50)
    found = rounds(count, lambda: {name: _microseconds(call, 200) for name, call in calls.items()})
    unit = found["httpx.Client.post().json()"]
    rows = [(name, f"{value:.0f} µs", f"{value / unit:.2f}") for name, value in found.items()]
    table("One sync call at a time", ("", "time", "of httpx's"), rows)


def concurrent(port: int, count: int) -> None:
    """Many concurrent async calls."""
    runs = clients.at_a_time(port)
    cases = [(name, concurrency) for name in runs for concurrency in AT_A_TIME]

    def measure() -> dict[str, float]:
        return {
            f"{name}|{concurrency}": runs[name](300 if name == "httpx" and concurrency > 64 else calls, concurrency)
            for name, concurrency in cases
            for calls in [max(1000, 3 * concurrency)]
        }

    found = rounds(count, measure)
    unit, best = found["httpx|256"], max(rate for case, rate in found.items() if case.startswith("httpx|"))
    rows = []
    for name in runs:
        rates = [found[f"{name}|{concurrency}"] for concurrency in AT_A_TIME]
        shown = [f"{rate:,.0f}" for rate in rates]
        at_256 = found[f"{name}|256"]
        rows.append((name, *shown, f"{at_256 / unit:.1f}", f"{at_256 / best:.2f}"))
    numbers = [str(number) for number in AT_A_TIME]
    columns = ("calls a second, at a time:", *numbers, "256: of httpx's at 256", "of httpx's best")
    table("Async calls", columns, rows)


def many(port: int, count: int, items: int) -> None:
    """Whole runs."""
    runs = clients.bulk(port)
    rows = []
    for concurrency in (64, 256):
        found = rounds(count, lambda: {name: run(items, concurrency) for name, run in runs.items()})  # noqa: B023
        unit = found.get("baseten-performance-client batch_post", 0.0)
        for name, rate in found.items():
            rows.append((name, str(concurrency), f"{rate:,.0f}", f"{rate / unit:.2f}" if unit else "–"))
    table("Bulk", ("", "at a time", "items a second", "of batch_post's"), rows)


def memory(port: int, items: int) -> None:
    """Memory held by a run."""
    rows = []
    for name, transport in clients.TRANSPORTS.items():
        *tenths, peak = processes.memory(port, items, transport)
        rows.append((f"predict_many, {name}, {items:,} inputs", f"{peak} MiB", ", ".join(map(str, tenths))))
    table("Memory above the start (VmRSS, VmHWM)", ("", "peak", "after each tenth"), rows)


def generate() -> None:
    """The generator."""
    generation.seconds(50)  # compiles the templates
    found = {size: generation.seconds(size) for size in generation.SIZES}
    rows = [(f"{size:,} operations", f"{taken:.2f} s", f"{taken / size * 1e3:.2f} ms") for size, taken in found.items()]
    table("The generator, for a synthetic document", ("", "processor time", "an operation"), rows)


PARTS: Mapping[str, Callable[[int, argparse.Namespace], None]] = {
    "start": lambda port, asked: start(port, asked.rounds),
    "sync": lambda port, asked: sync(port, asked.rounds),
    "concurrent": lambda port, asked: concurrent(port, asked.rounds),
    "bulk": lambda port, asked: many(port, asked.rounds, asked.items),
    "memory": lambda port, asked: memory(port, asked.memory_items),
    "generate": lambda port, asked: generate(),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--items", type=int, default=20_000, help="of a bulk run")
    parser.add_argument("--memory-items", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="*", choices=PARTS)
    asked = parser.parse_args()
    with server.served() as port:
        print(
            f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
            f"Python {platform.python_version()}; nginx on loopback answers {server.ceiling(port, 64)} a second; load "
            f"{os.getloadavg()[0]:.1f}; medians of {asked.rounds} interleaved rounds"
        )
        for part in asked.only or PARTS:
            PARTS[part](port, asked)


if __name__ == "__main__":
    main()
