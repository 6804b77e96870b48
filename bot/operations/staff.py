"""Who somebody is: what Slack says of a user, kept for a day."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.db import pms, staff
from bot.db.staff import Staff
from bot.domain.access import Actor, Role, Standing
from bot.errors import SlackRefused
from bot.services import Services

FRESH = timedelta(days=1)
# What Slack says of somebody who is no business of ours; any other refusal is about ourselves.
UNKNOWN = frozenset({"user_not_found", "user_not_visible"})


def actor(services: Services, workspace_id: str, user_id: str, now: datetime) -> Actor:
    """Whoever knocks. Slack is asked about somebody new, or not asked about for a day.

    Raises `SlackError` when Slack does not say who it is.
    """
    with services.reading(workspace_id) as tx:
        known = staff.get(tx, user_id)
        is_pm = pms.get(tx, user_id) is not None
    if known is None or now - known.seen_at > FRESH:
        known = look_up(services, workspace_id, user_id, now)
    return Actor(
        workspace_id, user_id, known.name, known.zone, known.standing, _roles(known, is_pm)
    )


def look_up(services: Services, workspace_id: str, user_id: str, now: datetime) -> Staff:
    """Ask Slack about a user and keep the answer."""
    try:
        user = services.slack.call("users.info", user=user_id)["user"]
    except SlackRefused as error:
        if error.code not in UNKNOWN:
            raise
        user = {"id": user_id, "is_stranger": True}
    return keep(services, workspace_id, user, now)


def keep(services: Services, workspace_id: str, user: Mapping[str, Any], now: datetime) -> Staff:
    """Record a user as Slack's `users.info` or a `user_change` event describes them."""
    member = described(user, workspace_id, now)
    with services.transaction(workspace_id) as tx:
        staff.keep(tx, member)
    return member


def outsider(workspace_id: str, user_id: str) -> Actor:
    """A person whom Slack itself names as another organisation's."""
    return Actor(workspace_id, user_id, "", "UTC", Standing.OTHER_ORGANISATION, frozenset())


def nobody(workspace_id: str) -> Actor:
    """Slack itself, when it tells of a change: no person, and no role."""
    return Actor(workspace_id, "", "Slack", "UTC", Standing.BOT, frozenset())


def described(user: Mapping[str, Any], workspace_id: str, now: datetime) -> Staff:
    """A user as Slack describes them; what it leaves out is read as the least trusted."""
    profile = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("name") or "somebody"
    return Staff(
        user_id=user["id"],
        name=str(name)[:255],
        zone=_zone(user.get("tz")),
        standing=_standing(user, workspace_id),
        seen_at=now,
        email=profile.get("email"),
        is_admin=bool(user.get("is_admin")),
        is_support="support" in str(profile.get("title") or "").lower(),
    )


def _zone(name: object) -> str:
    """Slack's zone, if this machine knows it too."""
    try:
        return ZoneInfo(str(name)).key
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"


def _standing(user: Mapping[str, Any], workspace_id: str) -> Standing:
    if user.get("deleted"):
        return Standing.DEACTIVATED
    # Who shares a channel with us is no stranger to Slack, and still not one of us.
    if user.get("is_stranger") or workspace_id not in _homes(user):
        return Standing.OTHER_ORGANISATION
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Standing.GUEST
    # Slackbot says that it is no bot.
    return Standing.BOT if user.get("is_bot") or user["id"] == "USLACKBOT" else Standing.MEMBER


def _homes(user: Mapping[str, Any]) -> set[str | None]:
    grid = user.get("enterprise_user") or {}
    return {user.get("team_id"), grid.get("enterprise_id"), *grid.get("teams", ())}


def _roles(known: Staff, is_pm: bool) -> frozenset[Role]:
    if known.standing is not Standing.MEMBER:
        return frozenset()
    return frozenset(
        role
        for role, held in ((Role.STAFF, True), (Role.PM, is_pm), (Role.ADMIN, known.is_admin))
        if held
    )


def refresh(services: Services, workspace_id: str, now: datetime) -> int:
    """Keep everybody whom Slack lists, so that addresses in files find them; gives how many."""
    count, cursor = 0, None
    while True:
        page = services.slack.call("users.list", limit=200, cursor=cursor)
        members = [described(user, workspace_id, now) for user in page["members"]]
        with services.transaction(workspace_id) as tx:
            for member in members:
                staff.keep(tx, member)
        count += len(members)
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return count
