"""Write docs/texts.md, every text that people can receive, from the views; `make texts`."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as fields_of
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import errors
from bot.domain.calendars import ConnectedFeed, FeedFault
from bot.domain.contacts.flags import EvidenceLine, FlagFacts
from bot.domain.contacts.traits import Measure, Trait
from bot.domain.customers import Customer, Stage
from bot.domain.debriefs.facts import SavedDraftLine
from bot.domain.debriefs.promises import OwedPromise
from bot.domain.debriefs.rules import Debrief, Draft, FormSession, Mood, Sharing
from bot.domain.debriefs.sections import Fault, HypothesisVerdict
from bot.domain.home import HomeFacts, RecentDebrief, UpcomingVisit
from bot.domain.hypotheses import (
    Hypothesis,
    HypothesisDetails,
    HypothesisList,
    HypothesisOutcome,
    HypothesisRow,
    VisitLine,
)
from bot.domain.hypotheses import VerdictTally as Verdicts
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
from bot.domain.nudges.rules import NudgeReason, NudgeStep, SnoozeInPast, SnoozeTooFar
from bot.domain.staff.access import Refusal
from bot.domain.staff.pms import IntervalDefaults, JoinChoices
from bot.domain.stories import ChannelFault, DigestFacts, Story
from bot.domain.suggestions.coverage import CoverageFacts, Dimension, GreatShare, MarketFacts, Skew
from bot.domain.suggestions.rules import SuggestionReason
from bot.domain.surveys.nps import ScoreTally, calculate_nps
from bot.domain.surveys.rules import WHY_LENGTH, AlreadyAsked, Language, SurveyAnswer, SurveyLink
from bot.domain.visits.briefs import BookedVisitLine, Brief, DebriefedVisit
from bot.domain.visits.caps import Cap, NoContactReason, OverCap
from bot.domain.visits.ground_rules import AgendaReply, GroundRules, Preparation
from bot.domain.visits.ground_rules import GroundRule as Rule
from bot.domain.visits.plans import PlanChoices
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import (
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
from bot.views import calendars as calendar_views
from bot.views import form_fields, home, notes, stories
from bot.views.block_kit import FormError, Message
from bot.views.contacts import flag_message
from bot.views.contacts import form as contacts
from bot.views.customers import contact_permissions as permission_views
from bot.views.debriefs import confirmations, field_table, form_labels, promises
from bot.views.debriefs import form as debriefs
from bot.views.debriefs import saved_drafts as saved_draft_views
from bot.views.hypotheses import modals as hypothesis_modals
from bot.views.nudges import away, why
from bot.views.nudges import default_intervals as default_interval_views
from bot.views.nudges import message as nudges
from bot.views.nudges import question as question_views
from bot.views.staff import refusals
from bot.views.staff import settings_form as visits
from bot.views.suggestions import coverage, market_form, reasons
from bot.views.surveys import form as surveys
from bot.views.surveys import texts as survey_texts
from bot.views.visits import brief as brief_views
from bot.views.visits import calendar_file, ground_rules, plan_form, visit_messages
from bot.views.visits import prompt as prompt_views
from bot.views.workarounds import fix_notice as fix_notice_views
from bot.views.workarounds import form as workaround_form
from bot.views.workarounds import overview as workarounds
from tests.views.payloads import submitted

PAGE = Path(__file__).parents[2] / "docs" / "texts.md"
HEAD = (
    "# Every text\n\nWhat somebody can receive from Nihito, drawn by the views themselves: `make "
    "texts` writes this page, and a test holds it to them. The company and its customers are made "
    "up. What stands in `[brackets]` is pressed or filled in.\n"
)
TODAY = date(2026, 3, 16)
LAST, DUE, NEXT = date(2026, 3, 2), TODAY, date(2026, 3, 30)
AT = datetime(2026, 3, 30, 7, 30, tzinfo=UTC)
CAME = datetime(2026, 3, 16, 8, 30, tzinfo=UTC)
ZONE = "Europe/Berlin"
BELIEF = "Half of them print every order before they pack it."
MEASURE = "At five of the next ten visits we see it done, without asking."
LINK = "https://nihito.example.org/survey/…"
LAST_DAY = date(2026, 4, 15)
FREE_AT = datetime(2026, 5, 31, 8, 0, tzinfo=UTC)
MILL, POST, TILES = "Brightwater Mill", "Fernleigh Post", "Harrow Tiles"

Shown = Message | View | str
Texts = Iterator[tuple[str, Shown]]


@dataclass(frozen=True)
class Section:
    """A heading with its texts: when a person sees each, and the text."""

    title: str
    texts: tuple[tuple[str, Shown], ...]


def page() -> str:
    """Return the whole page as Markdown."""
    parts = [HEAD]
    for section in sections():
        parts.append(f"## {section.title}\n")
        for when, shown in section.texts:
            told = "\n".join(_lines(shown)).splitlines()
            lines = "\n".join(f"> {each}".rstrip() for each in told)
            parts.append(f"**{when}**\n\n{lines}\n")
    return "\n".join(parts)


def sections() -> Iterator[Section]:
    """Yield all sections, in the order in which a PM meets them."""
    for title, texts in (
        ("Joining", _joining()),
        ("The nudge", _nudges()),
        ("What stands in a nudge's place", _answered()),
        ("What is in the way", _barriers()),
        ("The question after three nudges without an answer", _questions()),
        ("A note that asks for nothing", _offers()),
        ("Planning a visit", _plans()),
        ("/visit", _visits()),
        ("/visit why", _why()),
        ("A PM's calendar", _calendars()),
        ("/customer", _briefs()),
        ("Surveys", _surveys()),
        ("What customers read", _pages()),
        ("The debrief", _debriefs()),
        ("Promises", _promises()),
        ("Workarounds", _workarounds()),
        ("Hypotheses", _hypotheses()),
        ("Contacts and flags", _contacts()),
        ("The digest", _digests()),
        ("Home", _homes()),
        ("Forms that need another look", _faults()),
        ("Refusals and mishaps", _mishaps()),
    ):
        yield Section(title, tuple(texts))


NUDGE = NudgeFacts(
    1,
    NudgeStep.DUE,
    DUE,
    TODAY,
    (TILES, LAST),
    (
        SuggestedCustomer(1, MILL, SuggestionReason.PROSPECT),
        SuggestedCustomer(2, POST, SuggestionReason.DEAL_WON, date(2026, 3, 9)),
        SuggestedCustomer(3, TILES, SuggestionReason.LONG_AGO, date(2025, 9, 1)),
    ),
)
FACTS = WhyFacts(TODAY, ZONE, 14, LAST, NEXT, AT, NudgeReason.NOT_YET, NudgeStep.DUE)

GAPS = {
    Dimension.STAGE: Stage.PROSPECT,
    Dimension.SEGMENT: "paper",
    Dimension.REGION: "North",
    Dimension.SIZE: "small",
}


def _joining() -> Texts:
    yield "Home, before anything", home.render_welcome()
    yield "`/visit join`", visits.render_join_form(JoinChoices(), ZONE, "Germany")
    yield "Joined", visits.joined_message(NEXT, AT, ZONE, TODAY)
    shown = IntervalDefaults(30, 1, "stories", None, 30)
    more = default_interval_views.default_fields(shown)
    yield (
        "`/visit settings`, of an admin",
        visits.render_join_form(
            JoinChoices(), ZONE, "Germany", joined=True, default_days=30, more_fields=more
        ),
    )
    yield "`/visit settings` saved", visits.saved_message(NEXT, AT, ZONE, TODAY)
    yield "`/visit leave`", visits.left_message()


def _nudges() -> Texts:
    yield "A visit is due", nudges.render_message(NUDGE)
    yield "The first one", _first(nudges.render_message(replace(NUDGE, last_visit=None)))
    early = replace(NUDGE, step=NudgeStep.EARLY, due_on=date(2026, 3, 19))
    yield "Ahead of time, for whoever chose that", _first(nudges.render_message(early))
    late = replace(NUDGE, due_on=date(2026, 3, 13))
    yield "When it could not be sent on the day", _first(nudges.render_message(late))
    follow_up = replace(NUDGE, step=NudgeStep.FOLLOW_UP)
    yield "The follow-up, three working days later", _first(nudges.render_message(follow_up))
    yield "While nobody is known yet", nudges.render_message(replace(NUDGE, suggestions=()))
    gap = Skew(Dimension.REGION, "North", 0, 6, 0.3)
    for each in SuggestionReason:
        on = None if each is SuggestionReason.NEVER_VISITED else date(2026, 1, 12)
        lean = gap if each in (SuggestionReason.GAP, SuggestionReason.DART) else None
        yield f"Reason: {each}", f"{reasons.reason_text(each, on, TODAY, lean)}."
    for aspect, sort in GAPS.items():
        lean = Skew(aspect, sort, 1, 8, 0.3, unknown=1)
        yield (
            f"Reason: gap, by {aspect}",
            f"{reasons.reason_text(SuggestionReason.GAP, None, TODAY, lean)}.",
        )


def _answered() -> Texts:
    yield "*Snooze*", nudges.snoozed_message(NUDGE, AT, ZONE)
    yield "*Snooze*, *Until a date*", nudges.render_snooze_form(1, TODAY)
    yield "A debrief is kept", nudges.visited_message(NUDGE, MILL, TODAY, NEXT)
    yield (
        "Another PM was first",
        _first(nudges.already_claimed_message(NUDGE, POST, "Bo", another=True)),
    )
    alone = nudges.already_claimed_message(
        replace(NUDGE, suggestions=()), POST, "Bo", another=False
    )
    yield "Another PM was first, and there is nobody else", _first(alone)
    yield (
        "*Not this one*, for all",
        _first(nudges.dismissed_message(NUDGE, POST, NEXT, for_all=True)),
    )
    yield (
        "*Not this one*, for this PM",
        _first(nudges.dismissed_message(NUDGE, POST, NEXT, for_all=False)),
    )
    for each in nudges.Withdrawal:
        yield f"Withdrawn: {each}", nudges.withdrawn_message(each)


def _barriers() -> Texts:
    for each in Barrier:
        yield each.value, _first(nudges.barrier_message(NUDGE, each))


def _questions() -> Texts:
    yield "In the place of a nudge", question_views.render_message(1, 30)
    yield "*Every month instead*", question_views.less_often_message(30, AT, ZONE, TODAY)
    yield "*Stop*", question_views.render_stop_form(1)


def _offers() -> Texts:
    known = NoteCandidate(1, LAST, VisitKind.ON_SITE)
    note = NoteOfferFacts(1, MILL, known, "Mara Lind", "Ada", date(2026, 4, 13))
    yield "Once a month", notes.render_message(note)
    last_year = replace(note, candidate=replace(known, visited_on=date(2025, 11, 24)))
    yield "On 13 February", notes.render_message(replace(last_year, today=date(2026, 2, 13)))
    yield "On the days before", notes.render_message(replace(last_year, today=date(2026, 2, 12)))
    phone = replace(note, candidate=replace(known, kind=VisitKind.PHONE), person="")
    yield "After a call, with nobody whose name is known", notes.render_message(phone)
    yield "*Somebody else*, and nobody is left", notes.render_message(replace(note, is_last=True))
    yield "*I have sent it*", notes.sent_message(MILL)
    yield "*No more of these*", notes.stopped_message()
    again = notes.resume_fields()
    form = visits.render_join_form(JoinChoices(), ZONE, joined=True, more_fields=again)
    yield "`/visit settings`, for whoever has pressed it", replace_blocks(form, again)


def _plans() -> Texts:
    yield "*Plan a visit*", plan_form.render_blank((1, MILL), TODAY, 1)
    for cap in Cap:
        filled = submitted(plan_form.render_blank((1, MILL), TODAY), on=NEXT.isoformat())
        over = OverCap(cap, "Bo", date(2026, 3, 9), "They are moving house.")
        yield f"Over a cap: {cap}", plan_form.render_over_cap(filled, over)
        (sentence,) = plan_form.over_cap_errors(filled, over).values()
        yield f"Over a cap: {cap}, and no reason given", sentence
    yield "Another PM is planning to see them", str(errors.CustomerClaimed("Bo"))
    yield (
        "*Plan a visit*, *Add more*",
        plan_form.render_expanded(submitted(plan_form.render_blank((1, MILL), TODAY))),
    )
    known = {"at": time(14), "visit_id": 1}
    yield (
        "Planned, here or in the nudge's place",
        visit_messages.planned_message(MILL, NEXT, TODAY, **known),
    )
    typed = PlanChoices(1, "", VisitKind.PHONE, NEXT, time(14), "How they count.", None)
    change = plan_form.PlanForm((1, MILL), TODAY, typed, NEXT, expanded=True, visit_id=1)
    yield "*Change*", plan_form.render_form(change)
    yield "*Change*, once it is saved", visit_messages.changed_message(MILL, NEXT, TODAY, **known)
    filled = submitted(plan_form.render_blank((1, MILL), TODAY), on=NEXT.isoformat())
    elsewhere = plan_form.render_conflict(
        filled, 2, visit_messages.when_text(NEXT, time(14), TODAY)
    )
    yield "*Change*, when another window was faster", _notes(elsewhere)
    yield "*Add to calendar*, with the file", calendar_file.FILE_COMMENT
    yield "*Add to calendar*, refused", calendar_file.upload_refused_message()
    yield "*Call off*", visit_messages.cancelled_message(MILL, NEXT, NEXT, AT, ZONE, TODAY)
    agenda = "How they count, their list of prices, and what comes next."
    rules = GroundRules(agenda, frozenset({Rule.DRAFTED}))
    mill = Preparation(1, MILL, rules, "U1", "Bo")
    yield "*Prepare*", ground_rules.render_form(mill)
    yield "*Prepare*, once it is saved", ground_rules.saved_message(mill)
    ready = ground_rules.saved_message(replace(mill, rules=GroundRules(agenda, frozenset(Rule))))
    yield "*Prepare*, once all is done", ready
    for reply in AgendaReply:
        said = replace(rules, asked_user_id="U1", reply=reply)
        yield f"*Prepare*, the sales owner's answer: {reply}", _last(replace(mill, rules=said))
    when = ground_rules.when_text(NEXT, time(14), ZONE, TODAY)
    asked = ground_rules.review_request_message(1, "Ada", MILL, when, "How they count.", agenda)
    yield "*Ask Bo*, to Bo", asked
    for reply in AgendaReply:
        yield f"In its place: {reply}", ground_rules.replied_message("Ada", MILL, reply)
    yield "*Let us talk*, to the PM", ground_rules.talk_requested_message("Bo", MILL)
    yield "Whoever cannot be asked", "Gil is a guest here and cannot be asked."
    for error in (errors.VisitHeld, errors.VisitCalledOff, errors.NoSuchVisit):
        yield f"A planned visit: {error.__name__}", str(error())


def _visits() -> Texts:
    yield "`/visit help`", visits.usage()
    yield "Whoever has not joined", visits.not_joined_message()
    yield "`/visit next`", visits.next_visit_message(NEXT, AT, ZONE, TODAY, (MILL, NEXT))
    for cause in AbsenceCause:
        because = away.absence_text(cause, NEXT, None, TODAY)
        told = visits.next_visit_message(NEXT, AT, ZONE, TODAY, None, because)
        yield f"`/visit next`, away: {cause}", told
    holiday = away.absence_text(None, None, date(2026, 4, 6), TODAY)
    told = visits.next_visit_message(NEXT, AT, ZONE, TODAY, None, holiday)
    yield "`/visit next`, with a holiday in between", told
    yield "`/visit snooze`", nudges.snoozed_text(AT, ZONE, TODAY)
    yield "`/visit snooze`, and there is nothing to snooze", nudges.nothing_to_snooze()
    yield "`/visit pause`", away.paused_message(NEXT, NEXT, AT, ZONE, TODAY)
    yield "`/visit resume`", away.resumed_message("", NEXT, AT, ZONE, TODAY)
    for refusal in away.REFUSALS:
        yield f"`/visit pause`, refused: {refusal.__name__}", away.refused_message(refusal())


def _why() -> Texts:
    yield "Before the first nudge", why.render_why(FACTS)
    seen = replace(FACTS, last_visit=(MILL, LAST), days_away=4)
    for step in NudgeStep:
        last = LastNudge(CAME, step)
        yield f"After a nudge: {step}", _first(why.render_why(replace(seen, last_nudge=last)))
    for answer in (
        NudgeAnswer.VISITED,
        NudgeAnswer.PLANNED,
        Barrier.NO_TIME,
        NudgeAnswer.KEEP_GOING,
        NudgeAnswer.LESS_OFTEN,
    ):
        last = LastNudge(CAME, NudgeStep.DUE, answer)
        yield f"After an answer: {answer}", _first(why.render_why(replace(seen, last_nudge=last)))
    snoozed = LastNudge(CAME, NudgeStep.DUE, NudgeAnswer.SNOOZED, AT)
    yield (
        "After a snooze",
        why.render_why(replace(seen, last_nudge=snoozed, step=NudgeStep.FOLLOW_UP)),
    )
    for silence in NotSentReason:
        yield (
            f"No nudge: {silence}",
            _first(why.render_why(replace(seen, not_sent=(TODAY, silence)))),
        )
    booked = replace(seen, reason=NudgeReason.VISIT_BOOKED, next_visit=(POST, NEXT))
    yield "While a visit is booked", why.render_why(booked)
    waiting = replace(
        seen, reason=NudgeReason.VISIT_BOOKED, awaiting_debrief=(POST, date(2026, 3, 13))
    )
    yield "While a visit waits for its debrief", why.render_why(waiting)
    for reason in why.REASONS:
        yield f"Moved: {reason}", why.render_why(replace(seen, reason=reason))


def _calendars() -> Texts:
    settings, read_at = JoinChoices(), AT - timedelta(minutes=12)
    shown = ConnectedFeed("calendar.made-up.example", read_at)
    kinds = (
        ("`/visit settings`, before a calendar is connected", None),
        ("connected just now", replace(shown, checked_at=None)),
        ("connected", shown),
        ("with meetings that cannot be followed", replace(shown, skipped=2)),
        ("out of reach", replace(shown, fault=FeedFault.NOT_FOUND)),
    )
    for when, each in kinds:
        asked = calendar_views.calendar_fields(each, AT)
        form = visits.render_join_form(settings, ZONE, joined=True, more_fields=asked)
        yield when, replace_blocks(form, asked)
    for fault in FeedFault:
        yield (
            f"Why a calendar is not read: {fault}",
            calendar_views.address_errors(fault)[calendar_views.CALENDAR],
        )
    yield (
        "When a calendar is out of reach for good, or for a day",
        calendar_views.unreadable_message(shown.host, FeedFault.NOT_FOUND),
    )


def _briefs() -> Texts:
    mill = Customer(1, MILL, Stage.CUSTOMER, segment="Paper", region="North", revenue=90_000)
    story = "They print every order and type it in again. Nobody has told us in six years."
    known = Brief(
        TODAY,
        replace(mill, brand=True),
        "Ada",
        date(2026, 4, 6),
        (BookedVisitLine("Bo", NEXT, BELIEF),),
        (DebriefedVisit(LAST, "Ada", VisitKind.ON_SITE, story),),
        (
            BriefWorkaround("They keep a list of prices by hand", WorkaroundState.OPEN, ""),
            BriefWorkaround("They count by feel", WorkaroundState.PLANNED, "5.0"),
            BriefWorkaround("They print every order", WorkaroundState.FIXED, "4.2"),
            BriefWorkaround(
                "They mail the list to Ines", WorkaroundState.TOLD, "4.1", was_told=True
            ),
        ),
        (("Mara Lind", "buyer"),),
        3,
        (True, date(2026, 2, 20), date(2026, 3, 25)),
        "Ada",
        (6, LAST, "It is quick, once one has learnt it"),
        (Mood.MIXED, LAST),
    )
    yield "`/customer brightwater`", brief_views.render_brief(known)
    yield (
        "The working day before a visit",
        _first(brief_views.render_day_before(known, TODAY, "How they count.")),
    )
    tested = brief_views.render_day_before(known, TODAY, "", None, Hypothesis(1, BELIEF, MEASURE))
    yield "with the hypothesis that it tests", " ".join(_block(tested.blocks[1].to_dict()))
    rules = ground_rules.open_steps_text(GroundRules(done=frozenset({Rule.DRAFTED})))
    yield "with the ground rules that are still open", rules
    yield (
        "`/customer mill`",
        brief_views.which_customer_message([(MILL, "brightwater.example"), ("Mill and Sons", "")]),
    )
    yield "A name that nobody has", brief_views.unknown_customer_message("Millbright")
    for each in NoContactReason:
        closed = replace(mill, closed=each, closed_because="They are moving house.", closed_on=LAST)
        yield (
            f"Closed to visits: {each}",
            _first(brief_views.render_brief(replace(known, customer=closed))),
        )
    free = brief_views.render_brief(replace(known, free_on=TODAY))
    yield "Free to visit", _first(free)
    yield "*Close to visits*", permission_views.render_form(mill)
    for each in (*NoContactReason, None):
        yield (
            f"*Close to visits*, saved: {each or 'free'}",
            permission_views.saved_message(MILL, each),
        )
    yield "Planning to see whoever has opted out", str(errors.CustomerOptedOut(MILL, "Ada"))
    yield "`/customer help`", brief_views.usage()


def _surveys() -> Texts:
    mill = Customer(1, MILL, Stage.CUSTOMER)
    yield "*Ask for a score*, under `/customer NAME`", surveys.render_form(mill)
    handed = SurveyLink("Mara Lind", MILL, "Ada", Language.ENGLISH, LINK, LAST_DAY, TODAY)
    yield "*Make the link*", surveys.survey_message(handed)
    yield (
        "to whoever asks for it again",
        _first(surveys.survey_message(replace(handed, repeated=True))),
    )
    before = AlreadyAsked("Mara Lind", "Bo", LAST, TODAY, False, FREE_AT, ZONE)
    for who, answered in (("Bo", False), ("Bo", True), ("", True)):
        told = surveys.already_asked_errors(replace(before, asked_by=who, answered=answered))[
            "person"
        ]
        came = ", and answered" if answered else ""
        yield f"*Make the link*, asked before by {who or 'themselves'}{came}", told
    yield "A customer who is to be left alone", str(errors.DoNotContact(MILL, "Ada"))
    lacking = ["NIHITO_SECRET_KEY", "NIHITO_PUBLIC_URL, an https address"]
    yield "Before it is set up", str(errors.SurveysNotConfigured(lacking))
    yield "NoSuchPerson", str(errors.NoSuchPerson())
    answer = SurveyAnswer(9, "It is quick, once one has learnt it.", may_call=True)
    yield (
        "An answer, to whoever asked",
        surveys.answered_message("Mara Lind", MILL, answer, "+49 40 1234"),
    )
    bare = SurveyAnswer(3, "", may_call=False)
    yield "An answer without a word", surveys.answered_message("Mara Lind", MILL, bare)
    yield "On Home, from five answers on", surveys.score_line(calculate_nps(ScoreTally(16, 7, 6)))


def _pages() -> Texts:
    """Yield what customers read: the message that a PM copies, and the page behind its link."""
    for language in Language:
        yield f"{language}: the message", _invitation(language)
        words = survey_texts.PAGE_TEXTS[language]
        most = survey_texts.format_number(WHY_LENGTH, language)
        known = {"name": "Alderway", "most": most}
        for each in fields_of(words):
            sentence = getattr(words, each.name).format(**known)
            yield f"{language}: {each.name.replace('_', ' ')}", sentence


def _invitation(language: Language) -> str:
    return survey_texts.invitation_text(language, "Mara Lind", "Ada", LINK, LAST_DAY)


def _debriefs() -> Texts:
    yield (
        "An hour after a planned visit, or the morning after",
        prompt_views.render_message(1, MILL, TODAY, TODAY),
    )
    yield "In its place, once it is written", prompt_views.debriefed_message(MILL, TODAY, TODAY)
    form = debriefs.DebriefForm(
        (1, MILL), TODAY, TODAY, FormSession("k"), digest_on=date(2026, 3, 20)
    )
    yield "`/debrief`", debriefs.render_form(form)
    more = debriefs.render_expanded(submitted(debriefs.render_form(form)))
    yield "`/debrief`, *Add more*", more
    yield "`/debrief`, *A pain*", debriefs.render_with_section(submitted(more), "debrief.add_pain")
    everything = replace(form, expanded=True, sections=dict.fromkeys(field_table.Section, 1))
    yield "`/debrief`, with every part that can be added", debriefs.render_form(everything)
    yield (
        "`/debrief` of an interview after a loss",
        debriefs.render_form(replace(form, kind=VisitKind.LOSS_INTERVIEW)),
    )
    draft = Draft(1, TODAY, "They print every order.")
    left = replace(form, typed=draft, left_at=CAME, zone=ZONE)
    yield "`/debrief`, gone on with", debriefs.render_form(left)
    before = Debrief(1, 1, "U1", MILL, draft)
    yield (
        "`/debrief`, saved in another window meanwhile",
        debriefs.render_conflict(submitted(debriefs.render_form(form)), before),
    )
    yield "Saved from two windows", confirmations.already_saved_message(MILL)
    words = SavedDraftLine("k", MILL, "They print every order.", CAME)
    yield "The form is closed half-way", saved_draft_views.form_closed_message(words)
    yield "*Throw away*", saved_draft_views.discarded_message()
    yield "*Go on writing*, too late", saved_draft_views.no_longer_saved_message()
    for sharing in Sharing:
        news = confirmations.DebriefConfirmation(MILL, NEXT, sharing, AT, 1)
        yield f"Kept: {sharing}", confirmations.saved_message(news, ZONE, TODAY)
    changed = confirmations.DebriefConfirmation(
        MILL, NEXT, Sharing.SHARE, AT, 1, changed=True, posted=True
    )
    yield "Changed after the digest had told it", confirmations.saved_message(changed, ZONE, TODAY)
    again = replace(form, session=FormSession("debrief:1", "", 1, None, 1), expanded=True)
    yield "*Change it*", debriefs.render_form(again)
    for held in (True, False):
        gone = confirmations.render_withdrawn(MILL, NEXT, TODAY, took_place=held)
        yield f"Taken back: {'the words alone' if held else 'it never took place'}", gone
    yield "`/debrief help`", confirmations.usage()


def _promises() -> Texts:
    owed = OwedPromise(1, "Send the roadmap, without dates.", "U1", "U2", 1, MILL, TODAY)
    yield "On its date, to whoever keeps it", promises.reminder_message(owed, TODAY)
    over = replace(owed, on=LAST)
    yield "to whoever was away on its date", promises.reminder_message(over, TODAY)
    yield (
        "To whoever is to keep what another promised",
        promises.assigned_message(owed, "Ada Quill", TODAY),
    )
    yield "*Kept*", promises.kept_message(owed)
    yield "*A week more*", promises.postponed_message(replace(owed, on=NEXT), TODAY)


def _workarounds() -> Texts:
    what = "They print every order and type it in again."
    row = WorkaroundRow(1, what, (MILL, POST, ""), 4)
    fixed = WorkaroundRow(2, "They count by feel", (TILES,), 1, WorkaroundState.FIXED, "4.2", 0, 1)
    known = WorkaroundList("", (row, fixed), 0, InTimeShare(5, 7))
    yield "*Workarounds*, on Home", workarounds.render_list(known)
    yield (
        "and nothing waits",
        workarounds.render_list(WorkaroundList("", (), 0, InTimeShare(0, 0))),
    )
    searched = WorkaroundList("scanner", (), 0, InTimeShare(0, 0))
    yield "and nothing is found", workarounds.render_list(searched)
    merged = (MergedWorkaround(1, "Prints all orders to type them in", "Bo"),)
    left = replace(row, unasked=(POST,))
    seen = ((MILL, what), (POST, "Orders are printed, then typed in once more"))
    form = WorkaroundForm(left, seen, "1.1", merged)
    yield "*Change*", workaround_form.render_form(form)
    filled = submitted(workaround_form.render_form(form), state="planned", release="5.0")
    stands = replace(form, row=replace(row, state=WorkaroundState.FIXED, release="4.2"))
    yield (
        "*Change*, when somebody else was faster",
        _notes(workaround_form.render_conflict(stands, filled)),
    )
    yield "*Change*, fixed in no release", workaround_form.RELEASE_MISSING
    yield "*Change*, the same as one that is fixed too", str(errors.BothWorkaroundsFixed())
    for error in (errors.NoSuchWorkaround, errors.NoSuchAsk):
        yield error.__name__, str(error())
    mill = CustomerToTell(1, MILL, what, LAST, VisitKind.ON_SITE, "Mara Lind")
    fix = FixNoticeFacts(what, "4.2", "Ada", TODAY, date(2026, 3, 23), (mill,))
    yield "Fixed: to each PM who saw it", fix_notice_views.render_message(fix)
    yield (
        "seen by a colleague who has left",
        fix_notice_views.draft_text(replace(mill, colleague="Bo"), fix),
    )
    yield (
        "heard on the phone",
        fix_notice_views.draft_text(replace(mill, kind=VisitKind.PHONE, person=""), fix),
    )
    yield (
        "heard from somebody else",
        fix_notice_views.draft_text(replace(mill, kind=VisitKind.PROXY), fix),
    )
    known_to = (ToldCustomer(POST, TODAY),)
    yield (
        "*I have told them*, one of two",
        fix_notice_views.render_message(replace(fix, told=known_to)),
    )
    yield (
        "*I have told them*, all",
        fix_notice_views.render_message(replace(fix, to_tell=(), told=known_to)),
    )
    late = replace(fix, today=date(2026, 3, 23))
    yield "A week later, once", _first(fix_notice_views.render_message(late, late=True))
    yield "nobody is left to be told", fix_notice_views.render_message(replace(fix, to_tell=()))
    yield "its debrief is gone", fix_notice_views.render_message(replace(fix, what="", to_tell=()))
    yield "not fixed after all", fix_notice_views.render_message(replace(fix, reopened=True))
    yield (
        "and somebody was told",
        fix_notice_views.render_message(replace(fix, reopened=True, told=known_to)),
    )


def _hypotheses() -> Texts:
    said = Verdicts(
        {HypothesisVerdict.SUPPORTS: 1, HypothesisVerdict.CONTRADICTS: 1},
        {HypothesisVerdict.SUPPORTS: 1},
    )
    many = Verdicts(
        {
            HypothesisVerdict.SUPPORTS: 5,
            HypothesisVerdict.CONTRADICTS: 2,
            HypothesisVerdict.UNCLEAR: 1,
        }
    )
    untested = Hypothesis(2, "Whoever has two warehouses counts by feel.", "", "U1")
    ended = Hypothesis(
        3, "They read our mails.", "One of ten.", "U1", HypothesisOutcome.REFUTED, LAST
    )
    row = HypothesisRow(Hypothesis(1, BELIEF, MEASURE, "U1"), said)
    old = HypothesisRow(ended, many)
    known = HypothesisList(TODAY, (HypothesisRow(untested, Verdicts()), row), 0, (old,))
    yield "*Hypotheses*, on Home", hypothesis_modals.render_list(known)
    yield (
        "and there is none",
        hypothesis_modals.render_list(HypothesisList(TODAY)),
    )
    yield "*State one*", hypothesis_modals.render_form()
    yield (
        "*State one*, left empty",
        _left_empty(hypothesis_modals.render_form(), hypothesis_modals.parse_hypothesis),
    )
    near, far, proxy = VisitKind.ON_SITE, VisitKind.VIDEO, VisitKind.PROXY
    supports, contradicts = HypothesisVerdict.SUPPORTS, HypothesisVerdict.CONTRADICTS
    behind = (
        VisitLine(supports, MILL, Stage.CUSTOMER, (), LAST, "Ada", near),
        VisitLine(contradicts, "", Stage.PROSPECT, ("Paper",), LAST, "Bo", far),
        VisitLine(supports, TILES, Stage.CUSTOMER, (), LAST, "Bo", proxy),
    )
    looked = HypothesisDetails(row, "Ada", behind, TODAY)
    yield "*Look*", hypothesis_modals.render_details(looked)
    yield (
        "*Look*, for whoever stated it",
        hypothesis_modals.render_details(replace(looked, can_close=True)),
    )
    yield (
        "*Look*, once it is settled",
        hypothesis_modals.render_details(HypothesisDetails(old, "Ada", (), TODAY)),
    )
    for error in (errors.NoSuchHypothesis, errors.StatedAlready, errors.HypothesisSettled):
        yield error.__name__, str(error())


def _contacts() -> Texts:
    yield "`/contact`", contacts.render_form((1, MILL), "U1", TODAY)
    yield "Noted", contacts.recorded_message("Mara Lind", MILL, TODAY, TODAY)
    yield "`/contact help`", contacts.usage()
    counted = (EvidenceLine("Mara Lind", Trait.MAIL, ((Measure.MAILS, 9),)),)
    yield (
        "A flag, to the PM alone",
        flag_message.render_message(FlagFacts(1, 1, MILL, counted, (POST,))),
    )
    yield "*Thank you, noted*", flag_message.acknowledged_message(MILL)
    yield "*Not so*", flag_message.refuted_message(MILL)
    yield "Snoozed", flag_message.snoozed_message(MILL, AT, ZONE, TODAY)
    yield "The flag has gone", flag_message.ended_message(MILL)


def _digests() -> Texts:
    told = Story(
        MILL,
        Stage.CUSTOMER,
        VisitKind.ON_SITE,
        date(2026, 3, 11),
        "They print every order and type it in again. Nobody has told us in six years.",
        "Ada",
        quote="We thought everybody did it that way.",
    )
    facts = DigestFacts(date(2026, 3, 9), date(2026, 3, 15), TODAY, (told,))
    yield "In the team's channel, once a week", stories.render_digest(facts)
    yield "after a story was changed", stories.render_digest(facts, changed=True)
    yield "after all of them were taken back", stories.withdrawn_message()
    for fault in ChannelFault:
        yield (
            f"To whoever chose the channel: {fault}",
            stories.channel_lost_message("stories", fault),
        )


def _homes() -> Texts:
    facts = HomeFacts(
        TODAY,
        ZONE,
        NEXT,
        AT,
        (UpcomingVisit(1, POST, NEXT, VisitKind.PHONE),),
        (RecentDebrief(1, MILL, LAST, Sharing.SHARE),),
        (TILES,),
        (
            Skew(Dimension.REGION, "North", 4, 5, 0.25),
            Skew(Dimension.STAGE, Stage.PROSPECT, 0, 5, 0.4),
        ),
        (UpcomingVisit(2, MILL, date(2026, 3, 13), VisitKind.VIDEO, time(14)),),
    )
    yield "The app's Home", home.render_home(facts)
    yield "*Earlier ones*, of more than five", home.render_earlier(facts.debriefs, TODAY)
    yield "*Earlier ones*, once all are taken back", home.render_earlier((), TODAY)
    table = {
        Dimension.STAGE: [
            Skew(Dimension.STAGE, Stage.PROSPECT, 1, 6, 0.6),
            Skew(Dimension.STAGE, Stage.CUSTOMER, 5, 6, 0.4),
        ],
        Dimension.REGION: [Skew(Dimension.REGION, "North", 6, 6, 1.0)],
    }
    drawn = CoverageFacts(6, table, GreatShare(3, 6, 0.04))
    yield "*Where you have been*", coverage.render_coverage(drawn)
    yield (
        "*Where you have been*, before any visit",
        coverage.render_coverage(CoverageFacts(0, {})),
    )
    counted = {
        Dimension.STAGE: {Stage.PROSPECT: 12, Stage.CUSTOMER: 8},
        Dimension.REGION: {"North": 20},
    }
    said = {Dimension.STAGE: {Stage.PROSPECT: 60, Stage.CUSTOMER: 40}}
    yield (
        "*Your market*, for an admin",
        market_form.render_form(MarketFacts(counted, said)),
    )
    yield "for a guest", home.render_refusal(Refusal.GUEST)


def _faults() -> Texts:
    forms = (
        ("`/visit join`", visits.render_join_form(JoinChoices(), ZONE), visits.parse_join),
        ("*Plan a visit*", plan_form.render_blank(None, TODAY), plan_form.parse_plan),
        ("`/contact`", contacts.render_form(None, "U1", TODAY), contacts.parse_draft),
        ("*Snooze*", nudges.render_snooze_form(1, TODAY), nudges.parse_snooze_date),
    )
    for name, form, read in forms:
        yield f"{name}, left empty", _left_empty(form, read)
    market = market_form.render_form(MarketFacts({}, {}))
    for typed in ("everybody", "nobody 40", "prospects 40\nlost 40", "lost 40\nlost 60"):
        try:
            market_form.parse_market(submitted(market, stage=typed))
        except FormError as fault:
            yield f"*Your market*, “{' / '.join(typed.splitlines())}”", fault.errors["stage"]
    for (field, fault), sentence in form_labels.FAULT_TEXTS.items():
        yield f"`/debrief`, {field_table.FIELDS[field].label.lower()}: {fault}", sentence
    for refused in (SnoozeInPast(), SnoozeTooFar()):
        yield f"*Snooze*: {type(refused).__name__}", nudges.snooze_errors(refused)["on"]
    for past in (Fault.IN_THE_FUTURE, Fault.TOO_OLD):
        yield f"`/contact`: {past}", contacts.date_fault_errors(past)["on"]
    for where in ChannelFault:
        yield f"The story channel: {where}", visits.channel_errors(where)["channel"]
    yield "A plan in the past", plan_form.past_date_errors()["on"]
    yield "A plan too far ahead", plan_form.TOO_FAR
    yield "A text that is too long", form_fields.too_long_text(1000)
    yield "A form that could not be saved", form_fields.not_saved_text("1a2b3c4d")


def _notes(form: View) -> str:
    """Return the text above the fields of a form."""
    return " ".join(_block(form.to_dict()["blocks"][0]))


def _last(known: Preparation) -> str:
    """Return the text below the fields of the form that prepares a visit."""
    return " ".join(_block(ground_rules.render_form(known).to_dict()["blocks"][-1]))


def _left_empty(form: View, read: Callable[[Mapping[str, Any]], object]) -> str:
    """Return the errors of a form whose fields are all empty."""
    inputs = [each["block_id"] for each in form.to_dict()["blocks"] if each["type"] == "input"]
    try:
        read(submitted(form, **dict.fromkeys(inputs)))
    except FormError as fault:
        return " ".join(fault.errors.values())
    raise AssertionError("an empty form was taken")


def _mishaps() -> Texts:
    for refusal in Refusal:
        yield f"Turned away: {refusal}", refusals.refusal_text(refusal)
    yield "Words that are not known", refusals.unknown_command_text("/visit")
    yield "Somebody new", refusals.identifying_text()
    yield "The form came too late", refusals.form_too_late_text()
    yield "Slack is away", refusals.slack_unavailable_text()
    yield "Something broke", refusals.failure_text("1a2b3c4d")
    typed = "Brightwater Mill They print every order and type it in again."
    yield "Something broke at a long command", refusals.command_failed_message("1a2b3c4d", typed)
    for error in (errors.NoSuchCustomer, errors.NoSuchNudge, errors.NotYours, errors.NotJoined):
        yield error.__name__, str(error())


def replace_blocks(form: View, blocks: Sequence[Block]) -> View:
    """Replace a form's blocks, to leave out those that are on the page already."""
    form.blocks = list(blocks)
    return form


