"""Check a set-up: what is wrong with it, and how to fix it."""

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
from bot.db.outbox.audit import MessageCount, count_due
from bot.db.workspaces import ClockHistory
from bot.operations.doctor import audit, clock
from bot.operations.doctor.audit import COUNT_LIMIT, GRACE, dead_letters
from bot.operations.doctor.clock import MAX_CLOCK_SKEW
from bot.operations.doctor.remedies import AUDIT_REMEDIES, START_BOT, get_remedy
from bot.operations.doctor.write_probe import find_write_problem
from bot.operations.surveys import links as surveys
from bot.operations.workspaces import find_reachable, list_reachable, list_unreachable
from bot.platform.public_address import is_secure
from bot.services import Services
from bot.slack.client import make_client

# Jobs tick every few seconds, and a job that fails has run too.
LONGEST_SILENCE = timedelta(minutes=2)
OK = "ok"


@dataclass(frozen=True)
class CheckResult:
    """The result of one check; `remedy` says what to do when it isn't `ok`."""

    subject: str
    ok: bool
    details: str
    remedy: str = ""

    @property
    def page(self) -> str:
        """Return the paragraph of the operator's page about its subject."""
        return f"docs/running.md#doctor-{self.subject.lower().replace(' ', '-')}"


def clock_problem(services: Services) -> str:
    """Return what is wrong with this process's clock, "" while its jobs run."""
    seconds = services.metrics.seconds_without_job
    if seconds < LONGEST_SILENCE.total_seconds():
        return ""
    return f"no job has run for {seconds:.0f} s"


def check_readiness(services: Services, now: datetime) -> Mapping[str, str]:
    """Return `OK` or what is wrong, by subject: the database, and whether Slack knows us.

    After `OK` and a colon comes what an operator should know although it is well.
    """
    try:
        current, newest = migrate.revisions(services.engine)
        if current != newest:
            return {"database": f"at revision {current or 'none'}, the code expects {newest}"}
        known, halted = list_reachable(services), _list_halted(services)
        setbacks = [clock.describe_setback(each, now) for each in _clock_histories(services)]
    except SQLAlchemyError as error:
        return {"database": type(error).__name__}
    # One workspace of many that has removed the app is no reason to stop serving the others.
    lost = bool(halted) and len(halted) == len(known)
    wrong = f"halted: {', '.join(sorted(set(halted.values())))}"
    # No reason to send no traffic: what was recorded ahead is ignored.
    said = {"time": f"{OK}: {max(setbacks)}"} if any(setbacks) else {}
    return {"database": OK, "workspace": wrong if lost else OK, **said}


def run_checks(
    services: Services, manifest: Mapping[str, Any], now: datetime
) -> Sequence[CheckResult]:
    """Check database, tokens, scopes, manifest and clock; changes no value."""
    checks: tuple[Callable[[], Sequence[CheckResult]], ...] = (
        lambda: _check_database(services, now),
        lambda: _check_slack(services, manifest, now),
        lambda: _check_app_token(services),
    )
    return [finding for check in checks for finding in check()]


def _check_database(services: Services, now: datetime) -> Sequence[CheckResult]:
    address = services.settings.redacted_database_url
    try:
        current, newest = migrate.revisions(services.engine)
        if current != newest:
            found = f"at revision {current or 'none'}, the code expects {newest}"
            return [CheckResult("database", False, found, "Run `python -m bot migrate`.")]
        found = f"{address}: {problem}" if (problem := find_write_problem(services.engine)) else ""
        # Asked for here, as nothing below is of use for a workspace without a token.
        find_reachable(services.dry_run(), now)
        return [
            CheckResult("database", not found, found or address, _UNWRITABLE),
            *_check_tokens(services, now),
            *_check_messages(services, now),
        ]
    except SQLAlchemyError as error:
        remedy = "Check DATABASE_URL, and that the database is up and can be written."
        return [CheckResult("database", False, f"{address}: {type(error).__name__}", remedy)]


def _check_tokens(services: Services, now: datetime) -> Sequence[CheckResult]:
    """Name the workspaces without a token, which is well unless something waits there."""
    found = []
    for workspace_id in list_unreachable(services):
        with services.reading(workspace_id) as tx:
            # Another process may serve it: then nothing waits for long.
            waiting, _ = count_due(tx, now - GRACE, COUNT_LIMIT)
            name = f"{workspaces.get_name(tx)} ({workspace_id})"
        said = f"{name}: no_token, {waiting} {'message waits' if waiting == 1 else 'messages wait'}"
        found.append(CheckResult("workspace", not waiting, said, _NO_TOKEN))
    return found


