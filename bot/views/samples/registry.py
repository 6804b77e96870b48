"""The registry of samples: every message, view and text of the bot, declared once."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from bot.views.samples import (
    calendars,
    contacts,
    customers,
    debriefs,
    faults,
    home,
    hypotheses,
    notes,
    nudges,
    staff,
    stories,
    surveys,
    visits,
    workarounds,
)
from bot.views.samples.sample import ORDINARY, Sample, SampleData, Samples, Surface

Build = Callable[[SampleData], Samples]

# The sections of the page of texts, in the order in which a PM meets them.
SECTIONS: Mapping[str, Build] = {
    "Joining": staff.joining,
    "The nudge": nudges.nudges,
    "What stands in a nudge's place": nudges.replacements,
    "What is in the way": nudges.barriers,
    "The question after three nudges without an answer": nudges.questions,
    "A note that asks for nothing": notes.notes,
    "Planning a visit": visits.plans,
    "/visit": staff.commands,
    "/visit why": nudges.explanations,
    "A PM's calendar": calendars.calendars,
    "/customer": customers.briefs,
    "Surveys": surveys.surveys,
    "What customers read": surveys.pages,
    "The debrief": debriefs.debriefs,
    "Promises": debriefs.owed_promises,
    "Workarounds": workarounds.workarounds,
    "Hypotheses": hypotheses.hypotheses,
    "Contacts and flags": contacts.contacts,
    "The digest": stories.digests,
    "Home": home.home,
    "Forms that need another look": faults.faults,
    "Refusals and mishaps": staff.mishaps,
}
# What the page leaves out: it differs from what is there in nothing that is read.
UNLISTED: Mapping[str, Build] = {
    "A planned visit": visits.unlisted,
    "A customer": customers.unlisted,
    "A survey": surveys.unlisted,
    "A debrief": debriefs.unlisted,
    "A workaround": workarounds.unlisted,
    "A hypothesis": hypotheses.unlisted,
    "A contact": contacts.unlisted,
    "Other homes": home.unlisted,
    "Settings": staff.unlisted,
}
# Beside ordinary data, the longest allowed: with characters that are escaped, or count double.
DATA: Mapping[str, SampleData] = {
    "ordinary": ORDINARY,
    "longest": SampleData("Donaudampfschifffahrtsgesellschaft & <Söhne> 顧客 👩‍🚀 ", 120),
}
VALIDATED = (Surface.MESSAGE, Surface.MODAL, Surface.HOME)


def samples(data: SampleData) -> Iterator[Sample]:
    """Yield every sample, filled with some data, under a name of its own."""
    for title, build in {**SECTIONS, **UNLISTED}.items():
        for sample in build(data):
            yield replace(sample, name=f"{title}: {sample.name}")


def validated_samples() -> Iterator[tuple[str, Sample]]:
    """Yield each message and view with the name of its data; once if no data is in it."""
    seen = set()
    for name, data in DATA.items():
        for sample in samples(data):
            sent = json.dumps(sample.payload)
            if sample.surface in VALIDATED and sent not in seen:
                seen.add(sent)
                yield name, sample
