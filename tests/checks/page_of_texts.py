"""Writes docs/texts.md, every text that somebody can receive, from the views; `make texts`."""

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
from bot.domain.calendars import FeedFault
from bot.domain.contacts.traits import Measure, Trait
from bot.domain.customers import Customer, Stage
from bot.domain.debriefs.promises import Owed
from bot.domain.debriefs.rules import Debrief, Draft, Mood, Sharing, Sheet
from bot.domain.debriefs.sections import Fault, Verdict
from bot.domain.hypotheses import Hypothesis, Settled
from bot.domain.hypotheses import Tally as Verdicts
from bot.domain.notes import Known
from bot.domain.nudges.away import Cause
from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.rules import Reason, SnoozeInPast, SnoozeTooFar, Step
from bot.domain.staff.access import Refusal
from bot.domain.stories import ChannelFault
from bot.domain.suggestions.coverage import Aspect, Great, Lean
from bot.domain.suggestions.rules import Why
from bot.domain.surveys.nps import Tally, nps
from bot.domain.surveys.rules import WHY_LENGTH, Answer, Language
from bot.domain.visits.caps import Cap, Closed
from bot.domain.visits.ground_rules import GroundRules, Reply
from bot.domain.visits.ground_rules import Step as Rule
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import Share, State
from bot.views import calendars as feeds
from bot.views import form_fields as fields
from bot.views import home, notes, stories
from bot.views.block_kit import FormFault, Message
from bot.views.contacts import flag_message as flags
from bot.views.contacts import form as contacts
from bot.views.customers import contact_permissions as closings
from bot.views.debriefs import confirmations as kept
from bot.views.debriefs import form as debriefs
from bot.views.debriefs import form_labels as labels
from bot.views.debriefs import form_sections as heard
from bot.views.debriefs import promises
from bot.views.debriefs import saved_drafts as unfinished
from bot.views.hypotheses import modals as tallies
from bot.views.nudges import away, why
from bot.views.nudges import default_intervals as defaults
from bot.views.nudges import message as nudges
from bot.views.nudges import question as questions
from bot.views.staff import refusals as access
from bot.views.staff import settings_form as visits
from bot.views.suggestions import coverage, reasons
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
    """A heading and what belongs under it: when somebody sees it, and what."""

    title: str
    texts: tuple[tuple[str, Shown], ...]


def page() -> str:
    """The whole page, as Markdown."""
    parts = [HEAD]
    for section in sections():
        parts.append(f"## {section.title}\n")
        for when, shown in section.texts:
            told = "\n".join(_lines(shown)).splitlines()
            lines = "\n".join(f"> {each}".rstrip() for each in told)
            parts.append(f"**{when}**\n\n{lines}\n")
    return "\n".join(parts)


def sections() -> Iterator[Section]:
    """All sections, in the order in which a PM meets them."""
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


NUDGE = nudges.Nudge(
    1,
    Step.DUE,
    DUE,
    TODAY,
    (TILES, LAST),
    (
        nudges.Suggestion(1, MILL, reasons.reason(Why.PROSPECT, None, TODAY)),
        nudges.Suggestion(2, POST, reasons.reason(Why.DEAL_WON, date(2026, 3, 9), TODAY)),
        nudges.Suggestion(3, TILES, reasons.reason(Why.LONG_AGO, date(2025, 9, 1), TODAY)),
    ),
)
FACTS = why.WhyFacts(TODAY, ZONE, 14, LAST, NEXT, AT, Reason.NOT_YET, Step.DUE)

GAPS = {
    Aspect.STAGE: Stage.PROSPECT,
    Aspect.SEGMENT: "paper",
    Aspect.REGION: "North",
    Aspect.SIZE: "small",
}


def _joining() -> Texts:
    yield "Home, before anything", home.welcome()
    yield "`/visit join`", visits.join_form(visits.JoinChoices(), ZONE, "Germany")
    yield "Joined", visits.joined(NEXT, AT, ZONE, TODAY)
    shown = defaults.DefaultsShown(30, 1, "stories", None, 30)
    more = defaults.default_fields(shown)
    yield (
        "`/visit settings`, of an admin",
        visits.join_form(
            visits.JoinChoices(), ZONE, "Germany", joined=True, usual_days=30, more=more
        ),
    )
    yield "`/visit settings` saved", visits.saved(NEXT, AT, ZONE, TODAY)
    yield "`/visit leave`", visits.left()


