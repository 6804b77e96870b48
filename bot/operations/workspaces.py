"""Identify the installation that a token belongs to, and retry halted ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.db import workspaces
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.domain.text import sanitize
from bot.errors import SlackError
from bot.services import Services


@dataclass(frozen=True)
class Installation:
    """The bot's identity in a workspace."""

    workspace_id: str
    name: str
    bot_user_id: str
    bot_id: str


def identify(services: Services, now: datetime) -> Installation:
    """Ask Slack who the bot is and save it. Raises `SlackError`."""
    known = services.slack.call("auth.test")
    found = Installation(
        workspace_id=known.get("team_id") or known["enterprise_id"],
        name=sanitize(str(known.get("team") or "")),
        bot_user_id=known["user_id"],
        bot_id=str(known.get("bot_id") or ""),
    )
    with services.transaction(found.workspace_id) as tx:
        workspaces.save(tx, found.name, found.bot_user_id, now)
    return found


def retry_halted(services: Services, now: datetime) -> Sequence[Outcome]:
    """Ask Slack whether it accepts a halted installation again; messages are then delivered."""
    if not services.writes_enabled or not workspaces.list_halted(services.engine):
        return []
    try:
        found = identify(services, now)
    except SlackError as error:
        return [Outcome("installation", "", DeliveryStatus.DELAYED, error.code)]
    return [Outcome("installation", found.workspace_id, DeliveryStatus.SENT, "known_again")]
