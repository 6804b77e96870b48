"""Update when the next visit is due after one is recorded or changed.

A PM's cycle runs from `cycle_start`, their last visit or joining, to the date the next is due.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.staff import pms
from bot.domain.nudges import rules
from bot.domain.nudges.answers import NudgeAnswer
from bot.domain.staff.pms import Pm
from bot.operations.nudges.sent import PostedNudge, enqueue_edit, get_posted_nudge
from bot.operations.staff.pms import update_last_visit


@dataclass(frozen=True)
class DueDateUpdate:
    """A PM whose visits were counted again, and the posted nudge that they answer, if any."""

    pm: Pm
    nudge: PostedNudge | None

    @property
    def due_on(self) -> date:
        """Return the PM's local date of the next visit."""
        return rules.due_on(self.pm.cycle_start, self.pm.settings)


def update_due_dates(tx: Tx, user_ids: Collection[str], now: datetime) -> dict[str, DueDateUpdate]:
    """Count the visits of those users who are PMs; a due date moves at once (`product.md` A1).

    A visit of long ago changes nothing about what is due: the nudge stays.
    """
    updated = {}
    # In one order: two transactions about one visit must not wait for each other.
    for user_id in sorted(user_ids):
        before = pms.get_for_update(tx, user_id)
        if before:
            pm = update_last_visit(tx, before)
            later = pm.cycle_start > before.cycle_start
            updated[user_id] = DueDateUpdate(pm, _answer_nudge(tx, user_id, now) if later else None)
    return updated


def _answer_nudge(tx: Tx, user_id: str, now: datetime) -> PostedNudge | None:
    nudge = nudges.get_latest(tx, user_id)
    if nudge is None or nudge.answer is NudgeAnswer.VISITED:
        return None
    nudges.set_answer(tx, nudge.id, NudgeAnswer.VISITED, now)
    posted = get_posted_nudge(tx, nudge, now)
    if posted is None:
        # It may be on its way to Slack as it was.
        enqueue_edit(tx, nudge, now)
    return posted
