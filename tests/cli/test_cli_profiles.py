"""Profiles: the token in the system's keyring, the URL in a small file, and which of several sources is used."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import keyring
import pytest
from keyring.backends.chainer import ChainerBackend
from keyring.core import load_keyring
from lowcodeapi_baseten.testing import LocalGateway

from tests.support.keyring_of_tests import Locked, Memory, Plain
from tests.support.shell import Done, Terminal, here, run
from tests.support.tables import one_test

TOKEN = "lca-of-tests-0123456789abcdef"
ELSEWHERE = "https://gateway.example.com/baseten"
_NONE = "keyring.backends.fail.Keyring"


@pytest.fixture
def stored() -> Iterator[Memory]:
    """An empty keyring in the place of the system's."""
    memory = Memory()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(load_keyring(_NONE))


@pytest.fixture(scope="module")
def gateway() -> Iterator[LocalGateway]:
    with LocalGateway(api_token=TOKEN) as running:
        yield running


class Shell:
    """Commands of one user, who has no token in the environment."""

    def __init__(self, folder: Path) -> None:
        self.env = {"XDG_CONFIG_HOME": str(folder)}
        self.file = folder / "lowcodeapi-baseten" / "profiles.json"

    def __call__(self, *arguments: str, given: str = "", env: Mapping[str, str] | None = None) -> Done:
        return here(*arguments, given=given, env={**self.env, **(env or {})})

    def login(self, base_url: str, *arguments: str, token: str = TOKEN) -> Done:
        done = self("login", "--base-url", base_url, *arguments, given=f"{token}\n")
        assert done.code == 0, done
        return done


@pytest.fixture
def shell(tmp_path: Path, stored: Memory) -> Shell:
    return Shell(tmp_path)


def test_a_login_is_used_by_every_later_command_and_its_token_is_in_the_keyring_alone(
    shell: Shell, stored: Memory, gateway: LocalGateway, tmp_path: Path
) -> None:
    said = [shell.login(gateway.base_url)]
    assert said[0].json == {"profile": "default", "base_url": gateway.base_url, "keyring": "keyring of tests Memory"}
    assert stored.kept == {f"lowcodeapi-baseten: default {gateway.base_url}": TOKEN}
    assert json.loads(shell.file.read_text()) == {"profiles": {"default": {"base_url": gateway.base_url}}}
    assert [path.stat().st_mode & 0o777 for path in (shell.file, shell.file.parent)] == [0o600, 0o700]
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["profiles.json"]
    assert [model["id"] for model in shell("models", "list").json] == ["abc123", "model_abc123"]
    said += [shell("whoami"), shell("whoami", "-v"), shell("doctor")]
    assert said[1].json == {
        "profile": "default",
        "base_url": gateway.base_url,
        "token": "from the keyring, profile default",
        "url_format": None,
        "works": True,
    }
    shell("models", "get", "abc123")
    assert shell("whoami").json["url_format"] == "new"
    said.append(shell("logout"))
    assert said[-1].json == {"removed": "default"} and not stored.kept
    assert all(done.code == 0 and TOKEN[-4:] not in done.out + done.err for done in said)
    left = shell("models", "list")
    assert left.code == 4 and "there is no token: run lowcodeapi-baseten login" in left.err


def test_a_terminal_is_asked_without_echo(tmp_path: Path) -> None:
    env = {
        "XDG_CONFIG_HOME": str(tmp_path),
        "KEYRING_OF_TESTS": str(tmp_path / "kept.json"),
        "PYTHON_KEYRING_BACKEND": "tests.support.keyring_of_tests.Memory",
    }
    with Terminal("login", env=env) as terminal:
        terminal.expect("Token: ")
        terminal.type(f"{TOKEN}\n")
        assert terminal.end() == 0, terminal.screen
    assert list(json.loads((tmp_path / "kept.json").read_text()).values()) == [TOKEN]
    assert TOKEN[-4:] not in terminal.screen


def test_a_token_that_is_not_typed_is_missed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def getpass(prompt: str) -> str:
        raise EOFError  # Ctrl-D

    monkeypatch.setattr("getpass.getpass", getpass)
    done = here("login", env=shell.env, width=80)
    assert done.code == 2 and "no token was given" in done.err


# --- where the token and the URL come from ---------------------------------------------------------------------------

