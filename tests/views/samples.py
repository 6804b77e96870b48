"""Every message, view and list of options, built around one text and one size."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from itertools import cycle, islice
from typing import Any

from slack_sdk.models.views import View

from bot.domain.contacts.flags import EvidenceLine, FlagFacts
from bot.domain.contacts.traits import Measure, Trait
from bot.domain.customers import NAME_LENGTH, NEW_NAME_LENGTH, Customer, CustomerChoice, Stage
from bot.domain.debriefs.facts import SavedDraftLine
from bot.domain.debriefs.promises import OwedPromise
from bot.domain.debriefs.rules import (
    QUOTE_LENGTH,
    STORY_LENGTH,
    TEXTS,
    WORKAROUND_LENGTH,
    Draft,
    FormSession,
    Frequency,
    Mood,
    ReportedWorkaround,
    Sharing,
)
from bot.domain.debriefs.sections import (
    ANSWER_LENGTH,
    BELIEF_LENGTH,
    MAX_ENTRIES,
    MEASURE_LENGTH,
    PAIN_LENGTH,
    PROMISE_LENGTH,
    SUBJECT_LENGTH,
    THEME_LENGTH,
    Answer,
    DealDecision,
    HypothesisVerdict,
    Pain,
    PainWeight,
    Promise,
)
from bot.domain.debriefs.sections import DealReason as DealReason
from bot.domain.home import HomeFacts, RecentDebrief, UpcomingVisit
from bot.domain.hypotheses import (
    MAX_OPEN,
    Hypothesis,
    HypothesisDetails,
    HypothesisList,
    HypothesisOutcome,
    HypothesisRow,
    VerdictTally,
    VisitLine,
)
from bot.domain.notes import NoteCandidate, NoteOfferFacts
from bot.domain.nudges.answers import NudgeAnswer
from bot.domain.nudges.away import AbsenceCause
from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.facts import (
    LastNudge,
    NotSentReason,
    NudgeFacts,
    SuggestedCustomer,
    WhyFacts,
)
from bot.domain.nudges.rules import NudgeReason, NudgeStep, Strength
from bot.domain.staff.access import Refusal
from bot.domain.staff.pms import JoinChoices
from bot.domain.stories import DigestFacts, Story
from bot.domain.suggestions.coverage import CoverageFacts, Dimension, GreatShare, MarketFacts, Skew
from bot.domain.suggestions.rules import SuggestionReason
from bot.domain.surveys.nps import Nps
from bot.domain.surveys.rules import WHY_LENGTH, Language, SurveyLink
from bot.domain.surveys.rules import SurveyAnswer as SurveyAnswer
from bot.domain.visits.briefs import MAX_LINES, BookedVisitLine, Brief, DebriefedVisit
from bot.domain.visits.caps import Cap, NoContactReason, OverCap
from bot.domain.visits.ground_rules import AGENDA_LENGTH, AgendaReply, GroundRules, Preparation
from bot.domain.visits.ground_rules import GroundRule as Rule
from bot.domain.visits.plans import PlanChoices
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import (
    MAX_LISTED,
    RELEASE_LENGTH,
    BriefWorkaround,
    CustomerToTell,
    FixNoticeFacts,
    InTimeShare,
    MergedWorkaround,
    ToldCustomer,
    WorkaroundForm,
    WorkaroundList,
    WorkaroundRow,
    WorkaroundState,
)
from bot.operations.workarounds.changes import MERGES_SHOWN
from bot.views import home, notes, stories
from bot.views.block_kit import Message
from bot.views.contacts import flag_message
from bot.views.contacts import form as contacts
from bot.views.customers import contact_permissions as permission_views
from bot.views.debriefs import confirmations, promises
from bot.views.debriefs import form as debriefs
from bot.views.debriefs import saved_drafts as saved_draft_views
from bot.views.form_fields import SearchMatch
from bot.views.hypotheses import modals as hypothesis_modals
from bot.views.nudges import away, why
from bot.views.nudges import message as nudges
from bot.views.nudges import question as question_views
from bot.views.staff import settings_form as visits
from bot.views.suggestions import coverage, market_form
from bot.views.surveys import form as surveys
from bot.views.visits import brief as brief_views
from bot.views.visits import calendar_file, ground_rules, visit_messages
from bot.views.visits import plan_form as plan_form_views
from bot.views.visits import prompt as prompt_views
from bot.views.workarounds import fix_notice as fix_notice_views
from bot.views.workarounds import form as workaround_form
from bot.views.workarounds import overview as workarounds
from tests.times import T0, T
from tests.views.payloads import submitted

ZONE = "America/Argentina/ComodRivadavia"
TODAY = date(2026, 3, 2)
OTHER_YEAR = date(2025, 12, 31)
STAFF_NAME = 255
PLACE = 100


def fill(text: str, length: int) -> str:
    """Repeat a text up to a length; return "x" if it has nothing to see."""
    return "".join(islice(cycle(text), length)) if text.strip() else "x"


def messages(text: str, size: int) -> Iterator[tuple[str, Message]]:
    """Yield every message with `text` in each user-filled place, and `size` things in each list."""
    name = fill(text, NAME_LENGTH)
    for step in NudgeStep:
        nudge = nudge_with(name, size, step)
        yield f"nudge {step}", nudges.render_message(nudge)
    yield "passed over", nudges.dismissed_message(nudge, name, OTHER_YEAR, for_all=True)
    yield "taken", nudges.already_claimed_message(nudge, name, name, another=True)
    yield "snoozed", nudges.snoozed_message(nudge, T0, ZONE)
    yield "been", nudges.visited_message(nudge, name, OTHER_YEAR, OTHER_YEAR)
    for barrier in Barrier:
        yield f"blocked by {barrier}", nudges.barrier_message(nudge, barrier)
    for reason in nudges.Withdrawal:
        yield f"withdrawn {reason}", nudges.withdrawn_message(reason)
    yield "question", question_views.render_message(2**31, 90)
    yield "less often", question_views.less_often_message(90, T0, ZONE, OTHER_YEAR)
    yield from _answers(name)
    yield from _explained(name)
    yield "brief", brief_views.render_brief(brief_with(text, size))
    yield (
        "brief ahead",
        brief_views.render_day_before(brief_with(text, size), OTHER_YEAR, fill(text, 1000)),
    )
    yield "which customer", brief_views.which_customer_message([(name, name)] * 6)
    yield "no customer", brief_views.unknown_customer_message(fill(text, 3000))
    yield "usage of customer", brief_views.usage()
    yield from _surveys(text, name)
    for last in (False, True):
        yield f"note, the last: {last}", notes.render_message(note_with(name, last=last))
    yield "note sent", notes.sent_message(name)
    yield "no more notes", notes.stopped_message()
    yield "flag", flag_message.render_message(flag_with(name, size))
    yield "flag acknowledged", flag_message.acknowledged_message(name)
    yield "flag refuted", flag_message.refuted_message(name)
    yield "flag snoozed", flag_message.snoozed_message(name, T(days=14), ZONE, TODAY)
    yield "flag gone", flag_message.ended_message(name)
    yield "digest", stories.render_digest(digest_with(text, size))
    fix = fix_with(text, size)
    for late in (False, True):
        yield f"fixed, late: {late}", fix_notice_views.render_message(fix, late=late)
    yield "all told", fix_notice_views.render_message(replace(fix, to_tell=()))
    yield "not fixed after all", fix_notice_views.render_message(replace(fix, reopened=True))


def _answers(name: str) -> Iterator[tuple[str, Message]]:
    yield "joined", visits.joined_message(OTHER_YEAR, T0, ZONE, TODAY)
    yield "saved", visits.saved_message(OTHER_YEAR, None, ZONE, TODAY)
    yield "next visit", visits.next_visit_message(TODAY, T0, ZONE, TODAY, (name, OTHER_YEAR))
    for cause in AbsenceCause:
        because = away.absence_text(cause, OTHER_YEAR, None, TODAY)
        yield (
            f"next visit after {cause}",
            visits.next_visit_message(TODAY, T0, ZONE, TODAY, (name, OTHER_YEAR), because),
        )
        yield f"resumed but {cause}", away.resumed_message(because, TODAY, T0, ZONE, TODAY)
    yield "paused", away.paused_message(OTHER_YEAR, TODAY, T0, ZONE, TODAY)
    for refusal in away.REFUSALS:
        yield f"no pause {refusal.__name__}", away.refused_message(refusal())
    known = {"at": time(14), "visit_id": 2**31}
    yield "planned", visit_messages.planned_message(name, OTHER_YEAR, TODAY, **known)
    yield "changed", visit_messages.changed_message(name, OTHER_YEAR, TODAY, **known)
    yield "calendar file refused", calendar_file.upload_refused_message()
    yield "called off", visit_messages.cancelled_message(name, OTHER_YEAR, TODAY, T0, ZONE, TODAY)
    agenda = fill(name, AGENDA_LENGTH)
    yield (
        "agenda asked",
        ground_rules.review_request_message(2**31, name, name, "some day", agenda, agenda),
    )
    for reply in AgendaReply:
        yield f"agenda answered {reply}", ground_rules.replied_message(name, name, reply)
    yield "agenda talk", ground_rules.talk_requested_message(name, name)
    yield "ground rules kept", ground_rules.saved_message(preparation(name))
    yield "prompt", prompt_views.render_message(2**31, name, OTHER_YEAR, TODAY)
    yield "prompt written", prompt_views.debriefed_message(name, OTHER_YEAR, TODAY)
    yield "left", visits.left_message()
    yield "not joined", visits.not_joined_message()
    for sharing in Sharing:
        news = confirmations.DebriefConfirmation(name, TODAY, sharing, T0, 2**31, sentences=9)
        kept = confirmations.saved_message(news, ZONE, TODAY)
        yield f"recorded {sharing}", kept
    yield "contact recorded", contacts.recorded_message(name, name, OTHER_YEAR, TODAY)
    yield "usage of visit", visits.usage()
    yield "usage of debrief", confirmations.usage()
    yield "kept again", confirmations.already_saved_message(name)
    yield (
        "left unfinished",
        saved_draft_views.form_closed_message(SavedDraftLine("k" * 120, name, name, T0)),
    )
    owed = owed_by(name)
    yield "promise", promises.reminder_message(owed, TODAY)
    yield "promise given", promises.assigned_message(owed, name, TODAY)
    yield "promise kept", promises.kept_message(owed)
    yield "promise put off", promises.postponed_message(owed, TODAY)
    yield "usage of contact", contacts.usage()


def _explained(name: str) -> Iterator[tuple[str, Message]]:
    """Yield why a nudge came or didn't: every reason there is."""
    facts = WhyFacts(
        today=TODAY,
        zone=ZONE,
        interval_days=90,
        joined_on=OTHER_YEAR,
        due_on=OTHER_YEAR,
        next_nudge_at=T0,
        reason=NudgeReason.VISIT_BOOKED,
        step=NudgeStep.FOLLOW_UP,
        days_away=10,
        last_visit=(name, OTHER_YEAR),
        next_visit=(name, OTHER_YEAR),
    )
    yield "why booked", why.render_why(facts)
    waiting = replace(facts, next_visit=None, awaiting_debrief=(name, OTHER_YEAR))
    yield "why waiting", why.render_why(replace(waiting, step=NudgeStep.DUE))
    for reason in why.REASONS:
        yield f"why {reason}", why.render_why(replace(facts, reason=reason, last_visit=None))
    for step in NudgeStep:
        yield (
            f"why {step}",
            why.render_why(replace(facts, last_nudge=LastNudge(T0, step, NudgeAnswer.VISITED))),
        )
    for silence in NotSentReason:
        yield f"why {silence}", why.render_why(replace(facts, not_sent=(OTHER_YEAR, silence)))
    for answer in why.ANSWERS:
        last = LastNudge(T0, NudgeStep.DUE, answer, T0 if answer is NudgeAnswer.VISITED else None)
        yield f"why after {answer}", why.render_why(replace(facts, last_nudge=last))


