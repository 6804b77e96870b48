"""Closings: customers who are to be left alone, by our wish or by theirs."""

from collections.abc import Mapping
from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock, ButtonElement
from slack_sdk.models.views import View

from bot.domain.customers import Customer
from bot.domain.visits.caps import Closed
from bot.views import block_kit as kit
from bot.views import form_fields as fields

OPEN = "customer.close"
SAVE = "customer.closed"
FREE = "free"
BECAUSE_LENGTH = 500
CHOICES: Mapping[str, tuple[str, str]] = {
    FREE: ("Free to visit", "Within the caps that hold for everybody."),
    Closed.DO_NOT_CONTACT: (
        "Do not contact",
        "They are suggested to nobody. A plan takes a reason.",
    ),
    Closed.OPTED_OUT: ("Opted out", "They asked not to be visited. Nobody can plan to."),
}
TOLD: Mapping[Closed | None, str] = {
    None: "{} is free to visit again.",
    Closed.DO_NOT_CONTACT: "{} is to be left alone: they are suggested to nobody.",
    Closed.OPTED_OUT: "{} has opted out: nobody can plan to see them.",
}


@dataclass(frozen=True)
class ClosingChoices:
    """Whether a customer is closed to visits (None: free) and why, in somebody's words."""

    customer_id: int
    why: Closed | None
    because: str


def button(customer: Customer, *more: ButtonElement) -> ActionsBlock:
    """What stands under a brief that somebody asked for, and `more` before it."""
    text = "Open to visits" if customer.closed else "Close to visits"
    close = ButtonElement(text=text, action_id=OPEN, value=str(customer.id))
    return ActionsBlock(block_id=f"customer:{customer.id}", elements=[*more, close])


def customer_id(body: fields.Payload) -> int:
    """The customer whose button was pressed."""
    return int(body["actions"][0]["value"])


def form(customer: Customer, where: str = "") -> View:
    """The form, with what the button offered chosen."""
    chosen = FREE if customer.closed else Closed.DO_NOT_CONTACT
    because = fields.text_element(BECAUSE_LENGTH, customer.closed_because or "", lines=True)
    return View(
        type="modal",
        callback_id=SAVE,
        title="May they be visited?",
        submit="Save",
        close="Cancel",
        private_metadata=fields.pack(customer=customer.id, where=where or None),
        blocks=[
            kit.rich(kit.paragraph(kit.bold(kit.one_line(customer.name)))),
            fields.field("why", "From now on", fields.radio_element(CHOICES, chosen)),
            fields.field(
                "because",
                "Why?",
                because,
                optional=True,
                hint="PMs read it, with your name, when they look this customer up.",
            ),
        ],
    )


def read(view: fields.Payload) -> ClosingChoices:
    """The choices; raises FormFault with a sentence for each field that is not right."""
    why, because = fields.code(view, "why"), fields.text(view, "because")
    if why is None:
        raise kit.FormFault({"why": "Choose one of the three."})
    if why != FREE and not because:
        raise kit.FormFault({"because": "Say why, so that others know when it has passed."})
    if len(because) > BECAUSE_LENGTH:
        raise kit.FormFault({"because": fields.too_long(BECAUSE_LENGTH)})
    closed = None if why == FREE else Closed(why)
    return ClosingChoices(fields.unpack(view)["customer"], closed, because if closed else "")


def not_saved(reference: str) -> dict[str, str]:
    """The sentence for a form that stays open because saving failed, by block id."""
    return {"because": fields.not_saved(reference)}


def told(customer: str, why: Closed | None) -> kit.Message:
    """What somebody sees who has closed a customer to visits, or opened one."""
    return kit.say(TOLD[why].format(kit.one_line(customer)))
