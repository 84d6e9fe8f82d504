"""Completion: the text for a shell, and bash's use of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.needed import needs
from tests.support.shell import here, path_with_it, run

_BASH = """
eval "$(lowcodeapi-baseten completion bash)"
COMP_WORDS=({words})
COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
_lowcodeapi_baseten_completion lowcodeapi-baseten
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("depl", ["deployments"]),
        ("''", ["predict", "doctor", "api-keys", "training"]),
        ("api-keys ''", ["create", "delete", "list"]),
        ("wait ''", ["request", "deployment", "promotion", "job"]),
        ("deployments update-autoscaling a b --min", ["--min-replica"]),
        ("models list --url-format ''", ["auto", "new", "old"]),
        ("api-keys create --type PERS", ["PERSONAL"]),
    ],
)
@needs("bash")
def test_bash_completes_commands_options_and_choices(words: str, offered: list[str], tmp_path: Path) -> None:
    script = _BASH.format(words=f"lowcodeapi-baseten {words}")
    done = run("-c", script, command=["bash"], env={"PATH": path_with_it(tmp_path)})
    assert (done.code, done.err) == (0, "")
    assert set(offered) <= set(done.out.split()), done.out


@pytest.mark.parametrize(
    ("shell", "marks"),
    [
        ("bash", ["complete -o nosort -F", "bash_complete"]),
        ("zsh", ["#compdef lowcodeapi-baseten", "zsh_complete"]),
        ("fish", ["complete --no-files --command lowcodeapi-baseten", "fish_complete"]),
    ],
)
def test_there_is_a_script_for_each_shell(shell: str, marks: list[str]) -> None:
    done = here("completion", shell)
    assert done.code == 0 and all(mark in done.out for mark in marks)


def test_a_shell_without_completion_is_refused() -> None:
    done = here("completion", "csh")
    assert done.code == 2 and "'csh' is not one of 'bash', 'zsh', 'fish'" in done.err


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_answered_too(shell: str) -> None:
    variables = {"_LOWCODEAPI_BASETEN_COMPLETE": f"{shell}_complete", "COMP_CWORD": "1" if shell == "zsh" else "doc"}
    done = here(env={**variables, "COMP_WORDS": "lowcodeapi-baseten doc"})
    assert done.code == 0 and "doctor" in done.out and "Look for what is wrong" in done.out
