"""Contact permissions: whether a customer may be visited, by our wish or by theirs."""

from collections.abc import Mapping

from slack_sdk.models.blocks import ActionsBlock, ButtonElement
from slack_sdk.models.views import View

from bot.domain.customers import ContactPermissionChoices, Customer
from bot.domain.visits.caps import NoContactReason
from bot.views import block_kit, form_fields

OPEN_FORM = "customer.close"
SAVE = "customer.closed"
FREE = "free"
REASON_LENGTH = 500
CHOICES: Mapping[str, tuple[str, str]] = {
    FREE: ("Free to visit", "Within the caps that hold for everybody."),
    NoContactReason.DO_NOT_CONTACT: (
        "Do not contact",
        "They are suggested to nobody. A plan takes a reason.",
    ),
    NoContactReason.OPTED_OUT: ("Opted out", "They asked not to be visited. Nobody can plan to."),
}
CONFIRMATIONS: Mapping[NoContactReason | None, str] = {
    None: "{} is free to visit again.",
    NoContactReason.DO_NOT_CONTACT: "{} is to be left alone: they are suggested to nobody.",
    NoContactReason.OPTED_OUT: "{} has opted out: nobody can plan to see them.",
}


def permission_buttons(customer: Customer, *more: ButtonElement) -> ActionsBlock:
    """Build the buttons below a brief that someone asked for: `more`, and then this one."""
    text = "Open to visits" if customer.closed else "Close to visits"
    close = ButtonElement(text=text, action_id=OPEN_FORM, value=str(customer.id))
    return ActionsBlock(block_id=f"customer:{customer.id}", elements=[*more, close])


def parse_customer_id(body: form_fields.Payload) -> int:
    """Parse the customer that a button belongs to."""
    return int(body["actions"][0]["value"])


def render_form(customer: Customer, reply_to: str = "") -> View:
    """Render the form, with what the button offered already chosen."""
    chosen = FREE if customer.closed else NoContactReason.DO_NOT_CONTACT
    reason = form_fields.text_element(REASON_LENGTH, customer.closed_because or "", multiline=True)
    return View(
        type="modal",
        callback_id=SAVE,
        title="May they be visited?",
        submit="Save",
        close="Cancel",
        private_metadata=form_fields.pack_metadata(customer=customer.id, where=reply_to or None),
        blocks=[
            block_kit.rich_text(
                block_kit.paragraph(block_kit.bold(block_kit.one_line(customer.name)))
            ),
            form_fields.input_block(
                "why", "From now on", form_fields.radio_element(CHOICES, chosen)
            ),
            form_fields.input_block(
                "because",
                "Why?",
                reason,
                optional=True,
                hint="PMs read it, with your name, when they look this customer up.",
            ),
        ],
    )


def parse_choices(view: form_fields.Payload) -> ContactPermissionChoices:
    """Parse the choices; raise `FormError` with a sentence for each wrong field."""
    why, reason = form_fields.get_code(view, "why"), form_fields.get_text(view, "because")
    if why is None:
        raise block_kit.FormError({"why": "Choose one of the three."})
    if why != FREE and not reason:
        raise block_kit.FormError({"because": "Say why, so that others know when it has passed."})
    if len(reason) > REASON_LENGTH:
        raise block_kit.FormError({"because": form_fields.too_long_text(REASON_LENGTH)})
    closed = None if why == FREE else NoContactReason(why)
    return ContactPermissionChoices(
        form_fields.unpack_metadata(view)["customer"], closed, reason if closed else ""
    )


def not_saved_errors(reference: str) -> dict[str, str]:
    """Return the error for a form that stays open because saving failed, by block id."""
    return {"because": form_fields.not_saved_text(reference)}


def saved_message(customer: str, closed: NoContactReason | None) -> block_kit.Message:
    """Build the message for a user who has closed a customer to visits, or opened one."""
    return block_kit.text_message(CONFIRMATIONS[closed].format(block_kit.one_line(customer)))
