"""Health: what is wrong with a set-up, and how to mend it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy.exc import SQLAlchemyError

from bot.db import migrate, workspaces
from bot.db.calendars import feeds
from bot.db.outbox import rates
from bot.db.outbox.audit import Pile
from bot.operations import surveys
from bot.operations.doctor import audit
from bot.operations.doctor.audit import Sort, dead_letters
from bot.operations.doctor.remedies import AUDIT_MENDINGS, mending
from bot.platform.public_address import is_private
from bot.services import Services
from bot.slack.client import make_client

LARGEST_SKEW = timedelta(minutes=1)
# Jobs tick every few seconds, and one that fails has run too.
LONGEST_SILENCE = timedelta(minutes=2)
WELL = "ok"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `mending` says what to do when it is not well."""

    subject: str
    well: bool
    found: str
    mending: str = ""


def silent(services: Services) -> str:
    """What is wrong with the clock of this process: "" while its jobs run."""
    seconds = services.metrics.silence
    if seconds < LONGEST_SILENCE.total_seconds():
        return ""
    return f"no job has run for {seconds:.0f} s"


def stored(services: Services) -> Mapping[str, str]:
    """Whether the database is as it should be, and each workspace known to Slack: `WELL` or what
    is wrong, by subject."""
    try:
        current, newest = migrate.revisions(services.engine)
        if current != newest:
            return {"database": f"at revision {current or 'none'}, the code expects {newest}"}
        known, halted = workspaces.ids(services.engine), workspaces.halted(services.engine)
    except SQLAlchemyError as error:
        return {"database": type(error).__name__}
    # One of many that has removed the app is no reason to stop serving the others.
    lost = bool(halted) and len(halted) == len(known)
    wrong = f"halted: {', '.join(sorted(set(halted.values())))}"
    return {"database": WELL, "workspace": wrong if lost else WELL}


def examine(services: Services, manifest: Mapping[str, Any], now: datetime) -> Sequence[Finding]:
    """Look at database, tokens, scopes, manifest and clock; changes nothing."""
    checks: tuple[Callable[[], Sequence[Finding]], ...] = (
        lambda: _database(services, now),
        lambda: _slack(services, manifest, now),
        lambda: _app_token(services),
    )
    return [finding for check in checks for finding in check()]


def _database(services: Services, now: datetime) -> Sequence[Finding]:
    address = services.settings.safe_database_url
    try:
        current, newest = migrate.revisions(services.engine)
        if current != newest:
            found = f"at revision {current or 'none'}, the code expects {newest}"
            return [Finding("database", False, found, "Run `python -m bot migrate`.")]
        return [Finding("database", True, address), *_messages(services, now)]
    except SQLAlchemyError as error:
        mending = "Check DATABASE_URL, and that the database is up and can be written."
        return [Finding("database", False, f"{address}: {type(error).__name__}", mending)]


def _messages(services: Services, now: datetime) -> Sequence[Finding]:
    dead = _dead(services) or [Finding("messages", True, "none is stuck")]
    halted, held = _halted(services), _held(services, now)
    kept = _calendars(services), _surveys(services)
    return [*halted, *dead, *held, *_audit(services, now), *kept]


def _halted(services: Services) -> Sequence[Finding]:
    return [
        Finding("workspace", False, f"{workspace_id} is halted: {code}", mending(code))
        for workspace_id, code in workspaces.halted(services.engine).items()
    ]


def _dead(services: Services) -> Sequence[Finding]:
    return [
        Finding("messages", False, f"{_many(each)}: {each.reason}", _redrive(each))
        for workspace_id in workspaces.ids(services.engine)
        for each in dead_letters(services, workspace_id)
    ]


def _many(pile: Pile) -> str:
    return f"{pile.count} x {pile.kind}"


def _redrive(pile: Pile) -> str:
    again = f"python -m bot redrive --kind {pile.kind} --reason {pile.reason}"
    return f"{mending(pile.reason)} Then send again what is still true: `{again}`."


def _held(services: Services, now: datetime) -> Sequence[Finding]:
    found = []
    for workspace_id in workspaces.ids(services.engine):
        with services.reading(workspace_id) as tx:
            held = rates.held(tx, now)
        found += [f"{method} until {until:%H:%M:%S} UTC" for method, until in held.items()]
    return [Finding("rates", True, f"Slack holds {', '.join(found)}")] if found else []


def _audit(services: Services, now: datetime) -> Sequence[Finding]:
    reports = audit.look(services, now)
    counts = sum((Counter(each.counts) for each in reports), Counter[str]())
    return [
        Finding("audit", False, f"{count} x {sort}", AUDIT_MENDINGS[Sort(sort)])
        for sort, count in counts.items()
    ]


