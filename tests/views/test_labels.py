"""Every code that travels has its words, and every id fits."""

from collections.abc import Container
from enum import StrEnum

import pytest

from bot.domain.contacts.traits import Channel, Measure
from bot.domain.customers import Stage
from bot.domain.debriefs.rules import Frequency, Mood, Sharing
from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.rules import INTERVALS, Snooze, Strength
from bot.domain.staff.access import Refusal
from bot.domain.stories import ChannelFault
from bot.domain.visits.rules import VisitKind
from bot.views import home
from bot.views import labels as words
from bot.views.contacts import flag_message as flags
from bot.views.nudges import barriers
from bot.views.nudges import default_intervals as defaults
from bot.views.nudges import message as nudges
from bot.views.staff import refusals as access
from bot.views.staff import settings_form as visits


@pytest.mark.parametrize(
    ("codes", "texts"),
    [
        (VisitKind, words.VISIT_KINDS),
        (Mood, words.MOODS),
        (Frequency, words.FREQUENCIES),
        (Sharing, words.SHARINGS),
        (Sharing, home.SHARED),
        (Channel, words.CHANNELS),
        (Barrier, words.BARRIERS),
        (Barrier, barriers.ADVICE),
        (Stage, words.SOMEBODY),
        (ChannelFault, words.CHANNEL_FAULTS),
        (Measure, flags.MEASURES),
        (Snooze, nudges.SNOOZES),
        (nudges.Withdrawal, nudges.WITHDRAWALS),
        (Strength, visits.STRENGTHS),
        (Refusal, access.REFUSALS),
    ],
)
def test_every_code_has_its_words(codes: type[StrEnum], texts: Container[object]) -> None:
    assert [code for code in codes if code not in texts] == []


def test_every_interval_can_be_chosen() -> None:
    assert list(defaults.INTERVALS) == [str(days) for days in INTERVALS]
