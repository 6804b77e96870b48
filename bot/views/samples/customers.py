"""Samples of briefs, and of who is to be left alone."""

from dataclasses import replace
from datetime import date

from bot import errors
from bot.domain.customers import Customer, Stage
from bot.domain.debriefs.rules import STORY_LENGTH, WHY_LENGTH, WORKAROUND_LENGTH, Mood
from bot.domain.debriefs.sections import ANSWER_LENGTH, SUBJECT_LENGTH
from bot.domain.visits.briefs import (
    MAX_LINES,
    AnswerGiven,
    BookedVisitLine,
    Brief,
    DebriefedVisit,
    PromiseLine,
)
from bot.domain.visits.caps import NoContactReason
from bot.domain.visits.ground_rules import GroundRule, GroundRules
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import RELEASE_LENGTH, BriefWorkaround, WorkaroundState
from bot.views.customers import contact_permissions as permissions
from bot.views.customers import fields
from bot.views.samples.debriefs import owed_promise
from bot.views.samples.hypotheses import hypothesis
from bot.views.samples.sample import (
    LAST_VISIT,
    MILL,
    NEXT_DUE,
    TODAY,
    Sample,
    SampleData,
    Samples,
    start_of,
)
from bot.views.samples.visits import response_url
from bot.views.visits import brief, ground_rules
from bot.views.visits.plan_form import GOAL_LENGTH

STORY = "They print every order and type it in again. Nobody has told us in six years."
WORKAROUNDS = (
    BriefWorkaround("They keep a list of prices by hand", WorkaroundState.OPEN, ""),
    BriefWorkaround("They count by feel", WorkaroundState.PLANNED, "5.0"),
    BriefWorkaround("They print every order", WorkaroundState.FIXED, "4.2"),
    BriefWorkaround("They mail the list to Ines", WorkaroundState.TOLD, "4.1", was_told=True),
)


def briefs(data: SampleData) -> Samples:
    """Yield what `/customer` answers, and the brief of the day before a visit."""
    known = brief_facts(data)
    yield Sample("`/customer brightwater`", brief.render_brief(known))
    yield from _days_before(data, known)
    found = data.either(
        [(MILL, "brightwater.example"), ("Mill and Sons", "")],
        [(data.name(MILL), data.place(""))] * 6,
    )
    yield Sample("`/customer mill`", brief.which_customer_message(found))
    unknown = brief.unknown_customer_message(data.text("Millbright", 3000))
    yield Sample("A name that nobody has", unknown)
    plain = replace(known.customer, brand=False)
    for each in NoContactReason:
        closed = replace(known, customer=_closed(data, plain, each))
        yield start_of(f"Closed to visits: {each}", brief.render_brief(closed))
    yield start_of("Free to visit", brief.render_brief(replace(known, free_on=TODAY)))
    yield from _permissions(data)
    yield Sample("`/customer help`", brief.usage())


def _days_before(data: SampleData, known: Brief) -> Samples:
    on, goal = data.day(TODAY), data.text("How they count.", GOAL_LENGTH)
    yield start_of("The working day before a visit", brief.render_day_before(known, on, goal))
    rules = GroundRules(done=frozenset({GroundRule.DRAFTED}))
    tested = brief.render_day_before(
        known, on, data.either("", goal), data.either(None, rules), hypothesis(data)
    )
    yield Sample("with the hypothesis that it tests", tested, tested.blocks[1])
    yield Sample("with the ground rules that are still open", ground_rules.open_steps_text(rules))


def _permissions(data: SampleData) -> Samples:
    mill = Customer(data.id(1), data.name(MILL), Stage.CUSTOMER)
    form = data.either(mill, _closed(data, mill, NoContactReason.DO_NOT_CONTACT))
    yield Sample("*Close to visits*", permissions.render_form(form, reply_to=response_url(data)))
    for each in (*NoContactReason, None):
        told = permissions.saved_message(mill.name, each)
        yield Sample(f"*Close to visits*, saved: {each or 'free'}", told)
    refused = errors.CustomerOptedOut(mill.name, data.staff("Ada"))
    yield Sample("Planning to see whoever has opted out", str(refused))


def _closed(data: SampleData, customer: Customer, reason: NoContactReason) -> Customer:
    because = data.text("They are moving house.", permissions.REASON_LENGTH)
    return replace(customer, closed=reason, closed_because=because, closed_on=data.day(LAST_VISIT))


def unlisted(data: SampleData) -> Samples:
    """Yield the form for a customer who is closed to visits, and the responses to a search."""
    mill = Customer(data.id(1), data.name(MILL), Stage.LOST)
    for each in NoContactReason:
        form = permissions.render_form(_closed(data, mill, each))
        yield Sample(f"*Close to visits*, closed: {each}", form)
    found = data.many(
        [(1, MILL, "brightwater.example")], lambda id: (id, data.name(""), data.place(""))
    )
    yield Sample("Customers", fields.options(found, data.name("mill")))


def brief_facts(data: SampleData) -> Brief:
    """Build a brief with everything that can be known."""
    ada, story = data.staff("Ada"), data.text(STORY, STORY_LENGTH)
    most = MAX_LINES
    booked = BookedVisitLine(data.staff("Bo"), data.day(NEXT_DUE), hypothesis(data).belief)
    debriefed = DebriefedVisit(
        data.day(LAST_VISIT), ada, data.either(VisitKind.ON_SITE, VisitKind.PROXY), story
    )
    worked_around = BriefWorkaround(
        data.text("", WORKAROUND_LENGTH), WorkaroundState.TOLD, data.text("", RELEASE_LENGTH)
    )
    person = (data.name("Mara Lind"), data.place("buyer"))
    promise = PromiseLine(owed_promise(data, 1), data.staff(""))
    return Brief(
        TODAY,
        _customer(data),
        ada,
        data.day(date(2026, 4, 6)),
        data.many([booked], lambda _: booked, most=most),
        data.many([debriefed], lambda _: debriefed, most=most),
        data.many(WORKAROUNDS, lambda _: worked_around, most=most),
        data.many([person], lambda _: person, most=most),
        data.either(3, 10**6),
        (True, data.day(date(2026, 2, 20)), data.day(date(2026, 3, 25))),
        ada,
        (
            data.either(6, 10),
            data.day(LAST_VISIT),
            data.text("It is quick, once one has learnt it", WHY_LENGTH),
        ),
        (data.either(Mood.MIXED, Mood.FRUSTRATED), data.day(LAST_VISIT)),
        data.many((), lambda _: promise, most=most),
        data.many((), lambda _: _answer(data), most=most),
    )


def _answer(data: SampleData) -> AnswerGiven:
    subject, answer = data.text("", SUBJECT_LENGTH), data.text("", ANSWER_LENGTH)
    return AnswerGiven(subject, answer, data.staff(""), data.day(LAST_VISIT))


def _customer(data: SampleData) -> Customer:
    known = Customer(
        1, MILL, Stage.CUSTOMER, segment="Paper", region="North", revenue=90_000, brand=True
    )
    place = data.place("")
    largest = Customer(
        1,
        data.name(""),
        Stage.LOST,
        segment=place,
        region=place,
        country=place,
        size=place,
        revenue=10**12,
        potential=10**12,
        brand=True,
        new_market=True,
        new_geography=True,
    )
    return data.either(known, _closed(data, largest, NoContactReason.DO_NOT_CONTACT))
