"""Samples of debriefs: the form, its drafts and confirmations, and promises."""

from dataclasses import replace
from datetime import date
from typing import Any

from bot.domain.customers import NEW_NAME_LENGTH
from bot.domain.debriefs.facts import DebriefForm, SavedDraftLine
from bot.domain.debriefs.promises import OwedPromise
from bot.domain.debriefs.rules import (
    STORY_LENGTH,
    TEXTS,
    WORKAROUND_LENGTH,
    Debrief,
    Draft,
    FormSession,
    Frequency,
    Mood,
    ReportedWorkaround,
    Sharing,
)
from bot.domain.debriefs.sections import (
    ANSWER_LENGTH,
    MAX_ENTRIES,
    PAIN_LENGTH,
    PROMISE_LENGTH,
    SUBJECT_LENGTH,
    THEME_LENGTH,
    Answer,
    DealDecision,
    DealReason,
    HypothesisVerdict,
    Pain,
    PainWeight,
    Promise,
    Section,
)
from bot.domain.visits.rules import VisitKind
from bot.views.debriefs import (
    confirmations,
    form,
    form_sections,
    promises,
    saved_drafts,
    theme_field,
)
from bot.views.samples.payloads import submitted
from bot.views.samples.sample import (
    LAST_NUDGE,
    LAST_VISIT,
    LONG_DATE,
    MILL,
    NEXT_DUE,
    NEXT_NUDGE,
    TODAY,
    Sample,
    SampleData,
    Samples,
)
from bot.views.samples.visits import response_url
from bot.views.visits import prompt

STORY = "They print every order."
# As long as the column holds.
LONG_KEY = "k" * 120
COMPANIONS = tuple(f"U{count:07}" for count in range(10))


def debriefs(data: SampleData) -> Samples:
    """Yield the prompt, the form in all its states, and what is said once it is saved."""
    mill, on, id = data.name(MILL), data.day(TODAY), data.id(1)
    asked = prompt.render_message(id, mill, on, TODAY)
    yield Sample("An hour after a planned visit, or the morning after", asked)
    written = prompt.debriefed_message(mill, on, TODAY)
    yield Sample("In its place, once it is written", written)
    yield from _forms(data)
    yield from _drafts(data)
    yield from _confirmations(data)
    yield Sample("`/debrief help`", confirmations.usage())


def _forms(data: SampleData) -> Samples:
    blank = _blank(data)
    opened = form.render_form(blank)
    yield Sample("`/debrief`", opened)
    more = form.render_expanded(submitted(opened))
    yield Sample("`/debrief`, *Add more*", more)
    pain = form.render_with_section(submitted(more), "debrief.add_pain")
    yield Sample("`/debrief`, *A pain*", pain)
    sections = dict.fromkeys(Section, 1)
    most = {**sections, **dict.fromkeys(form_sections.REPEATABLE, data.either(1, MAX_ENTRIES))}
    everything = form.render_form(replace(blank, expanded=True, sections=most))
    yield Sample("`/debrief`, with every part that can be added", everything)
    loss = form.render_form(replace(blank, kind=VisitKind.LOSS_INTERVIEW))
    yield Sample("`/debrief` of an interview after a loss", loss)
    typed = data.either(Draft(1, TODAY, STORY), full_draft(data))
    left = replace(blank, typed=typed, left_at=LAST_NUDGE, zone=data.zone)
    yield Sample("`/debrief`, gone on with", form.render_form(left))
    words = data.text(STORY, STORY_LENGTH)
    saved = Debrief(1, 1, "U1", MILL, Draft(1, TODAY, words))
    conflict = form.render_conflict(submitted(opened), saved)
    yield Sample("`/debrief`, saved in another window meanwhile", conflict)


def _drafts(data: SampleData) -> Samples:
    mill = data.name(MILL)
    twice = confirmations.already_saved_message(mill)
    yield Sample("Saved from two windows", twice)
    story = data.text(STORY, STORY_LENGTH)
    words = SavedDraftLine(data.either("k", LONG_KEY), mill, story, LAST_NUDGE)
    yield Sample("The form is closed half-way", saved_drafts.form_closed_message(words))
    yield Sample("*Throw away*", saved_drafts.discarded_message())
    yield Sample("*Go on writing*, too late", saved_drafts.no_longer_saved_message())


def _confirmations(data: SampleData) -> Samples:
    mill, due, confirmation = data.name(MILL), data.day(NEXT_DUE), confirmations.DebriefConfirmation
    sentences = data.either(0, 9)
    for sharing in Sharing:
        saved = confirmation(mill, due, sharing, NEXT_NUDGE, data.id(1), sentences=sentences)
        yield Sample(f"Kept: {sharing}", confirmations.saved_message(saved, data.zone, TODAY))
    changed = confirmation(
        mill, due, Sharing.SHARE, NEXT_NUDGE, data.id(1), changed=True, posted=True
    )
    told = confirmations.saved_message(changed, data.zone, TODAY)
    yield Sample("Changed after the digest had told it", told)
    yield Sample("*Change it*", form.render_form(_change_form(data)))
    for held in (True, False):
        gone = confirmations.render_withdrawn(mill, due, TODAY, took_place=held)
        yield Sample(f"Taken back: {'the words alone' if held else 'it never took place'}", gone)


