"""Samples of notes that ask for nothing."""

from dataclasses import replace
from datetime import date

from bot.domain.notes import NoteCandidate, NoteOfferFacts
from bot.domain.staff.pms import JoinChoices
from bot.domain.visits.rules import VisitKind
from bot.views import notes as views
from bot.views.samples.sample import (
    LAST_VISIT,
    MILL,
    Sample,
    SampleData,
    Samples,
    fields_of_form,
)
from bot.views.staff import settings_form


def notes(data: SampleData) -> Samples:
    """Yield the offers of a note, and what replaces them."""
    mill, render = data.name(MILL), views.render_message
    known = NoteCandidate(data.id(1), data.day(LAST_VISIT), VisitKind.ON_SITE)
    person, pm = data.name("Mara Lind"), data.staff("Ada")
    note = NoteOfferFacts(data.id(1), mill, known, person, pm, date(2026, 4, 13))
    yield Sample("Once a month", render(note))
    last_year = replace(note, candidate=replace(known, visited_on=date(2025, 11, 24)))
    for name, on in (("On 13 February", 13), ("On the days before", 12)):
        yield Sample(name, render(replace(last_year, today=date(2026, 2, on))))
    phone = replace(note, candidate=replace(known, kind=VisitKind.PHONE), person="")
    yield Sample("After a call, with nobody whose name is known", render(phone))
    yield Sample("*Somebody else*, and nobody is left", render(replace(note, is_last=True)))
    yield Sample("*I have sent it*", views.sent_message(mill))
    yield Sample("*No more of these*", views.stopped_message())
    again = views.resume_fields()
    choices = JoinChoices()
    form = settings_form.render_join_form(choices, data.zone, joined=True, more_fields=again)
    yield fields_of_form("`/visit settings`, for whoever has pressed it", form, again)
