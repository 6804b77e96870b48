"""The form to plan a visit or to change its plan."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, InputBlock
from slack_sdk.models.views import View

from bot.domain.customers import CustomerChoice
from bot.domain.hypotheses import HypothesisChoice
from bot.domain.visits.caps import OverCap
from bot.domain.visits.plans import PlanChoices
from bot.domain.visits.rules import MINUTES_OFFERED, VisitKind
from bot.views import block_kit, form_fields
from bot.views import labels as label_views
from bot.views.customers import fields as customers
from bot.views.debriefs.field_table import NEW_HYPOTHESIS_HINT
from bot.views.hypotheses import fields as hypotheses
from bot.views.visits import caps

PLAN = "visit.plan"
CHANGE = "visit.change"
ADD_MORE = "plan.more"
OVER_CAP_REASON = "because"
GOAL_LENGTH = 1000
REASON_LENGTH = 500
MAX_COMPANIONS = 10
FURTHEST = timedelta(days=366)
TOO_FAR = "This date is more than a year ahead. Choose an earlier one."
IN_THE_PAST = "This date has passed. For a visit that has taken place, use /debrief."
# Label and example of each text that is folded away.
TEXTS: Mapping[str, tuple[str, str]] = {
    "criteria": ("Success criteria", "What has to happen for it to be worth their hour?"),
    "follow_through": ("Follow-through", "What do they hear from you afterwards, and when?"),
}


@dataclass(frozen=True)
class PlanForm:
    """What the form starts from, or its current state.

    `typed` fills the fields, except for the date, which is `on` or empty. `visit_id` is the booked
    visit that is changed, at the `version` of its plan that was shown; `over_cap` asks why it is to
    exceed a cap. `reply_to` is a response URL to answer to, or "".
    """

    customer: CustomerChoice | None
    today: date
    typed: PlanChoices
    on: date | None
    expanded: bool = False
    reply_to: str = ""
    visit_id: int | None = None
    version: int = 0
    over_cap: OverCap | None = None
    notice: str = ""
    hypothesis: HypothesisChoice | None = None


@dataclass(frozen=True)
class PlanChange:
    """A booked visit as it is to be, and the version of its plan that the form showed."""

    visit_id: int
    version: int
    choices: PlanChoices


def render_blank(
    customer: CustomerChoice | None,
    today: date,
    nudge_id: int | None = None,
    *,
    reply_to: str = "",
) -> View:
    """Render the form to plan a visit; from a nudge it carries the nudge's id.

    `reply_to` is a response URL to answer to, or "".
    """
    blank = PlanChoices(None, "", VisitKind.VIDEO, today, None, "", nudge_id)
    return render_form(PlanForm(customer, today, blank, None, reply_to=reply_to))


def render_form(form: PlanForm) -> View:
    """Render the form as it is: to plan a visit, or to change one."""
    changes = form.visit_id is not None
    return View(
        type="modal",
        callback_id=CHANGE if changes else PLAN,
        title="Change the visit" if changes else "Plan a visit",
        submit="Save" if changes else "Plan",
        close="Cancel",
        private_metadata=_metadata(form),
        blocks=[
            *_notice_blocks(form),
            *_fields(form),
            *(_optional_fields(form) if form.expanded else _collapsed_blocks()),
        ],
    )


def render_over_cap(view: form_fields.Payload, over_cap: OverCap) -> View:
    """Render the form as filled in, which now asks why a visit is to exceed a cap."""
    return render_form(replace(parse_form(view), over_cap=over_cap))


def render_expanded(view: form_fields.Payload, sales_owner_id: str | None = None) -> View:
    """Render the form expanded, with everything typed so far still in it.

    `sales_owner_id` is proposed where none is chosen.
    """
    current = parse_form(view)
    chosen = current.typed.sales_owner_id or sales_owner_id
    return render_form(
        replace(current, expanded=True, typed=replace(current.typed, sales_owner_id=chosen))
    )


def render_conflict(view: form_fields.Payload, version: int, when: str) -> View:
    """Render the form as filled in, for a plan that another window has changed meanwhile.

    `when` says when the visit is now.
    """
    changed = f"This plan was changed in another window: the visit is on {when} now."
    notice = f"{changed} Save, and it is as you have it here."
    return render_form(replace(parse_form(view), version=version, notice=notice))


def has_reason_field(view: form_fields.Payload) -> bool:
    """Return whether the form already asks why a visit is to exceed a cap."""
    return OVER_CAP_REASON in view["state"]["values"]


def over_cap_errors(view: form_fields.Payload, over_cap: OverCap) -> dict[str, str]:
    """Return the error for a form that asked why and got no answer, by block id."""
    today = date.fromisoformat(form_fields.unpack_metadata(view)["today"])
    return {
        OVER_CAP_REASON: f"{caps.over_cap_text(over_cap, today)} Say why, or choose "
        f"another date or customer."
    }


def parse_plan(view: form_fields.Payload) -> PlanChoices:
    """Parse the plan; raise `FormError` with a sentence for each missing or wrong field."""
    stands = parse_form(view)
    typed, on = stands.typed, stands.on
    named = typed.customer_id is not None or typed.new_customer
    kind, short = form_fields.get_code(view, "kind"), len(typed.goal) <= GOAL_LENGTH
    if not (named and kind and on and short):
        raise form_fields.form_error(
            customer=(named, "Choose a customer, or add a new one."),
            kind=(kind, "Choose how you will meet."),
            on=(on, "Choose a date."),
            goal=(short, form_fields.too_long_text(GOAL_LENGTH)),
        )
    if long := [name for name in TEXTS if len(getattr(typed, name)) > GOAL_LENGTH]:
        raise block_kit.FormError(dict.fromkeys(long, form_fields.too_long_text(GOAL_LENGTH)))
    if on < stands.today:
        raise block_kit.FormError(past_date_errors())
    if on > stands.today + FURTHEST:
        raise block_kit.FormError({"on": TOO_FAR})
    return typed


def parse_change(view: form_fields.Payload) -> PlanChange:
    """Parse the change of a booked visit; raise `FormError` as `parse_plan` does."""
    packed = form_fields.unpack_metadata(view)
    return PlanChange(packed["visit"], packed.get("version", 0), parse_plan(view))


def parse_form(view: form_fields.Payload) -> PlanForm:
    """Parse the form as it is, with what has been typed; nothing is checked."""
    packed, on = form_fields.unpack_metadata(view), form_fields.get_date(view, "on")
    today = date.fromisoformat(packed["today"])
    customer_id, new = customers.parse_customer(view)
    hypothesis_id, belief = hypotheses.parse_hypothesis(view)
    minutes = form_fields.get_code(view, "minutes")
    typed = PlanChoices(
        customer_id=customer_id,
        new_customer=new,
        kind=VisitKind(form_fields.get_code(view, "kind") or VisitKind.VIDEO),
        on=on or today,
        at=form_fields.get_time(view, "at"),
        goal=form_fields.get_text(view, "goal"),
        nudge_id=packed.get("nudge"),
        over_cap_reason=form_fields.get_text(view, OVER_CAP_REASON),
        minutes=int(minutes) if minutes else None,
        companions=form_fields.get_user_ids(view, "fellows"),
        sales_owner_id=form_fields.get_user_id(view, "sales_owner"),
        hypothesis_id=hypothesis_id,
        new_hypothesis=belief,
        criteria=form_fields.get_text(view, "criteria"),
        follow_through=form_fields.get_text(view, "follow_through"),
    )
    return PlanForm(
        customers.current_choice(view),
        today,
        typed,
        on,
        expanded=hypotheses.BLOCK in view["state"]["values"],
        reply_to=packed.get("where", ""),
        visit_id=packed.get("visit"),
        version=packed.get("version", 0),
        over_cap=caps.unpack(packed["over"]) if "over" in packed else None,
        hypothesis=hypotheses.current_choice(view),
    )


def past_date_errors() -> dict[str, str]:
    """Return the error for a plan whose date has passed, by block id."""
    return {"on": IN_THE_PAST}


def not_saved_errors(reference: str) -> dict[str, str]:
    """Return the error for a plan that stays open because saving failed, by block id."""
    return {"goal": form_fields.not_saved_text(reference)}


def _metadata(form: PlanForm) -> str:
    over_cap = form.over_cap
    return form_fields.pack_metadata(
        nudge=form.typed.nudge_id,
        today=form.today.isoformat(),
        where=form.reply_to or None,
        visit=form.visit_id,
        version=form.version or None,
        over=caps.pack(over_cap) if over_cap else None,
    )


def _notice_blocks(form: PlanForm) -> list[Block]:
    notices: list[Block] = (
        [block_kit.rich_text(block_kit.paragraph(form.notice))] if form.notice else []
    )
    if form.over_cap is None:
        return notices
    reason = form_fields.text_element(REASON_LENGTH, form.typed.over_cap_reason)
    reason_field = form_fields.input_block(
        OVER_CAP_REASON, "Why is it worth it?", reason, optional=True, hint="Your reason is kept."
    )
    return [
        *notices,
        block_kit.rich_text(block_kit.paragraph(caps.over_cap_text(form.over_cap, form.today))),
        reason_field,
    ]


def _fields(form: PlanForm) -> list[Block]:
    known = form.typed
    goal = form_fields.text_element(
        GOAL_LENGTH,
        known.goal,
        multiline=True,
        example="What do you want to learn or to see them do?",
    )
    kind = form_fields.select_element(label_views.VISIT_KINDS, known.kind)
    lengths = {
        str(each): label_views.duration(each)
        for each in sorted({*MINUTES_OFFERED, known.minutes or 15})
    }
    chosen = str(known.minutes) if known.minutes else None
    usual = "45 minutes, by phone 30, unless you choose"
    length = form_fields.select_element(lengths, chosen, placeholder=usual)
    return [
        customers.customer_field(form.customer),
        form_fields.input_block("kind", "How will you meet?", kind),
        form_fields.input_block("on", "Date", form_fields.date_element(form.on)),
        form_fields.input_block("at", "Time", form_fields.time_element(known.at), optional=True),
        form_fields.input_block("minutes", "How long?", length, optional=True),
        form_fields.input_block("goal", "Goal", goal, optional=True),
    ]


def _collapsed_blocks() -> list[Block]:
    add = ButtonElement(text="Add more", action_id=ADD_MORE, value="more")
    return [ActionsBlock(block_id=ADD_MORE, elements=[add])]


def _optional_fields(form: PlanForm) -> list[Block]:
    known, belief = form.typed, hypotheses.hypothesis_select(form.hypothesis)
    people = form_fields.users_element(known.companions, MAX_COMPANIONS)
    owner = form_fields.user_element(known.sales_owner_id)
    return [
        form_fields.input_block(
            hypotheses.BLOCK, "Hypothesis to test", belief, optional=True, hint=NEW_HYPOTHESIS_HINT
        ),
        *(_text_field(name, getattr(known, name)) for name in TEXTS),
        form_fields.input_block("fellows", "Who comes along?", people, optional=True),
        form_fields.input_block("sales_owner", "Sales owner", owner, optional=True),
    ]


def _text_field(name: str, typed: str) -> InputBlock:
    label, example = TEXTS[name]
    box = form_fields.text_element(GOAL_LENGTH, typed, multiline=True, example=example)
    return form_fields.input_block(name, label, box, optional=True)
