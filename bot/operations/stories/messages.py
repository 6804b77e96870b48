"""Render digests for a team's channel, and tell its owner when that can't be posted to."""

from datetime import datetime

from bot.db import stories as queries
from bot.db.debriefs import queries as debriefs
from bot.db.engine import Tx
from bot.db.outbox import audit
from bot.db.outbox.queries import ClaimedMessage, MessageKind
from bot.db.staff import pms
from bot.db.stories import DigestRecord
from bot.domain.outbox.message_ref import MessageRef
from bot.domain.stories import ChannelFault, catch_up_hours
from bot.domain.working_time import late_delivery_time, local_date, next_contact_time
from bot.operations.nudges import away
from bot.operations.outbox.message_type import LONG_LOOK_BACK, Audit, MessageType
from bot.operations.outbox.rendered import Postpone, Rendered, Withdraw
from bot.operations.stories import digests
from bot.views import stories as views
from bot.views.block_kit import Message


def render_digest(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render a digest of the stories that may be shared now."""
    digest = queries.get_digest(tx, int(message.subject))
    if message.message_ref:
        return _render_posted(tx, digest, now) if digest else Withdraw("nothing_to_tell")
    team = queries.get(tx, digest.team_id) if digest else None
    facts = digests.get_facts(tx, digest, now) if digest else None
    if digest is None or team is None or facts is None:
        return Withdraw("nothing_to_tell")
    hours = catch_up_hours(team.hours)
    made_on = local_date(digest.created_at, hours.zone)
    at = late_delivery_time(made_on, message.next_at, now, hours)
    return Postpone(at) if at > now else views.render_digest(facts)


def _render_posted(tx: Tx, digest: DigestRecord, now: datetime) -> Message:
    facts = digests.get_facts(tx, digest, now)
    return views.render_digest(facts, changed=True) if facts else views.withdrawn_message()


def _clear_channel_fault(tx: Tx, message: ClaimedMessage, _message_ref: MessageRef) -> None:
    queries.clear_channel_fault(tx, int(message.subject))


def _release_stories(tx: Tx, message: ClaimedMessage, *_: object) -> None:
    """Release the stories for the next digest; one that is shared again later goes into that."""
    debriefs.remove_from_digest(tx, int(message.subject))


def _restore_stories(tx: Tx, message: ClaimedMessage) -> None:
    digests.restore_stories(tx, int(message.subject))


def _mark_channel_lost(tx: Tx, message: ClaimedMessage, fault: ChannelFault, now: datetime) -> None:
    digests.mark_channel_lost(tx, int(message.subject), fault, now)


def render_channel_unavailable(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render the message that a team's channel can't be posted to, if that is still so."""
    team, pm = queries.get(tx, int(message.subject)), pms.get(tx, message.destination)
    if team is None or team.channel_fault is None:
        return Withdraw("back")
    if pm is None:
        return Withdraw("left")
    at = away.find_absence_end(tx, pm.user_id, now) or next_contact_time(now, pm.settings.hours)
    if at > now:
        return Postpone(at)
    return views.channel_lost_message(team.name, team.channel_fault)


def _about_digest(_tx: Tx, message: ClaimedMessage) -> str:
    """Return the week: a channel has one team's digests."""
    return message.period


def _about_channel(tx: Tx, message: ClaimedMessage) -> str:
    team = queries.get(tx, int(message.subject))
    return team.channel_id if team else ""


MESSAGES = (
    MessageType(
        MessageKind.DIGEST,
        "a team's stories of the week",
        render_digest,
        Audit("digest_missing", "a team's digest was made", audit.missing_digests, LONG_LOOK_BACK),
        about=_about_digest,
        on_posted=_clear_channel_fault,
        on_withdrawn=_release_stories,
        on_dead=_release_stories,
        on_requeued=_restore_stories,
        on_channel_lost=_mark_channel_lost,
        to_channel=True,
    ),
    MessageType(
        MessageKind.CHANNEL_UNAVAILABLE,
        "a team's channel can't be posted to",
        render_channel_unavailable,
        about=_about_channel,
    ),
)