_TOKEN = {"LOWCODEAPI_API_TOKEN": "{environment}"}
_BOTH = {**_TOKEN, "LOWCODEAPI_BASE_URL": "{url of environment}"}
# Options, environment → whose token is sent, whose URL it is sent to, and the profile.
_SOURCES: list[tuple[list[str], dict[str, str], str, str, str | None]] = [
    ([], {}, "default", "default", "default"),
    ([], {"LOWCODEAPI_PROFILE": "work"}, "work", "work", "work"),
    (["--profile", "work"], {}, "work", "work", "work"),
    (["--profile", "work"], {"LOWCODEAPI_PROFILE": "default"}, "work", "work", "work"),
    # A profile named by an option goes before the environment, as a whole.
    (["--profile", "work"], _BOTH, "work", "work", "work"),
    # The environment's token goes before any other profile, whose URL it is not sent to.
    ([], _BOTH, "environment", "environment", None),
    ([], {**_BOTH, "LOWCODEAPI_PROFILE": "work"}, "environment", "environment", None),
    # A file goes before everything.
    (["--token-file", "{path}"], _BOTH, "file", "environment", None),
    (["--token-file", "{path}", "--base-url", "{url of default}"], _TOKEN, "file", "default", None),
    (["--token-file", "{path}", "--profile", "work"], _BOTH, "file", "work", "work"),
]


