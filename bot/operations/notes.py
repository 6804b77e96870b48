"""Notes that ask for nothing: offered once a month, and what a PM does with one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.db import customers, notes
from bot.db.engine import Tx
from bot.db.notes import SENT, Due, Note
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import Kind, Letter, Parcel
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.domain import notes as rules
from bot.domain.notes import Known, Offer
from bot.domain.outbox.outcomes import Fate, Outcome
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.working_time import ONE_DAY, instant, local_date, next_slot, open_hour, slot
from bot.errors import NoSuchNote, NotJoined, NotYours
from bot.log import logger
from bot.log import place as raised_at
from bot.operations.customers.search import customer_name
from bot.operations.nudges import away
from bot.operations.outbox.rendered import Later, Withdrawn
from bot.services import Services
from bot.slack.posting import Place
from bot.views import notes as views
from bot.views.block_kit import Message

# As long as one batch is written, SQLite lets nobody else write.
BATCH = 500
PUT_OFF = timedelta(hours=1)
STOPPED = "no_more"
LOG = logger(__name__)

_Look = tuple[Offer | None, Offer]


def offer(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Offer a note to every PM whose day of the month has come (`product.md` C5).

    A PM whose row cannot be decided on is held as "failed", and looked at again an hour later.
    """
    outcomes: list[Outcome] = []
    more = True
    while more and not services.leaving.is_set():
        count, said = _offer(services, workspace_id, now)
        outcomes += said
        more = count == BATCH and services.writes
    return outcomes


def compose(tx: Tx, parcel: Parcel, now: datetime) -> Message | Withdrawn | Later:
    """The note of a month, within that month or not at all."""
    pm, note = pms.get(tx, parcel.subject), notes.of(tx, parcel.subject, parcel.period)
    if pm is None or note is None:
        return Withdrawn("left")
    if notes.planned_on(tx, pm.user_id) is None:
        return Withdrawn("no_more")
    if now < pm.joined_at + rules.A_MONTH:
        return Withdrawn("joined_lately")
    hours = pm.rhythm.hours
    at = away.waits_until(tx, pm.user_id, now) or open_hour(now, hours)
    at = max(at, _beside_nothing(tx, pm, now) or at)
    if rules.month(local_date(at, hours.zone)) != parcel.period:
        return Withdrawn("too_late")
    return Later(at) if at > now else _drawn(tx, note, hours.zone, now)


def posted(tx: Tx, parcel: Parcel, place: Place) -> None:
    """Note where a note stands."""
    notes.posted(tx, parcel.subject, parcel.period, place.channel, place.ts)


def sent(services: Services, actor: Actor, note_id: int, now: datetime) -> Message:
    """The PM has sent it: it is counted, once."""
    with services.transaction(actor.workspace_id) as tx:
        note = _own(tx, actor, note_id)
        if note.answer is None:
            notes.answer(tx, note_id, SENT, local_date(now, actor.zone))
        return _standing(tx, _own(tx, actor, note_id), actor.zone, now)


def somebody_else(
    services: Services, actor: Actor, note_id: int, customer_id: int, now: datetime
) -> Message:
    """The note for somebody else than the customer whom it was for when it was drawn.

    What stands there already, for a press that comes late; and what stands there with a word that
    nobody else is left.
    """
    with services.transaction(actor.workspace_id) as tx:
        note = _own(tx, actor, note_id)
        if note.answer is not None or note.customer_id != customer_id:
            return _standing(tx, note, actor.zone, now)
        tx.one_at_a_time("notes")
        other = _whom(tx, note, actor.zone, now)
        if other is None:
            return _standing(tx, note, actor.zone, now, last=True)
        notes.name(tx, note, other.customer_id, [*note.passed, customer_id])
        return _standing(tx, _own(tx, actor, note_id), actor.zone, now)


def no_more(services: Services, actor: Actor, note_id: int, now: datetime) -> Message:
    """No more of these, until the PM wants them again."""
    with services.transaction(actor.workspace_id) as tx:
        note = _own(tx, actor, note_id)
        if note.answer is None:
            notes.answer(tx, note_id, STOPPED, local_date(now, actor.zone))
        notes.plan(tx, actor.user_id, None)
        return views.no_more()


def wanted(services: Services, actor: Actor) -> bool:
    """Whether the actor wants to be offered notes."""
    with services.reading(actor.workspace_id) as tx:
        return notes.planned_on(tx, actor.user_id) is not None


def again(services: Services, actor: Actor, now: datetime) -> bool:
    """Offer notes to the actor again, from the next offer on; False when they are offered."""
    with services.transaction(actor.workspace_id) as tx:
        pm = pms.take(tx, actor.user_id)
        if pm is None:
            raise NotJoined
        if notes.planned_on(tx, pm.user_id) is not None:
            return False
        hours = pm.rhythm.hours
        notes.plan(tx, pm.user_id, rules.ahead(max(now, pm.joined_at + rules.A_MONTH), hours))
        return True


