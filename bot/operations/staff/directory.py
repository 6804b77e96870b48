"""Identify users by what Slack says of them, saved for a day."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.db import workspaces
from bot.db.engine import Tx
from bot.db.staff import actors
from bot.db.staff import queries as staff
from bot.db.staff.actors import KnownActor
from bot.db.staff.queries import Staff
from bot.domain.nudges.away import SlackStatus, find_vacation
from bot.domain.outbox.outcomes import Outcome
from bot.domain.staff.access import Actor, Membership, Role
from bot.domain.text import sanitize
from bot.domain.working_time import parse_unix_seconds
from bot.errors import SlackRefused, SlackUnavailable
from bot.log import get_logger
from bot.operations.nudges import absences
from bot.services import Services

LOG = get_logger(__name__)

FRESH_FOR = timedelta(days=1)
RETRY_AFTER = timedelta(minutes=5)
# Slack allows twenty pages of its list a minute, and the job runs once a minute.
PAGE_SIZE, MAX_PAGES = 200, 5
# SQLite lets no one else write while a batch is written.
BATCH = 10
REFRESH_LEASE = timedelta(minutes=10)
# Slack's codes for a user who is no business of ours; any other refusal is about ourselves.
UNKNOWN_USER_CODES = frozenset({"user_not_found", "user_not_visible"})


def get_actor(services: Services, workspace_id: str, user_id: str, now: datetime) -> Actor:
    """Return who a user is. Slack is asked about one who is new, or wasn't asked about for a day.

    Raises `SlackError` when Slack doesn't say who it is.
    """
    known = get_known(services, workspace_id, user_id)
    if known is None or is_stale(known, now):
        look_up(services, workspace_id, user_id, now)
        with services.reading(workspace_id) as tx:
            known = actors.get_many(tx, [user_id])[user_id]
    return as_actor(workspace_id, known)


def get_known(services: Services, workspace_id: str, user_id: str) -> KnownActor | None:
    """Return a user as Slack last described them; None for a new one."""
    with services.reading(workspace_id) as tx:
        return actors.get_many(tx, [user_id]).get(user_id)


def is_stale(known: KnownActor, now: datetime) -> bool:
    """Return whether Slack hasn't been asked about a user for a day."""
    return now - known.refreshed_at > FRESH_FOR


def refresh_user(services: Services, workspace_id: str, known: KnownActor, now: datetime) -> None:
    """Ask Slack about a user again, unless another process or thread does.

    Raises `SlackError`; then it is due again after a while.
    """
    with services.transaction(workspace_id) as tx:
        if not actors.claim_refresh(
            tx, known.user_id, known.refreshed_at, now - FRESH_FOR + RETRY_AFTER
        ):
            return
    look_up(services, workspace_id, known.user_id, now)


def as_actor(workspace_id: str, known: KnownActor) -> Actor:
    """Return a known user as an actor."""
    return Actor(
        workspace_id, known.user_id, known.name, known.zone, known.membership, _roles(known)
    )


def look_up(services: Services, workspace_id: str, user_id: str, now: datetime) -> Staff:
    """Ask Slack about a user and save the answer."""
    try:
        user = services.slack.call("users.info", user=user_id)["user"]
    except SlackRefused as error:
        if error.code not in UNKNOWN_USER_CODES:
            raise
        user = {"id": user_id, "is_stranger": True}
    return save(services, workspace_id, user, now)


def save(services: Services, workspace_id: str, user: Mapping[str, Any], now: datetime) -> Staff:
    """Save a user as Slack's `users.info` or a `user_change` event describes them.

    A PM who has moved to another zone, or is away, is nudged accordingly from now on.
    """
    with services.transaction(workspace_id) as tx:
        (member,) = _save(tx, [user], now)
    return member


def external_actor(workspace_id: str, user_id: str) -> Actor:
    """Return the actor for a user that Slack itself calls another organisation's."""
    return Actor(workspace_id, user_id, "", "UTC", Membership.OTHER_ORGANISATION, frozenset())


def slack_itself(workspace_id: str) -> Actor:
    """Return the actor for Slack itself, when it reports a change: no person, and no role."""
    return Actor(workspace_id, "", "Slack", "UTC", Membership.BOT, frozenset())


def parse_user(
    user: Mapping[str, Any], workspace_id: str, now: datetime, known: Staff | None = None
) -> Staff:
    """Parse a user as Slack describes them; what it leaves out is read as the least trusted.

    `known` is what it said before.
    """
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("name"))
    span = find_vacation(_parse_status(profile), now, known.away if known else None)
    return Staff(
        user_id=user["id"],
        name=next(filter(None, map(_parse_text, names)), "somebody")[:255],
        zone=_parse_zone(user.get("tz")),
        membership=_parse_membership(user, workspace_id),
        refreshed_at=now,
        email=_parse_text(profile.get("email")) or None,
        is_admin=bool(user.get("is_admin")),
        is_support="support" in str(profile.get("title") or "").lower(),
        away_from=span.since if span else None,
        away_until=span.until if span else None,
    )