def _nudges() -> Texts:
    yield "A visit is due", nudges.message(NUDGE)
    yield "The first one", _first(nudges.message(replace(NUDGE, last_visit=None)))
    early = replace(NUDGE, step=Step.EARLY, due_on=date(2026, 3, 19))
    yield "Ahead of time, for whoever chose that", _first(nudges.message(early))
    late = replace(NUDGE, due_on=date(2026, 3, 13))
    yield "When it could not be sent on the day", _first(nudges.message(late))
    follow_up = replace(NUDGE, step=Step.FOLLOW_UP)
    yield "The follow-up, three working days later", _first(nudges.message(follow_up))
    yield "While nobody is known yet", nudges.message(replace(NUDGE, suggestions=()))
    gap = Lean(Aspect.REGION, "North", 0, 6, 0.3)
    for each in Why:
        on = None if each is Why.NEVER_VISITED else date(2026, 1, 12)
        lean = gap if each in (Why.GAP, Why.DART) else None
        yield f"Reason: {each}", f"{reasons.reason(each, on, TODAY, lean)}."
    for aspect, sort in GAPS.items():
        lean = Lean(aspect, sort, 1, 8, 0.3, unknown=1)
        yield f"Reason: gap, by {aspect}", f"{reasons.reason(Why.GAP, None, TODAY, lean)}."


def _answered() -> Texts:
    yield "*Snooze*", nudges.snoozed(NUDGE, AT, ZONE)
    yield "*Snooze*, *Until a date*", nudges.snooze_form(1, TODAY)
    yield "A debrief is kept", nudges.been(NUDGE, MILL, TODAY, NEXT)
    yield "Another PM was first", _first(nudges.taken(NUDGE, POST, "Bo", another=True))
    alone = nudges.taken(replace(NUDGE, suggestions=()), POST, "Bo", another=False)
    yield "Another PM was first, and there is nobody else", _first(alone)
    yield "*Not this one*, for all", _first(nudges.passed(NUDGE, POST, NEXT, for_all=True))
    yield "*Not this one*, for this PM", _first(nudges.passed(NUDGE, POST, NEXT, for_all=False))
    for each in nudges.Withdrawal:
        yield f"Withdrawn: {each}", nudges.withdrawn(each)


def _barriers() -> Texts:
    for each in Barrier:
        yield each.value, _first(nudges.blocked(NUDGE, each))


def _questions() -> Texts:
    yield "In the place of a nudge", questions.message(1, 30)
    yield "*Every month instead*", questions.less_often(30, AT, ZONE, TODAY)
    yield "*Stop*", questions.stop_form(1)


def _offers() -> Texts:
    known = Known(1, LAST, VisitKind.ON_SITE)
    note = notes.Offered(1, MILL, known, "Mara Lind", "Ada", date(2026, 4, 13))
    yield "Once a month", notes.message(note)
    last_year = replace(note, known=replace(known, seen_on=date(2025, 11, 24)))
    yield "On 13 February", notes.message(replace(last_year, today=date(2026, 2, 13)))
    yield "On the days before", notes.message(replace(last_year, today=date(2026, 2, 12)))
    phone = replace(note, known=replace(known, kind=VisitKind.PHONE), person="")
    yield "After a call, with nobody whose name is known", notes.message(phone)
    yield "*Somebody else*, and nobody is left", notes.message(replace(note, last=True))
    yield "*I have sent it*", notes.sent(MILL)
    yield "*No more of these*", notes.no_more()
    again = notes.again_fields()
    form = visits.join_form(visits.JoinChoices(), ZONE, joined=True, more=again)
    yield "`/visit settings`, for whoever has pressed it", replace_blocks(form, again)


