"""Every code that is sent has a label, and every id fits."""

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
from bot.views import home, labels
from bot.views.contacts import flag_message
from bot.views.nudges import barriers
from bot.views.nudges import default_intervals as default_interval_views
from bot.views.nudges import message as nudges
from bot.views.staff import refusals
from bot.views.staff import settings_form as visits


@pytest.mark.parametrize(
    ("codes", "texts"),
    [
        (VisitKind, labels.VISIT_KINDS),
        (Mood, labels.MOODS),
        (Frequency, labels.FREQUENCIES),
        (Sharing, labels.SHARINGS),
        (Sharing, home.SHARING_TEXTS),
        (Channel, labels.CONTACT_CHANNELS),
        (Barrier, labels.BARRIERS),
        (Barrier, barriers.ADVICE),
        (Stage, labels.STAGE_SINGULARS),
        (ChannelFault, labels.CHANNEL_FAULTS),
        (Measure, flag_message.MEASURE_TEXTS),
        (Snooze, nudges.SNOOZES),
        (nudges.Withdrawal, nudges.WITHDRAWAL_TEXTS),
        (Strength, visits.STRENGTHS),
        (Refusal, refusals.REFUSALS),
    ],
)
def test_every_code_has_its_words(codes: type[StrEnum], texts: Container[object]) -> None:
    assert [code for code in codes if code not in texts] == []


def test_every_interval_can_be_chosen() -> None:
    assert list(default_interval_views.INTERVAL_LABELS) == [str(days) for days in INTERVALS]
