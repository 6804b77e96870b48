"""Samples of contacts and flags."""

from bot.domain.contacts.events import PERSON_NAME_LENGTH
from bot.domain.contacts.flags import EvidenceLine, FlagFacts
from bot.domain.contacts.traits import Measure, Trait
from bot.views.contacts import flag_message, form
from bot.views.samples.sample import (
    MILL,
    NEXT_NUDGE,
    POST,
    TODAY,
    Sample,
    SampleData,
    Samples,
)


def contacts(data: SampleData) -> Samples:
    """Yield the form for a contact, and flags with what replaces them."""
    mill = data.name(MILL)
    yield Sample("`/contact`", form.render_form((data.either(1, None), mill), "U1", TODAY))
    on = data.day(TODAY)
    yield Sample("Noted", form.recorded_message(_person(data), mill, on, TODAY))
    yield Sample("`/contact help`", form.usage())
    yield Sample("A flag, to the PM alone", flag_message.render_message(_flag_facts(data)))
    yield Sample("*Thank you, noted*", flag_message.acknowledged_message(mill))
    yield Sample("*Not so*", flag_message.refuted_message(mill))
    yield Sample("Snoozed", flag_message.snoozed_message(mill, NEXT_NUDGE, data.zone, TODAY))
    yield Sample("The flag has gone", flag_message.ended_message(mill))


def unlisted(data: SampleData) -> Samples:
    """Yield the responses to a search for a person."""
    found = data.many([(1, "Mara Lind", MILL)], lambda id: (id, _person(data), data.place(MILL)))
    yield Sample("People", form.options(found, data.name("ines")))


def _person(data: SampleData) -> str:
    return data.text("Mara Lind", PERSON_NAME_LENGTH)


def _flag_facts(data: SampleData) -> FlagFacts:
    person, mill = _person(data), data.name(MILL)
    counts = data.either(((Measure.MAILS, 9),), tuple((each, 10**6) for each in Measure))
    line = EvidenceLine(person, Trait.MAIL, counts)
    return FlagFacts(
        data.id(1),
        data.id(1),
        mill,
        (line,) * (data.size + 1),
        data.many([POST], lambda _: mill, most=3),
    )
