"""Build briefs: what is known of a customer, for a PM who is about to see them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from bot.db import customers, hypotheses, surveys
from bot.db.contacts import queries as contacts
from bot.db.debriefs import promises
from bot.db.debriefs import queries as debriefs
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind, OutboxMessage
from bot.db.staff import queries as staff
from bot.db.visits import plans
from bot.db.visits import queries as visits
from bot.domain.customers import Customer, name_key
from bot.domain.debriefs.rules import Debrief, Sharing
from bot.domain.hypotheses import Hypothesis
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.visits.briefs import (
    MAX_LINES,
    AnswerGiven,
    BookedVisitLine,
    Brief,
    DebriefedVisit,
    PromiseLine,
)
from bot.domain.visits.caps import QUARTER, find_free_date
from bot.domain.visits.rules import DEFAULT_MINUTES, Visit
from bot.domain.working_time import contact_start, local_date, working_day_before
from bot.operations.workarounds import changes as workarounds
from bot.services import Services

CONTACT_LOAD_WINDOW = timedelta(days=28)
# The open workarounds of these are read too.
READ_LIMIT = 20
# Names shown when several customers could be meant.
NAMES_SHOWN = 6


def find_brief(
    services: Services, actor: Actor, words: str, now: datetime
) -> Brief | Sequence[tuple[str, str]]:
    """Return the brief of the customer meant by `words`: of that domain or name, or the only match.

    Names with their hints when several could be meant; none when none is. A name with its hint in
    brackets means that one.
    """
    with services.reading(actor.workspace_id) as tx:
        found = _find_customers(tx, words)
        if len(found) == 1:
            return build_brief(tx, actor.user_id, actor.zone, found[0], now)
        return [(each.name, _hint(each, found)) for each in found[:NAMES_SHOWN]]


def _find_customers(tx: Tx, words: str) -> Sequence[Customer]:
    if not name_key(words):
        return []
    by_domain = customers.find_by_domain(tx, words)
    if by_domain:
        return [by_domain]
    found = customers.list_by_name(tx, words) or customers.search(tx, words, NAMES_SHOWN)
    return found or _find_by_hint(tx, words)


def _find_by_hint(tx: Tx, words: str) -> Sequence[Customer]:
    name, _, hint = words.removesuffix(")").rpartition("(")
    same = customers.list_by_name(tx, name) if name_key(name) else []
    return [each for each in same if name_key(_hint(each, same)) == name_key(hint)]


def _hint(customer: Customer, among: Sequence[Customer]) -> str:
    """Return what tells a customer from others of the same name."""
    alone = sum(name_key(each.name) == name_key(customer.name) for each in among) == 1
    return customer.domain or customer.region or ("" if alone else f"no. {customer.id}")


def enqueue(tx: Tx, pm: Pm, visit: Visit, now: datetime) -> None:
    """Enqueue the brief of a booked visit for the working day before, if that still lies ahead.

    The brief for another date, on which it was booked before, is withdrawn on delivery.
    """
    hours = pm.settings.hours
    due_at = contact_start(working_day_before(visit.on, hours), hours)
    visits.set_brief_at(tx, visit.id, due_at if due_at > now else None)
    if due_at > now:
        message = OutboxMessage(str(visit.id), str(visit.on), pm.user_id, due_at)
        outbox.enqueue_or_requeue(tx, MessageKind.BRIEF, message, now)


def get_hypothesis_to_test(tx: Tx, visit: Visit) -> Hypothesis | None:
    """Return the hypothesis that a visit is to test, or None."""
    hypothesis_id = plans.get(tx, visit.id).hypothesis_id
    return hypotheses.get(tx, hypothesis_id) if hypothesis_id is not None else None


def _upcoming_visit(tx: Tx, user_id: str, visit: Visit) -> BookedVisitLine:
    hypothesis = get_hypothesis_to_test(tx, visit)
    who = None if visit.pm_id == user_id else staff.get_name(tx, visit.pm_id)
    return BookedVisitLine(who, visit.on, hypothesis.belief if hypothesis else "")


def build_brief(tx: Tx, user_id: str, zone: str, customer: Customer, now: datetime) -> Brief:
    """Build a customer's brief for a user, with what they may read."""
    today = local_date(now, zone)
    near = visits.list_between(tx, customer.id, today - QUARTER, date.max, today)
    recent = debriefs.list_by_customer(tx, customer.id, READ_LIMIT)
    shared = [each for each in recent if _may_read(user_id, each)]
    known_workarounds = workarounds.list_of_customer(tx, user_id, customer.id, READ_LIMIT)
    return Brief(
        today=today,
        customer=customer,
        owner=staff.get_name(tx, customer.owner_id) if customer.owner_id else "",
        free_on=find_free_date(today, [each.load for each in near], DEFAULT_MINUTES),
        booked=tuple(
            _upcoming_visit(tx, user_id, each)
            for each in visits.list_booked_with_customer(tx, customer.id, today)
        ),
        visits=tuple(_visit_story(tx, each) for each in shared[:MAX_LINES]),
        workarounds=tuple(known_workarounds)[:MAX_LINES],
        people=tuple(
            (each.name, each.role or "")
            for each in customers.list_people(tx, customer.id)[:MAX_LINES]
        ),
        contacts=contacts.count_by_customer(tx, customer.id, now - CONTACT_LOAD_WINDOW),
        deal=customers.get_last_deal(tx, customer.id),
        mood=next(((each.draft.mood, each.on) for each in shared if each.draft.mood), None),
        score=_score(tx, customer.id, shared, zone),
        closed_by=staff.get_name(tx, customer.closed_by) if customer.closed_by else "",
        promises=tuple(
            PromiseLine(each, "" if each.owner_id == user_id else staff.get_name(tx, each.owner_id))
            for each in promises.list_open_by_customer(tx, customer.id, user_id, MAX_LINES)
        ),
        answers=tuple(_list_answers(tx, shared))[:MAX_LINES],
    )


def _score(
    tx: Tx, customer_id: int, shared: Sequence[Debrief], zone: str
) -> tuple[int, date, str] | None:
    """Return the newest score, of a debrief or of a survey."""
    found = [
        (each.draft.nps, each.on, each.draft.nps_why)
        for each in shared
        if each.draft.nps is not None
    ][:1]
    survey = surveys.get_last_answered(tx, customer_id)
    if survey and survey.answer and survey.answered_at:
        on = local_date(survey.answered_at, zone)
        found = [(survey.answer.score, on, survey.answer.why), *found]
    return max(found, key=lambda each: each[1], default=None)


def _visit_story(tx: Tx, debrief: Debrief) -> DebriefedVisit:
    draft = debrief.draft
    return DebriefedVisit(
        debrief.on, staff.get_name(tx, debrief.author_id), draft.kind, draft.story
    )


def _list_answers(tx: Tx, shared: Sequence[Debrief]) -> Iterator[AnswerGiven]:
    """Return the answers they were given, newest first: the next one should be the same (F4)."""
    for debrief in shared:
        for each in debrief.draft.answers:
            yield AnswerGiven(
                each.subject, each.said, staff.get_name(tx, debrief.author_id), debrief.on
            )


def _may_read(user_id: str, debrief: Debrief) -> bool:
    """Return whether a story may be shown here, where it would appear under the customer's name.

    Nor is it said that there is one: date and author would name the customer of a digest's story.
    """
    return debrief.draft.sharing is Sharing.SHARE or debrief.author_id == user_id