def unlisted(data: SampleData) -> Samples:
    """Yield the form with a text that is too long for it, and the responses to a search."""
    overflow = data.text(STORY, form.OVERFLOW_MAX_CHARS)
    blank = DebriefForm(None, TODAY, TODAY, FormSession("k"), overflow=overflow)
    yield Sample("`/debrief`, with more than fits", form.render_form(blank))
    expanded = form.render_expanded(submitted(form.render_form(blank)))
    asked = form.render_for_kind(submitted(expanded, kind="loss_interview"))
    if asked:
        yield Sample("`/debrief`, once it is an interview after a loss", asked)
    themes = data.many(["prices"], lambda number: f"{data.text('', THEME_LENGTH - 4)}{number:4}")
    yield Sample("Themes", theme_field.options(themes, data.name("stock")))


def owed_promises(data: SampleData) -> Samples:
    """Yield promises: assigned, due, kept and put off."""
    owed = owed_promise(data, data.id(1))
    reminder = promises.reminder_message(owed, TODAY)
    yield Sample("On its date, to whoever keeps it", reminder)
    over = promises.reminder_message(replace(owed, on=data.day(LAST_VISIT)), TODAY)
    yield Sample("to whoever was away on its date", over)
    assigned = promises.assigned_message(owed, data.staff("Ada Quill"), TODAY)
    yield Sample("To whoever is to keep what another promised", assigned)
    yield Sample("*Kept*", promises.kept_message(owed))
    postponed = promises.postponed_message(replace(owed, on=data.day(NEXT_DUE)), TODAY)
    yield Sample("*A week more*", postponed)


def owed_promise(data: SampleData, id: int) -> OwedPromise:
    """Build a promise that is due today."""
    what = data.text("Send the roadmap, without dates.", PROMISE_LENGTH)
    return OwedPromise(id, what, "U1", "U2", 1, data.name(MILL), data.day(TODAY))


def _blank(data: SampleData) -> DebriefForm:
    session = FormSession(data.either("k", LONG_KEY), visit_id=data.either(None, data.id(1)))
    return DebriefForm(
        (1, data.name(MILL)),
        TODAY,
        TODAY,
        session,
        reply_to=response_url(data),
        digest_on=data.day(date(2026, 3, 20)),
    )


def _change_form(data: SampleData) -> DebriefForm:
    session = FormSession("debrief:1", "", 1, None, 1)
    again = replace(_blank(data), session=session, expanded=True)
    return data.either(again, full_form(data))


def full_form(data: SampleData) -> DebriefForm:
    """Build the form that changes a debrief, with every field filled."""
    draft = full_draft(data)
    return DebriefForm(
        (None, draft.new_customer),
        TODAY,
        TODAY,
        FormSession(LONG_KEY, visit_id=data.id(1), debrief_id=data.id(1)),
        expanded=True,
        nudge_id=data.id(1),
        reply_to=response_url(data),
        typed=draft,
        digest_on=LONG_DATE,
        hypothesis=(None, draft.new_hypothesis),
    )


def full_draft(data: SampleData) -> Draft:
    """Build a draft with every field filled."""
    words = data.text(STORY, WORKAROUND_LENGTH)
    pain = Pain(data.text(STORY, PAIN_LENGTH), PainWeight.COSTLY, data.text("", THEME_LENGTH))
    promise = Promise(data.text(STORY, PROMISE_LENGTH), "U1", LONG_DATE)
    answer = Answer(data.text(STORY, SUBJECT_LENGTH), data.text(STORY, ANSWER_LENGTH))
    texts: dict[str, Any] = {
        name: data.text(STORY, limit.max_length) for name, limit in TEXTS[Draft].items()
    }
    return Draft(
        customer_id=None,
        new_customer=data.text(MILL, NEW_NAME_LENGTH),
        on=LONG_DATE,
        kind=VisitKind.LOSS_INTERVIEW,
        workarounds=(ReportedWorkaround(words, words, Frequency.WEEKLY),) * MAX_ENTRIES,
        mood=Mood.MIXED,
        nps=0,
        pains=(pain,) * MAX_ENTRIES,
        promises=(promise,) * MAX_ENTRIES,
        answers=(answer,) * MAX_ENTRIES,
        decision=DealDecision.LOST,
        reasons=tuple(DealReason),
        companions=COMPANIONS,
        picture="F0000001",
        new_hypothesis=data.text(STORY, NEW_NAME_LENGTH),
        verdict=HypothesisVerdict.UNCLEAR,
        sharing=Sharing.NO_NAME,
        **texts,
    )
