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

TOKEN = "lca-of-tests-0123456789abcdef"
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
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_a_login_is_used_by_every_later_command(shell: Shell, stored: Memory, gateway: LocalGateway) -> None:
    done = shell.login(gateway.base_url)
    assert done.json == {"profile": "default", "base_url": gateway.base_url, "keyring": "keyring of tests Memory"}
    assert stored.kept == {f"lowcodeapi-baseten: default {gateway.base_url}": TOKEN}
    assert [model["id"] for model in shell("models", "list").json] == ["abc123", "model_abc123"]
    known = shell("whoami")
    assert known.json == {
        "profile": "default",
        "base_url": gateway.base_url,
        "token": "from the keyring, profile default",
        "url_format": None,
        "works": True,
    }
    assert shell("logout").json == {"removed": "default"}
    assert not stored.kept
    left = shell("models", "list")
    assert left.code == 4 and "there is no token: run lowcodeapi-baseten login" in left.err


def test_the_token_is_in_the_keyring_alone(shell: Shell, stored: Memory, gateway: LocalGateway, tmp_path: Path) -> None:
    said = [shell.login(gateway.base_url), shell("whoami"), shell("whoami", "-v"), shell("doctor"), shell("logout")]
    shell.login(gateway.base_url)
    assert json.loads(shell.file.read_text()) == {"profiles": {"default": {"base_url": gateway.base_url}}}
    assert shell.file.stat().st_mode & 0o777 == 0o600
    assert shell.file.parent.stat().st_mode & 0o777 == 0o700
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["profiles.json"]
    for done in said:
        assert done.code == 0
        assert TOKEN[-4:] not in done.out + done.err