def owed_by(text: str) -> OwedPromise:
    """Build a promise as long as the columns hold."""
    return OwedPromise(2**31, fill(text, 500), "U1", "U2", 2**31, fill(text, 200), OTHER_YEAR)


def views(text: str, size: int) -> Iterator[tuple[str, View]]:
    """Yield every view with `text` in each user-filled place, and `size` things in each list."""
    name = fill(text, NAME_LENGTH)
    yield "join", visits.render_join_form(JoinChoices(), ZONE)
    yield (
        "settings",
        visits.render_join_form(
            settings(), ZONE, name, joined=True, more_fields=notes.resume_fields()
        ),
    )
    yield "plan", plan_form_views.render_blank((1, name), TODAY, 2**31)
    filled = submitted(
        plan_form_views.render_blank((1, name), TODAY, 2**31), on="2026-03-20", goal=text[:1000]
    )
    for cap in Cap:
        over = OverCap(cap, name, OTHER_YEAR)
        yield f"plan over a cap {cap}", plan_form_views.render_over_cap(filled, over)
    yield "plan unfolded", plan_form_views.render_form(plan_form(text))
    yield "plan changed meanwhile", plan_form_views.render_conflict(filled, 3, "on another day")
    yield "prepare", ground_rules.render_form(preparation(text), notice=name)
    asked = replace(
        preparation(text), rules=GroundRules(asked_user_id="U1", reply=AgendaReply.TALK)
    )
    yield "prepare, asked", ground_rules.render_form(asked)
    yield (
        "prepare, nobody named",
        ground_rules.render_form(replace(asked, rules=GroundRules(), owner_id=None)),
    )
    yield "snooze until", nudges.render_snooze_form(2**31, TODAY)
    yield "stop", question_views.render_stop_form(2**31)
    yield (
        "debrief",
        debriefs.render_form(debriefs.DebriefForm((1, name), TODAY, TODAY, FormSession("K"))),
    )
    yield "debrief unfolded", debriefs.render_form(full_form(text))
    yield "contact", contacts.render_form((None, name), "U1", TODAY)
    yield "home", home.render_home(home_with(name, size))
    yield "earlier", home.render_earlier(home_with(name, size).debriefs, TODAY)
    yield "welcome", home.render_welcome()
    for each in (None, *NoContactReason):
        known = Customer(2**31, name, Stage.LOST, closed=each, closed_because=fill(text, 500))
        yield f"closing {each}", permission_views.render_form(known)
        yield f"survey {each}", surveys.render_form(known, "https://hooks.example.com/" + "x" * 500)
    yield "coverage", coverage.render_coverage(coverage_of(fill(text, PLACE), size))
    yield "market", market_form.render_form(market_with(fill(text, PLACE), size))
    page = page_with(text, size)
    yield "workarounds", workarounds.render_list(page)
    yield "no workarounds", workarounds.render_list(replace(page, rows=()))
    yield "hypotheses", hypothesis_modals.render_list(hypothesis_list_with(text, size))
    yield "state a hypothesis", hypothesis_modals.render_form()
    for own in (False, True):
        yield (
            f"a hypothesis, own: {own}",
            hypothesis_modals.render_details(hypothesis_details_with(text, size, own=own)),
        )
    yield "whole", workaround_form.render_form(workaround_form_with(text, size), text[:100], name)
    for refusal in Refusal:
        yield f"turned away {refusal}", home.render_refusal(refusal)