def _parse_text(text: object) -> str:
    """Return Slack's text as databases accept it: Slack cuts emoji in half at times."""
    return sanitize(str(text or ""))


def _parse_status(profile: Mapping[str, Any]) -> SlackStatus:
    emoji, text = str(profile.get("status_emoji") or ""), str(profile.get("status_text") or "")
    return SlackStatus(emoji, text, parse_unix_seconds(profile.get("status_expiration")))


def _parse_zone(name: object) -> str:
    """Return Slack's zone, if this machine knows it too, or UTC."""
    try:
        return ZoneInfo(str(name)).key
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"


def _parse_membership(user: Mapping[str, Any], workspace_id: str) -> Membership:
    if user.get("deleted"):
        return Membership.DEACTIVATED
    # A user who shares a channel with us isn't unknown to Slack, and still not one of us.
    if user.get("is_stranger") or workspace_id not in _workspace_ids(user):
        return Membership.OTHER_ORGANISATION
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Membership.GUEST
    # Slackbot says that it is no bot.
    return Membership.BOT if user.get("is_bot") or user["id"] == "USLACKBOT" else Membership.MEMBER


def _workspace_ids(user: Mapping[str, Any]) -> set[str | None]:
    grid = user.get("enterprise_user") or {}
    return {user.get("team_id"), grid.get("enterprise_id"), *grid.get("teams", ())}


def _roles(known: KnownActor) -> frozenset[Role]:
    if known.membership is not Membership.MEMBER:
        return frozenset()
    return frozenset(
        role
        for role, held in ((Role.STAFF, True), (Role.PM, known.is_pm), (Role.ADMIN, known.is_admin))
        if held
    )


def refresh_all(services: Services, workspace_id: str, now: datetime) -> int:
    """Save all users that Slack lists, for files to find them by address; returns how many."""
    count, cursor = _save_page(services, workspace_id, None, now)
    while cursor:
        more, cursor = _save_page(services, workspace_id, cursor, now)
        count += more
    return count


def refresh_daily(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Save all users that Slack lists, once a day, a few pages a minute.

    One process does so; another continues what it leaves half-way.
    """
    if not services.writes_enabled:
        return []
    with services.transaction(workspace_id) as tx:
        mine, cursor = workspaces.claim_refresh(tx, now, now + REFRESH_LEASE)
    if mine:
        cursor, next_at = _save_pages(services, workspace_id, cursor, now)
        with services.transaction(workspace_id) as tx:
            workspaces.save_refresh(tx, cursor, next_at)
    return []


def _save_pages(
    services: Services, workspace_id: str, cursor: str | None, now: datetime
) -> tuple[str | None, datetime]:
    """Save some pages; returns the cursor to continue from, None at the end, and when."""
    try:
        for _ in range(MAX_PAGES):
            _, cursor = _save_page(services, workspace_id, cursor, now)
            if cursor is None:
                return None, now + FRESH_FOR
    except SlackRefused as error:
        LOG.warning("staff_not_listed", code=error.code)
        return None, now + REFRESH_LEASE
    except SlackUnavailable as error:
        LOG.warning("staff_not_listed", code=error.code)
        return cursor, now + timedelta(seconds=error.retry_after or REFRESH_LEASE.seconds)
    return cursor, now


def _save_page(
    services: Services, workspace_id: str, cursor: str | None, now: datetime
) -> tuple[int, str | None]:
    """Save a page of users; returns how many, and the cursor of the next page if there is one."""
    page = services.slack.call("users.list", limit=PAGE_SIZE, cursor=cursor)
    users = page["members"]
    for start in range(0, len(users), BATCH):
        with services.transaction(workspace_id) as tx:
            _save(tx, users[start : start + BATCH], now)
    return len(users), (page.get("response_metadata") or {}).get("next_cursor") or None


def _save(tx: Tx, users: Sequence[Mapping[str, Any]], now: datetime) -> Sequence[Staff]:
    ids = [user["id"] for user in users]
    before = staff.get_many(tx, ids)
    # In order: two transactions that lock each other's rows would deadlock.
    ordered = sorted(users, key=lambda user: str(user["id"]))
    members = [parse_user(user, tx.workspace_id, now, before.get(user["id"])) for user in ordered]
    for member in members:
        staff.save(tx, member)
    enrolled = actors.get_many(tx, ids)
    for member in members:
        if enrolled[member.user_id].is_pm:
            absences.apply_profile_to_pm(tx, member, now)
    return members
