"""Settings: all that the form to join or to change them holds."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.access import Actor
from bot.operations import calendars, defaults, notes, pms
from bot.operations.pms import Joined
from bot.services import Services
from bot.views.defaults import DefaultsChange
from bot.views.feeds import FeedChange
from bot.views.visits import JoinChoices


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
