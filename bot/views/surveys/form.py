"""Surveys as PMs see them: the form, the message to copy, and what was answered."""

from collections.abc import Mapping, Sequence
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
from bot.domain.surveys.rules import (
    AlreadyAsked,
    Language,
    SurveyAnswer,
    SurveyDraft,
    SurveyLink,
)
from bot.views import block_kit, form_fields
from bot.views.surveys import texts

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
LINK_HINT = "I make the link and a message around it, and you send it."


def ask_button(customer: Customer) -> ButtonElement:
    """Build the button below the brief of a customer who may be asked."""
    return ButtonElement(text="Ask for a score", action_id=OPEN, value=str(customer.id))


def parse_customer_id(body: form_fields.Payload) -> int:
    """Parse the customer that a button belongs to."""
    return int(body["actions"][0]["value"])


def render_form(customer: Customer, reply_to: str = "") -> View:
    """Render the form; `reply_to` is a response URL to answer to, or ""."""
    person = ExternalDataSelectElement(
        action_id=PERSON, placeholder="Type a name", min_query_length=0
    )
    name = block_kit.bold(block_kit.one_line(customer.name))
    return View(
        type="modal",
        callback_id=ASK,
        title="Ask for a score",
        submit="Make the link",
        close="Cancel",
        private_metadata=form_fields.pack_metadata(customer=customer.id, where=reply_to or None),
        blocks=[
            block_kit.rich_text(
                block_kit.paragraph("One question to somebody at ", name, f". {LINK_HINT}")
            ),
            form_fields.input_block("person", "Whom do you ask?", person),
            form_fields.input_block(
                "language",
                "Language of the message",
                form_fields.select_element(LANGUAGES, Language.ENGLISH),
                hint="The page speaks the language of their browser.",
            ),
        ],
    )


def options(
    found: Sequence[form_fields.SearchMatch], typed: str
) -> dict[str, list[dict[str, Any]]]:
    """Build the response to a search among the people of the customer."""
    return form_fields.options_response(KIND, found, typed, "Add “{name}” as a new person")


def parse_form_customer(body: form_fields.Payload) -> int:
    """Parse the customer whose people are searched, from the form that is typed into."""
    return int(form_fields.unpack_metadata(body["view"])["customer"])


def parse_draft(view: form_fields.Payload) -> SurveyDraft:
    """Parse the person to ask; raise `FormError` with a sentence for each missing field."""
    person_id, new_person = form_fields.parse_choice(view, "person", KIND)
    language = form_fields.get_code(view, "language")
    chosen = person_id is not None or new_person
    if not (chosen and language):
        raise form_fields.form_error(
            person=(chosen, "Choose a person, or add a new one."),
            language=(language, "Choose a language."),
        )
    return SurveyDraft(
        form_fields.unpack_metadata(view)["customer"], person_id, new_person, Language(language)
    )


def not_saved_errors(reference: str) -> dict[str, str]:
    """Return the error for a form that stays open because saving failed, by block id."""
    return {"person": form_fields.not_saved_text(reference)}


def survey_message(known: SurveyLink) -> block_kit.Message:
    """Build the message, ready to copy."""
    who = f"{block_kit.one_line(known.person)} of {block_kit.one_line(known.customer)}"
    opening = f"A question to {who}. Copy it, change what you like, and send it as you write to "
    opening += "them otherwise."
    if known.repeated:
        opening = f"Here is your question to {who} again. The link is the same."
    text = texts.invitation_text(known.language, known.person, known.pm, known.link, known.last_day)
    ready = RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=text)])
    until = f"The link works once, until {block_kit.format_day(known.last_day, known.today)}. "
    until += "I tell you when they have answered."
    blocks = block_kit.rich_text(block_kit.paragraph(opening), ready), block_kit.context(until)
    return block_kit.message(f"{opening} {text} {until}", *blocks)


def already_asked_errors(known: AlreadyAsked) -> dict[str, str]:
    """Return the sentence at a person who was asked before, by block id."""
    person, on = block_kit.one_line(known.person), block_kit.format_day(known.on, known.today)
    who = block_kit.capitalize(block_kit.one_line(known.asked_by)) if known.asked_by else "You"
    answered = ", and they have answered" if known.answered else ""
    free = block_kit.format_moment(known.free_at, known.zone, known.today)
    again = f"Nobody is asked twice in 90 days: they can be asked again from {free}."
    return {"person": f"{who} asked {person} on {on}{answered}. {again}"}


def answered_message(
    person: str, customer: str, answer: SurveyAnswer, phone: str | None = None
) -> block_kit.Message:
    """Build the message to the PM who asked; `phone` is the person's number, if it is known."""
    who = f"{block_kit.one_line(person)} of {block_kit.one_line(customer)}"
    opening = f"{who} has answered: {answer.score} of 10."
    call = _call(phone) if answer.may_call else ""
    quoted = [block_kit.quote(answer.why)] if answer.why else []
    parts = [block_kit.paragraph(opening), *quoted, *([block_kit.paragraph(call)] if call else [])]
    text = " ".join(each for each in (opening, answer.why, call) if each)
    return block_kit.message(text, block_kit.rich_text(*parts))


def _call(phone: str | None) -> str:
    number = f" ({block_kit.one_line(phone)})" if phone and phone.strip() else ""
    return f"You may call them{number}. Within a week they still know why they said so."


def score_line(known: Nps) -> str:
    """Return the NPS of a PM's customers in one line."""
    score, margin = round(known.score), round(known.margin)
    signed = f"{score:+d}".replace("-", "\N{MINUS SIGN}") if score else "0"
    return (
        f"NPS of your customers in the last 90 days: {signed}, give or take {margin} "
        f"({block_kit.pluralize(known.answers, 'answer', 'answers')})"
    )