def _list_halted(services: Services) -> Mapping[str, str]:
    halted = workspaces.list_halted(services.engine)
    return {each: halted[each] for each in list_reachable(services) if each in halted}


def _check_messages(services: Services, now: datetime) -> Sequence[CheckResult]:
    dead = _check_dead_letters(services) or [CheckResult("messages", True, "none is stuck")]
    halted, limited = _check_halted(services), _check_rates(services, now)
    late = [*_check_jobs(services, now), *_check_audit(services, now)]
    features = _check_calendars(services), _check_surveys(services)
    return [*halted, *dead, *limited, *late, *features]


def _check_jobs(services: Services, now: datetime) -> Sequence[CheckResult]:
    """Check when jobs last ran, and whether the clock was set back."""
    found = []
    for history in _clock_histories(services):
        if said := clock.describe_setback(history, now):
            behind = bool(history.jobs_ran_at and history.jobs_ran_at > now + MAX_CLOCK_SKEW)
            found.append(CheckResult("clock", not behind, f"{said}. {_AHEAD}", _SET_CLOCK))
        if said := clock.describe_last_run(history, now):
            silent = bool(history.jobs_ran_at and now - history.jobs_ran_at > LONGEST_SILENCE)
            found.append(CheckResult("jobs", not silent, said, START_BOT))
    return found


def _clock_histories(services: Services) -> Sequence[ClockHistory]:
    found = []
    for workspace_id in list_reachable(services):
        with services.reading(workspace_id) as tx:
            found.append(workspaces.get_clock_history(tx))
    return found


def _check_halted(services: Services) -> Sequence[CheckResult]:
    return [
        CheckResult("workspace", False, f"{workspace_id} is halted: {code}", get_remedy(code))
        for workspace_id, code in _list_halted(services).items()
    ]


def _check_dead_letters(services: Services) -> Sequence[CheckResult]:
    return [
        CheckResult("messages", False, f"{_count_text(each)}: {each.reason}", _redrive_remedy(each))
        for workspace_id in list_reachable(services)
        for each in dead_letters(services, workspace_id)
    ]


def _count_text(pile: MessageCount) -> str:
    return f"{pile.count} x {pile.kind}"


def _redrive_remedy(pile: MessageCount) -> str:
    again = f"python -m bot redrive --kind {pile.kind} --reason {pile.reason}"
    return f"{get_remedy(pile.reason)} Then send again what is still true: `{again}`."


def _check_rates(services: Services, now: datetime) -> Sequence[CheckResult]:
    found = []
    for workspace_id in list_reachable(services):
        with services.reading(workspace_id) as tx:
            limited = rates.list_rate_limited(tx, now)
        found += [f"{method} until {until:%H:%M:%S} UTC" for method, until in limited.items()]
    return [CheckResult("rates", True, f"Slack holds {', '.join(found)}")] if found else []


def _check_audit(services: Services, now: datetime) -> Sequence[CheckResult]:
    reports = audit.inspect(services, now)
    counts = sum((Counter(each.counts) for each in reports), Counter[str]())
    return [
        CheckResult("audit", False, f"{count} x {finding}", AUDIT_REMEDIES[finding])
        for finding, count in counts.items()
    ]


def _check_calendars(services: Services) -> CheckResult:
    """Check calendars: without a key they aren't offered, a fault only if one is connected."""
    counts = Counter[str]()
    for workspace_id in list_reachable(services):
        with services.reading(workspace_id) as tx:
            counts.update(feeds.count_by_fault(tx))
    has_key = bool(services.settings.cipher)
    if not has_key:
        found = f"{counts.total()} cannot be read" if counts else f"not offered. {_KEY}"
        return CheckResult("calendars", not counts, found, _KEY)
    unread = [f"{count} x {fault}" for fault, count in sorted(counts.items()) if fault]
    connected = f"{counts.total()} connected"
    return CheckResult("calendars", True, ", ".join([connected, *unread]))