def _plans() -> Texts:
    yield "*Plan a visit*", plans.form((1, MILL), TODAY, 1)
    for cap in Cap:
        filled = submitted(plans.form((1, MILL), TODAY), on=NEXT.isoformat())
        over = caps.OverCap(cap, "Bo", date(2026, 3, 9), "They are moving house.")
        yield f"Over a cap: {cap}", plans.over_form(filled, over)
        (sentence,) = plans.errors_over(filled, over).values()
        yield f"Over a cap: {cap}, and no reason given", sentence
    yield "Another PM is planning to see them", str(errors.CustomerTaken("Bo"))
    yield "*Plan a visit*, *Add more*", plans.unfolded(submitted(plans.form((1, MILL), TODAY)))
    known = {"at": time(14), "visit_id": 1}
    yield "Planned, here or in the nudge's place", planned.planned(MILL, NEXT, TODAY, **known)
    typed = plans.PlanChoices(1, "", VisitKind.PHONE, NEXT, time(14), "How they count.", None)
    change = plans.PlanForm((1, MILL), TODAY, typed, NEXT, more=True, visit_id=1)
    yield "*Change*", plans.draw(change)
    yield "*Change*, once it is saved", planned.changed(MILL, NEXT, TODAY, **known)
    filled = submitted(plans.form((1, MILL), TODAY), on=NEXT.isoformat())
    elsewhere = plans.meanwhile_form(filled, 2, planned.when(NEXT, time(14), TODAY))
    yield "*Change*, when another window was faster", _notes(elsewhere)
    yield "*Add to calendar*, with the file", invitations.WITH_IT
    yield "*Add to calendar*, refused", invitations.refused()
    yield "*Call off*", planned.called_off(MILL, NEXT, NEXT, AT, ZONE, TODAY)
    agenda = "How they count, their list of prices, and what comes next."
    rules = GroundRules(agenda, frozenset({Rule.DRAFTED}))
    mill = ground_rules.Preparation(1, MILL, rules, "U1", "Bo")
    yield "*Prepare*", ground_rules.form(mill)
    yield "*Prepare*, once it is saved", ground_rules.kept(mill)
    ready = ground_rules.kept(replace(mill, rules=GroundRules(agenda, frozenset(Rule))))
    yield "*Prepare*, once all is done", ready
    for reply in Reply:
        said = replace(rules, asked_id="U1", reply=reply)
        yield f"*Prepare*, the sales owner's answer: {reply}", _last(replace(mill, rules=said))
    when = ground_rules.when(NEXT, time(14), ZONE, TODAY)
    asked = ground_rules.asked(1, "Ada", MILL, when, "How they count.", agenda)
    yield "*Ask Bo*, to Bo", asked
    for reply in Reply:
        yield f"In its place: {reply}", ground_rules.answered("Ada", MILL, reply)
    yield "*Let us talk*, to the PM", ground_rules.talk("Bo", MILL)
    yield "Whoever cannot be asked", "Gil is a guest here and cannot be asked."
    for error in (errors.VisitHeld, errors.VisitCalledOff, errors.NoSuchVisit):
        yield f"A planned visit: {error.__name__}", str(error())


def _visits() -> Texts:
    yield "`/visit help`", visits.usage()
    yield "Whoever has not joined", visits.not_joined()
    yield "`/visit next`", visits.next_visit(NEXT, AT, ZONE, TODAY, (MILL, NEXT))
    for cause in Cause:
        because = away.because(cause, NEXT, None, TODAY)
        told = visits.next_visit(NEXT, AT, ZONE, TODAY, None, because)
        yield f"`/visit next`, away: {cause}", told
    holiday = away.because(None, None, date(2026, 4, 6), TODAY)
    told = visits.next_visit(NEXT, AT, ZONE, TODAY, None, holiday)
    yield "`/visit next`, with a holiday in between", told
    yield "`/visit snooze`", nudges.back(AT, ZONE, TODAY)
    yield "`/visit snooze`, and there is nothing to snooze", nudges.nothing_to_snooze()
    yield "`/visit pause`", away.paused(NEXT, NEXT, AT, ZONE, TODAY)
    yield "`/visit resume`", away.resumed("", NEXT, AT, ZONE, TODAY)
    for refusal in away.REFUSALS:
        yield f"`/visit pause`, refused: {refusal.__name__}", away.refused(refusal())


