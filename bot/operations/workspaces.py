"""Find the workspaces that this process holds a token for, and retry halted ones.

What is stored of any other workspace waits: only its own token may read its users or post there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.db import workspaces
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.domain.text import sanitize
from bot.errors import SlackError
from bot.log import get_logger
from bot.services import Services

LOG = get_logger(__name__)


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
    services.reachable.add(found.workspace_id)
    return found


def list_reachable(services: Services) -> Sequence[str]:
    """Return the workspaces in the database that this process holds a token for, oldest first."""
    return [each for each in workspaces.list_ids(services.engine) if each in services.reachable]


def list_unreachable(services: Services) -> Sequence[str]:
    """Return the workspaces in the database that this process holds no token for."""
    return [each for each in workspaces.list_ids(services.engine) if each not in services.reachable]


def find_reachable(services: Services, now: datetime) -> Sequence[str]:
    """Find out which workspaces the process holds a token for, and return them.

    Slack is asked. While it doesn't say, or there is no token, the only one in the database is
    taken for it; of several none.
    """
    if services.settings.slack_bot_token.get_secret_value():
        try:
            identify(services, now)
        except SlackError as error:
            LOG.warning("workspace_unknown", code=error.code)
    known = workspaces.list_ids(services.engine)
    if not services.reachable and len(known) == 1:
        services.reachable.update(known)
    return list_reachable(services)


def retry_halted(services: Services, now: datetime) -> Sequence[Outcome]:
    """Ask Slack whether it accepts a halted installation again; messages are then delivered."""
    halted = workspaces.list_halted(services.engine).keys() & services.reachable
    if not services.writes_enabled or not halted:
        return []
    try:
        found = identify(services, now)
    except SlackError as error:
        return [Outcome("installation", "", DeliveryStatus.DELAYED, error.code)]
    return [Outcome("installation", found.workspace_id, DeliveryStatus.SENT, "known_again")]
