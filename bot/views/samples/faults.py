"""Samples of what is said at the fields of a form that needs another look."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk.models.views import View

from bot.domain.debriefs.sections import Fault
from bot.domain.nudges.rules import SnoozeInPast, SnoozeTooFar
from bot.domain.staff.pms import JoinChoices
from bot.domain.stories import ChannelFault
from bot.domain.suggestions.coverage import MarketFacts
from bot.views import form_fields
from bot.views.block_kit import FormError
from bot.views.contacts import form as contacts
from bot.views.debriefs import form_labels
from bot.views.debriefs.field_table import FIELDS
from bot.views.nudges import message as nudges
from bot.views.samples.payloads import submitted
from bot.views.samples.sample import TODAY, Sample, SampleData, Samples
from bot.views.staff import settings_form
from bot.views.suggestions import market_form
from bot.views.visits import plan_form

Parser = Callable[[Mapping[str, Any]], object]


def faults(data: SampleData) -> Samples:
    """Yield the errors of each form."""
    join = settings_form.render_join_form(JoinChoices(), data.zone)
    forms: tuple[tuple[str, View, Parser], ...] = (
        ("`/visit join`", join, settings_form.parse_join),
        ("*Plan a visit*", plan_form.render_blank(None, TODAY), plan_form.parse_plan),
        ("`/contact`", contacts.render_form(None, "U1", TODAY), contacts.parse_draft),
        ("*Snooze*", nudges.render_snooze_form(1, TODAY), nudges.parse_snooze_date),
    )
    for name, form, parse in forms:
        yield Sample(f"{name}, left empty", left_empty(form, parse))
    market = market_form.render_form(MarketFacts({}, {}))
    for typed in ("everybody", "nobody 40", "prospects 40\nlost 40", "lost 40\nlost 60"):
        sentence = _error(submitted(market, stage=typed), market_form.parse_market)
        yield Sample(f"*Your market*, “{' / '.join(typed.splitlines())}”", sentence)
    for (field, fault), sentence in form_labels.FAULT_TEXTS.items():
        label = FIELDS[field].label.lower()
        yield Sample(f"`/debrief`, {label}: {fault}", sentence)
    yield from _dates()
    for where in ChannelFault:
        (sentence,) = settings_form.channel_errors(where).values()
        yield Sample(f"The story channel: {where}", sentence)
    (past,) = plan_form.past_date_errors().values()
    yield Sample("A plan in the past", past)
    yield Sample("A plan too far ahead", plan_form.TOO_FAR)
    yield Sample("A text that is too long", form_fields.too_long_text(1000))
    yield Sample("A form that could not be saved", form_fields.not_saved_text("1a2b3c4d"))


def _dates() -> Samples:
    for refused in (SnoozeInPast(), SnoozeTooFar()):
        (sentence,) = nudges.snooze_errors(refused).values()
        yield Sample(f"*Snooze*: {type(refused).__name__}", sentence)
    for fault in (Fault.IN_THE_FUTURE, Fault.TOO_OLD):
        (sentence,) = contacts.date_fault_errors(fault).values()
        yield Sample(f"`/contact`: {fault}", sentence)


def left_empty(form: View, parse: Parser) -> str:
    """Return the errors of a form whose fields are all empty."""
    inputs = [each["block_id"] for each in form.to_dict()["blocks"] if each["type"] == "input"]
    return _error(submitted(form, **dict.fromkeys(inputs)), parse)


def _error(view: Mapping[str, Any], parse: Parser) -> str:
    try:
        parse(view)
    except FormError as fault:
        return " ".join(fault.errors.values())
    raise ValueError("this form has no error")