def _why() -> Texts:
    yield "Before the first nudge", why.why(FACTS)
    seen = replace(FACTS, seen=(MILL, LAST), days_away=4)
    for step in Step:
        last = why.LastNudge(CAME, step)
        yield f"After a nudge: {step}", _first(why.why(replace(seen, last=last)))
    for answer in ("been", "planned", "no_time", "keep_going", "less_often"):
        last = why.LastNudge(CAME, Step.DUE, answer)
        yield f"After an answer: {answer}", _first(why.why(replace(seen, last=last)))
    snoozed = why.LastNudge(CAME, Step.DUE, "snoozed", AT)
    yield "After a snooze", why.why(replace(seen, last=snoozed, step=Step.FOLLOW_UP))
    for silence in why.Silence:
        yield f"No nudge: {silence}", _first(why.why(replace(seen, silent=(TODAY, silence))))
    booked = replace(seen, reason=Reason.VISIT_BOOKED, booked=(POST, NEXT))
    yield "While a visit is booked", why.why(booked)
    waiting = replace(seen, reason=Reason.VISIT_BOOKED, waiting=(POST, date(2026, 3, 13)))
    yield "While a visit waits for its debrief", why.why(waiting)
    for reason in why.REASONS:
        yield f"Moved: {reason}", why.why(replace(seen, reason=reason))


def _calendars() -> Texts:
    settings, read_at = visits.JoinChoices(), AT - timedelta(minutes=12)
    shown = feeds.FeedShown("calendar.made-up.example", read_at)
    kinds = (
        ("`/visit settings`, before a calendar is connected", None),
        ("connected just now", replace(shown, checked_at=None)),
        ("connected", shown),
        ("with meetings that cannot be followed", replace(shown, left_out=2)),
        ("out of reach", replace(shown, fault=FeedFault.LOST)),
    )
    for when, each in kinds:
        asked = feeds.calendar_fields(each, AT)
        form = visits.join_form(settings, ZONE, joined=True, more=asked)
        yield when, replace_blocks(form, asked)
    for fault in FeedFault:
        yield f"Why a calendar is not read: {fault}", feeds.errors(fault)[feeds.CALENDAR]
    yield (
        "When a calendar is out of reach for good, or for a day",
        feeds.lost(shown.host, FeedFault.LOST),
    )


def _briefs() -> Texts:
    mill = Customer(1, MILL, Stage.CUSTOMER, segment="Paper", region="North", revenue=90_000)
    story = "They print every order and type it in again. Nobody has told us in six years."
    known = briefs.Brief(
        TODAY,
        replace(mill, brand=True),
        "Ada",
        date(2026, 4, 6),
        (briefs.Coming("Bo", NEXT, BELIEF),),
        (briefs.Heard(LAST, "Ada", VisitKind.ON_SITE, story),),
        (
            workarounds.Known("They keep a list of prices by hand", State.OPEN, ""),
            workarounds.Known("They count by feel", State.PLANNED, "5.0"),
            workarounds.Known("They print every order", State.FIXED, "4.2"),
            workarounds.Known("They mail the list to Ines", State.TOLD, "4.1", knows=True),
        ),
        (("Mara Lind", "buyer"),),
        3,
        (True, date(2026, 2, 20), date(2026, 3, 25)),
        "Ada",
        (6, LAST, "It is quick, once one has learnt it"),
        (Mood.MIXED, LAST),
    )
    yield "`/customer brightwater`", briefs.brief(known)
    yield "The working day before a visit", _first(briefs.ahead(known, TODAY, "How they count."))
    tested = briefs.ahead(known, TODAY, "", "", Hypothesis(1, BELIEF, MEASURE))
    yield "with the hypothesis that it tests", " ".join(_block(tested.blocks[1].to_dict()))
    rules = ground_rules.still_open(GroundRules(done=frozenset({Rule.DRAFTED})))
    yield "with the ground rules that are still open", rules
    yield "`/customer mill`", briefs.which([(MILL, "brightwater.example"), ("Mill and Sons", "")])
    yield "A name that nobody has", briefs.nobody("Millbright")
    for each in Closed:
        closed = replace(mill, closed=each, closed_because="They are moving house.", closed_on=LAST)
        yield f"Closed to visits: {each}", _first(briefs.brief(replace(known, customer=closed)))
    free = briefs.brief(replace(known, free_on=TODAY))
    yield "Free to visit", _first(free)
    yield "*Close to visits*", closings.form(mill)
    for each in (*Closed, None):
        yield f"*Close to visits*, saved: {each or 'free'}", closings.told(MILL, each)
    yield "Planning to see whoever has opted out", str(errors.CustomerOptedOut(MILL, "Ada"))
    yield "`/customer help`", briefs.usage()


