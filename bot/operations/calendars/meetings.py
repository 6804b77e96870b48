"""Meetings: those with people of known customers become visits, and follow what the feed says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.db.calendars import meetings
from bot.db.calendars.meetings import Link
from bot.db.engine import Tx
from bot.db.staff import pms
from bot.db.suggestions import claims as taken
from bot.db.visits import queries as visits
from bot.domain.calendars import Meeting, Reading
from bot.domain.staff.pms import Pm
from bot.domain.visits.rules import VisitState
from bot.domain.working_time import local_date
from bot.intake.files.cells import mail_domain
from bot.operations.visits import booked, prompts

SOURCE = "calendar"
MOST_CUSTOMERS = 5
# A meeting by its key, and one of the customers in it.
Which = tuple[str, int]


@dataclass(frozen=True)
class _Diary:
    """A PM and what their calendar says: meetings that they mean to go to, and visits made so far.

    `told` are the keys of all meetings that it names, whatever becomes of them.
    """

    pm: Pm
    wanted: Mapping[Which, Meeting]
    told: frozenset[str]
    links: Mapping[Which, Link]
    connected_at: datetime
    now: datetime

    @property
    def zone(self) -> str:
        return self.pm.rhythm.hours.zone

    @property
    def today(self) -> date:
        return local_date(self.now, self.zone)


def keep(
    tx: Tx, pm: Pm, email: str, reading: Reading, connected_at: datetime, now: datetime
) -> None:
    """Bring a PM's visits in line with their calendar; what was held is never touched.

    `email` is the PM's own; what was over when the calendar was connected is none of ours.
    """
    customers = _customers(tx, reading.meetings, email)
    wanted = {
        (meeting.key, customer_id): meeting
        for meeting in reading.meetings
        if meeting.takes_place
        for customer_id in _of(meeting, customers)
    }
    told = frozenset(each.key for each in reading.meetings)
    links = {(each.key, each.customer_id): each for each in meetings.links(tx, pm.user_id)}
    diary = _Diary(pm, wanted, told, links, connected_at, now)
    # In this order: what goes makes room for what comes on the same day.
    left = [*_called_off(tx, diary), *_moved(tx, diary)]
    _added(tx, diary)
    # Last, as everywhere: two that take a visit and a PM in turn would wait for ever.
    fresh = pms.take(tx, pm.user_id) if left else None
    if fresh:
        booked.plan_afresh(tx, fresh, now)


def _of(meeting: Meeting, customers: Mapping[str, int]) -> set[int]:
    """The customers in a meeting; none of one with very many, which is a talk and no visit."""
    found = {customers[each] for each in meeting.emails if each in customers}
    return found if len(found) <= MOST_CUSTOMERS else set()


def _customers(tx: Tx, found: Iterable[Meeting], email: str) -> Mapping[str, int]:
    """The customers of those who take part, by mail address.

    Somebody who is known is their customer's; of anybody else the domain tells, unless they are
    colleagues.
    """
    emails = sorted({each for meeting in found for each in meeting.emails})
    known = meetings.customers_of(tx, emails)
    own = {email, *meetings.colleagues(tx, emails)}
    house = {mail_domain(each) for each in own}
    domains = {each: mail_domain(each) for each in emails if each not in known}
    outside = {each: name for each, name in domains.items() if name and name not in house}
    customers = meetings.customers_at(tx, sorted(set(outside.values())))
    by_domain = {each: customers[name] for each, name in outside.items() if name in customers}
    return {**by_domain, **known}


def _called_off(tx: Tx, diary: _Diary) -> Iterable[date]:
    """Those that do not take place, or are no longer there; gives the dates that are free."""
    for which, link in diary.links.items():
        gone = which not in diary.wanted and link.state is VisitState.BOOKED
        # What has left the feed once it was over has taken place.
        if (
            gone
            and (link.key in diary.told or _is_ahead(link, diary))
            and meetings.call_off(tx, link)
        ):
            prompts.settled(tx, link.visit_id, diary.now)
            yield link.on


def _moved(tx: Tx, diary: _Diary) -> Iterable[date]:
    """Those at another time, and those that take place after all; gives the dates they left."""
    for which, link in diary.links.items():
        meeting = diary.wanted.get(which)
        if meeting is None or not _differs(link, meeting, diary):
            continue
        on = meeting.on(diary.zone)
        if link.called_off and meetings.stands(tx, diary.pm.user_id, link.customer_id, on):
            continue
        if meetings.move(tx, link, on, meeting.ends_at, meeting.minutes):
            _follow(tx, diary, link.visit_id)
            if on != link.on or link.called_off:
                prompts.settled(tx, link.visit_id, diary.now)
                yield link.on


def _added(tx: Tx, diary: _Diary) -> None:
    new = {which: each for which, each in diary.wanted.items() if which not in diary.links}
    ahead = {
        which: each
        for which, each in new.items()
        if not each.is_over(diary.connected_at, diary.zone)
    }
    # In order: two that wait for each other's customer would wait for ever.
    for customer_id in sorted({customer_id for _, customer_id in ahead}):
        tx.one_at_a_time(f"customer {customer_id}")
    for (key, customer_id), meeting in sorted(ahead.items(), key=_when):
        stands = meetings.stands(tx, diary.pm.user_id, customer_id, meeting.on(diary.zone))
        if stands is None:
            _add(tx, diary, key, customer_id, meeting)
        elif stands[1] is VisitState.BOOKED and not meetings.is_of_calendar(tx, stands[0]):
            # Planned by hand: from now on it goes where the meeting goes.
            meetings.link(tx, diary.pm.user_id, key, customer_id, stands[0])


def _add(tx: Tx, diary: _Diary, key: str, customer_id: int, meeting: Meeting) -> None:
    visit_id = visits.add(
        tx,
        diary.pm.user_id,
        customer_id,
        meeting.kind,
        VisitState.BOOKED,
        meeting.on(diary.zone),
        diary.now,
        source=SOURCE,
        source_id=f"{diary.pm.user_id}:{customer_id}:{key}",
        ends_at=meeting.ends_at,
        minutes=meeting.minutes,
    )
    if visit_id is not None:
        meetings.link(tx, diary.pm.user_id, key, customer_id, visit_id)
        taken.let_go(tx, customer_id, diary.pm.user_id)
        _follow(tx, diary, visit_id)


def _follow(tx: Tx, diary: _Diary, visit_id: int) -> None:
    """The brief and the prompt of another date are withdrawn when they are to leave."""
    visit = visits.get(tx, visit_id)
    if visit is not None:
        booked.follow(tx, diary.pm, visit, diary.now)


def _differs(link: Link, meeting: Meeting, diary: _Diary) -> bool:
    """Whether a visit that the feed may change is not as the feed has it."""
    if link.state is not (VisitState.CALLED_OFF if link.called_off else VisitState.BOOKED):
        return False
    now = meeting.on(diary.zone), meeting.ends_at, meeting.minutes
    return link.called_off or now != (link.on, link.ends_at, link.minutes)


def _is_ahead(link: Link, diary: _Diary) -> bool:
    return link.ends_at > diary.now if link.ends_at else link.on >= diary.today


def _when(item: tuple[Which, Meeting]) -> str:
    return str(item[1].starts)
