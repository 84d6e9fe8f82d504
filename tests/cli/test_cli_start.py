"""The start of the command line: quick, and with a helpful message if it fails."""

from __future__ import annotations

import subprocess
import sys

import pytest
from lowcodeapi_baseten import __version__

from tests.support.shell import run

_RUN = "import sys; {before}; from lowcodeapi_baseten.cli import main; sys.exit(main({arguments!r}))"
_SEEN = "import sys; from lowcodeapi_baseten.cli import main; main({arguments!r}); print(*sys.modules, file=sys.stderr)"


@pytest.mark.parametrize("missing", ["click", "rich"])
@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["models", "list"]])
def test_without_its_extra_it_says_in_one_line_how_to_install_it(missing: str, arguments: list[str]) -> None:
    source = _RUN.format(before=f"sys.modules[{missing!r}] = None", arguments=arguments)
    done = run("-c", source, command=[sys.executable, "-W", "error"])
    line = f"lowcodeapi-baseten: {missing} is not installed: pip install 'lowcodeapi-baseten[cli]'\n"
    assert (done.code, done.out, done.err) == (4, "", line)


def _modules(arguments: list[str]) -> set[str]:
    command = [sys.executable, "-c", _SEEN.format(arguments=arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return {name.partition(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], []])
def test_version_and_help_import_nothing_that_takes_time(arguments: list[str]) -> None:
    assert not _modules(arguments) & {"click", "rich", "httpx", "httpcore", "attr", "attrs", "json", "inspect"}


@pytest.mark.parametrize("arguments", [["deployments", "--help"], ["api-keys", "create", "--help"], ["logs", "--help"]])
def test_the_help_of_a_command_imports_no_client_and_no_models_class(arguments: list[str]) -> None:
    assert not _modules(arguments) & {"rich", "httpx", "httpcore", "attr", "attrs"}


@pytest.mark.parametrize("arguments", [["--version"], ["--json", "--version"]])
def test_it_says_its_version(arguments: list[str]) -> None:
    assert run(*arguments) == (0, f"lowcodeapi-baseten {__version__}\n", "")


def test_without_a_command_it_shows_help() -> None:
    plain, asked, with_option = run(), run("--help"), run("--json")
    assert plain == asked == with_option
    assert "Workflows:" in plain.out and "deployments" in plain.out
    assert max(len(line) for line in plain.out.splitlines()) < 80
