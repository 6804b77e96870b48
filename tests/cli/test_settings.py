"""Settings: all problems reported at once, the same names everywhere, no secret ever printed."""

import logging
import re
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from dotenv import dotenv_values
from pydantic import SecretStr

from bot.app import build_services
from bot.errors import SettingsError, SlackUnavailable
from bot.log import configure, get_logger
from bot.services import Services
from bot.settings import SECRET_FILES, Settings, read_settings
from tests.checks import markdown
from tests.cli.conftest import Command
from tests.operations.operations_fixture import SECRET_KEY

ROOT = Path(__file__).parent.parent.parent
FIELDS = Settings.model_fields
SECRETS = {
    "DATABASE_URL": "postgresql://nihito:hunter2@127.0.0.1:9/none?sslpassword=hunter3",
    "SLACK_BOT_TOKEN": "xoxb-hunter4",
    "SLACK_APP_TOKEN": "xapp-hunter5",
    "SLACK_SIGNING_SECRET": "hunter6",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
    # The key, which is base64, contains "hunter" too.
    "NIHITO_SECRET_KEY": "hunter" + "7" * 37 + "=",
}


def default(name: str) -> str:
    """Return a setting's default as it would be written in a file."""
    value = FIELDS[name].default
    return str(value.get_secret_value() if isinstance(value, SecretStr) else value)


def test_the_example_file_names_every_setting_with_its_default() -> None:
    written = dotenv_values(ROOT / "config.example.env")
    files = {name.upper(): "" for name in SECRET_FILES}
    assert written == {name.upper(): default(name) for name in FIELDS} | files


def test_the_example_file_says_what_each_setting_is() -> None:
    text = (ROOT / "config.example.env").read_text(encoding="utf-8")
    for name in FIELDS:
        assert re.search(rf"^# .+\n(#.*\n)*{name.upper()}=", text, re.MULTILINE), name


def test_the_readme_lists_every_setting_with_its_default() -> None:
    settings = markdown.section(markdown.parse(ROOT / "README.md"), "Settings")
    _heads, *rows = markdown.rows(settings)
    listed = {markdown.first_code(row[0]): markdown.first_code(row[1]) for row in rows}
    assert listed == {name.upper(): default(name) for name in FIELDS}


def test_the_readme_names_the_file_of_every_secret() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in SECRET_FILES if f"`{name.upper()}`" not in text] == []


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in FIELDS.values())


def test_the_environment_wins_over_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("PORT=4000\nNIHITO_LOG=error\n")
    monkeypatch.setenv("PORT", "5000")
    read = read_settings()
    assert (read.port, read.nihito_log) == (5000, "error")


def test_a_setting_of_somebody_else_in_the_file_does_no_harm(folder: Path) -> None:
    (folder / ".env").write_text("AWS_REGION=somewhere\n")
    assert read_settings().port == 3000


def test_all_problems_are_reported_together(command: Command) -> None:
    wrong = {"PORT": "many", "NIHITO_LOG": "loud", "DATABASE_URL": "mysql://u:hunter2@host/db"}
    ended = command("tick", **wrong)
    assert ended.code == 1
    lines = ended.err.splitlines()
    assert [line.split(":")[0] for line in lines] == ["DATABASE_URL", "PORT", "NIHITO_LOG"]
    assert "mysql is not supported" in lines[0]
    assert "hunter2" not in ended.err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("address", ["nonsense", "", "postgresql://u:hunter2@host:port/db"])
