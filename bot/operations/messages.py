"""Messages: what each kind in the outbox says, drawn from what is true when it leaves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from bot.db import customers
from bot.db import stories as teams
from bot.db.contacts import flags
from bot.db.contacts.flags import KeptFlag
from bot.db.debriefs import queries as debriefs
from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import Kind, Parcel
from bot.db.staff import pms
from bot.db.suggestions import queries as suggestions
from bot.db.visits import queries as visits
from bot.domain.contacts.flags import FlagState
from bot.domain.customers import Stage
from bot.domain.nudges import rules
from bot.domain.nudges.rules import Planned, Step
from bot.domain.outbox.delivery_policy import POST
from bot.domain.stories import working
from bot.domain.working_time import caught_up, local_date, open_hour
from bot.operations import notes, stories, surveys
from bot.operations.calendars import feeds as calendars
from bot.operations.customers.search import customer_name
from bot.operations.debriefs import promises
from bot.operations.nudges import away
from bot.operations.nudges.sent import drawn, is_settled, said, standing
from bot.operations.outbox.rendered import Draft, Edit, Later, Withdrawn, once_it_stands
from bot.operations.staff.pms import silent_until
from bot.operations.visits import briefs, ground_rules, prompts
from bot.operations.workarounds import fix_notices as fixes
from bot.slack.posting import Place
from bot.views import stories as story_views
from bot.views.contacts import flag_message as flag_views
from bot.views.nudges import message as nudge_views

PROSPECTS = 2


def _nothing(*_: object) -> None:
    """Nothing is to be noted."""


@dataclass(frozen=True)
class Delivery:
    """How a kind of message is drawn, and what is noted once it stands in Slack, or never will.

    `died` undoes what was done for a message that will not stand anywhere, and `revived` does it
    again for one that is tried after all.
    """

    compose: Callable[[Tx, Parcel, datetime], Draft | Withdrawn | Later]
    posted: Callable[[Tx, Parcel, Place], None] = _nothing
    died: Callable[[Tx, Parcel], None] = _nothing
    revived: Callable[[Tx, Parcel], None] = _nothing
    to_channel: bool = False
    edits: bool = False


def compose(tx: Tx, parcel: Parcel, now: datetime) -> Draft | Withdrawn | Later:
    """What a parcel says now, if it is to be said now."""
    return DELIVERIES[parcel.kind].compose(tx, parcel, now)


def posted(tx: Tx, parcel: Parcel, place: Place) -> None:
    """Note where a parcel's message stands."""
    DELIVERIES[parcel.kind].posted(tx, parcel, place)


def died(tx: Tx, parcel: Parcel) -> None:
    """Note that a parcel's message will never stand anywhere."""
    DELIVERIES[parcel.kind].died(tx, parcel)


def revive(tx: Tx, kind: Kind | None, reason: str | None, now: datetime) -> Sequence[Parcel]:
    """Put dead messages back, of a kind or for a reason; each is drawn anew when it leaves."""
    parcels = outbox.dead(tx, kind, reason)
    outbox.revive(tx, parcels, now)
    for each in parcels:
        DELIVERIES[each.kind].revived(tx, each)
    return parcels


def calls(kind: Kind, *, unsure: bool = False) -> Sequence[str]:
    """The methods of Slack that delivering a kind of message calls; `unsure` with its look-up."""
    known = DELIVERIES[kind]
    if known.edits:
        return ("chat.update",)
    checked = ("conversations.info",) if known.to_channel else ()
    opened = () if known.to_channel else ("conversations.open",)
    looked_up = ("conversations.history", *opened) if unsure else ()
    return (*looked_up, *checked, POST)


def _nudge(tx: Tx, parcel: Parcel, now: datetime) -> Draft | Withdrawn | Later:
    pm = pms.get(tx, parcel.subject)
    if pm is None:
        return Withdrawn("left")
    if pm.asked is None or pm.asked.on != _on(parcel):
        return Withdrawn("overtaken")
    if rules.first(pm.anchor_on, pm.rhythm).on > pm.asked.on:
        return Withdrawn("visited")
    if silent_until(tx, pm, local_date(now, pm.rhythm.hours.zone)):
        return Withdrawn("booked")
    at = away.waits_until(tx, pm.user_id, now) or prompts.not_beside(tx, Kind.PROMPT, pm, now)
    at = at or caught_up(pm.asked.on, parcel.next_at, now, pm.rhythm.hours)
    if at > now:
        return Later(at)
    if _question_stands(tx, pm.user_id, pm.asked):
        return Withdrawn("question_stands")
    nudge = drawn(tx, pm, pm.asked, now)
    if nudge.answer is not None:
        return Withdrawn("answered")
    return said(tx, nudge, now)


def _question_stands(tx: Tx, user_id: str, asked: Planned) -> bool:
    """Whether this cycle's nudge asks how to go on and has no answer: then it is the last."""
    latest = nudges.latest(tx, user_id)
    if latest is None or latest.step is not Step.QUESTION or latest.on == asked.on:
        return False
    return latest.answer is None and latest.cycle == asked.cycle


def _on(parcel: Parcel) -> date:
    """The nominal local date of a nudge."""
    return date.fromisoformat(parcel.period)


def _nudge_posted(tx: Tx, parcel: Parcel, place: Place) -> None:
    nudge = nudges.of(tx, parcel.subject, _on(parcel))
    if nudge:
        nudges.posted(tx, nudge.id, place.channel, place.ts)