def test_a_terminal_is_asked_without_echo(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    env = {
        "XDG_CONFIG_HOME": str(tmp_path),
        "KEYRING_OF_TESTS": str(kept),
        "PYTHON_KEYRING_BACKEND": "tests.support.keyring_of_tests.Memory",
    }
    with Terminal("login", env=env) as terminal:
        terminal.expect("Token: ")
        terminal.type(f"{TOKEN}\n")
        assert terminal.end() == 0, terminal.screen
    assert list(json.loads(kept.read_text()).values()) == [TOKEN]
    assert TOKEN[-4:] not in terminal.screen
    with Terminal("login", env=env) as terminal:
        terminal.expect("Token: ")
        terminal.type("\x04")
        assert terminal.end() == 2 and "no token was given" in terminal.screen


# --- where the token and the URL come from ---------------------------------------------------------------------------

_TOKEN = {"LOWCODEAPI_API_TOKEN": "{environment}"}
_URL = {"LOWCODEAPI_BASE_URL": "{url of environment}"}
# Options, environment → whose token is sent, whose URL it is sent to, and the profile.
_SOURCES: list[tuple[list[str], dict[str, str], str, str, str | None]] = [
    ([], {}, "default", "default", "default"),
    ([], {"LOWCODEAPI_PROFILE": "work"}, "work", "work", "work"),
    (["--profile", "work"], {}, "work", "work", "work"),
    (["--profile", "work"], {"LOWCODEAPI_PROFILE": "default"}, "work", "work", "work"),
    # A profile named by an option goes before the environment, as a whole.
    (["--profile", "work"], {**_TOKEN, **_URL}, "work", "work", "work"),
    # The environment's token goes before any other profile, whose URL it is not sent to.
    ([], {**_TOKEN, **_URL}, "environment", "environment", None),
    ([], {**_TOKEN, **_URL, "LOWCODEAPI_PROFILE": "work"}, "environment", "environment", None),
    # A file goes before everything.
    (["--token-file", "{path}"], {**_TOKEN, **_URL}, "file", "environment", None),
    (["--token-file", "{path}", "--base-url", "{url of default}"], _TOKEN, "file", "default", None),
    (["--token-file", "{path}", "--profile", "work"], {**_TOKEN, **_URL}, "file", "work", "work"),
]


@pytest.fixture(scope="module")
def gateways() -> Iterator[dict[str, LocalGateway]]:
    with contextlib.ExitStack() as stack:
        names = ("default", "work", "environment")
        yield {name: stack.enter_context(LocalGateway(api_token=TOKEN)) for name in names}


@pytest.mark.parametrize(("options", "env", "source", "where", "profile"), _SOURCES)
def test_the_first_source_wins(
    shell: Shell,
    stored: Memory,
    gateways: dict[str, LocalGateway],
    tmp_path: Path,
    options: list[str],
    env: dict[str, str],
    source: str,
    where: str,
    profile: str | None,
) -> None:
    # Only one token is right.
    names = ("default", "work", "environment", "file")
    tokens = {name: TOKEN if name == source else f"a-wrong-token-of-{name}" for name in names}
    urls = {f"url of {name}": gateway.base_url for name, gateway in gateways.items()}
    known = {**tokens, **urls, "path": str(tmp_path / "token")}
    (tmp_path / "token").write_text(tokens["file"])
    shell.login(gateways["default"].base_url, token=tokens["default"])
    shell.login(gateways["work"].base_url, "--profile", "work", token=tokens["work"])
    done = shell(
        "whoami",
        *(option.format_map(known) for option in options),
        env={name: value.format_map(known) for name, value in env.items()},
    )
    assert done.code == 0 and done.json["works"], done
    assert (done.json["profile"], done.json["base_url"]) == (profile, gateways[where].base_url)


def test_a_profiles_token_is_sent_to_its_url_alone(shell: Shell, stored: Memory, gateway: LocalGateway) -> None:
    shell.login("https://gateway.example.com/baseten")
    for arguments, env in (
        ([], {"LOWCODEAPI_BASE_URL": gateway.base_url}),
        (["--base-url", gateway.base_url], {}),
        (["--base-url", gateway.base_url, "--profile", "default"], {}),
    ):
        gateway.reset()
        done = shell("models", "list", *arguments, env=env)
        assert done.code == 4 and f"profile 'default' has no token for {gateway.base_url}" in done.err
        assert not gateway.requests
    # Nor does a changed file lead it elsewhere.
    shell.file.write_text(shell.file.read_text().replace("https://gateway.example.com/baseten", gateway.base_url))
    assert shell("models", "list").code == 4 and not gateway.requests


def test_a_login_at_another_url_replaces_the_token(shell: Shell, stored: Memory, gateway: LocalGateway) -> None:
    shell.login("https://gateway.example.com/baseten", token="another-token-0123456789")
    shell.login(gateway.base_url)
    assert stored.kept == {f"lowcodeapi-baseten: default {gateway.base_url}": TOKEN}
    # The profile keeps its URL when the token is replaced.
    assert shell("login", given="a-third-token-0123456789").json["base_url"] == gateway.base_url
    assert list(stored.kept.values()) == ["a-third-token-0123456789"]


def test_a_dry_run_shows_the_profiles_url_and_asks_no_keyring(shell: Shell, stored: Memory) -> None:
    shell.login("https://gateway.example.com/baseten")
    stored.kept.clear()
    assert "https://gateway.example.com/baseten/v1/models" in shell("models", "list", "--dry-run").out


def test_a_login_says_that_the_environment_goes_first(shell: Shell, stored: Memory) -> None:
    done = shell("login", given=TOKEN, env={"LOWCODEAPI_API_TOKEN": "x"})
    assert done.code == 0 and "LOWCODEAPI_API_TOKEN is set" in done.err


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "given", "code", "says"),
    [
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
    ],
)
def test_what_cannot_work_is_refused(
    shell: Shell, stored: Memory, arguments: list[str], given: str, code: int, says: str
) -> None:
    done = shell(*arguments, given=given)
    assert done.code == code and says in done.err, done
    assert not stored.kept and not shell.file.exists()
    assert TOKEN not in done.out.replace("\n", "") or TOKEN in arguments


@pytest.mark.parametrize("name", [_NONE, "keyring.backends.null.Keyring", "tests.support.keyring_of_tests.Plain"])
def test_a_keyring_that_is_not_safe_is_refused(shell: Shell, stored: Memory, name: str) -> None:
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