def coverage_of(place: str, size: int) -> CoverageFacts:
    """Build coverage by visits to `size` categories of each dimension."""
    table = {
        aspect: [
            Skew(aspect, Stage.LOST if aspect is Dimension.STAGE else place, 10**4, 10**5, 1 / 3, 9)
            for _ in range(size)
        ]
        for aspect in Dimension
        if size
    }
    return CoverageFacts(10**5, table, GreatShare(10**4, 10**5, 0.5))


def market_with(place: str, size: int) -> MarketFacts:
    """Build a market of `size` categories in each dimension."""
    sorts = {f"{place[:-4]}{number:4}": 10**6 for number in range(size)}
    stages = dict.fromkeys(market_form.STAGE_WORDS, 10**6)
    shares = dict.fromkeys((Dimension.SEGMENT, Dimension.REGION, Dimension.SIZE), sorts)
    known = {Dimension.STAGE: stages, **shares}
    return MarketFacts(known, known)


def found(text: str, size: int) -> list[SearchMatch]:
    """Build customers found by typing."""
    return [(id, fill(text, NAME_LENGTH), fill(text, PLACE)) for id in range(size)]


def nudge_with(name: str, size: int, step: NudgeStep = NudgeStep.DUE) -> NudgeFacts:
    """Build a nudge with `size` suggestions."""
    skew = Skew(Dimension.SEGMENT, name * 2, 0, 10, 0.5)
    suggested = tuple(
        SuggestedCustomer(2**31, name, SuggestionReason.GAP, None, skew) for _ in range(size)
    )
    return NudgeFacts(2**31, step, OTHER_YEAR, TODAY, (name, OTHER_YEAR), suggested)