def _nudge_changed(tx: Tx, parcel: Parcel, now: datetime) -> Draft | Withdrawn | Later:
    nudge = nudges.get(tx, int(parcel.subject))
    pm = pms.get(tx, nudge.pm_id) if nudge else None
    if nudge is None or pm is None:
        return Withdrawn("left")
    stands = standing(tx, nudge, now)
    if stands is None:
        return once_it_stands(
            outbox.awaited(tx, Kind.NUDGE, nudge.pm_id, nudge.on.isoformat()), now
        )
    last = visits.last(tx, pm.user_id)
    if last is None or not is_settled(tx, nudge):
        return Edit(said(tx, nudge, now), stands.place)
    due_on = rules.due_on(pm.anchor_on, pm.rhythm)
    name = customer_name(tx, last.customer_id)
    return Edit(nudge_views.been(stands.shown, name, last.on, due_on), stands.place)


def _flag(tx: Tx, parcel: Parcel, now: datetime) -> Draft | Withdrawn | Later:
    kept = flags.get(tx, int(parcel.subject))
    if kept is None or kept.flag.state is not FlagState.RAISED:
        return Withdrawn("gone")
    pm = pms.get(tx, kept.pm_id)
    if pm is None:
        return Withdrawn("left")
    at = away.waits_until(tx, pm.user_id, now) or open_hour(now, pm.rhythm.hours)
    return Later(at) if at > now else flag_views.message(_facts(tx, kept, now))


def _flag_posted(tx: Tx, parcel: Parcel, place: Place) -> None:
    flags.posted(tx, int(parcel.subject), place.channel, place.ts)


def _flag_died(tx: Tx, parcel: Parcel) -> None:
    """Nobody was told: the next review looks for somebody who can be."""
    flags.untell(tx, int(parcel.subject))


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
        # What is shared again later is told by a later digest.
        debriefs.untell(tx, int(parcel.subject))
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
        for each in suggestions.candidates(tx, kept.pm_id, today, kept.flag.customer_id)
        if each.stage is Stage.PROSPECT and not each.great and not each.booked
    ]
    # Each flag has prospects of its own: otherwise every PM would be sent to the same two.
    mixed = Random(kept.flag.customer_id).sample(free, len(free))
    longest = sorted(mixed, key=lambda each: str(each.last_visit_on or ""))
    return tuple(each.name for each in longest[:PROSPECTS])


def _digest_posted(tx: Tx, parcel: Parcel, place: Place) -> None:
    teams.posted(tx, int(parcel.subject), place.channel, place.ts)


def _digest_died(tx: Tx, parcel: Parcel) -> None:
    """The stories are told by the next digest."""
    debriefs.untell(tx, int(parcel.subject))


def _digest_revived(tx: Tx, parcel: Parcel) -> None:
    stories.tell_again(tx, int(parcel.subject))


def _digest_changed(tx: Tx, parcel: Parcel, now: datetime) -> Draft | Withdrawn | Later:
    digest = teams.digest(tx, int(parcel.subject))
    if digest is None:
        return Withdrawn("nothing_to_tell")
    if digest.message_channel is None or digest.message_ts is None:
        return once_it_stands(outbox.awaited(tx, Kind.DIGEST, digest.id, digest.week), now)
    facts = stories.facts(tx, digest, now)
    told = story_views.digest(facts, changed=True) if facts else story_views.nothing_left()
    return Edit(told, Place(digest.message_channel, digest.message_ts))


def _channel_lost(tx: Tx, parcel: Parcel, now: datetime) -> Draft | Withdrawn | Later:
    team = teams.get(tx, int(parcel.subject))
    pm = pms.get(tx, parcel.destination)
    if team is None or team.lost_for is None:
        return Withdrawn("back")
    if pm is None:
        return Withdrawn("left")
    at = away.waits_until(tx, pm.user_id, now) or open_hour(now, pm.rhythm.hours)
    return Later(at) if at > now else story_views.channel_lost(team.name, team.lost_for)


DELIVERIES: Mapping[Kind, Delivery] = {
    Kind.NUDGE: Delivery(_nudge, _nudge_posted),
    Kind.NUDGE_CHANGED: Delivery(_nudge_changed, edits=True),
    Kind.FLAG: Delivery(_flag, _flag_posted, _flag_died),
    Kind.FLAG_GONE: Delivery(_flag_gone, edits=True),
    Kind.DIGEST: Delivery(_digest, _digest_posted, _digest_died, _digest_revived, to_channel=True),
    Kind.DIGEST_CHANGED: Delivery(_digest_changed, edits=True),
    Kind.CHANNEL_LOST: Delivery(_channel_lost),
    Kind.BRIEF: Delivery(briefs.compose),
    Kind.PROMPT: Delivery(prompts.compose, prompts.posted),
    Kind.PROMPT_CHANGED: Delivery(prompts.changed, edits=True),
    Kind.AGENDA_ASKED: Delivery(ground_rules.compose_asked, died=ground_rules.unasked),
    Kind.AGENDA_TALK: Delivery(ground_rules.compose_talk),
    Kind.CALENDAR_LOST: Delivery(calendars.compose),
    Kind.NOTE: Delivery(notes.compose, notes.posted),
    Kind.PROMISE: Delivery(promises.compose),
    Kind.PROMISE_GIVEN: Delivery(promises.compose_given),
    Kind.SURVEY_ANSWERED: Delivery(surveys.compose),
    Kind.FIXED: Delivery(fixes.compose, fixes.posted),
    Kind.FIXED_CHANGED: Delivery(fixes.changed, edits=True),
    Kind.FIXED_LATE: Delivery(fixes.compose_late, fixes.reminded),
    Kind.FIXED_LATE_CHANGED: Delivery(fixes.late_changed, edits=True),
}