def _surveys() -> Texts:
    mill = Customer(1, MILL, Stage.CUSTOMER)
    yield "*Ask for a score*, under `/customer NAME`", surveys.form(mill)
    letter = survey_words.letter(Language.ENGLISH, "Mara Lind", "Ada", LINK, LAST_DAY)
    handed = surveys.Handed("Mara Lind", MILL, letter, LAST_DAY, TODAY)
    yield "*Make the link*", surveys.handed(handed)
    yield "to whoever asks for it again", _first(surveys.handed(replace(handed, again=True)))
    before = surveys.Before("Mara Lind", "Bo", LAST, TODAY, False, FREE_AT, ZONE)
    for who, answered in (("Bo", False), ("Bo", True), ("", True)):
        told = surveys.before(replace(before, who=who, answered=answered))["person"]
        came = ", and answered" if answered else ""
        yield f"*Make the link*, asked before by {who or 'themselves'}{came}", told
    yield "A customer who is to be left alone", str(errors.LeftAlone(MILL, "Ada"))
    lacking = ["NIHITO_SECRET_KEY", "NIHITO_PUBLIC_URL, an https address"]
    yield "Before it is set up", str(errors.SurveysAway(lacking))
    yield "NoSuchPerson", str(errors.NoSuchPerson())
    answer = Answer(9, "It is quick, once one has learnt it.", may_call=True)
    yield "An answer, to whoever asked", surveys.answered("Mara Lind", MILL, answer, "+49 40 1234")
    bare = Answer(3, "", may_call=False)
    yield "An answer without a word", surveys.answered("Mara Lind", MILL, bare)
    yield "On Home, from five answers on", surveys.score_line(nps(Tally(16, 7, 6)))


def _pages() -> Texts:
    """What customers read: the message that a PM copies, and the page behind its link."""
    for language in Language:
        yield f"{language}: the message", _letter(language)
        words = survey_words.PAGES[language]
        most = survey_words.number(WHY_LENGTH, language)
        known = {"name": "Alderway", "most": most}
        for each in fields_of(words):
            sentence = getattr(words, each.name).format(**known)
            yield f"{language}: {each.name.replace('_', ' ')}", sentence


def _letter(language: Language) -> str:
    return survey_words.letter(language, "Mara Lind", "Ada", LINK, LAST_DAY)


def _debriefs() -> Texts:
    yield (
        "An hour after a planned visit, or the morning after",
        prompts.message(1, MILL, TODAY, TODAY),
    )
    yield "In its place, once it is written", prompts.written(MILL, TODAY, TODAY)
    form = debriefs.DebriefForm((1, MILL), TODAY, TODAY, Sheet("k"), digest_on=date(2026, 3, 20))
    yield "`/debrief`", debriefs.form(form)
    more = debriefs.unfolded(submitted(debriefs.form(form)))
    yield "`/debrief`, *Add more*", more
    yield "`/debrief`, *A pain*", debriefs.with_more(submitted(more), "debrief.add_pain")
    everything = replace(form, more=True, parts=dict.fromkeys(heard.Part, 1))
    yield "`/debrief`, with every part that can be added", debriefs.form(everything)
    yield (
        "`/debrief` of an interview after a loss",
        debriefs.form(replace(form, kind=VisitKind.LOSS_INTERVIEW)),
    )
    left = replace(form, typed=Draft(1, TODAY, "They print every order."), since=CAME, zone=ZONE)
    yield "`/debrief`, gone on with", debriefs.form(left)
    before = Debrief(1, 1, "U1", 1, MILL, TODAY, VisitKind.VIDEO, "They print every order.")
    yield (
        "`/debrief`, saved in another window meanwhile",
        debriefs.meanwhile(submitted(debriefs.form(form)), before),
    )
    yield "Saved from two windows", kept.again(MILL)
    words = unfinished.Left("k", MILL, "They print every order.", CAME)
    yield "The form is closed half-way", unfinished.closed(words)
    yield "*Throw away*", unfinished.thrown_away()
    yield "*Go on writing*, too late", unfinished.no_longer()
    for sharing in Sharing:
        news = kept.Kept(MILL, NEXT, sharing, AT, 1)
        yield f"Kept: {sharing}", kept.recorded(news, ZONE, TODAY)
    changed = kept.Kept(MILL, NEXT, Sharing.SHARE, AT, 1, changed=True, told=True)
    yield "Changed after the digest had told it", kept.recorded(changed, ZONE, TODAY)
    again = replace(form, sheet=Sheet("debrief:1", "", 1, None, 1), more=True)
    yield "*Change it*", debriefs.form(again)
    for held in (True, False):
        gone = kept.taken_back(MILL, NEXT, TODAY, took_place=held)
        yield f"Taken back: {'the words alone' if held else 'it never took place'}", gone
    yield "`/debrief help`", kept.usage()