def _first(message: Message) -> Message:
    """Return a message without the blocks that other messages on the page show too."""
    return replace(message, blocks=message.blocks[:1])


def _lines(shown: Shown) -> Iterator[str]:
    if isinstance(shown, str):
        yield shown
        return
    drawn = shown.to_dict() if isinstance(shown, View) else shown.as_arguments()
    if drawn.get("type") == "modal":
        yield f"*{drawn['title']['text']}*"
        yield ""
    for block in drawn.get("blocks", ()):
        yield from _block(block)
        yield ""
    if drawn.get("submit"):
        yield f"`[{drawn['submit']['text']}]` `[{drawn['close']['text']}]`"


def _block(block: Mapping[str, Any]) -> Iterator[str]:
    kind = block["type"]
    if kind == "rich_text":
        for element in block["elements"]:
            yield from _rich(element)
    elif kind == "section":
        yield from block["text"]["text"].replace("*", "**").split("\n")
        yield from ("", _element(block["accessory"])) if "accessory" in block else ()
    elif kind == "actions":
        yield " ".join(_element(each) for each in block["elements"])
    elif kind == "input":
        optional = " (optional)" if block.get("optional") else ""
        yield f"{block['label']['text']}{optional} {_element(block['element'])}"
        yield from (f"*{block['hint']['text']}*",) if "hint" in block else ()
    elif kind == "context":
        yield f"*{block['elements'][0]['text']}*"
    elif kind == "divider":
        yield ""
    else:
        yield f"**{block['text']['text']}**"


def _rich(element: Mapping[str, Any]) -> Iterator[str]:
    if element["type"] == "rich_text_list":
        mark = "1." if element["style"] == "ordered" else "-"
        yield ""
        yield from (f"{mark} {_spoken(each)}" for each in element["elements"])
        yield ""
    else:
        yield ("> " if element["type"] == "rich_text_quote" else "") + _spoken(element)


def _spoken(element: Mapping[str, Any]) -> str:
    return "".join(_styled(each) for each in element["elements"])


def _styled(part: Mapping[str, Any]) -> str:
    style = part.get("style") or {}
    mark = next((m for s, m in (("bold", "**"), ("italic", "*"), ("code", "`")) if s in style), "")
    return f"{mark}{part['text']}{mark}"


def _element(element: Mapping[str, Any]) -> str:
    if element["type"] == "button":
        return f"`[{element['text']['text']}]`"
    groups = element.get("option_groups") or [element]
    offered = [each["text"]["text"] for each in groups[0].get("options", ())]
    named = (element.get("placeholder") or {}).get("text", "")
    shown = ": ".join(each for each in (named, " · ".join(offered[:12])) if each)
    return f"`[{shown or ' '}]`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} is written\n")