def test_what_is_no_address_of_a_database_is_said_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert str(caught.value) == "DATABASE_URL: not an address such as sqlite:///nihito.db"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("key", ["hunter2", "hunter2,", f"{SECRET_KEY},hunter2"])
def test_what_is_no_key_is_said_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("NIHITO_SECRET_KEY", key)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert str(caught.value) == (
        "NIHITO_SECRET_KEY: not keys of 32 bytes in base64, with commas between them"
    )


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "url", ["nihito", "ftp://nihito.example.org", "https://", "https://a@b.example", "https://a b"]
)
def test_what_is_no_public_address_is_said(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("NIHITO_PUBLIC_URL", url)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert str(caught.value) == (
        "NIHITO_PUBLIC_URL: not an address such as https://nihito.example.org"
    )


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("host", ["nihito.example.org", "127.0.0.1:3000", "x86_64-conda-linux-gnu"])
def test_what_is_no_ip_address_is_said(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("HOST", host)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert str(caught.value) == "HOST: not an IP address such as 127.0.0.1"


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, "0.0.0.0"),
        ({"slack_app_token": "xapp-1"}, "127.0.0.1"),
        ({"slack_app_token": "xapp-1", "nihito_public_url": "https://a.example"}, "0.0.0.0"),
        ({"host": "127.0.0.1"}, "127.0.0.1"),
        ({"slack_app_token": "xapp-1", "host": "::"}, "::"),
    ],
    ids=["signed HTTP", "Socket Mode", "Socket Mode and surveys", "a proxy here", "a container"],
)
def test_it_listens_to_others_only_where_it_is_reached_from_outside(
    settings: dict[str, str], address: str
) -> None:
    assert Settings.model_validate(settings).listen_address == address


@pytest.mark.parametrize("secret", ["   ", "hunter2 ", "hunter2\n", "\u00a0"])
def test_a_signing_secret_with_spaces_is_reported_with_the_other_problems(
    command: Command, secret: str
) -> None:
    ended = command("run", SLACK_SIGNING_SECRET=secret, PORT="many")
    assert ended.code == 1
    assert [line.split(":")[0] for line in ended.err.splitlines()] == [
        "SLACK_SIGNING_SECRET",
        "PORT",
    ]
    assert "hunter2" not in ended.err


def test_several_keys_stand_with_commas_between_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not (folder / ".env").exists()
    assert not read_settings().cipher
    monkeypatch.setenv("NIHITO_SECRET_KEY", f" {SECRET_KEY} ,{Fernet.generate_key().decode()},")
    assert read_settings().cipher


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]


@pytest.fixture
def settings_with_secrets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return settings full of secrets."""
    assert not (folder / ".env").exists()
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def test_no_secret_is_in_what_settings_print(settings_with_secrets: Settings) -> None:
    services = build_services(settings_with_secrets)
    shown = (
        f"{settings_with_secrets} {settings_with_secrets!r} {services} {services!r} "
        f"{settings_with_secrets.redacted_database_url}"
    )
    assert "hunter" not in shown


@pytest.mark.usefixtures("settings_with_secrets")
@pytest.mark.parametrize(
    "arguments", [["doctor"], ["migrate"], ["tick"], ["import", "customers", "rows.csv"], ["run"]]
)
def test_no_command_prints_a_secret(command: Command, folder: Path, arguments: list[str]) -> None:
    (folder / "rows.csv").write_text("name\nAlder\n")
    ended = command(*arguments)
    assert ended.code == 1
    assert ended.out + ended.err
    assert "hunter" not in ended.out + ended.err


def ask(services: Services, words: str, token: str) -> None:
    """Raise an error with a customer's words and a secret among the local variables."""
    services.slack.call("chat.postMessage", token=token, channel="C1", text=words)


def test_no_secret_and_no_customers_word_is_in_the_log_of_an_error(
    settings_with_secrets: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("debug")
    services = build_services(settings_with_secrets)
    with pytest.raises(SlackUnavailable) as caught:
        ask(
            services,
            "A customer's hunter7",
            settings_with_secrets.slack_bot_token.get_secret_value(),
        )
    get_logger("test").error("failed", exc_info=caught.value, settings=settings_with_secrets)
    logging.getLogger("library").error("failed too", exc_info=caught.value)
    configure("error")
    logged = capsys.readouterr().err
    assert "failed too" in logged
    assert "hunter" not in logged
