"""Isolation for every test: nothing comes from its machine, and nothing from the test before it."""

from __future__ import annotations

import gc
import itertools
import logging
import os
import signal
import socket
import sys
import sysconfig
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from lowcodeapi_baseten.testing import LocalGateway

# CI uses the same examples in every run, so that a failure points to the change; `make fuzz` looks for new ones.
# No example has a deadline: machines are noisy.
settings.register_profile("ci", derandomize=True, database=None, deadline=None)
settings.register_profile("fuzz", print_blob=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# A shell's background job ignores Ctrl-C, and so would every process that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """Make only the order random: code that draws at random must not get the same numbers in every test."""
    config.option.randomly_reset_seed = False


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector away from modules and tests: they stay until the end, and are many."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


# --- the machine -----------------------------------------------------------------------------------------------------

# Kept from the user's environment: paths of programs, and settings of the suite.
_KEPT = {
    *("PATH", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH"),
    *("LOWCODEAPI_TRANSPORT", "HYPOTHESIS_PROFILE", "UPDATE_GOLDEN", "UPDATE_TRANSCRIPTS"),
    *("KILLED_RUN_ITEMS", "CANCELLED_RUNS"),
}
_KEPT_PREFIXES = ("PYTEST_", "COV", "PIP_")  # pip's: the wheel is installed from the user's index


@pytest.fixture(scope="session", autouse=True)
def nothing_of_this_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An environment and a home of the tests' own: no proxy, no locale, no settings of git, no cache."""
    import trustme  # takes 40 ms, which the process that only distributes tests need not spend

    home = tmp_path_factory.mktemp("home")
    (home / ".gitconfig").write_text("[user]\n\tname = Somebody\n\temail = somebody@example.com\n")
    # The only trusted certificate: loading the system's takes 40 ms for each client of httpx's.
    certificate = home / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(certificate))
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name not in _KEPT and not name.startswith(_KEPT_PREFIXES):
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("XDG_CACHE_HOME", str(home / "cache"))
        patch.setenv("SSL_CERT_FILE", str(certificate))
        time.tzset()
        yield


@pytest.fixture
def default_transport(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what httpx and httpcore see: `make test-fast` asks for the fast wire in all others."""
    monkeypatch.delenv("LOWCODEAPI_TRANSPORT", raising=False)


@pytest.fixture
def gateway(baseten_gateway: LocalGateway) -> LocalGateway:
    """A running gateway. Some folders change it, or share theirs."""
    return baseten_gateway


# --- the test before -------------------------------------------------------------------------------------------------

_OURS = tuple(
    f"{os.path.realpath(place)}{os.sep}"
    for place in (*sysconfig.get_paths().values(), sys.base_prefix, str(Path(__file__).parents[1]))
)
# pytest's own timeout uses SIGALRM.
_SIGNALS = [signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1") if hasattr(signal, name)]
_PATIENCE = 5.0  # seconds for a thread to end
# trio keeps a thread for the next use; it ends by itself.
_PASSING_THREADS = ("Trio thread",)


class _State(NamedTuple):
    """State that one test could leave to the next. pytest itself restores the filters of warnings, and the client's
    filter that keeps tokens out of httpcore's log stays for good."""

    modules: list[ModuleType]
    path: list[str]
    folder: str
    environment: dict[str, str]
    signals: list[object]
    loggers: list[object]
    threads: set[threading.Thread]
    interpreter: tuple[object, ...]


def _state() -> _State:
    root = logging.getLogger()
    named = [each for each in root.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    # A library's handler that does nothing comes with its first import.
    loggers = [
        (each.name, each.level, each.propagate, each.disabled, handlers)
        for each in (root, *named)
        for handlers in [[handler for handler in each.handlers if type(handler) is not logging.NullHandler]]
        if each.level or handlers or each.disabled or not each.propagate
    ]
    return _State(
        list(sys.modules.values()),
        sys.path[:],
        os.getcwd(),
        {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
        [signal.getsignal(each) for each in _SIGNALS],
        [root.manager.disable, *loggers],
        set(threading.enumerate()),
        (
            sys.getswitchinterval(),
            sys.getrecursionlimit(),
            gc.isenabled(),
            socket.getdefaulttimeout(),
            # six adds its own for good, when a library first imports it.
            [each for each in sys.meta_path if type(each).__module__ != "six"],
        ),
    )


def _left(before: _State, after: _State) -> Iterator[str]:
    """Yield every difference."""
    for name, was, now in zip(_State._fields, before, after, strict=True):
        if was != now and name not in ("modules", "threads"):
            yield f"{name}: {was!r} became {now!r}"
    if before.modules != after.modules:
        yield from (f"modules: {name}" for name in _left_modules(before.modules, after.modules))


def _left_threads(before: _State, after: _State) -> Iterator[str]:
    until = time.monotonic() + _PATIENCE
    for thread in after.threads - before.threads:
        if not thread.name.startswith(_PASSING_THREADS):
            thread.join(max(until - time.monotonic(), 0))
            if thread.is_alive():
                yield f"threads: {thread.name} still runs"


def _left_modules(before: list[ModuleType], after: list[ModuleType]) -> Iterator[str]:
    """Yield removed and replaced modules, and new ones that are not installed, such as generated packages."""
    was, now = ({getattr(each, "__name__", ""): each for each in modules} for modules in (before, after))
    yield from (f"{name} is gone" for name in was.keys() - now.keys())
    yield from (f"{name} is another" for name in was.keys() & now.keys() if was[name] is not now[name])
    for name in now.keys() - was.keys():
        file = getattr(now[name], "__file__", None)
        # A package imported by a file's fixture loads its modules on use.
        is_part = name.partition(".")[0] in was
        if file is not None and not is_part and not os.path.realpath(file).startswith(_OURS):
            yield f"{name} is left"


def _leaving(*looks: Callable[[_State, _State], Iterator[str]]) -> Iterator[None]:
    before = _state()
    yield
    after = _state()
    left = [each for look in looks for each in look(before, after)]
    assert not left, "this is left to the tests that follow:\n" + "\n".join(left)


@pytest.fixture(scope="module", autouse=True)
def a_file_of_tests_leaves_nothing(nothing_of_this_machine: None) -> Iterator[None]:
    """Nor do the fixtures of a file, whose servers' threads may take their time to end."""
    yield from _leaving(_left, _left_threads)


_NUMBERS = itertools.count()


@pytest.fixture(autouse=True)
def a_test_leaves_nothing() -> Iterator[None]:
    """Not even what a client remembers: each test has its own cache folder."""
    before = os.environ["XDG_CACHE_HOME"]
    os.environ["XDG_CACHE_HOME"] = f"{before}-{next(_NUMBERS)}"
    try:
        yield from _leaving(_left)
    finally:
        os.environ["XDG_CACHE_HOME"] = before


# --- at the end ------------------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Report last of all the skipped tests, and the commands that install what they need."""
    yield
    reports = terminalreporter.stats.get("skipped", ())
    skipped = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reports)
    if skipped:
        terminalreporter.section("not tested here", cyan=True)
    for reason, number in skipped.most_common():
        terminalreporter.line(f"{number} {'test' if number == 1 else 'tests'}: {reason}")