def test_the_first_source_wins(shell: Shell, tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        places = ("default", "work", "environment")
        gateways = {name: stack.enter_context(LocalGateway(api_token=TOKEN)) for name in places}
        urls = {f"url of {name}": gateway.base_url for name, gateway in gateways.items()}
        for options, env, source, where, profile in _SOURCES:
            # Only one token is right.
            tokens = {name: TOKEN if name == source else f"a-wrong-token-of-{name}" for name in (*places, "file")}
            known = {**tokens, **urls, "path": str(tmp_path / "token")}
            (tmp_path / "token").write_text(tokens["file"])
            shell.login(gateways["default"].base_url, token=tokens["default"])
            shell.login(gateways["work"].base_url, "--profile", "work", token=tokens["work"])
            given = {name: value.format_map(known) for name, value in env.items()}
            done = shell("whoami", *(option.format_map(known) for option in options), env=given)
            assert done.code == 0 and done.json["works"], (options, env, done)
            assert (done.json["profile"], done.json["base_url"]) == (profile, gateways[where].base_url), (options, env)


def test_a_profiles_token_is_sent_to_its_url_alone(shell: Shell, gateway: LocalGateway) -> None:
    shell.login(ELSEWHERE)
    gateway.reset()
    for arguments, env in (
        ([], {"LOWCODEAPI_BASE_URL": gateway.base_url}),
        (["--base-url", gateway.base_url], {}),
        (["--base-url", gateway.base_url, "--profile", "default"], {}),
    ):
        done = shell("models", "list", *arguments, env=env)
        assert done.code == 4 and f"profile 'default' has no token for {gateway.base_url}" in done.err
    # Nor does a changed file lead it elsewhere.
    shell.file.write_text(shell.file.read_text().replace(ELSEWHERE, gateway.base_url))
    assert shell("models", "list").code == 4 and not gateway.requests


def test_a_login_at_another_url_replaces_the_token(shell: Shell, stored: Memory, gateway: LocalGateway) -> None:
    shell.login(ELSEWHERE, token="another-token-0123456789")
    shell.login(gateway.base_url)
    assert stored.kept == {f"lowcodeapi-baseten: default {gateway.base_url}": TOKEN}
    # The profile keeps its URL when the token is replaced.
    done = shell("login", given="a-third-token-0123456789", env={"LOWCODEAPI_API_TOKEN": "x"})
    assert done.json["base_url"] == gateway.base_url and "LOWCODEAPI_API_TOKEN is set" in done.err
    assert list(stored.kept.values()) == ["a-third-token-0123456789"]


def test_a_token_that_is_gone_from_the_keyring_is_not_missed(shell: Shell, stored: Memory) -> None:
    shell.login(ELSEWHERE)
    stored.kept.clear()
    assert f"{ELSEWHERE}/v1/models" in shell("models", "list", "--dry-run").out
    assert shell("logout").code == 0
    assert json.loads(shell.file.read_text()) == {"profiles": {}}


def test_whoami_shows_the_account_although_its_token_fails(shell: Shell, gateway: LocalGateway) -> None:
    shell.login(gateway.base_url, token="unknown-to-the-gateway")
    done = shell("whoami")
    assert done.code == 1 and done.json["works"] is False and done.json["profile"] == "default"
    assert "401" in done.err and "unknown-to-the-gateway" not in done.out + done.err


def test_completion_does_not_wait_for_a_keyring(
    shell: Shell, stored: Memory, gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.login(gateway.base_url)
    env = {"_LOWCODEAPI_BASETEN_COMPLETE": "zsh_complete", "COMP_WORDS": "lcb models get abc", "COMP_CWORD": "3"}
    assert "abc123" in shell(env=env).out
    opened = threading.Event()
    monkeypatch.setattr("lowcodeapi_baseten.cli.ids.PATIENCE", 0.2)
    monkeypatch.setattr(stored, "get_password", lambda *_: opened.wait(60))
    try:
        assert shell(env=env) == (0, "\n", "")
        assert not opened.is_set()
    finally:
        opened.set()


# --- what is refused -------------------------------------------------------------------------------------------------


_REFUSED = [
    (["login"], "", 2, "no token was given"),
    (["login"], "two words", 4, "api_token is not a token"),
    (["login"], "tökén", 4, "api_token is not a token"),
    (["login", TOKEN], "", 2, "unexpected extra argument"),
    (["login", "--token", TOKEN], "", 2, "the token is never an option"),
    (["login", "--profile", "a/b"], TOKEN, 4, "a profile's name is"),
    (["login", "--base-url", "http://example.com"], TOKEN, 4, "plain HTTP to example.com"),
    (["logout"], "", 4, "there is no profile 'default'"),
    (["logout", "--profile", "work"], "", 4, "there is no profile 'work'"),
    (["models", "list", "--profile", "work"], "", 4, "there is no profile 'work': lowcodeapi-baseten login"),
    (["doctor", "--profile", "work", "-o", "table"], "", 4, ""),
]


@one_test
@pytest.mark.parametrize(("arguments", "given", "code", "says"), _REFUSED)
def test_what_cannot_work_is_refused(
    arguments: list[str], given: str, code: int, says: str, shell: Shell, stored: Memory
) -> None:
    done = shell(*arguments, given=given)
    assert done.code == code and says in done.err, done
    assert not stored.kept and not shell.file.exists()
    assert arguments[0] != "doctor" or "there is no profile 'work'" in done.out


@pytest.mark.parametrize("name", [_NONE, "keyring.backends.null.Keyring", "tests.support.keyring_of_tests.Plain"])
def test_a_keyring_that_is_not_safe_is_refused(shell: Shell, name: str) -> None:
    backend = load_keyring(name)
    keyring.set_keyring(backend)
    done = shell("login", given=TOKEN)
    assert done.code == 4 and "this machine has no safe keyring" in done.err and "--token-file" in done.err
    assert not shell.file.exists() and not getattr(backend, "kept", None)


def test_a_chain_is_as_safe_as_its_best_keyring(shell: Shell, stored: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(load_keyring("keyring.backends.chainer.ChainerBackend"))
    monkeypatch.setattr(ChainerBackend, "backends", [Plain(), stored])
    assert shell("login", given=TOKEN).code == 4
    monkeypatch.setattr(ChainerBackend, "backends", [stored, Plain()])
    assert shell("login", given=TOKEN).code == 0 and stored.kept


def test_settings_of_the_library_that_lead_nowhere_are_one_line() -> None:
    done = run("login", given=TOKEN, env={"PYTHON_KEYRING_BACKEND": "no.such.Backend"})
    assert done.code == 4 and done.err.count("\n") == 1 and "no safe keyring: ModuleNotFoundError" in done.err


def test_without_the_extra_each_command_names_it(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.login(ELSEWHERE)
    monkeypatch.setitem(sys.modules, "keyring", None)
    for arguments in (["login"], ["logout"], ["models", "list"]):
        done = shell(*arguments, given=TOKEN)
        assert done.code == 4 and "pip install 'lowcodeapi-baseten[keyring]'" in done.err


def test_where_the_keyring_or_the_file_fails_no_token_is_shown_or_kept(shell: Shell, stored: Memory) -> None:
    keyring.set_keyring(Locked())
    done = shell("login", given=TOKEN)
    problem = "keyring of tests Locked failed: OSError: can't store [api_token] on a locked keychain"
    assert done.code == 4 and problem in done.err
    assert TOKEN not in done.err and not shell.file.exists()
    keyring.set_keyring(stored)
    shell.file.parent.symlink_to("nowhere")
    done = shell("login", given=TOKEN)
    assert done.code == 1 and "File exists" in done.err and not stored.kept


@pytest.mark.parametrize("text", ["", "[]", "{", '{"profiles": 1}', '{"profiles": {"default": {}}}', "[" * 10_000])
def test_a_damaged_file_is_named(shell: Shell, stored: Memory, gateway: LocalGateway, text: str) -> None:
    shell.file.parent.mkdir()
    shell.file.write_text(text)
    for arguments in (["models", "list"], ["login"], ["logout"]):
        done = shell(*arguments, given=TOKEN)
        assert done.code == 4 and "profiles.json can't be read" in done.err
    assert not stored.kept and shell.file.read_text() == text
    # The environment's token needs no profile.
    env = {"LOWCODEAPI_API_TOKEN": TOKEN, "LOWCODEAPI_BASE_URL": gateway.base_url}
    assert shell("models", "list", env=env).code == 0
