"""Secrets from files, as Docker and systemd hand them over."""

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import MAX_SECRET_BYTES, SECRET_FILES, read_settings
from tests.cli.conftest import Command
from tests.operations.operations_fixture import SECRET_KEY

TOKEN = "xoxb-hunter4"
CANNOT_BE_USED = "SLACK_BOT_TOKEN_FILE: the file can't be used: "


@pytest.fixture
def token_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file that the bot token is read from; it isn't there yet."""
    path = folder / "token"
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(path))
    return path


def problems() -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read_settings()
    return str(caught.value).splitlines()


def test_every_secret_may_come_from_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "database_url": "sqlite:///hunter2.db",
        "slack_bot_token": TOKEN,
        "slack_app_token": "xapp-hunter5",
        "slack_signing_secret": "hunter6",
        "nihito_secret_key": SECRET_KEY,
    }
    for name, secret in secrets.items():
        (folder / name).write_text(f"{secret}\n")
        monkeypatch.setenv(f"{name.upper()}_FILE", str(folder / name))
    read = read_settings()
    assert read.slack_bot_token.get_secret_value() == TOKEN
    assert read.slack_app_token.get_secret_value() == "xapp-hunter5"
    assert read.slack_signing_secret.get_secret_value() == "hunter6"
    assert read.nihito_secret_key.get_secret_value() == SECRET_KEY
    assert read.database_url == "sqlite:///hunter2.db"
    assert set(SECRET_FILES.values()) == set(secrets)
    assert "hunter" not in f"{read!r} {read}"


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n", b"\n\n"])
def test_the_end_of_the_line_is_no_part_of_the_secret(token_file: Path, ending: bytes) -> None:
    token_file.write_bytes(TOKEN.encode() + ending)
    assert read_settings().slack_bot_token.get_secret_value() == TOKEN


def test_a_byte_order_mark_is_no_part_of_the_secret(token_file: Path) -> None:
    token_file.write_text(TOKEN, encoding="utf-8-sig")
    assert read_settings().slack_bot_token.get_secret_value() == TOKEN


def test_the_file_may_be_named_in_the_file_of_settings(folder: Path) -> None:
    (folder / "token").write_text(TOKEN)
    (folder / ".env").write_text("SLACK_BOT_TOKEN=\nSLACK_BOT_TOKEN_FILE=token\n")
    assert read_settings().slack_bot_token.get_secret_value() == TOKEN


@pytest.mark.usefixtures("folder")
def test_an_empty_name_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", "")
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    assert read_settings().slack_bot_token.get_secret_value() == TOKEN


def test_a_secret_and_its_file_are_one_too_many(
    token_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token_file.write_text(TOKEN)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-hunter5")
    assert problems() == ["SLACK_BOT_TOKEN_FILE: SLACK_BOT_TOKEN is set too, keep one of the two"]


def test_a_file_that_is_not_there_is_said(token_file: Path) -> None:
    assert not token_file.exists()
    assert problems() == [f"{CANNOT_BE_USED}No such file or directory"]


def test_a_folder_is_said(token_file: Path) -> None:
    token_file.mkdir()
    assert problems() == [f"{CANNOT_BE_USED}Is a directory"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it's empty"),
        (b" \n", "it's empty"),
        (b"\xff\xfe\x00", "it isn't text"),
        (b"xoxb-hunter4\nxoxb-hunter5\n", "it holds more than one line"),
        (b"x" * (MAX_SECRET_BYTES + 1), "it holds more than one line"),
    ],
)
def test_what_holds_no_secret_is_said_without_repeating_it(
    token_file: Path, content: bytes, reason: str
) -> None:
    token_file.write_bytes(content)
    assert problems() == [CANNOT_BE_USED + reason]


@pytest.mark.usefixtures("folder")
def test_a_secret_in_place_of_its_file_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", TOKEN)
    assert problems() == [f"{CANNOT_BE_USED}No such file or directory"]


def test_what_is_wrong_with_a_file_is_reported_with_the_other_problems(
    command: Command, folder: Path
) -> None:
    (folder / "database").write_text("mysql://u:hunter2@host/db\n")
    ended = command(
        "doctor", PORT="many", DATABASE_URL_FILE="database", SLACK_APP_TOKEN_FILE=str(folder)
    )
    assert (ended.code, ended.out) == (1, "")
    names = [line.split(":")[0] for line in ended.err.splitlines()]
    assert names == ["SLACK_APP_TOKEN_FILE", "DATABASE_URL", "PORT"]
    assert "hunter" not in ended.err