def _calendars(services: Services) -> Finding:
    """Without a key, calendars are merely not offered, unless somebody has connected one."""
    counts = Counter[str]()
    for workspace_id in workspaces.ids(services.engine):
        with services.reading(workspace_id) as tx:
            counts.update(feeds.counts(tx))
    keyed = bool(services.settings.safe)
    if not keyed:
        found = f"{counts.total()} cannot be read" if counts else f"not offered. {_KEY}"
        return Finding("calendars", not counts, found, _KEY)
    unread = [f"{count} x {sort}" for sort, count in sorted(counts.items()) if sort]
    connected = f"{counts.total()} connected"
    return Finding("calendars", True, ", ".join([connected, *unread]))


def _surveys(services: Services) -> Finding:
    """Without a key and an address nobody is asked; an address that others can read is wrong."""
    lacking = surveys.lacking(services.settings)
    if not lacking:
        return Finding("surveys", True, f"at {services.settings.nihito_public_url}/survey/")
    url = services.settings.nihito_public_url
    if url and not is_private(url):
        return Finding("surveys", False, f"{url} is not https", _PUBLIC_URL)
    return Finding("surveys", True, f"not offered. For surveys, set {' and '.join(lacking)}.")


def _slack(services: Services, manifest: Mapping[str, Any], now: datetime) -> Sequence[Finding]:
    if not services.settings.slack_bot_token.get_secret_value():
        return [Finding("bot token", False, "SLACK_BOT_TOKEN is empty", _TOKEN)]
    try:
        answer = services.slack.client.auth_test()
    except SlackApiError as error:
        return [Finding("bot token", False, str(error.response.get("error")), _TOKEN)]
    except (SlackClientError, OSError) as error:
        mending = "Check the network and SLACK_API_URL."
        return [Finding("Slack", False, type(error).__name__, mending)]
    headers = {name.lower(): value for name, value in answer.headers.items()}
    found = f"{answer['user']} in {answer['team']}"
    return [
        Finding("bot token", True, found),
        _scopes(headers, manifest),
        _clock(headers, now),
    ]


def _scopes(headers: Mapping[str, Any], manifest: Mapping[str, Any]) -> Finding:
    wanted = set(manifest["oauth_config"]["scopes"]["bot"])
    granted = {scope.strip() for scope in str(headers.get("x-oauth-scopes", "")).split(",")}
    lacking = sorted(wanted - granted)
    if lacking:
        mending = "Update the app from manifest.json and install it to the workspace again."
        return Finding("scopes", False, f"missing: {', '.join(lacking)}", mending)
    return Finding("scopes", True, f"all {len(wanted)} of the manifest")


def _clock(headers: Mapping[str, Any], now: datetime) -> Finding:
    stamp = headers.get("date")
    if not stamp:
        return Finding("clock", True, "Slack did not say the time")
    skew = abs(now - parsedate_to_datetime(str(stamp)).astimezone(UTC))
    found = f"{skew.total_seconds():.0f} s from Slack's"
    return Finding("clock", skew <= LARGEST_SKEW, found, "Set the clock by NTP.")


def _app_token(services: Services) -> Sequence[Finding]:
    settings = services.settings
    if not settings.socket_mode:
        has_secret = bool(settings.slack_signing_secret.get_secret_value())
        found = "signed HTTP" if has_secret else "neither app token nor signing secret"
        return [Finding("way in", has_secret, found, _WAY_IN)]
    client = make_client(settings.slack_app_token.get_secret_value(), settings.slack_api_url)
    try:
        client.apps_connections_open(app_token=client.token or "")
    except SlackApiError as error:
        return [Finding("app token", False, str(error.response.get("error")), _APP_TOKEN)]
    except (SlackClientError, OSError) as error:
        return [Finding("app token", False, type(error).__name__, _APP_TOKEN)]
    return [Finding("app token", True, "Socket Mode")]


_TOKEN = "Copy the Bot User OAuth Token (xoxb-) from OAuth & Permissions into SLACK_BOT_TOKEN."
_APP_TOKEN = (
    "Make an app-level token (xapp-) with connections:write under Basic Information "
    "and put it into SLACK_APP_TOKEN."
)
_KEY = "For calendars, set NIHITO_SECRET_KEY to a key made as docs/running.md says."
_PUBLIC_URL = (
    "Set NIHITO_PUBLIC_URL to the https address under which customers reach the bot: others on "
    "the way could read what they answer."
)
_WAY_IN = "Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP."