def flag_with(name: str, size: int) -> FlagFacts:
    """Build a flag with two lines of evidence or more."""
    counts = tuple((measure, 10**6) for measure in Measure)
    lines = tuple(EvidenceLine(name, Trait.MAIL, counts) for _ in range(size + 2))
    return FlagFacts(2**31, 2**31, name, lines, (name, name, name))


def digest_with(text: str, size: int) -> DigestFacts:
    """Build a digest of at least one story, as long as they can be."""
    place, told = fill(text, PLACE), fill(text, STORY_LENGTH)
    each = Story(
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
    return DigestFacts(OTHER_YEAR, TODAY, TODAY, (each,) * (size + 1))


def _surveys(text: str, name: str) -> Iterator[tuple[str, Message]]:
    link = f"https://{'x' * 200}/survey/{'x' * 66}"
    for each in Language:
        pm = fill(text, STAFF_NAME)
        handed = SurveyLink(name, name, pm, each, link, OTHER_YEAR, TODAY)
        yield f"survey in {each}", surveys.survey_message(handed)
        yield f"survey in {each} again", surveys.survey_message(replace(handed, repeated=True))
    answer = SurveyAnswer(10, fill(text, WHY_LENGTH), may_call=True)
    yield "survey answered", surveys.answered_message(name, name, answer, fill(text, 50))


def home_with(name: str, size: int) -> HomeFacts:
    """Build a Home with `size` things in each list."""
    return HomeFacts(
        today=TODAY,
        zone=ZONE,
        due_on=OTHER_YEAR,
        next_nudge_at=T0,
        upcoming=tuple(
            UpcomingVisit(2**31 + each, name, OTHER_YEAR, VisitKind.OBSERVATION, time(14))
            for each in range(size)
        ),
        awaiting_debrief=tuple(
            UpcomingVisit(2**32 + each, name, OTHER_YEAR, VisitKind.OBSERVATION, time(14))
            for each in range(size)
        ),
        debriefs=tuple(RecentDebrief(n, name, OTHER_YEAR, Sharing.NO_NAME) for n in range(size)),
        saved_drafts=tuple(SavedDraftLine(f"k{n}", name, name, T0) for n in range(size)),
        open_promises=tuple(replace(owed_by(name), id=n) for n in range(size)),
        flags=(name,) * size,
        skews=tuple(
            lean
            for aspect in Dimension
            if aspect is not Dimension.STAGE
            for lean in _leans(aspect, name)
        ),
        nps=Nps(-100, -100, 100, 10**6),
    )


def _leans(aspect: Dimension, sort: str) -> tuple[Skew, Skew]:
    return Skew(aspect, sort, 10**6, 10**6, 0.333), Skew(aspect, sort, 0, 10**6, 0.999)


def note_with(name: str, *, last: bool) -> NoteOfferFacts:
    known = NoteCandidate(2**31, OTHER_YEAR, VisitKind.PHONE)
    person, pm = fill(name, NAME_LENGTH), fill(name, STAFF_NAME)
    return NoteOfferFacts(2**31, name, known, person, pm, TODAY, last)


def known_with(text: str) -> BriefWorkaround:
    what, release = fill(text, WORKAROUND_LENGTH), fill(text, RELEASE_LENGTH)
    return BriefWorkaround(what, WorkaroundState.TOLD, release)


def row_with(text: str, size: int, number: int = 0) -> WorkaroundRow:
    """Build a workaround that was seen at `size` customers."""
    what, names = fill(text, WORKAROUND_LENGTH), (fill(text, NAME_LENGTH),) * size
    release = fill(text, RELEASE_LENGTH)
    told = {"told": 10**6, "notice_count": 10**6, "unasked": names}
    return WorkaroundRow(number, what, names, 10**6, WorkaroundState.FIXED, release, **told)


def page_with(text: str, size: int) -> WorkaroundList:
    """Build a list of as many workarounds as are shown at most."""
    count = min(size, MAX_LISTED)
    rows = tuple(row_with(text, size, number) for number in range(count))
    return WorkaroundList(fill(text, 100), rows, 10**6, InTimeShare(10**6, 10**7))


def workaround_form_with(text: str, size: int) -> WorkaroundForm:
    """Build the form of a workaround with `size` merged ones."""
    row, name = row_with(text, size), fill(text, NAME_LENGTH)
    many = min(size, MERGES_SHOWN)
    merged = tuple(MergedWorkaround(each, row.what, name) for each in range(many))
    return WorkaroundForm(row, ((name, row.what),) * (size + 1), "1.1", merged)


def hypothesis_row_with(text: str, *, settled: bool = False, number: int = 0) -> HypothesisRow:
    """Build a hypothesis as long as the columns hold, with large counts."""
    ended = (HypothesisOutcome.GIVEN_UP, OTHER_YEAR) if settled else (None, None)
    belief, measure = fill(text, 1000), fill(text, MEASURE_LENGTH)
    known = Hypothesis(number, belief, measure, "U1", *ended)
    return HypothesisRow(
        known,
        VerdictTally(
            dict.fromkeys(HypothesisVerdict, 10**6), dict.fromkeys(HypothesisVerdict, 10**6)
        ),
    )


def hypothesis_list_with(text: str, size: int) -> HypothesisList:
    """Build a list of as many hypotheses as are shown at most."""
    rows = tuple(hypothesis_row_with(text, number=n) for n in range(min(size, MAX_OPEN)))
    settled = [hypothesis_row_with(text, settled=True, number=100 + n) for n in range(size)]
    return HypothesisList(TODAY, rows, 10**6, tuple(settled))


def hypothesis_details_with(text: str, size: int, *, own: bool) -> HypothesisDetails:
    """Build a hypothesis with `size` visits of each verdict behind it, and as many indirect."""
    name, place, who = fill(text, NAME_LENGTH), fill(text, PLACE), fill(text, STAFF_NAME)
    visits_behind = tuple(
        VisitLine(verdict, customer, Stage.LOST, (place, place), OTHER_YEAR, who, kind)
        for verdict in HypothesisVerdict
        for kind in (VisitKind.OBSERVATION, VisitKind.FRIENDS_AND_FAMILY)
        for customer in [name, ""] * size
    )
    row = hypothesis_row_with(fill(text, BELIEF_LENGTH), settled=not own)
    return HypothesisDetails(row, who, visits_behind, TODAY, own)


def fix_with(text: str, size: int) -> FixNoticeFacts:
    """Build a fix notice with `size` customers to tell, and as many already told."""
    name, what = fill(text, NAME_LENGTH), fill(text, WORKAROUND_LENGTH)
    pm = fill(text, STAFF_NAME)
    untold = tuple(
        CustomerToTell(number, name, what, OTHER_YEAR, VisitKind.PROXY, name, pm)
        for number in range(size + 1)
    )
    told = (ToldCustomer(name, OTHER_YEAR),) * size
    release = fill(text, RELEASE_LENGTH)
    return FixNoticeFacts(what, release, pm, TODAY, OTHER_YEAR, untold, told)


def brief_with(text: str, size: int) -> Brief:
    """Build a brief with everything that can be known, `size` things in each list."""
    name, place = fill(text, NAME_LENGTH), fill(text, PLACE)
    places = {"segment": place, "region": place, "country": place, "size": place}
    traits = {"brand": True, "new_market": True, "new_geography": True}
    many = min(size, MAX_LINES)
    heard = DebriefedVisit(OTHER_YEAR, fill(text, STAFF_NAME), VisitKind.PROXY, fill(text, 3000))
    return Brief(
        TODAY,
        Customer(
            1,
            name,
            Stage.LOST,
            revenue=10**12,
            potential=10**12,
            closed=NoContactReason.DO_NOT_CONTACT,
            closed_because=fill(text, 500),
            closed_on=OTHER_YEAR,
            **places,
            **traits,
        ),
        fill(text, STAFF_NAME),
        OTHER_YEAR,
        (BookedVisitLine(fill(text, STAFF_NAME), OTHER_YEAR, fill(text, 1000)),) * many,
        (heard,) * many,
        (known_with(text),) * many,
        ((name, place),) * many,
        10**6,
        (True, OTHER_YEAR, OTHER_YEAR),
        fill(text, STAFF_NAME),
        (10, OTHER_YEAR, fill(text, 1000)),
        (Mood.FRUSTRATED, OTHER_YEAR),
    )


def preparation(text: str) -> Preparation:
    """Build a visit to prepare, whose agenda is as long as it can be."""
    rules = GroundRules(fill(text, AGENDA_LENGTH), frozenset({Rule.DRAFTED}))
    name = fill(text, NAME_LENGTH)
    return Preparation(2**31, name, rules, "U1", fill(text, STAFF_NAME))


def plan_form(text: str) -> plan_form_views.PlanForm:
    """Build the unfolded form that changes a plan, with every field filled to its length."""
    long = fill(text, plan_form_views.GOAL_LENGTH)
    typed = PlanChoices(
        1,
        "",
        VisitKind.FRIENDS_AND_FAMILY,
        OTHER_YEAR,
        time(14),
        long,
        2**31,
        fill(text, plan_form_views.REASON_LENGTH),
        25,
        2**31,
        "",
        long,
        long,
        tuple(f"U{number:010}" for number in range(plan_form_views.MAX_COMPANIONS)),
        "U0000000001",
    )
    over = OverCap(Cap.TOO_MANY, fill(text, STAFF_NAME), OTHER_YEAR)
    where = "https://hooks.example.com/" + "x" * 500
    customer = (1, fill(text, NAME_LENGTH))
    asked = {"over_cap": over, "notice": long, "hypothesis": (2**31, long)}
    return plan_form_views.PlanForm(
        customer, TODAY, typed, OTHER_YEAR, True, where, 2**31, 9, **asked
    )


def settings() -> JoinChoices:
    """Build settings that differ from the defaults in everything."""
    days = frozenset({1, 6})
    return JoinChoices(90, time(7, 5), days, Strength.ACTIVE, "C0123456789", "DE", "BY")


def full_draft(text: str) -> Draft:
    """Build a draft with every field filled to its length."""
    return Draft(
        customer_id=None,
        new_customer=fill(text, 100),
        on=OTHER_YEAR,
        kind=VisitKind.LOSS_INTERVIEW,
        workarounds=(
            ReportedWorkaround(
                fill(text, WORKAROUND_LENGTH), fill(text, WORKAROUND_LENGTH), Frequency.WEEKLY
            ),
        )
        * MAX_ENTRIES,
        mood=Mood.MIXED,
        nps=0,
        pains=(Pain(fill(text, PAIN_LENGTH), PainWeight.COSTLY, fill(text, THEME_LENGTH)),)
        * MAX_ENTRIES,
        promises=(Promise(fill(text, PROMISE_LENGTH), "U1", OTHER_YEAR),) * MAX_ENTRIES,
        answers=(Answer(fill(text, SUBJECT_LENGTH), fill(text, ANSWER_LENGTH)),) * MAX_ENTRIES,
        decision=DealDecision.LOST,
        reasons=tuple(DealReason),
        companions=tuple(f"U{count:07}" for count in range(10)),
        picture="F0000001",
        new_hypothesis=fill(text, NEW_NAME_LENGTH),
        verdict=HypothesisVerdict.UNCLEAR,
        sharing=Sharing.NO_NAME,
        **{name: fill(text, limit.max_length) for name, limit in TEXTS[Draft].items()},
    )


def filled_draft(**known: Any) -> Draft:
    """Build a draft with a text, a choice or an entry in every field."""
    texts = {name: f"Their {name}" for name in TEXTS[Draft]}
    entries = {
        "workarounds": (ReportedWorkaround("A spreadsheet", "No totals", Frequency.WEEKLY),),
        "pains": (Pain("No totals", PainWeight.COSTLY, "Exports"), Pain("Slow")),
        "promises": (Promise("The roadmap", "U0000007", OTHER_YEAR),),
        "answers": (Answer("Totals", "Not before summer."),),
    }
    return replace(full_draft("x"), minutes=90, **{**texts, **entries, **known})


def full_form(text: str) -> debriefs.DebriefForm:
    """Build the unfolded form of a debrief with every field filled to its length."""
    draft = full_draft(text)
    customer: CustomerChoice = (None, draft.new_customer)
    where = "https://hooks.example.com/" + "x" * 500
    session = FormSession("K" * 120, visit_id=2**31)
    return debriefs.DebriefForm(
        customer,
        TODAY,
        TODAY,
        session,
        True,
        nudge_id=2**31,
        reply_to=where,
        typed=draft,
        digest_on=OTHER_YEAR,
        hypothesis=(None, draft.new_hypothesis),
    )
