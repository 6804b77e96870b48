"""Ground rules: the form to prepare a visit, and the question to the sales owner."""

from collections.abc import Mapping
from datetime import date, time

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    UserSelectElement,
)
from slack_sdk.models.blocks.basic_components import PlainTextObject
from slack_sdk.models.views import View

from bot.domain.visits.ground_rules import (
    AGENDA_LENGTH,
    AgendaReply,
    GroundRule,
    GroundRules,
    Preparation,
)
from bot.views import block_kit, form_fields

PREPARE = "ground_rules.prepare"
SAVE = "ground_rules.keep"
ASK = "ground_rules.ask"
ASK_CHOSEN = "ground_rules.ask_one"
FINE = "ground_rules.fine"
TALK = "ground_rules.talk"
STEP_LABELS: Mapping[str, str] = {
    GroundRule.DRAFTED: "Agenda drafted",
    GroundRule.REVIEWED: "Reviewed with sales",
    GroundRule.SENT: "Sent to the customer",
}
OPEN_STEP_TEXTS: Mapping[GroundRule, str] = {
    GroundRule.DRAFTED: "drafted",
    GroundRule.REVIEWED: "reviewed with sales",
    GroundRule.SENT: "sent to the customer",
}
REPLY_TEXTS: Mapping[AgendaReply, str] = {
    AgendaReply.FINE: "fine with me",
    AgendaReply.TALK: "let us talk",
}


def render_form(known: Preparation, reply_to: str = "", notice: str = "") -> View:
    """Render the form: the agenda, three checkboxes, and one tap that asks the sales owner.

    `reply_to` is a response URL to answer to, or ""; `notice` says first what a button has done.
    """
    rules = known.rules
    agenda = form_fields.text_element(
        AGENDA_LENGTH, rules.agenda, multiline=True, example="What you want to see, in which order"
    )
    done = form_fields.checkboxes_element(STEP_LABELS, sorted(rules.done))
    notices = [block_kit.rich_text(block_kit.paragraph(notice))] if notice else []
    return View(
        type="modal",
        callback_id=SAVE,
        title="Prepare the visit",
        submit="Save",
        close="Cancel",
        private_metadata=form_fields.pack_metadata(visit=known.visit_id, where=reply_to or None),
        blocks=[
            *notices,
            block_kit.rich_text(
                block_kit.paragraph(block_kit.bold(block_kit.one_line(known.customer)))
            ),
            form_fields.input_block("agenda", "Agenda", agenda, optional=True),
            form_fields.input_block("done", "Ground rules", done, optional=True),
            _ask_block(known),
        ],
    )


def _ask_block(known: Preparation) -> Block:
    owner, asked = block_kit.one_line(known.owner, 40), known.rules.asked_user_id is not None
    if asked:
        reply = known.rules.reply
        status = f"{owner} says: {REPLY_TEXTS[reply]}." if reply else f"{owner} is asked."
        return block_kit.context(status)
    if known.owner_id:
        ask = ButtonElement(text=f"Ask {owner}", action_id=ASK, value=known.owner_id)
        return ActionsBlock(block_id=ASK, elements=[ask])
    choose = UserSelectElement(
        action_id=ASK_CHOSEN,
        placeholder="Ask the sales owner",
        confirm=ConfirmObject(
            title="Ask them?",
            text=PlainTextObject(text="They get the agenda, and can say whether it is fine."),
            confirm="Ask",
            deny="Not yet",
        ),
    )
    return ActionsBlock(block_id=ASK, elements=[choose])


def parse_form(view: form_fields.Payload) -> tuple[int, str, frozenset[GroundRule]]:
    """Parse the visit, the agenda and what is done; raise `FormError` for too long an agenda."""
    agenda = form_fields.get_text(view, "agenda")
    if len(agenda) > AGENDA_LENGTH:
        raise block_kit.FormError({"agenda": form_fields.too_long_text(AGENDA_LENGTH)})
    done = frozenset(GroundRule(each) for each in form_fields.get_codes(view, "done"))
    return int(form_fields.unpack_metadata(view)["visit"]), agenda, done


def parse_asked_id(body: form_fields.Payload) -> str:
    """Parse the Slack id of the colleague to ask."""
    action = body["actions"][0]
    return str(action.get("selected_user") or action.get("value") or "")


def parse_visit_id(body: form_fields.Payload) -> int:
    """Parse the visit that a button belongs to, from a block_actions payload."""
    return int(body["actions"][0]["value"])


def saved_message(known: Preparation) -> block_kit.Message:
    """Build the message that the PM sees once the form is saved."""
    name = block_kit.one_line(known.customer)
    if not known.rules.pending:
        return block_kit.text_message(f"{name} is prepared: all three ground rules are kept.")
    return block_kit.text_message(f"Kept for {name}. {open_steps_text(known.rules)}")


def open_steps_text(rules: GroundRules) -> str:
    """Return which ground rules are still open, in a sentence; "" once all are done."""
    steps = [OPEN_STEP_TEXTS[each] for each in rules.pending]
    return f"The agenda is still to be {block_kit.join_names(steps)}." if steps else ""


def steps_line(rules: GroundRules) -> str:
    """Return the three ground rules in one line, each ticked or not."""
    boxes = (f"{'☑' if each in rules.done else '☐'} {STEP_LABELS[each]}" for each in GroundRule)
    return " · ".join(boxes)


def review_request_message(
    visit_id: int, pm: str, customer: str, when: str, goal: str, agenda: str
) -> block_kit.Message:
    """Build the question to the sales owner, with the agenda."""
    opening = (
        f"{block_kit.capitalize(block_kit.one_line(pm))} sees "
        f"{block_kit.one_line(customer)} on {when}, "
        "and asks whether this agenda is fine with you."
    )
    learn = f" They want to learn: {block_kit.one_line(goal, 400)}" if goal else ""
    value = str(visit_id)
    buttons = [
        ButtonElement(text="Fine with me", action_id=FINE, value=value, style="primary"),
        ButtonElement(text="Let us talk", action_id=TALK, value=value),
    ]
    request = block_kit.rich_text(block_kit.paragraph(f"{opening}{learn}"), block_kit.quote(agenda))
    actions = ActionsBlock(block_id=f"agenda:{visit_id}", elements=buttons)
    return block_kit.message(f"{opening}{learn} {agenda}", request, actions)


def replied_message(pm: str, customer: str, reply: AgendaReply) -> block_kit.Message:
    """Build the message that replaces the question once the sales owner has replied."""
    who, name = block_kit.one_line(pm), block_kit.one_line(customer)
    if reply is AgendaReply.FINE:
        return block_kit.text_message(
            f"The agenda for {name} is fine with you, and {who} can see that."
        )
    return block_kit.text_message(
        f"You would like to talk about the agenda for {name}. {who} is told."
    )


def talk_requested_message(owner: str, customer: str) -> block_kit.Message:
    """Build the message to the PM that the sales owner would like to talk."""
    who = block_kit.capitalize(block_kit.one_line(owner))
    return block_kit.text_message(
        f"{who} would like to talk about your agenda for {block_kit.one_line(customer)}."
    )


def when_text(on: date, at: time | None, zone: str, today: date) -> str:
    """Return when a visit is, for a reader who may be in another zone."""
    hour = f" at {at:%H:%M}, {block_kit.format_zone(zone)}" if at else ""
    return f"{block_kit.format_day(on, today)}{hour}"