def _check_surveys(services: Services) -> CheckResult:
    """Check surveys: without a key and an address they aren't offered; an address must be https."""
    lacking = surveys.missing_settings(services.settings)
    if not lacking:
        return CheckResult("surveys", True, f"at {services.settings.nihito_public_url}/survey/")
    url = services.settings.nihito_public_url
    if url and not is_secure(url):
        return CheckResult("surveys", False, f"{url} is not https", _PUBLIC_URL)
    return CheckResult("surveys", True, f"not offered. For surveys, set {' and '.join(lacking)}.")


def _check_slack(
    services: Services, manifest: Mapping[str, Any], now: datetime
) -> Sequence[CheckResult]:
    if not services.settings.slack_bot_token.get_secret_value():
        return [CheckResult("bot token", False, "SLACK_BOT_TOKEN is empty", _TOKEN)]
    try:
        answer = services.slack.client.auth_test()
    except SlackApiError as error:
        return [CheckResult("bot token", False, str(error.response.get("error")), _TOKEN)]
    except (SlackClientError, OSError) as error:
        remedy = "Check the network and SLACK_API_URL."
        return [CheckResult("Slack", False, type(error).__name__, remedy)]
    headers = {name.lower(): value for name, value in answer.headers.items()}
    found = f"{answer['user']} in {answer['team']}"
    return [
        CheckResult("bot token", True, found),
        _check_scopes(headers, manifest),
        _check_clock(headers, now),
    ]


def _check_scopes(headers: Mapping[str, Any], manifest: Mapping[str, Any]) -> CheckResult:
    wanted = set(manifest["oauth_config"]["scopes"]["bot"])
    granted = {scope.strip() for scope in str(headers.get("x-oauth-scopes", "")).split(",")}
    lacking = sorted(wanted - granted)
    if lacking:
        remedy = "Update the app from manifest.json and install it to the workspace again."
        return CheckResult("scopes", False, f"missing: {', '.join(lacking)}", remedy)
    return CheckResult("scopes", True, f"all {len(wanted)} of the manifest")


def _check_clock(headers: Mapping[str, Any], now: datetime) -> CheckResult:
    stamp = headers.get("date")
    if not stamp:
        return CheckResult("clock", True, "Slack did not say the time")
    skew = abs(now - parsedate_to_datetime(str(stamp)).astimezone(UTC))
    found = f"{skew.total_seconds():.0f} s from Slack's"
    return CheckResult("clock", skew <= MAX_CLOCK_SKEW, found, _SET_CLOCK)


def _check_app_token(services: Services) -> Sequence[CheckResult]:
    settings = services.settings
    if not settings.socket_mode:
        has_secret = bool(settings.slack_signing_secret.get_secret_value())
        found = "signed HTTP" if has_secret else "neither app token nor signing secret"
        return [CheckResult("way in", has_secret, found, _WAY_IN)]
    client = make_client(settings.slack_app_token.get_secret_value(), settings.slack_api_url)
    try:
        client.apps_connections_open(app_token=client.token or "")
    except SlackApiError as error:
        return [CheckResult("app token", False, str(error.response.get("error")), _APP_TOKEN)]
    except (SlackClientError, OSError) as error:
        return [CheckResult("app token", False, type(error).__name__, _APP_TOKEN)]
    return [CheckResult("app token", True, "Socket Mode")]


_NO_TOKEN = (
    "What waits there is kept and not sent. Run the bot with that workspace's SLACK_BOT_TOKEN, in "
    "a process of its own, or leave it if the app is no longer used there."
)
_AHEAD = "What was recorded ahead of that is ignored, and what waited for it goes on"
_SET_CLOCK = "Set the clock by NTP."
_TOKEN = "Copy the Bot User OAuth Token (xoxb-) from OAuth & Permissions into SLACK_BOT_TOKEN."
_APP_TOKEN = (
    "Make an app-level token (xapp-) with connections:write under Basic Information "
    "and put it into SLACK_APP_TOKEN."
)
_UNWRITABLE = "Check that its disk has room, and that the database may be written."
_KEY = "For calendars, set NIHITO_SECRET_KEY to a key made as docs/running.md says."
_PUBLIC_URL = (
    "Set NIHITO_PUBLIC_URL to the https address under which customers reach the bot: others on "
    "the way could read what they answer."
)
_WAY_IN = "Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP."
