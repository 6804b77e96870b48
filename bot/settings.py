"""Settings, read once from the environment, `.env` and files into one frozen object."""

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    create_model,
    field_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import SettingsError
from bot.platform.encryption import Cipher, is_key, parse_keys
from bot.platform.public_address import is_base_url
from bot.platform.signed_links import LinkSigner


class Settings(BaseModel):
    """What the operator of the bot can set; secrets are never printed."""

    model_config = ConfigDict(frozen=True)

    database_url: str = Field(
        default="sqlite:///nihito.db",
        description="Where the data lives: a SQLite file or a PostgreSQL database.",
        repr=False,
    )
    slack_bot_token: SecretStr = Field(
        default=SecretStr(""), description="Bot token of the Slack app, starts with xoxb-."
    )
    slack_app_token: SecretStr = Field(
        default=SecretStr(""),
        description="App token, starts with xapp-. Given: Socket Mode; empty: signed HTTP.",
    )
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Signing secret of the Slack app, needed for signed HTTP.",
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/", description="Where Slack's Web API is; another for tests."
    )
    host: str = Field(
        default="",
        description="IP address that the HTTP server listens on. Empty: 127.0.0.1 in Socket Mode "
        "without a public address, else 0.0.0.0.",
    )
    port: int = Field(default=3000, ge=0, le=65535, description="Port of the HTTP server.")
    nihito_log: str = Field(
        default="info", pattern="^(debug|info|warning|error)$", description="How much is logged."
    )

    nihito_secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Keys for calendars' addresses and links to surveys; the first is in use.",
    )
    nihito_public_url: str = Field(
        default="",
        description="The https address under which the bot is reached, for links to surveys.",
    )

    @field_validator("slack_signing_secret")
    @classmethod
    def _check_signing_secret(cls, setting: SecretStr) -> SecretStr:
        if any(each.isspace() for each in setting.get_secret_value()):
            raise PydanticCustomError("signing_secret", "has spaces in it")
        return setting

    @field_validator("host")
    @classmethod
    def _check_host(cls, host: str) -> str:
        if host and not _is_ip_address(host):
            problem = "not an IP address such as 127.0.0.1"
            raise PydanticCustomError("host", "{problem}", {"problem": problem})
        return host

    @field_validator("nihito_secret_key")
    @classmethod
    def _check_keys(cls, setting: SecretStr) -> SecretStr:
        if not all(is_key(each) for each in parse_keys(setting.get_secret_value())):
            problem = "not keys of 32 bytes in base64, with commas between them"
            raise PydanticCustomError("secret_key", "{problem}", {"problem": problem})
        return setting

    @field_validator("nihito_public_url")
    @classmethod
    def _check_public_url(cls, url: str) -> str:
        if url and not is_base_url(url):
            problem = "not an address such as https://nihito.example.org"
            raise PydanticCustomError("public_url", "{problem}", {"problem": problem})
        return url.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, url: str) -> str:
        problem = _url_problem(url)
        if problem:
            raise PydanticCustomError("database_url", "{problem}", {"problem": problem})
        return url

    @property
    def socket_mode(self) -> bool:
        """Return whether Slack is reached over Socket Mode."""
        return bool(self.slack_app_token.get_secret_value())

    @property
    def listen_address(self) -> str:
        """Return the IP address that the HTTP server listens on."""
        reached_from_outside = not self.socket_mode or self.nihito_public_url
        return self.host or ("0.0.0.0" if reached_from_outside else "127.0.0.1")

    @property
    def cipher(self) -> Cipher:
        """Return the cipher for data that is stored encrypted; it is false without a key."""
        return Cipher(parse_keys(self.nihito_secret_key.get_secret_value()))

    @property
    def link_signer(self) -> LinkSigner | None:
        """Return the signer of links to surveys, or None without a key."""
        keys = parse_keys(self.nihito_secret_key.get_secret_value())
        return LinkSigner(keys, "survey") if keys else None

    @property
    def redacted_database_url(self) -> str:
        """Return the database URL without its password and query, which may hold one too."""
        return make_url(self.database_url).set(query={}).render_as_string(hide_password=True)


# Each secret, by the name of the setting that says which file holds it instead.
SECRET_FILES: Mapping[str, str] = {
    f"{name}_file": name
    for name, field in Settings.model_fields.items()
    if field.annotation is SecretStr or name == "database_url"  # that may hold a password
}
MAX_SECRET_BYTES = 65_536


class _Environment(BaseSettings):
    """The settings as they are written, before any is checked."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")


_FIELDS: dict[str, Any] = dict.fromkeys((*Settings.model_fields, *SECRET_FILES), (str | None, None))
_Texts = create_model("_Texts", __base__=_Environment, **_FIELDS)


def read_settings() -> Settings:
    """Read the settings from the environment, which wins over `.env`, and secrets from files.

    Raises one `SettingsError` with all problems.
    """
    texts: dict[str, str] = _Texts().model_dump(exclude_none=True)
    problems = _read_secret_files(texts)
    try:
        settings = Settings.model_validate(texts)
    except ValidationError as error:
        problems += [f"{_setting_name(each)}: {each['msg']}" for each in error.errors()]
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def _read_secret_files(texts: dict[str, str]) -> list[str]:
    """Put each secret that a file holds where its setting is; return what is wrong."""
    problems = []
    for setting, name in SECRET_FILES.items():
        path = texts.pop(setting, "")
        if not path:
            continue
        if texts.get(name):
            problems.append(f"{setting.upper()}: {name.upper()} is set too, keep one of the two")
            continue
        try:
            texts[name] = _read_secret(Path(path))
        except (OSError, ValueError) as error:
            # Not the path: it may be the secret itself, put there by mistake.
            reason = error.strerror if isinstance(error, OSError) else error
            problems.append(f"{setting.upper()}: the file can't be used: {reason}")
    return problems


def _read_secret(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(MAX_SECRET_BYTES + 1)
    try:
        secret = content.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError("it isn't text") from None
    if not secret.strip():
        raise ValueError("it's empty")
    if len(content) > MAX_SECRET_BYTES or len(secret.splitlines()) > 1:
        raise ValueError("it holds more than one line")
    return secret


def _setting_name(problem: Mapping[str, Any]) -> str:
    return ".".join(str(part) for part in problem["loc"]).upper()


def _is_ip_address(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


def _url_problem(url: str) -> str:
    try:
        backend = make_url(url).get_backend_name()
    except (ArgumentError, ValueError):
        return "not an address such as sqlite:///nihito.db"
    if backend in ("sqlite", "postgresql"):
        return ""
    return f"{backend} is not supported, only sqlite and postgresql"
