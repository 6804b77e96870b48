"""Surveys, as PMs see them: the form, the message to copy, and what was answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from slack_sdk.models.blocks import (
    ButtonElement,
    ExternalDataSelectElement,
    RichTextElementParts,
    RichTextPreformattedElement,
)
from slack_sdk.models.views import View

from bot.domain.customers import Customer
from bot.domain.surveys.nps import Nps
from bot.domain.surveys.rules import Answer, Language
from bot.views import block_kit as kit
from bot.views import form_fields as fields

OPEN = "survey.open"
ASK = "survey.ask"
PERSON = "survey.person"
KIND = "person"
LANGUAGES: Mapping[str, str] = {
    Language.ENGLISH: "English",
    Language.GERMAN: "German",
    Language.SPANISH: "Spanish",
    Language.FRENCH: "French",
}
YOURS = "I make the link and a message around it, and you send it."


@dataclass(frozen=True)
class SurveyDraft:
    """Whom to ask: a person's id, or a name to add at the customer; and in which language."""

    customer_id: int
    person_id: int | None
    new_person: str
    language: Language


@dataclass(frozen=True)
class Handed:
    """A message to copy, to whom it goes, and the last day on which its link can be used."""

    person: str
    customer: str
    text: str
    last: date
    today: date
    again: bool = False


@dataclass(frozen=True)
class Before:
    """Somebody who was asked before: by whom ("" for whoever asks now), on which local date.

    They are free again at `free_at` (aware UTC), which is told in `zone`.
    """

    person: str
    who: str
    on: date
    today: date
    answered: bool
    free_at: datetime
    zone: str


def button(customer: Customer) -> ButtonElement:
    """What stands under the brief of a customer who may be asked."""
    return ButtonElement(text="Ask for a score", action_id=OPEN, value=str(customer.id))


def customer_id(body: fields.Payload) -> int:
    """The customer whose button was pressed."""
    return int(body["actions"][0]["value"])


def form(customer: Customer, where: str = "") -> View:
    """The form; `where` is a response URL to answer to, or ""."""
    person = ExternalDataSelectElement(
        action_id=PERSON, placeholder="Type a name", min_query_length=0
    )
    name = kit.bold(kit.one_line(customer.name))
    return View(
        type="modal",
        callback_id=ASK,
        title="Ask for a score",
        submit="Make the link",
        close="Cancel",
        private_metadata=fields.pack(customer=customer.id, where=where or None),
        blocks=[
            kit.rich(kit.paragraph("One question to somebody at ", name, f". {YOURS}")),
            fields.field("person", "Whom do you ask?", person),
            fields.field(
                "language",
                "Language of the message",
                fields.select_element(LANGUAGES, Language.ENGLISH),
                hint="The page speaks the language of their browser.",
            ),
        ],
    )


def options(found: Sequence[fields.Found], typed: str) -> dict[str, list[dict[str, Any]]]:
    """The answer to a search among the people of the customer."""
    return fields.found_answer(KIND, found, typed, "Add “{name}” as a new person")


def form_customer(body: fields.Payload) -> int:
    """The customer whose people are searched, from the form in which somebody types."""
    return int(fields.unpack(body["view"])["customer"])


def read(view: fields.Payload) -> SurveyDraft:
    """Whom to ask; raises FormFault with a sentence for each field that is missing."""
    person_id, new_person = fields.read_found(view, "person", KIND)
    language = fields.code(view, "language")
    chosen = person_id is not None or new_person
    if not (chosen and language):
        raise fields.missing(
            person=(chosen, "Choose a person, or add a new one."),
            language=(language, "Choose a language."),
        )
    return SurveyDraft(fields.unpack(view)["customer"], person_id, new_person, Language(language))


def not_saved(reference: str) -> dict[str, str]:
    """The sentence for a form that stays open because saving failed, by block id."""
    return {"person": fields.not_saved(reference)}


def handed(known: Handed) -> kit.Message:
    """The message, ready to copy."""
    who = f"{kit.one_line(known.person)} of {kit.one_line(known.customer)}"
    opening = f"A question to {who}. Copy it, change what you like, and send it as you write to "
    opening += "them otherwise."
    if known.again:
        opening = f"Here is your question to {who} again. The link is the same."
    ready = RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=known.text)])
    until = f"The link works once, until {kit.day(known.last, known.today)}. "
    until += "I tell you when they have answered."
    blocks = kit.rich(kit.paragraph(opening), ready), kit.small(until)
    return kit.message(f"{opening} {known.text} {until}", *blocks)


def before(known: Before) -> dict[str, str]:
    """The sentence at a person who was asked before, by block id."""
    person, on = kit.one_line(known.person), kit.day(known.on, known.today)
    who = kit.capitalised(kit.one_line(known.who)) if known.who else "You"
    came = ", and they have answered" if known.answered else ""
    free = kit.moment(known.free_at, known.zone, known.today)
    again = f"Nobody is asked twice in 90 days: they can be asked again from {free}."
    return {"person": f"{who} asked {person} on {on}{came}. {again}"}


def answered(person: str, customer: str, answer: Answer, phone: str | None = None) -> kit.Message:
    """What the PM who asked is told; `phone` is the person's number, if it is known."""
    who = f"{kit.one_line(person)} of {kit.one_line(customer)}"
    opening = f"{who} has answered: {answer.score} of 10."
    call = _call(phone) if answer.may_call else ""
    quoted = [kit.quote(answer.why)] if answer.why else []
    parts = [kit.paragraph(opening), *quoted, *([kit.paragraph(call)] if call else [])]
    spoken = " ".join(each for each in (opening, answer.why, call) if each)
    return kit.message(spoken, kit.rich(*parts))


def _call(phone: str | None) -> str:
    number = f" ({kit.one_line(phone)})" if phone and phone.strip() else ""
    return f"You may call them{number}. Within a week they still know why they said so."


def score_line(known: Nps) -> str:
    """The NPS of a PM's customers in one line."""
    score, margin = round(known.score), round(known.margin)
    signed = f"{score:+d}".replace("-", "\N{MINUS SIGN}") if score else "0"
    return (
        f"NPS of your customers in the last 90 days: {signed}, give or take {margin} "
        f"({kit.several(known.answers, 'answer', 'answers')})"
    )
