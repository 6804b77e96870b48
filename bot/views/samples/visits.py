"""Samples of planned visits: the form, its confirmations, and how a visit is prepared."""

from dataclasses import replace
from datetime import date, time

from slack_sdk.models.views import View

from bot import errors
from bot.domain.visits.caps import Cap, OverCap
from bot.domain.visits.ground_rules import (
    AGENDA_LENGTH,
    AgendaReply,
    GroundRule,
    GroundRules,
    Preparation,
)
from bot.domain.visits.plans import PlanChoices
from bot.domain.visits.rules import VisitKind
from bot.views.samples.payloads import submitted
from bot.views.samples.sample import (
    LONG_DATE,
    MILL,
    NEXT_DUE,
    NEXT_NUDGE,
    TODAY,
    Sample,
    SampleData,
    Samples,
    first_block,
    last_block,
)
from bot.views.visits import calendar_file, ground_rules, plan_form, visit_messages

RESPONSE_URL_LENGTH = 500
AGENDA = "How they count, their list of prices, and what comes next."


def response_url(data: SampleData) -> str:
    """Return where a form answers to; it is kept in the form."""
    return data.either("", f"https://hooks.example.com/{'x' * RESPONSE_URL_LENGTH}")


def plans(data: SampleData) -> Samples:
    """Yield the form to plan a visit, and what is said once it is saved."""
    customer, on, at = (1, data.name(MILL)), data.day(NEXT_DUE), time(14)
    blank = plan_form.render_blank(customer, TODAY, data.id(1), reply_to=response_url(data))
    yield Sample("*Plan a visit*", blank)
    yield from _over_caps(data)
    claimed = str(errors.CustomerClaimed(data.staff("Bo")))
    yield Sample("Another PM is planning to see them", claimed)
    yield Sample("*Plan a visit*, *Add more*", _expanded(data))
    planned = visit_messages.planned_message(customer[1], on, TODAY, at=at, visit_id=data.id(1))
    yield Sample("Planned, here or in the nudge's place", planned)
    yield Sample("*Change*", plan_form.render_form(_change_form(data)))
    changed = visit_messages.changed_message(customer[1], on, TODAY, at=at, visit_id=data.id(1))
    yield Sample("*Change*, once it is saved", changed)
    when = visit_messages.when_text(on, at, TODAY)
    conflict = plan_form.render_conflict(_filled(data), 2, when)
    yield first_block("*Change*, when another window was faster", conflict)
    yield Sample("*Add to calendar*, with the file", calendar_file.FILE_COMMENT)
    yield Sample("*Add to calendar*, refused", calendar_file.upload_refused_message())
    cancelled = visit_messages.cancelled_message(customer[1], on, on, NEXT_NUDGE, data.zone, TODAY)
    yield Sample("*Call off*", cancelled)
    yield from _ground_rules(data)
    yield Sample("Whoever cannot be asked", "Gil is a guest here and cannot be asked.")
    for error in (errors.VisitHeld, errors.VisitCalledOff, errors.NoSuchVisit):
        yield Sample(f"A planned visit: {error.__name__}", str(error()))


def _expanded(data: SampleData) -> View:
    """Render the form once it was expanded; the longest one holds a text in every field."""
    blank = plan_form.render_blank((1, data.name(MILL)), TODAY)
    full = plan_form.render_form(_full_form(data))
    return data.either(plan_form.render_expanded(submitted(blank)), full)


def _over_caps(data: SampleData) -> Samples:
    filled = _filled(data)
    reason = data.text("They are moving house.", plan_form.REASON_LENGTH)
    for cap in Cap:
        over = OverCap(cap, data.staff("Bo"), data.day(date(2026, 3, 9)), reason)
        yield Sample(f"Over a cap: {cap}", plan_form.render_over_cap(filled, over))
        (sentence,) = plan_form.over_cap_errors(filled, over).values()
        yield Sample(f"Over a cap: {cap}, and no reason given", sentence)


def _filled(data: SampleData) -> dict[str, object]:
    blank = plan_form.render_blank((1, data.name(MILL)), TODAY, reply_to=response_url(data))
    goal = data.text("", plan_form.GOAL_LENGTH) or None
    return submitted(blank, on=NEXT_DUE.isoformat(), goal=goal)


def _change_form(data: SampleData) -> plan_form.PlanForm:
    typed = PlanChoices(1, "", VisitKind.PHONE, NEXT_DUE, time(14), "How they count.", None)
    change = plan_form.PlanForm((1, MILL), TODAY, typed, NEXT_DUE, expanded=True, visit_id=1)
    return data.either(change, _full_form(data))


def _full_form(data: SampleData) -> plan_form.PlanForm:
    """Build the form that changes a plan, with every field filled."""
    long = data.text("", plan_form.GOAL_LENGTH)
    reason = data.text("", plan_form.REASON_LENGTH)
    typed = PlanChoices(
        1,
        "",
        VisitKind.FRIENDS_AND_FAMILY,
        LONG_DATE,
        time(14),
        long,
        data.id(1),
        over_cap_reason=reason,
        minutes=25,
        hypothesis_id=data.id(1),
        criteria=long,
        follow_through=long,
        companions=tuple(f"U{number:010}" for number in range(plan_form.MAX_COMPANIONS)),
        sales_owner_id="U0000000001",
    )
    return plan_form.PlanForm(
        (1, data.name(MILL)),
        TODAY,
        typed,
        LONG_DATE,
        expanded=True,
        reply_to=response_url(data),
        visit_id=data.id(1),
        version=9,
        over_cap=OverCap(Cap.TOO_MANY, data.staff("Bo"), LONG_DATE),
        notice=long,
        hypothesis=(data.id(1), long),
    )


def _ground_rules(data: SampleData) -> Samples:
    agenda, mill = data.text(AGENDA, AGENDA_LENGTH), data.name(MILL)
    rules = GroundRules(agenda, frozenset({GroundRule.DRAFTED}))
    visit = Preparation(data.id(1), mill, rules, "U1", data.staff("Bo"))
    form = ground_rules.render_form(visit, reply_to=response_url(data), notice=data.name(""))
    yield Sample("*Prepare*", form)
    yield Sample("*Prepare*, once it is saved", ground_rules.saved_message(visit))
    done = replace(visit, rules=GroundRules(agenda, frozenset(GroundRule)))
    yield Sample("*Prepare*, once all is done", ground_rules.saved_message(done))
    for reply in AgendaReply:
        said = replace(visit, rules=replace(rules, asked_user_id="U1", reply=reply))
        name = f"*Prepare*, the sales owner's answer: {reply}"
        yield last_block(name, ground_rules.render_form(said))
    when = ground_rules.when_text(data.day(NEXT_DUE), time(14), data.zone, TODAY)
    goal = data.text("How they count.", plan_form.GOAL_LENGTH)
    pm = data.staff("Ada")
    yield Sample(
        "*Ask Bo*, to Bo",
        ground_rules.review_request_message(data.id(1), pm, mill, when, goal, agenda),
    )
    for reply in AgendaReply:
        yield Sample(f"In its place: {reply}", ground_rules.replied_message(pm, mill, reply))
    talk = ground_rules.talk_requested_message(data.staff("Bo"), mill)
    yield Sample("*Let us talk*, to the PM", talk)


def unlisted(data: SampleData) -> Samples:
    """Yield forms that the page of texts has in another state already."""
    nobody = Preparation(data.id(1), data.name(MILL), GroundRules(), None, "")
    yield Sample("*Prepare*, nobody named", ground_rules.render_form(nobody))
