"""Settings: all that the form to join or to change them holds."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.staff.access import Actor
from bot.operations import notes
from bot.operations.calendars import feeds as calendars
from bot.operations.nudges import default_intervals as defaults
from bot.operations.staff import pms
from bot.operations.staff.pms import Joined
from bot.services import Services
from bot.views.calendars import FeedChange
from bot.views.nudges.default_intervals import DefaultsChange
from bot.views.staff.settings_form import JoinChoices


@dataclass(frozen=True)
class Wanted:
    """What somebody has filled in; `notes_again` is whether they want notes offered again."""

    choices: JoinChoices
    calendar: FeedChange
    defaults: DefaultsChange
    notes_again: bool = False


def save(services: Services, actor: Actor, wanted: Wanted, now: datetime) -> Joined:
    """Enrol the actor, or change their settings; what can be refused comes first.

    Raises `ChannelRefused`, `FeedRefused` and `NotYours`, and then nothing is kept.
    """
    calendars.check(wanted.calendar)
    defaults.check(services, actor, wanted.defaults)
    joined = pms.join(services, actor, wanted.choices, now)
    # Each by itself, as each is kept in a transaction of its own.
    moved = defaults.change(services, actor, wanted.defaults)
    connected = calendars.change(services, actor, wanted.calendar, now)
    again = wanted.notes_again and notes.again(services, actor, now)
    ahead = pms.ahead(services, actor, now) if moved else joined.prospect
    changed = joined.changed or moved or connected or again
    return replace(joined, prospect=ahead, changed=changed)
