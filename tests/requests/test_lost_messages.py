"""Buttons of messages that a lost database posted: answered, and without effect."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.db.outbox import restores
from bot.db.outbox.restores import Restore
from bot.db.tables.outbox import outbox
from sandbox.person import Person
from sandbox.workspace.state import Message
from tests.conftest import Nihito
from tests.times import T

DUE = T(days=14)
HOUR = timedelta(hours=1)


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    person = nihito.slack.add_user("Ada", tz="Europe/London")
    nihito.join(person)
    return person


@pytest.fixture
def nudge(nihito: Nihito, ada: Person) -> Message:
    nihito.tick_at(DUE)
    return nihito.slack.expect_message(to=ada)


def restore(nihito: Nihito, restored: Restore, *, knows: bool) -> None:
    """Mark the database as restored; one that doesn't know its posted messages has lost them."""
    with nihito.services.transaction(nihito.workspace_id) as tx:
        if not knows:
            tx.run(update(outbox).values(message_channel=None, message_ts=None))
        restores.mark(tx, restored)


def test_a_button_of_a_message_that_was_lost_says_so(
    nihito: Nihito, ada: Person, nudge: Message
) -> None:
    restore(nihito, Restore(DUE - HOUR, DUE + HOUR), knows=False)
    ada.press(nudge, "nudge.been")
    nihito.slack.expect_message(to=ada, containing="restored from a backup")


@pytest.mark.parametrize(
    ("since", "knows"), [(DUE - HOUR, True), (DUE + HOUR, False)], ids=["known", "older"]
)
def test_a_button_of_any_other_message_works(
    nihito: Nihito, ada: Person, nudge: Message, since, knows: bool
) -> None:
    restore(nihito, Restore(since, DUE + 2 * HOUR), knows=knows)
    ada.press(nudge, "nudge.been")
    assert ada.wait_for_view().payload["callback_id"] == "debrief.record"
