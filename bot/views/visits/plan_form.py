"""Plans: the form to plan a visit or to change its plan."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, InputBlock
from slack_sdk.models.views import View

from bot.domain.visits.rules import LENGTHS, VisitKind
from bot.views import block_kit as kit
from bot.views import form_fields as fields
from bot.views import labels as words
from bot.views.customers import fields as customers
from bot.views.debriefs import form_labels as labels
from bot.views.hypotheses import fields as hypotheses
from bot.views.visits import caps

PLAN = "visit.plan"
CHANGE = "visit.change"
MORE = "plan.more"
BECAUSE = "because"
GOAL_LENGTH = 1000
BECAUSE_LENGTH = 500
FELLOWS = 10
FURTHEST = timedelta(days=366)
FAR = "This date is more than a year ahead. Choose an earlier one."
PAST = "This date has passed. For a visit that has taken place, use /debrief."
# What is folded away: label and example of each text.
TEXTS: Mapping[str, tuple[str, str]] = {
    "criteria": ("Success criteria", "What has to happen for it to be worth their hour?"),
    "follow_through": ("Follow-through", "What do they hear from you afterwards, and when?"),
}


@dataclass(frozen=True)
class PlanChoices:
    """A visit as planned: a customer's id or the name of a new one; `on` and `at` are local.

    A hypothesis's id, or one to be stated.

    `minutes` is None for as long as such visits usually take; `fellows` are Slack's ids.
    """

    customer_id: int | None
    new_customer: str
    kind: VisitKind
    on: date
    at: time | None
    goal: str
    nudge_id: int | None
    over_because: str = ""
    minutes: int | None = None
    hypothesis_id: int | None = None
    new_hypothesis: str = ""
    criteria: str = ""
    follow_through: str = ""
    fellows: tuple[str, ...] = ()
    sales_owner_id: str | None = None


@dataclass(frozen=True)
class PlanForm:
    """What the form starts from, or stands at.

    `typed` fills the fields, but for the date, which is `on` or empty. `visit_id` is the booked
    visit that is changed, at the `version` of its plan that was shown; `over` asks why it is to go
    over a cap. `where` is a response URL to answer to, or "".
    """

    customer: customers.Chosen | None
    today: date
    typed: PlanChoices
    on: date | None
    more: bool = False
    where: str = ""
    visit_id: int | None = None
    version: int = 0
    over: caps.OverCap | None = None
    note: str = ""
    hypothesis: hypotheses.Chosen | None = None


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
    return draw(PlanForm(customer, today, blank, None, where=where))


def draw(form: PlanForm) -> View:
    """The form as it stands: to plan a visit, or to change one."""
    changes = form.visit_id is not None
    return View(
        type="modal",
        callback_id=CHANGE if changes else PLAN,
        title="Change the visit" if changes else "Plan a visit",
        submit="Save" if changes else "Plan",
        close="Cancel",
        private_metadata=_metadata(form),
        blocks=[*_notes(form), *_fields(form), *(_more(form) if form.more else _folded())],
    )


def over_form(view: fields.Payload, over: caps.OverCap) -> View:
    """The form as it was filled in, which now asks why a visit is to go over a cap."""
    return draw(replace(read_form(view), over=over))


def unfolded(view: fields.Payload, sales_owner_id: str | None = None) -> View:
    """The form with its folded part open and everything typed so far still in it.

    `sales_owner_id` is proposed where none is chosen.
    """
    stands = read_form(view)
    chosen = stands.typed.sales_owner_id or sales_owner_id
    return draw(replace(stands, more=True, typed=replace(stands.typed, sales_owner_id=chosen)))


def meanwhile_form(view: fields.Payload, version: int, stands: str) -> View:
    """The form as it was filled in, for a plan that another window has changed meanwhile.

    `stands` tells when the visit is now.
    """
    changed = f"This plan was changed in another window: the visit is on {stands} now."
    note = f"{changed} Save, and it is as you have it here."
    return draw(replace(read_form(view), version=version, note=note))


def asks_why(view: fields.Payload) -> bool:
    """Whether the form asks already why a visit is to go over a cap."""
    return BECAUSE in view["state"]["values"]


def errors_over(view: fields.Payload, over: caps.OverCap) -> dict[str, str]:
    """The sentence for a form that asked why and was not told, by block id."""
    today = date.fromisoformat(fields.unpack(view)["today"])
    return {BECAUSE: f"{caps.told(over, today)} Say why, or choose another date or customer."}


def read(view: fields.Payload) -> PlanChoices:
    """The plan; raises FormFault with a sentence for each field that is missing or not right."""
    stands = read_form(view)
    typed, on = stands.typed, stands.on
    named = typed.customer_id is not None or typed.new_customer
    kind, short = fields.code(view, "kind"), len(typed.goal) <= GOAL_LENGTH
    if not (named and kind and on and short):
        raise fields.missing(
            customer=(named, "Choose a customer, or add a new one."),
            kind=(kind, "Choose how you will meet."),
            on=(on, "Choose a date."),
            goal=(short, fields.too_long(GOAL_LENGTH)),
        )
    if long := [name for name in TEXTS if len(getattr(typed, name)) > GOAL_LENGTH]:
        raise kit.FormFault(dict.fromkeys(long, fields.too_long(GOAL_LENGTH)))
    if on < stands.today:
        raise kit.FormFault(errors_past())
    if on > stands.today + FURTHEST:
        raise kit.FormFault({"on": FAR})
    return typed


def read_form(view: fields.Payload) -> PlanForm:
    """The form as it stands, with what has been typed; nothing is checked."""
    packed, on = fields.unpack(view), fields.on(view, "on")
    today = date.fromisoformat(packed["today"])
    customer_id, new = customers.read_customer(view)
    hypothesis_id, belief = hypotheses.read(view)
    minutes = fields.code(view, "minutes")
    typed = PlanChoices(
        customer_id=customer_id,
        new_customer=new,
        kind=VisitKind(fields.code(view, "kind") or VisitKind.VIDEO),
        on=on or today,
        at=fields.at(view, "at"),
        goal=fields.text(view, "goal"),
        nudge_id=packed.get("nudge"),
        over_because=fields.text(view, BECAUSE),
        minutes=int(minutes) if minutes else None,
        fellows=fields.users(view, "fellows"),
        sales_owner_id=fields.user(view, "sales_owner"),
        hypothesis_id=hypothesis_id,
        new_hypothesis=belief,
        **{name: fields.text(view, name) for name in TEXTS},
    )
    return PlanForm(
        customers.chosen(view),
        today,
        typed,
        on,
        more=hypotheses.BLOCK in view["state"]["values"],
        where=packed.get("where", ""),
        visit_id=packed.get("visit"),
        version=packed.get("version", 0),
        over=caps.unpacked(packed["over"]) if "over" in packed else None,
        hypothesis=hypotheses.chosen(view),
    )


def errors_past() -> dict[str, str]:
    """The sentence for a plan whose date has passed, by block id."""
    return {"on": PAST}


def not_saved(reference: str) -> dict[str, str]:
    """The sentence for a plan that stays open because saving failed, by block id."""
    return {"goal": fields.not_saved(reference)}


def _metadata(form: PlanForm) -> str:
    over = form.over
    return fields.pack(
        nudge=form.typed.nudge_id,
        today=form.today.isoformat(),
        where=form.where or None,
        visit=form.visit_id,
        version=form.version or None,
        over=caps.packed(over) if over else None,
    )


def _notes(form: PlanForm) -> list[Block]:
    noted: list[Block] = [kit.rich(kit.paragraph(form.note))] if form.note else []
    if form.over is None:
        return noted
    because = fields.text_element(BECAUSE_LENGTH, form.typed.over_because)
    asked = fields.field(
        BECAUSE, "Why is it worth it?", because, optional=True, hint="Your reason is kept."
    )
    return [*noted, kit.rich(kit.paragraph(caps.told(form.over, form.today))), asked]


def _fields(form: PlanForm) -> list[Block]:
    known = form.typed
    goal = fields.text_element(
        GOAL_LENGTH, known.goal, lines=True, example="What do you want to learn or to see them do?"
    )
    kind = fields.select_element(words.VISIT_KINDS, known.kind)
    lengths = {str(each): words.length(each) for each in sorted({*LENGTHS, known.minutes or 15})}
    chosen = str(known.minutes) if known.minutes else None
    usual = "45 minutes, by phone 30, unless you choose"
    length = fields.select_element(lengths, chosen, placeholder=usual)
    return [
        customers.customer_field(form.customer),
        fields.field("kind", "How will you meet?", kind),
        fields.field("on", "Date", fields.date_element(form.on)),
        fields.field("at", "Time", fields.time_element(known.at), optional=True),
        fields.field("minutes", "How long?", length, optional=True),
        fields.field("goal", "Goal", goal, optional=True),
    ]


def _folded() -> list[Block]:
    add = ButtonElement(text="Add more", action_id=MORE, value="more")
    return [ActionsBlock(block_id=MORE, elements=[add])]


def _more(form: PlanForm) -> list[Block]:
    known, belief = form.typed, hypotheses.select(form.hypothesis)
    hint = labels.HINTS[hypotheses.BLOCK]
    people = fields.users_element(known.fellows, FELLOWS)
    owner = fields.user_element(known.sales_owner_id)
    return [
        fields.field(hypotheses.BLOCK, "Hypothesis to test", belief, optional=True, hint=hint),
        *(_text(name, getattr(known, name)) for name in TEXTS),
        fields.field("fellows", "Who comes along?", people, optional=True),
        fields.field("sales_owner", "Sales owner", owner, optional=True),
    ]


def _text(name: str, typed: str) -> InputBlock:
    label, example = TEXTS[name]
    box = fields.text_element(GOAL_LENGTH, typed, lines=True, example=example)
    return fields.field(name, label, box, optional=True)