def _offer(services: Services, workspace_id: str, now: datetime) -> tuple[int, Sequence[Outcome]]:
    # A rehearsal undoes each batch and would meet the same PMs again: it takes all at once.
    limit = BATCH if services.writes else None
    with services.transaction(workspace_id) as tx:
        looks = {each.user_id: _look(each, now) for each in notes.due(tx, now, limit)}
        found = {user_id: look for user_id, look in looks.items() if look}
        due = {user_id: this for user_id, (this, _) in found.items() if this}
        notes.plan_all(tx, {user_id: following for user_id, (_, following) in found.items()})
        notes.put_off(tx, looks.keys() - found.keys(), now + PUT_OFF)
        notes.leave_all(tx, due)
        letters = [Letter(pm_id, each.month, pm_id, each.at) for pm_id, each in due.items()]
        new = outbox.put_all(tx, Kind.NOTE, letters, now)
    queued = [Outcome(Kind.NOTE, pm_id, Fate.QUEUED, "due") for pm_id, _ in sorted(new)]
    failed = [
        Outcome(Kind.NOTE, pm_id, Fate.HELD, "failed") for pm_id, look in looks.items() if not look
    ]
    return len(looks), [*queued, *failed]


def _look(due: Due, now: datetime) -> _Look | None:
    try:
        return rules.look(due.on, now, due.hours())
    except Exception as error:  # noqa: BLE001 - one PM must not keep the others from theirs
        LOG.error("look_failed", user=due.user_id, error=type(error).__name__, at=raised_at(error))
        return None


def _beside_nothing(tx: Tx, pm: Pm, now: datetime) -> datetime | None:
    """When (UTC) somebody is spoken to who has a nudge or a prompt today; None if they do not."""
    hours = pm.rhythm.hours
    today = local_date(now, hours.zone)
    begins, ends = (instant(each, time(), hours.zone) for each in (today, today + ONE_DAY))
    # A nudge that no tick has looked at yet comes today as well.
    if pm.planned.at < ends or notes.crowded(tx, pm.user_id, begins, ends):
        return slot(next_slot(now, hours), hours)
    return None


def _drawn(tx: Tx, note: Note, zone: str, now: datetime) -> Message | Withdrawn:
    """The note as it leaves; whom it is for is chosen then, and kept from then on."""
    # Two PMs who write to one customer on one day would be one too many.
    tx.one_at_a_time("notes")
    if note.customer_id is None or not notes.last_seen(tx, note.pm_id, note.customer_id):
        chosen = _whom(tx, note, zone, now)
        if chosen is None:
            return Withdrawn("nobody")
        notes.name(tx, note, chosen.customer_id)
    fresh = notes.get(tx, note.id)
    return _standing(tx, fresh, zone, now) if fresh else Withdrawn("left")


def _whom(tx: Tx, note: Note, zone: str, now: datetime) -> Known | None:
    today, since = local_date(now, zone), now - rules.HALF_A_YEAR
    known = notes.known(tx, note.pm_id, today, today - rules.A_YEAR, since)
    return rules.whom(known, notes.passed_over(tx, note.pm_id, since))


def _own(tx: Tx, actor: Actor, note_id: int) -> Note:
    """The note, if it is the actor's; nobody else changes it until the transaction ends."""
    tx.one_at_a_time(f"note {note_id}")
    note = notes.get(tx, note_id)
    if note is None:
        raise NoSuchNote
    if note.pm_id != actor.user_id:
        raise NotYours
    return note


def _standing(tx: Tx, note: Note, zone: str, now: datetime, *, last: bool = False) -> Message:
    """What a note says, as far as it has come."""
    if note.answer == STOPPED:
        return views.no_more()
    if note.customer_id is None:
        raise NoSuchNote
    if note.answer == SENT:
        return views.sent(customer_name(tx, note.customer_id))
    offered = _offered(tx, note, note.customer_id, local_date(now, zone))
    return views.message(replace(offered, last=last))


def _offered(tx: Tx, note: Note, customer_id: int, today: date) -> views.Offered:
    known = notes.last_seen(tx, note.pm_id, customer_id)
    if known is None:
        raise NoSuchNote
    people = customers.people_of(tx, customer_id)
    pm = staff.get(tx, note.pm_id)
    return views.Offered(
        id=note.id,
        customer=customer_name(tx, customer_id),
        known=known,
        # Of several nobody knows who was there.
        person=people[0].name if len(people) == 1 else "",
        pm=pm.name if pm else "",
        today=today,
    )
