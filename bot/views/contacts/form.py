"""The form to record a contact: that a person contacted staff."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from slack_sdk.models.blocks import ExternalDataSelectElement, UserSelectElement
from slack_sdk.models.views import View

from bot.domain.contacts.events import SUBJECT_LENGTH, ContactDraft
from bot.domain.contacts.traits import Channel
from bot.domain.customers import CustomerChoice
from bot.domain.debriefs.sections import Fault
from bot.views import block_kit, form_fields, labels
from bot.views.customers import fields as customers

CALLBACK = "contact.record"
PERSON = "contact.person"
KIND = "person"
DATES: Mapping[Fault, str] = {
    Fault.MISSING: "Choose a date.",
    Fault.IN_THE_FUTURE: "This date is in the future. Choose today or an earlier day.",
    Fault.TOO_OLD: "This date is more than a year ago. Choose a later one.",
}


def render_form(
    customer: CustomerChoice | None, actor_id: str, today: date, *, reply_to: str = ""
) -> View:
    """Render the form; `actor_id` is the Slack id of the colleague most likely contacted.

    `reply_to` is a response URL to answer to, or "".
    """
    staff = UserSelectElement(
        action_id=form_fields.DEFAULT_ACTION,
        placeholder="Choose a colleague",
        initial_user=actor_id,
    )
    return View(
        type="modal",
        callback_id=CALLBACK,
        title="Note a contact",
        submit="Save",
        close="Cancel",
        private_metadata=form_fields.pack_metadata(where=reply_to or None),
        blocks=[
            form_fields.input_block("person", "Who reached for us?", person_select()),
            customers.customer_field(customer, optional=True),
            form_fields.input_block(
                "channel", "By which way?", form_fields.select_element(labels.CONTACT_CHANNELS)
            ),
            form_fields.input_block("staff", "Whom did they reach?", staff),
            form_fields.input_block("on", "When?", form_fields.date_element(today)),
            form_fields.input_block(
                "subject", "About what?", form_fields.text_element(SUBJECT_LENGTH), optional=True
            ),
        ],
    )


def person_select() -> ExternalDataSelectElement:
    """Build the list of people to search by typing."""
    return ExternalDataSelectElement(
        action_id=PERSON, placeholder="Type a name", min_query_length=0
    )


def options(
    found: Sequence[form_fields.SearchMatch], typed: str
) -> dict[str, list[dict[str, Any]]]:
    """Build the response to a search: ids, names and customers of the people found.

    Two people may have one name, so the name typed is always offered as a new one.
    """
    return form_fields.options_response(
        KIND, found, typed, "Add “{name}” as a new person", shared_names=True
    )


def parse_draft(view: form_fields.Payload) -> ContactDraft:
    """Parse the contact; raise `FormError` with a sentence for each missing field.

    A new person needs a customer to belong to; a known one brings theirs.
    """
    customer_id, new_customer = customers.parse_customer(view)
    person_id, new_person = form_fields.parse_choice(view, "person", KIND)
    channel, on = form_fields.get_code(view, "channel"), form_fields.get_date(view, "on")
    staff = form_fields.element_state(view, "staff").get("selected_user")
    has_customer = not new_person or customer_id is not None or new_customer
    has_person = person_id is not None or new_person
    subject = form_fields.get_text(view, "subject")
    short = len(subject) <= SUBJECT_LENGTH
    if not (has_person and has_customer and channel and staff and on and short):
        raise form_fields.form_error(
            person=(has_person, "Choose a person, or add a new one."),
            customer=(has_customer, "A new person needs a customer: choose one, or add it."),
            channel=(channel, "Choose by which way."),
            staff=(staff, "Choose whom they reached."),
            on=(on, DATES[Fault.MISSING]),
            subject=(short, form_fields.too_long_text(SUBJECT_LENGTH)),
        )
    return ContactDraft(
        customer_id=customer_id,
        new_customer=new_customer,
        person_id=person_id,
        new_person=new_person,
        channel=Channel(channel),
        staff_id=staff,
        on=on,
        subject=subject,
    )


def date_fault_errors(fault: Fault) -> dict[str, str]:
    """Return the error for a contact that can't have happened on that date, by block id."""
    return {"on": DATES[fault]}


def not_saved_errors(reference: str) -> dict[str, str]:
    """Return the error for a form that stays open because saving failed; its text stays."""
    return {"subject": form_fields.not_saved_text(reference)}


def recorded_message(person: str, customer: str, on: date, today: date) -> block_kit.Message:
    """Build the message for a user who has recorded a contact."""
    who = f"{block_kit.one_line(person)} of {block_kit.one_line(customer)}"
    return block_kit.text_message(f"Noted: {who}, {block_kit.format_day(on, today)}.")


def usage() -> block_kit.Message:
    """Build the reply to `/contact help`."""
    return block_kit.text_message(
        block_kit.code("/contact"),
        " notes that somebody at a customer wrote to you, called you or asked you for support. ",
        block_kit.code("/contact NAME"),
        " fills in the customer for you.",
    )
