"""Samples of the fields for a PM's calendar."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.calendars import ConnectedFeed, FeedFault
from bot.domain.customers import DOMAIN_LENGTH
from bot.domain.staff.pms import JoinChoices
from bot.views import calendars as views
from bot.views.samples.sample import NEXT_NUDGE, Sample, SampleData, Samples, fields_of_form
from bot.views.staff import settings_form


def calendars(data: SampleData) -> Samples:
    """Yield a calendar in every state, and each fault that it can have."""
    now = NEXT_NUDGE
    host = data.text("calendar.made-up.example", DOMAIN_LENGTH)
    shown = ConnectedFeed(host, now - timedelta(minutes=12))
    states = {
        "`/visit settings`, before a calendar is connected": None,
        "connected just now": replace(shown, checked_at=None),
        "connected": shown,
        "with meetings that cannot be followed": replace(shown, skipped=data.either(2, 10**6)),
        "out of reach": replace(shown, fault=FeedFault.NOT_FOUND),
    }
    choices = JoinChoices()
    for name, each in states.items():
        fields = views.calendar_fields(each, now)
        form = settings_form.render_join_form(choices, data.zone, joined=True, more_fields=fields)
        yield fields_of_form(name, form, fields)
    for fault in FeedFault:
        (told,) = views.address_errors(fault).values()
        yield Sample(f"Why a calendar is not read: {fault}", told)
    yield Sample(
        "When a calendar is out of reach for good, or for a day",
        views.unreadable_message(host, FeedFault.NOT_FOUND),
    )
