"""Every message, view and list of options, built around one text and one size."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from itertools import cycle, islice

from slack_sdk.models.views import View

from bot.domain.contacts.traits import Measure, Trait
from bot.domain.customers import NAME_LENGTH, Customer, Stage
from bot.domain.debriefs.promises import Owed
from bot.domain.debriefs.rules import (
    QUOTE_LENGTH,
    STORY_LENGTH,
    WORKAROUND_LENGTH,
    Draft,
    Frequency,
    Mood,
    Sharing,
    Sheet,
    Workaround,
)
from bot.domain.debriefs.sections import (
    ANSWER_LENGTH,
    BELIEF_LENGTH,
    COMPETITOR_LENGTH,
    MEASURE_LENGTH,
    MOST,
    PAIN_LENGTH,
    PROMISE_LENGTH,
    SUBJECT_LENGTH,
    THEME_LENGTH,
    Answer,
    Decision,
    Pain,
    Promise,
    Verdict,
    Weight,
)
from bot.domain.debriefs.sections import Reason as DealReason
from bot.domain.hypotheses import Hypothesis, Settled, Tally
from bot.domain.notes import Known
from bot.domain.nudges.away import Cause
from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.rules import Reason, Step, Strength
from bot.domain.staff.access import Refusal
from bot.domain.suggestions.coverage import Aspect, Great, Lean
from bot.domain.surveys.nps import Nps
from bot.domain.surveys.rules import WHY_LENGTH, Language
from bot.domain.surveys.rules import Answer as SurveyAnswer
from bot.domain.visits.caps import Cap, Closed
from bot.domain.visits.ground_rules import AGENDA_LENGTH, GroundRules, Reply
from bot.domain.visits.ground_rules import Step as Rule
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import RELEASE_LENGTH, Share, State
from bot.operations.workarounds.changes import APART_MOST
from bot.views import form_fields as fields
from bot.views import home, notes, stories
from bot.views.block_kit import Message
from bot.views.contacts import flag_message as flags
from bot.views.contacts import form as contacts
from bot.views.customers import contact_permissions as closings
from bot.views.customers import fields as customers
from bot.views.debriefs import confirmations as kept_views
from bot.views.debriefs import form as debriefs
from bot.views.debriefs import promises
from bot.views.debriefs import saved_drafts as unfinished
from bot.views.form_fields import Found
from bot.views.hypotheses import modals as tallies
from bot.views.nudges import away, why
from bot.views.nudges import message as nudges
from bot.views.nudges import question as questions
from bot.views.staff import settings_form as visits
from bot.views.suggestions import coverage
from bot.views.suggestions import market_form as markets
from bot.views.surveys import form as surveys
from bot.views.surveys import texts as survey_words
from bot.views.visits import brief as briefs
from bot.views.visits import calendar_file as invitations
from bot.views.visits import caps, ground_rules
from bot.views.visits import plan_form as plans
from bot.views.visits import prompt as prompts
from bot.views.visits import visit_messages as planned
from bot.views.workarounds import fix_notice as fixes
from bot.views.workarounds import form as wholes
from bot.views.workarounds import overview as workarounds
from tests.times import T0, T
from tests.views.payloads import submitted

ZONE = "America/Argentina/ComodRivadavia"
TODAY = date(2026, 3, 2)
OTHER_YEAR = date(2025, 12, 31)
STAFF_NAME = 255
PLACE = 100


def fill(text: str, length: int) -> str:
    """The text over and over up to a length; something to see if it has nothing."""
    return "".join(islice(cycle(text), length)) if text.strip() else "x"


def messages(text: str, size: int) -> Iterator[tuple[str, Message]]:
    """Every message with `text` in each place that people fill, and `size` things in each list."""
    name = fill(text, NAME_LENGTH)
    for step in Step:
        nudge = nudge_with(name, size, step)
        yield f"nudge {step}", nudges.message(nudge)
    yield "passed over", nudges.passed(nudge, name, OTHER_YEAR, for_all=True)
    yield "taken", nudges.taken(nudge, name, name, another=True)
    yield "snoozed", nudges.snoozed(nudge, T0, ZONE)
    yield "been", nudges.been(nudge, name, OTHER_YEAR, OTHER_YEAR)
    for barrier in Barrier:
        yield f"blocked by {barrier}", nudges.blocked(nudge, barrier)
    for reason in nudges.Withdrawal:
        yield f"withdrawn {reason}", nudges.withdrawn(reason)
    yield "question", questions.message(2**31, 90)
    yield "less often", questions.less_often(90, T0, ZONE, OTHER_YEAR)
    yield from _answers(name)
    yield from _explained(name)
    yield "brief", briefs.brief(brief_with(text, size))
    yield "brief ahead", briefs.ahead(brief_with(text, size), OTHER_YEAR, fill(text, 1000))
    yield "which customer", briefs.which([(name, name)] * 6)
    yield "no customer", briefs.nobody(fill(text, 3000))
    yield "usage of customer", briefs.usage()
    yield from _surveys(text, name)
    for last in (False, True):
        yield f"note, the last: {last}", notes.message(note_with(name, last=last))
    yield "note sent", notes.sent(name)
    yield "no more notes", notes.no_more()
    yield "flag", flags.message(flag_with(name, size))
    yield "flag acknowledged", flags.acknowledged(name)
    yield "flag refuted", flags.refuted(name)
    yield "flag snoozed", flags.snoozed(name, T(days=14), ZONE, TODAY)
    yield "flag gone", flags.gone(name)
    yield "digest", stories.digest(digest_with(text, size))
    fix = fix_with(text, size)
    for late in (False, True):
        yield f"fixed, late: {late}", fixes.message(fix, late=late)
    yield "all told", fixes.message(replace(fix, untold=()))
    yield "not fixed after all", fixes.message(replace(fix, back=True))


def _answers(name: str) -> Iterator[tuple[str, Message]]:
    yield "joined", visits.joined(OTHER_YEAR, T0, ZONE, TODAY)
    yield "saved", visits.saved(OTHER_YEAR, None, ZONE, TODAY)
    yield "next visit", visits.next_visit(TODAY, T0, ZONE, TODAY, (name, OTHER_YEAR))
    for cause in Cause:
        because = away.because(cause, OTHER_YEAR, None, TODAY)
        yield (
            f"next visit after {cause}",
            visits.next_visit(TODAY, T0, ZONE, TODAY, (name, OTHER_YEAR), because),
        )
        yield f"resumed but {cause}", away.resumed(because, TODAY, T0, ZONE, TODAY)
    yield "paused", away.paused(OTHER_YEAR, TODAY, T0, ZONE, TODAY)
    for refusal in away.REFUSALS:
        yield f"no pause {refusal.__name__}", away.refused(refusal())
    known = {"at": time(14), "visit_id": 2**31}
    yield "planned", planned.planned(name, OTHER_YEAR, TODAY, **known)
    yield "changed", planned.changed(name, OTHER_YEAR, TODAY, **known)
    yield "calendar file refused", invitations.refused()
    yield "called off", planned.called_off(name, OTHER_YEAR, TODAY, T0, ZONE, TODAY)
    agenda = fill(name, AGENDA_LENGTH)
    yield "agenda asked", ground_rules.asked(2**31, name, name, "some day", agenda, agenda)
    for reply in Reply:
        yield f"agenda answered {reply}", ground_rules.answered(name, name, reply)
    yield "agenda talk", ground_rules.talk(name, name)
    yield "ground rules kept", ground_rules.kept(preparation(name))
    yield "prompt", prompts.message(2**31, name, OTHER_YEAR, TODAY)
    yield "prompt written", prompts.written(name, OTHER_YEAR, TODAY)
    yield "left", visits.left()
    yield "not joined", visits.not_joined()
    for sharing in Sharing:
        news = kept_views.Kept(name, TODAY, sharing, T0, 2**31, sentences=9)
        kept = kept_views.recorded(news, ZONE, TODAY)
        yield f"recorded {sharing}", kept
    yield "contact recorded", contacts.recorded(name, name, OTHER_YEAR, TODAY)
    yield "usage of visit", visits.usage()
    yield "usage of debrief", kept_views.usage()
    yield "kept again", kept_views.again(name)
    yield "left unfinished", unfinished.closed(unfinished.Left("k" * 120, name, name, T0))
    owed = owed_by(name)
    yield "promise", promises.reminder(owed, TODAY)
    yield "promise given", promises.given(owed, name, TODAY)
    yield "promise kept", promises.kept(owed)
    yield "promise put off", promises.put_off(owed, TODAY)
    yield "usage of contact", contacts.usage()


def _explained(name: str) -> Iterator[tuple[str, Message]]:
    """Why a nudge came or did not: every reason there is."""
    facts = why.WhyFacts(
        today=TODAY,
        zone=ZONE,
        interval_days=90,
        joined_on=OTHER_YEAR,
        due_on=OTHER_YEAR,
        next_nudge_at=T0,
        reason=Reason.VISIT_BOOKED,
        step=Step.FOLLOW_UP,
        days_away=10,
        seen=(name, OTHER_YEAR),
        booked=(name, OTHER_YEAR),
    )
    yield "why booked", why.why(facts)
    waiting = replace(facts, booked=None, waiting=(name, OTHER_YEAR))
    yield "why waiting", why.why(replace(waiting, step=Step.DUE))
    for reason in why.REASONS:
        yield f"why {reason}", why.why(replace(facts, reason=reason, seen=None))
    for step in Step:
        yield f"why {step}", why.why(replace(facts, last=why.LastNudge(T0, step, "been")))
    for silence in why.Silence:
        yield f"why {silence}", why.why(replace(facts, silent=(OTHER_YEAR, silence)))
    for answer in why.ANSWERS:
        last = why.LastNudge(T0, Step.DUE, answer, T0 if answer == "been" else None)
        yield f"why after {answer}", why.why(replace(facts, last=last))


def owed_by(text: str) -> Owed:
    """A promise as long as the columns hold."""
    return Owed(2**31, fill(text, 500), "U1", "U2", 2**31, fill(text, 200), OTHER_YEAR)


def views(text: str, size: int) -> Iterator[tuple[str, View]]:
    """Every view with `text` in each place that people fill, and `size` things in each list."""
    name = fill(text, NAME_LENGTH)
    yield "join", visits.join_form(visits.JoinChoices(), ZONE)
    yield (
        "settings",
        visits.join_form(settings(), ZONE, name, joined=True, more=notes.again_fields()),
    )
    yield "plan", plans.form((1, name), TODAY, 2**31)
    filled = submitted(plans.form((1, name), TODAY, 2**31), on="2026-03-20", goal=text[:1000])
    for cap in Cap:
        over = caps.OverCap(cap, name, OTHER_YEAR)
        yield f"plan over a cap {cap}", plans.over_form(filled, over)
    yield "plan unfolded", plans.draw(plan_form(text))
    yield "plan changed meanwhile", plans.meanwhile_form(filled, 3, "on another day")
    yield "prepare", ground_rules.form(preparation(text), note=name)
    asked = replace(preparation(text), rules=GroundRules(asked_id="U1", reply=Reply.TALK))
    yield "prepare, asked", ground_rules.form(asked)
    yield (
        "prepare, nobody named",
        ground_rules.form(replace(asked, rules=GroundRules(), owner_id=None)),
    )
    yield "snooze until", nudges.snooze_form(2**31, TODAY)
    yield "stop", questions.stop_form(2**31)
    yield "debrief", debriefs.form(debriefs.DebriefForm((1, name), TODAY, TODAY, Sheet("K")))
    yield "debrief unfolded", debriefs.form(full_form(text))
    yield "contact", contacts.form((None, name), "U1", TODAY)
    yield "home", home.home(home_with(name, size))
    yield "earlier", home.earlier(home_with(name, size).debriefs, TODAY)
    yield "welcome", home.welcome()
    for each in (None, *Closed):
        known = Customer(2**31, name, Stage.LOST, closed=each, closed_because=fill(text, 500))
        yield f"closing {each}", closings.form(known)
        yield f"survey {each}", surveys.form(known, "https://hooks.example.com/" + "x" * 500)
    yield "coverage", coverage.picture(coverage_of(fill(text, PLACE), size))
    yield "market", markets.form(market_with(fill(text, PLACE), size))
    page = page_with(text, size)
    yield "workarounds", workarounds.page(page)
    yield "no workarounds", workarounds.page(replace(page, rows=()))
    yield "hypotheses", tallies.page(tallies_with(text, size))
    yield "state a hypothesis", tallies.form()
    for own in (False, True):
        yield f"a hypothesis, own: {own}", tallies.look(looked_with(text, size, own=own))
    yield "whole", wholes.form(whole_with(text, size), text[:100], name)
    for refusal in Refusal:
        yield f"turned away {refusal}", home.turned_away(refusal)


def coverage_of(place: str, size: int) -> coverage.CoverageFacts:
    """Visits to `size` sorts of each aspect."""
    table = {
        aspect: [
            Lean(aspect, Stage.LOST if aspect is Aspect.STAGE else place, 10**4, 10**5, 1 / 3, 9)
            for _ in range(size)
        ]
        for aspect in Aspect
        if size
    }
    return coverage.CoverageFacts(10**5, table, Great(10**4, 10**5, 0.5))


def market_with(place: str, size: int) -> markets.MarketFacts:
    """A market of `size` sorts in each aspect."""
    sorts = {f"{place[:-4]}{number:4}": 10**6 for number in range(size)}
    stages = dict.fromkeys(markets.STAGES, 10**6)
    shares = dict.fromkeys((Aspect.SEGMENT, Aspect.REGION, Aspect.SIZE), sorts)
    known = {Aspect.STAGE: stages, **shares}
    return markets.MarketFacts(known, known)


def found(text: str, size: int) -> list[Found]:
    """Customers found by typing."""
    return [(id, fill(text, NAME_LENGTH), fill(text, PLACE)) for id in range(size)]


def nudge_with(name: str, size: int, step: Step = Step.DUE) -> nudges.Nudge:
    """A nudge with `size` suggestions."""
    suggested = tuple(nudges.Suggestion(2**31, name, name * 2) for _ in range(size))
    return nudges.Nudge(2**31, step, OTHER_YEAR, TODAY, (name, OTHER_YEAR), suggested)


def flag_with(name: str, size: int) -> flags.FlagFacts:
    """A flag with two lines of evidence or more."""
    counts = tuple((measure, 10**6) for measure in Measure)
    lines = tuple(flags.EvidenceLine(name, Trait.MAIL, counts) for _ in range(size + 2))
    return flags.FlagFacts(2**31, 2**31, name, lines, (name, name, name))


def digest_with(text: str, size: int) -> stories.DigestFacts:
    """A digest of at least one story, as long as they can be."""
    place, told = fill(text, PLACE), fill(text, STORY_LENGTH)
    each = stories.Story(
        customer=fill(text, NAME_LENGTH),
        stage=Stage.LOST,
        kind=VisitKind.FRIENDS_AND_FAMILY,
        on=OTHER_YEAR,
        story=told,
        author=fill(text, STAFF_NAME),
        segment=place,
        region=place,
        quote=fill(text, QUOTE_LENGTH),
        workaround=fill(text, WORKAROUND_LENGTH),
    )
    return stories.DigestFacts(OTHER_YEAR, TODAY, TODAY, (each,) * (size + 1))


def _surveys(text: str, name: str) -> Iterator[tuple[str, Message]]:
    link = f"https://{'x' * 200}/survey/{'x' * 66}"
    for each in Language:
        letter = survey_words.letter(each, name, fill(text, STAFF_NAME), link, OTHER_YEAR)
        handed = surveys.Handed(name, name, letter, OTHER_YEAR, TODAY)
        yield f"survey in {each}", surveys.handed(handed)
        yield f"survey in {each} again", surveys.handed(replace(handed, again=True))
    answer = SurveyAnswer(10, fill(text, WHY_LENGTH), may_call=True)
    yield "survey answered", surveys.answered(name, name, answer, fill(text, 50))


def home_with(name: str, size: int) -> home.HomeFacts:
    """A Home with `size` things in each list."""
    return home.HomeFacts(
        today=TODAY,
        zone=ZONE,
        due_on=OTHER_YEAR,
        next_nudge_at=T0,
        booked=tuple(
            home.Booked(2**31 + each, name, OTHER_YEAR, VisitKind.OBSERVATION, time(14))
            for each in range(size)
        ),
        waiting=tuple(
            home.Booked(2**32 + each, name, OTHER_YEAR, VisitKind.OBSERVATION, time(14))
            for each in range(size)
        ),
        debriefs=tuple(home.Recent(n, name, OTHER_YEAR, Sharing.NO_NAME) for n in range(size)),
        unfinished=tuple(unfinished.Left(f"k{n}", name, name, T0) for n in range(size)),
        owed=tuple(replace(owed_by(name), id=n) for n in range(size)),
        flags=(name,) * size,
        leans=tuple(
            lean for aspect in Aspect if aspect is not Aspect.STAGE for lean in _leans(aspect, name)
        ),
        nps=Nps(-100, -100, 100, 10**6),
    )


def _leans(aspect: Aspect, sort: str) -> tuple[Lean, Lean]:
    return Lean(aspect, sort, 10**6, 10**6, 0.333), Lean(aspect, sort, 0, 10**6, 0.999)


def note_with(name: str, *, last: bool) -> notes.Offered:
    known = Known(2**31, OTHER_YEAR, VisitKind.PHONE)
    person, pm = fill(name, NAME_LENGTH), fill(name, STAFF_NAME)
    return notes.Offered(2**31, name, known, person, pm, TODAY, last)


def known_with(text: str) -> workarounds.Known:
    what, release = fill(text, WORKAROUND_LENGTH), fill(text, RELEASE_LENGTH)
    return workarounds.Known(what, State.TOLD, release)


def row_with(text: str, size: int, number: int = 0) -> workarounds.Row:
    """A workaround that was seen at `size` customers."""
    what, names = fill(text, WORKAROUND_LENGTH), (fill(text, NAME_LENGTH),) * size
    release = fill(text, RELEASE_LENGTH)
    told = {"told": 10**6, "of": 10**6, "unasked": names}
    return workarounds.Row(number, what, names, 10**6, State.FIXED, release, **told)


def page_with(text: str, size: int) -> workarounds.Page:
    """A list of as many as are shown at most."""
    count = min(size, workarounds.SHOWN)
    rows = tuple(row_with(text, size, number) for number in range(count))
    return workarounds.Page(fill(text, 100), rows, 10**6, Share(10**6, 10**7))


def whole_with(text: str, size: int) -> wholes.Form:
    """A workaround of `size` that are the same."""
    row, name = row_with(text, size), fill(text, NAME_LENGTH)
    many = min(size, APART_MOST)
    merged = tuple(wholes.Merged(each, row.what, name) for each in range(many))
    return wholes.Form(row, ((name, row.what),) * (size + 1), "1.1", merged)


def tally_with(text: str, *, settled: bool = False, number: int = 0) -> tallies.Row:
    """A hypothesis as long as the columns hold, of which every count is large."""
    ended = (Settled.GIVEN_UP, OTHER_YEAR) if settled else (None, None)
    belief, measure = fill(text, 1000), fill(text, MEASURE_LENGTH)
    known = Hypothesis(number, belief, measure, "U1", *ended)
    return tallies.Row(known, Tally(dict.fromkeys(Verdict, 10**6), dict.fromkeys(Verdict, 10**6)))


def tallies_with(text: str, size: int) -> tallies.Page:
    """A list of as many as are shown at most."""
    rows = tuple(tally_with(text, number=n) for n in range(min(size, tallies.SHOWN)))
    settled = [tally_with(text, settled=True, number=100 + n) for n in range(size)]
    return tallies.Page(TODAY, rows, 10**6, tuple(settled))


def looked_with(text: str, size: int, *, own: bool) -> tallies.Looked:
    """A hypothesis with `size` visits of each verdict behind it, and as many at second hand."""
    name, place, who = fill(text, NAME_LENGTH), fill(text, PLACE), fill(text, STAFF_NAME)
    visits_behind = tuple(
        tallies.Visit(verdict, customer, Stage.LOST, (place, place), OTHER_YEAR, who, kind)
        for verdict in Verdict
        for kind in (VisitKind.OBSERVATION, VisitKind.FRIENDS_AND_FAMILY)
        for customer in [name, ""] * size
    )
    row = tally_with(fill(text, BELIEF_LENGTH), settled=not own)
    return tallies.Looked(row, who, visits_behind, TODAY, own)


def fix_with(text: str, size: int) -> fixes.Fix:
    """A fix of which `size` customers are to be told, and as many know."""
    name, what = fill(text, NAME_LENGTH), fill(text, WORKAROUND_LENGTH)
    pm = fill(text, STAFF_NAME)
    untold = tuple(
        fixes.Untold(number, name, what, OTHER_YEAR, VisitKind.PROXY, name, pm)
        for number in range(size + 1)
    )
    told = (fixes.Told(name, OTHER_YEAR),) * size
    release = fill(text, RELEASE_LENGTH)
    return fixes.Fix(what, release, pm, TODAY, OTHER_YEAR, untold, told)


def brief_with(text: str, size: int) -> briefs.Brief:
    """A brief with everything that can be known, `size` things in each list."""
    name, place = fill(text, NAME_LENGTH), fill(text, PLACE)
    places = {"segment": place, "region": place, "country": place, "size": place}
    traits = {"brand": True, "new_market": True, "new_geography": True}
    many = min(size, briefs.SHOWN)
    heard = briefs.Heard(OTHER_YEAR, fill(text, STAFF_NAME), VisitKind.PROXY, fill(text, 3000))
    return briefs.Brief(
        TODAY,
        Customer(
            1,
            name,
            Stage.LOST,
            revenue=10**12,
            potential=10**12,
            closed=Closed.DO_NOT_CONTACT,
            closed_because=fill(text, 500),
            closed_on=OTHER_YEAR,
            **places,
            **traits,
        ),
        fill(text, STAFF_NAME),
        OTHER_YEAR,
        (briefs.Coming(fill(text, STAFF_NAME), OTHER_YEAR, fill(text, 1000)),) * many,
        (heard,) * many,
        (known_with(text),) * many,
        ((name, place),) * many,
        10**6,
        (True, OTHER_YEAR, OTHER_YEAR),
        fill(text, STAFF_NAME),
        (10, OTHER_YEAR, fill(text, 1000)),
        (Mood.FRUSTRATED, OTHER_YEAR),
    )


def preparation(text: str) -> ground_rules.Preparation:
    """A visit to prepare, whose agenda is as long as it can be."""
    rules = GroundRules(fill(text, AGENDA_LENGTH), frozenset({Rule.DRAFTED}))
    name = fill(text, NAME_LENGTH)
    return ground_rules.Preparation(2**31, name, rules, "U1", fill(text, STAFF_NAME))


def plan_form(text: str) -> plans.PlanForm:
    """The unfolded form that changes a plan, with every field filled to its length."""
    long = fill(text, plans.GOAL_LENGTH)
    typed = plans.PlanChoices(
        1,
        "",
        VisitKind.FRIENDS_AND_FAMILY,
        OTHER_YEAR,
        time(14),
        long,
        2**31,
        fill(text, plans.BECAUSE_LENGTH),
        25,
        2**31,
        "",
        long,
        long,
        tuple(f"U{number:010}" for number in range(plans.FELLOWS)),
        "U0000000001",
    )
    over = caps.OverCap(Cap.TOO_MANY, fill(text, STAFF_NAME), OTHER_YEAR)
    where = "https://hooks.example.com/" + "x" * 500
    customer = (1, fill(text, NAME_LENGTH))
    over_cap = {"over": over, "note": long, "hypothesis": (2**31, long)}
    return plans.PlanForm(customer, TODAY, typed, OTHER_YEAR, True, where, 2**31, 9, **over_cap)


def settings() -> visits.JoinChoices:
    """Settings that differ from the defaults in everything."""
    days = frozenset({1, 6})
    return visits.JoinChoices(90, time(7, 5), days, Strength.ACTIVE, "C0123456789", "DE", "BY")


def full_draft(text: str) -> Draft:
    """A draft with every field filled to its length."""
    return Draft(
        customer_id=None,
        new_customer=fill(text, 100),
        on=OTHER_YEAR,
        story=fill(text, STORY_LENGTH),
        kind=VisitKind.LOSS_INTERVIEW,
        workarounds=(
            Workaround(
                fill(text, WORKAROUND_LENGTH), fill(text, WORKAROUND_LENGTH), Frequency.WEEKLY
            ),
        )
        * MOST,
        quote=fill(text, QUOTE_LENGTH),
        mood=Mood.MIXED,
        nps=0,
        nps_why=fill(text, 1000),
        surprise=fill(text, 1000),
        pains=(Pain(fill(text, PAIN_LENGTH), Weight.COSTLY, fill(text, THEME_LENGTH)),) * MOST,
        promises=(Promise(fill(text, PROMISE_LENGTH), "U1", OTHER_YEAR),) * MOST,
        answers=(Answer(fill(text, SUBJECT_LENGTH), fill(text, ANSWER_LENGTH)),) * MOST,
        decision=Decision.LOST,
        reasons=tuple(DealReason),
        competitor=fill(text, COMPETITOR_LENGTH),
        fellows=tuple(f"U{count:07}" for count in range(10)),
        picture="F0000001",
        new_hypothesis=fill(text, fields.NEW_LENGTH),
        verdict=Verdict.UNCLEAR,
        sharing=Sharing.NO_NAME,
    )


def full_form(text: str) -> debriefs.DebriefForm:
    """The unfolded form of a debrief with every field filled to its length."""
    draft = full_draft(text)
    customer: customers.Chosen = (None, draft.new_customer)
    where = "https://hooks.example.com/" + "x" * 500
    sheet = Sheet("K" * 120, visit_id=2**31)
    return debriefs.DebriefForm(
        customer,
        TODAY,
        TODAY,
        sheet,
        True,
        nudge_id=2**31,
        where=where,
        typed=draft,
        digest_on=OTHER_YEAR,
        hypothesis=(None, draft.new_hypothesis),
    )