def _promises() -> Texts:
    owed = Owed(1, "Send the roadmap, without dates.", "U1", "U2", 1, MILL, TODAY)
    yield "On its date, to whoever keeps it", promises.reminder(owed, TODAY)
    over = replace(owed, on=LAST)
    yield "to whoever was away on its date", promises.reminder(over, TODAY)
    yield "To whoever is to keep what another promised", promises.given(owed, "Ada Quill", TODAY)
    yield "*Kept*", promises.kept(owed)
    yield "*A week more*", promises.put_off(replace(owed, on=NEXT), TODAY)


def _workarounds() -> Texts:
    what = "They print every order and type it in again."
    row = workarounds.Row(1, what, (MILL, POST, ""), 4)
    fixed = workarounds.Row(2, "They count by feel", (TILES,), 1, State.FIXED, "4.2", 0, 1)
    known = workarounds.Page("", (row, fixed), 0, Share(5, 7))
    yield "*Workarounds*, on Home", workarounds.page(known)
    yield "and nothing waits", workarounds.page(workarounds.Page("", (), 0, Share(0, 0)))
    searched = workarounds.Page("scanner", (), 0, Share(0, 0))
    yield "and nothing is found", workarounds.page(searched)
    merged = (wholes.Merged(1, "Prints all orders to type them in", "Bo"),)
    left = replace(row, unasked=(POST,))
    seen = ((MILL, what), (POST, "Orders are printed, then typed in once more"))
    form = wholes.Form(left, seen, "1.1", merged)
    yield "*Change*", wholes.form(form)
    filled = submitted(wholes.form(form), state="planned", release="5.0")
    stands = replace(form, row=replace(row, state=State.FIXED, release="4.2"))
    yield "*Change*, when somebody else was faster", _notes(wholes.meanwhile(stands, filled))
    yield "*Change*, fixed in no release", wholes.IN_WHICH
    yield "*Change*, the same as one that is fixed too", str(errors.BothFixed())
    for error in (errors.NoSuchWorkaround, errors.NoSuchAsk):
        yield error.__name__, str(error())
    mill = fixes.Untold(1, MILL, what, LAST, VisitKind.ON_SITE, "Mara Lind")
    fix = fixes.Fix(what, "4.2", "Ada", TODAY, date(2026, 3, 23), (mill,))
    yield "Fixed: to each PM who saw it", fixes.message(fix)
    yield "seen by a colleague who has left", fixes.letter(replace(mill, by="Bo"), fix)
    yield "heard on the phone", fixes.letter(replace(mill, kind=VisitKind.PHONE, person=""), fix)
    yield "heard from somebody else", fixes.letter(replace(mill, kind=VisitKind.PROXY), fix)
    known_to = (fixes.Told(POST, TODAY),)
    yield "*I have told them*, one of two", fixes.message(replace(fix, told=known_to))
    yield "*I have told them*, all", fixes.message(replace(fix, untold=(), told=known_to))
    late = replace(fix, today=date(2026, 3, 23))
    yield "A week later, once", _first(fixes.message(late, late=True))
    yield "nobody is left to be told", fixes.message(replace(fix, untold=()))
    yield "its debrief is gone", fixes.message(replace(fix, what="", untold=()))
    yield "not fixed after all", fixes.message(replace(fix, back=True))
    yield "and somebody was told", fixes.message(replace(fix, back=True, told=known_to))


