"""Messages: what each kind in the outbox says, drawn from what is true when it leaves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random

from bot.db import customers, deals, debriefs, flags, nudges, pms, teams, visits
from bot.db.engine import Tx
from bot.db.flags import KeptFlag
from bot.db.nudges import SentNudge
from bot.db.outbox import Kind, Parcel
from bot.domain import nudges as rules
from bot.domain.calendar import caught_up, local_date, open_hour
from bot.domain.customers import Stage
from bot.domain.flags import FlagState
from bot.domain.pms import Pm
from bot.domain.stories import working
from bot.operations import nudges as nudge_operations
from bot.operations import stories
from bot.operations.customers import customer_name
from bot.slack.delivery import Place
from bot.views import flags as flag_views
from bot.views import nudges as nudge_views
from bot.views import stories as story_views
from bot.views.kit import Message

PROSPECTS = 2


@dataclass(frozen=True)
class Withdrawn:
    """A message that need not be sent any more, and why."""

    reason: str


@dataclass(frozen=True)
class Edit:
    """A message that replaces one that was sent."""

    message: Message
    place: Place


@dataclass(frozen=True)
class Later:
    """A message that waits for hours in which it may be sent; `until` is aware UTC."""

    until: datetime
    reason: str = "out_of_hours"


Draft = Message | Edit


@dataclass(frozen=True)
class Delivery:
    """How a kind of message is drawn, and what is noted once it stands in Slack, or never will."""

    compose: Callable[[Tx, Parcel, datetime], Draft | Withdrawn | Later]
    posted: Callable[[Tx, int, str, str], None]
    died: Callable[[Tx, int], None] = lambda _tx, _subject: None
    to_channel: bool = False


def compose(tx: Tx, parcel: Parcel, now: datetime) -> Draft | Withdrawn | Later:
    """What a parcel says now, if it is to be said now."""
    return DELIVERIES[parcel.kind].compose(tx, parcel, now)


def posted(tx: Tx, parcel: Parcel, place: Place) -> None:
    """Note where a parcel's message stands."""
    DELIVERIES[parcel.kind].posted(tx, int(parcel.subject), place.channel, place.ts)


def died(tx: Tx, parcel: Parcel) -> None:
    """Note that a parcel's message will never stand anywhere."""
    DELIVERIES[parcel.kind].died(tx, int(parcel.subject))


def _nudge(tx: Tx, parcel: Parcel, now: datetime) -> Draft | Withdrawn | Later:
    nudge = nudges.get(tx, int(parcel.subject))
    pm = pms.get(tx, nudge.pm_id) if nudge else None
    if nudge is None or pm is None:
        return Withdrawn("left")
    settled = _settled(tx, nudge, pm, now)
    if settled:
        return settled
    at = caught_up(nudge.on, parcel.next_at, now, pm.rhythm.hours)
    if at > now:
        return Later(at)
    return nudge_views.message(nudge_operations.shown(tx, nudge, now))


def _settled(tx: Tx, nudge: SentNudge, pm: Pm, now: datetime) -> Withdrawn | None:
    """Why a nudge that waits need not be sent any more, if so."""
    if nudge.answer is not None or rules.first(pm.anchor_on, pm.rhythm).on > nudge.on:
        return Withdrawn("visited")
    if visits.booked_until(tx, pm.user_id, local_date(now, pm.rhythm.hours.zone)):
        return Withdrawn("booked")
    newest = nudges.latest(tx, pm.user_id)
    return Withdrawn("overtaken") if newest and newest.id != nudge.id else None


def _flag(tx: Tx, parcel: Parcel, now: datetime) -> Draft | Withdrawn | Later:
    kept = flags.get(tx, int(parcel.subject))
    if kept is None or kept.flag.state is not FlagState.RAISED:
        return Withdrawn("gone")
    pm = pms.get(tx, kept.pm_id)
    if pm is None:
        return Withdrawn("left")
    at = open_hour(now, pm.rhythm.hours)
    return Later(at) if at > now else flag_views.message(_facts(tx, kept, now))


def _flag_gone(tx: Tx, parcel: Parcel, _now: datetime) -> Draft | Withdrawn:
    kept = flags.get(tx, int(parcel.subject))
    if kept is None or kept.flag.state is not FlagState.GONE:
        return Withdrawn("back")
    if kept.message_channel is None or kept.message_ts is None:
        return Withdrawn("never_told")
    name = customer_name(tx, kept.flag.customer_id)
    return Edit(flag_views.gone(name), Place(kept.message_channel, kept.message_ts))


def _digest(tx: Tx, parcel: Parcel, now: datetime) -> Draft | Withdrawn | Later:
    digest = teams.digest(tx, int(parcel.subject))
    team = teams.get(tx, digest.team_id) if digest else None
    facts = stories.facts(tx, digest, now) if digest else None
    if digest is None or team is None or facts is None:
        return Withdrawn("nothing_to_tell")
    hours = working(team.hours)
    at = caught_up(local_date(digest.created_at, hours.zone), parcel.next_at, now, hours)
    return Later(at) if at > now else story_views.digest(facts)


def _facts(tx: Tx, kept: KeptFlag, now: datetime) -> flag_views.FlagFacts:
    names = customers.person_names(tx, [each.person_id for each in kept.flag.evidence])
    lines = [
        flag_views.EvidenceLine(names.get(each.person_id, ""), each.trait, each.counts)
        for each in kept.flag.evidence
    ]
    return flag_views.FlagFacts(
        id=kept.id,
        customer_id=kept.flag.customer_id,
        customer=customer_name(tx, kept.flag.customer_id),
        evidence=tuple(lines),
        prospects=_prospects(tx, kept, now),
    )


def _prospects(tx: Tx, kept: KeptFlag, now: datetime) -> tuple[str, ...]:
    pm = pms.get(tx, kept.pm_id)
    today = local_date(now, pm.rhythm.hours.zone if pm else "UTC")
    free = [
        each
        for each in deals.candidates(tx, today)
        if each.stage is Stage.PROSPECT and not each.great and not each.booked
    ]
    # Each flag has prospects of its own: otherwise every PM would be sent to the same two.
    mixed = Random(kept.flag.customer_id).sample(free, len(free))
    longest = sorted(mixed, key=lambda each: str(each.last_visit_on or ""))
    return tuple(each.name for each in longest[:PROSPECTS])


def _noted(*_: object) -> None:
    """An edited message stands where it stood."""


DELIVERIES: Mapping[Kind, Delivery] = {
    Kind.NUDGE: Delivery(_nudge, nudges.posted),
    Kind.FLAG: Delivery(_flag, flags.posted),
    Kind.FLAG_GONE: Delivery(_flag_gone, _noted),
    Kind.DIGEST: Delivery(_digest, teams.posted, debriefs.untell, to_channel=True),
}
