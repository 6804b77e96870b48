"""Plans: the form to plan a visit, and what is said once one is planned."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.domain.caps import Cap
from bot.domain.visits import VisitKind
from bot.views import customers, fields, kit, words

PLAN = "visit.plan"
BECAUSE = "because"
GOAL_LENGTH = 1000
BECAUSE_LENGTH = 500
FURTHEST = timedelta(days=366)
FAR = "This date is more than a year ahead. Choose an earlier one."
PAST = "This date has passed. For a visit that has taken place, use /debrief."
CAPS: Mapping[Cap, str] = {
    Cap.TOO_SOON: "One visit in three weeks is as much as a customer should be asked for.",
    Cap.TOO_MANY: "Two visits in a quarter are as much as a customer should be asked for.",
}


@dataclass(frozen=True)
class PlanChoices:
    """A visit as planned: a customer's id or the name of a new one; `on` and `at` are local."""

    customer_id: int | None
    new_customer: str
    kind: VisitKind
    on: date
    at: time | None
    goal: str
    nudge_id: int | None
    over_because: str = ""


@dataclass(frozen=True)
class OverCap:
    """A cap that a plan goes over: who sees or saw the customer nearest to it, and on which date.

    `who` is None for the PM themselves.
    """

    cap: Cap
    who: str | None
    on: date


def form(
    customer: customers.Chosen | None,
    today: date,
    nudge_id: int | None = None,
    *,
    where: str = "",
) -> View:
    """The form to plan a visit; from a nudge it carries the nudge's id.

    `where` is a response URL to answer to, or "".
    """
    blank = PlanChoices(None, "", VisitKind.VIDEO, today, None, "", nudge_id)
    return _plan(_plan_fields(customer, blank, None), today, nudge_id, where)


def over_form(view: fields.Payload, over: OverCap) -> View:
    """The form as it was filled in, which now asks why a visit is to go over a cap."""
    choices, packed = read(view), fields.unpack(view)
    today = date.fromisoformat(packed["today"])
    because = fields.text_element(BECAUSE_LENGTH, choices.over_because)
    asked = fields.field(
        BECAUSE, "Why is it worth it?", because, optional=True, hint="Your reason is kept."
    )
    shown = _plan_fields(customers.chosen(view), choices, choices.on)
    note = kit.rich(kit.paragraph(_over(over, today)))
    return _plan([note, asked, *shown], today, choices.nudge_id, fields.where(view))


def asks_why(view: fields.Payload) -> bool:
    """Whether the form asks already why a visit is to go over a cap."""
    return BECAUSE in view["state"]["values"]


def errors_over(view: fields.Payload, over: OverCap) -> dict[str, str]:
    """The sentence for a form that asked why and was not told, by block id."""
    today = date.fromisoformat(fields.unpack(view)["today"])
    return {BECAUSE: f"{_over(over, today)} Say why, or choose another date or customer."}


def read(view: fields.Payload) -> PlanChoices:
    """The plan; raises FormFault with a sentence for each field that is missing or not right."""
    customer_id, new = customers.read_customer(view)
    kind, on, goal = fields.code(view, "kind"), fields.on(view, "on"), fields.text(view, "goal")
    short = len(goal) <= GOAL_LENGTH
    if not ((customer_id is not None or new) and kind and on and short):
        raise fields.missing(
            customer=(customer_id is not None or new, "Choose a customer, or add a new one."),
            kind=(kind, "Choose how you will meet."),
            on=(on, "Choose a date."),
            goal=(short, fields.too_long(GOAL_LENGTH)),
        )
    today = date.fromisoformat(fields.unpack(view)["today"])
    if on < today:
        raise kit.FormFault(errors_past())
    if on > today + FURTHEST:
        raise kit.FormFault({"on": FAR})
    return PlanChoices(
        customer_id=customer_id,
        new_customer=new,
        kind=VisitKind(kind),
        on=on,
        at=fields.at(view, "at"),
        goal=goal,
        nudge_id=fields.unpack(view).get("nudge"),
        over_because=fields.text(view, BECAUSE),
    )


def errors_past() -> dict[str, str]:
    """The sentence for a plan whose date has passed, by block id."""
    return {"on": PAST}


def not_saved(reference: str) -> dict[str, str]:
    """The sentence for a plan that stays open because saving failed, by block id."""
    return {"goal": fields.not_saved(reference)}


def planned(customer: str, on: date, today: date) -> kit.Message:
    """What somebody sees who has planned a visit."""
    return kit.say(
        f"Planned: {kit.one_line(customer)}, {kit.day(on, today)}. No nudges until it is over."
    )


def _plan(blocks: list[Block], today: date, nudge_id: int | None, where: str) -> View:
    return View(
        type="modal",
        callback_id=PLAN,
        title="Plan a visit",
        submit="Plan",
        close="Cancel",
        private_metadata=fields.pack(nudge=nudge_id, today=today.isoformat(), where=where or None),
        blocks=blocks,
    )


def _plan_fields(
    customer: customers.Chosen | None, known: PlanChoices, on: date | None
) -> list[Block]:
    goal = fields.text_element(
        GOAL_LENGTH, known.goal, lines=True, example="What do you want to learn or to see them do?"
    )
    kind = fields.select_element(words.VISIT_KINDS, known.kind)
    return [
        customers.customer_field(customer),
        fields.field("kind", "How will you meet?", kind),
        fields.field("on", "Date", fields.date_element(on)),
        fields.field("at", "Time", fields.time_element(known.at), optional=True),
        fields.field("goal", "Goal", goal, optional=True),
    ]


def _over(over: OverCap, today: date) -> str:
    who = kit.capitalised(kit.one_line(over.who or "you"))
    when = kit.day(over.on, today)
    if over.on >= today:
        seen = f"{who} {'sees' if over.who else 'see'} them on {when}."
    else:
        seen = f"{who} saw them on {when}."
    return f"{seen} {CAPS[over.cap]}"
