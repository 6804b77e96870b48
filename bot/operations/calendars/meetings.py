"""Meetings: those with people of known customers become visits, and follow what the feed says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.db.calendars import meetings
from bot.db.calendars.meetings import MeetingLink
from bot.db.engine import Tx
from bot.db.staff import pms
from bot.db.suggestions import claims
from bot.db.visits import queries as visits
from bot.domain.calendars import FeedContents, Meeting
from bot.domain.staff.pms import Pm
from bot.domain.visits.rules import VisitState
from bot.domain.working_time import local_date
from bot.intake.files.cells import mail_domain
from bot.operations.visits import booked, prompts

SOURCE = "calendar"
MAX_CUSTOMERS = 5
# A meeting by its key, and one of the customers in it.
MeetingCustomer = tuple[str, int]


@dataclass(frozen=True)
class _CalendarSync:
    """A PM and what their calendar says: meetings that they mean to go to, and visits made so far.

    `told` are the keys of all meetings that it names, whatever becomes of them.
    """

    pm: Pm
    wanted: Mapping[MeetingCustomer, Meeting]
    all_keys: frozenset[str]
    links: Mapping[MeetingCustomer, MeetingLink]
    connected_at: datetime
    now: datetime

    @property
    def zone(self) -> str:
        return self.pm.settings.hours.zone

    @property
    def today(self) -> date:
        return local_date(self.now, self.zone)


def sync_visits(
    tx: Tx, pm: Pm, email: str, reading: FeedContents, connected_at: datetime, now: datetime
) -> None:
    """Bring a PM's visits in line with their calendar; what was held is never touched.

    `email` is the PM's own; what was over when the calendar was connected is none of ours.
    """
    customers = _find_customers(tx, reading.meetings, email)
    wanted = {
        (meeting.key, customer_id): meeting
        for meeting in reading.meetings
        if meeting.takes_place
        for customer_id in _customers_in(meeting, customers)
    }
    all_keys = frozenset(each.key for each in reading.meetings)
    links = {(each.key, each.customer_id): each for each in meetings.list_links(tx, pm.user_id)}
    sync = _CalendarSync(pm, wanted, all_keys, links, connected_at, now)
    # In this order: what goes makes room for what comes on the same day.
    freed_dates = [*_call_off_missing(tx, sync), *_move_changed(tx, sync)]
    _add_new(tx, sync)
    # Last, as everywhere: two that take a visit and a PM in turn would wait for ever.
    current_pm = pms.get_for_update(tx, pm.user_id) if freed_dates else None
    if current_pm:
        booked.replan_next_nudge(tx, current_pm, now)


def _customers_in(meeting: Meeting, customers: Mapping[str, int]) -> set[int]:
    """The customers in a meeting; none of one with very many, which is a talk and no visit."""
    found = {customers[each] for each in meeting.emails if each in customers}
    return found if len(found) <= MAX_CUSTOMERS else set()


def _find_customers(tx: Tx, found: Iterable[Meeting], email: str) -> Mapping[str, int]:
    """The customers of those who take part, by mail address.

    Somebody who is known is their customer's; of anybody else the domain tells, unless they are
    colleagues.
    """
    emails = sorted({each for meeting in found for each in meeting.emails})
    known = meetings.find_customers_by_email(tx, emails)
    own_addresses = {email, *meetings.find_staff_emails(tx, emails)}
    own_domains = {mail_domain(each) for each in own_addresses}
    domains = {each: mail_domain(each) for each in emails if each not in known}
    outside_domains = {
        each: name for each, name in domains.items() if name and name not in own_domains
    }
    customers = meetings.find_customers_by_domain(tx, sorted(set(outside_domains.values())))
    by_domain = {
        each: customers[name] for each, name in outside_domains.items() if name in customers
    }
    return {**by_domain, **known}


def _call_off_missing(tx: Tx, sync: _CalendarSync) -> Iterable[date]:
    """Those that do not take place, or are no longer there; gives the dates that are free."""
    for which, link in sync.links.items():
        missing = which not in sync.wanted and link.state is VisitState.BOOKED
        # What has left the feed once it was over has taken place.
        if (
            missing
            and (link.key in sync.all_keys or _is_ahead(link, sync))
            and meetings.call_off(tx, link)
        ):
            prompts.enqueue_change(tx, link.visit_id, sync.now)
            yield link.on


def _move_changed(tx: Tx, sync: _CalendarSync) -> Iterable[date]:
    """Those at another time, and those that take place after all; gives the dates they left."""
    for which, link in sync.links.items():
        meeting = sync.wanted.get(which)
        if meeting is None or not _differs(link, meeting, sync):
            continue
        on = meeting.start_date(sync.zone)
        if link.called_off and meetings.find_visit(tx, sync.pm.user_id, link.customer_id, on):
            continue
        if meetings.reschedule(tx, link, on, meeting.ends_at, meeting.minutes):
            _enqueue_messages(tx, sync, link.visit_id)
            if on != link.on or link.called_off:
                prompts.enqueue_change(tx, link.visit_id, sync.now)
                yield link.on


def _add_new(tx: Tx, sync: _CalendarSync) -> None:
    new = {which: each for which, each in sync.wanted.items() if which not in sync.links}
    ahead = {
        which: each for which, each in new.items() if not each.is_over(sync.connected_at, sync.zone)
    }
    # In order: two that wait for each other's customer would wait for ever.
    for customer_id in sorted({customer_id for _, customer_id in ahead}):
        tx.advisory_lock(f"customer {customer_id}")
    for (key, customer_id), meeting in sorted(ahead.items(), key=_sort_key):
        existing = meetings.find_visit(
            tx, sync.pm.user_id, customer_id, meeting.start_date(sync.zone)
        )
        if existing is None:
            _add_visit(tx, sync, key, customer_id, meeting)
        elif existing[1] is VisitState.BOOKED and not meetings.is_from_calendar(tx, existing[0]):
            # Planned by hand: from now on it goes where the meeting goes.
            meetings.add_link(tx, sync.pm.user_id, key, customer_id, existing[0])


def _add_visit(tx: Tx, sync: _CalendarSync, key: str, customer_id: int, meeting: Meeting) -> None:
    visit_id = visits.add(
        tx,
        sync.pm.user_id,
        customer_id,
        meeting.kind,
        VisitState.BOOKED,
        meeting.start_date(sync.zone),
        sync.now,
        source=SOURCE,
        source_id=f"{sync.pm.user_id}:{customer_id}:{key}",
        ends_at=meeting.ends_at,
        minutes=meeting.minutes,
    )
    if visit_id is not None:
        meetings.add_link(tx, sync.pm.user_id, key, customer_id, visit_id)
        claims.release(tx, customer_id, sync.pm.user_id)
        _enqueue_messages(tx, sync, visit_id)


def _enqueue_messages(tx: Tx, sync: _CalendarSync, visit_id: int) -> None:
    """The brief and the prompt of another date are withdrawn when they are to leave."""
    visit = visits.get(tx, visit_id)
    if visit is not None:
        booked.enqueue_messages(tx, sync.pm, visit, sync.now)


def _differs(link: MeetingLink, meeting: Meeting, sync: _CalendarSync) -> bool:
    """Whether a visit that the feed may change is not as the feed has it."""
    if link.state is not (VisitState.CALLED_OFF if link.called_off else VisitState.BOOKED):
        return False
    now = meeting.start_date(sync.zone), meeting.ends_at, meeting.minutes
    return link.called_off or now != (link.on, link.ends_at, link.minutes)


def _is_ahead(link: MeetingLink, sync: _CalendarSync) -> bool:
    return link.ends_at > sync.now if link.ends_at else link.on >= sync.today


def _sort_key(item: tuple[MeetingCustomer, Meeting]) -> str:
    return str(item[1].starts)