def _hypotheses() -> Texts:
    said = Verdicts({Verdict.SUPPORTS: 1, Verdict.CONTRADICTS: 1}, {Verdict.SUPPORTS: 1})
    many = Verdicts({Verdict.SUPPORTS: 5, Verdict.CONTRADICTS: 2, Verdict.UNCLEAR: 1})
    untested = Hypothesis(2, "Whoever has two warehouses counts by feel.", "", "U1")
    ended = Hypothesis(3, "They read our mails.", "One of ten.", "U1", Settled.REFUTED, LAST)
    row = tallies.Row(Hypothesis(1, BELIEF, MEASURE, "U1"), said)
    old = tallies.Row(ended, many)
    known = tallies.Page(TODAY, (tallies.Row(untested, Verdicts()), row), 0, (old,))
    yield "*Hypotheses*, on Home", tallies.page(known)
    yield "and there is none", tallies.page(tallies.Page(TODAY))
    yield "*State one*", tallies.form()
    yield "*State one*, left empty", _left_empty(tallies.form(), tallies.read)
    near, far, proxy = VisitKind.ON_SITE, VisitKind.VIDEO, VisitKind.PROXY
    supports, contradicts = Verdict.SUPPORTS, Verdict.CONTRADICTS
    behind = (
        tallies.Visit(supports, MILL, Stage.CUSTOMER, (), LAST, "Ada", near),
        tallies.Visit(contradicts, "", Stage.PROSPECT, ("Paper",), LAST, "Bo", far),
        tallies.Visit(supports, TILES, Stage.CUSTOMER, (), LAST, "Bo", proxy),
    )
    looked = tallies.Looked(row, "Ada", behind, TODAY)
    yield "*Look*", tallies.look(looked)
    yield "*Look*, for whoever stated it", tallies.look(replace(looked, own=True))
    yield "*Look*, once it is settled", tallies.look(tallies.Looked(old, "Ada", (), TODAY))
    for error in (errors.NoSuchHypothesis, errors.StatedAlready, errors.HypothesisSettled):
        yield error.__name__, str(error())


def _contacts() -> Texts:
    yield "`/contact`", contacts.form((1, MILL), "U1", TODAY)
    yield "Noted", contacts.recorded("Mara Lind", MILL, TODAY, TODAY)
    yield "`/contact help`", contacts.usage()
    counted = (flags.EvidenceLine("Mara Lind", Trait.MAIL, ((Measure.MAILS, 9),)),)
    yield "A flag, to the PM alone", flags.message(flags.FlagFacts(1, 1, MILL, counted, (POST,)))
    yield "*Thank you, noted*", flags.acknowledged(MILL)
    yield "*Not so*", flags.refuted(MILL)
    yield "Snoozed", flags.snoozed(MILL, AT, ZONE, TODAY)
    yield "The flag has gone", flags.gone(MILL)


def _digests() -> Texts:
    told = stories.Story(
        MILL,
        Stage.CUSTOMER,
        VisitKind.ON_SITE,
        date(2026, 3, 11),
        "They print every order and type it in again. Nobody has told us in six years.",
        "Ada",
        quote="We thought everybody did it that way.",
    )
    facts = stories.DigestFacts(date(2026, 3, 9), date(2026, 3, 15), TODAY, (told,))
    yield "In the team's channel, once a week", stories.digest(facts)
    yield "after a story was changed", stories.digest(facts, changed=True)
    yield "after all of them were taken back", stories.nothing_left()
    for fault in ChannelFault:
        yield f"To whoever chose the channel: {fault}", stories.channel_lost("stories", fault)


def _homes() -> Texts:
    facts = home.HomeFacts(
        TODAY,
        ZONE,
        NEXT,
        AT,
        (home.Booked(1, POST, NEXT, VisitKind.PHONE),),
        (home.Recent(1, MILL, LAST, Sharing.SHARE),),
        (TILES,),
        (
            Lean(Aspect.REGION, "North", 4, 5, 0.25),
            Lean(Aspect.STAGE, Stage.PROSPECT, 0, 5, 0.4),
        ),
        (home.Booked(2, MILL, date(2026, 3, 13), VisitKind.VIDEO, time(14)),),
    )
    yield "The app's Home", home.home(facts)
    yield "*Earlier ones*, of more than five", home.earlier(facts.debriefs, TODAY)
    yield "*Earlier ones*, once all are taken back", home.earlier((), TODAY)
    table = {
        Aspect.STAGE: [
            Lean(Aspect.STAGE, Stage.PROSPECT, 1, 6, 0.6),
            Lean(Aspect.STAGE, Stage.CUSTOMER, 5, 6, 0.4),
        ],
        Aspect.REGION: [Lean(Aspect.REGION, "North", 6, 6, 1.0)],
    }
    drawn = coverage.CoverageFacts(6, table, Great(3, 6, 0.04))
    yield "*Where you have been*", coverage.picture(drawn)
    yield "*Where you have been*, before any visit", coverage.picture(coverage.CoverageFacts(0, {}))
    counted = {Aspect.STAGE: {Stage.PROSPECT: 12, Stage.CUSTOMER: 8}, Aspect.REGION: {"North": 20}}
    said = {Aspect.STAGE: {Stage.PROSPECT: 60, Stage.CUSTOMER: 40}}
    yield "*Your market*, for an admin", markets.form(markets.MarketFacts(counted, said))
    yield "for a guest", home.turned_away(Refusal.GUEST)


