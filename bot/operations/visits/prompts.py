"""Prompts: the debrief of a booked visit is asked for, and then it is silence."""

from datetime import UTC, date, datetime, time

from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import Kind, Letter, Parcel, State
from bot.db.staff import pms
from bot.db.visits import prompts
from bot.db.visits import queries as visits
from bot.domain.staff.pms import Pm
from bot.domain.visits import prompts as rules
from bot.domain.visits.rules import Visit, VisitState
from bot.domain.working_time import instant, local_date, next_slot, open_hour, slot
from bot.operations.customers.search import customer_name
from bot.operations.nudges import away
from bot.operations.outbox.rendered import Edit, Later, Withdrawn
from bot.operations.staff.pms import prospect
from bot.slack.posting import Place
from bot.views.block_kit import Message
from bot.views.visits import prompt as views
from bot.views.visits import visit_messages as planned_views


def queue(tx: Tx, pm: Pm, visit: Visit, now: datetime) -> None:
    """Leave the first prompt of a booked visit; the others are left as each is posted.

    The prompt for another time, for which it was booked before, is withdrawn when it is drawn.
    """
    hours = pm.rhythm.hours
    on, at = rules.first(visit.on, visit.ends_at, hours)
    known = outbox.status(tx, Kind.PROMPT, visit.id, str(on))
    if known and known.state is State.SENT:
        # It was asked for on that day already, and takes place later.
        on = next_slot(at, hours)
        at = slot(on, hours)
    _leave(tx, visit, on, at, now)


def settled(tx: Tx, visit_id: int, now: datetime, told_at: str = "") -> None:
    """A visit is no longer asked about as it was: what stands in Slack says so.

    But for the message `told_at`, a timestamp of Slack's, which is drawn anew by whoever used it.
    """
    prompt = prompts.get(tx, visit_id)
    if prompt and prompt.message_channel and prompt.message_ts != told_at:
        outbox.revise(tx, Kind.PROMPT_CHANGED, visit_id, prompt.message_channel, now)


def compose(tx: Tx, parcel: Parcel, now: datetime) -> Message | Withdrawn | Later:
    """The prompt of a nominal date, as long as its visit waits for a debrief."""
    visit, pm = visits.get(tx, int(parcel.subject)), pms.get(tx, parcel.destination)
    prompt = prompts.get(tx, int(parcel.subject))
    if pm is None:
        return Withdrawn("left")
    if visit is None or visit.state is not VisitState.BOOKED:
        return Withdrawn("visited")
    if prompt is None or parcel.period != str(prompt.on):
        return Withdrawn("moved")
    if prompt.at > now:
        return Later(prompt.at, "not_yet")
    hours = pm.rhythm.hours
    at = away.waits_until(tx, pm.user_id, now) or open_hour(now, hours)
    at = max(at, not_beside(tx, Kind.NUDGE, pm, now) or at)
    if at > now:
        return Later(at)
    today = local_date(now, hours.zone)
    return views.message(visit.id, customer_name(tx, visit.customer_id), visit.on, today)


def not_beside(tx: Tx, kind: Kind, pm: Pm, now: datetime) -> datetime | None:
    """When (UTC) somebody is spoken to who got a message of a kind today; None if they did not."""
    hours = pm.rhythm.hours
    today = instant(local_date(now, hours.zone), time(), hours.zone)
    return slot(next_slot(now, hours), hours) if prompts.came(tx, kind, pm.user_id, today) else None


def posted(tx: Tx, parcel: Parcel, place: Place) -> None:
    """Note where a prompt stands, and leave the next one if there is to be one."""
    visit, pm = visits.get(tx, int(parcel.subject)), pms.get(tx, parcel.destination)
    prompt = prompts.get(tx, int(parcel.subject))
    if visit is None or prompt is None:
        return
    prompts.posted(tx, visit.id, place.channel, place.ts)
    if parcel.period != str(prompt.on):
        # It was moved meanwhile, and is asked about at another time.
        return
    posted_at = datetime.fromtimestamp(float(place.ts), UTC)
    if pm and visit.state is VisitState.BOOKED:
        hours = pm.rhythm.hours
        came_on = max(date.fromisoformat(parcel.period), local_date(posted_at, hours.zone))
        on = rules.following(visit.on, came_on, hours)
        if on:
            _leave(tx, visit, on, slot(on, hours), posted_at)


def changed(tx: Tx, parcel: Parcel, now: datetime) -> Edit | Withdrawn:
    """What stands in a prompt's place: what has become of its visit."""
    visit, prompt = visits.get(tx, int(parcel.subject)), prompts.get(tx, int(parcel.subject))
    pm = pms.get(tx, visit.pm_id) if visit else None
    if visit is None or prompt is None or pm is None:
        return Withdrawn("left")
    if prompt.message_channel is None or prompt.message_ts is None:
        return Withdrawn("never_sent")
    return Edit(_became(tx, pm, visit, now), Place(prompt.message_channel, prompt.message_ts))


def _became(tx: Tx, pm: Pm, visit: Visit, now: datetime) -> Message:
    zone, name = pm.rhythm.hours.zone, customer_name(tx, visit.customer_id)
    today = local_date(now, zone)
    if visit.state is VisitState.HELD:
        return views.written(name, visit.on, today)
    if visit.state is VisitState.CALLED_OFF:
        ahead = prospect(tx, pm, now)
        due_on, at = ahead.due_on, ahead.next_nudge_at
        return planned_views.called_off(name, visit.on, due_on, at, zone, today)
    return planned_views.changed(name, visit.on, today, at=visit.at(zone), visit_id=visit.id)


def _leave(tx: Tx, visit: Visit, on: date, at: datetime, now: datetime) -> None:
    prompts.plan(tx, visit.id, on, at)
    outbox.put_again(tx, Kind.PROMPT, Letter(str(visit.id), str(on), visit.pm_id, at), now)