def test_completion_does_not_wait_for_a_keyring(
    shell: Shell, stored: Memory, gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.login(gateway.base_url)
    env = {"_LOWCODEAPI_BASETEN_COMPLETE": "zsh_complete", "COMP_WORDS": "lcb models get abc", "COMP_CWORD": "3"}
    assert "abc123" in shell(env=env).out
    opened = threading.Event()
    monkeypatch.setattr("lowcodeapi_baseten.cli.ids._PATIENCE", 0.2)
    monkeypatch.setattr(stored, "get_password", lambda *_: opened.wait(60))
    try:
        assert shell(env=env) == (0, "\n", "")
        assert not opened.is_set()
    finally:
        opened.set()


def test_settings_of_the_library_that_lead_nowhere_are_one_line() -> None:
    done = run("login", given=TOKEN, env={"PYTHON_KEYRING_BACKEND": "no.such.Backend"})
    assert done.code == 4 and done.err.count("\n") == 1 and "no safe keyring: ModuleNotFoundError" in done.err


def test_without_the_extra_a_login_names_it(
    shell: Shell, stored: Memory, gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.login(gateway.base_url)
    monkeypatch.setitem(sys.modules, "keyring", None)
    for arguments in (["login"], ["logout"], ["models", "list"]):
        done = shell(*arguments, given=TOKEN)
        assert done.code == 4 and "pip install 'lowcodeapi-baseten[keyring]'" in done.err


def test_a_keyring_that_fails_shows_no_token_and_stores_nothing(shell: Shell, stored: Memory) -> None:
    keyring.set_keyring(Locked())
    done = shell("login", given=TOKEN)
    assert (
        done.code == 4
        and "keyring of tests Locked failed: OSError: can't store [api_token] on a locked keychain" in done.err
    )
    assert TOKEN not in done.err and not shell.file.exists()


def test_a_file_that_cannot_be_written_leaves_no_token(shell: Shell, stored: Memory) -> None:
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


def test_a_token_that_is_gone_from_the_keyring_can_be_logged_out(shell: Shell, stored: Memory) -> None:
    shell.login("https://gateway.example.com/baseten")
    stored.kept.clear()
    assert shell("logout").code == 0
    assert json.loads(shell.file.read_text()) == {"profiles": {}}


def test_the_doctor_names_the_profile_that_is_missing(shell: Shell, stored: Memory) -> None:
    done = shell("doctor", "--profile", "work")
    assert done.code == 4
    assert [finding["name"] for finding in done.json if finding["state"] == "failed"] == ["profile"]


def test_whoami_shows_the_account_although_its_token_fails(shell: Shell, stored: Memory, gateway: LocalGateway) -> None:
    shell.login(gateway.base_url, token="unknown-to-the-gateway")
    done = shell("whoami")
    assert done.code == 1 and done.json["works"] is False and done.json["profile"] == "default"
    assert "401" in done.err and "unknown-to-the-gateway" not in done.out + done.err


def test_whoami_tells_the_remembered_format(shell: Shell, stored: Memory, gateway: LocalGateway) -> None:
    shell.login(gateway.base_url)
    shell("models", "get", "abc123")
    assert shell("whoami").json["url_format"] == "new"


@pytest.mark.parametrize("is_token_given", [True, False])
def test_the_keyring_is_imported_for_a_profile_alone(
    gateway: LocalGateway, tmp_path: Path, is_token_given: bool
) -> None:
    source = (
        "import sys; from lowcodeapi_baseten.cli import main; main(['models', 'list'])\n"
        "print([name for name in sys.modules if name.partition('.')[0] == 'keyring'], file=sys.stderr)"
    )
    env = {"XDG_CONFIG_HOME": str(tmp_path)}
    if is_token_given:
        env |= {"LOWCODEAPI_API_TOKEN": TOKEN, "LOWCODEAPI_BASE_URL": gateway.base_url}
    done = run("-c", source, command=[sys.executable], env=env)
    assert done.err.splitlines()[-1] == "[]"