def _faults() -> Texts:
    forms = (
        ("`/visit join`", visits.join_form(visits.JoinChoices(), ZONE), visits.read_join),
        ("*Plan a visit*", plans.form(None, TODAY), plans.read),
        ("`/contact`", contacts.form(None, "U1", TODAY), contacts.read),
        ("*Snooze*", nudges.snooze_form(1, TODAY), nudges.read_snooze_date),
    )
    for name, form, read in forms:
        yield f"{name}, left empty", _left_empty(form, read)
    market = markets.form(markets.MarketFacts({}, {}))
    for typed in ("everybody", "nobody 40", "prospects 40\nlost 40", "lost 40\nlost 60"):
        try:
            markets.read(submitted(market, stage=typed))
        except FormFault as fault:
            yield f"*Your market*, “{' / '.join(typed.splitlines())}”", fault.errors["stage"]
    for (field, fault), sentence in labels.FAULTS.items():
        yield f"`/debrief`, {labels.FIELDS[field].lower()}: {fault}", sentence
    for refused in (SnoozeInPast(), SnoozeTooFar()):
        yield f"*Snooze*: {type(refused).__name__}", nudges.snooze_errors(refused)["on"]
    for past in (Fault.IN_THE_FUTURE, Fault.TOO_OLD):
        yield f"`/contact`: {past}", contacts.date_errors(past)["on"]
    for where in ChannelFault:
        yield f"The story channel: {where}", visits.channel_errors(where)["channel"]
    yield "A plan in the past", plans.errors_past()["on"]
    yield "A plan too far ahead", plans.FAR
    yield "A text that is too long", fields.too_long(1000)
    yield "A form that could not be saved", fields.not_saved("1a2b3c4d")


def _notes(form: View) -> str:
    """What a form says above its fields."""
    return " ".join(_block(form.to_dict()["blocks"][0]))


def _last(known: ground_rules.Preparation) -> str:
    """What the form to prepare a visit says below its fields."""
    return " ".join(_block(ground_rules.form(known).to_dict()["blocks"][-1]))


def _left_empty(form: View, read: Callable[[Mapping[str, Any]], object]) -> str:
    """What a form says all of whose fields are empty."""
    inputs = [each["block_id"] for each in form.to_dict()["blocks"] if each["type"] == "input"]
    try:
        read(submitted(form, **dict.fromkeys(inputs)))
    except FormFault as fault:
        return " ".join(fault.errors.values())
    raise AssertionError("an empty form was taken")


def _mishaps() -> Texts:
    for refusal in Refusal:
        yield f"Turned away: {refusal}", access.refused(refusal)
    yield "Words that are not known", access.unknown_command("/visit")
    yield "Somebody new", access.one_moment()
    yield "The form came too late", access.too_late()
    yield "Slack is away", access.slack_away()
    yield "Something broke", access.went_wrong("1a2b3c4d")
    typed = "Brightwater Mill They print every order and type it in again."
    yield "Something broke at a long command", access.command_failed("1a2b3c4d", typed)
    for error in (errors.NoSuchCustomer, errors.NoSuchNudge, errors.NotYours, errors.NotJoined):
        yield error.__name__, str(error())


def replace_blocks(form: View, blocks: Sequence[Block]) -> View:
    """A form without what is on the page already."""
    form.blocks = list(blocks)
    return form


def _first(message: Message) -> Message:
    """A message without what its siblings on the page say too."""
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
