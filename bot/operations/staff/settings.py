"""Save the form to join or to change settings."""

from dataclasses import replace
from datetime import datetime

from bot.domain.staff.access import Actor
from bot.domain.staff.pms import SettingsChange
from bot.operations.calendars import feeds as calendars
from bot.operations.notes import offers as notes
from bot.operations.nudges import default_intervals
from bot.operations.staff import pms
from bot.operations.staff.pms import JoinResult
from bot.services import Services


def save(services: Services, actor: Actor, wanted: SettingsChange, now: datetime) -> JoinResult:
    """Enrol the actor, or change their settings; what can be refused comes first.

    Raises `ChannelRefused`, `FeedRefused` and `NotYours`, and then nothing is saved.
    """
    calendars.check(wanted.calendar)
    default_intervals.check(services, actor, wanted.defaults)
    joined = pms.join(services, actor, wanted.choices, now)
    # One by one, as each has a transaction of its own.
    defaults_changed = default_intervals.change(services, actor, wanted.defaults)
    connected = calendars.change(services, actor, wanted.calendar, now)
    notes_enabled = wanted.enable_notes and notes.enable(services, actor, now)
    schedule = pms.get_schedule(services, actor, now) if defaults_changed else joined.schedule
    changed = joined.changed or defaults_changed or connected or notes_enabled
    return replace(joined, schedule=schedule, changed=changed)
