"""Ground rules: the form to prepare a visit, and what the sales owner is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
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

from bot.domain.visits.ground_rules import AGENDA_LENGTH, GroundRules, Reply, Step
from bot.views import block_kit as kit
from bot.views import form_fields as fields

PREPARE = "ground_rules.prepare"
KEEP = "ground_rules.keep"
ASK = "ground_rules.ask"
ASK_ONE = "ground_rules.ask_one"
FINE = "ground_rules.fine"
TALK = "ground_rules.talk"
STEPS: Mapping[str, str] = {
    Step.DRAFTED: "Agenda drafted",
    Step.REVIEWED: "Reviewed with sales",
    Step.SENT: "Sent to the customer",
}
STILL: Mapping[Step, str] = {
    Step.DRAFTED: "drafted",
    Step.REVIEWED: "reviewed with sales",
    Step.SENT: "sent to the customer",
}
REPLIES: Mapping[Reply, str] = {
    Reply.FINE: "fine with me",
    Reply.TALK: "let us talk",
}


@dataclass(frozen=True)
class Preparation:
    """A visit to prepare: the customer's name, what is done, and the sales owner if one is named.

    `owner` is their name, or "".
    """

    visit_id: int
    customer: str
    rules: GroundRules
    owner_id: str | None = None
    owner: str = ""


def form(known: Preparation, where: str = "", note: str = "") -> View:
    """The form: the agenda, three ticks, and one tap that asks the sales owner.

    `where` is a response URL to answer to, or ""; `note` says first what has come of a press.
    """
    rules = known.rules
    agenda = fields.text_element(
        AGENDA_LENGTH, rules.agenda, lines=True, example="What you want to see, in which order"
    )
    done = fields.checks_element(STEPS, sorted(rules.done))
    noted = [kit.rich(kit.paragraph(note))] if note else []
    return View(
        type="modal",
        callback_id=KEEP,
        title="Prepare the visit",
        submit="Save",
        close="Cancel",
        private_metadata=fields.pack(visit=known.visit_id, where=where or None),
        blocks=[
            *noted,
            kit.rich(kit.paragraph(kit.bold(kit.one_line(known.customer)))),
            fields.field("agenda", "Agenda", agenda, optional=True),
            fields.field("done", "Ground rules", done, optional=True),
            _asking(known),
        ],
    )


def _asking(known: Preparation) -> Block:
    owner, asked = kit.one_line(known.owner, 40), known.rules.asked_id is not None
    if asked:
        reply = known.rules.reply
        said = f"{owner} says: {REPLIES[reply]}." if reply else f"{owner} is asked."
        return kit.small(said)
    if known.owner_id:
        ask = ButtonElement(text=f"Ask {owner}", action_id=ASK, value=known.owner_id)
        return ActionsBlock(block_id=ASK, elements=[ask])
    choose = UserSelectElement(
        action_id=ASK_ONE,
        placeholder="Ask the sales owner",
        confirm=ConfirmObject(
            title="Ask them?",
            text=PlainTextObject(text="They get the agenda, and can say whether it is fine."),
            confirm="Ask",
            deny="Not yet",
        ),
    )
    return ActionsBlock(block_id=ASK, elements=[choose])


def read(view: fields.Payload) -> tuple[int, str, frozenset[Step]]:
    """The visit, the agenda and what is done; raises FormFault for an agenda that is too long."""
    agenda = fields.text(view, "agenda")
    if len(agenda) > AGENDA_LENGTH:
        raise kit.FormFault({"agenda": fields.too_long(AGENDA_LENGTH)})
    done = frozenset(Step(each) for each in fields.codes(view, "done"))
    return int(fields.unpack(view)["visit"]), agenda, done


def read_asked(body: fields.Payload) -> str:
    """Slack's id of whoever is to be asked."""
    action = body["actions"][0]
    return str(action.get("selected_user") or action.get("value") or "")


def visit_id(body: fields.Payload) -> int:
    """The visit that a press belongs to, from a block_actions payload."""
    return int(body["actions"][0]["value"])


def kept(known: Preparation) -> kit.Message:
    """What the PM sees once the form is saved."""
    name = kit.one_line(known.customer)
    if not known.rules.open:
        return kit.say(f"{name} is prepared: all three ground rules are kept.")
    return kit.say(f"Kept for {name}. {still_open(known.rules)}")


def still_open(rules: GroundRules) -> str:
    """Which ground rules are still open, in a sentence; "" once all are kept."""
    steps = [STILL[each] for each in rules.open]
    return f"The agenda is still to be {kit.listed(steps)}." if steps else ""


def ticks(rules: GroundRules) -> str:
    """The three ground rules in a line, each ticked or not."""
    boxes = (f"{'☑' if each in rules.done else '☐'} {STEPS[each]}" for each in Step)
    return " · ".join(boxes)


def asked(visit_id: int, pm: str, customer: str, when: str, goal: str, agenda: str) -> kit.Message:
    """What the sales owner is asked, with the agenda."""
    opening = (
        f"{kit.capitalised(kit.one_line(pm))} sees {kit.one_line(customer)} on {when}, "
        "and asks whether this agenda is fine with you."
    )
    learn = f" They want to learn: {kit.one_line(goal, 400)}" if goal else ""
    value = str(visit_id)
    buttons = [
        ButtonElement(text="Fine with me", action_id=FINE, value=value, style="primary"),
        ButtonElement(text="Let us talk", action_id=TALK, value=value),
    ]
    told = kit.rich(kit.paragraph(f"{opening}{learn}"), kit.quote(agenda))
    actions = ActionsBlock(block_id=f"agenda:{visit_id}", elements=buttons)
    return kit.message(f"{opening}{learn} {agenda}", told, actions)


def answered(pm: str, customer: str, reply: Reply) -> kit.Message:
    """In place of the question once the sales owner has said something."""
    who, name = kit.one_line(pm), kit.one_line(customer)
    if reply is Reply.FINE:
        return kit.say(f"The agenda for {name} is fine with you, and {who} can see that.")
    return kit.say(f"You would like to talk about the agenda for {name}. {who} is told.")


def talk(owner: str, customer: str) -> kit.Message:
    """To the PM: the sales owner would like to talk."""
    who = kit.capitalised(kit.one_line(owner))
    return kit.say(f"{who} would like to talk about your agenda for {kit.one_line(customer)}.")


def when(on: date, at: time | None, zone: str, today: date) -> str:
    """When a visit is, for somebody who may live by another clock."""
    return f"{kit.day(on, today)}{f' at {at:%H:%M}, {kit.zone_words(zone)}' if at else ''}"
